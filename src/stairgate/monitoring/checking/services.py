"""Going through the weekly check: an answer under every heading, the signature, and the second look after it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import SystemRandom

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from stairgate.channels.models import Channel
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, SampleLook
from stairgate.monitoring.checking.rules import (
    LONGEST_NOTE,
    SHORTEST_NOTE,
    Given,
    Step,
    answer_problem,
    headings_of,
    is_nil,
    sample_size,
)
from stairgate.monitoring.checking.selectors import (
    CheckNow,
    Place,
    check_now,
    checked_accounts,
    last_checks,
    open_check,
    since_when,
)
from stairgate.monitoring.models import Decision, Item
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.publishing.services import Refusal
from stairgate.publishing.services.common import member_fit

_chance = SystemRandom()
_TO_LOOK_AGAIN = timedelta(days=7)


@control("C39", "Each heading of a check is answered by a named, fit person, also when nothing was found")
@control("C75", "Each check asks whether something of ours was shared from a private account of ours")
@control("C80", "What a check finds of staff and the public is written down with what was done")
@transaction.atomic
def answer(
    *, actor: User, organisation: Organisation, step: Step, given: Mapping[str, Given], at: datetime
) -> PageCheck:
    """Answer every heading of one step; return the check. The first answer begins it, and a later one counts.

    Raises `NotAllowed`, and `Refusal` when one is missing or says too little.
    """
    organisation = _locked(organisation)
    member_fit(actor, organisation, Duty.DECIDE, at)
    for heading in headings_of(step):
        if problem := answer_problem(heading, given.get(heading.id)):
            raise Refusal(problem)
    check = _open(organisation, actor, at)
    CheckAnswer.objects.bulk_create(
        CheckAnswer(
            page_check=check,
            heading=heading.id,
            answer=given[heading.id].answer.value,
            note=given[heading.id].note.strip(),
            by=actor,
            at=at,
        )
        for heading in headings_of(step)
    )
    payload = {heading.id: given[heading.id].answer.value for heading in headings_of(step)}
    _write_down(actor, check, "monitoring.check_answered", payload, at)
    return check


def _locked(organisation: Organisation) -> Organisation:
    """Lock the setting: only one check is under way, and what is answered follows what was answered before."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _open(organisation: Organisation, actor: User, at: datetime) -> PageCheck:
    if found := open_check(organisation):
        return found
    since = since_when(last_checks(organisation), checked_accounts(organisation))
    if since is None:
        raise Refusal("There is no account to check yet.")
    return PageCheck.objects.create(organisation=organisation, since=since, begun_at=at, begun_by=actor)


@control(
    "C38",
    "A check is who, when, what was looked at and what was found, signed and sealed at the moment it was done: no "
    "other day can be written into it",
    coverage=Coverage.WHOLE,
)
@control("C39", "The receipt says under every heading what was found, also when it was nothing")
@transaction.atomic
def sign(*, actor: User, check: PageCheck, seen: str, note: str, at: datetime) -> PageCheck:
    """Sign a check; return it. From now on the accounts it covers count as checked. ``seen``: `seal` of what was shown.

    Raises `NotAllowed`, and `Refusal` with what is left, or when somebody answered something else meanwhile.
    """
    organisation = _locked(check.organisation)
    member_fit(actor, organisation, Duty.DECIDE, at)
    check = PageCheck.objects.select_for_update().get(pk=check.pk, organisation=organisation)
    if check.signed_at is not None:
        raise Refusal("Somebody has signed it already.")
    found = check_now(organisation, at)
    if found.left:
        raise Refusal(" ".join(found.left))
    if seal(found) != seen:
        raise Refusal("Something was answered anew after you read it. Read it again, then sign.")
    if len(note) > LONGEST_NOTE:
        raise Refusal(f"That is too long: {len(note)} letters, and {LONGEST_NOTE} fit.")
    _close(check, found, actor, note.strip(), at)
    covered = [place.channel.pk for place in found.places]
    Channel.objects.filter(pk__in=covered).update(checked_at=at)
    _draw(check, at)
    return check


