"""Who leaves: before what is due that day can be called done, enough people remain for each account they could reach."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from stairgate.channels.access_list.rules import not_seen_gone
from stairgate.channels.access_list.selectors import compared, with_access
from stairgate.channels.models import Access, Channel, Confirmation, PlatformPerson
from stairgate.channels.opening.rules import falls_short
from stairgate.channels.selectors import accounts_now
from stairgate.channels.vault.selectors import vaults
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
    if task.kind == LeavingTask.Kind.ACCESS and (there := still_reaches(task.person, task.due_on, at)):
        raise CannotTick(" ".join(there))
    if task.kind == LeavingTask.Kind.MAILBOX and (known := still_known(task.person, at)):
        raise CannotTick(" ".join(known))
    leaving.tick(actor=actor, task=task, at=at)


@control("C25", "A leaver's mailbox counts as handed over only when what they knew of the vault was changed")
def still_known(person: Person, at: datetime) -> list[str]:
    """Return what a leaver still knows of what opens each account. Seven queries at most."""
    if person.user_id is None:
        return []
    found = (one.left_with(person.user_id, person.first_name) for one in vaults(person.organisation, at))
    return [says for says in found if says]


@control(
    "C25", "A leaver's access counts as removed only when a list read since shows the account without them"
)
def still_reaches(person: Person, last_day: date, at: datetime) -> list[str]:
    """Return where nobody has seen yet that a leaver is off the access list of an account. Five queries at most."""
    if person.user_id is None:
        return []
    since = min(last_day, person.organisation.day(at))
    channels = with_access(Channel.objects.filter(pk__in=_reached(person), connection__isnull=False))
    there = PlatformPerson.objects.filter(channel__in=channels, gone_at__isnull=True)
    theirs = set(there.filter(user=person.user_id).values_list("channel", flat=True))
    unknown = set(there.filter(user__isnull=True).values_list("channel", flat=True))
    found = []
    for channel in channels.select_related("organisation").order_by("name"):
        checked, _ = compared(channel)
        says = not_seen_gone(
            person.first_name,
            seen_since=checked is not None and channel.organisation.day(checked) >= since,
            there=channel.pk in theirs,
            somebody_unknown=channel.pk in unknown,
        )
        found += [f"{channel.name}: {says}"] if says else []
    return found


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


def _reached(person: Person) -> dict[UUID, set[UUID]]:
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
    mailboxes: dict[UUID, set[UUID]] = {}
    own: set[UUID] = set()
    for channel, to, user, ended in rows.values_list(
        "confirmation__channel", "to", "user", "confirmation__ended_at"
    ):
        holders = mailboxes.setdefault(channel, set())
        if to == Access.To.MAILBOX and ended is None:
            holders.add(user)
        if user == person.user_id or ran_it:
            own.add(channel)
    return {channel: holders for channel, holders in mailboxes.items() if channel in own}


def _remaining(person: Person, on: date) -> set[UUID]:
    """Return who works here and goes on to: everybody but the leaver and those whose own last day is set. One query."""
    here = Membership.objects.filter(
        Q(ended_on__isnull=True),
        organisation=person.organisation_id,
        started_on__lte=on,
        user__is_active=True,
    ).exclude(user=person.user_id)
    return set(here.values_list("user", flat=True))
