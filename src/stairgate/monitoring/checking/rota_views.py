"""The rota: who looks, who steps in, and who is away."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from stairgate.monitoring.checking import rota as deeds
from stairgate.monitoring.checking.models import RotaAway
from stairgate.monitoring.checking.rules import GAP_TOLD
from stairgate.monitoring.checking.selectors import next_due, rota_now
from stairgate.monitoring.checking.views import reader
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force
from stairgate.publishing.services import Refusal


@require_http_methods(["GET", "POST"])
def rota(request: HttpRequest) -> HttpResponse:
    """Show the rota with the weeks ahead, and put people on it."""
    member = reader(request)
    if request.method == "GET":
        return _page(request, member)
    chosen = request.POST.getlist("first") + request.POST.getlist("then")
    try:
        deeds.set_rota(
            actor=member.user,
            organisation=member.organisation,
            users=[found for one in chosen if (found := _uuid(one))],
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, member, status=422, wrong=str(refusal), chosen=chosen)
    messages.success(request, "The rota is set.")
    return redirect("checking:rota")


def _page(request: HttpRequest, member: Membership, *, status: int = 200, **refused: object) -> HttpResponse:
    now = timezone.now()
    found = rota_now(member.organisation, now)
    version = in_force(member.organisation)
    parameters = version.parameters if version else Parameters()
    today = member.organisation.day(now)
    due = next_due(member.organisation, parameters)
    duties = member.duties_on(today)
    values = {
        "active": "check",
        "rota": found,
        "ahead": found.ahead(max(due.on, today) if due else today, parameters.check_every_days),
        "days": parameters.check_every_days,
        "may": bool(duties & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "mine": member.user_id,
        "everybody": [*(one.member for one in found.placed), *found.others],
        "chosen": [str(one.member.user_id) for one in found.placed],
        "gap_soon": found.until is not None and found.until < today + GAP_TOLD,
        "today": today,
    }
    return render(request, "checking/rota.html", values | refused, status=status)


@require_POST
def away(request: HttpRequest) -> HttpResponse:
    """Write down when somebody is away."""
    member = reader(request)
    sent = {name: request.POST.get(name, "") for name in ("who", "first_on", "last_on")}
    user, first_on, last_on = _uuid(sent["who"]), _day(sent["first_on"]), _day(sent["last_on"])
    try:
        if user is None or first_on is None or last_on is None:
            raise Refusal("Choose who it is, the first day and the last day.")
        deeds.add_away(
            actor=member.user,
            organisation=member.organisation,
            user=user,
            first_on=first_on,
            last_on=last_on,
            at=timezone.now(),
        )
    except Refusal as refusal:
        return _page(request, member, status=422, away_wrong=str(refusal), sent=sent)
    messages.success(request, "Written down. The weeks ahead show who steps in.")
    return redirect("checking:rota")


@require_POST
def back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that somebody is there after all."""
    member = reader(request)
    row = RotaAway.objects.filter(pk=pk, organisation=member.organisation_id).first()
    if row is None:
        raise Http404
    try:
        deeds.end_away(actor=member.user, away=row, at=timezone.now())
    except Refusal as refusal:
        return _page(request, member, status=422, away_wrong=str(refusal))
    messages.success(request, "Taken back: they are there.")
    return redirect("checking:rota")


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
