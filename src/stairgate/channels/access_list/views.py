"""The access list of an account: who can reach it there, who that is, and what was done about whom."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.access_list import services
from stairgate.channels.access_list.selectors import access_list, possible
from stairgate.channels.access_list.services import CannotCompare
from stairgate.channels.asking.selectors import colleagues
from stairgate.channels.models import AccessFinding, Channel
from stairgate.networks.public import PUBLIC
from stairgate.organisations.access import current, get, require
from stairgate.organisations.fields import ids_among
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force


@require_GET
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show who can reach an account on the network."""
    member, channel = _channel(request, pk)
    return _page(request, member, channel)


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return member, get(member, Channel.objects.select_related("organisation", "connection"), pk)


def _page(
    request: HttpRequest, member: Membership, channel: Channel, *, status: int = 200, **refused: object
) -> HttpResponse:
    """Show the list; after a refusal with what was typed."""
    now = timezone.now()
    on = member.organisation.day(now)
    version = in_force(member.organisation)
    found = access_list(channel, (version.parameters if version else Parameters()).access_check_days)
    known = {one.person.user_id for one in found.there}
    values = {
        "active": "accounts",
        "channel": channel,
        "list": found,
        "overdue": found.overdue(now),
        "may": bool(member.duties_on(on) & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "people": colleagues(member.organisation, on),
        "new": [one for one in possible(member.organisation, on) if one.user_id not in known],
        "network": PUBLIC[channel.network],
        "own": member.user_id,
    }
    return render(request, "access_list/list.html", values | refused, status=status)


def _do(
    request: HttpRequest,
    member: Membership,
    channel: Channel,
    deed: Callable[[], None],
    said: str,
    **typed: object,
) -> HttpResponse:
    """Do a deed on the list and go back to it; a refusal is shown there, with what was typed."""
    try:
        deed()
    except CannotCompare as refusal:
        return _page(request, member, channel, status=422, wrong=str(refusal), **typed)
    messages.success(request, said)
    return redirect("channels:access", pk=channel.pk)


@require_POST
def read(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have the network asked now."""
    member, channel = _channel(request, pk)

    def deed() -> None:
        services.read_now(actor=member.user, channel=channel, at=timezone.now())

    return _do(request, member, channel, deed, "Read, and compared with the register.")


@require_POST
def through(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down who is on the list, as somebody saw it there."""
    member, channel = _channel(request, pk)
    others = request.POST.get("others", "")[:2000]

    def deed() -> None:
        services.go_through(
            actor=member.user,
            channel=channel,
            there=ids_among(request.POST.getlist("there")),
            users=ids_among(request.POST.getlist("users")),
            others=others.splitlines()[:50],
            at=timezone.now(),
        )

    return _do(request, member, channel, deed, "Written down, and compared with the register.", others=others)


@require_POST
def who(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say which colleague somebody on the list is."""
    member, channel = _channel(request, pk)

    def deed() -> None:
        person, user = (
            next(iter(ids_among(request.POST.getlist(name))), None) for name in ("person", "user")
        )
        services.say_who(actor=member.user, channel=channel, person=person, user=user, at=timezone.now())

    return _do(request, member, channel, deed, "Written down, with your name.")


@require_POST
def settle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what was done about somebody who should not be on the list."""
    rows = AccessFinding.objects.filter(person__channel__organisation=current(request).organisation_id)
    row = rows.select_related("person").filter(pk=pk).first()
    if row is None:
        raise Http404
    member, row.person.channel = _channel(request, row.person.channel_id)
    done = request.POST.get("done", "")[:300]

    def deed() -> None:
        services.settle(actor=member.user, finding=row, done=done, at=timezone.now())

    return _do(
        request, member, row.person.channel, deed, "Settled, with your name.", refused=row.pk, done=done
    )
