"""What people do by hand: put the words where no program can, say what became of it, look, and confirm.

Who put it there never confirms it, and it takes two people who looked and found nothing before anything goes
out once more. The same looks are the way out where the outcome on a page can never be looked up by a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone

from stairgate.channels.pausing import pauses_since
from stairgate.channels.selectors import channel_now
from stairgate.clauses import Coverage, control
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.publishing.by_hand import PASTE_SECONDS, PEOPLE_NEEDED, confirm_by, link_problem
from stairgate.publishing.delivery import done, move, run_out
from stairgate.publishing.gate import OpenedByHand, open_by_hand
from stairgate.publishing.models import Approval, Attempt, Delivery, Difference, Look, Picture, Post, TakeDown
from stairgate.publishing.moves import follow_deliveries
from stairgate.publishing.reading_back import open_finding
from stairgate.publishing.services.common import Refusal, require_fit, write_down
from stairgate.publishing.states import THERE, DeliveryState
from stairgate.publishing.taking_down import taken_down

_KNOWN = "We already know what became of this."


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody who looked brings along: the address of the post there, and a picture of the screen."""

    link: str = ""
    picture: UUID | None = None


def begin(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Open the gate for this person: for two minutes they see the words. Raises `NotAllowed`, `Refusal`.

    The gate opens, or shuts for good, in its own transaction; a refusal here undoes neither.
    """
    require_fit(actor, delivery.organisation, Duty.WRITE, at)
    opened = open_by_hand(delivery_id=delivery.pk, by=actor, now=at, seconds=PASTE_SECONDS)
    if isinstance(opened, OpenedByHand):
        return
    if opened.barriers:
        reasons = " ".join(barrier.says for barrier in opened.barriers)
        raise Refusal(f"The gate stays shut, so nothing may be posted. {reasons}")
    raise Refusal("It does not wait to be done by hand any more. Somebody else may have begun.")


def why_hidden(*, delivery: Delivery, attempt: Attempt | None, reader: User, at: datetime) -> str:
    """Return why this person may not see the words to paste now; "" while they may.

    Asked at each look at the page: a pause, another restriction, or a yes taken back takes them away at once.
    """
    if delivery.state != DeliveryState.SENDING or attempt is None or attempt.by_id != reader.pk:
        return "They are shown only to whoever has begun."
    if attempt.finished_at is not None or delivery.lease_until is None or at >= delivery.lease_until:
        return "The two minutes are over."
    restrictions = channel_now(delivery.channel, at).restrictions
    return " ".join(restriction.says for restriction in restrictions) or _stopped(delivery, attempt.opened_at)


def _stopped(delivery: Delivery, since: datetime) -> str:
    """Return what happened since a moment after which nothing more may be posted; "" for nothing. One query."""
    stops = {
        "Publishing was paused since, also if it is open again now.": pauses_since(delivery.channel, since),
        "The post is being taken down, so nothing more of it may be posted.": TakeDown.objects.filter(
            delivery__post=delivery.post_id, asked_at__gte=since
        ),
        "What was approved was taken back.": Approval.objects.filter(
            revision=delivery.revision_id, voided_at__gte=since
        ),
    }
    asked = Delivery.objects.filter(pk=delivery.pk).values_list(*(Exists(rows) for rows in stops.values()))
    return " ".join(says for says, happened in zip(stops, asked.get(), strict=True) if happened)


@transaction.atomic
def say_not_posted(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """End what this person began, in time and without posting: somebody may begin again. Raises `Refusal`."""
    delivery, attempt = _locked(delivery, at)
    require_fit(actor, delivery.organisation, Duty.WRITE, at)
    if delivery.state != DeliveryState.SENDING:
        raise Refusal("The two minutes are over. Look whether it is there, and say what you see.")
    _require_began(actor, attempt)
    _finish(attempt, "not_posted", at)
    move(delivery, DeliveryState.MANUAL, f"{actor.first_name} did not post it.", at, actor=str(actor.pk))


@control("C78", "What a person posted by hand is not taken for published until somebody else has looked")
@transaction.atomic
def say_there(*, actor: User, delivery: Delivery, proof: Proof, at: datetime) -> None:
    """Say, with its address, that it is there: just posted, or found by looking. Raises `NotAllowed`, `Refusal`."""
    delivery, attempt = _locked(delivery, at)
    if delivery.state == DeliveryState.SENDING:
        require_fit(actor, delivery.organisation, Duty.WRITE, at)
        _require_began(actor, attempt)
        reason = f"Posted by {actor.first_name}, not yet confirmed."
    else:
        _require_may_look(actor, delivery, at)
        reason = f"{actor.first_name} looked and found it. Not yet confirmed, word for word."
    _check_link(delivery, proof.link)
    _keep_look(actor, delivery, attempt, Look.Saw.THERE, proof, at)
    _finish(attempt, "posted", at)
    if not delivery.channel.by_hand:
        words = f"{actor.first_name} looked on the page and found it."
        done(delivery, "", proof.link, 1, at, reason=words, actor=str(actor.pk))
        return
    delivery.permalink = proof.link
    delivery.due_at = confirm_by(at, ZoneInfo(delivery.organisation.timezone))
    move(delivery, DeliveryState.POSTED, reason, at, actor=str(actor.pk))


@control("C78", "Two different people look and do not find it before what is unknown may be sent once more")
@transaction.atomic
def say_not_there(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Say, having looked, that it is not there. Raises `NotAllowed`, `Refusal`.

    One person's word makes nothing go out again: what somebody posted and another did not find is unknown.
    """
    delivery, attempt = _locked(delivery, at)
    if delivery.state == DeliveryState.POSTED:
        _require_second(actor, delivery, attempt, at)
    else:
        _require_may_look(actor, delivery, at)
        if delivery.state == DeliveryState.NOT_THERE:
            raise Refusal(_KNOWN)
    counts_from = delivery.absent_counts_from
    if delivery.state == DeliveryState.UNKNOWN and counts_from and at < counts_from:
        local = timezone.localtime(counts_from, ZoneInfo(delivery.organisation.timezone))
        raise Refusal(f"It may still be on its way. Look once more at {local:%H:%M:%S}, and say it then.")
    _keep_look(actor, delivery, attempt, Look.Saw.NOT_THERE, Proof(), at)
    names = _who_did_not_find(delivery, attempt)
    if delivery.state == DeliveryState.POSTED:
        delivery.absent_counts_from = at
        words = f"{actor.first_name} looked, and it is not there. Somebody else has to look as well."
        move(delivery, DeliveryState.UNKNOWN, words, at, actor=str(actor.pk))
    elif len(names) >= PEOPLE_NEEDED:
        words = f"{' and '.join(names)} looked: it is not there. You can send it again."
        move(delivery, DeliveryState.NOT_THERE, words, at, actor=str(actor.pk))
    else:
        delivery.reason = f"{names[0]} looked, and it is not there. Somebody else has to look as well."
        delivery.save(update_fields=["reason"])
        follow_deliveries(delivery.post, delivery.reason, at)


@control("C78", "A second person compares what was posted by hand with what was approved, word for word")
@transaction.atomic
def confirm(*, actor: User, delivery: Delivery, at: datetime) -> None:
    """Say that what somebody else posted is there, word for word. Raises `NotAllowed`, `Refusal`."""
    delivery, attempt = _locked(delivery, at)
    _require_second(actor, delivery, attempt, at)
    _keep_look(actor, delivery, attempt, Look.Saw.SAME, Proof(delivery.permalink), at)
    words = f"{_paster(attempt)} posted it, and {actor.first_name} confirmed it, word for word."
    done(delivery, "", delivery.permalink, 1, at, reason=words, actor=str(actor.pk))


@control("C40", "What is different where somebody posted by hand opens a finding", coverage=Coverage.PART)
@transaction.atomic
def say_different(*, actor: User, delivery: Delivery, words: str, pictures: int, at: datetime) -> None:
    """Say what is there instead of what was approved: it is out, with a finding. Raises `NotAllowed`, `Refusal`."""
    delivery, attempt = _locked(delivery, at)
    _require_second(actor, delivery, attempt, at)
    approved, approved_pictures = delivery.revision.text, delivery.revision.pictures.count()
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise Refusal("Write down what it says there.")
    if (words, pictures) == (approved.strip(), approved_pictures):
        raise Refusal("That is what was approved. Say what is different, or that it is there word for word.")
    _keep_look(actor, delivery, attempt, Look.Saw.DIFFERENT, Proof(delivery.permalink), at, words=words)
    told = f"{_paster(attempt)} posted it, and {actor.first_name} saw that it is different."
    done(delivery, "", delivery.permalink, 1, at, reason=told, actor=str(actor.pk))
    found = Difference(
        organisation=delivery.organisation,
        delivery=delivery,
        kind=Difference.Kind.CHANGED,
        text=words,
        pictures=pictures,
        approved_text=approved,
        approved_pictures=approved_pictures,
        found_at=at,
        seen_at=at,
    )
    open_finding(found, at, actor=str(actor.pk))


@control("C82", "A post taken down by hand keeps who looked, and what they said", coverage=Coverage.PART)
@transaction.atomic
def say_gone(*, actor: User, delivery: Delivery, proof: str, picture: UUID | None, at: datetime) -> None:
    """Say that it was taken down by hand, and how one knows. Raises `NotAllowed`, `Refusal`.

    Only of what a person put there: where Stairgate can look whether it is gone, it believes nobody.
    """
    delivery, attempt = _locked(delivery, at)
    require_fit(actor, delivery.organisation, Duty.APPROVE, at)
    row = TakeDown.objects.filter(delivery=delivery, state=TakeDown.State.NEEDS_PERSON).first()
    if row is None or delivery.state not in THERE or delivery.external_id:
        raise Refusal("There is nothing here to take down by hand.")
    if len(proof.strip()) < 3:
        raise Refusal("Say in a few words how you know that it is gone.")
    _keep_look(actor, delivery, attempt, Look.Saw.GONE, Proof(picture=picture), at, words=proof.strip()[:300])
    taken_down(row, at, actor=str(actor.pk))


def _locked(delivery: Delivery, at: datetime) -> tuple[Delivery, Attempt | None]:
    """Lock the post, then the delivery; return that and its newest attempt. A lease that ran out ends it first."""
    Post.objects.select_for_update().get(pk=delivery.post_id)
    rows = Delivery.objects.select_for_update(of=("self",))
    row = rows.select_related("post", "revision", "channel__organisation", "organisation").get(pk=delivery.pk)
    if row.state == DeliveryState.SENDING and row.lease_until is not None and row.lease_until <= at:
        run_out(row, at)
    return row, row.attempts.select_related("by").order_by("-number").first()


def _require_began(actor: User, attempt: Attempt | None) -> None:
    if attempt is None or attempt.by_id != actor.pk:
        raise Refusal("Only whoever has begun can say what became of it.")


def _require_may_look(actor: User, delivery: Delivery, at: datetime) -> None:
    """Raise unless this person's own look counts here: where only people can look, or where the worker never could."""
    duty = Duty.WRITE if delivery.channel.by_hand else Duty.APPROVE
    require_fit(actor, delivery.organisation, duty, at)
    if delivery.state not in {DeliveryState.UNKNOWN, DeliveryState.NOT_THERE}:
        raise Refusal(_KNOWN)
    if not delivery.may_look_by_hand:
        raise Refusal("Stairgate is still looking by itself. Wait a little.")


def _require_second(actor: User, delivery: Delivery, attempt: Attempt | None, at: datetime) -> None:
    """Raise unless this is somebody fit, other than whoever posted it."""
    require_fit(actor, delivery.organisation, Duty.WRITE, at)
    if delivery.state != DeliveryState.POSTED:
        raise Refusal(_KNOWN)
    if attempt is None or attempt.by_id is None:
        raise Refusal("Nobody is known to have posted this, so nobody can confirm it. Take it down.")
    if attempt.by_id == actor.pk:
        raise NotAllowed("You posted this, so somebody else looks whether it is there.")


def _paster(attempt: Attempt | None) -> str:
    return attempt.by.first_name if attempt and attempt.by else "Somebody"


def _check_link(delivery: Delivery, link: str) -> None:
    channel = delivery.channel
    problem = link_problem(link, page=channel.connection.public_url, network=channel.network)
    if problem:
        raise Refusal(problem)


def _finish(attempt: Attempt | None, outcome: str, at: datetime) -> None:
    """Write down what became of an attempt that nobody had ended."""
    if attempt is not None and attempt.finished_at is None:
        attempt.finished_at, attempt.outcome = at, outcome
        attempt.save(update_fields=["finished_at", "outcome"])


def _keep_look(
    actor: User,
    delivery: Delivery,
    attempt: Attempt | None,
    saw: Look.Saw,
    proof: Proof,
    at: datetime,
    *,
    words: str = "",
) -> None:
    picture = None
    if proof.picture is not None:
        picture = Picture.objects.filter(organisation=delivery.organisation_id, pk=proof.picture).first()
    look = Look.objects.create(
        delivery=delivery,
        attempt=attempt,
        by=actor,
        at=at,
        saw=saw,
        link=proof.link,
        picture=picture,
        words=words,
    )
    payload = {"delivery": str(delivery.pk), "saw": str(saw), "link": look.link, "words": words}
    payload |= {"picture": picture.sha256} if picture else {}
    write_down(actor, delivery.post, "publishing.looked", payload, at)


def _who_did_not_find(delivery: Delivery, attempt: Attempt | None) -> list[str]:
    """Return the first names of the people who did not find this attempt since it was last seen, each once."""
    looks = list(delivery.looks.filter(attempt=attempt).select_related("by").order_by("-at", "-pk"))
    people: dict[UUID, str] = {}
    for look in looks:
        if look.saw != Look.Saw.NOT_THERE:
            break
        people[look.by_id] = look.by.first_name
    return list(reversed(people.values()))
