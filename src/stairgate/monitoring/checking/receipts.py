"""What a signed check says, whole, and the seals that tell one state of it from the next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count

from stairgate.ledger.services import record
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck
from stairgate.monitoring.checking.rules import Step, headings_of
from stairgate.monitoring.checking.selectors import CheckNow, Place, withdrawn
from stairgate.monitoring.models import Decision, Serious
from stairgate.organisations.models import User


def receipt(
    check: PageCheck, found: CheckNow, decided: Mapping[str, int], actor: User, note: str, at: datetime
) -> dict[str, object]:
    """Return a check whole, as it is signed: what it covers, what came in and was decided, and every answer."""
    return {
        "check": str(check.pk),
        "by": actor.first_name,
        "from": check.since.isoformat(),
        "begun": check.begun_at.isoformat(),
        "until": at.isoformat(),
        "due": found.due.on.isoformat() if found.due else "",
        "accounts": [_account(place) for place in found.places],
        "came_in": {one.kind: one.count for one in found.came_in},
        "decided": dict(decided),
        "answers": [_told(line.answer) for step in found.steps for line in step.lines if line.answer],
        "answered_anew": [_told(row) for row in withdrawn(check)],
        "note": note,
    }


def _told(row: CheckAnswer) -> dict[str, str]:
    return {
        "heading": row.heading,
        "answer": row.answer,
        "note": row.note,
        "by": row.by.first_name,
        "at": row.at.isoformat(),
    }


def _account(place: Place) -> dict[str, object]:
    signed = place.now.settings.signed_at
    return {
        "name": place.channel.name,
        "network": place.channel.network,
        "address": place.channel.connection.public_url,
        "read": place.reading.complete_at.isoformat() if place.reading and place.reading.complete_at else "",
        "by_hand": place.blind,
        "settings_sheet": signed.isoformat() if signed else "",
        "moved": [one.says for one in place.moved],
        "strangers": place.strangers,
        "people": [one.name for one in place.people],
    }


def decisions_in(check: PageCheck, at: datetime) -> dict[str, int]:
    """Return how many decisions of each kind there were since the last check. One query."""
    rows = Decision.objects.filter(
        item__organisation=check.organisation_id, at__gt=check.since, at__lte=at
    ).order_by("kind")
    return dict(rows.values_list("kind").annotate(count=Count("pk")))


def stopped_in(check: PageCheck, at: datetime) -> int:
    """Return how often somebody stopped because something looked illegal since the last check. One query."""
    rows = Serious.objects.filter(organisation=check.organisation_id)
    return rows.filter(started_at__gt=check.since, started_at__lte=at).count()


def digest_of(signed: Mapping[str, object]) -> str:
    """Return the seal of a receipt: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def seal(found: CheckNow) -> str:
    """Return what tells one state of a check from the next: which answers count, and which accounts there are."""
    answers = [line.answer.pk for step in found.steps for line in step.lines if line.answer]
    return _seal([answers, sorted(str(place.channel.pk) for place in found.places)])


def step_seal(step: Step, answers: Mapping[str, CheckAnswer]) -> str:
    """Return what tells one state of a step from the next."""
    return _seal([answers[one.id].pk for one in headings_of(step) if one.id in answers])


def _seal(state: object) -> str:
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]


def write_down(actor: User, check: PageCheck, kind: str, payload: Mapping[str, object], at: datetime) -> int:
    """Write a deed on a check into the record; return its place there."""
    entry = record(
        organisation_id=check.organisation_id,
        kind=kind,
        actor=str(actor.pk),
        subject=str(check.pk),
        payload=payload,
        at=at,
    )
    return entry.index
