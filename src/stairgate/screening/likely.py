"""Children who can be recognised although no register is at hand: by the shape of a name and what stands by it.

A first name is never enough. Each name is weighed: what belongs to a child (an age, a group, a parent, a
diagnosis) adds; what belongs to a grown-up, an animal, a place or a book takes the name off the scales.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stairgate.screening.case import Case
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Direction

ENOUGH = {Direction.OUTBOUND_POST: 3, Direction.INBOUND_COMMENT: 5, Direction.PRIVATE_MESSAGE: 5}
ENOUGH_WITH_PICTURE = 2  # the setting's own words beside a picture
MOST_TRIED = 300  # words that could be a name, and hashtags, looked at in one text

# What may stand in the same sentence as a name, and what it weighs.
_WEIGHTS = {
    "id_age": 3,
    "id_birthday": 3,
    "id_health": 4,
    "id_family": 4,
    "id_money": 3,
    "id_award": 4,
    "id_lives": 2,
    "id_look": 2,
    "id_milestone": 2,
    "id_praise": 2,
    "id_welcome": 2,
    "id_photo": 2,
    "id_child": 1,
    "id_kin": 1,
    "id_act": 1,
    "id_one": 1,
    "names_group": 1,
    "group_name": 1,
    "id_grown": -4,
    "id_book": -3,
}
_FROM_NEXT = {
    "id_age": 3,
    "id_birthday": 3,
    "id_health": 4,
    "id_family": 4,
    "id_milestone": 1,
    "id_kin": 1,
    "id_one": 1,
    "id_look": 1,
    "id_money": 2,
    "id_lives": 1,
    "id_photo": 1,
    "names_group": 1,
    "group_name": 1,
}
_PRIVATE = ("id_health", "id_family", "id_money", "id_lives", "id_look", "id_age")
_SURE = 4  # an anchor of this weight tells a name on its own
_LONG_TAG = 8  # letters of the shortest hashtag worth taking apart
_CAPITAL = re.compile(
    r"[^.!?\s]\s[A-Z][^\sA-Z'\u2019]|[A-Z]\.? ?[A-Z]|^\W*[A-Z][^\s']+ (?:is|has|was|turned|turns)\b"
)
_INITIALS = re.compile(r"\b[A-Z]\.? ?[A-Z]\b")
_CALLED = ("called", "named")
_OWN = ("our", "my")  # "our Alfie": the writer's own child
_INTRODUCES = ("the", "our", "a", "an")  # "Dave the caretaker", "Keith, our hamster"
_UNKNOWN = -1  # what a word counts that only its capital and its place make a name
_EVIDENCE = frozenset({*_WEIGHTS, *_FROM_NEXT, "id_fiction"})  # without any of it no name is a child's
_CHILDLIKE = 1  # what a first name counts in the setting's own words
_GROWN = -2  # what a name counts that workers carry more often than children


@dataclass(frozen=True, slots=True)
class Likely:
    """A name that is probably a child's: its words, and how much speaks for that."""

    first: int
    after: int
    weight: int


def likely_children(case: Case) -> Iterator[Likely]:
    """Yield the names in the text that enough evidence says are children's."""
    reading = case.reading
    if "#" not in reading.original and not _is_worth_weighing(case):
        return
    if not case.is_outbound and "id_own" in case.cues and "id_not_own" not in case.cues:
        return
    enough = ENOUGH[case.direction]
    if case.is_outbound and case.context.has_picture:
        enough = ENOUGH_WITH_PICTURE
    for name in (*_in_hashtags(case), *_initials(case), *_named(case)):
        weight = name.weight + _around(case, name)
        if weight >= enough:
            yield Likely(name.first, name.after, weight)


