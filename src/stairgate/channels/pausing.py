"""Pausing one account or all of them, at once, and opening again by two people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from stairgate.channels.models import Channel, Pause
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import in_force, signatures_now, why_not

#: whoever may pause: shutting harms nobody, so neither the register nor a missing signature stops it
MAY_PAUSE = frozenset({Duty.APPROVE, Duty.DECIDE, Duty.MANAGE})


class CannotOpen(Exception):
    """The pause goes on; the message says why and what to do."""


def open_pauses(organisation: Organisation) -> QuerySet[Pause]:
    """Return the pauses that hold now, the one of everything first. One query."""
    holding = Pause.objects.filter(organisation=organisation, opened_at__isnull=True)
    return holding.select_related("channel", "paused_by", "asked_by").order_by("channel__name", "paused_at")


def pauses_since(channel: Channel, moment: datetime) -> QuerySet[Pause]:
    """Return the pauses of an account, its own and those of everything, that began after a moment."""
    covering = Q(channel=channel) | Q(channel__isnull=True)
    return Pause.objects.filter(covering, organisation=channel.organisation_id, paused_at__gte=moment)


@transaction.atomic
def pause(*, actor: User, channel: Channel, reason: str, at: datetime) -> Pause:
    """Pause one account at once; return the pause that holds. Raises `NotAllowed`.

    Pressed again while somebody asks to open, it takes that request away: somebody still sees danger.
    """
    _lock(channel.organisation, Channel.objects.filter(pk=channel.pk))
    _require_may_pause(actor, channel.organisation, at)
    if Channel.objects.filter(pk=channel.pk, status=Channel.Status.CLOSED).exists():
        raise NotAllowed("This account is closed for good.")
    return _pause(actor, channel.organisation, channel, reason, at)


@transaction.atomic
def pause_everything(*, actor: User, organisation: Organisation, reason: str, at: datetime) -> Pause:
    """Pause every account of the setting at once, also those still to come; return the pause that holds.

    Raises `NotAllowed`.
    """
    _lock(organisation, Channel.objects.filter(organisation=organisation))
    _require_may_pause(actor, organisation, at)
    return _pause(actor, organisation, None, reason, at)


def _lock(organisation: Organisation, channels: QuerySet[Channel]) -> None:
    """Wait for a gate that is opening on any of these accounts: once we return, none opens any more.

    The setting's row comes first, so that two people who press at once make one pause.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    list(channels.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _pause(
    actor: User, organisation: Organisation, channel: Channel | None, reason: str, at: datetime
) -> Pause:
    row, new = Pause.objects.get_or_create(
        organisation=organisation,
        channel=channel,
        opened_at=None,
        defaults={"reason": reason, "paused_by": actor, "paused_at": at},
    )
    if not new:
        row.asked_by, row.asked_at, row.asked_why = None, None, ""
        row.save(update_fields=["asked_by", "asked_at", "asked_why"])
    _record(row, actor, "channels.paused", {"reason": reason}, at)
    return row


@transaction.atomic
def ask_to_open(*, actor: User, pause: Pause, reason: str, at: datetime) -> None:
    """Ask to end a pause: nothing opens until somebody else confirms. Raises `NotAllowed`, `CannotOpen`."""
    row = _locked(pause)
    require_manager(actor, row.organisation, at)
    if row.asked_by not in {None, actor} and _still_asks(row, at):
        raise CannotOpen(f"{row.asked_by} has asked already. Somebody else can confirm it now.")
    row.asked_by, row.asked_at, row.asked_why = actor, at, reason
    row.save(update_fields=["asked_by", "asked_at", "asked_why"])
    _record(row, actor, "channels.opening_asked", {"reason": reason}, at)


@control(
    "C84",
    "A pause ends only when one responsible person asks and another fit page administrator confirms",
    coverage=Coverage.PART,
)
@transaction.atomic
def confirm_opening(*, actor: User, pause: Pause, at: datetime) -> None:
    """End a pause that somebody else asked to end. Raises `NotAllowed`, `CannotOpen`."""
    row = _locked(pause)
    _require_fit(actor_in(actor, row.organisation_id), at)
    if row.asked_by is None:
        raise CannotOpen("Nobody has asked to open it again.")
    if row.asked_by == actor:
        raise CannotOpen("You asked for this yourself, so somebody else has to confirm it.")
    if not _still_asks(row, at):
        raise CannotOpen(f"{row.asked_by} may not ask for this any more. Somebody has to ask afresh.")
    row.opened_by, row.opened_at = actor, at
    row.save(update_fields=["opened_by", "opened_at"])
    payload = {"reason": row.asked_why, "asked_by": str(row.asked_by.id)}
    _record(row, actor, "channels.opened", payload, at)


def _locked(pause: Pause) -> Pause:
    """Lock a pause that holds. Raises `CannotOpen` when it has ended."""
    rows = Pause.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("organisation", "asked_by").filter(pk=pause.pk, opened_at__isnull=True).first()
    if row is None:
        raise CannotOpen("This pause has ended already.")
    return row


def _require_may_pause(actor: User, organisation: Organisation, at: datetime) -> None:
    member = actor_in(actor, organisation.id)
    if not member.duties_on(organisation.day(at)) & MAY_PAUSE:
        raise NotAllowed("Your role does not let you pause this.")


def _still_asks(row: Pause, at: datetime) -> bool:
    """Return whether whoever asked could ask today too."""
    if row.asked_by is None:
        return False
    try:
        require_manager(row.asked_by, row.organisation, at)
    except NotAllowed:
        return False
    return True


@control(
    "C14",
    "Nobody, a manager neither, connects an account or opens it again without a live signature",
    coverage=Coverage.WHOLE,
)
def require_manager(actor: User, organisation: Organisation, at: datetime) -> None:
    """Raise `NotAllowed` unless the actor manages the setting and has signed the policy in force, or is an administrator
    fit for it today.
    """
    member = actor_in(actor, organisation.id)
    if Duty.MANAGE not in member.duties_on(organisation.day(at)):
        _require_fit(member, at)
    elif not signatures_now(organisation).filter(user=actor).exists():
        raise NotAllowed("Read and sign the policy in force first. Then you can do this.")


def _require_fit(member: Membership, at: datetime) -> None:
    """Raise `NotAllowed` unless the member is a page administrator fit for it today."""
    version = in_force(member.organisation)
    barriers = why_not(member, Duty.APPROVE, version=version, on=member.organisation.day(at))
    if barriers:
        raise NotAllowed(" ".join(barriers))


def _record(row: Pause, actor: User, kind: str, payload: Mapping[str, object], at: datetime) -> None:
    about = str(row.channel_id) if row.channel_id else "everything"
    record(
        organisation_id=row.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(row.channel_id or row.id),
        payload={"pause": str(row.id), "account": about, **payload},
        at=at,
    )
