"""Asking a family to remove something; and the day on which it comes back to the inbox."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.monitoring.families.models import FamilyAsk
from stairgate.monitoring.families.rules import ask_problem
from stairgate.monitoring.models import Decision, Item
from stairgate.monitoring.services import locked, take_decision
from stairgate.organisations.models import User
from stairgate.publishing.services.common import Refusal


@control(
    "C40", "A family that is asked to remove something is asked by name of the way, with a day to look again"
)
@transaction.atomic
def ask_family(
    *,
    actor: User,
    item: Item,
    version: str,
    what: str,
    of_whom: str,
    way: str,
    look_on: date | None,
    at: datetime,
) -> FamilyAsk:
    """Decide that a family is asked to remove it. Raises `NotAllowed` and `Refusal` (something is missing)."""
    item = locked(item)
    if item.gone_at is not None:
        raise Refusal("It is no longer on the page, so there is nothing to ask for.")
    what, of_whom = what.strip(), of_whom.strip()
    today = item.organisation.day(at)
    if problem := ask_problem(what=what, of_whom=of_whom, way=way, look_on=look_on, today=today):
        raise Refusal(problem)
    assert look_on is not None
    zone = ZoneInfo(item.organisation.timezone)
    return FamilyAsk.objects.create(
        decision=take_decision(actor, item, version, Decision.Kind.FAMILY, what, at),
        of_whom=of_whom,
        way=way,
        look_on=look_on,
        due_at=datetime.combine(look_on, time.min, tzinfo=zone),
    )


def sweep(now: datetime, worker: str) -> int:
    """Look at every item whose day has come; return how many came back to the inbox."""
    due = FamilyAsk.objects.filter(looked_at__isnull=True, due_at__lte=now)
    return sum(_look(pk, now) for pk in list(due.values_list("pk", flat=True)))


@control("C40", "What a family was asked to remove and did not comes back to the inbox on its day")
@transaction.atomic
def _look(pk: int, now: datetime) -> bool:
    item = locked(Item.objects.only("pk").get(decisions=pk))
    ask = FamilyAsk.objects.get(pk=pk)
    if ask.looked_at is not None:
        return False
    ask.looked_at, ask.was_gone = now, item.gone_at is not None
    ask.save(update_fields=["looked_at", "was_gone"])
    if not ask.was_gone and not item.serious.filter(released=False).exists():
        item.state = Item.State.OPEN
        item.save(update_fields=["state"])
    record(
        organisation_id=item.organisation_id,
        kind="monitoring.family_looked",
        actor="worker",
        subject=str(item.id),
        payload={"decision": pk, "gone": ask.was_gone},
        at=now,
    )
    return not ask.was_gone
