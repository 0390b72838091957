"""Cut a folded text into words and sentences, once, for every rule to share."""

from __future__ import annotations

import re
from functools import cached_property

from stairgate.screening.folding import Folded

# No pattern here can try a stretch twice: each repeat is followed by something it cannot itself match.
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_BREAK = re.compile(r"(?<=[.!?])\s|(?<=[.!?][\"')\]])\s|\n")
LONGEST_SENTENCE = 60  # words; a text without full stops is read in pieces of this size


class Reading:
    """A text as the rules see it.

    ``raw`` are the folded words and ``words`` the same with the pack's aliases ("pics" is "pictures");
    ``spans`` are their folded positions;
    ``sentence_of`` gives each word's sentence number. ``span_of_sentence`` turns a number into positions.
    """

    def __init__(self, text: str, aliases: dict[str, str]) -> None:
        self.folded = Folded(text)
        self.spans = [match.span() for match in WORD.finditer(self.folded.text)]
        plain = self.folded.text
        alias = aliases.get
        self.raw = [plain[start:end] for start, end in self.spans]
        self.words = [alias(word, word) for word in self.raw]

    @property
    def original(self) -> str:
        """The text exactly as written."""
        return self.folded.original

    @cached_property
    def _breaks(self) -> list[int]:
        return [match.start() for match in _BREAK.finditer(self.folded.text)]

    @cached_property
    def sentence_of(self) -> list[int]:
        """The sentence number of each word, counted from 0."""
        numbers: list[int] = []
        breaks, at, number, size = self._breaks, 0, -1, 0
        starting = True
        for start, _end in self.spans:
            while at < len(breaks) and breaks[at] < start:
                at += 1
                starting = True
            if starting or size >= LONGEST_SENTENCE:
                number, size, starting = number + 1, 0, False
            numbers.append(number)
            size += 1
        return numbers

    @cached_property
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

    @cached_property
    def _capitals(self) -> list[bool]:
        original, origins = self.original, self.folded.origins
        return [original[origins[start]].isupper() for start, _end in self.spans]

    def is_capital(self, index: int) -> bool:
        """Was the word at ``index`` written with a capital first letter?"""
        return self._capitals[index]

    def gap_before(self, index: int) -> str:
        """The folded characters between the word at ``index`` and the one before it, or the start."""
        return self.folded.text[self.spans[index - 1][1] if index else 0 : self.spans[index][0]]

    def opens_sentence(self, index: int) -> bool:
        """Is the word at ``index`` the first of its sentence?"""
        return index == 0 or self.sentence_of[index] != self.sentence_of[index - 1]
