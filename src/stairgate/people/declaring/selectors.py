"""Who is to declare, and what declarations leave to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from stairgate.organisations.models import Organisation
from stairgate.people.declaring.rules import is_due, is_overdue
from stairgate.people.models import Declaration, FamilyPlan, Person


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands with their declaration that day."""

    person: Person
    declared_on: date | None
    due: bool
    overdue: bool
    needs_plan: bool  # a connection with a family, and no plan yet
    needs_help: bool  # asked for help, and has not had it
    to_agree: bool  # a plan is written, and they have not agreed


def standings(organisation: Organisation, *, on: date, **only: Any) -> list[Standing]:
    """Return how everybody who works here stands, by first name; ``only`` narrows it to some people. One query."""
    last = Declaration.objects.filter(person=OuterRef("pk")).order_by("-declared_at", "-pk")
    plans = FamilyPlan.objects.filter(declaration=OuterRef("declaration")).order_by("-written_at", "-pk")
    here = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    rows = (
        Person.objects.filter(here, organisation=organisation, started_on__lte=on, **only)
        .annotate(
            declaration=Subquery(last.values("pk")[:1]),
            declared_on=Subquery(last.values("declared_on")[:1]),
            wants_plan=Subquery(last.values("needs_plan")[:1]),
            wants_help=Subquery(last.values("needs_help")[:1]),
            helped=Subquery(last.values("helped_at")[:1]),
        )
        .annotate(
            planned_at=Subquery(plans.values("written_at")[:1]),
            agreed=Subquery(plans.values("agreed_at")[:1]),
        )
        .order_by("first_name", "pk")
    )
    return [_standing(row, on) for row in rows]


def to_follow_up(organisation: Organisation, on: date) -> QuerySet[Declaration]:
    """Return the newest declaration of who works here, where somebody is still to help, or to agree a plan. One query."""
    newer = Declaration.objects.filter(person=OuterRef("person")).filter(
        Q(declared_at__gt=OuterRef("declared_at"))
        | Q(declared_at=OuterRef("declared_at"), pk__gt=OuterRef("pk"))
    )
    here = Q(person__ended_on__isnull=True) | Q(person__ended_on__gte=on)
    return (
        Declaration.objects.filter(here, ~Exists(newer), person__organisation=organisation)
        .filter(Q(needs_plan=True, plans__isnull=True) | Q(needs_help=True, helped_at__isnull=True))
        .select_related("person")
        .order_by("declared_at", "pk")
    )


def with_declared_on(people: QuerySet[Person]) -> QuerySet[Any]:
    """Return people with ``declared_on``: the day on which each last declared for themselves, or None."""
    last = Declaration.objects.filter(person=OuterRef("pk")).order_by("-declared_at", "-pk")
    return people.annotate(declared_on=Subquery(last.values("declared_on")[:1]))


def _standing(row: Any, on: date) -> Standing:
    return Standing(
        person=row,
        declared_on=row.declared_on,
        due=is_due(row.declared_on, on),
        overdue=is_overdue(row.declared_on, on),
        needs_plan=bool(row.wants_plan) and row.planned_at is None,
        needs_help=bool(row.wants_help) and row.helped is None,
        to_agree=bool(row.wants_plan) and row.planned_at is not None and row.agreed is None,
    )