def _close(check: PageCheck, found: CheckNow, actor: User, note: str, at: datetime) -> None:
    check.receipt = receipt(check, found, actor, note, at)
    check.digest = digest_of(check.receipt)
    check.is_nil = is_nil(found.given)
    check.signed_at, check.signed_by, check.note = at, actor, note
    check.due_on = found.due.on if found.due else None
    payload = {
        "digest": check.digest,
        "nothing_found": check.is_nil,
        "accounts": len(found.places),
        "answers": {name: one.answer.value for name, one in found.given.items()},
    }
    check.entry = _write_down(actor, check, "monitoring.checked", payload, at)
    check.save()


def receipt(check: PageCheck, found: CheckNow, actor: User, note: str, at: datetime) -> dict[str, object]:
    """Return a check whole, as it is signed: what it covers, what came in, and every answer."""
    return {
        "check": str(check.pk),
        "by": actor.first_name,
        "from": check.since.isoformat(),
        "begun": check.begun_at.isoformat(),
        "until": at.isoformat(),
        "due": found.due.on.isoformat() if found.due else "",
        "accounts": [_account(place) for place in found.places],
        "came_in": {one.kind: one.count for one in found.came_in},
        "answers": [
            {
                "heading": line.heading.id,
                "answer": line.answer.answer,
                "note": line.answer.note,
                "by": line.answer.by.first_name,
                "at": line.answer.at.isoformat(),
            }
            for step in found.steps
            for line in step.lines
            if line.answer
        ],
        "note": note,
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
        "people": [one.name for one in place.people],
    }


def digest_of(signed: Mapping[str, object]) -> str:
    """Return the seal of a receipt: the SHA-256 of its canonical JSON."""
    return hashlib.sha256(json.dumps(signed, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def seal(found: CheckNow) -> str:
    """Return what tells one state of a check from the next: which answers count."""
    answers = [line.answer.pk for step in found.steps for line in step.lines if line.answer]
    return hashlib.sha256(json.dumps(answers).encode()).hexdigest()[:16]


@control("C39", "Of what was judged safe, some is drawn by chance when a check is signed, for somebody else")
def _draw(check: PageCheck, at: datetime) -> None:
    newest = Decision.objects.filter(item=OuterRef("pk")).order_by("-at", "-pk").values("kind")[:1]
    drawn = SampleLook.objects.filter(item=OuterRef("pk"))
    safe = Item.objects.filter(
        ~Exists(drawn),
        organisation=check.organisation,
        state=Item.State.DECIDED,
        first_seen_at__gt=check.since,
        first_seen_at__lte=at,
    )
    safe = safe.annotate(newest=Subquery(newest)).filter(newest=Decision.Kind.NO_ACTION)
    found = list(safe.values_list("pk", flat=True))
    chosen = _chance.sample(found, sample_size(len(found)))
    SampleLook.objects.bulk_create(
        SampleLook(page_check=check, item_id=pk, due_at=at + _TO_LOOK_AGAIN) for pk in chosen
    )


@control(
    "C39", "What was judged safe is looked at again by somebody else; where they disagree it is open again"
)
@transaction.atomic
def look_again(*, actor: User, look: SampleLook, agrees: bool, note: str, at: datetime) -> SampleLook:
    """Say of something that was judged safe whether one agrees; return the look. Otherwise it is in the inbox again.

    Raises `NotAllowed`, also for whoever decided about it, and `Refusal`.
    """
    item = Item.objects.select_for_update().get(pk=look.item_id)
    row = SampleLook.objects.select_for_update(of=("self",)).select_related("page_check").get(pk=look.pk)
    member_fit(actor, item.organisation, Duty.DECIDE, at)
    if item.decisions.filter(by=actor).exists():
        raise NotAllowed("You decided about this yourself. Somebody else takes the second look.")
    if row.looked_at is not None:
        raise Refusal("Somebody has looked at it already.")
    if not agrees and len(note.strip()) < SHORTEST_NOTE:
        raise Refusal("Say in a sentence what you see in it.")
    row.looked_by, row.looked_at, row.agrees, row.note = actor, at, agrees, note.strip()[:LONGEST_NOTE]
    row.save()
    if not agrees:
        Item.objects.filter(pk=item.pk).update(state=Item.State.OPEN)
    payload = {"item": str(item.pk), "agrees": agrees}
    _write_down(actor, row.page_check, "monitoring.looked_again", payload, at)
    return row


def _write_down(actor: User, check: PageCheck, kind: str, payload: Mapping[str, object], at: datetime) -> int:
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
