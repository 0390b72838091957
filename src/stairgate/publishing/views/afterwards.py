"""What may be done after a post went out."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from stairgate.organisations.access import current, get
from stairgate.publishing import services
from stairgate.publishing.models import Delivery, Difference, Post, TakeDown
from stairgate.publishing.states import EDITABLE, PostState


@require_POST
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a change of what is on the page, or carry on with the one that is under way."""
    member = current(request)
    post = get(member, Post.objects.all(), pk)
    try:
        begun = services.begin_change(actor=member.user, post=post, at=timezone.now())
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("publishing:review", post.pk)
    to = "publishing:edit" if PostState(begun.state) in EDITABLE else "publishing:review"
    return redirect(to, begun.pk)


@require_POST
def take_down(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a post down from every page that has it."""
    member = current(request)
    post = get(member, Post.objects.all(), pk)

    def deed() -> str:
        reason = request.POST.get("reason", "")
        rows = services.take_down(actor=member.user, post=post, reason=reason, at=timezone.now())
        if any(row.state == TakeDown.State.NEEDS_PERSON for row in rows):
            return "Written down. A person has to take it down by hand: this page says where."
        return "It is being taken down. This page says when it is gone."

    return _do(request, post.pk, deed)


@require_POST
def read_now(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Compare what is on the page now with what was approved."""
    member = current(request)
    delivery = get(member, Delivery.objects.select_related("post"), pk)

    def deed() -> str:
        services.read_now(actor=member.user, delivery=delivery, at=timezone.now())
        return "We are reading the page now."

    return _do(request, delivery.post_id, deed)


@require_POST
def close_difference(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close a finding, with what was done about it."""
    member = current(request)
    found = get(member, Difference.objects.select_related("delivery__post"), pk)

    def deed() -> str:
        reason = request.POST.get("reason", "")
        services.close_difference(actor=member.user, difference=found, reason=reason, at=timezone.now())
        return "Closed. What was found, and what you did, is kept."

    return _do(request, found.delivery.post_id, deed)


def _do(request: HttpRequest, post: UUID, deed: Callable[[], str]) -> HttpResponse:
    """Do a deed, and go back to the post with what came of it."""
    try:
        messages.success(request, deed())
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("publishing:review", post)
