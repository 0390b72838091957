"""Ticking what a leaver left to do: their accounts are looked at first."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from stairgate.channels import leavers
from stairgate.organisations.access import current, require
from stairgate.organisations.rules import Duty
from stairgate.people.models import LeavingTask


@require_POST
def tick(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Tick one thing a leaver left to do."""
    member = current(request)
    require(member, Duty.MANAGE)
    rows = LeavingTask.objects.filter(person__organisation=member.organisation_id)
    task = rows.select_related("person__organisation").filter(pk=pk).first()
    if task is None:
        raise Http404
    try:
        leavers.tick(actor=member.user, task=task, at=timezone.now())
        messages.success(request, "Ticked, with your name and the time.")
    except leavers.CannotTick as refusal:
        messages.error(request, f"Not done yet. {refusal}")
    return redirect("people:person", pk=task.person_id)
