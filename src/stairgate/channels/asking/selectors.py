"""What is known when a request is asked for, read or decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from stairgate.channels.asking import form
from stairgate.channels.asking.rules import Colleague, Known, Seats
from stairgate.channels.models import AccountRequest, Channel, FoundPage, Renewal
from stairgate.ledger.models import Entry
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty, Role, in_force
from stairgate.organisations.selectors import holders
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import fit_for, why_not
from stairgate.policies.selectors import in_force as policy_in_force

#: of a request that was sent and is not decided
WAITING = (AccountRequest.State.SENT, AccountRequest.State.COSIGN)
#: what the record calls it that a request was taken back
WITHDRAWN = "channels.request_withdrawn"


def colleagues(organisation: Organisation, on: date) -> list[Membership]:
    """Return who works here and signs in that day, by first name. One query."""
    rows = (
        Membership.objects.filter(organisation=organisation, user__is_active=True)
        .select_related("user__person", "organisation")
        .order_by("user__first_name", "pk")
    )
    return [member for member in rows if in_force(member.started_on, member.ended_on, on)]


def known_of(request: AccountRequest, now: datetime, answers: Mapping[str, object] | None = None) -> Known:
    """Return what a request is judged by, read afresh. Five queries, and one for each unfit administrator."""
    organisation, on = request.organisation, request.organisation.day(now)
    version = policy_in_force(organisation)
    parameters = version.parameters if version else Parameters()
    fit = {member.user_id for member in fit_for(organisation, Duty.LOOK_AFTER, parameters=parameters, on=on)}
    chosen = set(form.administrators(request.answers if answers is None else answers))
    people = {}
    for member in colleagues(organisation, on):
        unfit = member.user_id not in fit and str(member.user_id) in chosen
        why = why_not(member, Duty.LOOK_AFTER, version=version, on=on) if unfit else ()
        people[str(member.user_id)] = _colleague(member, why)
    return Known(
        today=on,
        latest=on + timedelta(days=parameters.review_every_days),
        people=people,
        names=_names(request),
        staff_names=list(organisation.people.values_list("first_name", flat=True)),
    )


def _colleague(member: Membership, why: tuple[str, ...]) -> Colleague:
    person = getattr(member.user, "person", None)
    full_name = person.full_name if person else ""
    return Colleague(member.first_name, full_name, member.job_title, member.user.email, why)


def _names(request: AccountRequest) -> list[tuple[str, str]]:
    """Return network and name of every other page of the setting, and of those that are asked for."""
    place = request.organisation
    pages = Channel.objects.filter(organisation=place).order_by().values_list("network", "name")
    found = FoundPage.objects.filter(organisation=place, settled_at__isnull=True)
    if request.found_id is not None:
        found = found.exclude(pk=request.found_id)
    others = found.order_by().values_list("network", "name")
    asked = AccountRequest.objects.filter(organisation=place, state__in=WAITING).exclude(pk=request.pk)
    told = (
        (str(row.get("network")), str(row.get("name"))) for row in asked.values_list("answers", flat=True)
    )
    return [*pages.union(others, all=True), *told]


def seats(request: AccountRequest, now: datetime) -> Seats:
    """Return who has which part in a request today. One query."""
    managers = holders(request.organisation, [Role.SERVICE_MANAGER], request.organisation.day(now))
    return Seats(
        requester=str(request.requested_by_id),
        administrators=frozenset(form.administrators(request.answers)),
        service_managers=frozenset(str(user) for user in managers.values_list("user", flat=True)),
        lead=str(request.lead_by_id or ""),
        decider=str(request.decided_by_id or ""),
    )


def visible(member: Membership, on: date) -> QuerySet[AccountRequest]:
    """Return the requests somebody may read: their own, and of those that were sent all of them for who sees the
    accounts, for anybody else the ones in which they have a part.
    """
    sent = Q(sent_at__isnull=False)
    if Duty.SEE_ACCOUNTS not in member.duties_on(on):
        sent &= _part_in(member, on)
    rows = AccountRequest.objects.filter(
        sent | Q(requested_by=member.user_id), organisation=member.organisation_id
    )
    return rows.select_related(
        "organisation", "requested_by", "lead_by", "decided_by", "cosigned_by", "channel", "found"
    )


def _part_in(member: Membership, on: date) -> Q:
    """Return which requests somebody has signed, would administer, or has to sign."""
    who = member.user_id
    part = Q(lead_by=who) | Q(decided_by=who) | Q(cosigned_by=who)
    for number in range(1, form.MOST_ADMINISTRATORS + 1):
        part |= Q(**{f"answers__admin{number}": str(who)})
    if member.roles_on(on) & {Role.DSL, Role.DEPUTY_DSL}:
        part |= Q(for_young=True, state=AccountRequest.State.SENT)
    return part | Q(Exists(committee_of(member.user, member.organisation)), state=AccountRequest.State.COSIGN)


def open_requests(member: Membership, on: date) -> list[AccountRequest]:
    """Return what waits to be decided, and their own drafts. One query."""
    wanted = Q(state__in=WAITING) | Q(state=AccountRequest.State.DRAFT, requested_by=member.user_id)
    return list(visible(member, on).filter(wanted))


def waiting_on_accounts(member: Membership) -> tuple[QuerySet[Any], ...]:
    """Return what waits in the setting of somebody: requests to decide, to sign for the young and to sign second, all
    but those with a part of theirs; accounts with an evaluation; and found pages.
    """
    place = member.organisation_id
    others = AccountRequest.objects.filter(organisation=place).exclude(requested_by=member.user_id)
    sent = others.filter(state=AccountRequest.State.SENT)
    young = sent.filter(for_young=True, lead_by__isnull=True)
    second = others.filter(state=AccountRequest.State.COSIGN)
    second = second.exclude(decided_by=member.user_id).exclude(lead_by=member.user_id)
    evaluated = Renewal.objects.filter(channel=OuterRef("pk"), decided_at__isnull=True)
    ask_on = Exists(evaluated.exclude(asked_by=member.user_id))
    accounts = Channel.objects.filter(ask_on, organisation=place)
    return sent, young, second, accounts, found_pages(member.organisation)


def found_pages(organisation: Organisation) -> QuerySet[FoundPage]:
    """Return the pages in our name that nobody authorised yet, the most urgent first."""
    return FoundPage.objects.filter(organisation=organisation, settled_at__isnull=True)


def is_committee(user: User, organisation: Organisation) -> bool:
    """Return whether the register knows somebody as of the committee. One query."""
    return committee_of(user, organisation).exists()


def committee_of(user: User, organisation: Organisation) -> QuerySet[Any]:
    """Return their record on the register, if it is that of somebody of the committee."""
    return organisation.people.filter(user=user, basis="committee", ended_on__isnull=True)


def why_taken_back(row: AccountRequest) -> str:
    """Return why somebody else than whoever asked took a request back, "" when nobody did. One query."""
    entry = Entry.objects.filter(
        log__organisation_id=row.organisation_id, subject=str(row.pk), kind=WITHDRAWN
    ).first()
    return str((entry.body or {}).get("reason", "")) if entry else ""