def _is_worth_weighing(case: Case) -> bool:
    """Is there a name, or what could be one, and in public anything that would make it a child's?"""
    cues = case.cues
    if case.direction is Direction.PRIVATE_MESSAGE and "id_tells" not in cues:
        return False
    if case.is_outbound and _has_given_name(case):
        return True
    if not cues.any_of(_EVIDENCE):
        return False
    return _CAPITAL.search(case.reading.folded.seen) is not None or _has_given_name(case)


def _has_given_name(case: Case) -> bool:
    reading, given = case.reading, case.pack.lists["given_name"]
    if not given.isdisjoint(reading.raw):
        return True
    return "'s" in reading.spaced and any(word.endswith("'s") and word[:-2] in given for word in reading.raw)


def _around(case: Case, name: Likely) -> int:
    """Weigh what stands in the name's sentence and the next ones. In public, something private must be said."""
    cues, sentence = case.cues, case.reading.sentence_of[name.first]
    weight = sum(points for cue, points in _WEIGHTS.items() if sentence in cues.get(cue))
    if name.weight >= _SURE and sentence in cues.get("id_book"):
        weight -= _WEIGHTS["id_book"]
    near = (sentence - 1, sentence + 1)
    for cue, points in _FROM_NEXT.items():
        places = cues.get(cue, {})
        if sentence not in places and any(place in places for place in near):
            weight += points
    if case.is_outbound:
        return weight
    if case.direction is Direction.PRIVATE_MESSAGE and "id_tells" not in cues:
        return -ENOUGH[case.direction]
    private = name.weight >= _SURE or any(
        place in cues.get(cue) for cue in _PRIVATE for place in (sentence, *near)
    )
    if not private:
        return -ENOUGH[case.direction]
    return weight + (2 if any(place in cues.get("id_gossip") for place in (sentence, *near)) else 0)


def _named(case: Case) -> Iterator[Likely]:
    """Yield the names, each with the weight of what stands right beside it."""
    reading, lists = case.reading, case.pack.lists
    given, either, tried = lists["given_name"], lists["name_or_word"], 0
    shaped = {hit.first for hit in case.cues.hits("id_fiction")}
    staff = {fold(name) for name in case.facts.staff_names}
    groups: frozenset[int] | None = None
    for index, raw in enumerate(reading.raw):
        word = raw.removesuffix("'s") if "'" in raw else raw
        known = word in given
        if not (known and word not in either) and not reading.is_capital(index):
            continue
        if (
            index in shaped
            or word in staff
            or not (known or _could_be(case, word))
            or _is_titled(case, index)
        ):
            continue
        if tried == MOST_TRIED:
            reading.give_up(reading.spans[index][0])
            return
        tried += 1
        if groups is None:
            groups = _group_places(case)
        name = _anchored(case, index, groups)
        if name.weight < _SURE:
            if _is_other(case, index) or not _is_name_here(case, index, word, known=known):
                continue
            if not known:
                name = Likely(name.first, name.after, name.weight + _UNKNOWN)
        yield name


def _in_hashtags(case: Case) -> Iterator[Likely]:
    """Find "#happybirthdayalfie": a greeting and a name run together."""
    reading, lists = case.reading, case.pack.lists
    if "#" not in reading.original:
        return
    tried = 0
    for index, word in enumerate(reading.raw):
        if len(word) < _LONG_TAG or "#" not in reading.gap_before(index):
            continue
        tried += 1
        if tried > MOST_TRIED:
            reading.give_up(reading.spans[index][0])
            return
        leads = (lead for lead in lists["tag_lead"] if word.startswith(lead))
        if any(word[len(lead) :] in lists["given_name"] for lead in leads):
            yield Likely(index, index + 1, ENOUGH[Direction.INBOUND_COMMENT])


