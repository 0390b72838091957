"""Everything about one account on one page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q

from stairgate.channels.asking import form
from stairgate.channels.models import AccountRequest, Channel, Condition, HealthReading, Pause, Renewal
from stairgate.channels.selectors import ChannelNow, channel_now
from stairgate.organisations.models import User

_BARS, _STEP, _MOST = 30, 7, 20


@dataclass(frozen=True, slots=True)
class Holder:
    """An administrator the account was authorised with, and whether they could run it today."""

    first_name: str
    position: str
    fit: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account with what it is for, who holds it, what is open, and what happened."""

    now: ChannelNow
    request: AccountRequest | None
    holders: tuple[Holder, ...]
    conditions: tuple[Condition, ...]
    renewals: tuple[Renewal, ...]
    waiting: Renewal | None
    bars: tuple[tuple[int, bool], ...]  # left edge and health of each of the last readings, oldest first
    failures: int
    history: tuple[tuple[datetime, str, str], ...]  # when, what, in whose words

    @property
    def unmet(self) -> tuple[Condition, ...]:
        return tuple(one for one in self.conditions if one.met_at is None)


def account_page(channel: Channel, now: datetime) -> AccountPage:
    """Return the page of an account. Seven queries, whatever happened to it, and one more while a setting has moved."""
    pauses = _pauses(channel)
    about = channel_now(channel, now, pauses=[one for one in pauses if one.opened_at is None])
    readings = list(HealthReading.objects.known_at(now).filter(channel=channel)[:_BARS])
    request = _request(channel)
    conditions = tuple(channel.conditions.select_related("met_by")[:_MOST])
    renewals = tuple(channel.renewals.select_related("asked_by", "decided_by")[:_MOST])
    happened = [*_asked(channel, request), *_conditions(conditions), *_renewals(renewals)]
    for pause in pauses:
        happened += _pause(pause)
    happened.reverse()  # of one moment the later comes first
    happened.sort(key=lambda one: one[0], reverse=True)
    return AccountPage(
        now=about,
        request=request,
        holders=_holders(about, request),
        conditions=conditions,
        renewals=renewals,
        waiting=next((one for one in renewals if one.decided_at is None), None),
        bars=tuple((4 + _STEP * n, one.ok) for n, one in enumerate(reversed(readings))),
        failures=sum(not one.ok for one in readings),
        history=tuple(happened[: 2 * _MOST]),
    )


def _pauses(channel: Channel) -> list[Pause]:
    """Return the pauses of an account and those of everything, the ones that hold first. One query."""
    rows = Pause.objects.filter(
        Q(channel=channel) | Q(channel__isnull=True),
        Q(opened_at__isnull=True) | Q(paused_at__gte=channel.authorised_at),
        organisation=channel.organisation_id,
    ).select_related("channel", "paused_by", "asked_by", "opened_by")
    return list(rows.order_by(F("opened_at").desc(nulls_first=True), "-paused_at")[:_MOST])


def _request(channel: Channel) -> AccountRequest | None:
    rows = AccountRequest.objects.select_related("requested_by", "lead_by", "decided_by", "cosigned_by")
    return rows.filter(channel=channel).first()


def _holders(about: ChannelNow, request: AccountRequest | None) -> tuple[Holder, ...]:
    """Those named on the request; without one, whoever is fit today."""
    if request is None:
        return tuple(Holder(one.first_name, one.job_title, True) for one in about.administrators)
    fit = {str(one.user_id) for one in about.administrators}
    numbers = (n for n in range(1, form.MOST_ADMINISTRATORS + 1) if form.line(request.answers, f"admin{n}"))
    return tuple(_holder(request, number, fit) for number in numbers)


def _holder(request: AccountRequest, number: int, fit: set[str]) -> Holder:
    name = form.line(request.answers, f"admin{number}_name").split()
    who = form.line(request.answers, f"admin{number}")
    return Holder(name[0] if name else "", form.line(request.answers, f"admin{number}_position"), who in fit)


_Row = tuple[datetime, str, str]


def _asked(channel: Channel, request: AccountRequest | None) -> Iterator[_Row]:
    if request is None or request.sent_at is None:
        yield channel.authorised_at, f"{channel.authorised_by.first_name} authorised it", ""
    else:
        yield request.sent_at, f"{request.requested_by.first_name} asked for it", ""
        yield from _signed(request.lead_by, request.lead_at, "signed as safeguarding lead")
        yield from _signed(request.decided_by, request.decided_at, "authorised it", request.reason)
        yield from _signed(request.cosigned_by, request.cosigned_at, "signed second")
    connection = getattr(channel, "connection", None)
    if connection is not None:
        yield connection.connected_at, f"{connection.connected_by.first_name} connected it", ""


def _signed(who: User | None, at: datetime | None, what: str, words: str = "") -> Iterator[_Row]:
    if who is not None and at is not None:
        yield at, f"{who.first_name} {what}", words


def _conditions(rows: tuple[Condition, ...]) -> Iterator[_Row]:
    for row in rows:
        yield from _signed(row.met_by, row.met_at, f"found a condition met: {row.words}", row.met_how)


def _renewals(rows: tuple[Renewal, ...]) -> Iterator[_Row]:
    for row in rows:
        yield row.asked_at, f"{row.asked_by.first_name} wrote the evaluation", row.evaluation
        said = f"renewed it until {row.until.day} {row.until:%B %Y}" if row.until else "did not renew it"
        yield from _signed(row.decided_by, row.decided_at, said, row.reason)


def _pause(row: Pause) -> Iterator[_Row]:
    what = "this account" if row.channel_id else "everything"
    if row.paused_by is not None:
        yield row.paused_at, f"{row.paused_by.first_name} paused {what}", row.reason
    yield from _signed(row.opened_by, row.opened_at, f"confirmed that {what} is open again", row.asked_why)
