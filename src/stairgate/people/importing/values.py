"""What people write in a cell, made a value. Pure. Raises `Wrong` with what to write instead."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

OLDEST = date(1920, 1, 1)
_LATEST = date(2100, 1, 1)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?")
_NUMBERS = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_WORDS = re.compile(
    r"(?:[a-z]{3,9},? )?(\d{1,2})(?:st|nd|rd|th)?[ \-]([a-z]{3,9})[,]?[ \-](\d{4})", re.IGNORECASE
)
_SHORT_YEAR = re.compile(
    r"(?:.*[/.\- ])?\d{1,2}[/.\- ](?:\d{1,2}|[a-z]{3,9})[/.\- ]['’]?\d{2}", re.IGNORECASE
)
_YES = {"yes", "y", "true", "1", "x", "✓", "✔", "ok", "done", "clear"}
NO = {"no", "n", "false", "0", "-", "–", "none", "n/a", "na"}
_EMPTY = {"", "-", "–", "—", "n/a", "na", "none", "nil"}
#: what makes a spreadsheet work something out, when it stands first
_FORMULA = ("=", "+", "-", "@", "\t")
_LONGEST_SHOWN = 40


class Wrong(ValueError):
    """A cell cannot be taken; the message says why, and what to write."""


def shown(cell: str) -> str:
    """Return a cell as it is quoted in a problem: short, and with nothing in it that cannot be seen."""
    seen = "".join(sign if sign.isprintable() else "·" for sign in cell)
    return seen if len(seen) <= _LONGEST_SHOWN else f"{seen[:_LONGEST_SHOWN]}…"


def empty(cell: str) -> bool:
    """Return whether a cell says nothing: also "-" and "n/a"."""
    return cell.lower() in _EMPTY


def words(cell: str, most: int) -> str:
    """Return text in single spaces. Raises `Wrong` for formulas, signs nobody sees, and too much."""
    text = " ".join(unicodedata.normalize("NFC", cell).split())
    if text.startswith(_FORMULA):
        raise Wrong(f"“{shown(text)}” is a formula, and we work nothing out. Write the words themselves.")
    if any(unicodedata.category(sign)[0] == "C" for sign in text):
        raise Wrong(f"“{shown(text)}” holds a sign that nobody can see. Type it again by hand.")
    if len(text) > most:
        raise Wrong(f"That is too long: {most} letters at most.")
    return text


def day(cell: str, *, latest: date | None = None) -> date:
    """Return a day: 24/11/2026, 24 Nov 2026 or 2026-11-24, the day first. Raises `Wrong`; also for one after ``latest``."""
    found = _day(cell)
    if latest is not None and found > latest:
        raise Wrong(f"“{shown(cell)}” has not come yet.")
    if not OLDEST <= found < _LATEST:
        raise Wrong(f"Look at the year of “{shown(cell)}”.")
    return found


def _day(cell: str) -> date:
    if match := _ISO.fullmatch(cell):
        year, month, number = match.groups()
    elif match := _NUMBERS.fullmatch(cell):
        number, month, year = match.groups()
    elif (match := _WORDS.fullmatch(cell)) and (name := match.group(2)[:3].lower()) in _MONTHS:
        number, month, year = match.group(1), str(_MONTHS.index(name) + 1), match.group(3)
    elif _SHORT_YEAR.fullmatch(cell):
        raise Wrong(f"Write the year of “{shown(cell)}” with four digits, such as 24/11/2026.")
    else:
        raise Wrong(f"“{shown(cell)}” is not a day. Write it like 24/11/2026.")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise Wrong(f"There is no day “{shown(cell)}”. The day comes first, as in 24/11/2026.") from None


def yes(cell: str) -> bool:
    """Return whether a cell says yes; empty is no. Raises `Wrong`."""
    said = cell.lower()
    if said in _YES:
        return True
    if said in NO or not said:
        return False
    raise Wrong(f"“{shown(cell)}” is neither yes nor no. Write one of them.")
