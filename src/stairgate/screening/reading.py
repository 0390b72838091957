"""Cut a folded text into words and sentences, once, for every rule to share. What is not asked for is not made."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from stairgate.screening.folding import Folded, fold_to_words
from stairgate.screening.lazy import lazy

# No pattern here can try a stretch twice: each repeat is followed by something it cannot itself match.
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_FIGURE = re.compile("[0-9]")
_LARGE, _SMALL = re.compile("[A-Z]"), re.compile("[a-z]")
_CLOSERS = "\"')]"
_LONGEST_TITLE = 6  # words of a text in which all have a capital because all are names
LONGEST_SENTENCE = 60  # words; a text without full stops is read in pieces of this size


def words_of(spaced: str) -> list[str]:
    """Return the words in ``spaced``, which `fold_to_words` made: "don't" is one, "'tis" is "tis"."""
    if "'" not in spaced:
        return spaced.split()
    bare = f" {spaced} ".replace(" '", "  ").replace("' ", "  ")
    if "''" in bare or " '" in bare or "' " in bare:
        return WORD.findall(spaced)
    return bare.split()


def _sentences(text: str) -> list[str]:
    """Cut a folded text at line ends and where white space follows a stop, or a stop and what closes after it."""
    text = text.replace("\n", ". ").replace("\t", " ").replace("! ", ". ").replace("? ", ". ")
    for closer in _CLOSERS:
        if closer in text:
            for stop in ".!?":
                text = text.replace(f"{stop}{closer} ", ". ")
    return text.split(". ")


class Reading:
    """A text as the rules see it.

    ``names`` are words that count as written with a capital where all or none are.
    ``raw`` are the folded words and ``words`` the same with the pack's aliases ("pics" is "pictures");
    ``spans`` are their folded positions;
    ``sentence_of`` gives each word's sentence number. ``span_of_sentence`` turns a number into positions.
    """

    def __init__(self, text: str, aliases: dict[str, str], names: Container[str] = ()) -> None:
        self.original = text
        self.folded = Folded(text)
        self.spaced = fold_to_words(text)
        self.raw = words_of(self.spaced)
        self._aliases, self._names = aliases, names
        self.read_to = len(text)  # in the original: what comes after was not looked at closely

    def give_up(self, position: int) -> None:
        """Say that there was too much to look at from this folded position on: the text is held for it."""
        self.read_to = min(self.read_to, self.folded.origins[position])

    def some(self, looks: Iterable[int], most: int) -> Iterator[int]:
        """Yield the first ``most`` of the words to be looked at; give up at the next if there are more."""
        for count, index in enumerate(looks):
            if count == most:
                self.give_up(self.spans[index][0])
                return
            yield index

    @lazy
    def words(self) -> list[str]:
        """The words, each under the name the pack knows it by."""
        alias = self._aliases.get
        return [alias(word, word) for word in self.raw]

    @lazy
    def spans(self) -> list[tuple[int, int]]:
        """Folded positions of each word."""
        return [match.span() for match in WORD.finditer(self.folded.text)]

    @lazy
    def has_figure(self) -> bool:
        """Is there a figure anywhere?"""
        return _FIGURE.search(self.spaced) is not None

    @lazy
    def sentence_of(self) -> list[int]:
        """The sentence number of each word, counted from 0."""
        parts = _sentences(self.folded.text)
        if len(parts) == 1 and len(self.raw) <= LONGEST_SENTENCE:
            return [0] * len(self.raw)
        numbers: list[int] = []
        number = 0
        for part in parts:
            size = len(words_of(fold_to_words(part)))
            for start in range(0, size, LONGEST_SENTENCE):
                numbers.extend([number] * min(LONGEST_SENTENCE, size - start))
                number += 1
        return numbers

    def is_one_sentence(self, first: int, last: int) -> bool:
        """Do the words at ``first`` and ``last`` stand in the same sentence?"""
        sentence_of = self.sentence_of
        return sentence_of[first] == sentence_of[last]

    @lazy
    def _sentence_ranges(self) -> list[tuple[int, int]]:
        ranges: list[tuple[int, int]] = []
        for index, number in enumerate(self.sentence_of):
            if number == len(ranges):
                ranges.append((index, index))
            else:
                ranges[number] = (ranges[number][0], index)
        return ranges

    def words_of_sentence(self, number: int) -> range:
        """The indexes of the words in a sentence."""
        first, last = self._sentence_ranges[number]
        return range(first, last + 1)

    def span_of_sentence(self, number: int) -> tuple[int, int]:
        """Folded positions of a sentence, its closing punctuation included."""
        first, last = self._sentence_ranges[number]
        start, end = self.spans[first][0], self.spans[last][1]
        text = self.folded.text
        limit = self.spans[last + 1][0] if last + 1 < len(self.spans) else len(text)
        while end < limit and text[end] in ".!?\"')]":
            end += 1
        return start, end

    def is_capital(self, index: int) -> bool:
        """Was the word at ``index`` written with a capital first letter?"""
        return self.original[self.folded.origins[self.spans[index][0]]].isupper()

    @lazy
    def _capitals_tell(self) -> bool:
        """Do capitals set words apart? Not where all words have one, or none, or most letters are capitals."""
        text = self.original
        is_title = len(self.raw) > _LONGEST_TITLE and text.istitle()
        return not (is_title or text.islower() or len(_LARGE.findall(text)) > len(_SMALL.findall(text)))

    def is_name_like(self, index: int) -> bool:
        """Does a capital set the word apart, or is it a name in a text that is all small letters or all capitals?"""
        if self._capitals_tell:
            return self.is_capital(index)
        return self.raw[index].removesuffix("'s") in self._names

    def written(self, index: int) -> str:
        """The word at ``index`` as it stands in the original."""
        start, end = self.folded.span(*self.spans[index])
        return self.original[start:end]

    def gap_before(self, index: int) -> str:
        """The folded characters between the word at ``index`` and the one before it, or the start."""
        return self.folded.text[self.spans[index - 1][1] if index else 0 : self.spans[index][0]]

    def opens_sentence(self, index: int) -> bool:
        """Is the word at ``index`` the first of its sentence?"""
        return index == 0 or self.sentence_of[index] != self.sentence_of[index - 1]

    @lazy
    def quotations(self) -> list[tuple[int, int]]:
        """Folded positions of what stands between quotation marks, single or double."""
        return [*_between(self.folded.text, '"'), *_between(self.folded.text, "'")]


def _between(text: str, mark: str) -> list[tuple[int, int]]:
    """Pair the marks: one opens before a letter and after none, the next that is not inside a word closes."""
    found: list[tuple[int, int]] = []
    opened, at = -1, text.find(mark)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if opened < 0:
            if not before.isalnum() and (after.isalnum() or mark == '"'):
                opened = at
        elif mark == '"' or not after.isalnum():
            found.append((opened, at + 1))
            opened = -1
        at = text.find(mark, at + 1)
    return found
