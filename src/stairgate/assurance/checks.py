"""Reminders of looking: whose turn the weekly check is, a gap in the rota, second looks, and what nobody is on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q

from stairgate.assurance.reminding.rules import Due, Kind
from stairgate.assurance.reminding.setting import Setting, Source
from stairgate.channels.rules import Deadline
from stairgate.channels.selectors import ChannelNow, check_due
from stairgate.clauses import Coverage, control
from stairgate.monitoring.checking.rules import GAP_TOLD, Stage, stage
from stairgate.monitoring.checking.selectors import open_looks, rota_now
from stairgate.monitoring.models import Decision, Item
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.parameters import Parameters
from stairgate.screening import Severity

#: who is told when a check is nearly late, besides whoever is on the rota
_ESCALATED = (Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR, Role.DSL)
_SEES_TO_THE_ROTA = (Role.MANAGER, Role.PAGE_ADMINISTRATOR)


def _connected(setting: Setting) -> list[ChannelNow]:
    return [one for one in setting.accounts if hasattr(one.channel, "connection")]


def next_check(setting: Setting) -> Deadline | None:
    """Return when the next check of a setting is due: of the account that has to be checked first."""
    parameters = setting.version.parameters if setting.version else Parameters()
    found = [due for one in _connected(setting) if (due := check_due(one.channel, parameters))]
    return min(found, key=lambda due: due.until, default=None)


@control(
    "C38",
    "Whoever is on the rota is told of the check; from noon of its last day everybody in charge is, until it is signed",
    coverage=Coverage.WHOLE,
)
def checks(setting: Setting) -> Iterator[Due]:
    """The check that is due: for whose turn it is, and once its last day is half over for everybody in charge."""
    due = next_check(setting)
    if due is None:
        return
    at = stage(due, setting.now, ZoneInfo(setting.organisation.timezone))
    if at == Stage.FAR:
        return
    turn = rota_now(setting.organisation, setting.now).does(max(due.on, setting.day))
    if turn is not None:
        yield Due(turn.user_id, Kind.CHECK, f"{due.on}", due.until, "The weekly check of our pages")
    if at >= Stage.ESCALATED or turn is None:
        late = _said(at)
        for member in setting.holding(*_ESCALATED):
            yield Due(member.user_id, Kind.CHECK_LATE, f"{due.on}", due.until, f"The weekly check {late}")


def _said(at: Stage) -> str:
    if at == Stage.LATE:
        return "is late, so nothing goes out"
    if at >= Stage.ESCALATED:
        return "is not done yet, and today is its last day"
    return "is due, and nobody of the rota is there"


@control("C37", "A day ahead on which the rota has nobody is a task before it comes")
def gaps(setting: Setting) -> Iterator[Due]:
    """A rota that is missing, or has nobody for a day of the next four weeks: for whoever sets it. No query."""
    if not _connected(setting):
        return
    until = setting.organisation.rota_until
    if until is not None and until >= setting.day + GAP_TOLD:
        return
    day = until + timedelta(days=1) if until else setting.day
    says = (
        f"The rota of the weekly check has nobody for {day.day} {day:%B}"
        if until
        else "The weekly check needs a rota"
    )
    due_at = setting.end_of(max(day - timedelta(days=1), setting.day))
    for member in setting.holding(*_SEES_TO_THE_ROTA):
        yield Due(member.user_id, Kind.ROTA, f"{day}", due_at, says)


@control("C39", "Who may take a second look at what was judged safe is asked to, and never whoever judged it")
def second_looks(setting: Setting) -> Iterator[Due]:
    """Second looks drawn by chance: for everybody who may decide and did not. Two queries."""
    looks = list(open_looks(setting.organisation))
    if not looks:
        return
    by: dict[object, set[object]] = {}
    deciders = Decision.objects.filter(item__in=[one.item_id for one in looks])
    for item, user in deciders.values_list("item", "by"):
        by.setdefault(item, set()).add(user)
    for member in setting.who(Duty.DECIDE):
        mine = [one for one in looks if member.user_id not in by.get(one.item_id, ())]
        if mine:
            says = "Take a second look at what was judged safe"
            yield Due(
                member.user_id, Kind.AGAIN, f"{mine[0].page_check_id}", mine[0].due_at, says, count=len(mine)
            )


@control(
    "C41",
    "What may put a child at risk, and nobody is on within the policy’s minutes, is told to the managers",
)
def nobody_on_it(setting: Setting) -> Iterator[Due]:
    """What may put a child at risk and has neither a decision nor anybody who is on it: for the managers. One query."""
    parameters = setting.version.parameters if setting.version else Parameters()
    within = timedelta(minutes=parameters.danger_minutes)
    decided = Decision.objects.filter(item=OuterRef("pk"))
    waiting = Item.objects.filter(
        ~Exists(decided),
        Q(handling__on_it_until__isnull=True) | Q(handling__on_it_until__lte=setting.now),
        organisation=setting.organisation,
        state=Item.State.OPEN,
        risk=Severity.HARM,
        first_seen_at__lte=setting.now - within,
    )
    for pk, seen in waiting.order_by("first_seen_at").values_list("pk", "first_seen_at"):
        says = f"Something may put a child at risk, and nobody has been on it for {parameters.danger_minutes} minutes"
        for member in setting.holding(Role.MANAGER, Role.SERVICE_MANAGER):
            yield Due(member.user_id, Kind.HARM_WAITS, str(pk), seen + within, says)


SOURCES = (
    Source(frozenset({Kind.HARM_WAITS}), nobody_on_it),
    Source(frozenset({Kind.CHECK, Kind.CHECK_LATE}), checks),
    Source(frozenset({Kind.ROTA}), gaps),
    Source(frozenset({Kind.AGAIN}), second_looks),
)
