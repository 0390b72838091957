"""What every page's frame needs: who is looking, and the navigation their duties open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, FilteredRelation, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from stairgate.assurance.live import glance
from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.selectors import for_today
from stairgate.monitoring.selectors import inbox
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import holds
from stairgate.publishing.selectors.lists import waiting_for
from stairgate.publishing.selectors.suggestions import open_suggestions
from stairgate.web.middleware import needs_second_step


@dataclass(frozen=True, slots=True)
class Item:
    """One page in the navigation. ``count`` is what waits there; ``said`` says it in words; ``short`` is for a thumb."""

    key: str
    label: str
    icon: str
    href: str
    count: int = 0
    said: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    icon: str
    items: tuple[Item, ...]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the frame's values. The navigation is worked out only when a page draws it."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {"demo": settings.DEMO, "look": "auto"}
    groups = cache(lambda: navigation(membership))
    return {
        "demo": settings.DEMO and membership.organisation.is_demo,
        "look": membership.user.look,
        "me": membership,
        "setting": membership.organisation,
        "locking_up": needs_second_step(membership),
        "nav": groups,
        "tabs": lambda: tabs(groups()),
    }


def navigation(me: Membership) -> tuple[Group, ...]:
    """Return what this person may open, in the order of the promise. One query."""
    duties = me.duties_on(me.organisation.day(timezone.now()))
    found = waiting_of(me)
    to_approve, to_decide, to_read, to_mend = (
        *(found.to_approve, found.to_decide),
        *(found.to_read, found.to_mend),
    )
    going: list[Item] = []
    if Duty.WRITE in duties:
        going.append(Item("new", "Write a post", "edit", reverse("publishing:new"), short="Write"))
    if holds(me, Duty.APPROVE, on=me.organisation.day(timezone.now())):
        said = f"{to_approve} waiting for approval"
        going.append(
            Item(
                "approve",
                "Approve posts",
                "checks",
                reverse("publishing:approvals"),
                to_approve,
                said,
                "Approve",
            )
        )
    suggested = f"{to_read} waiting for an answer"
    going.append(
        Item(
            "suggest",
            "Suggestions",
            "message-circle",
            reverse("publishing:suggestions"),
            to_read,
            suggested,
            "Suggest",
        )
    )
    going.append(Item("promote", "What you may pass on", "share-3", reverse("channels:promote")))
    going.append(Item("calendar", "Calendar", "calendar-week", reverse("publishing:calendar")))
    going.append(Item("posts", "All posts", "list", reverse("publishing:list")))
    promise: list[Item] = []
    if Duty.SEE_POLICY in duties:
        promise.append(
            Item(
                "policy",
                "Our policy, live",
                "shield-check",
                reverse("assurance:live"),
                to_mend,
                f"{to_mend} clauses to mend",
                short="Policy",
            )
        )
    promise.append(Item("people", "People and training", "users", reverse("people:list"), short="People"))
    if Duty.SET_SCREENING in duties:
        promise.append(Item("screening", "What we look for", "search", reverse("screening:index")))
    if Duty.SEE_ACCOUNTS in duties:
        promise.append(Item("accounts", "Accounts", "plug-connected", reverse("channels:list")))
    groups = [
        Group(
            "",
            "",
            (
                Item("today", "Today", "home-2", reverse("today")),
                Item("reminders", "Reminders", "clock", reverse("reminding:mine")),
            ),
        ),
        Group("Going out", "going-out", tuple(going)),
        Group("Coming in", "coming-in", _coming_in(duties, to_decide)),
        Group("Our promise", "gate", tuple(promise)),
    ]
    return tuple(group for group in groups if group.items)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the frame counts, and the reminders that Today shows: read together, once for each request."""

    to_approve: int
    to_decide: int
    to_read: int
    to_mend: int
    reminders: tuple[Reminder, ...]


def waiting_of(me: Membership) -> Waiting:
    """Return how many posts wait for this person's decision, how many comments for somebody's, how many suggestions
    for an answer of whoever may write, for who sees the accounts how many clauses were to mend at the last look; and
    their reminders. One query, and none when it was asked before of the same membership.
    """
    known: Waiting | None = getattr(me, "_waiting", None)
    if known is None:
        known = _waiting(me)
        me._waiting = known  # type: ignore[attr-defined]
    return known


_OF_A_REMINDER = ("pk", "kind", "subject", "about", "says", "count", "due_at", "snoozed_until")
_MOST = 50


def _waiting(me: Membership) -> Waiting:
    now = timezone.now()
    duties = me.duties_on(me.organisation.day(now))
    suggested = open_suggestions(me.organisation)
    if Duty.WRITE not in duties:
        suggested = suggested.none()
    counts = (
        count_of(waiting_for(me, now)),
        count_of(inbox(me.organisation, me=me.user, now=now)),
        count_of(suggested),
    )
    mine = FilteredRelation("reminders", condition=for_today(me, now, "reminders__"))
    rows = list(
        Organisation.objects.filter(pk=me.organisation_id)
        .annotate(mine=mine)
        .order_by("mine__due_at", "mine__pk")
        .values_list(*counts, "watch__worths", *(f"mine__{name}" for name in _OF_A_REMINDER))[:_MOST]
    )
    to_approve, to_decide, to_read, worths = rows[0][:4]
    to_mend = glance(worths or {}).to_mend if Duty.SEE_ACCOUNTS in duties else 0
    found = [dict(zip(_OF_A_REMINDER, row[4:], strict=True)) for row in rows if row[4]]
    return Waiting(to_approve, to_decide, to_read, to_mend, tuple(Reminder(**values) for values in found))


def count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return the number of rows, as a column beside their setting."""
    counted = rows.order_by().values("organisation").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _coming_in(duties: frozenset[Duty], count: int) -> tuple[Item, ...]:
    check = Item("check", "Weekly check", "clipboard-check", reverse("checking:check"))
    if Duty.DECIDE not in duties:
        return (check,) if Duty.SEE_ACCOUNTS in duties else ()
    return (Item("inbox", "Inbox", "inbox", reverse("monitoring:inbox"), count, f"{count} waiting"), check)


_TABS = ("today", "approve", "new", "inbox", "suggest", "policy")


def tabs(groups: tuple[Group, ...]) -> list[Item]:
    """Return the few pages for the bar at the foot of a phone."""
    known = {item.key: item for group in groups for item in group.items}
    return [known[key] for key in _TABS if key in known][:4]
