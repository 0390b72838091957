"""The policy in force, to read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stairgate.organisations.access import current, require
from stairgate.organisations.rules import Duty
from stairgate.policies.packs.document import Document
from stairgate.policies.selectors import in_force, responsible


@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """Show the text of the policy in force, by chapter, and who is responsible today."""
    member = current(request)
    require(member, Duty.SEE_POLICY)
    version = in_force(member.organisation)
    values = {
        "active": "policy",
        "version": version,
        "document": Document.of(version.text) if version else None,
        "responsible": responsible(member.organisation, on=member.organisation.day(timezone.now())),
    }
    return render(request, "policies/words.html", values)
