"""Looking at the policy again: what asks for it, and keeping it as it is. To change it, begin a draft."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in, manager_in
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.policies.models import PolicyVersion, Review, Trigger
from stairgate.policies.review import ReviewDue, ReviewFacts, dues, overdue
from stairgate.policies.selectors import in_force, with_what_asks
from stairgate.policies.services import looked_at
from stairgate.policies.wording import one_line

#: who may note that something happened: whoever the policy names
MAY_NOTE = frozenset({Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL, Role.DEPUTY_DSL, Role.PAGE_ADMINISTRATOR})
MOST_NOTE = 300
MOST_REASON = 2_000


class CannotReview(Exception):
    """The deed was refused; the message says why and what to do."""


def review_dues(version: PolicyVersion) -> tuple[ReviewDue, ...]:
    """Return every look at a version that is asked for, the first due first. No query for what `in_force` gave."""
    known: Any = version
    if not hasattr(known, "asked_at"):
        known = with_what_asks(PolicyVersion.objects.filter(pk=version.pk)).get()
    parameters = version.parameters
    changed = [day for day in (known.lead_from, _day_after(known.lead_until)) if day is not None]
    return dues(
        ReviewFacts(
            reviewed_at=version.reviewed_at,
            every_days=parameters.review_every_days,
            trigger_days=parameters.trigger_review_days,
            zone=ZoneInfo(version.organisation.timezone),
            asked_at=known.asked_at,
            lead_changed_on=min(changed, default=None),
        )
    )


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None


@dataclass(frozen=True, slots=True)
class ReviewNow:
    """What asks for a look at the policy, and the looks there were."""

    version: PolicyVersion
    dues: tuple[ReviewDue, ...]
    triggers: tuple[Trigger, ...]  # that nobody has answered with a look
    late: ReviewDue | None
    reviews: tuple[Review, ...]

    @property
    def seen(self) -> str:
        """What whoever decides has before them, in short: version, its last look, and each thing that asks for another."""
        told = [str(self.version.pk), self.version.reviewed_at.isoformat()]
        told += [str(trigger.pk) for trigger in self.triggers] + [due.title for due in self.dues]
        return hashlib.sha256(" ".join(told).encode()).hexdigest()


def review_now(organisation: Organisation, now: datetime) -> ReviewNow | None:
    """Return what asks for a look; None before there is a policy. Three queries."""
    version = in_force(organisation)
    if version is None:
        return None
    found = review_dues(version)
    reviews = Review.objects.filter(version__organisation=organisation)
    return ReviewNow(
        version=version,
        dues=found,
        triggers=unanswered(version),
        late=overdue(found, now),
        reviews=tuple(reviews.select_related("version", "reviewed_by")[:20]),
    )


def unanswered(version: PolicyVersion) -> tuple[Trigger, ...]:
    """Return what was noted since the last look at the policy, oldest first. One query."""
    rows = Trigger.objects.filter(organisation=version.organisation_id, noted_at__gt=version.reviewed_at)
    return tuple(rows.select_related("noted_by"))


def may_note(member: Membership, on: date) -> bool:
    """Return whether somebody may note that something happened which asks for a look."""
    return bool(member.roles_on(on) & MAY_NOTE)


@control("C106", "What happened is noted with its day and its person, and asks for a look at the policy")
@transaction.atomic
def note_trigger(
    *, actor: User, organisation: Organisation, kind: Trigger.Kind, note: str, at: datetime
) -> Trigger:
    """Note that something happened which asks for a look at the policy; return it. Nobody can take it back.

    Raises `NotAllowed`, `CannotReview`.
    """
    member = actor_in(actor, organisation.id)
    if not may_note(member, organisation.day(at)):
        raise NotAllowed("Only people whom the policy names note what asks for a look at it.")
    note = one_line(note)
    if not note or len(note) > MOST_NOTE:
        raise CannotReview(f"Say in up to {MOST_NOTE} letters what happened. Name no child and no colleague.")
    trigger = _note(actor, organisation, kind, note, at)
    if trigger is None:
        raise CannotReview("No policy is adopted yet, so there is nothing to look at again.")
    return trigger


@control(
    "C106", "An account that is authorised besides those there are asks for a look at the policy by itself"
)
@transaction.atomic
def note_account(*, actor: User, organisation: Organisation, name: str, at: datetime) -> Trigger | None:
    """Note that one more account was authorised; return that, None before there is a policy to look at.

    The deed that authorised it has asked who may. Call it inside that transaction.
    """
    actor_in(actor, organisation.id)
    return _note(actor, organisation, Trigger.Kind.ACCOUNT, f"“{name}” was authorised"[:MOST_NOTE], at)


def _note(
    actor: User, organisation: Organisation, kind: Trigger.Kind, note: str, at: datetime
) -> Trigger | None:
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    version = in_force(organisation)
    if version is None:
        return None
    # a look that was finished while this waited has not seen it
    noted_at = max(at, version.reviewed_at + timedelta(microseconds=1))
    trigger = Trigger.objects.create(
        organisation=organisation, kind=kind, note=note, noted_by=actor, noted_at=noted_at
    )
    record(
        organisation_id=organisation.id,
        kind="policies.review_asked",
        actor=str(actor.id),
        subject=str(trigger.id),
        payload={"kind": kind.value},
        at=at,
    )
    return trigger


@control("C105", "A review is a deed with its reason and its date, and opens what an overdue one had shut")
@transaction.atomic
def keep_as_it_is(*, actor: User, organisation: Organisation, reason: str, seen: str, at: datetime) -> Review:
    """Write down that somebody looked at the whole policy and keeps it as it is; return that. ``seen``: `ReviewNow.seen`.

    It answers everything that asked for a look. Raises `NotAllowed`, `CannotReview`.
    """
    manager_in(actor, organisation.id)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    now = review_now(organisation, at)
    if now is None:
        raise CannotReview("No policy is adopted yet, so there is nothing to look at again.")
    if now.seen != seen:
        raise CannotReview("Something more has happened since you opened this page. Look at it, then decide.")
    reason = reason.strip()
    if len(reason) < 10 or len(reason) > MOST_REASON:
        raise CannotReview(f"Say in a sentence why it still fits (up to {MOST_REASON:,} letters).")
    review = Review.objects.create(version=now.version, reviewed_by=actor, reviewed_at=at, reason=reason)
    PolicyVersion.objects.filter(pk=now.version.pk).update(**looked_at(organisation, at))
    record(
        organisation_id=organisation.id,
        kind="policies.reviewed",
        actor=str(actor.id),
        subject=str(now.version.id),
        payload={"label": now.version.label, "outcome": "kept", "answers": len(now.triggers)},
        at=at,
    )
    return review
