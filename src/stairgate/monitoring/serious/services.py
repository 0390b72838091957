"""The deeds on the way for what looks illegal. Each adds a row with who, when and the reference number."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from stairgate.channels.services import network_for
from stairgate.clauses import Coverage, control
from stairgate.doorbell import Bell, ring
from stairgate.ledger.services import record
from stairgate.monitoring.marks import bring_back
from stairgate.monitoring.models import Action, Decision, Item
from stairgate.monitoring.serious.models import Serious, SeriousStep
from stairgate.monitoring.serious.rules import (
    DANGER,
    LONGEST_WORDS,
    How,
    Step,
    hide_problem,
    missing,
    reference_problem,
    report_problem,
    reported_to,
    why_not_hide,
    words_problem,
)
from stairgate.monitoring.services import is_needed, locked, overtake
from stairgate.networks.base import Capability
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty, Role
from stairgate.organisations.selectors import holders
from stairgate.publishing.services.common import Refusal, member_fit

LEADS = frozenset({Role.DSL, Role.DEPUTY_DSL})
LONGEST_ADDRESS = 500
_HIDE_WHY = "It looks illegal. Its address was reported first; it is hidden after, and not deleted."


@control(
    "C43",
    "Whoever may decide stops at what looks illegal: from then on nothing is shown, hidden, answered or deleted "
    "before its address was reported",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def stop(*, actor: User, organisation: Organisation, item: Item | None, at: datetime) -> Serious:
    """Stop at an item, or at what was seen elsewhere; return the case, the same one for an item that is locked already.

    It is not bound to a version of the item: to stop is right whatever changed meanwhile. Raises `NotAllowed`.
    """
    if item is not None:
        item = locked(item)
        if item.organisation_id != organisation.pk:
            raise NotAllowed("That belongs to another setting.")
    member_fit(actor, organisation, Duty.DECIDE, at)
    there = Serious.objects.filter(item=item, released=False).first() if item else None
    if there is not None:
        return there
    case = Serious.objects.create(organisation=organisation, item=item, started_by=actor, started_at=at)
    if item is not None:
        overtake(item, at)
        item.state = Item.State.OPEN
        item.save(update_fields=["state"])
        bring_back(item)
    _add(case, actor, Step.STOPPED, at)
    return case


@transaction.atomic
def note_words(
    *, actor: User, case: Serious, address: str, account: str, seen_when: str, seen_by: str, at: datetime
) -> SeriousStep:
    """Note where it is, when, which account, and who has seen it. Raises `NotAllowed`, `Refusal`."""
    case = _open(actor, case, at)
    values = {"address": address.strip(), "account": account.strip()}
    values |= {"seen_when": seen_when.strip(), "seen_by": seen_by.strip()}
    if not values["address"] or not values["seen_by"]:
        raise Refusal("Note its address, or where on the page it is, and who has seen it.")
    longest = {"address": LONGEST_ADDRESS}
    if any(len(value) > longest.get(name, LONGEST_WORDS) for name, value in values.items()):
        raise Refusal(
            f"A few words are enough: {LONGEST_WORDS} letters, and {LONGEST_ADDRESS} for the address."
        )
    return _add(case, actor, Step.WORDS, at, **values)


@transaction.atomic
def answer_danger(*, actor: User, case: Serious, how: str, reference: str, at: datetime) -> SeriousStep:
    """Say whether a child is in danger now, and that 999 was rung. Raises `NotAllowed`, `Refusal`."""
    case = _open(actor, case, at)
    if how not in DANGER:
        raise Refusal("Say whether a child is in danger now.")
    reference = reference.strip() if how == How.RANG else ""
    if reference and (problem := reference_problem(reference)):
        raise Refusal(problem)
    return _add(case, actor, Step.DANGER, at, how=how, reference=reference)


@control("C41", "Who of the safeguarding leads was told of what looks illegal is written down, with the time")
@transaction.atomic
def tell_lead(*, actor: User, case: Serious, lead: UUID | None, at: datetime) -> SeriousStep:
    """Say which safeguarding lead was told. Raises `NotAllowed`, `Refusal`."""
    case = _open(actor, case, at)
    leads = {one.user_id: one.first_name for one in holders(case.organisation, LEADS, _day(case, at))}
    if lead not in leads:
        raise Refusal("Say which safeguarding lead or deputy was told.")
    return _add(case, actor, Step.TOLD, at, words=leads[lead])


@control(
    "C43",
    "Its address is reported to the Internet Watch Foundation and others, each with its reference number",
)
@transaction.atomic
def report(*, actor: User, case: Serious, to: str, reference: str, because: str, at: datetime) -> SeriousStep:
    """Say that its address was reported, with the reference number, or why not. Raises `NotAllowed`, `Refusal`."""
    case = _open(actor, case, at)
    reference, because = reference.strip(), because.strip()
    if problem := report_problem(to, reference, because):
        raise Refusal(problem)
    how = How.REPORTED if reference else How.NOT
    return _add(case, actor, Step.REPORTED, at, to=to, how=how, reference=reference, words=because)


@control(
    "C43", "After the report it is hidden, unless the police ask for something else, which is written down"
)
@transaction.atomic
def hide_after(*, actor: User, case: Serious, how: str, reference: str, at: datetime) -> SeriousStep:
    """Hide it after the report, or say what stands instead. Raises `NotAllowed`, `Refusal`."""
    case = _open(actor, case, at)
    reference = reference.strip() if how == How.POLICE else ""
    if problem := hide_problem(how, reference) or why_not_hide(row.done for row in case.steps.all()):
        raise Refusal(problem)
    if how == How.ASKED:
        _ask_to_hide(actor, case, at)
    elif how == How.POLICE and case.item is not None:
        overtake(case.item, at)
    return _add(case, actor, Step.HIDDEN, at, how=how, reference=reference)


def _ask_to_hide(actor: User, case: Serious, at: datetime) -> None:
    item = case.item
    if item is None or Capability.HIDE not in network_for(item.channel).capabilities:
        raise Refusal("Stairgate can’t hide this. Hide it on the page by hand, then write down that you did.")
    decision = Decision.objects.create(item=item, kind=Decision.Kind.HIDE, reason=_HIDE_WHY, by=actor, at=at)
    if is_needed(item, Action.Kind.HIDE):
        Action.objects.create(item=item, kind=Action.Kind.HIDE, decision=decision, due_at=at, created_at=at)
        ring(Bell.ACTIONS)


@transaction.atomic
def note_support(*, actor: User, case: Serious, words: str, at: datetime) -> SeriousStep:
    """Say who looks after whoever saw it. Raises `NotAllowed`, `Refusal`."""
    case = _open(actor, case, at)
    if problem := words_problem(words.strip()):
        raise Refusal(problem)
    return _add(case, actor, Step.SUPPORT, at, words=words.strip())


@control("C43", "Only the safeguarding lead or a deputy finishes it, and only when nothing is missing")
@transaction.atomic
def finish(*, actor: User, case: Serious, at: datetime) -> Serious:
    """Finish it. Reported, its item stays locked and is decided; reported to nobody, it is decided in the ordinary way.

    Raises `NotAllowed` and `Refusal`, which says what is missing.
    """
    case = _open(actor, case, at)
    member = member_fit(actor, case.organisation, Duty.DECIDE, at)
    if not is_lead(member, at):
        raise NotAllowed("Only the safeguarding lead or a deputy finishes this.")
    done = [row.done for row in case.steps.all()]
    if lacks := missing(done):
        raise Refusal(f"Not yet. First: {'; '.join(lacks)}.")
    case.finished_by, case.finished_at = actor, at
    case.released = not reported_to(done)
    case.save(update_fields=["finished_by", "finished_at", "released"])
    if case.item is not None:
        case.item.state = Item.State.OPEN if case.released else Item.State.DECIDED
        case.item.save(update_fields=["state"])
    _add(case, actor, Step.CLOSED, at)
    return case


def is_lead(member: Membership, at: datetime) -> bool:
    """Return whether somebody is the safeguarding lead or a deputy at that moment."""
    return bool(member.roles_on(member.organisation.day(at)) & LEADS)


def _day(case: Serious, at: datetime) -> Any:
    return case.organisation.day(at)


def _open(actor: User, case: Serious, at: datetime) -> Serious:
    """Lock the item, then the case, and return it. Raises `NotAllowed`, and `Refusal` when it is finished."""
    item = locked(case.item) if case.item else None
    case = Serious.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=case.pk)
    case.item = item
    member_fit(actor, case.organisation, Duty.DECIDE, at)
    if case.finished_at is not None:
        raise Refusal("This is finished. What was written down stays.")
    return case


def _add(case: Serious, actor: User, step: Step, at: datetime, **values: str) -> SeriousStep:
    """Add a step, and write it into the ledger without its address."""
    row = SeriousStep.objects.create(serious=case, step=step, by=actor, at=at, **values)
    record(
        organisation_id=case.organisation_id,
        kind=f"monitoring.serious_{step.value}",
        actor=str(actor.id),
        subject=str(case.item_id or case.id),
        payload={"case": str(case.id), "to": row.to, "how": row.how, "reference": row.reference},
        at=at,
    )
    return row
