"""Where a network that takes no upload fetches an approved photo: one address for one photo of one attempt.

It leads to the photo only while the lease of that attempt is open and the gate, asked again, would still open. Whoever
has it needs no sign-in, so it says nothing but the photo's bytes, and after some minutes it leads nowhere for ever.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import structlog
from django.conf import settings
from django.core import signing
from django.urls import reverse

from stairgate.clauses import control
from stairgate.networks.base import Outgoing, Picture
from stairgate.publishing.gate_facts import facts_of
from stairgate.publishing.models import Attempt, Delivery
from stairgate.publishing.rules import gate_barriers
from stairgate.publishing.states import DeliveryState

log = structlog.get_logger(__name__)

#: no network that fetches takes more
MOST_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Named:
    """What a true address names: a photo of an attempt, by its place and its digest."""

    attempt: UUID
    place: int
    sha256: str


def with_addresses(outgoing: Outgoing, attempt: UUID) -> Outgoing:
    """Return the content with an address for each of its photos, good for this attempt alone."""
    pictures = tuple(
        replace(picture, address=_address(Named(attempt, place, _digest(picture))))
        for place, picture in enumerate(outgoing.pictures)
    )
    return replace(outgoing, pictures=pictures)


def _address(named: Named) -> str:
    token = _signer().sign_object([named.attempt.hex, named.place, named.sha256])
    return settings.BASE_URL + reverse("publishing:fetch", args=[token])


def _digest(picture: Picture) -> str:
    return hashlib.sha256(picture.data).hexdigest()


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(key=settings.FETCHING_KEY, salt="a photo that is fetched", sep=".")


def named_by(token: str) -> Named | None:
    """Return what an address names; None when it is not one of ours, or too old. No query."""
    try:
        attempt, place, sha256 = _signer().unsign_object(token, max_age=settings.DELIVERY_LEASE_SECONDS)
        return Named(UUID(hex=attempt), int(place), str(sha256))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


@control(
    "C78",
    "A network that fetches a photo itself gets the approved bytes, while the gate would still let them out",
)
def photo_for(named: Named, now: datetime) -> bytes | None:
    """Return the JPEG that is named; None once its attempt is over, or for anything that is not as it was approved."""
    try:
        delivery = _under_way(named.attempt, now)
        return _photo(delivery, named, now) if delivery else None
    except Exception:  # what cannot be checked is not shown
        log.exception("fetching_surprise", attempt=str(named.attempt))
        return None


def _under_way(attempt: UUID, now: datetime) -> Delivery | None:
    """Return the delivery of an attempt that is being made at this moment, under its lease."""
    attempts = Attempt.objects.filter(
        pk=attempt,
        finished_at__isnull=True,
        delivery__state=DeliveryState.SENDING,
        delivery__lease_until__gt=now,
    )
    rows = Delivery.objects.select_related(
        "post", "revision__post", "channel__organisation", "channel__connection", "changes__revision"
    )
    return rows.filter(attempts__in=attempts).first()


def _photo(delivery: Delivery, named: Named, now: datetime) -> bytes | None:
    uses = list(delivery.revision.pictures.select_related("picture"))
    if named.place not in range(len(uses)) or not _still_open(delivery, now):
        return None
    picture = uses[named.place].picture
    if picture.media_type != "image/jpeg" or picture.organisation_id != delivery.organisation_id:
        return None
    with picture.file.open("rb") as file:
        data: bytes = file.read(MOST_BYTES + 1)
    same = hashlib.sha256(data).hexdigest() == named.sha256 == picture.sha256
    return data if same else None


def _still_open(delivery: Delivery, now: datetime) -> bool:
    """Return whether the gate would open now as it did. It has moved the post on itself, so that is not asked again."""
    facts = facts_of(delivery, delivery.revision.digest, now)
    return not gate_barriers(replace(facts, post_is_approved=True), now)
