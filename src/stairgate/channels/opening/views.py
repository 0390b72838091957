"""The going-live sheet of one account: a card for each thing that has to be so, one press each."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.asking.selectors import colleagues
from stairgate.channels.models import Channel, Confirmation
from stairgate.channels.opening.printed import house_rules_paper
from stairgate.channels.opening.rules import Item
from stairgate.channels.opening.selectors import house_rules
from stairgate.channels.opening.services import CannotConfirm, Owned, confirm, now_on, take_back
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import in_force


@require_GET
def sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what has to be so before anything goes out, and who confirmed it."""
    member, channel = _channel(request, pk)
    return _page(request, member, channel)


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    return member, get(member, Channel.objects.select_related("organisation", "connection"), pk)


def _page(
    request: HttpRequest, member: Membership, channel: Channel, *, status: int = 200, **refused: object
) -> HttpResponse:
    """Show the sheet; after a refusal with what was typed on that card, beside what was wrong with it."""
    now = timezone.now()
    on = member.organisation.day(now)
    found = now_on(channel, now)
    connection = getattr(channel, "connection", None)
    values = {
        "active": "accounts",
        "channel": channel,
        "sheet": found,
        "connected": connection is not None,
        "address": connection.public_url if connection else "",
        "may_confirm": bool(member.duties_on(on) & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "people": [(str(one.user_id), one) for one in colleagues(member.organisation, on)],
        "chosen": found.holders,
    }
    return render(request, "opening/sheet.html", values | refused, status=status)


@require_POST
def confirmed(request: HttpRequest, pk: UUID, item: str) -> HttpResponse:
    """Write down that one thing is so."""
    member, channel = _channel(request, pk)
    if item not in set(Item):
        raise Http404
    owned = Owned(_people(request), request.POST.get("each") == "yes")
    seen, where = request.POST.get("seen", ""), request.POST.get("where", "")

    def deed() -> str:
        confirm(
            actor=member.user,
            channel=channel,
            item=Item(item),
            seen=seen,
            where=where,
            owned=owned,
            at=timezone.now(),
        )
        return f"Written down, with your name: {Confirmation.Item(item).label}."

    return _do(request, member, channel, item, deed)


def _people(request: HttpRequest) -> list[UUID]:
    """Return the people who are ticked; what is no id is nobody."""
    found = []
    for typed in request.POST.getlist("mailbox"):
        try:
            found.append(UUID(typed))
        except ValueError:
            continue
    return found


def _do(
    request: HttpRequest, member: Membership, channel: Channel, item: str, deed: Callable[[], str]
) -> HttpResponse:
    try:
        messages.success(request, deed())
    except CannotConfirm as refusal:
        typed = {name: request.POST.get(name, "") for name in ("where", "each", "why")}
        more = {"chosen": tuple(request.POST.getlist("mailbox"))} if "where" in request.POST else {}
        return _page(
            request, member, channel, status=422, refused=item, wrong=str(refusal), typed=typed, **more
        )
    return redirect("channels:opening", pk=channel.pk)


@require_POST
def taken_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that something is not so any more."""
    rows = Confirmation.objects.filter(channel__organisation=current(request).organisation_id)
    row = rows.select_related("channel__organisation").filter(pk=pk).first()
    if row is None:
        raise Http404
    member, channel = _channel(request, row.channel_id)

    def deed() -> str:
        why = request.POST.get("why", "")
        take_back(actor=member.user, confirmation=row, why=why, at=timezone.now())
        return f"Taken back. Nothing goes out to {channel.name} until it is confirmed anew."

    return _do(request, member, channel, f"back-{row.item}", deed)


@require_GET
def house_rules_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the house rules of a page as a PDF."""
    member, channel = _channel(request, pk)
    version = in_force(member.organisation)
    if version is None or not house_rules(version):
        raise Http404
    paper = house_rules_paper(channel, version, at=timezone.now())
    return paper_answer(request, paper, "house-rules")
