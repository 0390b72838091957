"""The inbox: what the public wrote, most serious first, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.services import network_for
from stairgate.monitoring import services
from stairgate.monitoring.families import services as families
from stairgate.monitoring.families.rules import Way
from stairgate.monitoring.looks import services as looks
from stairgate.monitoring.looks.rules import why_not_answer
from stairgate.monitoring.marks import with_marks
from stairgate.monitoring.minors import with_answers
from stairgate.monitoring.models import Decision, Item, LookAgain
from stairgate.monitoring.selectors import (
    decided,
    inbox,
    item_page,
    not_read,
    readings,
    said_of,
    waiting_around,
)
from stairgate.monitoring.serious.selectors import lock_of, open_cases
from stairgate.networks.able import not_ours
from stairgate.networks.base import Capability
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.publishing.services import Refusal

A_PAGE = 25
#: these have to say more than a reason
_BY_OTHER_FORMS = (Decision.Kind.REPLY, Decision.Kind.FAMILY)


def decider(request: HttpRequest) -> Membership:
    """Return who asks. Raises `NotAllowed` for whoever may not decide about what the public writes."""
    member = current(request)
    require(member, Duty.DECIDE)
    return member


@require_GET
def inbox_page(request: HttpRequest) -> HttpResponse:
    """List what needs somebody, gravest first; on a desk with the first one open beside the list."""
    member, now = decider(request), timezone.now()
    waiting = with_answers(inbox(member.organisation, me=member.user, now=now))
    page = Paginator(waiting, A_PAGE).get_page(request.GET.get("page"))
    known = readings(member.organisation, now)
    values = {
        "active": "inbox",
        "page": page,
        "rows": rows_of(page),
        "now": now,
        "quiet": [one for one in page if one.is_quiet and not one.locked and not one.asked],
        "readings": known,
        "not_read": not_read(member.organisation),
        "blind": any(reading.blind for reading in known),
        "stopped": open_cases(member.organisation)[:A_PAGE],
    }
    if page:
        values |= _opened(member, page[0])
    return render(request, "monitoring/inbox.html", values)


@require_GET
def decided_page(request: HttpRequest) -> HttpResponse:
    """List what was decided, newest first."""
    member = decider(request)
    page = Paginator(decided(member.organisation), A_PAGE).get_page(request.GET.get("page"))
    values = {"active": "inbox", "page": page, "rows": rows_of(page), "now": timezone.now()}
    return render(request, "monitoring/decided.html", values)


@require_GET
def item(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one item with its story and the decision."""
    return _page(request, decider(request), pk)


def _page(request: HttpRequest, member: Membership, pk: UUID, *, status: int = 200) -> HttpResponse:
    """Show one item; after a refusal, as it is now, with everything that was typed still there."""
    rows = with_marks(with_answers(Item.objects.select_related("channel", "post", "organisation")))
    row = get(member, rows, pk)
    now = timezone.now()
    waiting = waiting_around(row, me=member.user, now=now, size=A_PAGE)
    values = {"active": "inbox", "waiting": waiting, "rows": rows_of(waiting.rows), "now": now}
    values["typed"] = request.POST
    values["start"] = _start(request.GET.get("say", ""))
    return render(request, "monitoring/item.html", values | _opened(member, row), status=status)


def rows_of(items: Iterable[Item]) -> list[tuple[Item, str, str]]:
    """Return items, each with the kind of its status and its words."""
    return [(item, *said_of(item)) for item in items]


def _opened(member: Membership, row: Item) -> dict[str, object]:
    """Return what the open item shows: its story, and what this person and this network can do about it."""
    if getattr(row, "locked", False):
        return {"item": row, "stopped_at": lock_of(row.pk)}
    network = network_for(row.channel)
    able, story = network.capabilities, item_page(row)
    return {
        "item": row,
        "story": story,
        "can_hide": Capability.HIDE in able,
        "can_delete": Capability.DELETE_OTHERS in able and row.gone_at is None,
        "can_report": Capability.REPORT in able and row.gone_at is None,
        "not_ours": not_ours(network),
        "can_ban": Capability.BLOCK in able and bool(row.author_id),
        "ways": Way.choices,
        "look_days": _look_days(member),
        "may_look": _may_look(member, story.look),
        "can_reply": Duty.WRITE in member.duties_on(member.organisation.day(timezone.now())),
    }


