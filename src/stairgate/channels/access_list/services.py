"""Reading who can reach an account, going through it by hand, saying who is who, and settling what was found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from stairgate.channels.access_list.rules import READ_EVERY, amiss, why_stays
from stairgate.channels.access_list.selectors import colleague, members, strangers, tells, with_access
from stairgate.channels.models import AccessCheck, AccessFinding, Channel, PlatformPerson
from stairgate.channels.pausing import require_manager
from stairgate.channels.services import account_for, network_for, write_down
from stairgate.clauses import control
from stairgate.networks.base import AccessHolder, ListsAccess, Trouble
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.sealing import CannotOpen

log = structlog.get_logger(__name__)

_LONGEST_NAME = 200


class CannotCompare(Exception):
    """Nothing was changed; the message says why and what to do."""


def sweep(now: datetime, worker: str) -> int:
    """Read the list of every live account whose network tells it, once a day; return how many were read."""
    rows = with_access(Channel.objects.filter(status=Channel.Status.LIVE, connection__isnull=False))
    due = rows.filter(Q(access_checked_at__isnull=True) | Q(access_checked_at__lte=now - READ_EVERY))
    found = [one for one in due.select_related("organisation", "connection") if tells(one)]
    return sum(_read_quietly(channel, now) for channel in found)


def _read_quietly(channel: Channel, now: datetime) -> bool:
    """Read one list; trouble stops no other, and shows when the comparison is overdue."""
    try:
        note(channel=channel, holders=_ask(channel), by=None, at=now)
    except (Trouble, CannotOpen) as trouble:
        log.warning("access_not_read", channel=str(channel.pk), why=type(trouble).__name__)
        return False
    except Exception:
        log.exception("access_surprise", channel=str(channel.pk))
        return False
    return True


def _ask(channel: Channel) -> tuple[AccessHolder, ...]:
    """Return who the network says can reach an account. Raises `Trouble`, `CannotOpen`."""
    client = network_for(channel)
    assert isinstance(client, ListsAccess)
    return client.who_gets_in(account_for(channel))


def read_now(*, actor: User, channel: Channel, at: datetime) -> None:
    """Read the list because somebody asked. Raises `NotAllowed`, `CannotCompare`."""
    require_manager(actor, channel.organisation, at)
    if not hasattr(channel, "connection") or not tells(channel):
        raise CannotCompare(
            "Its network does not tell who can reach it. Look there, and tick who is on the list."
        )
    try:
        holders = _ask(channel)
    except (Trouble, CannotOpen) as trouble:
        raise CannotCompare(f"The list could not be read. {trouble}") from None
    note(channel=channel, holders=holders, by=None, at=at)


@control("C84", "Each month somebody compares who can reach an account, where the network does not tell us")
@transaction.atomic
def go_through(
    *,
    actor: User,
    channel: Channel,
    there: Collection[UUID],
    users: Collection[UUID],
    others: Sequence[str],
    at: datetime,
) -> None:
    """Write down who is on the list, as somebody saw it there: whom we know (``there``), colleagues who are new on it
    (``users``), and the names of everybody else. Raises `NotAllowed`, `CannotCompare`.
    """
    require_manager(actor, channel.organisation, at)
    if tells(channel):
        raise CannotCompare("Its network tells us: have the list read instead.")
    known = PlatformPerson.objects.filter(channel=channel, pk__in=there)
    holders = [AccessHolder(one.external_id, one.name) for one in known]
    who = {f"colleague {one.user_id}": one for one in members(channel.organisation, set(users)).values()}
    holders += [AccessHolder(external_id, one.first_name) for external_id, one in who.items()]
    names = [one.strip()[:_LONGEST_NAME] for one in others if one.strip()]
    holders += [AccessHolder(f"name {one.casefold()}"[:_LONGEST_NAME], one) for one in names]
    if not holders:
        raise CannotCompare("Somebody can always reach it. Tick who is on the list, yourself included.")
    named = {external_id: one.user_id for external_id, one in who.items()}
    note(channel=channel, holders=holders, by=actor, named=named, at=at)


@transaction.atomic
def note(
    *,
    channel: Channel,
    holders: Sequence[AccessHolder],
    by: User | None,
    at: datetime,
    named: Mapping[str, UUID] | None = None,
) -> AccessCheck:
    """Store a whole list as it was read, and compare it with the register; return the check.

    ``named``: whom the reader knows some of them to be, by the network's own id.
    """
    Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    seen = {one.external_id: one.name[:_LONGEST_NAME] for one in holders}
    known = {one.external_id: one for one in PlatformPerson.objects.filter(channel=channel)}
    for external_id, name in seen.items():
        row = known.get(external_id) or PlatformPerson(
            channel=channel, external_id=external_id, first_seen_at=at
        )
        row.name, row.last_seen_at, row.gone_at = name, at, None
        if by and external_id in (named or {}):
            row.user_id, row.matched_by, row.matched_at = (named or {})[external_id], by, at
        row.save()
    PlatformPerson.objects.filter(channel=channel, gone_at__isnull=True).exclude(external_id__in=seen).update(
        gone_at=at
    )
    check = AccessCheck.objects.create(channel=channel, at=at, by=by, seen=sorted(seen.values()))
    if by is not None:
        write_down(by, channel, "channels.access_compared", {"people": len(seen)}, at)
    _compare(channel, at)
    return check


def _compare(channel: Channel, at: datetime) -> None:
    """Open a finding for everybody on the list who should not be there and has none open yet."""
    people = list(PlatformPerson.objects.filter(channel=channel, gone_at__isnull=True))
    known = set(
        AccessFinding.objects.filter(person__channel=channel, closed_at__isnull=True).values_list(
            "person", flat=True
        )
    )
    for person, why in strangers(people, channel.organisation, channel.organisation.day(at)):
        if person.pk not in known:
            finding = AccessFinding.objects.create(person=person, why=why, found_at=at)
            payload = {"finding": str(finding.pk), "why": why}
            write_down(None, channel, "channels.access_stranger", payload, at)


@transaction.atomic
def say_who(*, actor: User, channel: Channel, person: UUID | None, user: UUID | None, at: datetime) -> None:
    """Say which colleague somebody on the list is. Raises `NotAllowed`, `CannotCompare`.

    What nobody knew is settled by that, when the colleague may be there; else it goes on under its true reason.
    """
    require_manager(actor, channel.organisation, at)
    on = channel.organisation.day(at)
    row = PlatformPerson.objects.filter(channel=channel, pk=person).first() if person else None
    member = members(channel.organisation, {user}).get(user) if user else None
    if row is None or member is None:
        raise CannotCompare("Choose somebody on the list, and somebody who works here.")
    row.user_id, row.matched_by, row.matched_at = member.user_id, actor, at
    row.save(update_fields=["user", "matched_by", "matched_at"])
    write_down(
        actor, channel, "channels.access_named", {"person": str(row.pk), "user": str(member.user_id)}, at
    )
    why = amiss(colleague(member, on), on)
    finding = AccessFinding.objects.filter(person=row, closed_at__isnull=True).first()
    if finding is None:
        return
    if why:
        finding.why = why
        finding.save(update_fields=["why"])
    else:
        _close(finding, channel, actor, f"It is {member.first_name}.", at)


@control(
    "C25",
    "What was found of somebody's access is settled by another named person, once the list is without them",
)
@transaction.atomic
def settle(*, actor: User, finding: AccessFinding, done: str, at: datetime) -> None:
    """Say what was done about somebody who should not be on the list. Raises `NotAllowed`, `CannotCompare`."""
    channel = finding.person.channel
    require_manager(actor, channel.organisation, at)
    row = (
        AccessFinding.objects.select_for_update(of=("self",), no_key=True)
        .select_related("person")
        .get(pk=finding.pk)
    )
    if row.closed_at is not None:
        raise CannotCompare("This is settled already.")
    if row.person.user_id == actor.pk:
        raise NotAllowed("This is about your own access, so somebody else has to settle it.")
    on = channel.organisation.day(at)
    named = members(channel.organisation, {row.person.user_id} if row.person.user_id else set())
    local = channel.organisation.local(row.person.last_seen_at)
    why = why_stays(
        still_there=row.person.gone_at is None,
        still_amiss=amiss(colleague(named.get(row.person.user_id), on), on) is not None,
        done=done,
        read_at=f"{local:%a} {local.day} {local:%b, %H:%M}",
    )
    if why:
        raise CannotCompare(why)
    _close(row, channel, actor, done.strip()[:300], at)


def _close(finding: AccessFinding, channel: Channel, actor: User, done: str, at: datetime) -> None:
    finding.closed_at, finding.closed_by, finding.done = at, actor, done
    finding.save(update_fields=["closed_at", "closed_by", "done"])
    payload = {"finding": str(finding.pk), "done": done}
    write_down(actor, channel, "channels.access_settled", payload, at)
