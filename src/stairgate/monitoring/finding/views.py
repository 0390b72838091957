"""The page to look back on."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from stairgate.channels.models import Channel
from stairgate.monitoring.finding.forms import FindForm
from stairgate.monitoring.finding.selectors import find, said_of_decision
from stairgate.organisations.access import current, require
from stairgate.organisations.rules import Duty

#: further back somebody narrows it down
_MOST_PAGES = 400


@require_GET
def finding(request: HttpRequest) -> HttpResponse:
    """Show what was found for what is asked; before anything is asked, only the form."""
    member = current(request)
    require(member, Duty.DECIDE)
    channels = list(Channel.objects.filter(organisation=member.organisation_id).order_by("name"))
    form = FindForm(request.GET or None, channels=channels)
    found = None
    if form.is_bound and form.is_valid():
        found = find(member.organisation, form.wanted(), number=_number(request.GET.get("page", "")))
    asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
    values = {
        "active": "inbox",
        "form": form,
        "found": found,
        "rows": said_of_decision(found.items) if found else [],
        "more": urlencode(asked),
    }
    return render(request, "finding/finding.html", values, status=422 if form.errors else 200)


def _number(typed: str) -> int:
    return min(max(int(typed), 1), _MOST_PAGES) if typed.isdecimal() and len(typed) < 6 else 1
