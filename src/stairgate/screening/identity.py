"""A child's name, alone or beside what would help a stranger know the child."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.folding import fold
from stairgate.screening.kinds import Finding, Severity
from stairgate.screening.likely import likely_children
from stairgate.screening.phrases import Hit

_LONGEST_NAME = 40
_NAME_CUES = ("child_name", "points_at_child", "a_child")  # what a name is evidence of
_DETAILS = ("detail_place", "detail_time", "detail_age", "detail_health")


def find_names(case: Case) -> list[Hit]:
    """Return every place where a child's name or a group's stands, as cues for the rules."""
    return [*_group_hits(case), *_name_hits(case)]


def _group_hits(case: Case) -> list[Hit]:
    """Groups go by the setting's own list, and by the names groups usually have, with a capital."""
    reading, usual = case.reading, case.pack.lists["group_word"]
    own = {fold(name) for name in case.facts.group_names}
    if usual.isdisjoint(reading.raw) and own.isdisjoint(reading.raw):
        return []
    return [
        Hit("names_group", index, index + 1)
        for index, word in enumerate(reading.raw)
        if word in own or (word in usual and reading.is_capital(index))
    ]


def _name_hits(case: Case) -> list[Hit]:
    if not len(case.facts.names):
        return []
    reading, never, known = case.reading, case.pack.lists["never_name"], dict[str, bool]()
    hits: list[Hit] = []
    for index, word in enumerate(reading.raw):
        if word in never:
            continue
        single = _bare(word)
        if single not in known:
            known[single] = 1 < len(single) <= _LONGEST_NAME and case.facts.names.has_normal(single)
        if known[single] and _is_name_here(case, index, single):
            hits.extend(Hit(cue, index, index + 1) for cue in _NAME_CUES)
        elif index and reading.is_capital(index) and _is_pair(case, index):
            hits.extend(Hit(cue, index - 1, index + 1) for cue in _NAME_CUES)
    return hits


def _bare(word: str) -> str:
    return word if word.isalpha() else "".join(filter(str.isalpha, word.removesuffix("'s")))


def _is_pair(case: Case, index: int) -> bool:
    reading = case.reading
    if len(reading.gap_before(index)) != 1 or not (
        reading.is_capital(index - 1) and reading.is_capital(index)
    ):
        return False
    pair = _bare(reading.raw[index - 1]) + _bare(reading.raw[index])
    return len(pair) <= _LONGEST_NAME and case.facts.names.has_normal(pair)


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
    for hit in case.cues.hits("child_name"):
        sentence = case.reading.sentence_of[hit.first]
        detailed = any(sentence in case.cues.get(cue) for cue in _DETAILS)
        yield _name_finding(case, hit, detailed=detailed)
    if not len(case.facts.names):
        yield from _likely_findings(case)


def _likely_findings(case: Case) -> Iterator[Finding]:
    """Without a register a child is recognised by what stands around a name."""
    for likely in likely_children(case):
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
