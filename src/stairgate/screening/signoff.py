"""Words signed by one person, where the team should speak."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Finding

_FURTHEST_BACK = 6


@control("C29", 'A post signed by one person, or written as "I", is pointed out before it is sent')
def find_sign_off(case: Case) -> Iterator[Finding]:
    """Yield a finding when an outgoing text ends with one person's name: "love Tom x", "- Tom"."""
    reading = case.reading
    if not case.is_outbound or not reading.words:
        return
    last = _without_kisses(reading.words)
    if last < 0 or not _is_person(case, last):
        return
    lead = _lead(case, last)
    if lead is not None:
        yield case.finding("voice.signed", *case.word_span(lead, last + 1))


def _without_kisses(words: list[str]) -> int:
    """Return the index of the last word that is not a row of x and o, or -1."""
    last = len(words) - 1
    while last >= 0 and set(words[last]) <= {"x", "o"}:
        last -= 1
    return last


def _is_person(case: Case, index: int) -> bool:
    word, groups = case.reading.words[index], {fold(name) for name in case.facts.group_names}
    return case.reading.is_capital(index) and word not in groups and word not in case.pack.lists["team_word"]


def _lead(case: Case, last: int) -> int | None:
    """Return where the signing begins: after a dash, at a closing word, or the name alone on its line."""
    reading = case.reading
    gap = reading.gap_before(last)
    named = reading.words[last] in {fold(name) for name in case.facts.staff_names}
    if last and gap.strip(" \n") in ("-", "--") and gap != "-":
        return last
    for index in range(last - 1, max(last - _FURTHEST_BACK, -1), -1):
        if not _is_closing(case, index, last):
            break
        if reading.opens_sentence(index) or reading.gap_before(index).strip() in (",", "-", "--"):
            return index
    kissed = last < len(reading.words) - 1
    return last if named and reading.opens_sentence(last) and (kissed or last > 0) else None


def _is_closing(case: Case, index: int, last: int) -> bool:
    """Is this a word people close with? "Thank you Tom" thanks somebody; "Thank you, Tom" is signed."""
    lists, word = case.pack.lists, case.reading.words[index]
    thanked = word in lists["thanking_word"] and not case.reading.gap_before(last).strip(" ")
    return word in lists["closing_word"] and not thanked
