"""Reads of what looks illegal: what is locked, what is open, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from stairgate.monitoring.models import Action
from stairgate.monitoring.serious.models import Serious, SeriousStep
from stairgate.monitoring.serious.rules import Step, To, answered, current, missing, reported_to
from stairgate.organisations.models import Organisation


def lock_of(item: UUID) -> Serious | None:
    """Return what locks an item; None when nothing does. One query."""
    return Serious.objects.filter(item=item, released=False).first()


def waits_for_report(item: UUID, *, asked_at: datetime | None = None) -> bool:
    """Return whether an item must stay as it is until its address was reported. One query.

    ``asked_at``: when something was asked to be done on the page; what was asked after the report is not held.
    """
    rows = Serious.objects.filter(item=item, finished_at__isnull=True)
    if asked_at is not None:
        rows = rows.filter(started_at__gt=asked_at)
    return rows.exists()


def open_cases(organisation: Organisation) -> QuerySet[Serious]:
    """Return what is not finished, the oldest first."""
    rows = Serious.objects.filter(organisation=organisation, finished_at__isnull=True)
    return rows.select_related("started_by").order_by("started_at", "pk")


@dataclass(frozen=True, slots=True)
class Report:
    """One of those whom the address is reported to, and what is written down about it."""

    to: To
    rows: tuple[SeriousStep, ...]

    @property
    def answered(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of one shows."""

    case: Serious
    steps: dict[str, tuple[SeriousStep, ...]]
    now: Step
    missing: tuple[str, ...]
    reports: tuple[Report, ...]
    is_reported: bool
    reports_done: bool
    action: Action | None  # what was asked of the page after the report

    @property
    def words(self) -> SeriousStep | None:
        return next(iter(self.steps.get(Step.WORDS, ())[::-1]), None)


def case_page(case: Serious) -> Page:
    """Return the page of one. Two queries."""
    rows = tuple(case.steps.select_related("by"))
    done = [row.done for row in rows]
    steps = {str(step): tuple(row for row in rows if row.step == step) for step in Step}
    actions = Action.objects.filter(item=case.item_id, created_at__gte=case.started_at, kind=Action.Kind.HIDE)
    reports = tuple(Report(to, tuple(row for row in steps[Step.REPORTED] if row.to == to)) for to in To)
    return Page(
        case=case,
        steps=steps,
        now=current(done),
        missing=missing(done),
        reports=reports,
        is_reported=bool(reported_to(done)),
        reports_done=answered(done) >= frozenset(To.values),
        action=actions.order_by("-pk").first() if case.item_id else None,
    )
