"""Being on it, giving it to a colleague, noting something, and putting it off. None of it locks anybody out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from stairgate.clauses import control
from stairgate.monitoring.handling.models import Handling, Note
from stairgate.monitoring.handling.rules import ON_IT_FOR, Kind, note_problem, put_off_problem
from stairgate.monitoring.models import Item
from stairgate.monitoring.services import check_not_stopped, check_version, locked, write_down
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import fit_for, in_force
from stairgate.publishing.services.common import Refusal, member_fit


@transaction.atomic
def take_on(*, actor: User, item: Item, at: datetime) -> Handling:
    """Say that one is on it, for a quarter of an hour. Others see it, and may still decide. Raises `NotAllowed`, `Refusal`."""
    item, row = _open(actor, item, at)
    row.on_it, row.on_it_until = actor, at + ON_IT_FOR
    row.save(update_fields=["on_it", "on_it_until"])
    write_down(actor, item, "monitoring.on_it", {}, at)
    return row


@transaction.atomic
def let_go(*, actor: User, item: Item, at: datetime) -> Handling:
    """Say that one is not on it any more. Raises `NotAllowed`, and `Refusal` when somebody else is."""
    item, row = _open(actor, item, at)
    if row.on_it_id != actor.pk:
        raise Refusal("You are not on it.")
    row.on_it = row.on_it_until = None
    row.save(update_fields=["on_it", "on_it_until"])
    write_down(actor, item, "monitoring.let_go", {}, at)
    return row


@transaction.atomic
def note(*, actor: User, item: Item, words: str, at: datetime) -> Note:
    """Note something about an item; it stays. Raises `NotAllowed`, `Refusal`."""
    item, _ = _open(actor, item, at)
    words = words.strip()
    if problem := note_problem(words):
        raise Refusal(problem)
    write_down(actor, item, "monitoring.noted", {"words": words}, at)
    return Note.objects.create(item=item, kind=Kind.NOTE, words=words, by=actor, at=at)


@transaction.atomic
def assign(*, actor: User, item: Item, to: UUID | None, at: datetime) -> Handling:
    """Give an item to a colleague who may decide. Raises `NotAllowed`, `Refusal`."""
    item, row = _open(actor, item, at)
    able = {member.user_id: member.user for member in able_to_decide(item.organisation, at)}
    if to not in able:
        raise Refusal("Give it to somebody who may decide about comments today.")
    row.assigned_to = able[to]
    row.save(update_fields=["assigned_to"])
    write_down(actor, item, "monitoring.assigned", {"to": str(to)}, at)
    Note.objects.create(item=item, kind=Kind.ASSIGNED, to=row.assigned_to, by=actor, at=at)
    return row


@control("C40", "What can wait is put off with a reason, for two days at most, and comes back by itself")
@transaction.atomic
def put_off(
    *, actor: User, item: Item, version: str, until: datetime | None, why: str, at: datetime
) -> Handling:
    """Put an item off until a time. Raises `NotAllowed` and `Refusal`: it cannot wait, too long, changed since."""
    item, row = _open(actor, item, at)
    check_version(item, version)
    if item.state != Item.State.OPEN:
        raise Refusal("It is decided, so it does not wait.")
    first = row.put_off_first
    problem = put_off_problem(
        risk=item.risk, under_18=item.under_18, until=until, first=first, why=why, now=at
    )
    if problem:
        raise Refusal(problem)
    row.put_off_until, row.put_off_why, row.put_off_by = until, why.strip(), actor
    row.put_off_first, row.on_it, row.on_it_until = first or at, None, None
    row.save()
    assert until is not None
    write_down(actor, item, "monitoring.put_off", {"until": until.isoformat(), "why": row.put_off_why}, at)
    Note.objects.create(item=item, kind=Kind.PUT_OFF, words=row.put_off_why, until=until, by=actor, at=at)
    return row


def able_to_decide(organisation: Organisation, at: datetime) -> list[Membership]:
    """Return who may decide about comments at that moment, by first name. Two queries."""
    version = in_force(organisation)
    parameters = version.parameters if version else None
    return fit_for(organisation, Duty.DECIDE, parameters=parameters, on=organisation.day(at))


def _open(actor: User, item: Item, at: datetime) -> tuple[Item, Handling]:
    """Lock an item and return it with how it stands. Raises `NotAllowed`, and `Refusal` for what was stopped."""
    item = locked(item)
    member_fit(actor, item.organisation, Duty.DECIDE, at)
    check_not_stopped(item)
    row, _ = Handling.objects.get_or_create(item=item)
    return item, row
