"""The page on which several items that are alike are shown, and decided together."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.services import network_for
from stairgate.monitoring.alike import services
from stairgate.monitoring.marks import with_marks
from stairgate.monitoring.models import Decision, Item
from stairgate.monitoring.selectors import alike
from stairgate.monitoring.views import decider, version_read
from stairgate.networks.base import Capability
from stairgate.organisations.access import get
from stairgate.organisations.models import Membership
from stairgate.publishing.services import Refusal

_NEEDS = {
    Decision.Kind.HIDE: (Capability.HIDE, "Hide them"),
    Decision.Kind.BAN: (Capability.BLOCK, "Ban the accounts, and hide them where that can be done"),
    Decision.Kind.REPORT: (Capability.REPORT, "Report them to the network"),
    Decision.Kind.NO_ACTION: (None, "No action needed"),
}


@require_GET
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show an item and others like it, each in full."""
    return _page(request, decider(request), pk)


def _page(request: HttpRequest, member: Membership, pk: UUID, *, status: int = 200) -> HttpResponse:
    item = get(member, with_marks(Item.objects.select_related("channel", "organisation")), pk)
    others = with_marks(alike(item)).order_by("written_at", "pk")[: services.MOST_TOGETHER - 1]
    able = network_for(item.channel).capabilities
    kinds = [(kind, words) for kind, (needs, words) in _NEEDS.items() if needs is None or needs in able]
    rows = [one for one in (item, *others) if not one.locked and one.state == Item.State.OPEN]
    values = {
        "active": "inbox",
        "item": item,
        "rows": rows,
        "kinds": kinds,
        "typed": request.POST,
        "now": timezone.now(),
    }
    return render(request, "alike/page.html", values, status=status)


@require_POST
def decide(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take one decision about all that were chosen."""
    member = decider(request)
    item = get(member, Item.objects.select_related("organisation"), pk)
    kind = request.POST.get("kind", "")
    if kind not in services.TOGETHER:
        raise Http404
    chosen = request.POST.getlist("read")[: services.MOST_TOGETHER]
    try:
        done = services.decide_together(
            actor=member.user,
            item=item,
            read=dict(filter(None, map(version_read, chosen))),
            kind=Decision.Kind(kind),
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, pk, status=422)
    left = (
        f" {done.left} changed meanwhile, or wait for somebody else: they are still there."
        if done.left
        else ""
    )
    messages.success(request, f"Decided about {done.decided}: {Decision.Kind(kind).label.lower()}.{left}")
    return redirect("monitoring:inbox")
