"""Reads of complaints."""

from __future__ import annotations

from django.db.models import F, QuerySet

from stairgate.monitoring.models import Complaint
from stairgate.organisations.models import Organisation


def complaints(organisation: Organisation) -> QuerySet[Complaint]:
    """Return every complaint: what is open first, the soonest due before the others; then what was closed last."""
    rows = Complaint.objects.filter(organisation=organisation).select_related("dealt_by", "closed_by")
    return rows.order_by(F("closed_at").desc(nulls_first=True), "due_on", "pk")


def open_complaints(organisation: Organisation) -> QuerySet[Complaint]:
    """Return what is not answered yet, the soonest due first."""
    return Complaint.objects.filter(organisation=organisation, closed_at__isnull=True).order_by(
        "due_on", "pk"
    )
