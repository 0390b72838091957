"""Cut a folded text into words and sentences, once, for every rule to share. What is not asked for is not made."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from stairgate.screening.folding import Folded, fold_to_words, with_capitals
from stairgate.screening.lazy import lazy

# No pattern here can try a stretch twice: each repeat is followed by something it cannot itself match.
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_FIGURE = re.compile("[0-9]")
_NO_LARGE = bytes(code for code in range(256) if not 65 <= code <= 90)
_NO_SMALL = bytes(code for code in range(256) if not 97 <= code <= 122)
# Where a sentence ends: at a line end, and where white space follows a stop, or a stop and what closes after it.
_SENTENCE_END = re.compile(r"[\n.!?](?:(?<=\n)|[\"')\]]?[ \t])")
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
        spans, find, end = list[tuple[int, int]](), self.spaced.find, 0
        for word in self.raw:
            start = find(word, end)  # a word begins with a letter or figure, and none is between two of them
            end = start + len(word)
            spans.append((start, end))
        return spans

    @lazy
    def has_figure(self) -> bool:
        """Is there a figure anywhere?"""
        return _FIGURE.search(self.spaced) is not None

    @lazy
    def sentence_of(self) -> list[int]:
        """The sentence number of each word, counted from 0."""
        ends = [match.end() for match in _SENTENCE_END.finditer(self.folded.text)]
        if not ends and len(self.raw) <= LONGEST_SENTENCE:
            return [0] * len(self.raw)
        numbers: list[int] = []
        number = begin = 0
        for end in (*ends, len(self.spaced)):
            size = len(words_of(self.spaced[begin:end]))
            begin = end
            for start in range(0, size, LONGEST_SENTENCE):
                numbers += [number] * min(LONGEST_SENTENCE, size - start)
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
        if self._cased is not None:
            return self._cased[index][0].isupper()
        return self.original[self.folded.origins[self.spans[index][0]]].isupper()

    @lazy
    def _cased(self) -> list[str] | None:
        """The words as they were written, where every character is a plain one: quicker than going by position."""
        return words_of(with_capitals(self.original)) if self.original.isascii() else None

    @lazy
    def _capitals_tell(self) -> bool:
        """Do capitals set words apart? Not where all words have one, or none, or most letters are capitals."""
        text = self.original
        if text.islower() or (len(self.raw) > _LONGEST_TITLE and text.istitle()):
            return False
        letters = text.encode("utf-8", "surrogatepass")
        return len(letters.translate(None, _NO_LARGE)) <= len(letters.translate(None, _NO_SMALL))

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
