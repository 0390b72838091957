"""Recording a complaint and closing it. What is about a child goes to the safeguarding lead instead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.monitoring.complaints.rules import due_on, is_worry, outcome_problem, problem
from stairgate.monitoring.handling.services import able_to_decide
from stairgate.monitoring.marks import bring_back
from stairgate.monitoring.models import Complaint, Item
from stairgate.monitoring.rules import WORRY, words_digest
from stairgate.monitoring.services import check_not_stopped, check_version, locked
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force
from stairgate.publishing.services.common import Refusal, member_fit


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told us that they call a complaint, and how it came."""

    what: str
    from_whom: str
    came: str
    came_on: date | None


@control(
    "C08",
    "A complaint is recorded with from whom, how it came, who deals with it, and by when it is answered",
)
@transaction.atomic
def record_complaint(
    *,
    actor: User,
    organisation: Organisation,
    item: Item | None,
    version: str,
    about_child: str,
    told: Told,
    dealt_by: UUID | None,
    at: datetime,
) -> Complaint | None:
    """Record a complaint; return None when it is about a child: then nothing is recorded, and an item goes to the lead.

    Raises `NotAllowed`, and `Refusal` when the question is not answered, or something is missing.
    """
    if item is not None:
        item = locked(item)
        if item.organisation_id != organisation.pk:
            raise NotAllowed("That belongs to another setting.")
    member_fit(actor, organisation, Duty.DECIDE, at)
    if item is not None:
        check_not_stopped(item)
        check_version(item, version)
    worry = is_worry(about_child)
    if worry is None:
        raise Refusal("Answer the question first: it decides what this is.")
    if worry:
        if item is not None:
            _to_the_lead(actor, item, at)
        return None
    return _record(actor, organisation, item, told, dealt_by, at)


def _record(
    actor: User,
    organisation: Organisation,
    item: Item | None,
    told: Told,
    dealt_by: UUID | None,
    at: datetime,
) -> Complaint:
    what, from_whom, today = told.what.strip(), told.from_whom.strip(), organisation.day(at)
    wrong = problem(what=what, from_whom=from_whom, came=told.came, came_on=told.came_on, today=today)
    if wrong:
        raise Refusal(wrong)
    able = {member.user_id: member.user for member in able_to_decide(organisation, at)}
    if dealt_by not in able:
        raise Refusal("Say who deals with it: somebody who may decide about comments today.")
    if item is not None and Complaint.objects.filter(item=item).exists():
        raise Refusal("It is recorded as a complaint already.")
    assert told.came_on is not None
    version = in_force(organisation)
    days = (version.parameters if version else Parameters()).complaint_answer_days
    row = Complaint.objects.create(
        organisation=organisation,
        item=item,
        what=what,
        from_whom=from_whom,
        came=told.came,
        came_on=told.came_on,
        due_on=due_on(told.came_on, days),
        dealt_by=able[dealt_by],
        recorded_by=actor,
        recorded_at=at,
    )
    payload = {"item": str(item.pk) if item else "", "what": words_digest(what), "due_on": str(row.due_on)}
    _write_down(actor, organisation, "monitoring.complaint_recorded", str(row.pk), payload, at)
    return row


@control(
    "C08",
    "What is said to be about a child stands at the top of the inbox until the safeguarding lead decided",
)
@control("C41", "What is said to be about harm to a child goes to the safeguarding lead, and is no complaint")
def _to_the_lead(actor: User, item: Item, at: datetime) -> None:
    """Let an item stand above everything else until the safeguarding lead has decided about it."""
    item.risk, item.state = WORRY, Item.State.OPEN
    item.save(update_fields=["risk", "state"])
    bring_back(item)
    _write_down(actor, item.organisation, "monitoring.worry", str(item.pk), {}, at)


@control("C08", "A complaint is closed by a named person with its outcome, and stays on the list")
@transaction.atomic
def close_complaint(*, actor: User, complaint: Complaint, outcome: str, at: datetime) -> Complaint:
    """Close a complaint with what was found and answered. Raises `NotAllowed`, `Refusal`."""
    rows = Complaint.objects.select_for_update(of=("self",)).select_related("organisation")
    row = rows.get(pk=complaint.pk)
    member_fit(actor, row.organisation, Duty.DECIDE, at)
    if row.closed_at is not None:
        raise Refusal("Somebody has closed it already.")
    outcome = outcome.strip()
    if wrong := outcome_problem(outcome):
        raise Refusal(wrong)
    row.outcome, row.closed_by, row.closed_at = outcome, actor, at
    row.save(update_fields=["outcome", "closed_by", "closed_at"])
    payload = {"outcome": words_digest(outcome)}
    _write_down(actor, row.organisation, "monitoring.complaint_closed", str(row.pk), payload, at)
    return row


def _write_down(
    actor: User, place: Organisation, kind: str, subject: str, payload: Mapping[str, object], at: datetime
) -> None:
    record(organisation_id=place.pk, kind=kind, actor=str(actor.id), subject=subject, payload=payload, at=at)
