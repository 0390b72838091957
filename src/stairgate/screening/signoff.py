"""Where one person speaks although the team should: "I" and "my", and words signed with a name."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Category, Finding

_FURTHEST_BACK = 6
_LONGEST_NAME = 2  # words of a signature: "Miss Katie"
_GRAVER = frozenset({Category.SELF_HARM, Category.THREAT, Category.SCAM, Category.UNDER_18_AUTHOR})
_TENDER = frozenset("😘😏💋🤫😚😙")
_HEARTS = frozenset("❤💕💖💗💓💞💘💝💙💚💛🧡💜🖤♥🥰😍💋😘xX")


@control("C29", 'A post signed by one person, or written as "I", is pointed out before it is sent')
def find_sign_off(case: Case) -> Iterator[Finding]:
    """Yield a finding when an outgoing text speaks as "I", or ends with one person's name: "love Tom x"."""
    if not case.is_outbound or not case.reading.raw:
        return
    yield from _first_person(case)
    yield from _tender(case)
    last = _without_kisses(case.reading.raw)
    if last >= 0 and _is_person(case, last):
        lead = _lead(case, last)
        if lead is not None:
            yield case.finding("voice.signed", *case.word_span(lead, last + 1))


def _first_person(case: Case) -> Iterator[Finding]:
    """Yield the first "I" that is the writer's own: not quoted, not of a song or a book, not somebody's words."""
    places = case.cues.get("first_person") if "first_person" in case.cues else None
    if not places or _is_graver(case):
        return
    covered = [hit for found in case.cues.get("sb_not_me", {}).values() for hit in found]
    reported = [hit for found in case.cues.get("sb_reported", {}).values() for hit in found]
    first_reported = min((hit.after for hit in reported), default=len(case.reading.raw))
    for hits in places.values():
        for hit in hits:
            if hit.first >= first_reported or _is_title(case, hit.first) or _is_quoted(case, hit.first):
                continue
            if not any(one.first <= hit.first < one.after for one in covered):
                yield case.finding("voice.first-person", *case.word_span(hit.first, hit.after))
                return


def _is_graver(case: Case) -> bool:
    """Does the text hold something beside which a stray "I" is no matter: a threat, a fraud, a cry for help?"""
    candidates = case.pack.rulebook.candidates(case.direction, case.cues)
    return any(
        asked.rule.category in _GRAVER for asked in candidates
    ) or not case.pack.lexicon.exact.keys().isdisjoint(case.reading.raw)


def _is_quoted(case: Case, index: int) -> bool:
    start, end = case.reading.spans[index]
    return any(opened <= start and end <= closed for opened, closed in case.reading.quotations)


def _is_title(case: Case, index: int) -> bool:
    """Is it part of a name with capitals: "The My Feelings Book", "Guess How Much I Love You"?"""
    reading = case.reading
    if (
        index + 1 >= len(reading.raw)
        or reading.opens_sentence(index + 1)
        or len(reading.gap_before(index + 1)) != 1
    ):
        return False
    following = reading.raw[index + 1]
    return (
        reading.is_capital(index)
        and reading.is_capital(index + 1)
        and following not in case.pack.lists["own_name"]
        and following not in case.pack.lists["given_name"]
        and not case.reading.original.isupper()
    )


def _tender(case: Case) -> Iterator[Finding]:
    """Yield a finding for an emoji that people send to partners and close friends, not to families."""
    original = case.reading.original
    if original.isascii() or _TENDER.isdisjoint(original):
        return
    folded = case.reading.folded.text
    for place, sign in enumerate(folded):
        if sign in _TENDER:
            yield case.finding("boundary.emoji", place, place + 1)
            return


def _without_kisses(words: list[str]) -> int:
    """Return the index of the last word that is not a row of x and o, or -1."""
    last = len(words) - 1
    while last >= 0 and set(words[last]) <= {"x", "o"}:
        last -= 1
    return last


def _is_person(case: Case, index: int) -> bool:
    word, groups = case.reading.raw[index], {fold(name) for name in case.facts.group_names}
    return case.reading.is_capital(index) and word not in groups and word not in case.pack.lists["team_word"]


def _lead(case: Case, last: int) -> int | None:
    """Return where the signing begins: after a dash, at a closing word, or the name alone on its line."""
    reading, lists = case.reading, case.pack.lists
    first = last - 1 if last and reading.raw[last - 1] in lists["sb_title"] and _touches(case, last) else last
    gap = reading.gap_before(first)
    if first and gap.strip(" \n") in ("-", "--") and gap != "-":
        return first
    for index in range(first - 1, max(first - _FURTHEST_BACK, -1), -1):
        if not _is_closing(case, index, first):
            break
        before = reading.gap_before(index).strip()
        if reading.opens_sentence(index) or before in (",", "-", "--") or (before and not before.isascii()):
            return index
    return _alone(case, first, last)


def _touches(case: Case, index: int) -> bool:
    return case.reading.gap_before(index) == " "


def _alone(case: Case, first: int, last: int) -> int | None:
    """A known or usual name of a worker, by itself at the end: after a full stop, an emoji, or with kisses."""
    reading, word = case.reading, case.reading.raw[last]
    named = word in case.pack.lists["own_name"] or word in {fold(name) for name in case.facts.staff_names}
    titled = first < last
    if not first or not (named or titled):
        return None
    kissed = last < len(reading.raw) - 1 or not _HEARTS.isdisjoint(_tail(case, last))
    gap = reading.gap_before(first).strip()
    set_apart = reading.opens_sentence(first) or "," in gap or (bool(gap) and not gap.isascii())
    if reading.raw[first - 1] in case.pack.lists["closing_word"] and set(reading.raw[first - 1]) <= {
        "x",
        "o",
    }:
        return first - 1
    if kissed and set_apart:
        return first
    staff = word in {fold(name) for name in case.facts.staff_names}
    return (
        first
        if reading.opens_sentence(first) and (staff or named) and not _tail(case, last).strip(" .")
        else None
    )


def _tail(case: Case, last: int) -> str:
    """What is written after the last word."""
    return case.reading.folded.text[case.reading.spans[last][1] :]


def _is_closing(case: Case, index: int, last: int) -> bool:
    """Is this a word people close with? "Thank you Tom" thanks somebody; "Thank you, Tom" is signed."""
    lists, word = case.pack.lists, case.reading.raw[index]
    thanked = word in lists["thanking_word"] and not case.reading.gap_before(last).strip(" ")
    return word in lists["closing_word"] and not thanked
