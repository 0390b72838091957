"""Rules made of cues: each speaks when its evidence meets in one sentence, in two, or in one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.kinds import Author, Finding, Severity
from stairgate.screening.phrases import Hit
from stairgate.screening.rulebook import Asked
from stairgate.screening.rules import QUOTED, Rule

_KNOWN = frozenset({Author.KNOWN, Author.STAFF})
_FURTHEST_BEFORE = 4  # words between "not" and what it takes back
_MOST_PLACES = 8  # places of one cue that are tried when evidence must stand close together


@control(
    "C07", "Words that tell when children will be where, or that seek a child out, are held for a person"
)
@control("C58", "An offer or a request to talk in private is pointed out, going out and coming in")
@control("C08", "Bad language, complaints and scams in what the public wrote are brought to a person")
@control(
    "C43", "Words about illegal pictures or goods are held, and whoever reads them is told to open nothing"
)
def find_evidence(case: Case) -> Iterator[Finding]:
    """Yield one finding for each rule and each place where its evidence comes together."""
    for asked in case.pack.rulebook.candidates(case.direction, case.cues):
        if _suits(case, asked.rule):
            yield from _weigh(case, asked)


def _suits(case: Case, rule: Rule) -> bool:
    """Do the surroundings of the text fit the rule?"""
    context = case.context
    return (
        (rule.picture is None or rule.picture is context.has_picture)
        and (not rule.authors or context.author in rule.authors)
        and (not rule.hours or context.hour in rule.hours)
        and (not rule.thread or any(cue in cues for cues in case.before for cue in rule.thread))
    )


def _weigh(case: Case, asked: Asked) -> Iterator[Finding]:
    rule, spoken = asked.rule, -1
    for sentences in _windows(case, asked):
        if sentences[0] <= spoken:
            continue
        used = _evidence(case, asked, sentences)
        if used:
            spoken = sentences[-1]
            yield case.finding(rule.id, *_pointed_at(case, rule, used), severity=_severity(case, rule))


def _windows(case: Case, asked: Asked) -> Iterable[tuple[int, ...]]:
    """Return the stretches of sentences where the evidence may meet, each holding the rarest of it."""
    if asked.rule.scope == "text":
        return [tuple(sorted({sentence for cue in asked.rule.cues for sentence in case.cues.get(cue)}))]
    starts = sorted({sentence for cue in asked.key for sentence in case.cues.get(cue)})
    if asked.rule.scope == "sentence":
        return [(sentence,) for sentence in starts]
    return [pair for sentence in starts for pair in ((sentence - 1, sentence), (sentence, sentence + 1))]


def _evidence(case: Case, asked: Asked, sentences: tuple[int, ...]) -> list[Hit]:
    """Return the hits that make the rule speak inside ``sentences``, or nothing."""
    rule = asked.rule
    used: list[Hit] = []
    if rule.all:
        groups = list[list[Hit]]()
        for group in rule.all:
            met = _met(case, group, sentences)
            if not met:
                return []
            groups.append(met)
        used = _together(rule, groups) if rule.within or rule.order else [group[0] for group in groups]
    if rule.score:
        scored = _scored(case, asked, sentences)
        if not scored:
            return []
        used += scored
    if not used or (rule.any and not _met(case, rule.any, sentences)):
        return []
    if asked.unless & case.cues.possible and _met(case, rule.unless, sentences):
        return []
    if _is_taken_back(case, rule, used) or (QUOTED in rule.unless and _is_quoted(case, used)):
        return []
    return used


def _met(case: Case, cues: Iterable[str], sentences: tuple[int, ...]) -> list[Hit]:
    """Return the hits of these cues in these sentences, the first hit of each cue before the others."""
    found = [places for cue in cues if (places := case.cues.get(cue))]
    return [hit for place in found for sentence in sentences if sentence in place for hit in place[sentence]]


def _scored(case: Case, asked: Asked, sentences: tuple[int, ...]) -> list[Hit]:
    """Return one hit for each cue that gains points, if with the losses they are enough, or nothing."""
    total, used, possible = 0, list[Hit](), case.cues.possible
    for bit, cue, points in asked.gains:
        if bit & possible:
            met = _met(case, (cue,), sentences)
            if met:
                total += points
                used.append(met[0])
    if total < asked.rule.at_least:
        return []
    losses = sum(points for cue, points in asked.rule.score if points < 0 and _met(case, (cue,), sentences))
    return used if total + losses >= asked.rule.at_least else []


def _together(rule: Rule, groups: list[list[Hit]]) -> list[Hit]:
    """Return one hit of each group, close enough and in order as the rule demands, or nothing."""
    for start in groups[0][:_MOST_PLACES]:
        chosen = [start]
        for group in groups[1:]:
            after = chosen[-1].after if rule.order else 0
            fitting = [hit for hit in group[:_MOST_PLACES] if hit.first >= after]
            if not fitting:
                break
            chosen.append(min(fitting, key=lambda hit: abs(hit.first - start.first)))
        else:
            width = max(hit.after for hit in chosen) - min(hit.first for hit in chosen)
            if not rule.within or width <= rule.within:
                return chosen
    return []


def _is_taken_back(case: Case, rule: Rule, used: list[Hit]) -> bool:
    """Does a "not" or the like stand shortly before the first evidence, in its sentence?"""
    if not rule.unless_before:
        return False
    first = min(hit.first for hit in used)
    sentence = case.reading.sentence_of[first]
    return any(
        first - _FURTHEST_BEFORE <= hit.after <= first for hit in _met(case, rule.unless_before, (sentence,))
    )


def _is_quoted(case: Case, used: list[Hit]) -> bool:
    quotations = case.reading.quotations
    if not quotations:
        return False
    start, end = _around(case, used)
    return any(opened <= start and end <= closed for opened, closed in quotations)


def _pointed_at(case: Case, rule: Rule, used: list[Hit]) -> tuple[int, int]:
    if rule.span == "words" or rule.scope == "text":
        return _around(case, used)
    numbers = [case.reading.sentence_of[hit.first] for hit in used]
    start, _ = case.reading.span_of_sentence(min(numbers))
    _, end = case.reading.span_of_sentence(max(numbers))
    return start, end


def _around(case: Case, used: list[Hit]) -> tuple[int, int]:
    return case.word_span(min(hit.first for hit in used), max(hit.after for hit in used))


def _severity(case: Case, rule: Rule) -> Severity:
    if case.is_outbound:
        return rule.reply if case.context.is_reply else rule.severity
    return rule.known if case.context.author in _KNOWN else rule.severity
