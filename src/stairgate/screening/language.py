"""Bad language, plain or disguised, at the level the setting chose."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.disguise import find_disguised
from stairgate.screening.facts import STRICTEST_LEVEL
from stairgate.screening.kinds import Finding, Severity
from stairgate.screening.lexicon import RudeWord


@control("C39", "Bad language, also in disguise, is found in what goes out and what the public writes")
def find_bad_language(case: Case) -> Iterator[Finding]:
    """Yield a finding for each rude or hateful word, none of them overlapping."""
    end_of_last = -1
    for start, end, rude in sorted(_rude_words(case), key=lambda found: (found[0], -found[1])):
        if start >= end_of_last:
            end_of_last = end
            rule = "language.hateful" if rude.hateful else "language.rude"
            yield case.finding(rule, start, end, severity=_severity(case, rude))


def _rude_words(case: Case) -> Iterator[tuple[int, int, RudeWord]]:
    reading, lexicon = case.reading, case.pack.lexicon
    for index, word in enumerate(reading.raw):
        rude = lexicon.exact.get(word) or lexicon.exact.get(word.removesuffix("'s"))
        if rude and not _is_innocent(case, index, rude):
            yield *reading.spans[index], rude
    for core, rude in lexicon.cores.items():
        if core in reading.folded.text:
            yield from _holding(case, core, rude)
    yield from find_disguised(reading, lexicon)


def _holding(case: Case, core: str, rude: RudeWord) -> Iterator[tuple[int, int, RudeWord]]:
    for index, word in enumerate(case.reading.raw):
        if core in word:
            yield *case.reading.spans[index], rude


def _is_innocent(case: Case, index: int, rude: RudeWord) -> bool:
    """Do the words around it make it harmless? "Great tit", "Dick Whittington", "cock-a-doodle-doo"."""
    words = case.reading.raw
    before = words[max(0, index - 2) : index]
    after = words[index + 1 : index + 3]
    return not rude.innocent_before.isdisjoint(before) or not rude.innocent_after.isdisjoint(after)


def _severity(case: Case, rude: RudeWord) -> Severity:
    if rude.hateful or rude.strength > STRICTEST_LEVEL - case.facts.profanity_level:
        return Severity.HOLD
    return Severity.LOOK if case.is_outbound else Severity.NOTE
