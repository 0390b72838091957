"""Suggestions: those that nobody has answered, and what became of one's own."""

from __future__ import annotations

from typing import Any

from django.db.models import Min, QuerySet

from stairgate.organisations.models import Membership, Organisation
from stairgate.publishing.models import Suggestion


def open_suggestions(organisation: Organisation) -> QuerySet[Suggestion]:
    """Return what nobody has answered yet, longest wait first."""
    rows = Suggestion.objects.filter(organisation=organisation, answered_at__isnull=True)
    return rows.select_related("by").order_by("at")


def own_suggestions(membership: Membership) -> QuerySet[Any]:
    """Return what somebody suggested, newest first, with what became of it: ``went_out`` is when, else None."""
    rows = Suggestion.objects.filter(by=membership.user_id, organisation=membership.organisation_id)
    went_out = Min("post__deliveries__done_at")
    return rows.select_related("answered_by", "post").annotate(went_out=went_out).order_by("-at")
