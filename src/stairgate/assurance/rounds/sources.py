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
from stairgate.assurance.rounds.selectors import online_safety_posts, start_of, turns, unread
from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Role
from stairgate.people.declaring.selectors import to_follow_up
from stairgate.people.declaring.services import READERS

_A_WEEK = timedelta(days=7)
_LEADS = (Role.DSL, Role.MANAGER)
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
    done = LookOut.objects.filter(organisation=setting.organisation, term=term_of(setting.day).key)
    says = "Look what training and guidance is new"
    yield from _each_term(setting, Kind.LOOK_OUT, says, done, look_out_due, _LEADS)


@control("C61", "Each term the lead is asked for something for children; late, everybody in charge is")
def for_children(setting: Setting) -> Iterator[Due]:
    """What children or parents had this term: for the safeguarding lead, or the manager; late, for all in charge."""
    done = Activity.objects.filter(organisation=setting.organisation, term=term_of(setting.day).key)
    says = "Something about safe technology for children or parents"
    yield from _each_term(setting, Kind.ACTIVITY, says, done, activity_due, _LEADS)


@control(
    "C42",
    "Each term a post about online safety goes out or is approved to; until then it is asked for, and late of all in charge",
    coverage=Coverage.WHOLE,
)
def online_safety_post(setting: Setting) -> Iterator[Due]:
    """The post about online safety of this term, once there is a page: for its administrators, or the manager; late, for
    all in charge.
    """
    if not any(hasattr(one.channel, "connection") for one in setting.accounts):
        return
    term = term_of(setting.day)
    began = start_of(setting.organisation, term.starts_on)
    done = online_safety_posts(setting.organisation, setting.day).filter(moment__gte=began)
    whose = (Role.PAGE_ADMINISTRATOR, Role.MANAGER)
    yield from _each_term(setting, Kind.SAFETY_POST, "A post about online safety", done, activity_due, whose)


def _each_term(
    setting: Setting,
    kind: Kind,
    says: str,
    done: QuerySet[Any],
    due: Callable[[Term, date], date],
    whose: tuple[Role, Role],
) -> Iterator[Due]:
    """What is done once a term, unless ``done``: for the first role of ``whose`` that anybody holds; late, for all in charge."""
    since = setting.policy_since
    term = term_of(setting.day)
    if since is None or done.exists():
        return
    due_on = due(term, setting.organisation.day(since))
    named = setting.holding(whose[0]) or setting.holding(whose[1])
    late = setting.holding(*_OVERSEE, *whose)
    for member in late if due_on < setting.day else named:
        yield Due(member.user_id, kind, term.key, setting.end_of(due_on), f"{says}: {term.name}")


SOURCES = (
    Source(frozenset({Kind.LEAD}), leads),
    Source(frozenset({Kind.SELF_CHECK}), self_checks),
    Source(frozenset({Kind.SELF_HELP}), help_wanted),
    Source(frozenset({Kind.LOOK_OUT}), look_out),
    Source(frozenset({Kind.ACTIVITY}), for_children),
    Source(frozenset({Kind.SAFETY_POST}), online_safety_post),
)
