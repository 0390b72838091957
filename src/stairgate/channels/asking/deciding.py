"""Deciding about a request: the safeguarding lead's signature, the service manager's, and a second one."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from stairgate.channels.asking import form, rules
from stairgate.channels.asking.selectors import is_committee, known_of, seats
from stairgate.channels.asking.services import State, digest_of, locked, write_down
from stairgate.channels.models import AccountRequest, Channel, Condition, FoundPage
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Duty, Role
from stairgate.people.models import Person
from stairgate.policies.reviewing import note_account
from stairgate.policies.selectors import in_force, why_not

Decision = AccountRequest.Decision
_LONGEST_CONDITION, _MOST_CONDITIONS = 300, 10


class CannotDecide(Exception):
    """Nothing was decided; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A condition: what has to be so, and by which day."""

    words: str
    due_on: date


def signed_name(actor: User, organisation: Organisation, typed: str) -> str:
    """Return the typed name when it is the register's. Raises `CannotDecide`."""
    person = Person.objects.filter(organisation=organisation, user=actor).first()
    if person is None:
        raise CannotDecide("You are not on the staff register yet, so you cannot sign. Ask your manager.")
    if typed.split() != person.full_name.split():
        raise CannotDecide(
            "The name you typed does not match the staff register. Type it just as it is there."
        )
    return person.full_name


@control("C94", "The safeguarding lead signs when young people are among the readers, or no yes counts")
@transaction.atomic
def sign_as_lead(*, actor: User, request: AccountRequest, digest: str, name: str, at: datetime) -> None:
    """Sign a request for young people as safeguarding lead. Raises `NotAllowed`, `CannotDecide`."""
    row = locked(request)
    member = actor_in(actor, row.organisation_id)
    if not member.roles_on(row.organisation.day(at)) & {Role.DSL, Role.DEPUTY_DSL}:
        raise NotAllowed("Only a safeguarding lead signs this.")
    if row.requested_by_id == actor.id:
        raise CannotDecide("You asked for this page, so another safeguarding lead signs.")
    if str(actor.id) in form.administrators(row.answers):
        raise CannotDecide("You would be one of its administrators, so another safeguarding lead signs.")
    day = row.organisation.day(at)
    if barriers := why_not(member, Duty.DECIDE, version=in_force(row.organisation), on=day):
        raise CannotDecide(" ".join(barriers))
    if not form.for_the_young(row.answers):
        raise CannotDecide("Young people are not among the readers: nothing to sign.")
    _unchanged(row, digest, State.SENT)
    if row.lead_by_id is not None:
        return
    row.lead_name = signed_name(actor, row.organisation, name)
    row.lead_by, row.lead_at = actor, at
    row.save(update_fields=["lead_by", "lead_at", "lead_name"])
    write_down(actor, row, "channels.request_lead_signed", {}, at)


@control("C102", "Yes, yes with conditions, or no: each with its reason", coverage=Coverage.WHOLE)
@control("C103", "The service manager signs with the name of the register, bound to the digest of the form")
@control(
    "C104", "The date of a decision is the time of the deed; nothing asks for it", coverage=Coverage.WHOLE
)
@control("C89", "An account comes from a request that a service manager said yes to, and from nothing else")
@transaction.atomic
def decide(
    *,
    actor: User,
    request: AccountRequest,
    digest: str,
    decision: AccountRequest.Decision,
    reason: str,
    name: str,
    at: datetime,
    until: date | None = None,
    conditions: Sequence[Wanted] = (),
) -> AccountRequest:
    """Decide, and sign; return the request. A yes makes the account, unless it needs a second signature first.

    Raises `NotAllowed`, `CannotDecide` (a part in the request already, unfit administrators, no reason …).
    """
    row = locked(request)
    actor_in(actor, row.organisation_id)
    sat = seats(row, at)
    if why := rules.why_may_not_decide(str(actor.id), sat):
        raise NotAllowed(why)
    _unchanged(row, digest, State.SENT)
    if len(reason) < 3:
        raise CannotDecide("Say why, in a few words.")
    row.decision, row.reason, row.decided_by, row.decided_at = decision, reason[:1000], actor, at
    row.decided_name = signed_name(actor, row.organisation, name)
    row.changed_at = at
    if decision == Decision.NO:
        row.state = State.REFUSED
    else:
        _judge(row, at, until, conditions, with_conditions=decision == Decision.CONDITIONS)
        row.state = State.COSIGN if rules.needs_cosigner(str(actor.id), sat) else State.SENT
        if row.state == State.SENT:
            _open(row, actor, at)
    row.save()
    payload = {"decision": str(decision), "until": str(row.until or ""), "conditions": len(row.conditions)}
    write_down(actor, row, "channels.request_decided", payload, at)
    return row


