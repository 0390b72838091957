"""Reads everything that the judges may ask, in a bounded number of queries, however many people and accounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from stairgate.assurance.excepting.models import PolicyException
from stairgate.assurance.excepting.rules import Route
from stairgate.assurance.excepting.selectors import untaken
from stairgate.assurance.known import Account, Bearer, Colleague, HelpList, Known, Policy, Work
from stairgate.assurance.marks import Who
from stairgate.assurance.rounds.models import Activity
from stairgate.assurance.rounds.selectors import online_safety_posts
from stairgate.channels.access_list.selectors import compared
from stairgate.channels.asking.selectors import WAITING, found_pages
from stairgate.channels.models import AccountRequest
from stairgate.channels.selectors import ChannelNow, accounts_now, check_due
from stairgate.ledger.models import Checkpoint
from stairgate.monitoring.complaints.selectors import open_complaints
from stairgate.monitoring.models import Item
from stairgate.monitoring.selectors import reading_of, with_reading
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import holders
from stairgate.people.declaring.selectors import with_declared_on
from stairgate.people.models import LeavingTask, Person
from stairgate.people.rules import Facts, eligibility, running_out
from stairgate.people.selectors import columns, facts_for
from stairgate.policies.library.selectors import (
    entries,
    late_to_read,
    must_read,
    safeguarding,
    safeguarding_until,
    stale,
    unread_of,
)
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.reading.selectors import directory_pack
from stairgate.policies.reviewing import review_dues
from stairgate.policies.selectors import asked_to_sign_at, signatures
from stairgate.publishing.models import Delivery, Difference, SecondLook
from stairgate.publishing.selectors.suggestions import open_suggestions
from stairgate.screening import Severity


def known_now(
    organisation: Organisation, now: datetime, *, version: PolicyVersion | None, account: UUID | None = None
) -> Known:
    """Return what is known of a setting at this instant, under the version in force; with ``account``, of that
    account where it says something. Six queries, one more while something is paused, and one more under a correction.
    """
    day = organisation.day(now)
    bearers = _bearers(organisation, version, day)
    accounts = _accounts(organisation, version, bearers, now)
    return Known(
        at=now,
        day=day,
        founded_at=organisation.created_at,
        policy=_policy(version),
        bearers=tuple(bearer for _, bearer in bearers),
        colleagues=_colleagues(organisation, version, day),
        accounts=tuple(one for one in accounts if account is None or one.id == account),
        work=_work(organisation, account, day, now),
        help=_help(organisation, version, day),
        rota_until=organisation.rota_until,
        account=account,
    )


def known_of(account: Account, known: Known, organisation: Organisation) -> Known:
    """Return what is known of one account, from what is known of its setting. One query."""
    work = _work(organisation, account.id, known.day, known.at)
    return replace(known, accounts=(account,), work=work, account=account.id)


def _help(organisation: Organisation, version: PolicyVersion | None, day: date) -> HelpList:
    """Return how the list of help stands. One query."""
    if version is None:
        return HelpList()
    found = entries(organisation, version, directory_pack(organisation, version), day)
    old = [one.check_by for one in stale(found)]
    return HelpList(len(found), len(old), min(old, default=None))


def _policy(version: PolicyVersion | None) -> Policy | None:
    if version is None:
        return None
    asked_on = version.organisation.day(asked_to_sign_at(version))
    return Policy(version.label, version.adopted_at, version.parameters, review_dues(version), asked_on)


def _bearers(
    organisation: Organisation, version: PolicyVersion | None, day: date
) -> list[tuple[Membership, Bearer]]:
    """Return who holds a role that day, with what the one rule about fitness says of them. Two queries."""
    members = holders(organisation, Role, day).prefetch_related("roles")
    late = late_to_read(organisation, day)
    facts = facts_for(members, signed=signatures(version), unread=late, on=day)
    return [(member, _bearer(member, known, day)) for member, known in facts]


def _bearer(member: Membership, facts: Facts, day: date) -> Bearer:
    who = Who(member.user_id, member.first_name)
    return Bearer(who, member.roles_on(day), eligibility(facts, day), running_out(facts, day))


def _accounts(
    organisation: Organisation,
    version: PolicyVersion | None,
    bearers: list[tuple[Membership, Bearer]],
    now: datetime,
) -> list[Account]:
    fit = [member for member, one in bearers if Role.PAGE_ADMINISTRATOR in one.roles and not one.reasons]
    accounts = accounts_now(organisation, now, version=version, administrators=fit, among=with_reading())
    return [_account(known, reading_of(known.channel, now), version) for known in accounts]


def _account(known: ChannelNow, reading: Any, version: PolicyVersion | None) -> Account:
    channel = known.channel
    connection = getattr(channel, "connection", None)
    checked_at, findings = compared(channel)
    return Account(
        id=channel.pk,
        name=channel.name,
        by_hand=channel.by_hand,
        mailbox=channel.mailbox,
        purposes=tuple(channel.purposes),
        asked_by=channel.requested_by.first_name,
        decided_by=channel.authorised_by.first_name,
        decided_at=channel.authorised_at,
        restrictions=known.restrictions,
        paused=bool(known.pauses),
        proved_at=known.reading.at if known.reading else None,
        blind=reading.blind if reading else "It has not been read yet.",
        read_at=reading.complete_at if reading else None,
        until=channel.authorised_until,
        connected=connection is not None,
        to_confirm=known.to_confirm,
        opening=known.opening,
        connected_at=connection.met_at if connection else None,
        access_checked_at=checked_at,
        access_findings=findings,
        settings=known.settings,
        check=check_due(channel, version.parameters if version else Parameters()),
        checked_at=channel.checked_at,
    )


def _colleagues(
    organisation: Organisation, version: PolicyVersion | None, day: date
) -> tuple[Colleague, ...]:
    """Return the staff list of that day by first name, with who has signed. One query."""
    signed = signatures(version).filter(user=OuterRef("user")).values("signed_at")[:1]
    online = columns(day, {"person": OuterRef("pk")})["online_safety_expires_on"]
    here = Q(ended_on__isnull=True) | Q(ended_on__gte=day)
    rows = (
        Person.objects.filter(here, organisation=organisation, started_on__lte=day)
        .order_by("first_name", "pk")
        .annotate(signs_in=F("user__email"), signed_at=Subquery(signed), online_until=online)
        .annotate(**unread_of(organisation))
    )
    columns_ = ("user", "first_name", "work_email", "signs_in", "started_on", "signed_at", "online_until")
    found = with_declared_on(rows).values_list(*columns_, "unread", "unread_since", "declared_on")
    return tuple(
        Colleague(Who(user, name), signs_in or email, *rest) for user, name, email, signs_in, *rest in found
    )


def _count(rows: QuerySet[Any], setting: str = "organisation") -> Coalesce:
    counted = rows.order_by().values(setting).annotate(rows=Count("pk")).values("rows")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _first(rows: QuerySet[Any], order: str) -> Subquery:
    return Subquery(rows.order_by(order).values(order.lstrip("-"))[:1])


def _work(organisation: Organisation, account: UUID | None, day: date, now: datetime) -> Work:
    """Return what waits, and when things were last done. One query."""
    here = {"organisation": organisation.pk}
    one = {"channel": account} if account else {}
    items = Item.objects.filter(**here, **one)
    waiting = items.filter(state=Item.State.OPEN)
    grave = waiting.filter(risk__gte=Severity.HOLD)
    differing = Difference.objects.filter(closed_at__isnull=True, **here)
    if account:
        differing = differing.filter(delivery__channel=account)
    published = Delivery.objects.filter(done_at__isnull=False, **here, **one)
    missed = SecondLook.objects.filter(done_at__isnull=True, due_at__lte=now, **here)
    tasks = LeavingTask.objects.filter(
        person__organisation=organisation.pk, done_at__isnull=True, due_on__lte=day
    )
    left = Person.objects.filter(ended_on__lt=day, **here)
    sealed = Checkpoint.objects.filter(log__organisation_id=organisation.pk)
    found = found_pages(organisation)
    asked = AccountRequest.objects.filter(state__in=WAITING, **here)
    columns_ = {
        "open_items": _count(waiting),
        "oldest_item": _first(waiting, "first_seen_at"),
        "grave_items": _count(grave),
        "oldest_grave": _first(grave, "first_seen_at"),
        "under_18": _count(waiting.filter(under_18=True)),
        "last_item": _first(items, "-first_seen_at"),
        "differences": _count(differing),
        "oldest_difference": _first(differing, "found_at"),
        "looks_missed": _count(missed),
        "last_published": _first(published, "-done_at"),
        "leaver_tasks": _count(tasks, "person__organisation"),
        "leaver_due": _first(tasks, "due_on"),
        "leaver_name": Coalesce(
            Subquery(tasks.order_by("due_on").values("person__first_name")[:1]), Value("")
        ),
        "last_left": _first(left, "-ended_on"),
        "found_pages": _count(found),
        "regularise_by": _first(found, "regularise_by"),
        "requests": _count(asked),
        "oldest_request": _first(asked, "sent_at"),
        **_telling(organisation, day),
        "complaints": _count(open_complaints(organisation)),
        "complaint_due": _first(open_complaints(organisation), "due_on"),
        "suggestions": _count(open_suggestions(organisation)),
        "safeguarding_title": Coalesce(Subquery(safeguarding(organisation).values("title")[:1]), Value("")),
        "safeguarding_until": safeguarding_until(organisation),
        "must_read": _count(must_read(organisation)),
        "activity_on": _first(Activity.objects.filter(**here), "-on"),
        "safety_post_at": Subquery(online_safety_posts(organisation, day).values("moment")[:1]),
        "policy_since": _first(PolicyVersion.objects.filter(**here), "adopted_at"),
        "sealed_at": Subquery(sealed.order_by("-id").values("at")[:1]),
    }
    row: Any = (
        Organisation.objects.filter(pk=organisation.pk)
        .values(**{f"known_{name}": column for name, column in columns_.items()})
        .get()
    )
    known = {name: row[f"known_{name}"] for name in columns_}
    since, post_at = known.pop("policy_since"), known.pop("safety_post_at")
    return Work(
        **known,
        safety_post_on=organisation.day(post_at) if post_at else None,
        policy_since=organisation.day(since) if since else None,
    )


def _telling(organisation: Organisation, day: date) -> dict[str, Any]:
    """Return what is counted of exceptions, and of who asks to speak to a manager.

    Whoever asks to speak is counted only where it is about nobody here, and about no child: the rest is not for a clause.
    """
    running = PolicyException.objects.filter(
        organisation=organisation, declined_at__isnull=True, ended_at__isnull=True, until__gte=day
    )
    decided = Q(managing_by__isnull=False) & (Q(child=False) | Q(safeguarding_by__isnull=False))
    asked, holding = running.exclude(decided), running.filter(decided)
    outlived = PolicyException.objects.filter(organisation=organisation).filter(
        Q(role_held__ends_on__gt=F("until")) | Q(role_held__isnull=False, role_held__ends_on__isnull=True)
    )
    told = untaken(organisation).filter(route=Route.MANAGER, not_to__isnull=True)
    return {
        "exceptions_asked": _count(asked),
        "oldest_exception": _first(asked, "asked_at"),
        "exceptions_hold": _count(holding),
        "roles_outlived": _count(outlived),
        "told_waiting": _count(told),
        "oldest_told": _first(told, "at"),
    }
