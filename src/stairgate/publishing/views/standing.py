"""Standing messages: the list to start from, and what comes again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.models import Channel
from stairgate.organisations.access import current, get, records, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.publishing import services
from stairgate.publishing.forms import AgainForm, MessageForm
from stairgate.publishing.models import Recurrence, StandingMessage
from stairgate.publishing.views.compose import first_content

_A_PAGE = 25


def _listed(member: Membership) -> QuerySet[StandingMessage]:
    running = Recurrence.objects.filter(stopped_at__isnull=True).select_related("author")
    rows = StandingMessage.objects.filter(retired_at__isnull=True).prefetch_related(
        Prefetch("recurrences", running, to_attr="running")
    )
    return records(member, rows)


@require_GET
def messages_list(request: HttpRequest) -> HttpResponse:
    """List the messages to start from."""
    member = current(request)
    require(member, Duty.WRITE)
    page = Paginator(_listed(member), _A_PAGE).get_page(request.GET.get("page"))
    looks_after = Duty.LOOK_AFTER in member.duties_on(timezone.localdate())
    values = {"active": "calendar", "page": page, "looks_after": looks_after}
    return render(request, "publishing/standing.html", values)


def new(request: HttpRequest) -> HttpResponse:
    """Put a message on the list."""
    member = current(request)
    require(member, Duty.LOOK_AFTER)
    return _message(request, member, None)


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a message."""
    member = current(request)
    require(member, Duty.LOOK_AFTER)
    return _message(request, member, _one(member, pk))


def _one(member: Membership, pk: UUID) -> StandingMessage:
    rows = StandingMessage.objects.filter(retired_at__isnull=True).select_related("organisation")
    return get(member, rows, pk)


def _message(request: HttpRequest, member: Membership, message: StandingMessage | None) -> HttpResponse:
    first = {"title": message.title, "text": message.text} if message else {}
    form = MessageForm(request.POST) if request.method == "POST" else MessageForm(initial=first)
    if form.is_bound and form.is_valid():
        try:
            services.keep_message(
                actor=member.user,
                organisation=member.organisation,
                message=message,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except services.Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Kept. Everybody who writes can start from it.")
            return redirect("publishing:standing")
    return _form(request, "publishing/standing_message.html", form, message)


def _form(
    request: HttpRequest, template: str, form: forms.Form, message: StandingMessage | None, **more: Any
) -> HttpResponse:
    values = {"active": "calendar", "form": form, "message": message, **more}
    return render(request, template, values, status=422 if form.errors else 200)


@require_POST
def starters(request: HttpRequest) -> HttpResponse:
    """Begin the list with the messages every setting needs."""
    member = current(request)
    try:
        count = services.keep_starters(actor=member.user, organisation=member.organisation, at=timezone.now())
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{count} messages are on the list. Change them as you like.")
    return redirect("publishing:standing")


@require_POST
def use(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Start a draft from a message."""
    member = current(request)
    require(member, Duty.WRITE)
    message = _one(member, pk)
    try:
        post = services.use_message(
            actor=member.user, message=message, start=first_content(member), at=timezone.now()
        )
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("publishing:standing")
    messages.success(request, "A draft with these words. Fill in the gaps, then send it for approval.")
    return redirect("publishing:edit", post.pk)


@require_POST
def retire(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a message off the list."""
    member = current(request)
    services.retire_message(actor=member.user, message=_one(member, pk), at=timezone.now())
    messages.success(request, "Taken off the list. Drafts that were made from it stay.")
    return redirect("publishing:standing")


def again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Have a message come again and again."""
    member = current(request)
    require(member, Duty.LOOK_AFTER)
    message = _one(member, pk)
    channels = list(records(member, Channel.objects.filter(status=Channel.Status.LIVE)))
    accounts = [channel.pk for channel in channels]
    form = AgainForm(request.POST if request.method == "POST" else None, accounts=accounts)
    if form.is_bound and form.is_valid():
        try:
            begun = services.begin_recurrence(
                actor=member.user, message=message, plan=form.plan(), at=timezone.now()
            )
        except services.Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request,
                f"Set. The first is for {begun.next_on:%A} {begun.next_on.day} {begun.next_on:%B}.",  # type: ignore[union-attr]
            )
            return redirect("publishing:standing")
    purposes = sorted({purpose for channel in channels for purpose in channel.serves})
    more = {"channels": channels, "purposes": purposes, "chosen": request.POST.getlist("channels")}
    return _form(request, "publishing/standing_again.html", form, message, **more)


@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop something that comes again and again."""
    member = current(request)
    recurrence = get(member, Recurrence.objects.select_related("organisation"), pk)
    services.stop_recurrence(actor=member.user, recurrence=recurrence, at=timezone.now())
    messages.success(request, "Stopped. Drafts that were made already stay.")
    return redirect("publishing:standing")
