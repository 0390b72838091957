"""Adding and ending a setting's own words and exceptions. Nothing is overwritten: the record says who, when and why."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import actor_in, require
from stairgate.organisations.models import Organisation, ScreeningWord, User
from stairgate.organisations.rules import Duty
from stairgate.organisations.selectors import words_in_force
from stairgate.screening import NEVER_EXCEPTED, Context, Direction, Screener, default_pack
from stairgate.screening.own_words import row_of

Kind = ScreeningWord.Kind
LONGEST_WORDS, LONGEST_WHY, SHORTEST_WHY = 80, 200, 3
MOST_WORDS = 500  # in force at once: each text is read for all of them


class CannotKeepWord(Exception):
    """Nothing was added or ended; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to add, made clean: no line breaks, no spaces at the ends."""

    kind: ScreeningWord.Kind
    words: str
    why: str

    @classmethod
    def of(cls, kind: str, words: str, why: str) -> Wanted:
        """Return it from what was typed. Raises ValueError for a kind that does not exist."""
        return cls(Kind(kind), " ".join(words.split()), " ".join(why.split()))

    @property
    def folded(self) -> str:
        """The words as they are compared."""
        return " ".join(row_of(self.words))


def why_not_add(organisation: Organisation, wanted: Wanted) -> str | None:
    """Return why this cannot be added, or None. Two queries at most."""
    if not wanted.folded:
        return "Type at least one letter or figure."
    if len(wanted.words) > LONGEST_WORDS:
        return (
            f"That is too long: {LONGEST_WORDS} letters fit. Screening looks for words, not for whole texts."
        )
    if problem := _why_problem(wanted.why):
        return problem
    if wanted.kind is Kind.EXCEPTION and (problem := _warning_sign(wanted.words)):
        return problem
    there = words_in_force(organisation).filter(folded=wanted.folded).first()
    if there is not None:
        listed = "an exception" if there.kind == Kind.EXCEPTION else "one of our own words"
        return f"“{there.words}” is there already, as {listed}. End that one first."
    if words_in_force(organisation).count() >= MOST_WORDS:
        return f"There are {MOST_WORDS} already. End some that are not needed any more."
    return None


def _why_problem(why: str) -> str | None:
    if len(why) < SHORTEST_WHY:
        return "Say in a few words why. Whoever meets it will read that."
    return f"The reason is too long: {LONGEST_WHY} letters fit." if len(why) > LONGEST_WHY else None


@control("C07", "No exception can be made for words that are a warning sign: it is refused, and says why")
def _warning_sign(words: str) -> str | None:
    """Return why words can't be an exception: they alone are a warning sign, whichever way they go."""
    screener = Screener(default_pack())
    for direction in Direction:
        for finding in screener.screen(words, direction=direction, context=Context()).findings:
            if finding.category in NEVER_EXCEPTED:
                title = finding.title[0].lower() + finding.title[1:]
                return f"No exception can be made for this. It is a warning sign: {title}."
    return None


@control(
    "C31", "The setting’s own words to look for are kept with who added them, when and why, in the record"
)
@transaction.atomic
def add_word(*, actor: User, organisation: Organisation, wanted: Wanted, at: datetime) -> ScreeningWord:
    """Add a word or an exception, which counts from now on; return it. Raises `NotAllowed`, `CannotKeepWord`."""
    require(actor_in(actor, organisation.id), Duty.SET_SCREENING)
    # locked, so that two who add the same at once do not both find it missing
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if problem := why_not_add(organisation, wanted):
        raise CannotKeepWord(problem)
    row = ScreeningWord.objects.create(
        organisation=organisation,
        kind=wanted.kind,
        words=wanted.words,
        folded=wanted.folded,
        why=wanted.why,
        added_by=actor,
        added_at=at,
    )
    _write_down(row, actor, "organisations.word_added", {"why": wanted.why}, at)
    return row


@control("C31", "A word that is no longer looked for is ended with a reason, never deleted")
@transaction.atomic
def end_word(*, actor: User, word: ScreeningWord, because: str, at: datetime) -> None:
    """End a word or an exception now; it stays on record. Raises `NotAllowed`, `CannotKeepWord`."""
    require(actor_in(actor, word.organisation_id), Duty.SET_SCREENING)
    because = " ".join(because.split())
    if problem := _why_problem(because):
        raise CannotKeepWord(problem)
    in_force = ScreeningWord.objects.filter(pk=word.pk, ended_at__isnull=True)
    if not in_force.update(ended_at=at, ended_by=actor, ended_because=because):
        raise CannotKeepWord(f"“{word.words}” was ended already.")
    _write_down(word, actor, "organisations.word_ended", {"because": because}, at)


def state_of(organisation: Organisation) -> str:
    """Return a name for the words and exceptions in force: another one as soon as somebody changes them. One query."""
    keys = sorted(str(pk) for pk in words_in_force(organisation).values_list("pk", flat=True))
    return hashlib.sha256(" ".join(keys).encode()).hexdigest()[:16]


def _write_down(row: ScreeningWord, actor: User, kind: str, said: Mapping[str, object], at: datetime) -> None:
    record(
        organisation_id=row.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(row.id),
        payload={"kind": row.kind, "words": row.words, **said},
        at=at,
    )
