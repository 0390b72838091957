"""What every page's frame needs: who is looking, and the navigation their duties open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from stairgate.assurance.live import glance
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
    to_approve, to_decide, to_read, to_mend = _waiting(me, duties)
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
    if Duty.SEE_ACCOUNTS in duties:
        promise.append(Item("accounts", "Accounts", "plug-connected", reverse("channels:list")))
    groups = [
        Group("", "", (Item("today", "Today", "home-2", reverse("today")),)),
        Group("Going out", "going-out", tuple(going)),
        Group("Coming in", "coming-in", _coming_in(duties, to_decide)),
        Group("Our promise", "gate", tuple(promise)),
    ]
    return tuple(group for group in groups if group.items)


def _waiting(me: Membership, duties: frozenset[Duty]) -> tuple[int, int, int, int]:
    """Return how many posts wait for this person's decision, how many comments for somebody's, how many suggestions
    for an answer of whoever may write, and for who sees the accounts how many clauses were to mend at the last look.
    """
    setting = Organisation.objects.filter(pk=me.organisation_id)
    suggested = open_suggestions(me.organisation)
    if Duty.WRITE not in duties:
        suggested = suggested.none()
    counts = count_of(waiting_for(me, timezone.now())), count_of(inbox(me.organisation)), count_of(suggested)
    to_approve, to_decide, to_read, worths = setting.values_list(*counts, "watch__worths").get()
    to_mend = glance(worths or {}).to_mend if Duty.SEE_ACCOUNTS in duties else 0
    return to_approve, to_decide, to_read, to_mend


def count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return the number of rows, as a column beside their setting."""
    counted = rows.order_by().values("organisation").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _coming_in(duties: frozenset[Duty], count: int) -> tuple[Item, ...]:
    if Duty.DECIDE not in duties:
        return ()
    return (Item("inbox", "Inbox", "inbox", reverse("monitoring:inbox"), count, f"{count} waiting"),)


_TABS = ("today", "approve", "new", "inbox", "suggest", "policy")


def tabs(groups: tuple[Group, ...]) -> list[Item]:
    """Return the few pages for the bar at the foot of a phone."""
    known = {item.key: item for group in groups for item in group.items}
    return [known[key] for key in _TABS if key in known][:4]
