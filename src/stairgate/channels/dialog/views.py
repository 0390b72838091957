"""Keeping the setting's app, going to the network's dialog, coming back, and picking the page."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from stairgate.channels.connecting import CannotConnect
from stairgate.channels.dialog import services
from stairgate.channels.dialog.forms import AppForm, PickForm, owner_of
from stairgate.channels.dialog.selectors import offers_of
from stairgate.channels.models import Channel, Dialog
from stairgate.channels.pausing import require_manager
from stairgate.networks.base import Secret
from stairgate.organisations.access import current, get


@never_cache
@require_http_methods(["GET", "POST"])
def app(request: HttpRequest) -> HttpResponse:
    """Show how a setting gets an app of its own, step by step, and keep it."""
    member, now = current(request), timezone.now()
    require_manager(member.user, member.organisation, now)
    kept = services.app_of(member.organisation)
    form = AppForm(request.POST or None, initial={"app_id": kept.app_id if kept else ""})
    status = 200
    if request.method == "POST":
        if form.is_valid() and _kept(request, form):
            return redirect("channels:list")
        status = 422
    values = {
        "active": "accounts",
        "form": form,
        "kept": kept,
        "back": services.way_back(),
        "site": settings.BASE_URL,
        "place": member.organisation,
        "practice": settings.PRACTICE_URL,
    }
    return render(request, "dialog/app.html", values, status=status)


def _kept(request: HttpRequest, form: AppForm) -> bool:
    """Keep the app, or put what the network said beside the form."""
    member, said = current(request), form.cleaned_data
    try:
        services.keep_app(
            actor=member.user,
            organisation=member.organisation,
            app_id=said["app_id"],
            secret=Secret(said["app_secret"]),
            is_live=said["is_live"],
            at=timezone.now(),
        )
    except CannotConnect as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, "Facebook knows our app. Each page of ours is connected with it from now on.")
    return True


@never_cache
@require_GET
def go(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Go to the network's dialog. A link leads here, not a form: our policy lets no form lead to another site."""
    member = current(request)
    channel = get(member, Channel.objects.select_related("organisation", "connection"), pk)
    try:
        there = services.begin(
            actor=member.user, channel=channel, session=_session(request), at=timezone.now()
        )
    except CannotConnect as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:connect", pk=pk)
    return HttpResponseRedirect(there)


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""


@never_cache
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Come back with the network's answer: it counts once, in the session it was asked in."""
    member, now = current(request), timezone.now()
    require_manager(member.user, member.organisation, now)
    try:
        walk = services.come_back(
            actor=member.user, session=_session(request), state=request.GET.get("state", ""), at=now
        )
    except CannotConnect as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:list")
    try:
        services.hear(actor=member.user, dialog=walk, answer=request.GET.dict(), at=now)
    except CannotConnect as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:connect", pk=walk.channel_id)
    return redirect("channels:pick", pk=walk.pk)


@never_cache
@require_http_methods(["GET", "POST"])
def pick(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the pages that the person may hand over, and connect the one that is picked."""
    member = current(request)
    rows = Dialog.objects.filter(channel__organisation=member.organisation_id, begun_by=member.user)
    walk = rows.select_related("channel__organisation", "channel__connection").filter(pk=pk).first()
    if walk is None:
        raise Http404
    require_manager(member.user, member.organisation, timezone.now())
    if not services.is_open(walk, timezone.now()):
        messages.error(request, "That took longer than 15 minutes, or is done already. Begin again.")
        return redirect("channels:connect", pk=walk.channel_id)
    again = hasattr(walk.channel, "connection")
    form = PickForm(request.POST or None, initial=owner_of(walk.channel))
    status = 200
    if request.method == "POST":
        if form.is_valid() and _picked(request, walk, form):
            return redirect("channels:account" if again else "channels:opening", pk=walk.channel_id)
        status = 422
    values = {
        "active": "accounts",
        "channel": walk.channel,
        "form": form,
        "offers": offers_of(walk),
        "chosen": form["page"].value() or "",
        "again": again,
    }
    return render(request, "dialog/pick.html", values, status=status)


def _picked(request: HttpRequest, walk: Dialog, form: PickForm) -> bool:
    """Connect the page, or put what was wrong beside its field."""
    try:
        services.pick(
            actor=current(request).user,
            session=_session(request),
            dialog=walk,
            account_id=form.cleaned_data["page"],
            owner=form.owner(),
            at=timezone.now(),
        )
    except CannotConnect as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    messages.success(request, f"{walk.channel.name} is connected, and it works.")
    return True
