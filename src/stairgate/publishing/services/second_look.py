"""The second look at what was sent in a hurry: taken by somebody else, and noticed when nobody did."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.publishing.models import Post, SecondLook
from stairgate.publishing.services.common import Refusal, locked, require_fit, write_down
from stairgate.publishing.urgent import why_may_not_look


@transaction.atomic
def look_second(*, actor: User, post: Post, verdict: str, note: str, at: datetime) -> SecondLook:
    """Say whether an urgent post was right; return the look. Late is better than never, and stays late.

    Raises `NotAllowed`, and `Refusal` when it was done, there is no verdict, or something is wrong and nobody says what.
    """
    post = locked(post)
    require_fit(actor, post.organisation, Duty.APPROVE, at)
    rows = SecondLook.objects.select_for_update(of=("self",)).select_related("sending__version")
    look = rows.filter(sending__revision__post=post).first()
    if look is None:
        raise Refusal("This was not sent as urgent, so nobody has to look at it again.")
    own = why_may_not_look(looker=actor.id, sender=post.author_id, writer=look.sending.version.created_by_id)
    if own:
        raise NotAllowed(" ".join(own))
    if look.done_at is not None:
        raise Refusal("Somebody has looked at it already.")
    if verdict not in SecondLook.Verdict.values:
        raise Refusal("Say whether it was right.")
    if verdict == SecondLook.Verdict.WRONG and len(note.strip()) < 3:
        raise Refusal("Say in a few words what is wrong.")
    look.done_at, look.done_by, look.verdict, look.note = at, actor, verdict, note.strip()
    look.save(update_fields=["done_at", "done_by", "verdict", "note"])
    payload = {"verdict": verdict, "note": look.note, "late": at >= look.due_at}
    write_down(actor, post, "publishing.urgent_looked", payload, at)
    return look


@control(
    "C78",
    "A second look nobody took in time is written down, and is on the Today of those in charge until it is",
)
@transaction.atomic
def note_missed(*, look_id: UUID, now: datetime) -> bool:
    """Write down, once, that a second look was not taken in time; return whether it was so."""
    rows = SecondLook.objects.select_for_update(of=("self",)).select_related("sending__revision")
    look = rows.get(pk=look_id)
    if look.missed_at is not None or look.done_at is not None or now < look.due_at:
        return False
    look.missed_at = now
    look.save(update_fields=["missed_at"])
    record(
        organisation_id=look.organisation_id,
        kind="publishing.urgent_missed",
        actor="worker",
        subject=str(look.sending.revision.post_id),
        payload={"due": look.due_at.isoformat()},
        at=now,
    )
    return True
