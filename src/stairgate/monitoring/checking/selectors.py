"""What is known of the rota and of the check that is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery

from stairgate.channels.access_list.selectors import compared
from stairgate.channels.baseline.rules import Moved
from stairgate.channels.models import Channel, PlatformPerson
from stairgate.channels.rules import Deadline
from stairgate.channels.selectors import ChannelNow, accounts_now, check_due
from stairgate.ledger.models import Checkpoint
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, RotaAway, RotaPlace, SampleLook
from stairgate.monitoring.checking.rules import (
    FRESH,
    HEADINGS,
    TITLES,
    Answer,
    Away,
    Given,
    Heading,
    Seen,
    Stage,
    Step,
    covered_until,
    headings_of,
    on_duty,
    stage,
    unfinished,
)
from stairgate.monitoring.models import Decision, Item, LookAgain, Serious, Sighting
from stairgate.monitoring.selectors import Freshness, reading_of, with_reading
from stairgate.networks.base import ItemKind
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty, roles_with
from stairgate.organisations.selectors import holders
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import fit_among, in_force

_LAST = 4
_DAY = timedelta(days=1)
_AHEAD = 8


# ── The rota ──


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody on the rota. ``fit``: they may do the check today."""

    member: Membership
    fit: bool


@dataclass(frozen=True, slots=True)
class Rota:
    """Who looks, in which order, and who is away."""

    placed: tuple[Placed, ...]
    others: tuple[Membership, ...]  # who may be put on it
    away: tuple[RotaAway, ...]  # that is not over
    until: date | None  # the last day with somebody; None: there is no rota

    @property
    def fit(self) -> tuple[UUID, ...]:
        return tuple(one.member.user_id for one in self.placed if one.fit)

    def does(self, day: date) -> Membership | None:
        """Return who does a check that is due on a day."""
        found = on_duty(self.fit, spans(self.away), day)
        return next((one.member for one in self.placed if one.member.user_id == found), None)

    def ahead(self, due: date, every_days: int) -> list[tuple[date, Membership | None]]:
        """Return the next checks, each with who does it, if each is done on its last day."""
        days = (due + timedelta(days=every_days * number) for number in range(_AHEAD))
        return [(day, self.does(day)) for day in days]


def spans(rows: Sequence[RotaAway]) -> list[Away]:
    """Return when who is away, as the rules know it."""
    return [Away(row.user_id, row.first_on, row.last_on) for row in rows]


def away_from(organisation: Organisation, today: date) -> QuerySet[RotaAway]:
    """Return who of the rota is away today or later, the first first."""
    rows = RotaAway.objects.filter(organisation=organisation, ended_at__isnull=True, last_on__gte=today)
    return rows.select_related("user").order_by("first_on", "pk")


def rota_now(organisation: Organisation, now: datetime) -> Rota:
    """Return the rota as it stands. Four queries."""
    today = organisation.day(now)
    may = {one.user_id: one for one in holders(organisation, roles_with(Duty.DECIDE), today)}
    fit = {one.user_id for one in _fit(organisation, today)}
    places = RotaPlace.objects.filter(organisation=organisation, ended_at__isnull=True)
    order = [user for user in places.values_list("user", flat=True) if user in may]
    away = tuple(away_from(organisation, today))
    ready = [user for user in order if user in fit]
    leaving = [Away(user, day + _DAY, date.max) for user in ready if (day := may[user].ended_on)]
    return Rota(
        placed=tuple(Placed(may[user], user in fit) for user in order),
        others=tuple(one for user, one in may.items() if user not in order),
        away=away,
        until=covered_until(ready, [*spans(away), *leaving], today),
    )


