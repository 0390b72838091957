"""What is known of the settings of a page, read along with the account; and its whole sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Subquery

from stairgate.channels.baseline import words as wordlist
from stairgate.channels.baseline.asked import ASKED, asked_columns, asked_of
from stairgate.channels.baseline.lines import Baseline, Line, Screen, baseline_of
from stairgate.channels.baseline.rules import (
    FINE,
    Answer,
    Asked,
    Moved,
    Seen,
    Settings,
    Standing,
    Weaker,
    moved_since,
    standing,
)
from stairgate.channels.models import (
    BlockedWords,
    Channel,
    SettingAnswer,
    SettingsReading,
    SettingsSheet,
    WeakerSetting,
)
from stairgate.channels.opening.rules import Item, Opening, counts
from stairgate.channels.opening.selectors import opening_on, stand_for
from stairgate.networks.base import KnowsSettings
from stairgate.networks.registry import get as network_named
from stairgate.organisations.models import Organisation, ScreeningWord
from stairgate.organisations.selectors import words_in_force
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.screening import default_pack

Kind = ScreeningWord.Kind


def is_asked(channel: Channel) -> bool:
    """Return whether the network of an account can be asked for its settings."""
    return isinstance(network_named(channel.network), KnowsSettings)


# ── Along with the account ──


def columns(on: date) -> dict[str, Any]:
    """Return what is known of the settings, to be read along with a query of accounts. See `settings_of`."""
    here = {"channel": OuterRef("pk")}
    moved = SettingAnswer.objects.filter(**here, ended_at__isnull=True, answer=Answer.OTHER)
    newest = SettingsSheet.objects.filter(**here)
    return {
        "settings_signed": Subquery(newest.values("signed_at")[:1]),
        "settings_moved": Exists(moved),
        "settings_sheet": Subquery(newest.values("pk")[:1]),
        **asked_columns(on),
    }


COLUMNS = ("settings_signed", "settings_moved", *ASKED)


def moved_in(channels: Iterable[Channel], now: datetime) -> dict[Any, tuple[Moved, ...]]:
    """Return by account what has moved on it, the oldest first. One query; none when there is no account."""
    known = {channel.pk: channel for channel in channels}
    if not known:
        return {}
    newest = WeakerSetting.objects.filter(
        channel=OuterRef("channel"), line=OuterRef("line"), found=OuterRef("found")
    )
    rows = SettingAnswer.objects.filter(channel__in=known, ended_at__isnull=True, answer=Answer.OTHER)
    read = {f"weaker_{name}": Subquery(newest.values(name)[:1]) for name in ("until", "ended_at")}
    found: defaultdict[Any, list[Moved]] = defaultdict(list)
    for row in rows.annotate(**read).order_by("since"):
        channel = known[row.channel_id]
        one = _moved(channel, row, now)
        if one is not None:
            found[channel.pk].append(one)
    return {pk: tuple(sorted(ones, key=lambda one: one.since)) for pk, ones in found.items()}


def _moved(channel: Channel, row: Any, now: datetime) -> Moved | None:
    """Return a setting as moved, from its answer; None when it is excused, or no line any more."""
    line = baseline_of(channel.network).line(row.line)
    if line is None:
        return None
    seen = _seen(row)
    until: date | None = row.weaker_until
    weaker = _weaker(channel.organisation, row.found, until, row.weaker_ended_at) if until else None
    if standing(row.stands_for, seen, weaker, now=now, days=1) != Standing.MOVED:
        return None
    return Moved(
        line=line.id,
        name=line.name,
        clause=line.clause,
        wanted=line.wanted,
        found=row.found,
        since=moved_since(seen, weaker),
        settable=bool(line.key) and is_asked(channel),
        refused=row.refused_at is not None,
    )


def _seen(row: SettingAnswer) -> Seen:
    return Seen(Answer(row.answer), row.found, row.since, row.looked_at, row.stands_for)


def _weaker(place: Organisation, found: str, until: date, ended_at: datetime | None) -> Weaker:
    over = datetime.combine(until + timedelta(days=1), time.min, tzinfo=ZoneInfo(place.timezone))
    return Weaker(found, until, min(over, ended_at) if ended_at else over)


def settings_of(place: Organisation, row: Mapping[str, Any], moved: tuple[Moved, ...]) -> Settings:
    """Return what is known of the settings of an account, from what `columns` read along with it."""
    return Settings(row["settings_signed"], moved, asked_of(place, row))


def asked_now(channel: Channel, on: date) -> Asked | None:
    """Return what asks for a new sheet of one account. One query."""
    row = Channel.objects.filter(pk=channel.pk).values(**columns(on)).get()
    return asked_of(channel.organisation, row)


# ── The whole sheet ──


@dataclass(frozen=True, slots=True)
class Now:
    """One line of the sheet as it stands."""

    line: Line
    standing: Standing
    answer: SettingAnswer | None
    weaker: WeakerSetting | None  # of the answer as it is, whether it still counts or not
    asked: bool  # the network tells us

    @property
    def fine(self) -> bool:
        return self.standing in FINE

    @property
    def mendable(self) -> bool:
        """Whether it has moved, and the network has not yet refused to change it for us."""
        refused = self.answer is not None and self.answer.refused_at is not None
        return self.standing == Standing.MOVED and self.asked and not refused

    @property
    def found(self) -> str:
        """What it was found at, in words; "" when nobody has looked."""
        if self.line.confirmed is not None:
            return self.line.wanted if self.fine else "Not confirmed"
        return self.answer.found if self.answer else ""


@dataclass(frozen=True, slots=True)
class ScreenNow:
    """The lines of one screen as they stand."""

    screen: Screen
    lines: tuple[Now, ...]

    @property
    def done(self) -> int:
        return sum(line.fine for line in self.lines)

    @property
    def moved(self) -> int:
        return sum(line.standing == Standing.MOVED for line in self.lines)

    @property
    def mendable(self) -> tuple[Now, ...]:
        """What has moved and may be put back from here."""
        return tuple(line for line in self.lines if line.mendable)

    @property
    def all_same(self) -> bool:
        """Whether there is nothing here to see: neither a task nor a weaker answer."""
        return all(line.fine and line.standing != Standing.WEAKER for line in self.lines)

    @property
    def by_person(self) -> tuple[Now, ...]:
        """The lines that a person has to look at: also those that the network does not tell us any more."""
        return tuple(one for one in self.lines if not one.asked and one.line.confirmed is None)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The settings of one page as they stand, with the sheet that was signed last."""

    channel: Channel
    baseline: Baseline
    screens: tuple[ScreenNow, ...]
    words: tuple[str, ...]
    kept: BlockedWords | None  # the newest version of the list of words
    reading: SettingsReading | None
    signed: SettingsSheet | None
    due: datetime | None
    asked: Asked | None  # what asks for a new one before its month is over
    weaker: tuple[tuple[Line, WeakerSetting], ...]  # what may be weaker now

    @property
    def lines(self) -> tuple[Now, ...]:
        return tuple(line for screen in self.screens for line in screen.lines)

    @property
    def left(self) -> tuple[Now, ...]:
        """What keeps the sheet from being signed."""
        return tuple(line for line in self.lines if not line.fine)

    @property
    def moved(self) -> tuple[Now, ...]:
        return tuple(line for line in self.lines if line.standing == Standing.MOVED)

    @property
    def mendable(self) -> tuple[Now, ...]:
        """What has moved and may be put back from here."""
        return tuple(line for line in self.lines if line.mendable)

    @property
    def words_digest(self) -> str:
        return wordlist.digest(self.words)

    @property
    def words_kept(self) -> bool:
        """Whether the list as it is now is the newest version that was kept."""
        return self.kept is not None and self.kept.digest == self.words_digest

    def now(self, line: str) -> Now | None:
        return next((one for one in self.lines if one.line.id == line), None)

    def screen(self, name: str) -> ScreenNow | None:
        return next((one for one in self.screens if one.screen.id == name), None)


