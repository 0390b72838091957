"""The list of rude and hateful words, and the ways of looking one up.

Everything here is plain data, made once: a matcher of its own may take ``exact``, ``phrases``, ``anywhere`` and
``joined`` as its terms and leave to code only what it finds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from stairgate.screening.phrases import PackError

SHORTEST_DISGUISE = 4  # three letters fit too many innocent shapes
LONGEST_WORD = 16
_RUN = re.compile(r"(.)\1+")
_NONE: frozenset[str] = frozenset()
_VOWELS = frozenset("aeiou")
_NO_VOWELS = str.maketrans("", "", "aeiou")
_CROSSED = str.maketrans("aeiou", "xxxxx")
_RESPELT = (
    ("f", "ph"),
    ("ck", "kk"),
    ("ck", "k"),
    ("ck", "x"),
    ("u", "v"),
    ("w", "vv"),
    ("c", "k"),
    ("ss", "zz"),
)
_ENDS = (("s", "z"), ("er", "a"), ("er", "ah"), ("ing", "in"), ("ers", "as"))
_CONTEXT = (
    "innocent_before", "innocent_after", "innocent_beside", "innocent_next", "innocent_near",
    "rude_before", "rude_after",
)  # fmt: skip
_LISTS = (
    "spelt_innocently",
    "companions",
    "handle_companions",
    "condemning",
    "saying",
    "people_do",
    "no_anchors",
)
_FLAGS = ("hateful", "needs_frame", "also_a_name")
_FIELDS = frozenset({"stem", "strength", "endings", "spellings", "anywhere", "joined", "disguises"}).union(
    _CONTEXT, _FLAGS
)
# Figures, signs and letters that stand for one another: each group is read as its first letter.
_ALIKE = ("a@4", "e3€£", "il1!|", "o0", "sz5$§2", "t7+", "c(<{[¢", "b8", "g69", "uv", "y¥")
_SKELETON = str.maketrans({sign: group[0] for group in _ALIKE for sign in group})


@dataclass(frozen=True, slots=True)
class RudeWord:
    """One family of words. ``strength`` runs from 1 (mild) to 4 (the worst).

    Neighbours in ``innocent_*`` make it harmless ("great tit"); those in ``rude_*`` forbid that.
    ``needs_frame``: harmless unless a rude neighbour is there. ``also_a_name``: harmless with a capital.
    """

    stem: str
    strength: int
    hateful: bool = False
    needs_frame: bool = False
    also_a_name: bool = False
    innocent_before: frozenset[str] = _NONE
    innocent_after: frozenset[str] = _NONE
    innocent_beside: frozenset[str] = _NONE
    innocent_next: frozenset[str] = _NONE
    innocent_near: frozenset[str] = _NONE
    rude_before: frozenset[str] = _NONE
    rude_after: frozenset[str] = _NONE

    @property
    def has_two_meanings(self) -> bool:
        """Does what surrounds it decide?"""
        return self.needs_frame or self.also_a_name or any(getattr(self, name) for name in _CONTEXT[:5])

    def is_excused_by(self, words: Iterable[str]) -> bool:
        """Is one of ``words`` a neighbour that makes it harmless, wherever it stands?"""
        return any(not getattr(self, name).isdisjoint(words) for name in _CONTEXT[:5])


class Phrase(NamedTuple):
    """Several words that are rude together, and which of them to look for: the longest."""

    words: tuple[str, ...]
    anchor: int
    rude: RudeWord


class Lexicon:
    """Rude words by spelling, and by what is left of one in disguise.

    ``exact`` spellings, and ``apart``, those that may be written with their letters apart;
    ``phrases`` of several words by their longest; ``anywhere``: rude inside any word; ``joined``: rude
    inside a word whose other parts are companions; ``skeletons``, ``squeezed`` and ``masked``: with figures
    for letters, drawn out and starred; ``splits``: with a space inside; ``signs``: pictures;
    ``hyphened``: rude only with the hyphen.
    """

    def __init__(
        self,
        entries: Iterable[Mapping[str, Any]],
        everyday: Iterable[str] = (),
        lists: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self._lists = lists or {}
        self.everyday = frozenset(everyday)
        self.innocent, self.companions, handles, self.condemning, self.saying, self.doing, common = (
            self._lists.get(name, _NONE) for name in _LISTS
        )
        self._common = common
        self.handle_companions = self.companions | handles
        self.exact: dict[str, RudeWord] = {}
        self.apart: dict[str, RudeWord] = {}
        self.phrases: dict[str, list[Phrase]] = {}
        self.anywhere: dict[str, RudeWord] = {}
        self.joined: dict[str, RudeWord] = {}
        self.signs: dict[str, RudeWord] = {}
        self.hyphened: dict[str, RudeWord] = {}
        self.skeletons: dict[str, list[tuple[str, RudeWord]]] = {}
        self.squeezed: dict[str, list[tuple[str, RudeWord]]] = {}
        self.masked: dict[tuple[int, str], list[tuple[str, RudeWord]]] = {}
        self.splits: dict[str, dict[str, RudeWord]] = defaultdict(dict)
        forms = [form for entry in entries for form in self._add(entry)]
        self.spelt = frozenset(self.exact)
        for spelling, rude in forms:
            self._add_disguises(spelling, rude)
        self.beginnings = frozenset(word[:size] for word in self.apart for size in range(1, len(word)))
        self.tagged = tuple(word for word in self.spelt if len(word) >= SHORTEST_DISGUISE)
        self.stems = (*self.anywhere, *self.joined)
        self.any_stem = re.compile("|".join(map(re.escape, self.stems)) or "(?!)")
        self.grawlix = RudeWord("", 2)
        self.remembered: dict[str, bool] = {}  # stretches met before: is one worth a closer look?
        self.chunks_read: dict[str, tuple[int, int, RudeWord] | None] = {}  # and what an odd one hides
        self.split_marks = frozenset(self._split_marks())

    def any_tagged(self, tag: str) -> bool:
        """Does a hashtag or handle hold any rude spelling?"""
        return any(spelling in tag for spelling in self.tagged)

    def _add(self, entry: Mapping[str, Any]) -> Iterator[tuple[str, RudeWord]]:
        """Take in a family as it is spelt and yield the spellings that may be disguised."""
        rude = self._read(entry)
        plain = RudeWord(rude.stem, rude.strength, rude.hateful)
        is_disguised = entry.get("disguises", True)
        spellings = [rude.stem + ending for ending in ("", *entry.get("endings", ()))]
        for spelling in dict.fromkeys([*spellings, *entry.get("spellings", ())]):
            words = tuple(spelling.split())
            if len(words) > 1:
                rarest = min(words, key=lambda word: (word in self._common, -len(word)))
                phrase = Phrase(words, words.index(rarest), rude if spelling == rude.stem else plain)
                self.phrases.setdefault(rarest, []).append(phrase)
            elif "-" in spelling:
                self.hyphened[spelling] = plain
            elif not spelling.replace("'", "").isalpha():
                self.signs[spelling] = plain
            else:
                self.exact.setdefault(spelling, rude)
                self.exact.setdefault(spelling + "'s", rude)
                if "'" in spelling:
                    continue
                if is_disguised or rude.strength > 1:
                    self.skeletons.setdefault(skeleton(spelling), []).append((spelling, plain))
                if is_disguised:
                    yield spelling, plain
        if entry.get("anywhere"):
            self.anywhere[rude.stem] = plain
        if entry.get("joined"):
            self.joined[rude.stem] = plain

    def _read(self, entry: Mapping[str, Any]) -> RudeWord:
        unknown = entry.keys() - _FIELDS
        if unknown or "stem" not in entry or "strength" not in entry:
            raise PackError(
                f"the word {entry.get('stem')!r} has no stem or strength, or has {sorted(unknown)}"
            )
        fields: dict[str, Any] = {name: self._neighbours(entry.get(name, ())) for name in _CONTEXT}
        fields |= {name: bool(entry.get(name, False)) for name in _FLAGS}
        return RudeWord(stem=entry["stem"], strength=entry["strength"], **fields)

    def _neighbours(self, words: Iterable[str]) -> frozenset[str]:
        found: set[str] = set()
        for word in words:
            if not word.startswith("<"):
                found.add(word)
            elif word[1:-1] in self._lists:
                found |= self._lists[word[1:-1]]
            else:
                raise PackError(f"there is no list called {word}")
        return frozenset(found)

    def _add_disguises(self, spelling: str, rude: RudeWord) -> None:
        self.apart.setdefault(spelling, rude)
        if len(spelling) < SHORTEST_DISGUISE:
            return
        bones = skeleton(spelling)
        self.squeezed.setdefault(squeeze(bones), []).append((spelling, rude))
        if rude.stem in spelling or len(spelling) > len(rude.stem):
            self.masked.setdefault((len(bones), bones[0]), []).append((spelling, rude))
        exact, innocent, everyday, splits = self.exact, self.innocent, self.everyday, self.splits
        for form in _misspelt(spelling):
            if form not in exact and len(form) >= SHORTEST_DISGUISE and form not in innocent:
                exact[form] = rude
        for cut in range(1, len(spelling)):
            first, second = spelling[:cut], spelling[cut:]
            if first not in everyday or second not in everyday:
                splits[first].setdefault(second, rude)

    def _split_marks(self) -> Iterator[str]:
        """Yield a half of each split word that is no word of its own: without one there is nothing to find."""
        for first, seconds in self.splits.items():
            if first not in self.everyday:
                yield first
            else:
                yield from seconds


def skeleton(word: str) -> str:
    """Return ``word`` with letters, figures and signs that stand for one another made the same."""
    return word.translate(_SKELETON)


def squeeze(word: str) -> str:
    """Return ``word`` with every run of one letter reduced to a single letter."""
    return _RUN.sub(r"\1", word)


def is_made_of(text: str, words: frozenset[str]) -> bool:
    """Can ``text`` be cut into ``words``? The empty text can."""
    reached = [True] + [False] * len(text)
    for start in range(len(text)):
        if reached[start]:
            for end in range(start + 1, min(len(text), start + LONGEST_WORD) + 1):
                reached[end] = reached[end] or text[start:end] in words
    return reached[-1]


def _misspelt(word: str) -> list[str]:
    """Return spellings people give ``word`` to slip it past a list, or in haste."""
    first, rest = word[0], word[1:]
    forms = [word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in range(1, len(word) - 1)]
    forms += [word[:at] + word[at - 1 :] for at in range(1, len(word) + 1)]
    forms += [word[:at] + word[at + 1 :] for at in range(1, len(word)) if word[at] in _VOWELS]
    forms += (first + rest.translate(_NO_VOWELS), first + rest.translate(_CROSSED), first + "xx" + word[3:])
    forms.append("".join([letter * 2 for letter in word]))
    forms += [word.replace(old, new) for old, new in _RESPELT if old in word]
    forms += [word.removesuffix(old) + new for old, new in _ENDS if word.endswith(old)]
    return forms