def names_on_rota(organisation: Organisation, day: date) -> tuple[list[str], str]:
    """Return who is on the rota by first name, in order, and the first of them who works here and is there on a day. One
    query. Whether they are fit that day is not asked: `Organisation.rota_until` says whether somebody is.
    """
    away = RotaAway.objects.filter(
        organisation=organisation,
        user=OuterRef("user"),
        ended_at__isnull=True,
        first_on__lte=day,
        last_on__gte=day,
    )
    here = Membership.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=day), user=OuterRef("user"), organisation=organisation
    )
    rows = RotaPlace.objects.filter(Exists(here), organisation=organisation, ended_at__isnull=True)
    found = list(rows.annotate(away=Exists(away)).values_list("user__first_name", "away"))
    return [name for name, _ in found], next((name for name, gone in found if not gone), "")


def _fit(organisation: Organisation, today: date) -> list[Membership]:
    return fit_among(
        holders(organisation, roles_with(Duty.DECIDE), today), organisation, on=today, duty=Duty.DECIDE
    )


# ── The check ──


@dataclass(frozen=True, slots=True)
class Place:
    """One account in a check: what we know of it that whoever looks has to see."""

    now: ChannelNow
    reading: Freshness | None
    people: tuple[PlatformPerson, ...]

    @property
    def channel(self) -> Channel:
        return self.now.channel

    @property
    def blind(self) -> str:
        """Why what came in is to be read on the page itself; "" when we read it."""
        if self.channel.by_hand:
            return "We cannot read it, so read it there."
        return self.reading.blind if self.reading else "It has not been read yet."

    @property
    def moved(self) -> tuple[Moved, ...]:
        return self.now.settings.moved

    @property
    def strangers(self) -> int:
        """How many were found on its access list, and nobody has said yet what was done."""
        return compared(self.channel)[1]

    @property
    def unread(self) -> bool:
        """Whether it should have been read by itself, and was not."""
        return not self.channel.by_hand and bool(self.blind)


@dataclass(frozen=True, slots=True)
class CameIn:
    """How much of one kind came in since the last check, and how much of it was decided."""

    kind: str
    count: int
    decided: int

    @property
    def name(self) -> str:
        one, many = _NAMES[ItemKind(self.kind)]
        return one if self.count == 1 else many


