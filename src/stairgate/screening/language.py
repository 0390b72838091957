"""Bad language, plain or disguised, at the level the setting chose."""

from __future__ import annotations

from collections.abc import Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.disguise import find_disguised
from stairgate.screening.facts import STRICTEST_LEVEL
from stairgate.screening.kinds import Finding, Severity
from stairgate.screening.lexicon import RudeWord

_STRICT = 3  # from this level on mild words of the public are brought to a person too
_BESIDE, _NEAR = 2, 8  # words
Found = tuple[int, int, RudeWord]


@control("C39", "Bad language, also in disguise, is found in what goes out and what the public writes")
def find_bad_language(case: Case) -> Iterator[Finding]:
    """Yield a finding for each rude or hateful word, none of them overlapping."""
    found = [*_spelt_plainly(case), *find_disguised(case.reading, case.pack.lexicon)]
    if not found:
        return
    end_of_last = -1
    for start, end, rude in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= end_of_last and not _is_condemned(case, start, rude):
            end_of_last = end
            rule = "language.hateful" if rude.hateful else "language.rude"
            yield case.finding(rule, start, end, severity=_severity(case, rude))


def _spelt_plainly(case: Case) -> Iterator[Found]:
    words, lexicon = case.reading.raw, case.pack.lexicon
    exact, phrases = lexicon.exact, lexicon.phrases
    for index, word in enumerate(words):
        rude = exact.get(word) or ("'" in word and exact.get(word.removesuffix("'s")))
        if rude and not (rude.has_two_meanings and _is_innocent(case, index, rude)):
            yield *case.reading.spans[index], rude
        if word in phrases:
            for rest, rude in phrases[word]:
                if tuple(words[index + 1 : index + 1 + len(rest)]) == rest:
                    yield *case.word_span(index, index + 1 + len(rest)), rude


def _is_innocent(case: Case, index: int, rude: RudeWord) -> bool:
    """Do the words around it make it harmless? "Great tit", "Dick Whittington", "cock-a-doodle-doo"."""
    words = case.reading.raw
    before, after = words[max(0, index - _BESIDE) : index], words[index + 1 : index + 1 + _BESIDE]
    if not rude.rude_before.isdisjoint(before) or not rude.rude_after.isdisjoint(after):
        return rude.innocent_before.isdisjoint(before[-1:]) is False
    if rude.needs_frame or not (
        rude.innocent_before.isdisjoint(before)
        and rude.innocent_after.isdisjoint(after)
        and rude.innocent_beside.isdisjoint(before[-1:])
        and rude.innocent_near.isdisjoint(words[max(0, index - _NEAR) : index + 1 + _NEAR])
    ):
        return True
    return rude.also_a_name and _is_name(case, index)


def _is_name(case: Case, index: int) -> bool:
    """A capital inside a sentence, and the word not shouted."""
    start, end = case.reading.folded.span(*case.reading.spans[index])
    written = case.reading.original[start:end]
    return written[:1].isupper() and not written[1:].isupper() and not case.reading.opens_sentence(index)


_CONDEMNS = frozenset(
    "ashamed unacceptable racist racism sexist homophobic homophobia ableist offensive slur slurs derogatory disgusting vile "
    "hurtful reported report hateful hate wrong bullied bullying abuse never stop ban banned ok okay accept "
    "tolerate apologise apologised apology disgrace disgraceful cruel nasty ignorant".split()
)
_SAYS = frozenset(
    "word words term terms call called calls calling callin say says saying said use used using uses shouted shouting shouts "
    "wrote writing posting posted comments comment told slur slurs language".split()
)


def _is_condemned(case: Case, start: int, rude: RudeWord) -> bool:
    """Is it somebody else's word, quoted or named to say that it is wrong?"""
    words = frozenset(case.reading.raw)
    if _CONDEMNS.isdisjoint(words) or _SAYS.isdisjoint(words):
        return False
    if any(first < start < last for first, last in case.reading.quotations):
        return True
    return rude.hateful and _is_named(case, start)


def _is_named(case: Case, start: int) -> bool:
    spans, words = case.reading.spans, case.reading.raw
    index = next(index for index, span in enumerate(spans) if span[1] > start)
    return not _SAYS.isdisjoint(words[max(0, index - 4) : index])


def _severity(case: Case, rude: RudeWord) -> Severity:
    level = case.facts.profanity_level
    if rude.hateful or rude.strength > STRICTEST_LEVEL - level:
        return Severity.HOLD
    is_glanced_at = case.is_outbound or rude.strength > 1 or level >= _STRICT
    return Severity.LOOK if is_glanced_at else Severity.NOTE
