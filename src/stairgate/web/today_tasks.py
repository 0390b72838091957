"""The tasks of Today, each in the words of whoever has to do it: what, why, one button, and how long it takes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from stairgate.channels.models import Pause
from stairgate.monitoring.models import Item
from stairgate.monitoring.selectors import Freshness, said_of
from stairgate.organisations.models import Membership
from stairgate.publishing.content import first_words
from stairgate.publishing.models import Difference, Post
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.web.policy_tasks import NO_POLICY, adopt
from stairgate.web.tasks import Task

_TITLE = 70


def unapproved_ahead(count: int) -> Task:
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


def suggested(count: int) -> Task:
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


def second_look(post: Any, me: Membership, now: datetime, mine: bool) -> Task:
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


def differs(post: Post) -> str:
    """Return the kind of the open finding that `with_astray` loaded; "" when there is none."""
    return getattr(post, "differs", None) or ""


def stuck(post: Post) -> bool:
    return bool(getattr(post, "stuck", False))


def astray(post: Post) -> Task:
    """Return a post that is not as approved on its page, or that a person has to take down there."""
    words = "Take it down by hand" if stuck(post) else Difference.Kind(differs(post)).label
    return Task(
        kind="bad",
        icon="alert-octagon",
        title=str(post),
        why=_WHY_ASTRAY[Difference.Kind(differs(post))]
        if not stuck(post)
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


def _stopped(item: Item) -> Task:
    """Return something that looks illegal: nothing of what was written is shown."""
    return Task(
        kind="bad",
        icon="alert-octagon",
        title="Stopped: something looks illegal",
        why="Its address is reported first, then it is hidden. The steps are not finished.",
        status="bad",
        status_words="Do this now",
        href=reverse("monitoring:item", args=[item.pk]),
        button="Go on with the steps",
        minutes=10,
    )


def comment(item: Any) -> Task:
    if item.locked:
        return _stopped(item)
    kind, words = said_of(item)
    if item.asked:
        kind, words = "wait", "Second look"
    return Task(
        kind="bad" if kind in {"harm", "bad"} else kind,
        icon="alert-octagon" if kind == "harm" else "message-circle",
        title=f"{item.author_name or 'Somebody'}: “{first_words(item.text, most=_TITLE)}”"
        if item.text
        else "A comment without words",
        why=why(item),
        status=kind,
        status_words=words,
        href=reverse("monitoring:item", args=[item.pk]),
        button="Decide now",
        minutes=3 if kind in {"harm", "bad"} else 1,
    )


def why(item: Item) -> str:
    if item.under_18:
        return "Somebody under 18 may have written it. It waits here until the safeguarding lead has decided."
    return "We hid it from the page. Only you can decide what happens next." if item.is_hidden else ""


def blind(reading: Freshness) -> Task:
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


def not_set_up(*, has_policy: bool, has_page: bool, has_lead: bool, manages: bool) -> list[Task]:
    """Return what a setting still lacks before the gate can open at all."""
    lacks = []
    if not has_lead and manages:
        lacks.append(lacking(*_NO_LEAD, f"{_NO_LEAD_WHY} {_NAME_ONE}", "people:list", "See the people"))
    elif not has_lead:
        lacks.append(lacking(*_NO_LEAD, _NO_LEAD_WHY, "help_now"))
    if not has_policy:
        lacks.append(adopt() if manages else lacking(*_NO_POLICY_YET, "assurance:live"))
    if not has_page:
        lacks.append(
            lacking("plug-connected", "No page is connected", _NO_PAGE, "channels:list", "Ask for a page")
        )
    return lacks


def one_more(names: list[str]) -> Task:
    """Return that nobody is to spare among the page administrators, as a task of whoever manages (C18)."""
    return Task(
        kind="wait",
        icon="user-plus",
        title="Prepare one more page administrator",
        why=f"{' and '.join(names)} look after the pages, and there have to be as many. "
        "When one is away or leaves, everything shuts.",
        status="wait",
        status_words="Nobody to spare",
        href=reverse("people:list"),
        button="Choose somebody",
        minutes=5,
    )


_NO_LEAD = ("heart-handshake", "No safeguarding lead is named")
_NO_LEAD_WHY = "Whoever is worried about a child would find nobody to ring here."
_NAME_ONE = "Put your people on the register, by a list if you have one, and give one of them the role."
_NO_POLICY_YET = ("shield-check", "No policy is adopted", NO_POLICY)
_NO_PAGE = "Nothing can go out, and nothing that people write is read."


def lacking(icon: str, title: str, why: str, page: str, button: str = "See what that means") -> Task:
    return Task(
        kind="bad",
        icon=icon,
        title=title,
        why=why,
        status="bad",
        status_words="Put this right first",
        href=reverse(page),
        button=button,
        minutes=5,
    )


def by_hand(post: Any, now: datetime) -> Task:
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


def trouble(post: Post) -> Task:
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


def paused(pause: Pause, me: Membership) -> Task:
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


def shut(name: str, says: str) -> Task:
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


def approval(post: Post) -> Task:
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


def message(post: Any) -> Task:
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


def own(post: Post) -> Task:
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
