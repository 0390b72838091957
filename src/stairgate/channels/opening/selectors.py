"""What is confirmed of an account, read along with the account; and its going-live sheet."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, IntegerField, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from stairgate.channels.models import Access, AccountRequest, Channel, Confirmation
from stairgate.channels.opening.rules import CLAUSE, Item, Opening, about, counts, plan, why_not_any_more
from stairgate.clauses import control
from stairgate.networks.public import PUBLIC, PublicSide
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import holding
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.form import GROUPS
from stairgate.policies.parameters import Parameters

_LIST = f"\n### {GROUPS['followers']}\n"
_ADDED = " *(An addition.)*"
_MARKED = re.compile(r"\\([\\`*_\[\]<>&#+=~.)-])")
_HOURS = re.compile(r"^We read comments (?P<hours>.+?)\. ")
_ORGANISATION = "confirmation__channel__organisation"


def house_rules(version: PolicyVersion | None) -> tuple[str, ...]:
    """Return the followers' list of a version, one plain sentence or two each; empty when its text has none.

    It is read from the text that was adopted and signed, not from the template it was made from.
    """
    if version is None:
        return ()
    listed = version.text.partition(_LIST)[2].partition("\n#")[0]
    lines = (line.strip() for line in listed.splitlines())
    rules = (line.removeprefix("- ").removesuffix(_ADDED) for line in lines if line.startswith("- "))
    return tuple(_MARKED.sub(r"\1", rule) for rule in rules)


def stand_for(channel: Channel, version: PolicyVersion) -> dict[Item, str]:
    """Return what each thing of an account's sheet stands for under a version. The account is connected."""
    parameters, place = version.parameters, channel.organisation
    return about(
        rules="\n".join(house_rules(version)),
        signpost=parameters.signpost_text,
        check_days=parameters.check_every_days,
        reached=f"{channel.network} {place.office_phone} {place.office_email}",
        page=f"{channel.network} {channel.connection.account_id}",
    )


def columns(on: date) -> dict[str, Any]:
    """Return what is confirmed, to be read along with a query of accounts. See `opening_of`."""
    current = Confirmation.objects.filter(channel=OuterRef("pk"), ended_at__isnull=True)
    found = {f"opening_{item}": Subquery(_still(current, item, on).values("stands_for")[:1]) for item in Item}
    access = Access.objects.filter(
        confirmation__channel=OuterRef("pk"), confirmation__ended_at__isnull=True
    ).order_by("user__first_name", "pk")
    mailbox, page = (access.filter(to=to) for to in (Access.To.MAILBOX, Access.To.PAGE))
    here, runs_it = _works(on), _works(on).filter(holding([Role.PAGE_ADMINISTRATOR], on))
    new = (
        Membership.objects.filter(
            holding([Role.PAGE_ADMINISTRATOR], on), organisation=OuterRef("organisation")
        )
        .filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on), user__is_active=True, started_on__lte=on)
        .filter(
            ~Exists(
                Access.objects.filter(
                    to=Access.To.PAGE,
                    user=OuterRef("user"),
                    confirmation__channel=OuterRef(OuterRef("pk")),
                    confirmation__ended_at__isnull=True,
                )
            )
        )
        .order_by("user__first_name", "pk")
    )
    return found | {
        "opening_holders": _count(mailbox.filter(Exists(here))),
        "opening_staying": _count(mailbox.filter(Exists(here.filter(ended_on__isnull=True)))),
        "opening_moved": Subquery(page.filter(Exists(here), ~Exists(runs_it)).values("user__first_name")[:1]),
        "opening_new": Subquery(new.values("user__first_name")[:1]),
        "opening_seen": Subquery(
            current.order_by().values("channel").annotate(oldest=Min("confirmed_at")).values("oldest")
        ),
    }


def _still(current: QuerySet[Confirmation], item: Item, on: date) -> QuerySet[Confirmation]:
    """Return what is confirmed of one thing. A plan is somebody's: when they have left, nobody answers for it."""
    rows = current.filter(item=item)
    if item != Item.PLAN:
        return rows
    return rows.filter(Exists(_here(on, "confirmed_by", "channel__organisation")))


def _works(on: date) -> QuerySet[Membership]:
    return _here(on, "user", _ORGANISATION)


def _here(on: date, user: str, organisation: str) -> QuerySet[Membership]:
    """Return the place of somebody in the setting on a day, in a query of rows that name them."""
    rows = Membership.objects.filter(user=OuterRef(user), organisation=OuterRef(organisation))
    return rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on), user__is_active=True)


def _count(rows: QuerySet[Access]) -> Coalesce:
    counted = rows.order_by().values("confirmation").annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted[:1], output_field=IntegerField()), 0)


#: what `columns` reads besides the things themselves
_ALSO = ("holders", "staying", "moved", "new", "seen")
COLUMNS = (*(f"opening_{item}" for item in Item), *(f"opening_{name}" for name in _ALSO))


def opening_of(row: dict[str, Any]) -> Opening:
    """Return what is confirmed of an account, from what `columns` read along with it, by name."""
    confirmed = {item: row[f"opening_{item}"] for item in Item}
    return Opening(
        stands_for={item: digest for item, digest in confirmed.items() if digest is not None},
        holders=row["opening_holders"],
        staying=row["opening_staying"],
        moved=row["opening_moved"] or "",
        newcomer=row["opening_new"] or "",
        seen_at=row["opening_seen"],
    )


