"""The pages and deeds around an item: being on it, notes, whom it is for, and putting it off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.monitoring.handling import services
from stairgate.monitoring.handling.rules import latest, may_be_put_off, put_off_choices
from stairgate.monitoring.marks import with_marks
from stairgate.monitoring.models import Item
from stairgate.monitoring.selectors import notes_of, put_off_now
from stairgate.monitoring.views import A_PAGE, decider, rows_of
from stairgate.organisations.access import get
from stairgate.organisations.models import Membership
from stairgate.publishing.services import Refusal


@require_GET
def later(request: HttpRequest) -> HttpResponse:
    """List what is put off, the soonest first."""
    member, now = decider(request), timezone.now()
    page = Paginator(put_off_now(member.organisation, now), A_PAGE).get_page(request.GET.get("page"))
    values = {"active": "inbox", "page": page, "rows": rows_of(page), "now": now}
    return render(request, "handling/later.html", values)


@require_GET
def handle(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the notes of an item, and the forms to give it to somebody or put it off."""
    member = decider(request)
    return _page(request, member, pk)


def _page(request: HttpRequest, member: Membership, pk: UUID, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    item = get(member, with_marks(Item.objects.select_related("channel", "organisation")), pk)
    handling = getattr(item, "handling", None)
    last = latest(first=handling.put_off_first if handling else None, now=now)
    waits = may_be_put_off(risk=item.risk, under_18=item.under_18) and item.state == Item.State.OPEN
    values = {
        "active": "inbox",
        "item": item,
        "now": now,
        "able": services.able_to_decide(member.organisation, now),
        "until": put_off_choices(member.organisation.local(now), last) if waits else (),
        "notes": notes_of(item),
        "typed": request.POST,
    }
    return render(request, "handling/item.html", values, status=status)


def _do(
    request: HttpRequest, pk: UUID, deed: Callable[[Membership, Item], object], said: str
) -> HttpResponse:
    """Do one deed and go back to the item; after a refusal show why, with what was typed."""
    member = decider(request)
    item = get(member, Item.objects.all(), pk)
    try:
        deed(member, item)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, pk, status=422)
    messages.success(request, said)
    return redirect("monitoring:item", pk)


@require_POST
def take_on(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one is on it."""
    return _do(
        request,
        pk,
        lambda me, item: services.take_on(actor=me.user, item=item, at=timezone.now()),
        "Your colleagues see for a quarter of an hour that you are on it.",
    )


@require_POST
def let_go(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one is not on it any more."""
    return _do(
        request,
        pk,
        lambda me, item: services.let_go(actor=me.user, item=item, at=timezone.now()),
        "You are not on it any more.",
    )


@require_POST
def note(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note something."""
    words = request.POST.get("words", "")
    return _do(
        request,
        pk,
        lambda me, item: services.note(actor=me.user, item=item, words=words, at=timezone.now()),
        "Noted. It stays with the comment.",
    )


@require_POST
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it to a colleague."""
    try:
        to = UUID(request.POST.get("to", ""))
    except ValueError:
        to = None
    return _do(
        request,
        pk,
        lambda me, item: services.assign(actor=me.user, item=item, to=to, at=timezone.now()),
        "Given. Everybody sees whom it is for, and anybody may still decide.",
    )


@require_POST
def put_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put it off."""
    typed = request.POST
    return _do(
        request,
        pk,
        lambda me, item: services.put_off(
            actor=me.user,
            item=item,
            version=typed.get("version", ""),
            until=_moment(typed.get("until", "")),
            why=typed.get("why", ""),
            at=timezone.now(),
        ),
        "Put off. It comes back by itself.",
    )


def _moment(typed: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return found if found.tzinfo else None