def words_of(organisation: Organisation, parameters: Parameters) -> tuple[str, ...]:
    """Return the words that the pages of a setting are to hide, as of now. One query."""
    kinds = list(words_in_force(organisation, Kind.HOLD, Kind.EXCEPTION).values_list("kind", "words"))
    return wordlist.blocked_words(
        default_pack(),
        own=[words for kind, words in kinds if kind == Kind.HOLD],
        excepted=[words for kind, words in kinds if kind == Kind.EXCEPTION],
        level=parameters.profanity_level,
    )


def sheet_now(
    channel: Channel,
    version: PolicyVersion | None,
    now: datetime,
    *,
    opening: Opening | None = None,
    settings: Settings | None = None,
) -> Sheet:
    """Return every setting of a connected account as it stands. Eight queries, one less for each of what is confirmed of the
    account and what asks for a new sheet, when that is known.
    """
    parameters = version.parameters if version else Parameters()
    words = words_of(channel.organisation, parameters)
    reading = SettingsReading.objects.filter(channel=channel).first()
    current = SettingAnswer.objects.filter(channel=channel, ended_at__isnull=True)
    answers = {row.line: row for row in current.select_related("looked_by", "picture")}
    allowed: dict[tuple[str, str], WeakerSetting] = {}
    for row in WeakerSetting.objects.filter(channel=channel).select_related("given_by").order_by("given_at"):
        allowed[row.line, row.found] = row
    look = _Look(
        channel=channel,
        digest=wordlist.digest(words),
        told=_told(channel, reading),
        confirmed=_confirmed(channel, version, opening, now),
        now=now,
        days=parameters.settings_check_days,
    )
    screens = tuple(
        ScreenNow(screen, tuple(look.at(line, answers.get(line.id), allowed) for line in screen.lines))
        for screen in baseline_of(channel.network).screens
    )
    signed = SettingsSheet.objects.filter(channel=channel).select_related("signed_by").first()
    asked = settings.asked if settings else asked_now(channel, channel.organisation.day(now))
    counts_for = (parameters.settings_check_days, parameters.settings_mend_days)
    return Sheet(
        channel=channel,
        baseline=baseline_of(channel.network),
        screens=screens,
        words=words,
        kept=BlockedWords.objects.filter(organisation=channel.organisation_id).first(),
        reading=reading,
        signed=signed,
        due=Settings(signed.signed_at, asked=asked).due(*counts_for) if signed else None,
        asked=asked,
        weaker=tuple(
            (one.line, one.weaker)
            for screen in screens
            for one in screen.lines
            if one.weaker and one.standing != Standing.MOVED
        ),
    )


