"""Fold a text to plain lower-case letters without losing the way back to the original.

Accents go, full-width and mathematical letters become ordinary ones, look-alike letters from other
alphabets become the Latin letter they imitate, digits of every script become 0-9, and characters nobody
can see vanish. Every position in the folded text can be traced to the original text.
"""

from __future__ import annotations

import json
import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path

from stairgate.screening.lazy import lazy

DATA = Path(__file__).parent / "data"
_REMEMBERED = 20_000  # a hostile text may hold every character there is: do not keep them all
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_PUNCTUATION = {
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u0060\u00b4\uff07", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58", "-"),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
}


def _load_lookalikes() -> dict[str, str]:
    groups: dict[str, str] = json.loads((DATA / "confusables.json").read_text(encoding="utf-8"))
    return {imitation: letter for letter, imitations in groups.items() for imitation in imitations}


class _Folds(dict[int, str]):
    """A table for str.translate that works out each character the first time it is met."""

    def __init__(self) -> None:
        super().__init__()
        self._lookalikes = _load_lookalikes()

    def __missing__(self, point: int) -> str:
        folded = self._fold(chr(point))
        if len(self) < _REMEMBERED:
            self[point] = folded
        return folded

    def _fold(self, character: str) -> str:
        if character.isascii():
            return character.lower() if character.isprintable() or character.isspace() else ""
        if character in _PUNCTUATION:
            return _PUNCTUATION[character]
        if character in self._lookalikes:
            return self._lookalikes[character]
        return "".join(map(self._fold_part, unicodedata.normalize("NFKD", character)))

    def _fold_part(self, part: str) -> str:
        if part in _UNSEEN or unicodedata.category(part) in ("Mn", "Me", "Cf", "Cc", "Cs", "Co"):
            return ""
        digit = unicodedata.decimal(part, None)
        if digit is not None:
            return str(digit)
        return self._lookalikes.get(part) or "".join(
            self._lookalikes.get(piece, piece) for piece in part.casefold()
        )


class _Joined(dict[str, int]):
    """Whether a character hangs on the one before it, or is a picture and may be joined to one."""

    def __missing__(self, character: str) -> int:
        category = unicodedata.category(character)
        kind = _PICTURE if category == "So" else 0
        if category in ("Mn", "Me") or character == _JOINER or "\U0001f3fb" <= character <= "\U0001f3ff":
            kind = _MARK
        if len(self) < _REMEMBERED:
            self[character] = kind
        return kind


_JOINER, _MARK, _PICTURE = "\u200d", 1, 2
_JOINED = _Joined()
_FOLDS = _Folds()
_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_LONGEST_RUN = 16  # a longer run of foreign letters is seldom met twice


def _spaced(folded: str) -> str:
    return "".join(sign if sign.isalnum() or sign == "'" else " " for sign in folded)


class _Runs(dict[str, str]):
    """Folded runs of characters outside ASCII, kept because the same dash and the same smile come again."""

    def __init__(self, *, spaced: bool) -> None:
        super().__init__()
        self._finish: Callable[[str], str] = _spaced if spaced else str

    def __missing__(self, run: str) -> str:
        folded = self._finish(run.translate(_FOLDS))
        if len(self) < _REMEMBERED and len(run) <= _LONGEST_RUN:
            self[run] = folded
        return folded

    def replace(self, match: re.Match[str]) -> str:
        """Return what a run found by a pattern folds to."""
        return self[match[0]]


