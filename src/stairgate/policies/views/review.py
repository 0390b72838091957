"""Looking at the policy again: what asks for it, keeping it as it is, and noting that something happened."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.organisations.access import current, require
from stairgate.organisations.rules import Duty
from stairgate.policies.drafting import open_draft
from stairgate.policies.forms import KeepForm, TriggerForm
from stairgate.policies.models import Trigger
from stairgate.policies.reviewing import CannotReview, keep_as_it_is, may_note, note_trigger, review_now


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """Show what asks for a look at the policy, and the looks there were."""
    return _show(request, keep=KeepForm(), note=TriggerForm())


@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the policy as it is, with a reason."""
    member = current(request)
    require(member, Duty.MANAGE)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _show(request, keep=form, note=TriggerForm())
    try:
        keep_as_it_is(
            actor=member.user, organisation=member.organisation, at=timezone.now(), **form.cleaned_data
        )
    except CannotReview as refusal:
        form.add_error(None, str(refusal))
        return _show(request, keep=form, note=TriggerForm())
    messages.success(request, "Written down. The clock starts again today.")
    return redirect("policies:review")


@require_POST
def note(request: HttpRequest) -> HttpResponse:
    """Note that something happened which asks for a look at the policy."""
    member, form = current(request), TriggerForm(request.POST)
    kind = form.cleaned_data["kind"] if form.is_valid() else Trigger.Kind.OTHER
    try:
        words = form.cleaned_data.get("note", "")
        note_trigger(
            actor=member.user,
            organisation=member.organisation,
            kind=Trigger.Kind(kind),
            note=words if form.is_valid() else "",
            at=timezone.now(),
        )
    except CannotReview as refusal:
        if form.is_valid():
            form.add_error(None, str(refusal))
        return _show(request, keep=KeepForm(), note=form)
    messages.success(request, "Noted. It asks for a look at the policy until somebody has looked.")
    return redirect("policies:review")


def _show(request: HttpRequest, *, keep: forms.Form, note: forms.Form) -> HttpResponse:
    member, now = current(request), timezone.now()
    require(member, Duty.SEE_POLICY)
    on = member.organisation.day(now)
    values: dict[str, Any] = {
        "active": "policy",
        "page": review_now(member.organisation, now),
        "now": now,
        "draft": open_draft(member.organisation),
        "manages": Duty.MANAGE in member.duties_on(on),
        "may_note": may_note(member, on),
        "keep": keep,
        "note": note,
        "form": keep if keep.errors else note,
    }
    status = 422 if keep.errors or note.errors else 200
    return render(request, "policies/review.html", values, status=status)
