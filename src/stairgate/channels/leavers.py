"""Who leaves: before what is due that day can be called done, enough people remain for each account they could reach."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from stairgate.channels.models import Access, Channel, Confirmation
from stairgate.channels.opening.rules import falls_short
from stairgate.channels.selectors import accounts_now
from stairgate.clauses import Coverage, control
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Membership, RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.people import leaving
from stairgate.people.models import LeavingTask, Person
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force


class CannotTick(Exception):
    """It is not done yet; the message names each account, and what is missing there."""


#: what has to do with the accounts; keys and devices can be given back in any case
_OF_ACCOUNTS = frozenset({LeavingTask.Kind.ACCESS, LeavingTask.Kind.MAILBOX})


@control(
    "C25",
    "A leaver's list is finished only when two fit holders remain for each account and its mailbox",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def tick(*, actor: User, task: LeavingTask, at: datetime) -> None:
    """Record that one thing a leaver left to do is done, and by whom. Raises `NotAllowed`, `CannotTick`."""
    manager_in(actor, task.person.organisation_id)
    if task.kind in _OF_ACCOUNTS and (short := short_of_holders(task.person, at)):
        raise CannotTick(" ".join(short))
    leaving.tick(actor=actor, task=task, at=at)


def short_of_holders(person: Person, at: datetime) -> list[str]:
    """Return what is missing at each account somebody could reach, once they have left. Six queries at most."""
    place, who = person.organisation, person.user_id
    if who is None:
        return []
    version = in_force(place)
    parameters = version.parameters if version else Parameters()
    reached = _reached(person)
    if not reached:
        return []
    remain = _remaining(person, place.day(at))
    found = []
    for account in accounts_now(place, at, version=version):
        if account.channel.pk not in reached:
            continue
        holders = reached[account.channel.pk] & remain
        fit = [one for one in account.administrators if one.user_id in remain]
        found.append(
            falls_short(
                account.channel.name,
                who=person.first_name,
                administrators=len(fit),
                needed=parameters.page_administrators,
                holders=len(holders),
                holders_needed=parameters.mailbox_holders,
            )
        )
    return [says for says in found if says]


def _reached(person: Person) -> dict[object, set[object]]:
    """Return each connected account that somebody gets in to, with everybody who opens its mailbox. Two queries.

    Whom the last record of an owner named gets in until there is a newer one, also when that one was taken back.
    """
    ran_it = RoleHeld.objects.filter(
        membership__user=person.user_id,
        membership__organisation=person.organisation_id,
        role=Role.PAGE_ADMINISTRATOR,
    ).exists()
    newer = Confirmation.objects.filter(
        channel=OuterRef("confirmation__channel"),
        item=Confirmation.Item.OWNER,
        confirmed_at__gt=OuterRef("confirmation__confirmed_at"),
    )
    rows = Access.objects.filter(
        ~Exists(newer), confirmation__channel__organisation=person.organisation_id
    ).exclude(confirmation__channel__status=Channel.Status.CLOSED)
    mailboxes: dict[object, set[object]] = {}
    own: set[object] = set()
    for channel, to, user, ended in rows.values_list(
        "confirmation__channel", "to", "user", "confirmation__ended_at"
    ):
        holders = mailboxes.setdefault(channel, set())
        if to == Access.To.MAILBOX and ended is None:
            holders.add(user)
        if user == person.user_id or ran_it:
            own.add(channel)
    return {channel: holders for channel, holders in mailboxes.items() if channel in own}


def _remaining(person: Person, on: date) -> set[object]:
    """Return who works here and goes on to: everybody but the leaver and those whose own last day is set. One query."""
    here = Membership.objects.filter(
        Q(ended_on__isnull=True),
        organisation=person.organisation_id,
        started_on__lte=on,
        user__is_active=True,
    ).exclude(user=person.user_id)
    return set(here.values_list("user", flat=True))
