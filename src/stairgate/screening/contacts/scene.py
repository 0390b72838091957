"""The text as the contact finders see it, with the questions they all ask of the words around a place."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

from stairgate.screening.case import Case

END = r"(?![a-z0-9])"  # nothing more of the same row follows
MOST_PLACES = 800  # that are looked at in one text; a text with more is held for having too many


_MOST_FILLERS = 3  # between "order" and its number: "order number is: ..."


@lru_cache(maxsize=32)
def united(*lists: frozenset[str]) -> frozenset[str]:
    """The words of several lists in one."""
    return frozenset().union(*lists)


class Found(NamedTuple):
    """A detail met in the text, in folded positions, and the rule that speaks about it."""

    rule: str
    start: int
    end: int


class Scene:
    """One text with its words. ``words`` are folded; positions are folded positions."""

    __slots__ = ("_met", "_present", "budget", "case", "lists", "text", "words")

    def __init__(self, case: Case) -> None:
        self.case = case
        self.text = case.reading.folded.text
        self.words = case.reading.raw
        self.lists = case.pack.lists
        self._present: frozenset[str] | None = None
        self._met: dict[str, bool] = {}
        self.budget = MOST_PLACES

    def spend(self) -> bool:
        """Take one place to look at from the budget. False when there is none left."""
        self.budget -= 1
        return self.budget >= 0

    def exhaust(self) -> None:
        """Spend what is left of the budget."""
        self.budget = -1

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Folded positions of each word."""
        return self.case.reading.spans

    def has(self, name: str) -> bool:
        """Is any word of that list in the text?"""
        met = self._met.get(name)
        if met is None:
            if self._present is None:
                self._present = frozenset(self.words)
            met = self._met[name] = not self.lists[name].isdisjoint(self._present)
        return met

    def has_any(self, *names: str) -> bool:
        """Is any word of those lists in the text?"""
        return not united(*(self.lists[name] for name in names)).isdisjoint(self.words)

    def before(self, name: str, index: int, width: int) -> bool:
        """Is a word of that list among the ``width`` words before the word at ``index``?"""
        if not self.has(name):
            return False
        return not self.lists[name].isdisjoint(self.words[max(0, index - width) : index])

    def behind(self, name: str, index: int, width: int) -> bool:
        """Is a word of that list among the ``width`` words from ``index`` on?"""
        return self.has(name) and not self.lists[name].isdisjoint(self.words[index : index + width])

    def near(self, name: str, first: int, after: int, before: int = 6, behind: int = 5) -> bool:
        """Is a word of that list close to the words from ``first`` up to ``after``?"""
        return self.has(name) and (self.before(name, first, before) or self.behind(name, after, behind))

    def near_span(self, name: str, start: int, end: int, before: int = 6, behind: int = 5) -> bool:
        """Is a word of that list close to what stands from ``start`` to ``end``?"""
        return self.has(name) and self.near(name, self.word_from(start), self.word_from(end), before, behind)

    def word_from(self, position: int) -> int:
        """Index of the first word that ends after ``position``."""
        index = bisect_right(self.spans, (position,)) - 1
        return index if index >= 0 and self.spans[index][1] > position else index + 1

    def gap(self, index: int) -> str:
        """What stands between the word at ``index`` and the one before it, or the start or end."""
        start = self.spans[index - 1][1] if index else 0
        return self.text[start : self.spans[index][0] if index < len(self.spans) else len(self.text)]

    def is_ours(self, index: int, width: int) -> bool:
        """In a post of a setting that told us no contacts of its own: does it speak of itself ("find us at")?

        A setting that did tell us is held to what it told.
        """
        facts = self.case.facts
        if facts.allowed_contacts or facts.office_phone or not self.case.is_outbound:
            return False
        return self.before("ourselves", index, width)

    def is_code_at(self, position: int) -> bool:
        """The same as ``is_code`` for what begins at a position."""
        return self.is_code(self.word_from(position))

    def is_code(self, index: int, *, strict: bool = False) -> bool:
        """Do the words right before ``index`` say that what follows counts a thing ("order number", "ISBN")?

        ``strict`` asks for one of the nouns that never stand before a person's own number.
        """
        words, fillers = self.words, self.lists["number_filler"]
        at, passed = index - 1, 0
        coded = marked = False
        while at >= 0 and passed < _MOST_FILLERS and words[at] in fillers:
            coded = coded or words[at] in ("code", "codes", "ref", "reference")
            marked = marked or words[at] in ("number", "numbers", "num", "no", "nr", "nos", "id")
            at, passed = at - 1, passed + 1
        if coded and (at < 0 or words[at] not in self.lists["own_code"]):
            return True
        if at < 0:
            return False
        if words[at] in self.lists["code_noun"]:
            return True
        marked = marked or "#" in self.gap(index)
        return not strict and marked and words[at] in self.lists["counted_noun"]
