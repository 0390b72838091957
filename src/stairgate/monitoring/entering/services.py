"""Writing down what was seen in a group: it is kept, screened and decided about as everything else is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from stairgate.channels.models import Channel
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.monitoring.keeping import Reading, keep
from stairgate.monitoring.models import Item
from stairgate.monitoring.rules import words_digest
from stairgate.networks.base import ItemKind, PublicItem
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.publishing.services import Refusal
from stairgate.publishing.services.common import member_fit

LONGEST = 20_000
#: how long the same words by the same writer count as written down twice
_TWICE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody saw, as they copied it. ``link`` may be empty; a picture is only said to be there."""

    kind: ItemKind
    words: str
    writer: str
    written_at: datetime
    link: str = ""
    has_picture: bool = False


@control("C39", "What is seen in a group that nothing can read is written into the same inbox, and screened")
@control(
    "C40",
    "Words, account, link and times of what was seen by hand are kept and sealed before anything is done",
)
@transaction.atomic
def enter(*, actor: User, channel: Channel, seen: Seen, at: datetime) -> Item:
    """Keep what somebody saw by hand; return it, screened, in the inbox.

    Raises `NotAllowed`, and `Refusal` for a place that is read by itself, for nothing, or for the same a second time.
    """
    channel = (
        Channel.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation")
        .get(pk=channel.pk)
    )
    member_fit(actor, channel.organisation, Duty.DECIDE, at)
    if problem := _problem(channel, seen, at):
        raise Refusal(problem)
    found = _as_item(actor, seen)
    if keep(Reading.begin(channel, at), [found], at):
        raise Refusal(
            "It could not be kept. Try again, and ask whoever looks after Stairgate if it stays so."
        )
    item = Item.objects.get(channel=channel, external_id=found.external_id)
    record(
        organisation_id=channel.organisation_id,
        kind="monitoring.entered",
        actor=str(actor.pk),
        subject=str(item.pk),
        payload={"channel": str(channel.pk), "words": words_digest(item.text)},
        at=at,
    )
    return item


def _problem(channel: Channel, seen: Seen, at: datetime) -> str:
    if not channel.by_hand or channel.status == Channel.Status.CLOSED:
        return f"{channel.name} is read by itself: what is written there comes into the inbox."
    if not seen.words.strip() and not seen.has_picture:
        return "Copy the words, or say that there is a picture."
    if len(seen.words) > LONGEST:
        return (
            f"That is too long: {len(seen.words):,} letters, and {LONGEST:,} fit. Copy the part that matters."
        )
    if seen.written_at > at + timedelta(minutes=1):
        return "That time has not come yet."
    same = Item.objects.filter(channel=channel, author_name=seen.writer.strip(), text=seen.words)
    same = same.filter(permalink=seen.link, written_at=seen.written_at)
    if same.filter(first_seen_at__gt=at - _TWICE).exists():
        return "The same words by the same person were written down already, within the last day."
    return ""


def _as_item(actor: User, seen: Seen) -> PublicItem:
    return PublicItem(
        external_id=f"by-hand:{uuid4()}",
        kind=seen.kind,
        text=seen.words,
        author_id="",
        author_name=seen.writer.strip()[:200],
        created_at=seen.written_at,
        permalink=seen.link,
        has_picture=seen.has_picture,
        raw={"entered_by": str(actor.pk)},
    )
