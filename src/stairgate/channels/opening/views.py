"""The going-live sheet of one account: a card for each thing that has to be so, one form for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.asking.selectors import colleagues
from stairgate.channels.baseline.selectors import columns, settings_of
from stairgate.channels.models import Channel, Confirmation
from stairgate.channels.opening.printed import house_rules_paper
from stairgate.channels.opening.rules import Item
from stairgate.channels.opening.selectors import Card, Sheet, house_rules
from stairgate.channels.opening.services import CannotConfirm, Owned, Said, confirm, now_on, take_back
from stairgate.organisations.access import current, get, require
from stairgate.organisations.fields import ids_among
from stairgate.organisations.models import Membership
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import in_force


@require_GET
def sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what has to be so before anything goes out, and who confirmed it."""
    member, channel = _channel(request, pk)
    found = now_on(channel, timezone.now())
    return _page(request, member, channel, found=found, filled=_offered(found))


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    rows = Channel.objects.select_related("organisation", "connection").annotate(
        **columns(member.organisation.day(timezone.now()))
    )
    return member, get(member, rows, pk)


@dataclass(frozen=True, slots=True)
class Filled:
    """A card with what its fields hold: what is on record, or after a refusal just what was sent."""

    card: Card
    where: str
    offered: str  # what the page put there before anybody typed
    ticked: bool = False
    each: bool = False
    wrong: str = ""

    @property
    def touched(self) -> bool:
        """Whether somebody filled it in: without its tick that would be lost."""
        typed = self.where.strip()
        return self.each or (bool(typed) and typed != self.offered)


def _page(
    request: HttpRequest,
    member: Membership,
    channel: Channel,
    *,
    found: Sheet,
    filled: tuple[Filled, ...],
    status: int = 200,
    **refused: object,
) -> HttpResponse:
    """Show the sheet; after a refusal with what was sent on every card, and what was wrong beside its card."""
    on = member.organisation.day(timezone.now())
    values = {
        "active": "accounts",
        "channel": channel,
        "sheet": found,
        "filled": filled,
        "connected": hasattr(channel, "connection"),
        "may_confirm": bool(member.duties_on(on) & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "left": any(not card.settled for card in found.cards),
        "settings": settings_of(channel.organisation, vars(channel), ()),
        "people": [(str(one.user_id), one) for one in colleagues(member.organisation, on)],
        "chosen": found.holders,
    }
    return render(request, "opening/sheet.html", values | refused, status=status)


def _offered(found: Sheet) -> tuple[Filled, ...]:
    """Return the cards as they are met: each says what was last on record; the way there is the page's address,
    and its owner the portfolio that was named when it was connected.
    """
    connection = getattr(found.channel, "connection", None)
    address = connection.public_url if connection else ""
    owner = connection.portfolio if connection else ""
    lines = []
    for card in found.cards:
        there = card.last.seen_where if card.last else ""
        there = there or (owner if card.item == Item.OWNER else address)
        lines.append(Filled(card, there, there))
    return tuple(lines)


def _sent(request: HttpRequest, found: Sheet) -> tuple[Filled, ...]:
    """Return the cards as they were sent. A tick is kept for the words it was set beside, not for others."""
    sent = request.POST
    ticked = sent.getlist("ticked")
    return tuple(
        replace(
            one,
            where=sent.get(f"{one.card.item}-where", ""),
            ticked=one.card.item in ticked and sent.get(f"{one.card.item}-seen", "") == one.card.digest,
            each=one.card.item == Item.OWNER and sent.get("each") == "yes",
        )
        for one in _offered(found)
    )


@require_POST
def confirmed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down everything that is ticked, or nothing."""
    member, channel = _channel(request, pk)
    said = _said(request)
    try:
        _nothing_forgotten(_sent(request, now_on(channel, timezone.now())), said)
        rows = confirm(actor=member.user, channel=channel, said=said, at=timezone.now())
    except CannotConfirm as refusal:
        return _not_confirmed(request, member, channel, refusal)
    told = "; ".join(row.get_item_display() for row in rows)
    messages.success(request, f"Written down, with your name: {told}.")
    return redirect("channels:opening", pk=channel.pk)


def _said(request: HttpRequest) -> dict[Item, Said]:
    """Return what is said of each thing that is ticked."""
    sent = request.POST
    ticked = sent.getlist("ticked")
    owned = Owned(ids_among(request.POST.getlist("mailbox")), sent.get("each") == "yes")
    return {
        item: Said(sent.get(f"{item}-seen", ""), sent.get(f"{item}-where", ""), owned)
        for item in Item
        if item in ticked
    }


def _nothing_forgotten(sent: tuple[Filled, ...], said: Mapping[Item, Said]) -> None:
    """Raise `CannotConfirm` when something was filled in and not ticked."""
    forgotten = [one.card.item for one in sent if one.touched and one.card.item not in said]
    if forgotten:
        raise CannotConfirm(_FORGOTTEN, dict.fromkeys(forgotten, _FORGOTTEN))


_FORGOTTEN = (
    "You filled this in and did not tick it. Tick it too, or empty it: it is not kept without its tick."
)


def _not_confirmed(
    request: HttpRequest, member: Membership, channel: Channel, refusal: CannotConfirm
) -> HttpResponse:
    found = now_on(channel, timezone.now())
    filled = tuple(replace(one, wrong=refusal.about.get(one.card.item, "")) for one in _sent(request, found))
    return _page(
        request,
        member,
        channel,
        found=found,
        filled=filled,
        status=422,
        wrong=str(refusal),
        amiss=[one for one in filled if one.wrong],
        chosen=tuple(request.POST.getlist("mailbox")),
    )


@require_POST
def taken_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that something is not so any more."""
    rows = Confirmation.objects.filter(channel__organisation=current(request).organisation_id)
    row = rows.select_related("channel__organisation").filter(pk=pk).first()
    if row is None:
        raise Http404
    member, channel = _channel(request, row.channel_id)

    why = request.POST.get("why", "")
    try:
        take_back(actor=member.user, confirmation=row, why=why, at=timezone.now())
    except CannotConfirm as refusal:
        found = now_on(channel, timezone.now())
        refused = {"kept": row.item, "why": why, "wrong": str(refusal)}
        return _page(request, member, channel, found=found, filled=_offered(found), status=422, **refused)
    messages.success(request, f"Taken back. Nothing goes out to {channel.name} until it is confirmed anew.")
    return redirect("channels:opening", pk=channel.pk)


@require_GET
def house_rules_pdf(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the house rules of a page as a PDF."""
    member, channel = _channel(request, pk)
    version = in_force(member.organisation)
    if version is None or not house_rules(version):
        raise Http404
    paper = house_rules_paper(channel, version, at=timezone.now())
    return paper_answer(request, paper, "house-rules")