def _told(channel: Channel, reading: SettingsReading | None) -> frozenset[str] | None:
    """Return the keys that the network tells us; None when it was never asked, so that all are expected of it."""
    if not is_asked(channel):
        return frozenset()
    return frozenset(reading.told) if reading and reading.told else None


def _confirmed(
    channel: Channel, version: PolicyVersion | None, opening: Opening | None, now: datetime
) -> frozenset[Item]:
    """Return what of the going-live sheet counts now."""
    if version is None or not hasattr(channel, "connection"):
        return frozenset()
    today = stand_for(channel, version)
    known = opening or opening_on(channel, channel.organisation.day(now))
    return frozenset(item for item in Item if counts(item, known, today))


@dataclass(frozen=True, slots=True)
class _Look:
    """What is the same for all lines of one sheet."""

    channel: Channel
    digest: str
    told: frozenset[str] | None
    confirmed: frozenset[Item]
    now: datetime
    days: int

    def at(
        self, line: Line, answer: SettingAnswer | None, allowed: dict[tuple[str, str], WeakerSetting]
    ) -> Now:
        """Return how one line stands."""
        if line.confirmed is not None:
            fine = line.confirmed in self.confirmed
            return Now(line, Standing.SAME if fine else Standing.UNSEEN, None, None, asked=False)
        asked = bool(line.key) and (self.told is None or line.key in self.told)
        if answer is None:
            return Now(line, Standing.UNSEEN, None, None, asked)
        row = allowed.get((line.id, answer.found))
        place = self.channel.organisation
        weaker = _weaker(place, row.found, row.until, row.ended_at) if row else None
        found = standing(line.stands_for(self.digest), _seen(answer), weaker, now=self.now, days=self.days)
        return Now(line, found, answer, row, asked)
