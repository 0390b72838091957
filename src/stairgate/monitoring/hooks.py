"""The doorbell: a network's webhook says that something changed, and the next reading goes and looks.

Nothing a webhook says is believed beyond that. It is signed over its raw bytes, heard once, and answered fast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stairgate import doorbell
from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.monitoring.models import Receipt, Sweep
from stairgate.networks.base import BadSignature

MOST_BYTES = 1024 * 1024


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, network: str, pk: UUID) -> HttpResponse:
    """Answer a network's handshake, or hear what it rings for."""
    channel = Channel.objects.filter(pk=pk, network=network, connection__isnull=False).first()
    if channel is None:
        raise Http404
    if request.method == "GET":
        challenge = network_for(channel).handshake(account_for(channel), request.GET.dict())
        if challenge is None:
            raise Http404
        return HttpResponse(challenge, content_type="text/plain")
    return _hear(request, channel)


def _hear(request: HttpRequest, channel: Channel) -> HttpResponse:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return HttpResponse(status=400)
    if length > MOST_BYTES:
        return HttpResponse(status=413)
    raw = request.body  # never more than the length it came with
    try:
        notes = network_for(channel).parse_webhook(account_for(channel), raw, dict(request.headers))
    except BadSignature:
        _sweep(channel)
        Sweep.objects.filter(channel=channel).update(bad_signatures=F("bad_signatures") + 1)
        return HttpResponse(status=403)
    _heard(channel, hashlib.sha256(raw).hexdigest(), {note.post_id for note in notes if note.post_id})
    return HttpResponse("heard", content_type="text/plain")


@transaction.atomic
def _heard(channel: Channel, digest: str, posts: Iterable[str]) -> None:
    """Ring once for each message. The receipt and the ring stand or fall together."""
    _, new = Receipt.objects.get_or_create(channel=channel, digest=digest, defaults={"at": timezone.now()})
    if new:
        ring(channel, posts)


def _sweep(channel: Channel) -> Sweep:
    return Sweep.objects.get_or_create(channel=channel, defaults={"due_at": timezone.now()})[0]


@transaction.atomic
def ring(channel: Channel, posts: Iterable[str]) -> None:
    """Make the next reading due now, or when the network's wait is over, and have it look at these posts too."""
    row = Sweep.objects.select_for_update().get(pk=_sweep(channel).pk)
    row.rung_at = timezone.now()
    row.due_at = max(row.rung_at, row.not_before or row.rung_at)
    row.rung_posts = sorted({*row.rung_posts, *posts})[-200:]
    row.save(update_fields=["due_at", "rung_at", "rung_posts"])
    doorbell.ring(doorbell.Bell.COMMENTS)
