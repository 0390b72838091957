"""What the register says of people on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from stairgate.organisations.models import Membership
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import Facts


def facts_for(
    members: QuerySet[Membership], *, signed: QuerySet[Any], on: date
) -> list[tuple[Membership, Facts]]:
    """Return each member with what the register says of them. ``signed`` holds signatures on the policy in force.

    One query, however many members.
    """
    check, training = _live_checks(on), _finished_training(on)
    rows = members.select_related("user__person", "organisation").annotate(
        check_level=Subquery(check.values("level")[:1]),
        check_barred_list=Subquery(check.values("barred_list")[:1]),
        check_review_on=Subquery(check.values("review_on")[:1]),
        training_expires_on=Subquery(training.values("expires_on")[:1]),
        has_signed=Exists(signed.filter(user=OuterRef("user"))),
    )
    return [(member, _facts(member)) for member in rows]


def _facts(member: Any) -> Facts:
    person: Person | None = getattr(member.user, "person", None)
    if person is None or person.organisation_id != member.organisation_id:
        return Facts(first_name=member.first_name, on_register=False)
    return Facts(
        first_name=person.first_name,
        on_register=True,
        started_on=person.started_on,
        ended_on=person.ended_on,
        enhanced_check=member.check_level == Check.Level.ENHANCED,
        barred_list_checked=bool(member.check_barred_list),
        check_review_on=member.check_review_on,
        training_expires_on=member.training_expires_on,
        signed_current_policy=member.has_signed,
    )


def _live_checks(on: date) -> QuerySet[Check]:
    """Return a member's checks that were seen and not withdrawn: a full one first, then the one that lasts."""
    full = Case(
        When(level=Check.Level.ENHANCED, barred_list=True, then=Value(1)),
        default=Value(0),
    )
    rows = Check.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on),
        person__user=OuterRef("user"),
        seen_on__lte=on,
    )
    return rows.order_by(full.desc(), "-review_on", "-issued_on")


def _finished_training(on: date) -> QuerySet[Training]:
    """Return a member's safeguarding courses that are finished, the one that lasts longest first."""
    return Training.objects.filter(
        person__user=OuterRef("user"), course=Training.Course.SAFEGUARDING, completed_on__lte=on
    ).order_by("-expires_on")
