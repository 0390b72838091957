"""The policy, live; and the record, for somebody who does not have to trust us."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.assurance.live import live_policy
from stairgate.assurance.services import hand_out
from stairgate.assurance.telling import tell
from stairgate.channels.selectors import accounts_now
from stairgate.ledger.selectors import history, newest_checkpoint
from stairgate.organisations.access import current, require
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import in_force

_A_PAGE = 50


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Show every clause with the state of what enforces it."""
    member = current(request)
    require(member, Duty.SEE_POLICY)
    now = timezone.now()
    version = in_force(member.organisation)
    accounts = accounts_now(member.organisation, now, version=version)
    policy = live_policy(member.organisation, now, version=version, accounts=accounts)
    values = {"active": "policy", "live": policy, "version": version}
    return render(request, "assurance/policy.html", values)


@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show the ledger, newest first, in words."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    page = Paginator(history(member.organisation_id), _A_PAGE).get_page(request.GET.get("page"))
    values = {
        "active": "policy",
        "page": page,
        "lines": tell(member.organisation, page.object_list),
        "may_download": Duty.MANAGE in member.duties_on(member.organisation.day(timezone.now())),
        "checkpoint": newest_checkpoint(member.organisation_id),
    }
    return render(request, "assurance/record.html", values)


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Hand out the whole record with the program that checks it."""
    member = current(request)
    now = timezone.now()
    whole = hand_out(actor=member.user, organisation=member.organisation, at=now)
    answer = HttpResponse(whole, content_type="application/zip")
    day = member.organisation.day(now)
    answer["Content-Disposition"] = f'attachment; filename="stairgate-record-{day:%Y-%m-%d}.zip"'
    return answer
