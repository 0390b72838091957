"""Exceptions: the list that everybody can read, asking for one, deciding. And: whom to tell, by one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.assurance.excepting import services
from stairgate.assurance.excepting.forms import AskForm
from stairgate.assurance.excepting.models import PolicyException, Told
from stairgate.assurance.excepting.rules import Seat, State, may_end, seat_for
from stairgate.assurance.excepting.selectors import exceptions, line_manager_of, untaken, who_hears
from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding.setting import Setting
from stairgate.clauses import Coverage, control
from stairgate.organisations.access import current, get
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Role

form_page = require_http_methods(["GET", "POST"])
_A_PAGE = 20
_LOOK = {
    State.ASKED: "wait",
    State.HOLDS: "risk",
    State.DECLINED: "back",
    State.ENDED: "ok",
    State.LAPSED: "idle",
}
_HEAR = (Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL, Role.DEPUTY_DSL)


@dataclass(frozen=True, slots=True)
class Line:
    """One exception as the page shows it to somebody."""

    row: PolicyException
    state: State
    look: str
    seat: Seat | None
    may_end: bool

    @property
    def holds(self) -> bool:
        return self.state == State.HOLDS


@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Show every exception to everybody who works here."""
    return _page(request, current(request))


def _page(request: HttpRequest, me: Membership, *, refused: UUID | None = None) -> HttpResponse:
    page = Paginator(exceptions(me.organisation), _A_PAGE).get_page(request.GET.get("page"))
    values = {
        "active": "reminders",
        "page": page,
        "lines": [_line(row, me) for row in page],
        "refused": refused,
        "typed": request.POST,
    }
    return render(request, "excepting/list.html", values, status=422 if refused else 200)


def _line(row: PolicyException, me: Membership) -> Line:
    today = me.organisation.day(timezone.now())
    state, roles = row.state_on(today), me.roles_on(today)
    seat = seat_for(row.facts, me.user_id, roles, today)
    return Line(row, state, _LOOK[state], seat, may_end(row.facts, me.user_id, roles, today))


@form_page
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for an exception in writing."""
    me = current(request)
    people = Setting(me.organisation, timezone.now()).members
    form = AskForm(request.POST if request.method == "POST" else None, people=people, me=me)
    if form.is_bound and form.is_valid():
        try:
            services.ask(actor=me.user, organisation=me.organisation, at=timezone.now(), **form.values())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Asked. Until somebody has said yes, everything stays as the policy says."
            )
            return redirect("reminding:exceptions")
    status = 422 if form.errors else 200
    return render(request, "excepting/ask.html", {"active": "reminders", "form": form}, status=status)


@require_POST
def allow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say yes to an exception."""
    me = current(request)
    row = get(me, PolicyException.objects.all(), pk)
    try:
        services.allow(actor=me.user, exception=row, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Your yes is kept, and everybody here can read it.")
    return redirect("reminding:exceptions")


@require_POST
def decline(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say no to an exception, and why."""
    me = current(request)
    row = get(me, PolicyException.objects.all(), pk)
    try:
        reason = request.POST.get("reason", "")
        services.decline(actor=me.user, exception=row, reason=reason, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, me, refused=row.pk)
    messages.success(request, "Answered. They can read your reason.")
    return redirect("reminding:exceptions")


@require_POST
def end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End an exception before its last day."""
    me = current(request)
    row = get(me, PolicyException.objects.all(), pk)
    try:
        services.end(actor=me.user, exception=row, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Ended. The policy holds as it is written.")
    return redirect("reminding:exceptions")


@control(
    "C49",
    "From every page anybody who signs in tells somebody in two taps, with or without a duty",
    coverage=Coverage.WHOLE,
)
@form_page
def tell(request: HttpRequest) -> HttpResponse:
    """Ask the one question, and tell whoever has to hear of it that somebody asks to speak to them."""
    me = current(request)
    answer, problem = request.POST.get("child", ""), ""
    chosen = set(request.POST.getlist("not_to"))
    if request.method == "POST":
        if answer not in {"yes", "no"}:
            problem = "Answer the question: it decides who is told."
        else:
            try:
                _, users = services.ask_to_speak(
                    actor=me.user,
                    organisation=me.organisation,
                    child_or_conduct=answer == "yes",
                    not_to=_known(chosen),
                    at=timezone.now(),
                )
            except Refusal as refusal:
                problem = str(refusal)
            else:
                names = ", ".join(user.first_name for user in users)
                messages.success(
                    request, f"{names}: told at once that you ask to speak. Go to them now, or ring."
                )
                return redirect("help_now" if answer == "yes" else "today")
    values: dict[str, Any] = {
        "active": "reminders",
        "problem": problem,
        "people": [(member, str(member.user_id) in chosen) for member in _could_hear(me)],
    }
    return render(request, "excepting/tell.html", values, status=422 if problem else 200)


def _could_hear(me: Membership) -> list[Membership]:
    """Return who might be told: so that whoever it is about can be left out."""
    setting, own = Setting(me.organisation, timezone.now()), line_manager_of(me.user)
    return [
        member
        for member in setting.members
        if member.user_id != me.user_id
        and (member.user_id == own or member.roles_on(setting.day) & frozenset(_HEAR))
    ]


def _known(typed: set[str]) -> set[UUID]:
    found = set()
    for one in typed:
        try:
            found.add(UUID(one))
        except ValueError:
            raise Http404 from None
    return found


@require_GET
def told(request: HttpRequest) -> HttpResponse:
    """Show who asks to speak to this person; to nobody else."""
    me = current(request)
    setting = Setting(me.organisation, timezone.now())
    rows = [row for row in untaken(me.organisation) if me.user_id in who_hears(setting, row)]
    return render(request, "excepting/told.html", {"active": "reminders", "rows": rows})


@require_POST
def spoken(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one has spoken with somebody. For anybody who was not told there is no such row."""
    me, now = current(request), timezone.now()
    row = get(me, Told.objects.select_related("organisation"), pk)
    if me.user_id not in who_hears(Setting(me.organisation, now), row):
        raise Http404
    services.spoken(actor=me.user, told=row, at=now)
    messages.success(request, "Kept. What you heard is not written here.")
    return redirect("reminding:told")
