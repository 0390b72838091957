"""A child's name, alone or beside what would help a stranger know the child."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Finding, Severity
from stairgate.screening.likely import likely_children
from stairgate.screening.names import LONGEST_NAME, NameIndex, initials_form
from stairgate.screening.phrases import Hit

_MOST_TAGS = 300  # different words of hashtags and handles looked into in one text
_MOST_NAMED = 100  # findings of names in one text
_SHORTEST_NAME = 2
_ROOMS = frozenset({"room", "class"})
_FIRST_UNSPACED = "\u3040"  # from here on come scripts that are written without spaces between words
_MOST_UNSPACED = 30  # words of such scripts taken apart in one text
_LONGEST_UNSPACED = 4  # characters of a name in such a script
_NAME_CUES = ("child_name", "points_at_child", "a_child")  # what a name is evidence of
_DETAILS = ("detail_place", "detail_time", "detail_age", "detail_health")


def find_names(case: Case) -> list[Hit]:
    """Return every place where a child's name or a group's stands, as cues for the rules."""
    return [*_group_hits(case), *_name_hits(case)]


def _group_hits(case: Case) -> list[Hit]:
    """Groups go by the setting's own list, and by the names groups usually have, with a capital."""
    reading, usual = case.reading, case.pack.lists["group_word"]
    own = {fold(name) for name in case.facts.group_names}
    hits = []
    if not (usual.isdisjoint(reading.raw) and own.isdisjoint(reading.raw)):
        hits = [
            Hit("group_name", index, index + 1)
            for index, word in enumerate(reading.raw)
            if word in own or (word in usual and reading.is_capital(index))
        ]
    if not _ROOMS.isdisjoint(reading.raw):  # "Hazel class", "Oak Room"
        hits += [
            Hit("group_name", index - 1, index + 1)
            for index, word in enumerate(reading.raw)
            if word in _ROOMS
            and index
            and reading.is_capital(index - 1)
            and not reading.opens_sentence(index - 1)
        ]
    return hits


def _name_hits(case: Case) -> list[Hit]:
    names = case.facts.names
    if not len(names):
        return []
    reading, never = case.reading, case.pack.lists["never_name"]
    here = _names_among(set(reading.raw) - never, names)
    hits: list[Hit] = []
    tags: dict[str, bool] = {}
    for index, word in enumerate(reading.raw):
        named = word in here and _is_name_here(case, index, bare(word))
        if named or _in_other_shape(case, index, word, tags):
            hits.extend(Hit(cue, index, index + 1) for cue in _NAME_CUES)
        elif index and word not in never and reading.is_capital(index) and _is_pair(case, index):
            hits.extend(Hit(cue, index - 1, index + 1) for cue in _NAME_CUES)
    return hits


def bare(word: str) -> str:
    """Return the letters of a word, without a possessive 's."""
    return word if word.isalpha() else "".join(filter(str.isalpha, word.removesuffix("'s")))


def _names_among(words: set[str], names: NameIndex) -> set[str]:
    """Return the words that are a child's name, or hold one in a script that is written without spaces."""
    found, unspaced = set(), 0
    for word in words:
        single = bare(word)
        if len(single) < _SHORTEST_NAME or len(single) > LONGEST_NAME:
            continue
        if names.has_normal(single):
            found.add(word)
        elif single[0] >= _FIRST_UNSPACED and unspaced < _MOST_UNSPACED:
            unspaced += 1
            if _holds_name(single, names):
                found.add(word)
    return found


def _holds_name(word: str, names: NameIndex) -> bool:
    return any(
        names.has_normal(word[place : place + size])
        for size in range(_SHORTEST_NAME, _LONGEST_UNSPACED + 1)
        for place in range(len(word) - size + 1)
    )


def _in_other_shape(case: Case, index: int, word: str, tags: dict[str, bool]) -> bool:
    """Is the name in a hashtag, a plural ("the Okafors"), a handle, or "Ottilies mum" without its apostrophe?"""
    reading, lists, names = case.reading, case.pack.lists, case.facts.names
    before = reading.gap_before(index)[-1:]
    if before == "#" or (before == "@" and len(word) > _SHORTEST_NAME):
        if word not in tags:
            if len(tags) == _MOST_TAGS:
                reading.give_up(reading.spans[index][0])
                return False
            tags[word] = _in_run_together(word, names, lists["tag_lead"], lists["kin_of"])
        return tags[word]
    if word.endswith("s") and "'" not in word and len(word) > _SHORTEST_NAME + 1:
        following = reading.raw[index + 1] if index + 1 < len(reading.raw) else ""
        family = index and reading.raw[index - 1] == "the" and reading.is_capital(index)
        return bool(following in lists["kin_of"] or family) and names.has_normal(word[:-1])
    return False


