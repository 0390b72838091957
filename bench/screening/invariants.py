"""What must hold for any text at all, whoever wrote it: checked by the tests and by ``tools/fuzz_screening.py``."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator

from stairgate.screening import Finding, Screening
from stairgate.screening.engine import MOST_FINDINGS

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
CASES: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "small letters": str.lower,
    "case swapped": str.swapcase,
    "every word capital": str.title,
}
# A name that is a word too ("Rose", "Mason", "Dick") is told from the word by its capital alone, so what is said of
# names may go with the capitals. So with groups and places ("Robins") and who signs ("Jo x"). A name nobody
# has heard of ("nobody likes Zib") is one by its capital too. Everything else has to stay.
NEEDS_CAPITALS = ("identity.", "learned.child_identity", "location.", "voice.", "bullying.nobody-likes")


def with_unseen(text: str, pick: random.Random) -> str:
    """Put characters nobody can see into the text, at a third of the places."""
    return "".join(sign + (pick.choice(ZERO_WIDTH) if pick.random() < 0.3 else "") for sign in text)


def breaches_of_form(text: str, screening: Screening) -> Iterator[str]:
    """Yield what is wrong with where the findings point."""
    if len(screening.findings) > MOST_FINDINGS:
        yield f"{len(screening.findings)} findings"
    if [one.start for one in screening.findings] != sorted(one.start for one in screening.findings):
        yield "not in reading order"
    for one in screening.findings:
        if not 0 <= one.start < one.end <= len(text):
            yield f"{one.rule} points outside: {one.start} to {one.end} of {len(text)}"
        elif one.rule != "text.too-long" and (cuts(text, one.start) or cuts(text, one.end)):
            yield f"{one.rule} cuts what is read as one sign: {one.start} to {one.end}"


def cuts(text: str, place: int) -> bool:
    """Would a cut before ``place`` part a letter from its marks, or a picture put together with joiners?"""
    if not 0 < place < len(text):
        return False
    sign = text[place]
    if unicodedata.category(sign) in ("Mn", "Me") or sign == "\u200d" or "\U0001f3fb" <= sign <= "\U0001f3ff":
        return True
    return text[place - 1] == "\u200d" and unicodedata.category(sign) == "So"


def lost(before: Screening, after: Screening) -> list[Finding]:
    """Return the findings that have no equal, nor a graver one, after the change."""
    return [
        one
        for one in before.findings
        if not any(
            other.severity > one.severity
            or (other.severity == one.severity and (other.rule == one.rule or other.category == one.category))
            for other in after.findings
        )
    ]
