"""What comes after a decision: conditions are met, the authorisation is renewed, found pages are put right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction

from stairgate.channels.asking.deciding import CannotDecide, signed_name
from stairgate.channels.asking.form import administrators
from stairgate.channels.asking.rules import day_problem, name_problem
from stairgate.channels.models import AccountRequest, Channel, Condition, FoundPage, Renewal
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in, require
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty, Role
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force

#: how long a page that was found may stay without an authorisation
REGULARISE_DAYS = 28
_LEAST = 20


@control("C102", "A condition counts as met only when a service manager says so, and how")
@transaction.atomic
def meet(*, actor: User, condition: Condition, how: str, at: datetime) -> None:
    """Say that a condition is met. Raises `NotAllowed`, `CannotDecide` (nothing said, met already)."""
    rows = Condition.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("channel__organisation").get(pk=condition.pk)
    _service_manager(actor, row.channel.organisation, at)
    _no_part(actor, row.channel)
    if len(how) < 3:
        raise CannotDecide("Say in a few words how you know.")
    if row.met_at is not None:
        raise CannotDecide("It is met already.")
    row.met_at, row.met_by, row.met_how = at, actor, how[:300]
    row.save(update_fields=["met_at", "met_by", "met_how"])
    _write_down(
        row.channel.organisation, actor, "channels.condition_met", row.channel, {"by": str(row.due_on)}, at
    )


@control("C98", "The promised evaluation is written before an authorisation can be renewed")
@transaction.atomic
def evaluate(*, actor: User, channel: Channel, evaluation: str, at: datetime) -> Renewal:
    """Write down what came of an account, and ask to go on with it; return the row.

    Raises `NotAllowed`, `CannotDecide` (too little said, one waits already).
    """
    member = actor_in(actor, channel.organisation_id)
    if not member.duties_on(channel.organisation.day(at)) & {Duty.MANAGE, Duty.LOOK_AFTER}:
        raise NotAllowed("A manager or an administrator of the page writes this.")
    row = Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
    if row.status == Channel.Status.CLOSED:
        raise CannotDecide("This account is closed for good.")
    if len(evaluation) < _LEAST:
        raise CannotDecide("Say what you counted or asked, and what came of it.")
    if Renewal.objects.filter(channel=row, decided_at__isnull=True).exists():
        raise CannotDecide("One waits for the service manager already.")
    made = Renewal.objects.create(channel=row, evaluation=evaluation[:2000], asked_by=actor, asked_at=at)
    _write_down(channel.organisation, actor, "channels.evaluated", channel, {"renewal": str(made.pk)}, at)
    return made


@control(
    "C98",
    "Without the evaluation the service manager cannot renew, and whoever wrote it never does",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def renew(*, actor: User, renewal: Renewal, until: date | None, reason: str, name: str, at: datetime) -> None:
    """Let an account go on until a day, or say that it does not (None). Raises `NotAllowed`, `CannotDecide`."""
    rows = Renewal.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("channel__organisation").get(pk=renewal.pk)
    place = row.channel.organisation
    _service_manager(actor, place, at)
    if row.asked_by_id == actor.id:
        raise NotAllowed("You wrote the evaluation, so somebody else decides.")
    _no_part(actor, row.channel)
    if row.decided_at is not None:
        raise CannotDecide("It is decided already.")
    if len(reason) < 3:
        raise CannotDecide("Say why, in a few words.")
    today = place.day(at)
    if until is not None and (problem := day_problem(until, today=today, latest=latest_end(place, today))):
        raise CannotDecide(f"Until when it may run: {problem}")
    row.decided_name = signed_name(actor, place, name)
    row.decided_by, row.decided_at, row.reason, row.until = actor, at, reason[:1000], until
    row.save()
    if until is not None:
        row.channel.authorised_until = until
        row.channel.save(update_fields=["authorised_until"])
    payload = {"until": str(until or ""), "renewal": str(row.pk)}
    _write_down(
        place, actor, "channels.renewed" if until else "channels.not_renewed", row.channel, payload, at
    )


def _no_part(actor: User, channel: Channel) -> None:
    """Whoever asked for a page, or runs it, never decides about it, afterwards as little as before (C101)."""
    asked = AccountRequest.objects.filter(channel=channel).first()
    runs = administrators(asked.answers) if asked else ()
    if channel.requested_by_id == actor.id or str(actor.id) in runs:
        raise NotAllowed("You have a part in this page, so another service manager decides.")


def latest_end(organisation: Organisation, today: date) -> date:
    """Return the last day an authorisation may be given for: until the policy's own review. One query."""
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    return today + timedelta(days=parameters.review_every_days)


@control(
    "C89",
    "A page that exists already enters as unauthorised, with a day by which it is put right",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def found(
    *, actor: User, organisation: Organisation, network: str, name: str, address: str, at: datetime
) -> FoundPage:
    """Write down a page in our name that nobody authorised; return it. Raises `NotAllowed`, `CannotDecide`."""
    require(actor_in(actor, organisation.id), Duty.SEE_ACCOUNTS)
    if network not in Channel.Network.values:
        raise CannotDecide("Choose where it is.")
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if problem := name_problem(name, network, ()):
        raise CannotDecide(problem)
    same = {"organisation": organisation, "network": network, "name__iexact": name}
    if Channel.objects.filter(**same).exclude(status=Channel.Status.CLOSED).exists():
        raise CannotDecide("This one is in our register, and authorised.")
    if FoundPage.objects.filter(**same, settled_at__isnull=True).exists():
        raise CannotDecide("This one is on the list already.")
    page = FoundPage.objects.create(
        organisation=organisation,
        network=network,
        name=name[:120],
        address=address[:300],
        found_by=actor,
        found_at=at,
        regularise_by=organisation.day(at) + timedelta(days=REGULARISE_DAYS),
    )
    _write_down(organisation, actor, "channels.page_found", page, {"name": name, "network": network}, at)
    return page


@transaction.atomic
def gone(*, actor: User, page: FoundPage, why: str, at: datetime) -> None:
    """Say that a found page is taken down, or is not ours. Raises `NotAllowed`, `CannotDecide`."""
    rows = FoundPage.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("organisation").get(pk=page.pk)
    _service_manager(actor, row.organisation, at)
    if len(why) < 3:
        raise CannotDecide("Say in a few words how you know.")
    if row.settled_at is not None:
        raise CannotDecide("It is settled already.")
    row.settled, row.settled_at, row.settled_by, row.settled_why = FoundPage.End.GONE, at, actor, why[:300]
    row.save()
    _write_down(row.organisation, actor, "channels.page_gone", row, {"name": row.name}, at)


def _service_manager(actor: User, organisation: Organisation, at: datetime) -> Membership:
    member = actor_in(actor, organisation.id)
    if Role.SERVICE_MANAGER not in member.roles_on(organisation.day(at)):
        raise NotAllowed("Only the service manager decides this.")
    return member


def _write_down(
    organisation: Organisation,
    actor: User,
    kind: str,
    about: Channel | FoundPage,
    payload: Mapping[str, object],
    at: datetime,
) -> None:
    record(
        organisation_id=organisation.id,
        kind=kind,
        actor=str(actor.id),
        subject=str(about.pk),
        payload=payload,
        at=at,
    )