def _initials(case: Case) -> Iterator[Likely]:
    """Find "A.K. in Acorns", "O.B. (4)": initials count only with a child's age or group right beside them."""
    reading = case.reading
    if not _INITIALS.search(reading.folded.seen):
        return
    groups = _group_places(case)
    for index, word in enumerate(reading.raw):
        after = index + 1
        if len(word) == 1 and after < len(reading.raw) and len(reading.raw[after]) == 1:
            shaped = reading.gap_before(after) in (".", ". ")
            after += 1
        else:
            shaped = len(word) == len("AB") and word not in case.pack.lists["never_name"]
        if shaped and reading.is_capital(index) and reading.is_capital(after - 1):
            weight = 4 * (_says_age(case, after) + _in_group(case, after, groups))
            if weight:
                yield Likely(index, after, weight)


def _could_be(case: Case, word: str) -> bool:
    """May a word on no list of names be one? It is if what stands beside it says so."""
    lists = case.pack.lists
    return (
        word.isalpha()
        and not any(word in lists[name] for name in ("not_given", "never_name", "group_word", "title"))
        and not any(word in lists[name] for name in ("weekday", "month", "place_after", "pet_word"))
    )


def _is_name_here(case: Case, index: int, word: str, *, known: bool) -> bool:
    """A name that is also an everyday word, or on no list, needs a person's place in the sentence."""
    lists, opens = case.pack.lists, case.reading.opens_sentence(index)
    if known and (word not in lists["name_or_word"] or _is_double(case, index)):
        return True
    before, after = _word(case, index, -1), _word(case, index, 1)
    if before in lists["before_thing"] and before not in lists["before_child"]:
        return False
    if not known:
        return not opens and _is_strangers_place(case, index, before, after)
    return (
        before in lists["before_name"]
        or after in lists["after_name"]
        or case.reading.raw[index].endswith("'s")
    )


def _is_double(case: Case, index: int) -> bool:
    """Is it the first half of a name with a hyphen: "Ruby-Lou"?"""
    following = _word(case, index, 1).removesuffix("'s")
    return _gap(case, index) == "-" and following in case.pack.lists["given_name"]


def _is_strangers_place(case: Case, index: int, before: str, after: str) -> bool:
    """May a name nobody knows stand here? Only beside "he" or "she", and not after another capital."""
    reading, sentence = case.reading, case.reading.sentence_of[index]
    persons = case.cues.get("id_one")
    if after in case.pack.lists["title"] or not any(place in persons for place in (sentence, sentence + 1)):
        return False
    start, end = reading.folded.span(*reading.spans[index])
    if reading.original[start:end].isupper() or (
        reading.is_capital(index - 1) and before not in case.pack.lists["before_stranger"]
    ):
        return False
    if not case.is_outbound:
        return before in case.pack.lists["before_named"]
    return before in case.pack.lists["before_stranger"] or after in case.pack.lists["after_stranger"]


def _word(case: Case, index: int, step: int) -> str:
    """The word ``step`` places away in the same sentence, or nothing."""
    reading, place = case.reading, index + step
    if not 0 <= place < len(reading.raw) or reading.sentence_of[place] != reading.sentence_of[index]:
        return ""
    return reading.raw[place]


def _is_titled(case: Case, index: int) -> bool:
    """Is this a grown-up, a place or an animal by what is written right beside it? "Miss Sarah", "Victoria Park"."""
    lists = case.pack.lists
    before, after, second = _word(case, index, -1), _word(case, index, 1), _word(case, index, 2)
    return (
        before in lists["title"]
        or _is_month(case, index)
        or (before in _OWN and not case.is_outbound)
        or before in lists["pet_word"]
        or after in lists["place_after"]
        or (second in lists["place_after"] and case.reading.is_capital(index + 2))
        or (after in _INTRODUCES and any(_word(case, index, step) in lists["pet_word"] for step in (2, 3, 4)))
    )


def _is_month(case: Case, index: int) -> bool:
    """Is it a month ("our August babies", "in June") and not a person ("April is four")?"""
    lists = case.pack.lists
    if case.reading.raw[index] not in lists["month"]:
        return False
    return _word(case, index, 1) not in lists["after_stranger"] and not _says_age(case, index + 1)


