"""Counting what a reader sees as one character (UAX #29), as Bluesky and Mastodon count a post's length.

Python has no such count. This one keeps to the rules that matter for real posts (marks, emoji, flags, Hangul) and
leaves out the joining of Indic consonants, where it counts a little high.
"""

from __future__ import annotations

import unicodedata
from itertools import pairwise

_JOINER = "\u200d"
_EXTENDING = frozenset({"\u200c", _JOINER, "\uff9e", "\uff9f", "\u0e33", "\u0eb3"})
_MYANMAR = range(0x1000, 0x10A0)  # its spacing marks stand alone


def count(text: str) -> int:
    """Return the number of graphemes."""
    return len(split(text))


def split(text: str) -> list[str]:
    """Return the graphemes, one by one."""
    flags_before = start = 0
    found = []
    for number, (before, after) in enumerate(pairwise(text)):
        flags_before = flags_before + 1 if _is_flag_letter(before) else 0
        if not _together(text, number, before, after, flags_before):
            found.append(text[start : number + 1])
            start = number + 1
    return [*found, text[start:]] if text else []


def _together(text: str, number: int, before: str, after: str, flags_before: int) -> bool:
    """Return whether two neighbouring characters belong to one grapheme."""
    if before == "\r" and after == "\n":
        return True
    if _is_control(before) or _is_control(after):
        return False
    if _extends(after):
        return True
    if before == _JOINER:
        return _is_picture(after) and _picture_before_joiner(text, number)
    if _is_flag_letter(before) and _is_flag_letter(after):
        return flags_before % 2 == 1
    return _hangul_together(before, after)


def _is_control(char: str) -> bool:
    if _extends(char):
        return False
    return unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cf"}


def _extends(char: str) -> bool:
    """Return whether a character hangs on the one before: marks, joiners, skin tones, tags."""
    if char.isascii():
        return False
    return (
        char in _EXTENDING
        or unicodedata.category(char) in {"Mn", "Me"}
        or (unicodedata.category(char) == "Mc" and ord(char) not in _MYANMAR)
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U000e0020" <= char <= "\U000e007f"
    )


def _picture_before_joiner(text: str, joiner: int) -> bool:
    """Return whether the joiner at this place hangs on a pictograph, over any marks between."""
    place = joiner - 1
    while place >= 0 and _extends(text[place]) and text[place] != _JOINER:
        place -= 1
    return place >= 0 and _is_picture(text[place])


def _is_picture(char: str) -> bool:
    """Return whether a character may be part of a joined emoji. All of those are symbols, arrows among them."""
    is_symbol = char >= "\u2190" and unicodedata.category(char) in {"So", "Sm"}
    return is_symbol and not _is_flag_letter(char)


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _hangul_together(before: str, after: str) -> bool:
    """Return whether two Hangul letters make one syllable (GB6 to GB8)."""
    first, second = _hangul(before), _hangul(after)
    return (first, second) in {
        ("L", "L"),
        ("L", "V"),
        ("L", "LV"),
        ("L", "LVT"),
        ("LV", "V"),
        ("LV", "T"),
        ("V", "V"),
        ("V", "T"),
        ("LVT", "T"),
        ("T", "T"),
    }


def _hangul(char: str) -> str:
    if "\u1100" <= char <= "\u115f":
        return "L"
    if "\u1160" <= char <= "\u11a7":
        return "V"
    if "\u11a8" <= char <= "\u11ff":
        return "T"
    if "\uac00" <= char <= "\ud7a3":
        return "LV" if (ord(char) - 0xAC00) % 28 == 0 else "LVT"
    return ""
