"""What is written by somebody who seems to be under 18: only the fixed words answer it, and the lead sees it (C59)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stairgate.clauses import control
from stairgate.monitoring.models import Item
from stairgate.monitoring.rules import WORRY
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Role
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import parameters_now
from stairgate.publishing.services import hold_to_signpost

_LEADS = frozenset({Role.DSL, Role.DEPUTY_DSL})


def _of_the_same_writer(item: Item) -> QuerySet[Item]:
    """Return the item, and whatever else the same account wrote there."""
    same = Q(pk=item.pk)
    if item.author_id:
        same |= Q(author_id=item.author_id)
    return Item.objects.filter(same, channel=item.channel_id)


def only_signpost(item: Item) -> bool:
    """Return whether only the fixed words may answer an item.

    They may when a version of it, or something else by the same account, says that its writer is under 18; and
    when screening could not read it: nothing ever fails open. At most one query.
    """
    return item.under_18 or not item.screening or _of_the_same_writer(item).filter(under_18=True).exists()


def with_answers(items: QuerySet[Item]) -> QuerySet[Any]:
    """Load with each item what decides how it may be answered: `only_signpost`, and the policy in force."""
    writer = Item.objects.filter(channel=OuterRef("channel"), author_id=OuterRef("author_id"), under_18=True)
    found: QuerySet[Any] = items.annotate(
        by_a_minor=Exists(writer.exclude(author_id="")),
        parameters_json=parameters_now(OuterRef("organisation")),
    )
    return found


@control("C53", "The words that point a child to help are part of the policy, and ready where a child writes")
def answers(item: Any) -> tuple[str, tuple[str, ...]]:
    """Return the fixed words that alone may answer an item `with_answers`, else ""; and words to start from."""
    parameters = Parameters.from_json(item.parameters_json or {})
    fixed = item.under_18 or not item.screening or item.by_a_minor
    return (parameters.signpost_text if fixed else ""), parameters.standard_replies


def keep_to_signpost(item: Item) -> None:
    """Hold to the fixed words every reply to the same writer that has not gone out yet."""
    hold_to_signpost(_of_the_same_writer(item).values_list("pk", flat=True))


def stays_for_lead(item: Item, member: Membership, at: datetime) -> bool:
    """Return whether an item stays in the inbox after this person decided: the lead has to see it first."""
    lead_first = item.under_18 or item.risk >= WORRY
    return lead_first and not member.roles_on(member.organisation.day(at)) & _LEADS
