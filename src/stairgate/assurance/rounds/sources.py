"""Reminders of what comes round."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from stairgate.assurance.reminding.rules import Due, Kind
from stairgate.assurance.reminding.setting import Setting, Source
from stairgate.assurance.rounds.models import Activity, LookOut
from stairgate.assurance.rounds.rules import EARLY, Term, activity_due, look_out_due, term_of
from stairgate.assurance.rounds.selectors import turns, unread
from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Role
from stairgate.people.declaring.selectors import to_follow_up
from stairgate.people.declaring.services import READERS

_A_WEEK = timedelta(days=7)
_OVERSEE = (Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL)


@control(
    "C52",
    "A new safeguarding lead is read of by everybody, and each is reminded until they have",
    coverage=Coverage.WHOLE,
)
def leads(setting: Setting) -> Iterator[Due]:
    """A safeguarding lead of whom somebody has not read yet: due at once, late after a week."""
    for held, members in unread(setting):
        for member in members:
            day = max(held.starts_on, member.started_on)
            says = f"Our safeguarding lead is {held.membership.first_name}: read it"
            due_at = setting.end_of(day + _A_WEEK)
            yield Due(member.user_id, Kind.LEAD, str(held.pk), due_at, says, str(held.pk))


def self_checks(setting: Setting) -> Iterator[Due]:
    """The yearly declaration of everybody who has signed, from 30 days before its day: who has not is asked while
    they sign.
    """
    for turn in turns(setting):
        if turn.member.user_id in setting.signed and turn.due_on - EARLY <= setting.day:
            says = "Your yearly declaration about your own accounts"
            subject = f"{turn.last_on or 'first'}"
            yield Due(turn.member.user_id, Kind.SELF_CHECK, subject, setting.end_of(turn.due_on), says)


def help_wanted(setting: Setting) -> Iterator[Due]:
    """Somebody's declaration leaves something to do: for managers and leads, never for themselves."""
    readers = setting.holding(*READERS)
    for made in to_follow_up(setting.organisation, setting.day):
        due_at = setting.organisation.end_of_working_day(made.declared_at, 5)
        for member in readers:
            if member.user_id != made.person.user_id:
                says = f"Speak with {made.person.first_name} about their declaration"
                yield Due(member.user_id, Kind.SELF_HELP, str(made.pk), due_at, says)


@control(
    "C55",
    "Each term the lead is asked to look for new training and guidance; late, everybody in charge is",
    coverage=Coverage.WHOLE,
)
def look_out(setting: Setting) -> Iterator[Due]:
    """The look of this term: for the safeguarding lead, or the manager without one; late, for everybody in charge."""
    done = LookOut.objects.filter(organisation=setting.organisation)
    yield from _each_term(
        setting, Kind.LOOK_OUT, "Look what training and guidance is new", done, look_out_due
    )


@control("C61", "Each term the lead is asked for something for children; late, everybody in charge is")
def for_children(setting: Setting) -> Iterator[Due]:
    """What children or parents had this term: for the safeguarding lead, or the manager; late, for all in charge."""
    done, says = Activity.objects.filter(organisation=setting.organisation), "Something about safe technology"
    yield from _each_term(setting, Kind.ACTIVITY, f"{says} for children or parents", done, activity_due)


def _each_term(
    setting: Setting, kind: Kind, says: str, done: QuerySet[Any], due: Callable[[Term, date], date]
) -> Iterator[Due]:
    """What is done once a term: for the safeguarding lead, or the manager without one; late, for everybody in charge."""
    since = setting.policy_since
    term = term_of(setting.day)
    if since is None or done.filter(term=term.key).exists():
        return
    due_on = due(term, setting.organisation.day(since))
    named = setting.holding(Role.DSL) or setting.holding(Role.MANAGER)
    for member in setting.holding(*_OVERSEE) if due_on < setting.day else named:
        yield Due(member.user_id, kind, term.key, setting.end_of(due_on), f"{says}: {term.name}")


SOURCES = (
    Source(frozenset({Kind.LEAD}), leads),
    Source(frozenset({Kind.SELF_CHECK}), self_checks),
    Source(frozenset({Kind.SELF_HELP}), help_wanted),
    Source(frozenset({Kind.LOOK_OUT}), look_out),
    Source(frozenset({Kind.ACTIVITY}), for_children),
)
