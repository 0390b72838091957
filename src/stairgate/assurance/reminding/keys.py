"""Reminders of what lets somebody in: access lists, passwords to change, envelopes that were opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from stairgate.assurance.reminding.rules import Due, Kind
from stairgate.assurance.reminding.setting import Setting, Source
from stairgate.channels.access_list.rules import COMES_UP, due_at
from stairgate.channels.access_list.selectors import compared, with_access
from stairgate.channels.models import AccessFinding, Channel, Envelope
from stairgate.channels.vault.selectors import Vault, vaults
from stairgate.clauses import control
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.parameters import Parameters

#: whom an opened envelope is told
_TOLD = (Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL)
#: for how long it is told at least, also when everything in it was changed within the hour
_TOLD_FOR = timedelta(days=7)
_IN_CHARGE = (Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR, Role.DSL)
_COMPARE = (Role.MANAGER, Role.PAGE_ADMINISTRATOR)


@control(
    "C25", "A password that a leaver knew is on Today of every holder and manager until a new one is put in"
)
def _vaults(setting: Setting) -> Iterator[Due]:
    """What is to be changed that day, and a mailbox whose password nobody put in: for holders and managers."""
    managers = {member.user_id for member in setting.who(Duty.MANAGE)}
    for vault in vaults(setting.organisation, setting.now):
        whom = managers | {member.user_id for member in vault.holders}
        yield from _to_change(setting, vault, whom)
        if vault.missing:
            for user in whom:
                says = f"{vault.channel.name}: put the password of its mailbox into the vault"
                yield Due(user, Kind.VAULT, str(vault.channel.pk), setting.now, says, str(vault.channel.pk))


def _to_change(setting: Setting, vault: Vault, whom: set[UUID]) -> Iterator[Due]:
    for entry in vault.to_change:
        since = entry.since or setting.now
        row, day = entry.credential, setting.organisation.day(since)
        says = f"{vault.channel.name}, {row.get_kind_display().lower()}: change the password today"
        for user in whom:
            subject = f"{row.pk}:{row.put_in_at.isoformat()}"
            yield Due(user, Kind.SECRET, subject, setting.end_of(day), says, str(vault.channel.pk))


@control("C25", "Managers and the safeguarding lead are told on Today that an envelope was opened")
def _envelopes(setting: Setting) -> Iterator[Due]:
    """Envelopes that were opened of late: for managers and leads. One query."""
    rows = Envelope.objects.filter(
        organisation=setting.organisation, opened_at__gt=setting.now - _TOLD_FOR
    ).select_related("channel", "opened_by")
    for row in rows:
        name = row.opened_by.first_name if row.opened_by else "Somebody"
        says = f"{name} opened envelope {row.number} of {row.channel.name}"
        for member in setting.holding(*_TOLD):
            due_at = row.opened_at or setting.now
            yield Due(member.user_id, Kind.ENVELOPE, str(row.pk), due_at, says, str(row.channel_id))


@control(
    "C84", "Who can reach an account and should not is on Today of everybody in charge until it is settled"
)
def _strangers(setting: Setting) -> Iterator[Due]:
    """Findings about access that nobody settled: for everybody in charge but whom they are about. One query."""
    rows = AccessFinding.objects.filter(
        person__channel__organisation=setting.organisation, closed_at__isnull=True
    ).select_related("person__channel")
    for row in rows:
        channel = row.person.channel
        says = f"{row.person.name} can reach {channel.name}: {row.get_why_display().lower()}"
        for member in setting.holding(*_IN_CHARGE):
            if member.user_id != row.person.user_id:
                yield Due(member.user_id, Kind.STRANGER, str(row.pk), row.found_at, says, str(channel.pk))


@control(
    "C84", "A list that nobody compared in time is told from a week before, to managers and administrators"
)
def _compare(setting: Setting) -> Iterator[Due]:
    """Access lists that are to be compared within a week: for whoever may. One query."""
    days = (setting.version.parameters if setting.version else Parameters()).access_check_days
    live = Channel.objects.filter(
        organisation=setting.organisation, status=Channel.Status.LIVE, connection__isnull=False
    )
    for channel in with_access(live).select_related("connection"):
        checked, _ = compared(channel)
        due = due_at(checked, channel.connection.met_at, days)
        if setting.now < due - COMES_UP:
            continue
        says = f"{channel.name}: compare who can reach it with our register"
        for member in setting.holding(*_COMPARE):
            subject = f"{channel.pk}:{due.isoformat()}"
            yield Due(member.user_id, Kind.ACCESS, subject, due, says, str(channel.pk))


SOURCES: tuple[Source, ...] = (
    Source(frozenset({Kind.STRANGER}), _strangers),
    Source(frozenset({Kind.ACCESS}), _compare),
    Source(frozenset({Kind.SECRET, Kind.VAULT}), _vaults),
    Source(frozenset({Kind.ENVELOPE}), _envelopes),
)