_NAMES = {
    ItemKind.COMMENT: ("comment", "comments"),
    ItemKind.REPLY: ("answer to a comment", "answers to comments"),
    ItemKind.VISITOR_POST: ("post by a visitor", "posts by visitors"),
    ItemKind.MENTION: ("mention", "mentions"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One heading with the answer that counts."""

    heading: Heading
    answer: CheckAnswer | None


@dataclass(frozen=True, slots=True)
class StepNow:
    """One step of the check as it stands."""

    step: Step
    lines: tuple[Line, ...]

    @property
    def title(self) -> str:
        return TITLES[self.step]

    @property
    def done(self) -> bool:
        return all(line.answer is not None for line in self.lines)

    @property
    def answers(self) -> tuple[CheckAnswer, ...]:
        return tuple(line.answer for line in self.lines if line.answer is not None)

    @property
    def found(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.answer and line.answer.answer == Answer.FOUND)

    @property
    def newest(self) -> CheckAnswer | None:
        return max(self.answers, key=lambda one: one.pk, default=None)


@dataclass(frozen=True, slots=True)
class CheckNow:
    """The check that is due, as far as it has got."""

    check: PageCheck | None  # None: nobody has begun
    since: datetime | None  # None: there is no account yet
    due: Deadline | None
    stage: Stage
    places: tuple[Place, ...]
    came_in: tuple[CameIn, ...]
    undecided: int
    steps: tuple[StepNow, ...]
    last: tuple[PageCheck, ...]  # the four before, newest first

    @property
    def given(self) -> dict[str, Given]:
        """What is answered so far, by heading."""
        return given_of([line.answer for step in self.steps for line in step.lines if line.answer])

    @property
    def seen(self) -> Seen:
        """What we know ourselves, but for what was decided."""
        return Seen(
            accounts=len(self.places),
            undecided=self.undecided,
            moved=sum(len(place.moved) for place in self.places),
            strangers=sum(place.strangers for place in self.places),
            unread=sum(place.unread for place in self.places),
        )

    @property
    def left(self) -> tuple[str, ...]:
        """What keeps it from being signed."""
        return unfinished(self.given, self.seen)

    @property
    def done(self) -> int:
        return sum(step.done for step in self.steps)

    @property
    def current(self) -> Step | None:
        """The first step that is not done."""
        return next((step.step for step in self.steps if not step.done), None)


def given_of(answers: Sequence[CheckAnswer]) -> dict[str, Given]:
    """Return the newest answer of each heading as the rules know it."""
    return {row.heading: Given(Answer(row.answer), row.note) for row in answers}


def check_now(organisation: Organisation, now: datetime) -> CheckNow:
    """Return the check that is due, as it stands. Eight queries, and as many more as `accounts_now` sometimes asks."""
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    people = Prefetch("platform_people", PlatformPerson.objects.filter(gone_at__isnull=True).order_by("name"))
    among = with_reading().filter(_CHECKED).prefetch_related(people)
    places = tuple(
        Place(one, reading_of(one.channel, now), tuple(one.channel.platform_people.all()))
        for one in accounts_now(organisation, now, version=version, among=among)
    )
    check, last = checks_now(organisation)
    channels = [one.channel for one in places]
    since = check.since if check else since_when(last, channels)
    due = _due(channels, parameters)
    zone = ZoneInfo(organisation.timezone)
    return CheckNow(
        check=check,
        since=since,
        due=due,
        stage=stage(due, now, zone) if due else Stage.FAR,
        places=places,
        came_in=came_in(organisation, since) if since else (),
        undecided=undecided(organisation),
        steps=steps_of(newest_answers(check, fresh_from(channels, now))),
        last=last,
    )


def fresh_from(channels: Sequence[Channel], now: datetime) -> datetime:
    """Return from when on an answer counts: of today's pages, and of every account there is."""
    return max([now - FRESH, *(one.connection.met_at for one in channels)])


#: the accounts that a check covers
_CHECKED = Q(status=Channel.Status.LIVE, connection__isnull=False)


def checked_accounts(organisation: Organisation) -> list[Channel]:
    """Return the accounts that a check covers. One query."""
    rows = Channel.objects.filter(_CHECKED, organisation=organisation)
    return list(rows.select_related("connection", "organisation"))


def next_due(organisation: Organisation, parameters: Parameters) -> Deadline | None:
    """Return when the next check is due. One query."""
    return _due(checked_accounts(organisation), parameters)


def open_check(organisation: Organisation) -> PageCheck | None:
    """Return the check somebody has begun and nobody signed."""
    return PageCheck.objects.filter(organisation=organisation, signed_at__isnull=True).first()


def checks_now(organisation: Organisation) -> tuple[PageCheck | None, tuple[PageCheck, ...]]:
    """Return the check that is under way, and the last four, newest first. One query."""
    rows = PageCheck.objects.filter(organisation=organisation).select_related("signed_by", "organisation")
    found = list(rows.order_by(F("signed_at").desc(nulls_first=True))[: _LAST + 1])
    under_way = next((one for one in found if one.signed_at is None), None)
    return under_way, tuple(one for one in found if one.signed_at is not None)[:_LAST]


def signed_checks(organisation: Organisation) -> QuerySet[PageCheck]:
    """Return the checks that are signed, newest first."""
    rows = PageCheck.objects.filter(organisation=organisation, signed_at__isnull=False)
    return rows.select_related("signed_by", "organisation").order_by("-signed_at")


def since_when(last: Sequence[PageCheck], channels: Sequence[Channel]) -> datetime | None:
    """Return from when on what came in belongs to the next check: the last signature, or the first connection."""
    if last:
        return last[0].signed_at
    return min((one.connection.met_at for one in channels), default=None)


def _due(channels: Sequence[Channel], parameters: Parameters) -> Deadline | None:
    found = [due for one in channels if (due := check_due(one, parameters))]
    return min(found, key=lambda due: due.until, default=None)


def came_in(organisation: Organisation, since: datetime) -> tuple[CameIn, ...]:
    """Return how much of each kind came in since a moment. One query."""
    rows = Item.objects.filter(organisation=organisation, first_seen_at__gt=since).order_by("kind")
    closed = Count("pk", filter=Q(state=Item.State.DECIDED))
    return tuple(CameIn(**row) for row in rows.values("kind").annotate(count=Count("pk"), decided=closed))


def undecided(organisation: Organisation) -> int:
    """Return how much needs somebody. What stays for the safeguarding lead alone does not count: what looks illegal and is
    stopped; and what seems to be by somebody under 18, was decided after its newest words, and nobody asks about
    again. One query.
    """
    newest = Sighting.objects.filter(item=OuterRef("item")).order_by("-at", "-pk").values("at")[:1]
    asked = LookAgain.objects.filter(item=OuterRef("item"), answered_at__isnull=True)
    after = Decision.objects.filter(item=OuterRef("pk"), item__under_18=True)
    stays = Exists(after.filter(~Exists(asked), at__gte=Subquery(newest)))
    stopped = Exists(Serious.objects.filter(item=OuterRef("pk"), released=False))
    waiting = Item.objects.filter(~stopped, organisation=organisation, state=Item.State.OPEN)
    return waiting.filter(Q(under_18=False) | ~stays).count()


def newest_answers(check: PageCheck | None, fresh: datetime | None = None) -> dict[str, CheckAnswer]:
    """Return the answer that counts under each heading; of a check that is under way only a ``fresh`` one. One query."""
    if check is None:
        return {}
    rows = check.answers.select_related("by").order_by("pk")
    return {row.heading: row for row in (rows if fresh is None else rows.filter(at__gte=fresh))}


def withdrawn(check: PageCheck) -> list[CheckAnswer]:
    """Return what was found and answered otherwise later: it stays on the receipt. One query."""
    rows = list(check.answers.select_related("by").order_by("pk"))
    counts = {row.heading: row.pk for row in rows}
    return [row for row in rows if row.answer == Answer.FOUND and counts[row.heading] != row.pk]


def steps_of(answers: Mapping[str, CheckAnswer]) -> tuple[StepNow, ...]:
    """Return every step with the answers that count."""
    return tuple(
        StepNow(step, tuple(Line(heading, answers.get(heading.id)) for heading in headings_of(step)))
        for step in Step
    )


def receipt_lines(check: PageCheck) -> list[tuple[Heading, CheckAnswer]]:
    """Return every heading of a signed check with its answer. One query."""
    answers = newest_answers(check)
    return [(heading, answers[heading.id]) for heading in HEADINGS if heading.id in answers]


def sealed_by(check: PageCheck) -> Checkpoint | None:
    """Return the first signed statement of the record that covers a check; None while there is none. One query."""
    rows = Checkpoint.objects.filter(log__organisation_id=check.organisation_id, size__gt=check.entry or 0)
    return rows.order_by("pk").first() if check.entry is not None else None


# ── The second look ──


def open_looks(organisation: Organisation) -> QuerySet[SampleLook]:
    """Return what was drawn by chance and nobody has looked at again yet."""
    rows = SampleLook.objects.filter(page_check__organisation=organisation, looked_at__isnull=True)
    return rows.select_related("item__channel", "page_check").order_by("due_at", "pk")


def looks_for(member: Membership) -> QuerySet[SampleLook]:
    """Return the second looks that this person may take: never at what they decided themselves (C39)."""
    mine = Decision.objects.filter(item=OuterRef("item"), by=member.user_id)
    return open_looks(member.organisation).filter(~Exists(mine))
