"""Every page in our name: is it open, who looks after it, does the connection work."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels import services
from stairgate.channels.models import Channel
from stairgate.channels.selectors import accounts_now
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty

_SHORTEST_REASON = 3
_LONGEST_REASON = 300


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """Show every account with everything that shuts it."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return _page(request, member)


def _page(request: HttpRequest, member: Membership, *, status: int = 200, **refused: object) -> HttpResponse:
    """Show every account; after a refusal with what was typed, beside what was wrong with it."""
    now = timezone.now()
    duties = member.duties_on(member.organisation.day(now))
    values = {
        "active": "accounts",
        "accounts": accounts_now(member.organisation, now),
        "may_shut": bool(duties & {Duty.APPROVE, Duty.DECIDE, Duty.MANAGE}),
        "may_open": bool(duties & {Duty.APPROVE, Duty.MANAGE}),
    }
    return render(request, "channels/accounts.html", values | refused, status=status)


@require_POST
def shut(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Shut the gate of an account at once."""
    member, channel = _channel(request, pk)
    reason = request.POST.get("reason", "").strip()
    if len(reason) < _SHORTEST_REASON:
        messages.error(request, f"The gate of {channel.name} is not shut yet: say why.")
        return _page(request, member, status=422, refused="shut", asked=pk, reason=reason)
    services.shut(actor=member.user, channel=channel, reason=reason[:_LONGEST_REASON], at=timezone.now())
    messages.success(request, f"The gate of {channel.name} is shut. Nothing goes out.")
    return redirect("channels:list")


@require_POST
def reopen(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the gate again."""
    member, channel = _channel(request, pk)
    reason = request.POST.get("reason", "").strip()
    if len(reason) < _SHORTEST_REASON:
        messages.error(request, f"The gate of {channel.name} is still shut: say why it is safe to open.")
        return _page(request, member, status=422, refused="reopen", asked=pk, reason=reason)
    services.reopen(actor=member.user, channel=channel, reason=reason[:_LONGEST_REASON], at=timezone.now())
    messages.success(request, f"The gate of {channel.name} is open again.")
    return redirect("channels:list")


@require_POST
def prove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask the network now whether the connection works."""
    member, channel = _channel(request, pk)
    reading = services.prove_now(actor=member.user, channel=channel, at=timezone.now())
    if reading.ok:
        messages.success(request, f"{channel.name} works.")
    else:
        messages.error(request, " ".join(reading.problems))
    return redirect("channels:list")


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return member, get(member, Channel.objects.select_related("organisation", "connection"), pk)
