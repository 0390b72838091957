"""Confirming what has to be so before anything goes out, and taking it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from stairgate.channels.models import Access, Channel, Confirmation
from stairgate.channels.opening.rules import Item
from stairgate.channels.opening.selectors import Card, Sheet, opening_on, sheet
from stairgate.channels.pausing import require_manager
from stairgate.channels.services import locked, write_down
from stairgate.clauses import Coverage, control
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role, in_force
from stairgate.organisations.selectors import holders as holding_a_role
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force as policy_in_force
from stairgate.policies.selectors import named_people

_SHORTEST, _LONGEST = 3, 300


class CannotConfirm(Exception):
    """Nothing was changed; the message says why and what to do."""

    def __init__(self, why: str, about: Mapping[Item, str] | None = None) -> None:
        super().__init__(why)
        self.about = dict(about or {})  # by the thing that was refused: why


@dataclass(frozen=True, slots=True)
class Owned:
    """How each person gets in: who can open the mailbox, and whether everybody's own access was looked at."""

    mailbox: Collection[UUID] = ()
    each_their_own: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of one thing of the sheet.

    ``seen``: the digest of what they had before them. ``where``: where it can be seen; of the owner, which it is.
    """

    seen: str
    where: str = ""
    owned: Owned = Owned()


@dataclass(frozen=True, slots=True)
class _Sure:
    """One thing that may be written down as it was said."""

    card: Card
    where: str
    people: Mapping[Access.To, list[UUID]]


@control("C16", "Who looks after the page, and how, is accepted by somebody by name", coverage=Coverage.PART)
@transaction.atomic
def confirm(
    *, actor: User, channel: Channel, said: Mapping[Item, Said], at: datetime
) -> tuple[Confirmation, ...]:
    """Write down that things of an account's page are so, each by itself; return them. Each ends what said so before.

    All of them or none: what cannot be confirmed is named, each with its reason, and nothing is written.
    Raises `NotAllowed`, `CannotConfirm`.
    """
    channel = locked(channel)
    require_manager(actor, channel.organisation, at)
    if channel.status != Channel.Status.LIVE or not hasattr(channel, "connection"):
        raise CannotConfirm("Connect the account first: then this can be confirmed.")
    if not said:
        raise CannotConfirm("Tick what is so, then confirm it.")
    found = now_on(channel, at)
    sure: list[_Sure] = []
    refused: dict[Item, str] = {}
    for item, one in said.items():
        try:
            sure.append(_looked_at(channel.organisation, found.card(item), one, at))
        except CannotConfirm as refusal:
            refused[item] = str(refusal)
    if refused:
        raise CannotConfirm(" ".join(dict.fromkeys(refused.values())), refused)
    return tuple(_confirmed(actor, channel, one, at) for one in sure)


def _looked_at(organisation: Organisation, card: Card, said: Said, at: datetime) -> _Sure:
    """Return one thing as it may be written down. Raises `CannotConfirm`."""
    if not card.words:
        raise CannotConfirm(
            "Our policy in force asks nothing of whoever follows the page. Adopt one that does."
        )
    if card.digest != said.seen:
        raise CannotConfirm(
            "It has changed since you looked at it. Look at it again, then tick and confirm it."
        )
    where = said.where.strip()[:_LONGEST]
    if card.item != Item.PLAN and len(where) < _SHORTEST:
        raise CannotConfirm(_ASK.get(card.item, "Say where on the page it can be seen."))
    people = _who_gets_in(organisation, said.owned, at) if card.item == Item.OWNER else {}
    return _Sure(card, where, people)


def _confirmed(actor: User, channel: Channel, sure: _Sure, at: datetime) -> Confirmation:
    """Write one thing down, with who gets in, and its entry in the ledger; return it."""
    card = sure.card
    Confirmation.objects.filter(channel=channel, item=card.item, ended_at__isnull=True).update(
        ended_at=at, ended_by=actor
    )
    row = Confirmation.objects.create(
        channel=channel,
        item=card.item,
        stands_for=card.digest,
        words=card.words,
        seen_where=sure.where,
        confirmed_by=actor,
        confirmed_at=at,
    )
    Access.objects.bulk_create(
        Access(confirmation=row, to=to, user_id=user) for to, users in sure.people.items() for user in users
    )
    told = {str(to.value): sorted(str(user) for user in users) for to, users in sure.people.items()}
    payload = {"item": card.item.value, "stands_for": card.digest, "where": sure.where, **told}
    write_down(actor, channel, "channels.opening_confirmed", payload, at)
    return row


_ASK = {Item.OWNER: "Say which portfolio, setting or account owns it."}


@control("C24", "Each person's own access, with two-factor, is on record with the owner; none is shared")
@control("C25", "Two people at least can open the mailbox, by name, or the owner cannot be recorded")
def _who_gets_in(organisation: Organisation, owned: Owned, at: datetime) -> dict[Access.To, list[UUID]]:
    """Return who opens the mailbox, and who has an access of their own: the administrators of today."""
    if not owned.each_their_own:
        raise CannotConfirm("Look at each person’s access first, and say that it is as it should be.")
    on = organisation.day(at)
    places = Membership.objects.filter(
        organisation=organisation, user__in=list(owned.mailbox), user__is_active=True
    ).order_by("user__first_name", "pk")
    mailbox = [one.user_id for one in places if in_force(one.started_on, one.ended_on, on)]
    version = policy_in_force(organisation)
    need = (version.parameters if version else Parameters()).mailbox_holders
    if len(mailbox) < max(need, len(set(owned.mailbox))):
        raise CannotConfirm(f"Choose {need} people or more who work here and can open the mailbox.")
    runs_it = holding_a_role(organisation, [Role.PAGE_ADMINISTRATOR], on)
    return {Access.To.MAILBOX: mailbox, Access.To.PAGE: list(runs_it.values_list("user", flat=True))}


@control(
    "C16",
    "What is not so any more is taken back by anybody who may confirm it, and shuts the account at once",
)
@transaction.atomic
def take_back(*, actor: User, confirmation: Confirmation, why: str, at: datetime) -> None:
    """Say that something is not so any more. Raises `NotAllowed`, `CannotConfirm`."""
    channel = locked(confirmation.channel)
    require_manager(actor, channel.organisation, at)
    why = why.strip()[:_LONGEST]
    if len(why) < _SHORTEST:
        raise CannotConfirm("Say in a few words what is not so any more.")
    rows = Confirmation.objects.filter(pk=confirmation.pk, ended_at__isnull=True)
    if not rows.update(ended_at=at, ended_by=actor, ended_why=why):
        raise CannotConfirm("It does not count any more already.")
    write_down(actor, channel, "channels.opening_taken_back", {"item": confirmation.item, "why": why}, at)


def now_on(channel: Channel, at: datetime) -> Sheet:
    """Return the sheet of an account as it stands. Seven queries at most."""
    place = channel.organisation
    on = place.day(at)
    people = named_people(place, (Role.PAGE_ADMINISTRATOR, Role.DSL), on=on)
    return sheet(channel, policy_in_force(place), opening_on(channel, on), dict(people))
