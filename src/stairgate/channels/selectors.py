"""What is known of the accounts right now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from stairgate.channels.access_list import rules as access_rules
from stairgate.channels.access_list import selectors as access_list
from stairgate.channels.baseline import rules as baseline_rules
from stairgate.channels.baseline import selectors as baseline
from stairgate.channels.baseline.rules import Moved, Settings
from stairgate.channels.models import Channel, Condition, HealthReading, Pause
from stairgate.channels.opening.rules import Opening, short_soon, unconfirmed
from stairgate.channels.opening.selectors import COLUMNS, columns, opening_of, stand_for
from stairgate.channels.pausing import open_pauses
from stairgate.channels.rules import ChannelFacts, Deadline, Restriction, check_deadline, restrictions
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import holders
from stairgate.people.selectors import online_safety_trained
from stairgate.policies.library.selectors import safeguarding_until
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.reviewing import review_dues
from stairgate.policies.selectors import fit_among, in_force

#: the pauses of an account in a query of accounts: its own, and those of everything
_COVERING = Q(channel=OuterRef("pk")) | Q(channel__isnull=True)


@dataclass(frozen=True, slots=True)
class ChannelNow:
    """An account with everything that shuts it, now."""

    channel: Channel
    reading: HealthReading | None
    administrators: tuple[Membership, ...]
    pauses: tuple[Pause, ...]
    restrictions: tuple[Restriction, ...]
    opening: Opening
    settings: Settings
    holders_needed: int  # of its mailbox

    @property
    def is_open(self) -> bool:
        return not self.restrictions

    @property
    def others(self) -> tuple[Restriction, ...]:
        """What shuts it besides the pauses."""
        return self.restrictions[len(self.pauses) :]

    @property
    def to_confirm(self) -> tuple[Restriction, ...]:
        """What shuts it and is put right on its going-live sheet."""
        return tuple(found for found in self.restrictions if found.to_confirm)

    @property
    def remaining(self) -> str:
        """What will be wrong when those whose last day is set have left, or is wrong with who gets in; "" if nothing."""
        return short_soon(self.channel.name, self.opening, need=self.holders_needed)


def accounts_now(
    organisation: Organisation,
    now: datetime,
    *,
    version: PolicyVersion | None = None,
    administrators: Sequence[Membership] | None = None,
    among: QuerySet[Channel] | None = None,
) -> list[ChannelNow]:
    """Return every account that is not closed, by name; ``among`` may bring what else is to be read of them. Three
    queries, one less for each of the version in force and the fit administrators when they are known already; one
    more while something is paused, and one more while a setting has moved.
    """
    version = version or in_force(organisation)
    fit = fit_administrators(organisation, now) if administrators is None else tuple(administrators)
    channels = list(
        (Channel.objects.all() if among is None else among)
        .filter(organisation=organisation)
        .exclude(status=Channel.Status.CLOSED)
        .select_related("connection__seen_by", "organisation", "authorised_by", "requested_by")
        .annotate(**_readings(now))
        .annotate(late_condition=_late(organisation.day(now)))
        .annotate(online_safety=online_safety_trained(organisation, organisation.day(now)))
        .annotate(safeguarding_until=safeguarding_until(organisation))
        .annotate(**columns(organisation.day(now)))
        .annotate(**baseline.columns(organisation.day(now)))
        .annotate(**access_list.columns())
        .annotate(is_paused=Exists(open_pauses(organisation).filter(_COVERING)))
    )
    some_paused = any(getattr(channel, "is_paused", True) for channel in channels)
    pauses = tuple(open_pauses(organisation)) if some_paused else ()
    moved = baseline.moved_in([one for one in channels if getattr(one, "settings_moved", True)], now)
    return [
        _now(
            channel,
            _newest(channel, vars(channel)),
            fit,
            version,
            pauses,
            _asked(channel, moved.get(channel.pk, ())),
            now,
        )
        for channel in channels
    ]


def _late(on: date) -> Subquery:
    """The condition of an account that is late for longest, in a query of accounts."""
    late = Condition.objects.filter(channel=OuterRef("pk"), met_at__isnull=True, due_on__lt=on)
    return Subquery(late.order_by("due_on").values("words")[:1])


#: what is read of the newest reading, along with its account
_READ = ("id", "at", "ok", "problems", "expires_at", "budget_used", "scopes", "rings", "notes")


def _readings(now: datetime) -> dict[str, Subquery]:
    """What is read of the newest reading, in a query of accounts. See `_newest`."""
    known = HealthReading.objects.known_at(now).filter(channel=OuterRef("pk"))
    return {f"newest_{name}": Subquery(known.values(name)[:1]) for name in _READ}


def _newest(channel: Channel, row: Mapping[str, Any]) -> HealthReading | None:
    """Return the newest reading of an account, from what was read along with it."""
    if row["newest_id"] is None:
        return None
    return HealthReading(channel=channel, **{name: row[f"newest_{name}"] for name in _READ})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is read along with an account."""

    late_condition: str | None
    online_safety: int  # how many have that training in date
    safeguarding_until: date | None
    opening: Opening
    settings: Settings
    compared_at: datetime | None  # its access list


def _asked(channel: Any, moved: tuple[Moved, ...]) -> _Asked:
    """Return what was read along with an account."""
    confirmed = opening_of({name: getattr(channel, name) for name in COLUMNS})
    read = {name: getattr(channel, name) for name in baseline.COLUMNS}
    settings = baseline.settings_of(channel.organisation, read, moved)
    return _Asked(
        *(channel.late_condition, channel.online_safety, channel.safeguarding_until),
        *(confirmed, settings, access_list.compared(channel)[0]),
    )


