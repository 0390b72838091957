"""One's own reminders, and for a manager the e-mails about everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET, require_POST

from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding import services
from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.selectors import mails, of_member
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty

_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One reminder as the page shows it."""

    row: Reminder
    put_off: bool
    late: bool
    days: tuple[date, ...]  # until which it can be put off; none when it cannot


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person, and what they put off."""
    return _page(request, current(request))


def _page(request: HttpRequest, me: Membership, *, refused: UUID | None = None) -> HttpResponse:
    now = timezone.now()
    rows = of_member(me).order_by("due_at", "pk")
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    lines = [_line(row, me, now) for row in page]
    values = {
        "active": "reminders",
        "page": page,
        "lines": [line for line in lines if not line.put_off],
        "put_off": [line for line in lines if line.put_off],
        "refused": refused,
        "typed": request.POST,
        "may_see_mail": Duty.MANAGE in me.duties_on(me.organisation.day(now)),
        "may_see_people": Duty.SEE_PEOPLE in me.duties_on(me.organisation.day(now)),
        "mail": settings.MAIL.way,
    }
    return render(request, "reminding/mine.html", values, status=422 if refused else 200)


def _line(row: Reminder, me: Membership, now: datetime) -> Line:
    last = services.last_day(row, me.organisation, now)
    today = me.organisation.day(now)
    choices = [today + timedelta(days=days) for days in (1, 3, 7, 14, 28)]
    days = () if last is None else tuple(dict.fromkeys([*[d for d in choices if d < last][:3], last]))
    put_off = row.snoozed_until is not None and row.snoozed_until > now
    return Line(row, put_off, row.due_at < now, days)


@require_POST
def put_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put one's own reminder off, with a reason."""
    me = current(request)
    row = get(me, of_member(me), pk)
    until = _day(request.POST.get("until", ""))
    reason = request.POST.get("reason", "")
    try:
        if until is None:
            raise Refusal("Choose a day on which it comes back.")
        services.snooze(actor=me.user, reminder=row, until=until, reason=reason, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, me, refused=row.pk)
    messages.success(request, "Put off. It comes back by itself, and what has to be done stays due.")
    return redirect("reminding:mine")


def _day(typed: str) -> date | None:
    try:
        return parse_date(typed)
    except ValueError:
        return None


@require_GET
def mail(request: HttpRequest) -> HttpResponse:
    """Show a manager every e-mail of late, and what became of it. They hold counts and links, nothing else."""
    me = current(request)
    require(me, Duty.MANAGE)
    page = Paginator(mails(me.organisation), _A_PAGE).get_page(request.GET.get("page"))
    # somebody else's is only shown in the demo: it may say that a colleague asks to speak to them
    way = settings.MAIL.way
    values = {"active": "reminders", "page": page, "mail": way, "may_read": way == "outbox"}
    return render(request, "reminding/mail.html", values)