def _in_run_together(word: str, names: NameIndex, leads: frozenset[str], kin: frozenset[str]) -> bool:
    """Look for a name in "happybirthdayalfie", "ottiliesmum": after a greeting, or before a relation."""
    letters = "".join(filter(str.isalpha, word))
    tries = [letters, *(letters[len(lead) :] for lead in leads if letters.startswith(lead))]
    tries += [letters[: -len(one)] for one in kin if letters.endswith(one) and len(letters) > len(one)]
    return any(
        names.has_normal(form)
        for one in tries
        for form in (one, one.removesuffix("s"))
        if len(form) >= _SHORTEST_NAME
    )


def _is_pair(case: Case, index: int) -> bool:
    """Is it a double name ("Mary Kate"), or a child's initials ("O.B.") beside something about a child?"""
    reading, names = case.reading, case.facts.names
    gap = reading.gap_before(index)
    if not reading.is_capital(index - 1):
        return False
    first, second = bare(reading.raw[index - 1]), bare(reading.raw[index])
    if len(first) == len(second) == 1 and gap.strip() in ("", "."):
        return names.has_normal(initials_form(first + second)) and _is_beside_a_detail(case, index)
    return len(gap) == 1 and len(first + second) <= LONGEST_NAME and names.has_normal(first + second)


def _is_beside_a_detail(case: Case, index: int) -> bool:
    sentence = case.reading.sentence_of[index]
    near = (sentence, sentence + 1)  # the full stop of "O.B." may look like the end of a sentence
    groups = {case.reading.sentence_of[hit.first] for hit in _group_hits(case)}
    return not groups.isdisjoint(near) or any(one in case.cues.get(cue) for cue in _DETAILS for one in near)


def _is_name_here(case: Case, index: int, word: str) -> bool:
    """A name that is also an everyday word needs a capital and a person's place in the sentence."""
    if word not in case.pack.lists["name_or_word"]:
        return True
    words, lists = case.reading.raw, case.pack.lists
    if not case.reading.is_capital(index):
        return False
    before = words[index - 1] if index and not case.reading.opens_sentence(index) else ""
    after = words[index + 1] if index + 1 < len(words) else ""
    possessive = words[index].endswith("'s")
    return before in lists["before_name"] or (
        before not in lists["before_thing"] and (after in lists["after_name"] or possessive)
    )


@control("C36", "A child's name beside a picture is held, going out and coming in")
@control("C35", "A child's name beside a picture, a place, a time, an age or health is held")
def find_identity(case: Case) -> Iterator[Finding]:
    """Yield a finding for each child's name in the text; the gravest reason that applies is given."""
    hits = case.cues.hits("child_name")
    if len(hits) > _MOST_NAMED:
        case.reading.give_up(case.reading.spans[hits[_MOST_NAMED].first][0])
    for hit in hits[:_MOST_NAMED]:
        sentence = case.reading.sentence_of[hit.first]
        detailed = any(sentence in case.cues.get(cue) for cue in _DETAILS)
        yield _name_finding(case, hit, detailed=detailed)
    yield from _likely_findings(case)


def _likely_findings(case: Case) -> Iterator[Finding]:
    """A child on no register is recognised by what stands around a name."""
    registered = {hit.first for hit in case.cues.hits("child_name")}
    for likely in likely_children(case):
        if likely.first in registered:
            continue
        start, end = case.word_span(likely.first, likely.after)
        if not case.is_outbound:
            yield case.finding("identity.public-likely", start, end)
            continue
        rule = "identity.likely-name-picture" if case.context.has_picture else "identity.likely-name"
        yield case.finding(
            rule, start, end, suggestion=_without_name(case, Hit("", likely.first, likely.after))
        )


def _name_finding(case: Case, hit: Hit, *, detailed: bool) -> Finding:
    start, end = case.word_span(hit.first, hit.after)
    if not case.is_outbound:
        severity = Severity.HOLD if detailed else Severity.LOOK
        return case.finding("identity.public-named", start, end, severity=severity)
    if case.context.has_picture:
        rule = "identity.name-and-picture"
    else:
        rule = "identity.name-and-detail" if detailed else "identity.name"
    return case.finding(rule, start, end, suggestion=_without_name(case, hit))


def _without_name(case: Case, hit: Hit) -> str:
    """Return words that keep the story and lose the child: "One of our Acorns"."""
    reading = case.reading
    group = next(iter(_groups_in(case)), "children")
    phrase = f"one of our {group}"
    if reading.words[hit.after - 1].endswith("'s"):
        first, last = reading.folded.span(*case.word_span(hit.first, hit.after))
        curly = "\u2019" in reading.original[first:last]
        phrase += ("\u2019" if curly else "'") + ("" if phrase.endswith("s") else "s")
    return phrase[0].upper() + phrase[1:] if reading.opens_sentence(hit.first) else phrase


def _groups_in(case: Case) -> list[str]:
    """Return the setting's groups that the text names, the first one first."""
    text = case.reading.folded.text
    found = ((text.find(fold(name)), name) for name in case.facts.group_names)
    return [name for position, name in sorted(found) if position >= 0]
