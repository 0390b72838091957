"""Bad language, plain or disguised, at the level the setting chose."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable, Iterator

from stairgate.clauses import control
from stairgate.screening.case import Case
from stairgate.screening.disguise import find_disguised, is_worth_reading
from stairgate.screening.facts import STRICTEST_LEVEL
from stairgate.screening.kinds import Finding, Severity
from stairgate.screening.lexicon import Phrase, RudeWord

_STRICT = 3  # from this level on mild words of the public are brought to a person too
_BESIDE, _NAMED, _NEAR = 2, 4, 8  # words
_MOST, _MOST_LOOKS = 120, 250  # findings, and words weighed, in one text: more than a person would write
_TO_ONES_FACE = (["you"], ["u"], ["ya"])
Found = tuple[int, int, RudeWord]


@control("C39", "Bad language, also in disguise, is found in what goes out and what the public writes")
def find_bad_language(case: Case) -> Iterator[Finding]:
    """Yield a finding for each rude or hateful word, none of them overlapping."""
    if not is_worth_reading(case.reading, case.pack.lexicon):
        return
    found = [
        *_some(case, _spelt_plainly(case)),
        *_some(case, find_disguised(case.reading, case.pack.lexicon)),
    ]
    is_told = found and _is_told_of(case)
    end_of_last = -1
    for start, end, rude in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= end_of_last and not (is_told and _is_condemned(case, start, rude)):
            end_of_last = end
            rule = "language.hateful" if rude.hateful else "language.rude"
            yield case.finding(rule, start, end, severity=_severity(case, rude))


def _some(case: Case, found: Iterator[Found]) -> list[Found]:
    """Return the first of these, and give up where they are more than a person would write."""
    some = list(itertools.islice(found, _MOST))
    if len(some) == _MOST:
        case.reading.give_up(max(end for _start, end, _rude in some))
    return some


def _spelt_plainly(case: Case) -> Iterator[Found]:
    words, lexicon = case.reading.raw, case.pack.lexicon
    exact, phrases = lexicon.exact, lexicon.phrases
    looks = (index for index, word in enumerate(words) if word in exact or word in phrases)
    for index in case.reading.some(looks, _MOST_LOOKS):
        rude = exact.get(words[index])
        if rude and not (rude.has_two_meanings and _is_innocent(case, index, index + 1, rude)):
            yield *case.reading.spans[index], rude
        yield from _in_phrase(case, index, phrases.get(words[index], ()))


def _in_phrase(case: Case, index: int, phrases: Iterable[Phrase]) -> Iterator[Found]:
    for words, anchor, rude in phrases:
        first = index - anchor
        end = first + len(words)
        is_met = first >= 0 and tuple(case.reading.raw[first:end]) == words
        if is_met and not (rude.has_two_meanings and _is_innocent(case, first, end, rude)):
            yield *case.word_span(first, end), rude


def _is_innocent(case: Case, index: int, end: int, rude: RudeWord) -> bool:
    """Do the words around it make it harmless? "Great tit", "Dick Whittington", "cock-a-doodle-doo"."""
    words = case.reading.raw
    before, after = words[max(0, index - _BESIDE) : index], words[end : end + _BESIDE]
    if not (rude.innocent_beside.isdisjoint(before[-1:]) and rude.innocent_next.isdisjoint(after[:1])):
        return True
    near = words[max(0, index - _NEAR) : end + _NEAR]
    is_framed = not (rude.rude_before.isdisjoint(before) and rude.rude_after.isdisjoint(after))
    if rude.needs_frame:
        return not is_framed or not rude.innocent_near.isdisjoint(near)
    if is_framed:
        return False
    if not (
        rude.innocent_before.isdisjoint(before)
        and rude.innocent_after.isdisjoint(after)
        and rude.innocent_near.isdisjoint(near)
    ):
        return True
    return rude.also_a_name and _is_name(case, index)


def _is_name(case: Case, index: int) -> bool:
    """A capital inside a sentence, after a small letter; at its start what a person does comes next."""
    reading = case.reading
    start, end = reading.folded.span(*reading.spans[index])
    if not reading.original[start:end].istitle():
        return False
    if not reading.opens_sentence(index):
        return not reading.is_capital(index - 1)
    if index + 1 == len(reading.raw):
        return False
    return reading.is_capital(index + 1) or reading.raw[index + 1] in case.pack.lexicon.doing


def _is_told_of(case: Case) -> bool:
    """Does the text speak of words, and against them?"""
    words, lexicon = case.reading.raw, case.pack.lexicon
    return not lexicon.condemning.isdisjoint(words) and not lexicon.saying.isdisjoint(words)


def _is_condemned(case: Case, start: int, rude: RudeWord) -> bool:
    """Is it somebody else's word, quoted or named to say that it is wrong?"""
    if any(first < start < last for first, last in case.reading.quotations):
        return True
    return rude.hateful and _is_named(case, start)


def _is_named(case: Case, start: int) -> bool:
    spans, words = case.reading.spans, case.reading.raw
    index = bisect.bisect_right(spans, (start, len(case.reading.folded.text))) - 1
    if words[index - 1 : index] in _TO_ONES_FACE:
        return False
    return not case.pack.lexicon.saying.isdisjoint(words[max(0, index - _NAMED) : index])


def _severity(case: Case, rude: RudeWord) -> Severity:
    level = case.facts.profanity_level
    if rude.hateful or rude.strength > STRICTEST_LEVEL - level:
        return Severity.HOLD
    is_glanced_at = case.is_outbound or rude.strength > 1 or level >= _STRICT
    return Severity.LOOK if is_glanced_at else Severity.NOTE
