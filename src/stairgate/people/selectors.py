"""What the register says of people on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from stairgate.organisations.models import Membership
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import Facts


def facts_for(members: Iterable[Membership], *, signed: frozenset[UUID], on: date) -> dict[UUID, Facts]:
    """Return the register's facts by user id. ``signed`` holds the user ids that signed the policy in force.

    Three queries, however many members.
    """
    members = list(members)
    people = {
        person.user_id: person
        for person in Person.objects.filter(
            user__in=[m.user_id for m in members], organisation__in={m.organisation_id for m in members}
        ).prefetch_related("checks", "training")
    }
    return {m.user_id: _facts(m, people.get(m.user_id), m.user_id in signed, on) for m in members}


def _facts(member: Membership, person: Person | None, signed: bool, on: date) -> Facts:
    if person is None or person.organisation_id != member.organisation_id:
        return Facts(first_name=member.first_name, on_register=False)
    check = _live_check(person, on)
    training = [row.expires_on for row in person.training.all() if _counts(row, on)]
    return Facts(
        first_name=person.first_name,
        on_register=True,
        started_on=person.started_on,
        ended_on=person.ended_on,
        enhanced_check=check is not None and check.level == Check.Level.ENHANCED,
        barred_list_checked=check is not None and check.barred_list,
        check_review_on=check.review_on if check else None,
        training_expires_on=max(training, default=None),
        signed_current_policy=signed,
    )


def _live_check(person: Person, on: date) -> Check | None:
    live = [
        c for c in person.checks.all() if c.seen_on <= on and (c.withdrawn_on is None or on < c.withdrawn_on)
    ]
    return max(
        live, key=lambda c: (c.level == Check.Level.ENHANCED and c.barred_list, c.review_on), default=None
    )


def _counts(training: Training, on: date) -> bool:
    return training.course == Training.Course.SAFEGUARDING and training.completed_on <= on
