"""Asking for a second look at a decision, and answering it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.monitoring.looks.models import LookAgain
from stairgate.monitoring.looks.rules import closes, why_not_agree
from stairgate.monitoring.marks import bring_back
from stairgate.monitoring.models import Action, Decision, Item
from stairgate.monitoring.rules import reason_problem, words_digest
from stairgate.monitoring.services import (
    check_look,
    check_not_stopped,
    check_version,
    locked,
    open_look,
    write_down,
)
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.publishing.services.common import Refusal, member_fit


@control("C40", "Anybody who may decide can ask for a second look; it waits in the inbox for somebody else")
@transaction.atomic
def ask_look(*, actor: User, item: Item, version: str, why: str, at: datetime) -> LookAgain:
    """Ask for a second look at the newest decision about an item. Raises `NotAllowed` and `Refusal`."""
    item = locked(item)
    member_fit(actor, item.organisation, Duty.DECIDE, at)
    check_not_stopped(item)
    if problem := reason_problem(why):
        raise Refusal(problem)
    check_version(item, version)
    decision = Decision.objects.filter(item=item).first()
    if decision is None:
        raise Refusal("Nobody has decided about it yet.")
    if LookAgain.objects.filter(decision=decision).exists():
        raise Refusal("Somebody has asked for a second look at this decision already.")
    look = LookAgain.objects.create(
        decision=decision,
        item=item,
        decided_by=decision.by,
        was_decided=item.state == Item.State.DECIDED,
        words=words_digest(item.text),
        why=why.strip(),
        asked_by=actor,
        asked_at=at,
    )
    item.state = Item.State.OPEN
    item.save(update_fields=["state"])
    bring_back(item)
    write_down(actor, item, "monitoring.look_asked", {"decision": decision.pk, "why": look.why}, at)
    return look


@control("C40", "A second look is answered by somebody else than whoever decided: they agree, or decide anew")
@transaction.atomic
def agree(*, actor: User, item: Item, version: str, at: datetime) -> LookAgain:
    """Agree with the decision that somebody asked about. To decide anew is an ordinary decision.

    Raises `NotAllowed` and `Refusal`: the own decision, changed since, or nobody asks.
    """
    item = locked(item)
    member_fit(actor, item.organisation, Duty.DECIDE, at)
    check_not_stopped(item)
    check_version(item, version)
    look = open_look(item)
    if look is None:
        raise Refusal("Nobody asks for a second look at this.")
    check_look(look, actor)
    if problem := why_not_agree(words_then=look.words, words_now=words_digest(item.text)):
        raise Refusal(problem)
    look.answered_by, look.answered_at, look.agrees = actor, at, True
    look.save(update_fields=["answered_by", "answered_at", "agrees"])
    undone = item.actions.filter(state=Action.State.NEEDS_PERSON, created_at__gte=look.decision.at)
    if closes(was_decided=look.was_decided, undone=undone.exists()):
        item.state = Item.State.DECIDED
        item.save(update_fields=["state"])
    write_down(actor, item, "monitoring.look_agreed", {"decision": look.decision_id}, at)
    return look