def _judge(
    row: AccountRequest, at: datetime, until: date | None, wanted: Sequence[Wanted], *, with_conditions: bool
) -> None:
    """Look at everything again that a yes needs. Raises `CannotDecide`."""
    if form.for_the_young(row.answers) and row.lead_by_id is None:
        raise CannotDecide("Young people are among the readers: the safeguarding lead has to sign first.")
    known = known_of(row, at)
    _still_right(row, known)
    if until is None:
        raise CannotDecide("Say until when it may run.")
    if problem := rules.day_problem(until, today=known.today, latest=known.latest):
        raise CannotDecide(f"Until when it may run: {problem}")
    conditions = list(wanted) if with_conditions else []
    if with_conditions and not conditions:
        raise CannotDecide("Write the conditions, each with its day.")
    if len(conditions) > _MOST_CONDITIONS:
        raise CannotDecide(f"{_MOST_CONDITIONS} conditions at most.")
    for one in conditions:
        if not 3 <= len(one.words) <= _LONGEST_CONDITION:
            raise CannotDecide("Write each condition in a sentence.")
        if problem := rules.day_problem(one.due_on, today=known.today, latest=until):
            raise CannotDecide(f"“{one.words}”: {problem}")
    row.until = until
    row.conditions = [{"words": one.words, "due_on": one.due_on.isoformat()} for one in conditions]


@control(
    "C05",
    "The risks of a request are judged again at the moment of the decision, and before a second signature",
)
@control(
    "C09",
    "Who says yes accepts by name and signature how much of each risk is left; “high” keeps the account shut",
    coverage=Coverage.WHOLE,
)
@control("C99", "The administrators are looked up again at the moment of the decision")
@control("C100", "The administrators are looked up again at the moment of the decision")
def _still_right(row: AccountRequest, known: rules.Known) -> None:
    """What was right when it was sent may not be so today: a check ran out, another page took the name."""
    found = rules.problems(row.answers, known)
    wrong = [
        words
        for field, words in found.items()
        if field.startswith(("admin", "risk_")) or field in {"name", "mailbox", "holders", "young_age"}
    ]
    if wrong:
        raise CannotDecide(" ".join(dict.fromkeys(wrong)))


@transaction.atomic
def cosign(*, actor: User, request: AccountRequest, digest: str, name: str, at: datetime) -> AccountRequest:
    """Give the second signature that a small setting's yes needs, and make the account; return the request.

    Raises `NotAllowed`, `CannotDecide`.
    """
    row = locked(request)
    member = actor_in(actor, row.organisation_id)
    roles = member.roles_on(row.organisation.day(at))
    manages = bool(roles & {Role.MANAGER, Role.SERVICE_MANAGER})
    committee = is_committee(actor, row.organisation)
    sat = seats(row, at)
    if why := rules.why_may_not_cosign(str(actor.id), sat, manages=manages, committee=committee):
        raise NotAllowed(why)
    _unchanged(row, digest, State.COSIGN)
    if row.decided_by is None or rules.why_may_not_decide(str(row.decided_by_id), sat):
        raise CannotDecide("Whoever decided could not do so today. It has to be asked for again.")
    known = known_of(row, at)
    _still_right(row, known)
    if row.until is None or row.until <= known.today:
        raise CannotDecide("The time it was authorised for is over. It has to be asked for again.")
    row.cosigned_name = signed_name(actor, row.organisation, name)
    row.cosigned_by, row.cosigned_at, row.changed_at = actor, at, at
    _open(row, row.decided_by, at)
    row.save()
    write_down(actor, row, "channels.request_cosigned", {"decision": row.decision}, at)
    return row


def _unchanged(row: AccountRequest, digest: str, state: AccountRequest.State) -> None:
    """What is signed is what was read, and what was sent. Raises `CannotDecide`."""
    if row.state != state:
        raise CannotDecide(
            f"This request is not waiting for that any more: {row.get_state_display().lower()}."
        )
    if not hmac.compare_digest(row.digest.encode(), digest.encode()) or digest_of(row) != row.digest:
        raise CannotDecide("This is not the form that was sent. Nothing was signed; read it again.")


def _open(row: AccountRequest, decider: User, at: datetime) -> None:
    """Make the account that was said yes to, with its conditions, and settle the page it mends."""
    answers = row.form
    channel = Channel.objects.create(
        organisation=row.organisation,
        network=form.line(answers, "network"),
        name=form.line(answers, "name"),
        purposes=form.tags(answers),
        mailbox=form.line(answers, "mailbox"),
        requested_by=row.requested_by,
        authorised_by=decider,
        authorised_at=at,
        authorised_until=row.until,
    )
    # the policy in force was written for the first; each one more asks whether it still fits (C106)
    if Channel.objects.filter(organisation=row.organisation).exclude(pk=channel.pk).exists():
        note_account(actor=decider, organisation=row.organisation, name=channel.name, at=at)
    for one in row.conditions:
        Condition.objects.create(channel=channel, words=one["words"], due_on=one["due_on"], made_at=at)
    row.state, row.channel = State.AUTHORISED, channel
    if row.found is not None and row.found.settled_at is None:
        row.found.settled, row.found.settled_at = FoundPage.End.AUTHORISED, at
        row.found.settled_by = decider
        row.found.save(update_fields=["settled", "settled_at", "settled_by"])
    payload = {
        "network": channel.network,
        "name": channel.name,
        "purposes": channel.purposes,
        "asked_by": str(row.requested_by_id),
        "request": str(row.id),
    }
    record(
        organisation_id=row.organisation_id,
        kind="channels.authorised",
        actor=str(decider.id),
        subject=str(channel.id),
        payload=payload,
        at=at,
    )
