"""Deciding about what the public wrote. A person decides; every decision carries a reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from stairgate.channels.services import network_for
from stairgate.clauses import control
from stairgate.doorbell import Bell, ring
from stairgate.ledger.services import record
from stairgate.monitoring.looks.rules import why_not_answer
from stairgate.monitoring.minors import only_signpost, stays_for_lead
from stairgate.monitoring.models import Action, Decision, Handling, Item, LookAgain
from stairgate.monitoring.rules import reason_problem, words_digest
from stairgate.monitoring.serious.selectors import lock_of
from stairgate.networks.able import by_hand
from stairgate.networks.base import Capability
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import in_force
from stairgate.publishing.models import Post
from stairgate.publishing.services import draft_reply
from stairgate.publishing.services.common import Refusal, member_fit
from stairgate.publishing.states import PostState

_ACTIONS: dict[Decision.Kind, tuple[Action.Kind, ...]] = {
    Decision.Kind.HIDE: (Action.Kind.HIDE,),
    Decision.Kind.BAN: (Action.Kind.HIDE, Action.Kind.BLOCK),
    Decision.Kind.DELETE: (Action.Kind.DELETE,),
    Decision.Kind.REPORT: (Action.Kind.REPORT,),
    Decision.Kind.SHOW: (Action.Kind.SHOW,),
    Decision.Kind.NO_ACTION: (Action.Kind.SHOW,),
    Decision.Kind.REPLY: (),
    Decision.Kind.FAMILY: (),
}
#: they leave alone what is on its way to the page
_CHANGE_NOTHING_THERE = frozenset({Decision.Kind.REPLY, Decision.Kind.REPORT, Decision.Kind.FAMILY})
#: a decision ends what stood among colleagues: nobody is on it any more, and nothing is put off
_NOT_HANDLED = dict.fromkeys(("on_it", "on_it_until", "put_off_until", "put_off_first"))
_NEEDS = {
    Action.Kind.HIDE: Capability.HIDE,
    Action.Kind.SHOW: Capability.HIDE,
    Action.Kind.DELETE: Capability.DELETE_OTHERS,
    Action.Kind.BLOCK: Capability.BLOCK,
    Action.Kind.REPORT: Capability.REPORT,
}


@control(
    "C59", "What seems to be by somebody under 18 stays in the inbox until a safeguarding lead decided on it"
)
@control("C40", "Each decision about a comment is by a named, fit person, with a reason, and is kept")
def decide(
    *, actor: User, item: Item, version: str, kind: Decision.Kind, reason: str, at: datetime
) -> Decision:
    """Decide about one item; return the decision. What it asks of the page is done by the worker.

    ``version`` is `Item.version` of what the person read. Raises `NotAllowed` and `Refusal` (no reason, changed
    since, gone, or the network can't do it).
    """
    if kind == Decision.Kind.REPLY:
        raise Refusal("Write the reply: it goes through the gate like a post.")
    if kind == Decision.Kind.FAMILY:
        raise Refusal("Say what you ask the family for, and how.")
    return take_decision(actor, item, version, kind, reason, at)


@transaction.atomic
def take_decision(
    actor: User, item: Item, version: str, kind: Decision.Kind, reason: str, at: datetime
) -> Decision:
    item = locked(item)
    member = member_fit(actor, item.organisation, Duty.DECIDE, at)
    check_not_stopped(item)
    if problem := reason_problem(reason):
        raise Refusal(problem)
    check_version(item, version)
    if kind == Decision.Kind.SHOW and not is_needed(item, Action.Kind.SHOW):
        raise Refusal("It is not hidden, so there is nothing to show again.")
    if (look := open_look(item)) is not None:
        check_look(look, actor)
    wanted = [action for action in _actions(item, kind) if is_needed(item, action)]
    _check_possible(item, wanted)
    decision = Decision.objects.create(item=item, kind=kind, reason=reason.strip(), by=actor, at=at)
    if look is not None:
        look.answered_by, look.answered_at, look.agrees = actor, at, False
        look.save(update_fields=["answered_by", "answered_at", "agrees"])
    if kind not in _CHANGE_NOTHING_THERE:
        overtake(item, at)
    for action in wanted:
        Action.objects.create(item=item, kind=action, decision=decision, due_at=at, created_at=at)
    if wanted:
        ring(Bell.ACTIONS)
    Handling.objects.filter(item=item).update(**_NOT_HANDLED)
    if not stays_for_lead(item, member, at):
        item.state = Item.State.DECIDED
        item.save(update_fields=["state"])
    payload = {"decision": kind.value, "reason": reason.strip(), "words": words_digest(item.text)}
    write_down(actor, item, "monitoring.decided", payload, at)
    return decision


def locked(item: Item) -> Item:
    """Lock an item: always before the ledger is written, so that deeds at once never wait for each other."""
    rows = Item.objects.select_for_update(of=("self",)).select_related(
        "organisation", "channel__organisation"
    )
    return rows.get(pk=item.pk)


def write_down(actor: User, item: Item, kind: str, payload: Mapping[str, object], at: datetime) -> None:
    """Write what somebody did about an item into the ledger."""
    record(
        organisation_id=item.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(item.id),
        payload=payload,
        at=at,
    )


def check_version(item: Item, version: str) -> None:
    """Raise `Refusal` unless this is the version that a person had before them."""
    if item.version != version:
        raise Refusal(
            "It was changed after you read it, or somebody else decided. Read it again, then decide."
        )


def open_look(item: Item) -> LookAgain | None:
    """Return the second look that waits for an answer; None without one. One query."""
    return item.looks.filter(answered_at__isnull=True).select_related("decision").first()


def check_look(look: LookAgain, actor: User) -> None:
    """Raise `Refusal` for whoever decided what is to be looked at again."""
    if problem := why_not_answer(actor=actor.pk, decided_by=look.decided_by_id):
        raise Refusal(problem)


@control(
    "C43", "Nobody deletes, answers or closes in the ordinary way what was stopped because it looks illegal"
)
def check_not_stopped(item: Item) -> None:
    """Raise `Refusal` for an item on its way because it looks illegal. One query."""
    if lock_of(item.pk) is not None:
        raise Refusal(
            "Somebody stopped here because it looks illegal. Don’t delete it and don’t answer it: its address is "
            "reported first, and then it is hidden. Go on with the steps."
        )


def overtake(item: Item, at: datetime) -> None:
    """Cancel what still waits to be done. What is being done at this moment is followed by what was decided."""
    waiting = item.actions.filter(state=Action.State.WAITING).exclude(kind__in=Action.BESIDE)
    waiting.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=at)).update(state=Action.State.CANCELLED)


def _actions(item: Item, kind: Decision.Kind) -> tuple[Action.Kind, ...]:
    """Return what a decision asks of the page. Where nothing can be hidden a ban is a ban alone, and nothing is shown again."""
    actions = _ACTIONS[kind]
    if kind == Decision.Kind.HIDE or Capability.HIDE in network_for(item.channel).capabilities:
        return actions
    return tuple(action for action in actions if _NEEDS[action] != Capability.HIDE)


def is_needed(item: Item, action: Action.Kind) -> bool:
    """An item already as wanted needs nothing; but what is under way may still change it."""
    waiting = item.actions.filter(state=Action.State.WAITING)
    under_way = waiting.exclude(kind__in=Action.BESIDE).exists()
    if item.gone_at is not None:
        return action == Action.Kind.BLOCK
    if action == Action.Kind.HIDE:
        return not item.is_hidden or under_way
    if action == Action.Kind.SHOW:
        return item.is_hidden or under_way
    return True


def _check_possible(item: Item, wanted: Iterable[Action.Kind]) -> None:
    network = network_for(item.channel)
    for action in wanted:
        if action == Action.Kind.BLOCK and not item.author_id:
            raise Refusal("The page does not say whose account it is, so we can’t ban it. Hide it instead.")
        if _NEEDS[action] in network.capabilities:
            continue
        how = by_hand(network, _NEEDS[action])
        raise Refusal(
            f"{network.label} does not let us do this. {f'{how} Then write down that you did.' if how else 'Nobody can.'}"
        )


@transaction.atomic
def clear_quiet(*, actor: User, read: Mapping[UUID, str], organisation: Organisation, at: datetime) -> int:
    """Decide "no action" about items in which nothing was found; return how many.

    ``read`` says which version of each was read: one that changed since is left for a person.
    """
    # All of them are locked first, in one order: see `locked`.
    rows = Item.objects.select_for_update().filter(
        organisation=organisation, pk__in=read, state=Item.State.OPEN
    )
    asked = LookAgain.objects.filter(item__organisation=organisation, answered_at__isnull=True)
    rows = rows.exclude(serious__released=False).exclude(pk__in=asked.values("item")).order_by("pk")
    quiet = [item for item in rows if item.risk == 0 and item.version == read[item.pk]]
    for item in quiet:
        decide(
            actor=actor,
            item=item,
            version=item.version,
            kind=Decision.Kind.NO_ACTION,
            reason="Read in the list: nothing needs doing.",
            at=at,
        )
    return len(quiet)


@control("C76", "A reply to the public starts in the inbox and goes through the same gate as a post")
@control("C59", "Whoever seems to be under 18 is answered only with the fixed words that point to help")
@transaction.atomic
def reply(*, actor: User, item: Item, version: str, text: str, at: datetime) -> Post:
    """Start a reply as the team; return the draft, which somebody else has to approve.

    Raises `NotAllowed` and `Refusal`: also for any but the fixed words to somebody who seems to be under 18.
    """
    item = locked(item)
    check_not_stopped(item)
    fixed = only_signpost(item)
    if item.gone_at is not None:
        raise Refusal("It is no longer on the page, so there is nothing to reply to.")
    if not text.strip():
        raise Refusal("Write a few words first.")
    if fixed:
        _check_signpost(item, text)
    post = draft_reply(
        actor=actor,
        channel=item.channel,
        reply_to=item.external_id,
        item_id=item.id,
        text=text,
        only_signpost=fixed,
        at=at,
    )
    take_decision(actor, item, version, Decision.Kind.REPLY, "Answered as the team.", at)
    return post


def _check_signpost(item: Item, text: str) -> None:
    """Raise `Refusal` for any but the fixed words of the policy in force, and for saying them twice."""
    version = in_force(item.organisation)
    if version is None or text != version.parameters.signpost_text:
        raise Refusal(
            "Somebody under 18 may have written this, so only the fixed words of our policy may answer it. "
            "Tell your safeguarding lead if you are worried."
        )
    if Post.objects.filter(reply_item=item.pk).exclude(state=PostState.WITHDRAWN).exists():
        raise Refusal("It has its answer already. The safeguarding lead decides what happens next.")
