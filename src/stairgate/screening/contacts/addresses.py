"""Postal addresses: a house number or house name and a street, a flat in a building, a box at the post office."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stairgate.screening.contacts.digits import SPOKEN
from stairgate.screening.contacts.scene import Found, Scene, united

_NUMBER = re.compile(r"[0-9]{1,4}[a-h]?")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_POSTCODE = re.compile(r"[a-z]{1,2}[0-9][0-9a-z]?[ ]?[0-9][a-z]{2}(?![a-z0-9])")
_BOX = frozenset({"box"})
_IN_TIMES = (".", ":")
_STOPS = frozenset(",.\n!?;)-")
_MOST_NAMES = 3  # words of a street's name before its kind: "Upper Green", "St Mary's", "The Old Mill"
_WIDEST_GAP = 4  # characters between two words of an address
_HOME_REACH = 7  # words between "we live" and the number
_VENUE_REACH = 5
_POSTCODE_REACH = 8  # words between the house number and its postcode
_JOINED = frozenset(" ,.-'/\n\t\"()")


def find_addresses(scene: Scene) -> Iterator[Found]:
    """Yield each address. Looks back a few words from each kind of street, and on from each "live at"."""
    kinds, homes, flats = scene.lists["street_kind"], scene.lists["home_word"], scene.lists["flat_word"]
    openings = united(kinds, homes, flats, _BOX)
    reach = 0
    for index, word in enumerate(scene.words):
        if word not in openings:
            continue
        if not scene.spend():
            return
        if word in kinds:
            found = _street(scene, index) or _street_first(scene, index)
        elif word in flats:
            found = _flat(scene, index)
        elif word in homes:
            found = _lived_at(scene, index)
        else:
            found = _box(scene, index)
        if found and found.end > reach:
            reach = found.end
            yield found


def before_postcode(scene: Scene, found: Found) -> Found:
    """Take in the house number and street written right before a postcode."""
    house = house_before(scene, scene.word_from(found.start))
    return found if house is None else Found("contact.street", scene.spans[house][0], found.end)


def house_before(scene: Scene, first: int) -> int | None:
    """Return the word that is the number of a house, when only names stand between it and ``first``."""
    for index in range(first - 1, max(-1, first - 1 - _POSTCODE_REACH), -1):
        word = scene.words[index]
        if not _runs_on(scene, index + 1):
            break
        if _is_number(scene, index) and index < first - 1:
            return index
        if word in scene.lists["never_street"]:
            break
    return None


def _is_number(scene: Scene, index: int) -> bool:
    word = scene.words[index]
    if not _NUMBER.fullmatch(word) or _YEAR.fullmatch(word):
        return False
    start = scene.spans[index][0]
    return not (scene.text[start - 1 : start] in _IN_TIMES and scene.text[start - 2 : start - 1].isdigit())


def _runs_on(scene: Scene, index: int) -> bool:
    """Are the word at ``index`` and the one before it close enough to be of one address?"""
    spans = scene.spans
    start, end = spans[index - 1][1], spans[index][0]
    return end - start <= _WIDEST_GAP and _JOINED.issuperset(scene.text[start:end])


def _street(scene: Scene, kind: int) -> Found | None:
    """Read back from a kind of street over its name to the number of the house, or to its name."""
    words, never = scene.words, scene.lists["never_street"]
    for index in range(kind - 1, max(-1, kind - 2 - _MOST_NAMES), -1):
        word, names = words[index], kind - index - 1
        if names and word[0].isdigit() and _is_number(scene, index):
            return _numbered(scene, index, kind) if _is_one_piece(scene, index, kind) else None
        if names and word in SPOKEN and _counts_house(scene, index):
            return _numbered(scene, index, kind) if _is_one_piece(scene, index, kind) else None
        if names and word in scene.lists["house_kind"] and _is_named_house(scene, index, kind):
            start = _house_name(scene, index)
            return Found("contact.street", scene.spans[start][0], scene.spans[kind][1])
        if word in never and not _may_name(scene, index, kind):
            return None
    return None


def _street_first(scene: Scene, kind: int) -> Found | None:
    """Find "Rope Walk, number 2b" and the Welsh "3 Heol y Bryn"."""
    words = scene.words
    if kind and kind + 2 < len(words) and _marks_number(scene, words[kind + 1]):
        named = words[kind - 1] not in scene.lists["never_street"] and _is_one_piece(
            scene, kind - 1, kind + 2
        )
        if named and (_is_number(scene, kind + 2) or words[kind + 2] in SPOKEN):
            return Found("contact.street", scene.spans[kind - 1][0], scene.spans[kind + 2][1])
    if words[kind] not in scene.lists["welsh_street"] or not kind or kind + 1 >= len(words):
        return None
    if _is_number(scene, kind - 1) and _is_one_piece(scene, kind - 1, kind + 1):
        return Found("contact.street", scene.spans[kind - 1][0], scene.spans[kind + 1][1])
    return None


def _marks_number(scene: Scene, word: str) -> bool:
    return word in scene.lists["number_mark"] or word in scene.lists["flat_word"]


def _is_one_piece(scene: Scene, first: int, last: int) -> bool:
    return all(_runs_on(scene, index) for index in range(first + 1, last + 1))


def _may_name(scene: Scene, index: int, kind: int) -> bool:
    """Is it "The" of "The Close", "St" of "St Mary's Road", "New" of "New Road", "on" of "number 4 on ..."?"""
    word = scene.words[index]
    if word in ("on", "in") and index >= 2 and index + 1 < kind:
        return (
            scene.words[index + 1] != "the"
            and _is_number(scene, index - 1)
            and scene.words[index - 2] in scene.lists["number_mark"]
        )
    if word == "the":
        return kind - index <= 2
    return (word == "st" and index + 1 < kind) or (
        word in scene.lists["street_adjective"] and index + 1 == kind
    )


def _numbered(scene: Scene, number: int, kind: int) -> Found | None:
    words = scene.words
    middle = words[number + 1 : kind]
    home = _is_home(scene, number)
    if middle[0][0].isdigit():
        return None
    if words[kind] in scene.lists["weak_street_kind"] and not home and not _stands_alone(scene, number, kind):
        return None
    if middle == ["the"] and words[kind] not in scene.lists["the_street"] and not home:
        return None
    if middle[0] in scene.lists["street_adjective"] and not home and words[number] == "1":
        return None
    if middle in (["lane"], ["way"], ["car"]) and len(words[number]) == 1:
        return None
    if not home and (_is_venue(scene, number, kind) or scene.is_ours(number, _HOME_REACH)):
        return None
    start = _with_flat(scene, number)
    return Found("contact.street", scene.spans[start][0], scene.spans[kind][1])


def _is_home(scene: Scene, number: int) -> bool:
    return scene.before("home_word", number, _HOME_REACH) or scene.before("number_mark", number, 1)


def _counts_house(scene: Scene, index: int) -> bool:
    """A number in words is a house only after "number" or a word about living there."""
    return scene.before("number_mark", index, 2) or scene.before("home_word", index, 4)


def _stands_alone(scene: Scene, number: int, kind: int) -> bool:
    """Is a weak kind ("close", "walk", "rise") the end of a name, and no verb, measure or thing?"""
    middle = scene.words[number + 1 : kind]
    plural = middle[-1].endswith("s") and not middle[-1].endswith(("ss", "'s")) and middle[0] != "st"
    led = scene.before("place_word", number, 1)
    ended = _ends(scene, kind + 1)
    follows = kind + 1 < len(scene.words) and scene.words[kind + 1] in scene.lists["after_street"]
    lettered = not scene.words[number].isdigit()
    if "," in scene.gap(number + 1):
        return led and ended
    return lettered or (led and not plural) or (not plural and (ended or follows)) or (led and ended)


def _ends(scene: Scene, after: int) -> bool:
    """Does the address end before the word at ``after``: with the text, a stop, a comma or a postcode?"""
    if after == len(scene.words) or scene.gap(after).strip(" ")[:1] in _STOPS:
        return True
    if scene.words[after][0].isdigit():
        return True
    return bool(_POSTCODE.match(scene.text, scene.spans[after][0]))


def _is_venue(scene: Scene, number: int, kind: int) -> bool:
    """Is it where a shop, a hall or a school is, or a bus, rather than where somebody lives?"""
    return (
        scene.before("venue_word", number, _VENUE_REACH)
        or scene.behind("venue_after", kind + 1, 1)
        or scene.before("not_house_before", number, 1)
    )


def _with_flat(scene: Scene, number: int) -> int:
    """Start at "Flat 3," when it stands before the house number."""
    for index in (number - 2, number - 3):
        if index >= 0 and scene.words[index] in scene.lists["flat_word"]:
            return index
    marked = number and scene.words[number - 1] in scene.lists["number_mark"]
    return number - 1 if marked else number


def _is_named_house(scene: Scene, index: int, kind: int) -> bool:
    """Is it "Rose Cottage, Mill Lane"? The house has a name, a comma follows, and nobody meets there."""
    words = scene.words
    if not _is_one_piece(scene, index, kind):
        return False
    if "," not in scene.gap(index + 1) and "\n" not in scene.gap(index + 1):
        return False
    name = words[index - 1] if index else ""
    public = words[index] in scene.lists["weak_house_kind"]
    if (name != "the" or public) and (
        not name or name in scene.lists["never_street"] or name in scene.lists["venue_word"]
    ):
        return False
    if scene.behind("venue_after", kind + 1, 1) or scene.before("venue_word", index, 3):
        return False
    return not public or scene.before("home_word", index - 1, _HOME_REACH)


def _house_name(scene: Scene, index: int) -> int:
    """Step back over the name of a house: "The Old Vicarage"."""
    first = index - 1
    while first and index - first < _MOST_NAMES and _runs_on(scene, first):
        if scene.words[first - 1] not in ("the", "old", "new", "little", "great", "upper", "lower"):
            break
        first -= 1
    return first


def _flat(scene: Scene, flat: int) -> Found | None:
    """Find "Flat 3, Oak Court" and "flat 2b oak house"."""
    words = scene.words
    number = flat + 1
    if number < len(words) and words[number] in scene.lists["number_mark"]:
        number += 1
    if number + 1 >= len(words) or not (_is_number(scene, number) or len(words[number]) == 1):
        return None
    for index in range(number + 1, min(number + 5, len(words))):
        if not _runs_on(scene, index):
            return None
        if index > number + 1 and words[index] in scene.lists["building_kind"]:
            return Found("contact.street", scene.spans[flat][0], scene.spans[index][1])
        if words[index] in scene.lists["never_street"] and words[index] != "the":
            return None
    return None


def _lived_at(scene: Scene, home: int) -> Found | None:
    """Find "we live at 14 Fairview": a number and a name after a word about living somewhere."""
    words = scene.words
    at = home + 1
    if (
        words[home] not in scene.lists["living_word"]
        or at >= len(words)
        or words[at] not in scene.lists["home_filler"]
    ):
        return None
    while at < len(words) and at - home <= 4 and words[at] in scene.lists["home_filler"]:
        at += 1
    if at == home + 1 or at + 1 >= len(words) or not (_is_number(scene, at) or words[at] in SPOKEN):
        return None
    after = at + 1
    while after < len(words) and after - at <= 2 and _runs_on(scene, after):
        if "," in scene.gap(after) and after > at + 1:
            break
        if words[after] in scene.lists["never_street"] or words[after] in scene.lists["home_filler"]:
            break
        if not words[after][0].isalpha():
            break
        after += 1
    if after == at + 1 or words[at + 1] in scene.lists["measure_unit"]:
        return None
    ended = _ends(scene, after)
    follows = after < len(words) and words[after] in scene.lists["after_street"]
    return (
        Found("contact.street", scene.spans[at][0], scene.spans[after - 1][1]) if ended or follows else None
    )


def _box(scene: Scene, box: int) -> Found | None:
    after = box + 1
    if not box or scene.words[box - 1] not in ("po", "o"):
        return None
    if after < len(scene.words) and scene.words[after].isdigit() and len(scene.words[after]) <= 6:
        return Found("contact.street", scene.spans[box - 1][0], scene.spans[after][1])
    return None
