"""The doorbell: a network's webhook says that something changed, and the next reading goes and looks.

Nothing a webhook says is believed beyond that. It is signed over its raw bytes, heard once, and answered fast.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import OperationalError, transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from stairgate import doorbell
from stairgate.channels.models import Channel
from stairgate.channels.services import account_for, network_for
from stairgate.monitoring.models import Receipt, Sweep, Walk
from stairgate.networks.base import BadSignature, WebhookNote

log = structlog.get_logger(__name__)

#: posts a row keeps to be looked at: as many as one message can name
MOST_RUNG = 1000
#: a thousand comments, each as long as Facebook lets one be
MOST_BYTES = 8 * 1024 * 1024


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, network: str, pk: UUID) -> HttpResponse:
    """Answer a network's handshake, or hear what it rings for.

    Whoever does not know the secret learns nothing: each of their knocks is answered as at a door that is not there.
    """
    if request.method == "GET":
        return _shake_hands(request, _channel(network, pk))
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return HttpResponse(status=400)
    if length > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        raw = request.read(MOST_BYTES)  # never more than the length it came with
    except UnreadablePostError:
        return HttpResponse(status=400)
    return _hear(raw, request.headers, _channel(network, pk))


def _channel(network: str, pk: UUID) -> Channel | None:
    return Channel.objects.filter(pk=pk, network=network, connection__isnull=False).first()


def _nobody() -> HttpResponse:
    return HttpResponse("Not found", status=404, content_type="text/plain")


def _shake_hands(request: HttpRequest, channel: Channel | None) -> HttpResponse:
    if channel is None:
        return _nobody()
    challenge = network_for(channel).handshake(account_for(channel), request.GET.dict())
    return _nobody() if challenge is None else HttpResponse(challenge, content_type="text/plain")


def _hear(raw: bytes, headers: Mapping[str, str], channel: Channel | None) -> HttpResponse:
    if channel is None:
        log.info("webhook_at_no_door")
        return _nobody()
    try:
        notes = network_for(channel).parse_webhook(account_for(channel), raw, dict(headers))
    except BadSignature:
        log.info("webhook_not_signed", channel=str(channel.pk))
        _count(channel)
        return _nobody()
    digest = hashlib.sha256(raw).hexdigest()
    _heard(channel, digest, notes)
    for other in _behind_the_same_app(channel):
        with suppress(BadSignature):
            if notes := network_for(other).parse_webhook(account_for(other), raw, dict(headers)):
                _heard(other, digest, notes)
    return HttpResponse("heard", content_type="text/plain")


def _behind_the_same_app(channel: Channel) -> QuerySet[Channel]:
    """Return the setting's other accounts that are connected with the same app.

    An app has one address to ring at, whichever of its pages it rings for: the one that was connected last.
    """
    app = channel.connection.app_id
    same = {"organisation": channel.organisation_id, "network": channel.network, "connection__app_id": app}
    found = Channel.objects.exclude(pk=channel.pk).filter(**same) if app else Channel.objects.none()
    return found.select_related("connection")


def _count(channel: Channel) -> None:
    """Count a false signature. A database that is busy just then changes nothing about the answer."""
    try:
        _sweep(channel)
        Sweep.objects.filter(channel=channel).update(bad_signatures=F("bad_signatures") + 1)
    except OperationalError:
        log.warning("webhook_not_counted", channel=str(channel.pk))


@transaction.atomic
def _heard(channel: Channel, digest: str, notes: Sequence[WebhookNote]) -> None:
    """Ring once for each message. The receipt and the ring stand or fall together."""
    now = timezone.now()
    _, new = Receipt.objects.get_or_create(channel=channel, digest=digest, defaults={"at": now})
    if not new:
        return
    _sweep(channel)
    Sweep.objects.filter(channel=channel).update(heard_at=now)
    if notes:
        ring(channel, [note.post_id for note in notes if note.post_id])


def _sweep(channel: Channel) -> Sweep:
    return Sweep.objects.get_or_create(channel=channel, defaults={"due_at": timezone.now()})[0]


@transaction.atomic
def ring(channel: Channel, posts: Iterable[str]) -> None:
    """Make the next reading due now, or when the network's wait is over, and have it look at these posts too.

    More posts than a row holds are found by going through everything older, which is then due at once.
    """
    row = Sweep.objects.select_for_update().get(pk=_sweep(channel).pk)
    row.rung_at = timezone.now()
    row.due_at = max(row.rung_at, row.not_before or row.rung_at)
    rung = list(dict.fromkeys([*row.rung_posts, *posts]))
    row.rung_posts = rung[:MOST_RUNG]
    row.save(update_fields=["due_at", "rung_at", "rung_posts"])
    if len(rung) > MOST_RUNG:
        Walk.objects.filter(channel=channel).update(due_at=row.due_at)
    doorbell.ring(doorbell.Bell.COMMENTS)
