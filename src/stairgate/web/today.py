"""What Today shows: what needs this person, most serious first, in a bounded number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from stairgate.assurance.live import Live, live_policy
from stairgate.channels.models import Pause
from stairgate.channels.pausing import MAY_PAUSE
from stairgate.channels.selectors import accounts_now
from stairgate.monitoring.models import Item
from stairgate.monitoring.selectors import Freshness, inbox, readings, said_of
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.models import PolicyVersion
from stairgate.policies.selectors import holds, in_force, standing
from stairgate.publishing.content import first_words
from stairgate.publishing.models import Delivery, Difference, Post, Suggestion
from stairgate.publishing.selectors.by_hand import hand_work, with_hand_work
from stairgate.publishing.selectors.lists import (
    TROUBLE,
    UNFINISHED,
    gone_astray,
    in_trouble,
    spoken_to,
    unfinished,
    waiting_for,
    wanting_a_look,
    went_out_since,
    with_astray,
    with_look,
    with_message,
)
from stairgate.publishing.selectors.suggestions import open_suggestions, own_suggestions
from stairgate.publishing.selectors.urgent import not_approved_ahead
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.publishing.urgent import why_may_not_look
from stairgate.web.context import count_of
from stairgate.web.register_tasks import register_tasks
from stairgate.web.tasks import Task

_EACH = 5
_TITLE = 70
_LOOKED_UP = {"administrators": [Role.PAGE_ADMINISTRATOR], "leads": [Role.DSL, Role.DEPUTY_DSL]}
#: on whose Today a second look that was missed stands until somebody takes it
IN_CHARGE = frozenset({Role.MANAGER, Role.SERVICE_MANAGER, Role.PAGE_ADMINISTRATOR, Role.DSL})


@dataclass(frozen=True, slots=True)
class Today:
    now: datetime
    greeting: str
    tasks: tuple[Task, ...]
    live: Live
    went_out: tuple[Delivery, ...]
    came_in: int
    own_suggestions: tuple[Suggestion, ...]  # of somebody who does not write themselves
    leads: tuple[Membership, ...]
    may_pause: bool  # and everything is not paused already
    may_write: bool

    @property
    def minutes(self) -> int:
        return sum(task.minutes for task in self.tasks)


def today_page(me: Membership, now: datetime) -> Today:
    """Return the page for one person."""
    organisation = me.organisation
    duties = me.duties_on(organisation.day(now))
    version = in_force(organisation)
    known = standing(organisation, _LOOKED_UP, on=organisation.day(now))
    administrators = [member for member, fit in known["administrators"] if fit]
    accounts = accounts_now(organisation, now, version=version, administrators=administrators)
    live = live_policy(organisation, now, version=version, accounts=accounts)
    midnight = organisation.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    leads = tuple(member for member, _ in known["leads"])
    pauses = list(dict.fromkeys(pause for account in accounts for pause in account.pauses))
    tasks: list[Task] = []
    if Duty.DECIDE in duties:
        tasks += [_comment(item) for item in inbox(organisation, limit=_EACH)]
        tasks += [_blind(reading) for reading in readings(organisation, now) if reading.blind]
    astray, looks, by_hand, trouble, waiting, own, said = _posts(me, duties, now)
    tasks += [_astray(post) for post in astray]
    tasks += [_second_look(post, me, now, mine) for post, mine in looks if post.look_due <= now]
    tasks += [_by_hand(post, now) for post in by_hand]
    tasks += [_trouble(post) for post in trouble if post not in by_hand]
    if Duty.SEE_ACCOUNTS in duties:
        tasks += _not_set_up(has_policy=version is not None, has_page=bool(accounts), has_lead=bool(leads))
        tasks += [_paused(pause, me) for pause in pauses]
        tasks += [_shut(account.channel.name, r.says) for account in accounts for r in account.others]
    tasks += [_second_look(post, me, now, mine) for post, mine in looks if post.look_due > now]
    tasks += register_tasks(me, duties, now)[:_EACH]
    came_in, suggested, not_ahead = _counted(me, version, midnight, now)
    tasks += [_message(post) for post in said]
    tasks += [_approval(post) for post in waiting]
    if not_ahead and holds(me, Duty.APPROVE, on=organisation.day(now)):
        tasks.append(_not_approved_ahead(not_ahead))
    if Duty.WRITE in duties and suggested:
        tasks.append(_suggested(suggested))
    tasks += [_own(post) for post in own]
    return Today(
        now=now,
        greeting=_greeting(organisation.local(now).hour),
        tasks=tuple(tasks),
        live=live,
        went_out=tuple(went_out_since(organisation, midnight)[:_EACH]),
        came_in=came_in,
        own_suggestions=() if Duty.WRITE in duties else tuple(own_suggestions(me)[:_EACH]),
        leads=leads,
        may_pause=bool(duties & MAY_PAUSE) and all(pause.channel_id for pause in pauses),
        may_write=Duty.WRITE in duties,
    )


def _counted(
    me: Membership, policy: PolicyVersion | None, since: datetime, now: datetime
) -> tuple[int, int, int]:
    """Return how many comments came in since a moment, how many suggestions nobody has answered, and how many urgent
    templates wait for this person's yes. One query.
    """
    came = Item.objects.filter(organisation=me.organisation_id, first_seen_at__gte=since)
    ahead = not_approved_ahead(me, policy, now)
    counts = count_of(came), count_of(open_suggestions(me.organisation)), count_of(ahead)
    came_in, suggested, not_ahead = (
        Organisation.objects.filter(pk=me.organisation_id).values_list(*counts).get()
    )
    return came_in, suggested, not_ahead


def _not_approved_ahead(count: int) -> Task:
    what = "An urgent post is" if count == 1 else f"{count} urgent posts are"
    return Task(
        kind="wait",
        icon="checks",
        title=f"{what} not approved ahead",
        why="Without that nobody can send it on the day it is needed.",
        status="wait",
        status_words="Waiting for approval",
        href=reverse("publishing:urgent"),
        button="Read and approve",
        minutes=2,
    )


def _suggested(count: int) -> Task:
    things = "A colleague suggests a post" if count == 1 else f"Colleagues suggest {count} posts"
    return Task(
        kind="wait",
        icon="message-circle",
        title=things,
        why="Begin a post from it, or say kindly why not this time.",
        status="wait",
        status_words="Waiting for an answer",
        href=reverse("publishing:suggestions"),
        button="Read and answer",
        minutes=2,
    )


def _greeting(hour: int) -> str:
    if hour < 12:
        return "Good morning"
    return "Good afternoon" if hour < 17 else "Good evening"


def _posts(me: Membership, duties: frozenset[Duty], now: datetime) -> tuple[list[Any], ...]:
    """Return the first few posts that are not as approved on a page, those that want a second look, those to be done
    or looked for by hand, those in trouble, those waiting for this person, their own unfinished, and those with a
    message for them. One query.
    """
    approves = holds(me, Duty.APPROVE, on=me.organisation.day(now))
    in_charge = bool(IN_CHARGE & me.roles_on(me.organisation.day(now)))
    writes = Duty.WRITE in duties
    looks_after = approves or Duty.MANAGE in duties
    kinds: list[QuerySet[Post]] = []
    if looks_after:
        kinds.append(gone_astray(me.organisation))
    if approves or in_charge:
        kinds.append(wanting_a_look(me, now, may_look=approves))
    if approves:
        kinds += [in_trouble(me.organisation), waiting_for(me, now)]
    if writes:
        kinds += [unfinished(me), Post.objects.filter(pk__in=hand_work(me).values("post"))]
    kinds.append(spoken_to(me))
    first = Q(pk__in=[])
    for kind in kinds:
        first |= Q(pk__in=kind.values("pk")[:_EACH])
    waits = Exists(waiting_for(me, now).filter(pk=OuterRef("pk")))
    found = with_message(Post.objects.filter(first).select_related("author"), me).annotate(waits=waits)
    rows: list[Any] = list(with_hand_work(with_look(with_astray(found)), me).order_by("-updated_at"))
    wanted = [(post, approves and _may_look(post, me)) for post in rows if post.look_due]
    looks = [(post, mine) for post, mine in wanted if mine or (in_charge and post.look_due <= now)]
    looks.sort(key=lambda look: look[0].look_due)
    astray = [post for post in rows if looks_after and (_differs(post) or _stuck(post))]
    own = [p for p in rows if writes and p.author_id == me.user_id and p.state in UNFINISHED]
    by_hand = [post for post in reversed(rows) if writes and post.hand]
    trouble = [post for post in rows if approves and post.state in TROUBLE and post not in own]
    waiting = [post for post in reversed(rows) if post.waits]
    said = [post for post in rows if post.said]
    kinds_found: tuple[list[Any], ...] = (astray, looks, by_hand, trouble, waiting, own, said)
    return tuple(kind[:_EACH] for kind in kinds_found)


def _may_look(post: Any, me: Membership) -> bool:
    return not why_may_not_look(looker=me.user_id, sender=post.author_id, writer=post.look_writer)


def _second_look(post: Any, me: Membership, now: datetime, mine: bool) -> Task:
    """Return a second look as a task: to be taken, or late and still to be taken by somebody."""
    missed = post.look_due <= now
    last = me.organisation.local(post.look_due - timedelta(seconds=1))
    due = f"by the end of {last:%A} {last.day} {last:%B}"
    why = f"{post.author.first_name} sent this alone, as urgent. "
    why += f"Nobody took the second look {due}." if missed else f"Somebody else looks at it {due}."
    return Task(
        kind="bad" if missed else "wait",
        icon="alert-octagon" if missed else "checks",
        title=str(post),
        why=why,
        status="bad" if missed else "wait",
        status_words="Second look missed" if missed else "Second look",
        href=f"{reverse('publishing:review', args=[post.pk])}#second-look",
        button="Look at it" if mine else "See who can look",
        minutes=2,
    )


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
        title=f"{item.author_name or 'Somebody'}: “{first_words(item.text, most=_TITLE)}”"
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


def _by_hand(post: Any, now: datetime) -> Task:
    """Return what somebody has to do, or to look for, where Stairgate has no way in."""
    state = DeliveryState(post.hand_state)
    why, button = _HAND[state]
    overdue = state == DeliveryState.POSTED and post.hand_due <= now
    return Task(
        kind="bad" if overdue else "risk",
        icon="clipboard-check" if state == DeliveryState.MANUAL else "eye",
        title=f"{post.hand_where}: {post}",
        why=why,
        status="bad" if overdue else "risk",
        status_words="Overdue: nobody has looked yet" if overdue else state.label,
        href=reverse("publishing:hand", args=[post.hand]),
        button=button,
        minutes=2,
    )


_HAND = {
    DeliveryState.MANUAL: ("Its time has come, and somebody has to post it by hand.", "Post it by hand"),
    DeliveryState.SENDING: ("You have begun. Say whether it is there.", "Say what happened"),
    DeliveryState.UNKNOWN: ("Nobody has said whether it is there. Somebody has to look.", "Look there"),
    DeliveryState.POSTED: ("Somebody else posted it. Look whether it is there, word for word.", "Look there"),
}


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


def _approval(post: Post) -> Task:
    return Task(
        kind="wait",
        icon="checks",
        title=f"{post}",
        why=f"{'A change of what is on the page, by' if post.changes_id else 'By'} {post.author.first_name}. "
        "Somebody else has to look before it goes out.",
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
        title=f"{post.said_by}: “{first_words(post.said, most=_TITLE)}”",
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
