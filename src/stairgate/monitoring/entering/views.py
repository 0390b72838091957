"""The form for what was seen in a group."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from stairgate.channels.models import Channel
from stairgate.monitoring.entering.forms import SeenForm
from stairgate.monitoring.entering.services import enter
from stairgate.organisations.access import current, get, require
from stairgate.organisations.rules import Duty
from stairgate.publishing.services import Refusal


@require_http_methods(["GET", "POST"])
def entering(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down one thing that was seen in a place that nothing can read."""
    member = current(request)
    require(member, Duty.DECIDE)
    channel = get(member, Channel.objects.select_related("organisation", "connection"), pk)
    if not channel.by_hand:
        raise Http404
    now = timezone.now()
    form = SeenForm(
        request.POST or None, initial={"written_at": f"{member.organisation.local(now):%Y-%m-%dT%H:%M}"}
    )
    if request.method == "POST" and form.is_valid():
        try:
            item = enter(actor=member.user, channel=channel, seen=form.seen(), at=now)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Written down and sealed. Now decide what should happen.")
            return redirect("monitoring:item", item.pk)
    values = {"active": "inbox", "form": form, "channel": channel}
    return render(request, "entering/entering.html", values, status=422 if form.errors else 200)