def opening_on(channel: Channel, on: date) -> Opening:
    """Return what is confirmed of one account on a day. One query."""
    asked: dict[str, Any] = columns(on)
    row: Any = Channel.objects.filter(pk=channel.pk).values(**asked).get()
    return opening_of(row)


@dataclass(frozen=True, slots=True)
class Card:
    """One thing on the sheet: what it is about now, what was confirmed last, and whether that counts."""

    item: Item
    title: str
    clause: str
    words: str
    digest: str
    counts: bool
    last: Confirmation | None
    why_not: str = ""  # why what was confirmed does not count any more

    @property
    def was_confirmed(self) -> bool:
        """Whether somebody confirmed it, and nobody took that back."""
        return self.last is not None and self.last.ended_at is None

    @property
    def settled(self) -> bool:
        """Whether there is nothing to press, but for a change of mind."""
        return self.counts and self.was_confirmed


@dataclass(frozen=True, slots=True)
class Sheet:
    """The going-live sheet of one account."""

    channel: Channel
    network: PublicSide
    cards: tuple[Card, ...]
    rules: tuple[str, ...]
    plan: tuple[tuple[str, str], ...]
    opening: Opening
    holders: tuple[str, ...]  # ids of who can open the mailbox, as recorded; at first as the request says
    access: tuple[str, ...]  # first names of who had an access of their own when that was recorded

    @property
    def done(self) -> int:
        return sum(card.counts for card in self.cards)

    @property
    def left_words(self) -> str:
        """How many are confirmed, with their whole."""
        return f"{self.done} of {len(self.cards)} confirmed"

    def card(self, item: Item) -> Card:
        return next(card for card in self.cards if card.item == item)


@control("C02", "The followers' list of the signed policy is put ready to copy, as the page's house rules")
def house_rules_text(channel: Channel, version: PolicyVersion | None) -> str:
    """Return the house rules ready to be copied: the policy's own list, and whom to tell. "" without a list."""
    rules = house_rules(version)
    if not rules:
        return ""
    listed = "\n".join(f"• {rule}" for rule in rules)
    return f"Our house rules\n\n{listed}\n\n{report_text(channel)}"


def report_text(channel: Channel) -> str:
    """Return how visitors report something, ready to be copied."""
    place = channel.organisation
    reached = " or ".join(filter(None, (place.office_phone, place.office_email))) or channel.mailbox
    return (
        f"Have you seen something here that should not be here? Tell us: {reached}. "
        f"You can tell the network, too. {PUBLIC[channel.network].reporting} "
        "Is somebody in danger now? Ring 999."
    )


def sheet(
    channel: Channel,
    version: PolicyVersion | None,
    opening: Opening,
    people: dict[Role, Sequence[str]],
) -> Sheet:
    """Return the sheet of an account; before it is connected nothing counts. ``people``: first names by role today.
    Three queries at most.
    """
    parameters = version.parameters if version else Parameters()
    rules = house_rules(version)
    hours = next((found["hours"] for rule in rules if (found := _HOURS.match(rule))), "")
    lines = plan(
        administrators=people.get(Role.PAGE_ADMINISTRATOR, ()),
        leads=people.get(Role.DSL, ()),
        check_days=parameters.check_every_days,
        by_hand=channel.by_hand,
        hours=hours,
    ).lines
    words = {
        Item.RULES: house_rules_text(channel, version),
        Item.PLAN: "\n".join(f"{title}: {said}" for title, said in lines),
        Item.REPORT: report_text(channel),
        Item.HELP: parameters.signpost_text,
        Item.OWNER: PUBLIC[channel.network].access,
    }
    today = stand_for(channel, version) if version and hasattr(channel, "connection") else {}
    last = {
        row.item: row
        for row in Confirmation.objects.filter(channel=channel)
        .select_related("confirmed_by", "ended_by")
        .order_by("confirmed_at")
    }
    cards = tuple(
        Card(
            item=item,
            title=str(Confirmation.Item(item).label),
            clause=CLAUSE[item],
            words=words[item],
            digest=today.get(item, ""),
            counts=bool(today) and counts(item, opening, today),
            last=last.get(item),
            why_not=why_not_any_more(item),
        )
        for item in Item
    )
    owner = last.get(Item.OWNER)
    return Sheet(
        channel=channel,
        network=PUBLIC[channel.network],
        cards=cards,
        rules=rules,
        plan=lines,
        opening=opening,
        holders=_holders(channel, owner),
        access=_access(owner),
    )


def _holders(channel: Channel, owner: Confirmation | None) -> tuple[str, ...]:
    if owner is not None:
        rows = owner.access.filter(to=Access.To.MAILBOX).values_list("user", flat=True)
        return tuple(str(user) for user in rows)
    asked = AccountRequest.objects.filter(channel=channel).values_list("answers", flat=True).first() or {}
    named = asked.get("holders", [])
    return tuple(str(user) for user in named) if isinstance(named, list) else ()


def _access(owner: Confirmation | None) -> tuple[str, ...]:
    if owner is None:
        return ()
    rows = owner.access.filter(to=Access.To.PAGE).order_by("user__first_name")
    return tuple(rows.values_list("user__first_name", flat=True))