def _may_look(member: Membership, look: LookAgain | None) -> bool:
    return look is not None and not why_not_answer(actor=member.user_id, decided_by=look.decided_by_id)


def _look_days(member: Membership) -> list[date]:
    """Return the days on which somebody can look whether a family removed something."""
    today = member.organisation.day(timezone.now())
    return [today + timedelta(days=days) for days in (1, 2, 3, 5, 7, 14)]


def day_typed(typed: str) -> date | None:
    """Return the day that somebody typed; None when it is none."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None


def _start(number: str) -> int:
    """Return which standard reply to start from, counted from 1; 0 for none."""
    return int(number) if number.isdecimal() and len(number) < 3 else 0


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a decision, with its reason."""
    member = decider(request)
    row = get(member, Item.objects.all(), pk)
    kind = request.POST.get("kind", "")
    if kind not in Decision.Kind.values or kind in _BY_OTHER_FORMS:
        raise Http404
    try:
        services.decide(
            actor=member.user,
            item=row,
            version=request.POST.get("version", ""),
            kind=Decision.Kind(kind),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, row.pk, status=422)
    row.refresh_from_db()
    stays = " It stays in the inbox for the safeguarding lead." if row.state == Item.State.OPEN else ""
    messages.success(request, f"Decided: {Decision.Kind(kind).label.lower()}. The words are kept.{stays}")
    return redirect("monitoring:inbox")


@require_POST
def reply(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a reply: a draft that goes through the gate like any post."""
    member = decider(request)
    row = get(member, Item.objects.select_related("channel__organisation"), pk)
    try:
        post = services.reply(
            actor=member.user,
            item=row,
            version=request.POST.get("version", ""),
            text=request.POST.get("text", ""),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, row.pk, status=422)
    return redirect("publishing:edit", post.pk)


@require_POST
def ask_family(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide that a family is asked to remove it."""
    member = decider(request)
    row = get(member, Item.objects.all(), pk)
    typed = request.POST
    try:
        asked = families.ask_family(
            actor=member.user,
            item=row,
            version=typed.get("version", ""),
            what=typed.get("what", ""),
            of_whom=typed.get("of_whom", ""),
            way=typed.get("way", ""),
            look_on=day_typed(typed.get("look_on", "")),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, row.pk, status=422)
    day = f"{asked.look_on:%A}, {asked.look_on.day} {asked.look_on:%B}"
    messages.success(request, f"Kept. If it is still there, it comes back to the inbox on {day}.")
    return redirect("monitoring:inbox")


@require_POST
def ask_look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for a second look at the newest decision."""
    member = decider(request)
    row = get(member, Item.objects.all(), pk)
    version, why = request.POST.get("version", ""), request.POST.get("why", "")
    try:
        looks.ask_look(actor=member.user, item=row, version=version, why=why, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, row.pk, status=422)
    messages.success(request, "Asked. It waits in the inbox for somebody else than whoever decided.")
    return redirect("monitoring:inbox")


@require_POST
def agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree with the decision that somebody asked about."""
    member = decider(request)
    row = get(member, Item.objects.all(), pk)
    version = request.POST.get("version", "")
    try:
        looks.agree(actor=member.user, item=row, version=version, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, row.pk, status=422)
    messages.success(request, "Kept: you agree with the decision.")
    return redirect("monitoring:inbox")


@require_POST
def clear_quiet(request: HttpRequest) -> HttpResponse:
    """Decide "no action" about the items of the list in which nothing was found, after reading them."""
    member = decider(request)
    read = dict(filter(None, map(version_read, request.POST.getlist("read")[:A_PAGE])))
    count = services.clear_quiet(
        actor=member.user, read=read, organisation=member.organisation, at=timezone.now()
    )
    messages.success(request, f"{count} read: nothing needs doing.")
    return redirect("monitoring:inbox")


def version_read(value: str) -> tuple[UUID, str] | None:
    """Return an item and the version of it that was read; None when it is not that."""
    pk, _, version = value.partition(" ")
    try:
        return UUID(pk), version
    except ValueError:
        return None
