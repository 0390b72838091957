"""Rules made of cues: each speaks when its evidence meets in one sentence, or in one text."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.kinds import Author, Finding, Severity
from stairgate.screening.pack import Rule
from stairgate.screening.phrases import Hit

_KNOWN = frozenset({Author.KNOWN, Author.STAFF})


@control(
    "C07", "Words that tell when children will be where, or that seek a child out, are held for a person"
)
@control("C58", "An offer or a request to talk in private is pointed out, going out and coming in")
@control("C08", "Bad language, complaints and scams in what the public wrote are brought to a person")
def find_evidence(case: Case) -> Iterator[Finding]:
    """Yield one finding for each rule and each place where its evidence comes together."""
    cues = case.by_cue
    if not cues:
        return
    for rule in case.pack.cue_rules[case.direction]:
        if rule.all[0] in cues and all(cue in cues for cue in rule.all):
            yield from _weigh(case, rule)


def _weigh(case: Case, rule: Rule) -> Iterator[Finding]:
    if rule.scope == "text":
        yield from _weigh_text(case, rule)
        return
    cues = case.by_cue
    for sentence in min((cues[cue] for cue in rule.all), key=len):
        if (
            all(sentence in cues[cue] for cue in rule.all)
            and (not rule.any or any(sentence in cues.get(cue, ()) for cue in rule.any))
            and not any(sentence in cues.get(cue, ()) for cue in rule.unless)
        ):
            used = [cues[cue][sentence] for cue in rule.all]
            whole = rule.span == "sentence"
            yield _speak(
                case, rule, case.reading.span_of_sentence(sentence) if whole else _around(case, used)
            )


def _weigh_text(case: Case, rule: Rule) -> Iterator[Finding]:
    cues = case.by_cue
    if any(cue in cues for cue in rule.unless) or (rule.any and not any(cue in cues for cue in rule.any)):
        return
    yield _speak(case, rule, _around(case, [next(iter(cues[cue].values())) for cue in rule.all]))


def _around(case: Case, used: list[Hit]) -> tuple[int, int]:
    return case.word_span(min(hit.first for hit in used), max(hit.after for hit in used))


def _speak(case: Case, rule: Rule, span: tuple[int, int]) -> Finding:
    return case.finding(rule.id, *span, severity=_severity(case, rule))


def _severity(case: Case, rule: Rule) -> Severity:
    if case.is_outbound:
        return rule.reply if case.context.is_reply else rule.severity
    return rule.known if case.context.author in _KNOWN else rule.severity
