"""What Today shows: what needs this person, most serious first, in a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from stairgate.assurance.live import Live, live_policy
from stairgate.channels.models import Pause
from stairgate.channels.pausing import MAY_PAUSE
from stairgate.channels.selectors import accounts_now
from stairgate.monitoring.models import Item
from stairgate.monitoring.selectors import Freshness, inbox, readings, said_of
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty, Role
from stairgate.organisations.selectors import holders
from stairgate.people.reminders import Reminder, reminders
from stairgate.policies.selectors import holds, in_force
from stairgate.publishing.models import Delivery, Difference, Post
from stairgate.publishing.selectors.lists import (
    TROUBLE,
    UNFINISHED,
    gone_astray,
    in_trouble,
    spoken_to,
    unfinished,
    waiting_for,
    went_out_since,
    with_astray,
    with_message,
)
from stairgate.publishing.states import PostState
from stairgate.web.templatetags.ui import day as day_words

_EACH = 5


@dataclass(frozen=True, slots=True)
class Task:
    """One thing somebody has to do: what, why, one button, and how long it takes."""

    kind: str  # bad, risk, wait, lock: the colour of the shape
    icon: str
    title: str
    why: str
    status: str
    status_words: str
    href: str
    button: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Today:
    now: datetime
    greeting: str
    tasks: tuple[Task, ...]
    live: Live
    went_out: tuple[Delivery, ...]
    came_in: int
    leads: tuple[Membership, ...]
    may_pause: bool  # and everything is not paused already

    @property
    def minutes(self) -> int:
        return sum(task.minutes for task in self.tasks)


def today_page(me: Membership, now: datetime) -> Today:
    """Return the page for one person."""
    organisation = me.organisation
    duties = me.duties_on(organisation.day(now))
    version = in_force(organisation)
    accounts = accounts_now(organisation, now, version=version)
    live = live_policy(organisation, now, version=version, accounts=accounts)
    midnight = organisation.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    leads = tuple(holders(organisation, [Role.DSL, Role.DEPUTY_DSL], organisation.day(now)))
    pauses = list(dict.fromkeys(pause for account in accounts for pause in account.pauses))
    tasks: list[Task] = []
    if Duty.DECIDE in duties:
        tasks += [_comment(item) for item in inbox(organisation, limit=_EACH)]
        tasks += [_blind(reading) for reading in readings(organisation, now) if reading.blind]
    astray, trouble, waiting, own, said = _posts(me, duties, now)
    tasks += [_astray(post) for post in astray]
    tasks += [_trouble(post) for post in trouble]
    if Duty.SEE_ACCOUNTS in duties:
        tasks += _not_set_up(has_policy=version is not None, has_page=bool(accounts), has_lead=bool(leads))
        tasks += [_paused(pause, me) for pause in pauses]
        tasks += [_shut(account.channel.name, r.says) for account in accounts for r in account.others]
    tasks += _register(me, duties, now)
    tasks += [_message(post) for post in said]
    tasks += [_approval(post) for post in waiting]
    tasks += [_own(post) for post in own]
    return Today(
        now=now,
        greeting=_greeting(organisation.local(now).hour),
        tasks=tuple(tasks),
        live=live,
        went_out=tuple(went_out_since(organisation, midnight)[:_EACH]),
        came_in=Item.objects.filter(organisation=organisation, first_seen_at__gte=midnight).count(),
        leads=leads,
        may_pause=bool(duties & MAY_PAUSE) and all(pause.channel_id for pause in pauses),
    )


def _greeting(hour: int) -> str:
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 17 else "Good evening"


def _posts(me: Membership, duties: frozenset[Duty], now: datetime) -> tuple[list[Post], ...]:
    """Return the first few posts that are not as approved on a page, those in trouble, those waiting for this
    person, their own unfinished, and those with a message for them. One query.
    """
    approves = holds(me, Duty.APPROVE, on=me.organisation.day(now))
    writes = Duty.WRITE in duties
    looks_after = approves or Duty.MANAGE in duties
    kinds: list[QuerySet[Post]] = []
    if looks_after:
        kinds.append(gone_astray(me.organisation))
    if approves:
        kinds += [in_trouble(me.organisation), waiting_for(me, now)]
    if writes:
        kinds.append(unfinished(me))
    kinds.append(spoken_to(me))
    first = Q(pk__in=[])
    for kind in kinds:
        first |= Q(pk__in=kind.values("pk")[:_EACH])
    waits = Exists(waiting_for(me, now).filter(pk=OuterRef("pk")))
    found = with_message(Post.objects.filter(first).select_related("author"), me).annotate(waits=waits)
    rows: list[Any] = list(with_astray(found).order_by("-updated_at"))
    astray = [post for post in rows if looks_after and (_differs(post) or _stuck(post))]
    own = [p for p in rows if writes and p.author_id == me.user_id and p.state in UNFINISHED]
    trouble = [post for post in rows if approves and post.state in TROUBLE and post not in own]
    waiting = [post for post in reversed(rows) if post.waits]
    said = [post for post in rows if post.said]
    return astray[:_EACH], trouble[:_EACH], waiting[:_EACH], own[:_EACH], said[:_EACH]


def _differs(post: Post) -> str:
    """Return the kind of the open finding that `with_astray` loaded; "" when there is none."""
    return getattr(post, "differs", None) or ""


def _stuck(post: Post) -> bool:
    return bool(getattr(post, "stuck", False))


def _astray(post: Post) -> Task:
    """Return a post that is not as approved on its page, or that a person has to take down there."""
    words = "Take it down by hand" if _stuck(post) else Difference.Kind(_differs(post)).label
    return Task(
        kind="bad",
        icon="alert-octagon",
        title=str(post),
        why=_WHY_ASTRAY[Difference.Kind(_differs(post))]
        if not _stuck(post)
        else "We could not take it down. It is still on the page.",
        status="bad",
        status_words=words,
        href=reverse("publishing:review", args=[post.pk]),
        button="See what is there",
        minutes=3,
    )


_WHY_ASTRAY = {
    Difference.Kind.CHANGED: "What people see on the page is not what was approved.",
    Difference.Kind.GONE: "Somebody deleted it on the page.",
    Difference.Kind.HIDDEN: "Somebody hid it on the page.",
    Difference.Kind.UNREAD: "For too long we could not read what is on the page.",
}


def _comment(item: Item) -> Task:
    kind, words = said_of(item)
    return Task(
        kind="bad" if kind in {"harm", "bad"} else kind,
        icon="alert-octagon" if kind == "harm" else "message-circle",
        title=f"{item.author_name or 'Somebody'}: “{_short(item.text)}”"
        if item.text
        else "A comment without words",
        why=_why(item),
        status=kind,
        status_words=words,
        href=reverse("monitoring:item", args=[item.pk]),
        button="Decide now",
        minutes=3 if kind in {"harm", "bad"} else 1,
    )


def _why(item: Item) -> str:
    if item.under_18:
        return "Somebody under 18 may have written it. It waits here until the safeguarding lead has decided."
    return "We hid it from the page. Only you can decide what happens next." if item.is_hidden else ""


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 70 else words[:69].rsplit(" ", 1)[0] + "…"


def _blind(reading: Freshness) -> Task:
    return Task(
        kind="bad",
        icon="inbox",
        title=f"{reading.channel.name}: we can’t read it now",
        why=f"{reading.blind} Look at the page yourself until this clears.",
        status="bad",
        status_words="There may be comments we have not seen",
        href=reverse("monitoring:inbox"),
        button="See the inbox",
        minutes=3,
    )


def _not_set_up(*, has_policy: bool, has_page: bool, has_lead: bool) -> list[Task]:
    """Return what a setting still lacks before the gate can open at all."""
    lacks = []
    if not has_lead:
        lacks.append(_lacking("heart-handshake", "No safeguarding lead is named", _NO_LEAD, "help_now"))
    if not has_policy:
        lacks.append(_lacking("shield-check", "No policy is adopted", _NO_POLICY, "assurance:live"))
    if not has_page:
        lacks.append(_lacking("plug-connected", "No page is connected", _NO_PAGE, "channels:list"))
    return lacks


_NO_LEAD = "Whoever is worried about a child would find nobody to ring here."
_NO_POLICY = "Stairgate enforces what a setting has adopted. Until then nothing can go out."
_NO_PAGE = "Nothing can go out, and nothing that people write is read."


def _lacking(icon: str, title: str, why: str, page: str) -> Task:
    return Task(
        kind="bad",
        icon=icon,
        title=title,
        why=why,
        status="bad",
        status_words="Put this right first",
        href=reverse(page),
        button="See what that means",
        minutes=5,
    )


def _trouble(post: Post) -> Task:
    unknown = post.state == PostState.UNKNOWN
    return Task(
        kind="risk" if unknown else "bad",
        icon="clock" if unknown else "gate",
        title=str(post),
        why=post.state_reason,
        status="risk" if unknown else "held",
        status_words=PostState(post.state).label,
        href=reverse("publishing:review", args=[post.pk]),
        button="See what happened",
        minutes=2,
    )


def _paused(pause: Pause, me: Membership) -> Task:
    """Return a pause as a task: to end it takes whoever asks, and somebody else who confirms."""
    asked = pause.asked_by
    why = f"{pause.reason.rstrip('.')}."
    if asked:
        why += f" {asked.first_name} asks to open it again: {pause.asked_why.rstrip('.')}."
    confirm = asked is not None and asked.pk != me.user_id
    return Task(
        kind="risk" if confirm else "bad",
        icon="gate",
        title=f"{pause.channel.name if pause.channel else 'Everything'} is paused",
        why=why,
        status="held",
        status_words="Waits for a second person to open it" if asked else "Nothing can go out",
        href=reverse("channels:list"),
        button="Read and decide" if confirm else "See the accounts",
        minutes=3,
    )


def _shut(name: str, says: str) -> Task:
    return Task(
        kind="bad",
        icon="gate",
        title=f"{name}: the gate is shut",
        why=says,
        status="bad",
        status_words="Nothing can go out",
        href=reverse("channels:list"),
        button="See the account",
        minutes=3,
    )


def _register(me: Membership, duties: frozenset[Duty], now: datetime) -> list[Task]:
    """Return what runs out of this person, and for who manages the register of everybody. One query."""
    manages = Duty.MANAGE in duties
    day = me.organisation.day(now)
    found = reminders(me.organisation, on=day, user=None if manages else me.user_id)
    return [_leaver(r, day) if r.left_to_do else _runs_out(r, me) for r in found[:_EACH]]


def _runs_out(reminder: Reminder, me: Membership) -> Task:
    first, more = reminder.runs_out[0], len(reminder.runs_out) - 1
    mine = reminder.person.user_id == me.user_id
    whose = "Your" if mine else f"{reminder.person.first_name}’s"
    over = "has run out" if first.days_left < 0 else f"runs out {day_words(first.ends_on)}"
    kind = "bad" if first.warning <= 7 else "risk" if first.warning <= 30 else "wait"
    return Task(
        kind=kind,
        icon="users",
        title=f"{whose} {first.holding} {over}",
        why=(f"{more} more on record run{'s' if more == 1 else ''} out soon. " if more else "")
        + (
            "Ask your manager for a course or a new look in time."
            if mine
            else "Renew it in time, and record it."
        ),
        status=kind,
        status_words=first.left,
        href=reverse("people:person", args=[reminder.person.pk]),
        button="See the record",
        minutes=2,
    )


def _leaver(reminder: Reminder, day: date) -> Task:
    late = reminder.due_on < day
    return Task(
        kind="bad" if late else "risk",
        icon="users",
        title=f"{reminder.person.first_name} leaves: not everything is done",
        why=f"Their last day {'was' if late else 'is'} {day_words(reminder.due_on)}. Tick what is done.",
        status="bad" if late else "risk",
        status_words="Overdue" if late else "Due today",
        href=reverse("people:person", args=[reminder.person.pk]),
        button="See the list",
        minutes=3,
    )


def _approval(post: Post) -> Task:
    return Task(
        kind="wait",
        icon="checks",
        title=f"{post}",
        why=f"By {post.author.first_name}. Somebody else has to look before it goes out.",
        status="wait",
        status_words="Waiting for approval",
        href=reverse("publishing:review", args=[post.pk]),
        button="Read and decide",
        minutes=2,
    )


def _message(post: Any) -> Task:
    return Task(
        kind="wait",
        icon="message-circle",
        title=f"{post.said_by}: “{_short(post.said)}”",
        why=f"About “{post}”.",
        status="wait",
        status_words="A message for you",
        href=f"{reverse('publishing:review', args=[post.pk])}#talk",
        button="Read and answer",
        minutes=1,
    )


def _own(post: Post) -> Task:
    returned = post.state == PostState.CHANGES_ASKED
    return Task(
        kind="risk" if returned else "wait",
        icon="corner-up-left" if returned else "pencil",
        title=str(post),
        why=post.state_reason
        if post.state != PostState.DRAFT
        else "You started this and have not sent it yet.",
        status="back" if returned else "idle",
        status_words=PostState(post.state).label,
        href=reverse("publishing:edit", args=[post.pk]),
        button="Carry on writing",
        minutes=2,
    )