_TEXT_RUNS, _SPACED_RUNS = _Runs(spaced=False), _Runs(spaced=True)
_ASCII = "".join(map(chr, range(128)))
_GONE = "".join(sign for sign in _ASCII if not _FOLDS[ord(sign)])
# For each plain character what it becomes; what must go is handed over beside it, as bytes.translate takes it.
_PLAIN_TEXT, _PLAIN_SPACED = (
    bytes(ord(finish(_FOLDS[point])[:1] or "\0") if point < 128 else 0 for point in range(256))
    for finish in (str, _spaced)
)
_PLAIN_CASED = bytes(
    point if point < 128 and chr(point).isupper() else _PLAIN_SPACED[point] for point in range(256)
)
_GONE_BYTES = _GONE.encode()
_ASCII_TEXT = {ord(sign): _FOLDS[ord(sign)] for sign in _ASCII}
_ASCII_SPACED = {ord(sign): _spaced(_FOLDS[ord(sign)]) for sign in _ASCII}


def fold(text: str) -> str:
    """Return ``text`` folded, for comparing with other folded text."""
    if not text.isascii():
        text = _NOT_ASCII.sub(_TEXT_RUNS.replace, text)
        if not text.isascii():
            return text.translate(_ASCII_TEXT)
    return text.encode().translate(_PLAIN_TEXT, _GONE_BYTES).decode()


def fold_to_words(text: str) -> str:
    """Return ``text`` folded with a space for everything that is no letter, digit or apostrophe.

    It is as long as what `fold` returns, and the same letters stand at the same places.
    """
    if not text.isascii():
        text = _NOT_ASCII.sub(_SPACED_RUNS.replace, text)
        if not text.isascii():
            return text.translate(_ASCII_SPACED)
    return text.encode().translate(_PLAIN_SPACED, _GONE_BYTES).decode()


def with_capitals(plain: str) -> str:
    """Do as `fold_to_words` for a text of plain characters only, and leave its capitals."""
    return plain.encode().translate(_PLAIN_CASED, _GONE_BYTES).decode()


class Folded:
    """A folded text and the way back. ``text`` is folded; ``original`` is what was written."""

    def __init__(self, original: str) -> None:
        self.original = original

    @lazy
    def text(self) -> str:
        """The folded text, punctuation and all."""
        return fold(self.original)

    @lazy
    def _is_same_length(self) -> bool:
        """Did every character become exactly one? Then positions are the same in both texts."""
        if len(self.text) != len(self.original):
            return False
        if self.original.isascii():  # a plain character never becomes more than one
            return True
        foreign = set("".join(_NOT_ASCII.findall(self.original)))
        return all(len(_FOLDS[ord(character)]) == 1 for character in foreign)

    @lazy
    def seen(self) -> str:
        """The original without the characters nobody can see."""
        if self._is_same_length:
            return self.original
        return "".join(character for character in self.original if _FOLDS[ord(character)])

    @lazy
    def origins(self) -> Sequence[int]:
        """For each folded position, where it came from; one extra entry marks the end."""
        if self._is_same_length:
            return range(len(self.original) + 1)
        origins: list[int] = []
        for position, character in enumerate(self.original):
            origins.extend([position] * len(_FOLDS[ord(character)]))
        origins.append(len(self.original))
        return origins

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch of the original text behind folded positions ``start`` to ``end``.

        Marks and unseen characters that hang on the last letter are taken along with it.
        """
        if start >= end:
            return self.origins[start], self.origins[start]
        return self.whole(self.origins[start], max(self.origins[end], self.origins[end - 1] + 1))

    def whole(self, first: int, last: int) -> tuple[int, int]:
        """Widen a stretch of the original so that it parts no letter from its marks and no joined picture."""
        if self.original.isascii():
            return first, last
        signs = self._signs
        last = signs[bisect_left(signs, last)] if last < signs[-1] else len(self.original)
        return signs[max(0, bisect_right(signs, first) - 1)], last

    @lazy
    def _signs(self) -> list[int]:
        """Where in the original each sign begins that a reader sees as one, and the end."""
        joined, before = _JOINED, ""
        signs = [0]
        for position, character in enumerate(self.original):
            kind = joined[character]
            if kind != _MARK and not (kind == _PICTURE and before == _JOINER) and position:
                signs.append(position)
            before = character
        signs.append(len(self.original))
        return signs
