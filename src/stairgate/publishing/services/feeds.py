"""One person's secret address of the calendar: made, made anew, switched off."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from stairgate.ledger.services import record
from stairgate.organisations.access import actor_in, membership_of
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.publishing.models import CalendarFeed

_TOKEN_BYTES = 32


def _digest(token: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so that a plain hash tells nobody anything."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def make_feed(*, actor: User, organisation: Organisation, at: datetime) -> str:
    """Make the actor's own address, in place of any they had; return its secret, which is kept nowhere.

    Raises `NotAllowed`.
    """
    member = actor_in(actor, organisation.id)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    CalendarFeed.objects.update_or_create(
        membership=member, defaults={"token_digest": _digest(token), "made_at": at}
    )
    _write_down("publishing.feed_made", member, at)
    return token


@transaction.atomic
def drop_feed(*, actor: User, organisation: Organisation, at: datetime) -> bool:
    """Switch the actor's address off; return whether there was one. Raises `NotAllowed`."""
    member = actor_in(actor, organisation.id)
    dropped, _ = CalendarFeed.objects.filter(membership=member).delete()
    if dropped:
        _write_down("publishing.feed_dropped", member, at)
    return bool(dropped)


def _write_down(kind: str, member: Membership, at: datetime) -> None:
    record(
        organisation_id=member.organisation_id,
        kind=kind,
        actor=str(member.user_id),
        subject=str(member.pk),
        payload={},
        at=at,
    )


def reader_of(token: str) -> Membership | None:
    """Return whose address this is, if they work here today; None for a wrong or old secret, and for a leaver."""
    feed = CalendarFeed.objects.filter(token_digest=_digest(token)).select_related("membership__user").first()
    member = membership_of(feed.membership.user) if feed else None
    return member if feed and member and member.pk == feed.membership_id else None
