"""Doing on the network what was decided. Each deed may be done twice without harm."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from stairgate.channels.services import account_for, network_for
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.monitoring.keeping import hide_harm
from stairgate.monitoring.marks import bring_back
from stairgate.monitoring.models import Action, Item
from stairgate.monitoring.serious.selectors import waits_for_report
from stairgate.networks.base import RefusalKind, Refused, Reports, Trouble

log = structlog.get_logger(__name__)

_LEASE = timedelta(seconds=90)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=10)
_MOST_ATTEMPTS = 8
#: what a report says: it is read by strangers, so it is never what one of us wrote
_REPORTED = "This may harm somebody, or break the rules of our page. Please look at it."
_HOPELESS = frozenset(
    {RefusalKind.RECONNECT, RefusalKind.PERMISSION, RefusalKind.INVALID, RefusalKind.BLOCKED}
)


def sweep(now: datetime, worker: str) -> int:
    """Do every action that is due, oldest first; return how many were tried."""
    due = Action.objects.filter(state=Action.State.WAITING, due_at__lte=now)
    ids = list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:50])
    return sum(_act(pk, now) for pk in ids)


def _act(action_id: int, now: datetime) -> bool:
    action = _lease(action_id, now)
    if action is None:
        return False
    problem, hopeless, gone, wait = "", False, False, timedelta()
    try:
        _ask(action)
    except Trouble as trouble:
        outcome = trouble.outcome
        problem = outcome.message if isinstance(outcome, Refused) else outcome.evidence
        if isinstance(outcome, Refused):
            hopeless, gone = outcome.kind in _HOPELESS, outcome.kind == RefusalKind.GONE
            wait = timedelta(seconds=outcome.retry_after or 0)
    except Exception as error:
        log.exception("action_surprise", action=action_id)
        problem = f"Something unexpected happened ({type(error).__name__})."
    if not problem or gone:
        _done(action_id, gone=gone, now=timezone.now())
    else:
        _not_done(action_id, problem, hopeless=hopeless, wait=wait, now=timezone.now())
    return True


@transaction.atomic
def _lease(action_id: int, now: datetime) -> Action | None:
    """Take an action, unless another one on the same item is under way: their order must not turn round."""
    item_id = Action.objects.values_list("item_id", flat=True).get(pk=action_id)
    Item.objects.select_for_update().get(pk=item_id)
    action = (
        Action.objects.select_related("item__channel__connection", "item__channel__organisation")
        .filter(pk=action_id, state=Action.State.WAITING, due_at__lte=now)
        .first()
    )
    others = Action.objects.filter(item_id=item_id, state=Action.State.WAITING, lease_until__gt=now)
    if action is None or others.exclude(pk=action_id).exists() or _overtaken(action) or _held(action):
        return None
    action.lease_until = action.due_at = now + _LEASE
    action.attempts += 1
    action.save(update_fields=["lease_until", "due_at", "attempts"])
    return action


def _overtaken(action: Action) -> bool:
    """Cancel what a later decision has overtaken; return whether it has. A ban or a report stands beside the others."""
    if action.kind in Action.BESIDE:
        return False
    later = Action.objects.filter(item_id=action.item_id, pk__gt=action.pk)
    if not later.exclude(Q(kind__in=Action.BESIDE) | Q(state=Action.State.CANCELLED)).exists():
        return False
    action.state, action.lease_until = Action.State.CANCELLED, None
    action.save(update_fields=["state", "lease_until"])
    return True


@control(
    "C43",
    "What was on its way to the page is called off when somebody stops: nothing moves before the report",
)
def _held(action: Action) -> bool:
    """Cancel what was asked for before somebody stopped because it looks illegal; return whether it was."""
    if action.kind in Action.BESIDE or not waits_for_report(action.item_id, asked_at=action.created_at):
        return False
    action.state, action.lease_until = Action.State.CANCELLED, None
    action.save(update_fields=["state", "lease_until"])
    return True


def _locked(action_id: int) -> Action:
    """Lock the item, then read its action: always in that order, as a decision does."""
    item_id = Action.objects.values_list("item_id", flat=True).get(pk=action_id)
    Item.objects.select_for_update().get(pk=item_id)
    return Action.objects.select_related("item").get(pk=action_id)


def _ask(action: Action) -> None:
    item = action.item
    network, account = network_for(item.channel), account_for(item.channel)
    match action.kind:
        case Action.Kind.HIDE:
            network.hide(account, item.external_id, hidden=True)
        case Action.Kind.SHOW:
            network.hide(account, item.external_id, hidden=False)
        case Action.Kind.DELETE:
            network.delete(account, item.external_id)
        case Action.Kind.BLOCK:
            network.block(account, item.author_id)
        case Action.Kind.REPORT:
            assert isinstance(network, Reports)
            network.report(account, item.external_id, item.author_id, reason=_REPORTED)


@transaction.atomic
def _done(action_id: int, *, gone: bool, now: datetime) -> None:
    action = _locked(action_id)
    if action.state != Action.State.WAITING:
        return
    action.state, action.done_at, action.lease_until = Action.State.DONE, now, None
    action.reason = "It was already gone." if gone else ""
    action.save()
    item = action.item
    if gone or action.kind == Action.Kind.DELETE:
        item.gone_at = now
    elif action.kind in {Action.Kind.HIDE, Action.Kind.SHOW}:
        item.is_hidden = action.kind == Action.Kind.HIDE
    item.save(update_fields=["gone_at", "is_hidden"])
    _write_down(action, "monitoring.acted", now)


@transaction.atomic
def _not_done(action_id: int, problem: str, *, hopeless: bool, wait: timedelta, now: datetime) -> None:
    action = _locked(action_id)
    if action.state != Action.State.WAITING or _overtaken(action):
        return
    action.reason, action.lease_until = problem, None
    if hopeless or action.attempts >= _MOST_ATTEMPTS:
        action.state = Action.State.NEEDS_PERSON
        # What did not happen on the page comes back to the inbox: somebody has to do it by hand.
        action.item.state = Item.State.OPEN
        action.item.save(update_fields=["state"])
        bring_back(action.item)
        _write_down(action, "monitoring.act_failed", now)
        if action.kind == Action.Kind.DELETE:
            hide_harm(action.item, now)  # the delete had overtaken a hide that may not have been done
    action.due_at = now + max(wait, min(_FIRST_PAUSE * 2 ** (action.attempts - 1), _LONGEST_PAUSE))
    action.save()


def _write_down(action: Action, kind: str, now: datetime) -> None:
    item = action.item
    record(
        organisation_id=item.organisation_id,
        kind=kind,
        actor="worker",
        subject=str(item.id),
        payload={"action": action.kind, "external_id": item.external_id, "reason": action.reason},
        at=now,
    )