def _is_other(case: Case, index: int) -> bool:
    """Is this somebody by their work, or an animal? "Dave the caretaker", "our cook Jo", "Albert the class teddy"."""
    lists = case.pack.lists
    before, after, second = _word(case, index, -1), _word(case, index, 1), _word(case, index, 2)
    if before in lists["adult_role"]:
        return True
    if before in _CALLED and any(_word(case, index, -step) in lists["pet_word"] for step in (2, 3)):
        return True
    if before == "and" and (
        _word(case, index, -3) in lists["pet_word"] or _word(case, index, -3) in lists["title"]
    ):
        return True
    if after in _INTRODUCES:
        return any(_word(case, index, step) in lists["adult_role"] for step in (2, 3, 4))
    return after == "from" and second == "the" and _word(case, index, 3) in lists["adult_role"]


def _gap(case: Case, index: int) -> str:
    return case.reading.gap_before(index + 1) if index + 1 < len(case.reading.raw) else ""


def _group_places(case: Case) -> frozenset[int]:
    """The words where the name of a group begins."""
    cues = case.cues
    return frozenset(hit.first for hit in (*cues.hits("group_name"), *cues.hits("names_group")))


def _anchored(case: Case, index: int, groups: frozenset[int]) -> Likely:
    """Weigh what stands right beside the name: "(4)", "in Acorns", "little", "'s mum", a surname."""
    lists, reading = case.pack.lists, case.reading
    weight, after = 0, index + 1
    if _is_surname(case, index):
        weight, after = 1, index + 2
    before = _word(case, index, -1)
    if before in lists["before_child"] or before in lists["child_or_role"]:
        weight += 2
    word = reading.raw[index].removesuffix("'s")
    if word in lists["own_name"]:
        weight += _GROWN
    elif case.is_outbound and word in lists["given_name"]:
        weight += _CHILDLIKE
    if _says_age(case, after):
        weight += 4
    if _in_group(case, after, groups):  # in public it is workers who are named with their room
        weight += 4 if case.is_outbound else 1
    if reading.raw[after - 1].endswith("'s") and _word(case, after - 1, 1) in lists["kin_of"]:
        weight += 3
    if "birthday" in [_word(case, index, -step) for step in (1, 2, 3, 4)]:
        weight += 3
    return Likely(index, after, weight)


def _is_surname(case: Case, index: int) -> bool:
    reading, following = case.reading, _word(case, index, 1)
    return (
        bool(following)
        and reading.is_capital(index)
        and reading.is_capital(index + 1)
        and _gap(case, index) == " "
        and len(following) > 1
        and _could_be(case, following.removesuffix("'s"))
    )


def _says_age(case: Case, after: int) -> bool:
    """Does an age follow as people write it beside a name: "(3)", ", 3,", ", nearly 4"?"""
    reading, ages = case.reading, case.pack.lists["child_age"]
    if after >= len(reading.raw):
        return False
    gap, word = reading.gap_before(after), reading.raw[after]
    if word in ("aged", "age", "nearly", "almost", "only", "just"):
        return _word(case, after, 1) in ages
    if "(" in gap:
        return word in ages or (word[0].isdigit() and "\u2044" in _gap(case, after))
    if gap.strip() != "," or word not in ages:
        return False
    closing = _gap(case, after).strip() or ("." if after + 1 == len(reading.raw) else "")
    return closing[:1] in (",", ".", "!", ")", "-")


def _in_group(case: Case, after: int, groups: frozenset[int]) -> bool:
    """Does a group follow: "in Acorns", "from the Owlets", "(Year 4)"?"""
    reading = case.reading
    if after >= len(reading.raw):
        return False
    if reading.gap_before(after).strip() in ("(", ",", "-"):
        return after in groups
    if after + 1 >= len(reading.raw) or reading.raw[after] not in ("in", "from", "of"):
        return False
    return after + 1 in groups or (reading.raw[after + 1] in ("the", "our") and after + 2 in groups)