def channel_now(
    channel: Channel,
    now: datetime,
    *,
    version: PolicyVersion | None = None,
    pauses: Iterable[Pause] | None = None,
) -> ChannelNow:
    """Return one account with everything that shuts it, read afresh; but for the version in force and the pauses that
    hold, when they are known.
    """
    version = version or in_force(channel.organisation)
    administrators = fit_administrators(channel.organisation, now)
    pauses = tuple(open_pauses(channel.organisation) if pauses is None else pauses)
    on = channel.organisation.day(now)
    trained = online_safety_trained(channel.organisation, on)
    until = safeguarding_until(channel.organisation)
    asked_for: dict[str, Any] = {
        **columns(on),
        **baseline.columns(on),
        **access_list.columns(),
        **_readings(now),
        "is_late": _late(on),
        "trained": trained,
        "safe_until": until,
    }
    row: Any = Channel.objects.filter(pk=channel.pk).values(**asked_for).get()
    moved = baseline.moved_in([channel] if row["settings_moved"] else [], now).get(channel.pk, ())
    settings = baseline.settings_of(channel.organisation, row, moved)
    asked = _Asked(
        *(row["is_late"], row["trained"], row["safe_until"]),
        *(opening_of(row), settings, row["access_checked_at"]),
    )
    return _now(channel, _newest(channel, row), administrators, version, pauses, asked, now)


def fit_administrators(organisation: Organisation, now: datetime) -> tuple[Membership, ...]:
    """Return the page administrators whose check, training and signature hold today (C18). One query."""
    on = organisation.day(now)
    return tuple(fit_among(holders(organisation, [Role.PAGE_ADMINISTRATOR], on), organisation, on=on))


def _now(
    channel: Channel,
    reading: HealthReading | None,
    administrators: tuple[Membership, ...],
    version: PolicyVersion | None,
    pauses: tuple[Pause, ...],
    asked: _Asked,
    now: datetime,
) -> ChannelNow:
    own = tuple(pause for pause in pauses if pause.channel_id in {None, channel.id})
    parameters = version.parameters if version else Parameters()
    facts = ChannelFacts(
        name=channel.name,
        live=channel.status == Channel.Status.LIVE,
        shut_because=channel.status_reason,
        closed=channel.status == Channel.Status.CLOSED,
        connected=hasattr(channel, "connection"),
        administrators=tuple(member.first_name for member in administrators),
        administrators_needed=parameters.page_administrators,
        policy_reviews=review_dues(version) if version else (),
        healthy=reading.ok if reading else None,
        health_at=reading.at if reading else None,
        health_hours=parameters.health_every_hours,
        health_problem=" ".join(reading.problems) if reading else "",
        paused=tuple(_says(pause, channel) for pause in own),
        authorised_until=_over(channel, channel.authorised_until),
        late_condition=asked.late_condition or "",
        online_safety=asked.online_safety,
        safeguarding_until=_over(channel, asked.safeguarding_until),
        unconfirmed=_unconfirmed(channel, version, asked, now),
        unread_since=channel.unread_since,
        rota_until=_over(channel, channel.organisation.rota_until),
        check=check_due(channel, parameters),
    )
    shut = restrictions(facts, now)
    return ChannelNow(
        *(channel, reading, administrators, own, shut),
        *(asked.opening, asked.settings, parameters.mailbox_holders),
    )


def _unconfirmed(
    channel: Channel, version: PolicyVersion | None, asked: _Asked, now: datetime
) -> tuple[Restriction, ...]:
    """Return what of the going-live sheet, of the settings of the page and of its access list shuts the account; before it
    is connected there is nothing to look at.
    """
    if version is None or not hasattr(channel, "connection"):
        return ()
    parameters, name = version.parameters, channel.name
    days, mend_days = parameters.settings_check_days, parameters.settings_mend_days
    compared_at, since = asked.compared_at, channel.connection.met_at
    return (
        *unconfirmed(name, asked.opening, stand_for(channel, version), need=parameters.mailbox_holders),
        *baseline_rules.restrictions(name, asked.settings, now, days=days, mend_days=mend_days),
        *access_rules.restrictions(name, compared_at, since, now, days=parameters.access_check_days),
    )


def check_due(channel: Channel, parameters: Parameters) -> Deadline | None:
    """Return when an account has to be checked next: counted from its last check, or from the day it was connected."""
    connection = getattr(channel, "connection", None)
    since = channel.checked_at or (connection.met_at if connection else None)
    zone = ZoneInfo(channel.organisation.timezone)
    return check_deadline(since, parameters.check_every_days, zone) if since else None


def _over(channel: Channel, last: date | None) -> datetime | None:
    """Return the first moment after a last day, on the setting's own clock."""
    if last is None:
        return None
    day = last + timedelta(days=1)
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(channel.organisation.timezone))


def _says(pause: Pause, channel: Channel) -> str:
    what = "Everything" if pause.channel_id is None else channel.name
    by = f" by {pause.paused_by.first_name}" if pause.paused_by else ""
    return f"{what} is paused{by}: “{pause.reason}”. It takes two people to open it again."


def to_promote(organisation: Organisation, on: date) -> list[Channel]:
    """Return the accounts that are live and authorised that day, and have an address to pass on. One query."""
    rows = Channel.objects.filter(organisation=organisation, status=Channel.Status.LIVE)
    rows = rows.filter(Q(authorised_until__isnull=True) | Q(authorised_until__gte=on))
    return list(rows.exclude(connection__public_url="").select_related("connection").order_by("name"))
