"""Where reminders come from: each source is one function that reads what its room knows, in a bounded number of queries.

To remind of something new: a `Kind` with its words in `rules.py`, a function here or in a module of its own, and a line in
`SOURCES`. A source says what is due now; rows, e-mails, Today and putting off follow by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q

from stairgate.assurance.checks import SOURCES as OF_THE_CHECK
from stairgate.assurance.excepting import sources as excepting
from stairgate.assurance.reminding import keys
from stairgate.assurance.reminding.models import Mail
from stairgate.assurance.reminding.rules import Due, Kind, step_of
from stairgate.assurance.reminding.setting import Setting, Source
from stairgate.assurance.rounds import sources as rounds
from stairgate.assurance.stocktaking import SOURCES as OF_THE_LIBRARY
from stairgate.channels.baseline.rules import SHEET_TOLD, mend_by
from stairgate.clauses import control
from stairgate.monitoring.complaints.selectors import open_complaints
from stairgate.monitoring.models import Item
from stairgate.monitoring.rules import WORRY
from stairgate.monitoring.serious.selectors import open_cases
from stairgate.organisations.rules import Duty, Role
from stairgate.people.reminders import Reminder as OfRegister
from stairgate.people.reminders import reminders as of_register
from stairgate.policies.parameters import Parameters
from stairgate.policies.reviewing import review_dues
from stairgate.policies.selectors import asked_to_sign_at
from stairgate.publishing.models import SecondLook
from stairgate.screening import Severity

#: who sees to it when something of the setting as a whole is amiss
IN_CHARGE = (Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR, Role.DSL)
REVIEWERS = (Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL)
#: how long somebody has to read and sign a new version before it counts as late
_TO_SIGN = timedelta(days=14)
_MAIL_MATTERS = timedelta(days=2)


def register_subject(found: OfRegister) -> str:
    """Return what tells one reminder of the register from the next: the same thing at the next step is a new one."""
    if found.left_to_do:
        return f"{found.person.pk}:left"
    first = found.runs_out[0]
    return f"{found.person.pk}:{first.holding.name.lower()}:{first.ends_on}:{first.warning}"


def _register(setting: Setting) -> Iterator[Due]:
    """What runs out: for the person and every manager. What a leaver left to do: for every manager."""
    managers = {member.user_id for member in setting.who(Duty.MANAGE)}
    here = {member.user_id for member in setting.members}
    for found in of_register(setting.organisation, on=setting.day):
        person, subject = found.person, register_subject(found)
        due_at = setting.end_of(found.due_on)
        if found.left_to_do:
            says = f"{person.first_name} leaves: not everything is done"
            for manager in managers:
                yield Due(manager, Kind.LEAVER, subject, due_at, says, str(person.pk))
            continue
        for user in managers | (here & {person.user_id}):
            whose = "Your" if user == person.user_id else f"{person.first_name}’s"
            over = "has run out" if found.runs_out[0].days_left < 0 else "runs out soon"
            says = f"{whose} {found.runs_out[0].holding} {over}"
            yield Due(user, Kind.RUNS_OUT, subject, due_at, says, str(person.pk))


def _unsigned(setting: Setting) -> Iterator[Due]:
    """The policy in force, for everybody who has not signed it."""
    version = setting.version
    if version is None:
        return
    asked_at = asked_to_sign_at(version)
    # a correction asks nobody anew: what was told of its major version goes on
    subject = f"major {version.major_number}"
    for member in setting.members:
        if member.user_id not in setting.signed:
            began = max(asked_at, setting.end_of(member.started_on))
            says = f"Read and sign our policy, version {version.number}"
            yield Due(member.user_id, Kind.UNSIGNED, subject, began + _TO_SIGN, says)


def _review(setting: Setting) -> Iterator[Due]:
    """Each look at the policy that is asked for, yearly or sooner, told 90, 30 and 7 days before and when it is overdue."""
    version = setting.version
    if version is None:
        return
    for due in review_dues(version):
        step = 0 if setting.now > due.at else step_of(setting.organisation.day(due.at), setting.day)
        if step is None:
            continue
        what = "The yearly review of our policy" if due.clause == "C105" else f"{due.title}: the review"
        says = f"{what} is {'overdue' if step == 0 else 'due soon'}"
        for member in setting.holding(*REVIEWERS):
            yield Due(member.user_id, Kind.REVIEW, f"{version.pk}:{due.title}:{step}", due.at, says)


def _inbox(setting: Setting) -> Iterator[Due]:
    """What waits in the inbox, as a number; what may put a child at risk, at once and one by one. One query."""
    rows = list(
        Item.objects.filter(organisation=setting.organisation, state=Item.State.OPEN)
        .order_by("first_seen_at")
        .values_list("pk", "risk", "first_seen_at")
    )
    if not rows:
        return
    for member in setting.who(Duty.DECIDE):
        due_at = setting.organisation.end_of_working_day(rows[0][2], 1)
        says = "Comments wait in the inbox for a decision"
        yield Due(member.user_id, Kind.COMMENTS, "inbox", due_at, says, count=len(rows))
        for pk, risk, seen in rows:
            if risk in {Severity.HARM, WORRY}:
                says = "Something in the inbox may put a child at risk"
                yield Due(member.user_id, Kind.HARM, str(pk), seen, says)


@control(
    "C43",
    "The safeguarding lead and every deputy are told at once that somebody stopped at what looks illegal",
)
@control("C41", "What looks illegal is passed to the safeguarding lead and the deputies at once")
def _stopped(setting: Setting) -> Iterator[Due]:
    """What looks illegal and is not finished: for the lead and each deputy; without one for whoever may decide. One query."""
    for case in open_cases(setting.organisation):
        leads = setting.holding(Role.DSL, Role.DEPUTY_DSL) or setting.who(Duty.DECIDE)
        for member in leads:
            says = f"{case.started_by.first_name} stopped at something that looks illegal"
            yield Due(member.user_id, Kind.SERIOUS, str(case.pk), case.started_at, says, str(case.pk))


@control(
    "C08",
    "Whoever deals with a complaint is reminded until it is answered; late, everybody who may decide is",
)
def _complaints(setting: Setting) -> Iterator[Due]:
    """Complaints to answer: for whoever deals with each; late, or when they left, for all who may decide. One query."""
    for row in open_complaints(setting.organisation):
        deciders = setting.who(Duty.DECIDE)
        own = [member for member in deciders if member.user_id == row.dealt_by_id]
        for member in deciders if row.due_on < setting.day or not own else own:
            says = f"A complaint from {row.from_whom} is to be answered"
            yield Due(
                member.user_id, Kind.COMPLAINT, str(row.pk), setting.end_of(row.due_on), says, str(row.pk)
            )


def _second_looks(setting: Setting) -> Iterator[Due]:
    """Second looks that nobody took in time, for everybody in charge. One query."""
    late = SecondLook.objects.filter(
        organisation=setting.organisation, done_at__isnull=True, due_at__lte=setting.now
    ).values_list("pk", "due_at", "sending__revision__post_id")
    for pk, due_at, post in late:
        for member in setting.holding(*IN_CHARGE):
            says = "Nobody took the second look at an urgent post in time"
            yield Due(member.user_id, Kind.SECOND_LOOK, str(pk), due_at, says, str(post))


def _restricted(setting: Setting) -> Iterator[Due]:
    """Accounts that are shut by something else than a pause, for everybody in charge."""
    for account in setting.accounts:
        if account.others:
            for member in setting.holding(*IN_CHARGE):
                says = f"{account.channel.name}: the gate is shut"
                yield Due(member.user_id, Kind.RESTRICTED, str(account.channel.pk), setting.now, says)


def _settings(setting: Setting) -> Iterator[Due]:
    """Settings that have moved, and sheets that have to be signed anew within the week, for whoever can put it right."""
    parameters = setting.version.parameters if setting.version else Parameters()
    people = setting.holding(Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR)
    for account in setting.accounts:
        name, about, settings = account.channel.name, str(account.channel.pk), account.settings
        due = settings.due(parameters.settings_check_days, parameters.settings_mend_days)
        for member in people if due else ():
            for one in settings.moved:
                until = mend_by(one, parameters.settings_mend_days)
                subject = f"{about}:{one.line}:{one.since:%Y-%m-%dT%H:%M}"
                yield Due(member.user_id, Kind.SETTINGS, subject, until, f"{name}: {one.says}", about)
            if due and setting.now > due - SHEET_TOLD:
                says = f"{name}: go through its settings, and sign the sheet"
                subject = f"{about}:{due:%Y-%m-%d}"
                yield Due(member.user_id, Kind.SHEET, subject, due, says, about)


def _mail(setting: Setting) -> Iterator[Due]:
    """E-mails that could not be sent of late, for every manager. One query."""
    amiss = Q(state__in=[Mail.State.REFUSED, Mail.State.UNKNOWN, Mail.State.GIVEN_UP]) | Q(
        state=Mail.State.WAITING, attempts__gte=3
    )
    rows = Mail.objects.filter(
        amiss, organisation=setting.organisation, made_at__gte=setting.now - _MAIL_MATTERS
    )
    count = rows.count()
    if count:
        for member in setting.who(Duty.MANAGE):
            says = "Reminders by e-mail do not get through"
            yield Due(member.user_id, Kind.MAIL, "mail", setting.now, says, count=count)


SOURCES: tuple[Source, ...] = (
    Source(frozenset({Kind.SERIOUS}), _stopped),
    Source(frozenset({Kind.HARM, Kind.COMMENTS}), _inbox),
    Source(frozenset({Kind.RESTRICTED}), _restricted),
    *keys.SOURCES,
    Source(frozenset({Kind.SETTINGS, Kind.SHEET}), _settings),
    Source(frozenset({Kind.COMPLAINT}), _complaints),
    Source(frozenset({Kind.SECOND_LOOK}), _second_looks),
    Source(frozenset({Kind.RUNS_OUT, Kind.LEAVER}), _register),
    Source(frozenset({Kind.UNSIGNED}), _unsigned),
    Source(frozenset({Kind.REVIEW}), _review),
    *OF_THE_LIBRARY,
    *OF_THE_CHECK,
    *rounds.SOURCES,
    *excepting.SOURCES,
    Source(frozenset({Kind.MAIL}), _mail),
)
