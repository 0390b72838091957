"""Forms of what comes round, and for whoever is in charge who has done what."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding.setting import Setting
from stairgate.assurance.rounds import services
from stairgate.assurance.rounds.forms import ActivityForm
from stairgate.assurance.rounds.models import LeadRead, SelfCheck
from stairgate.assurance.rounds.selectors import (
    activities,
    leads_now,
    look_outs,
    to_talk_with,
    turns,
    unread,
    untold,
)
from stairgate.organisations.access import NotAllowed, current, get, require
from stairgate.organisations.models import Membership, RoleHeld
from stairgate.organisations.rules import Duty, Role
from stairgate.organisations.selectors import holders
from stairgate.people.declaring.selectors import Standing, standings
from stairgate.people.declaring.services import READERS
from stairgate.people.models import Person

form_page = require_http_methods(["GET", "POST"])
_NEWEST = 12
_EACH = 60  # names on one page


@form_page
def look_out(request: HttpRequest) -> HttpResponse:
    """Write down what training and guidance is new, also when it is nothing; and show what was found before."""
    me = current(request)
    if not me.roles_on(me.organisation.day(timezone.now())) & services.LOOKERS:
        raise NotAllowed("Your role does not let you write down what training there is.")
    places, found, problem = request.POST.getlist("places"), request.POST.get("found", ""), ""
    if request.method == "POST":
        try:
            services.look_out(
                actor=me.user, organisation=me.organisation, places=places, found=found, at=timezone.now()
            )
        except Refusal as refusal:
            problem = str(refusal)
        else:
            messages.success(request, "Written down. This is done for the term.")
            return redirect("reminding:look_out")
    values = {
        "active": "reminders",
        "places": [(place, place in places) for place in services.PLACES],
        "found": found,
        "problem": problem,
        "longest": services.LONGEST_FOUND,
        "rows": look_outs(me.organisation)[:_NEWEST],
    }
    return render(request, "rounds/look_out.html", values, status=422 if problem else 200)


@form_page
def activity(request: HttpRequest) -> HttpResponse:
    """Note what children or parents had about using technology safely; and show what there was before."""
    me, now = current(request), timezone.now()
    form = ActivityForm(
        request.POST or None, initial={"on": me.organisation.day(now), "done_by": me.first_name}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.note_activity(actor=me.user, organisation=me.organisation, at=now, **form.said)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Noted. Thank you.")
            return redirect("reminding:activity")
    values = {"active": "reminders", "form": form, "rows": activities(me.organisation)[:_NEWEST]}
    return render(request, "rounds/activity.html", values, status=422 if form.errors else 200)


@form_page
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who the safeguarding lead is, and let somebody say that they have read it."""
    me, now = current(request), timezone.now()
    held = _held(me, pk)
    if request.method == "POST":
        try:
            services.read_of_lead(actor=me.user, held=held, at=now)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "Thank you. It is kept that you have read it.")
        return redirect("today")
    values = {
        "active": "reminders",
        "held": held,
        "now": leads_now(me.organisation, me.organisation.day(now)).filter(pk=pk).exists(),
        "deputies": holders(me.organisation, [Role.DEPUTY_DSL], me.organisation.day(now)),
        "read": LeadRead.objects.filter(held=held, user=me.user_id).first(),
    }
    return render(request, "rounds/lead.html", values)


def _held(me: Membership, pk: int) -> RoleHeld:
    rows = RoleHeld.objects.filter(role=Role.DSL, membership__organisation=me.organisation_id)
    held = rows.select_related("membership__user", "membership__organisation").filter(pk=pk).first()
    if held is None:
        raise Http404
    return held


@require_GET
def rounds(request: HttpRequest) -> HttpResponse:
    """Show whoever is in charge who has read, who has done the self-check, and with whom to speak."""
    me = current(request)
    require(me, Duty.SEE_PEOPLE)
    setting = Setting(me.organisation, timezone.now())
    late = [turn for turn in turns(setting) if turn.due_on <= setting.day]
    lists = unread(setting)
    held = lists[-1][0] if lists else None
    values = {
        "active": "reminders",
        "day": setting.day,
        "leads": [(held, members[:_EACH], len(members)) for held, members in lists],
        "untold": untold(me.organisation, held, setting.day)[:_EACH] if held else (),
        "newest": held,
        "talks": to_talk_with(me.organisation).exclude(user=me.user_id)[:_EACH],
        "to_see": _to_see(me, setting)[:_EACH],
        "late": late[:_EACH],
        "late_count": len(late),
        "may_tell": Duty.MANAGE in me.duties_on(setting.day),
        "may_talk": bool(me.roles_on(setting.day) & {Role.MANAGER, Role.DSL}),
    }
    return render(request, "rounds/rounds.html", values)


def _to_see(me: Membership, setting: Setting) -> list[Standing]:
    """Return whose declaration leaves something to do, for those who may read it."""
    if not READERS & me.roles_on(setting.day):
        return []
    found = standings(me.organisation, on=setting.day)
    return [one for one in found if one.person.user_id != me.user_id and (one.needs_plan or one.needs_help)]


@require_POST
def talked(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that one has spoken with somebody."""
    me = current(request)
    row = get(me, SelfCheck.objects.all(), pk)
    services.talked(actor=me.user, check=row, at=timezone.now())
    messages.success(request, "Kept. What you said stays between you.")
    return redirect("reminding:rounds")


@require_POST
def told(request: HttpRequest, pk: int, person: UUID) -> HttpResponse:
    """Say that one told somebody who does not sign in."""
    me = current(request)
    held = _held(me, pk)
    row = get(me, Person.objects.all(), person)
    try:
        services.told_of_lead(actor=me.user, person=row, held=held, at=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(f"{reverse('reminding:rounds')}#untold")
