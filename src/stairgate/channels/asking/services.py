"""Asking for an account: begin, keep, send, withdraw. Deciding about it has a module of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from stairgate.channels.asking import form
from stairgate.channels.asking.rules import problems
from stairgate.channels.asking.selectors import WAITING, WITHDRAWN, known_of
from stairgate.channels.models import AccountRequest, FoundPage
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in, require
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty, Role

State = AccountRequest.State
_SHORTEST_REASON, _LONGEST_REASON = 3, 300


class CannotAsk(Exception):
    """The request stays as it was; the message says why and what to do."""


class NeedsReason(CannotAsk):
    """It is not the actor's own request, and they did not say why it ends."""


class Incomplete(CannotAsk):
    """It was not sent. ``problems``: what is wrong, by field."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("Not everything is filled in yet.")
        self.problems = found


@transaction.atomic
def begin(
    *,
    actor: User,
    organisation: Organisation,
    at: datetime,
    found: FoundPage | None = None,
    again: AccountRequest | None = None,
) -> AccountRequest:
    """Return the actor's draft of a request, a new one when there is none. Raises `NotAllowed`, `CannotAsk`.

    ``found``: the page it is to mend. ``again``: the one that was not authorised, whose answers it starts from.
    """
    require(actor_in(actor, organisation.id), Duty.SEE_ACCOUNTS)
    for row in (found, again):
        if row is not None and row.organisation_id != organisation.id:
            raise NotAllowed("You do not work in this setting.")
    if again is not None and (again.requested_by_id != actor.id or again.state != State.REFUSED):
        raise CannotAsk("Only what was not authorised can be asked for again, by whoever asked.")
    found = found or (again.found if again else None)
    if found is not None and found.settled_at is not None:
        raise CannotAsk("This page is settled already.")
    # the setting's row is held, so that two presses make one draft
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    own = AccountRequest.objects.filter(organisation=organisation, requested_by=actor, state=State.DRAFT)
    draft = own.filter(found=found).first()
    if draft is not None and again is None:
        return draft
    return AccountRequest.objects.create(
        organisation=organisation,
        requested_by=actor,
        found=found,
        answers=_first_answers(organisation, found, again),
        changed_at=at,
    )


def _first_answers(
    organisation: Organisation, found: FoundPage | None, again: AccountRequest | None
) -> form.Answers:
    """Return what is known before anybody types."""
    if again is not None:
        return {name: value for name, value in again.form.items() if name in form.FIELDS}
    answers: form.Answers = {"service": organisation.name, "mailbox": organisation.office_email}
    if found is not None:
        answers |= {"network": found.network, "name": found.name, "address": found.address}
    return answers


@transaction.atomic
def keep(*, actor: User, request: AccountRequest, answers: form.Answers, at: datetime) -> AccountRequest:
    """Keep what was typed, right or wrong; return the draft. Raises `NotAllowed`, `CannotAsk`."""
    row = _own_draft(actor, request)
    row.answers = {**row.answers, **{name: answers[name] for name in answers if name in form.FIELDS}}
    row.changed_at = at
    row.save(update_fields=["answers", "changed_at"])
    return row


@control("C89", "Without a request that is complete there is nothing to decide, and no account")
@control("C103", "A request that is sent is frozen: every answer is in the digest that is signed")
@control("C93", "The lead contact's name and position are taken from the register", coverage=Coverage.PART)
@transaction.atomic
def send(*, actor: User, request: AccountRequest, at: datetime) -> AccountRequest:
    """Freeze the draft and send it to the service manager; return it. Raises `NotAllowed`, `Incomplete`."""
    row = _own_draft(actor, request)
    # the setting's row is held, so that two requests for one name do not pass each other
    Organisation.objects.select_for_update(no_key=True).get(pk=row.organisation_id)
    known = known_of(row, at)
    if found := problems(row.answers, known):
        raise Incomplete(found)
    for who in ("lead", *(f"admin{number}" for number in range(1, form.MOST_ADMINISTRATORS + 1))):
        chosen = form.line(row.answers, who)
        if not chosen:
            continue
        colleague = known.people[chosen]
        row.answers[f"{who}_name"] = colleague.full_name
        row.answers[f"{who}_position"] = colleague.job_title
        row.answers[f"{who}_email"] = form.line(row.answers, f"{who}_email") or colleague.email
    holders = [known.people[one].first_name for one in form.ticks(row.answers, "holders")]
    row.answers["holders_names"] = ", ".join(holders)
    row.state, row.sent_at, row.changed_at = State.SENT, at, at
    row.digest, row.for_young = digest_of(row), form.for_the_young(row.answers)
    row.save()
    write_down(actor, row, "channels.request_sent", {"name": str(row)}, at)
    return row


def digest_of(row: AccountRequest) -> str:
    """Return the digest of a request as its row stands now."""
    about = (row.id, row.organisation_id, row.requested_by_id, row.found_id or "")
    return form.digest((str(one) for one in about), row.answers)


def may_end(row: AccountRequest, member: Membership, on: date) -> bool:
    """Return whether somebody can take back a request of somebody else that waits: whoever asked may have left."""
    return _manages(member, on) and row.requested_by_id != member.user_id and row.state in WAITING


def _manages(member: Membership, on: date) -> bool:
    return bool(member.roles_on(on) & {Role.MANAGER, Role.SERVICE_MANAGER})


@transaction.atomic
def withdraw(*, actor: User, request: AccountRequest, at: datetime, reason: str = "") -> None:
    """Take a request back that is not decided yet; it stays on record.

    Who manages the setting may take back that of somebody else too, with a reason, so that one whose signer has left
    does not wait for ever. Raises `NotAllowed`, `NeedsReason`, `CannotAsk`.
    """
    row, reason = locked(request), reason.strip()
    member = actor_in(actor, row.organisation_id)
    own = row.requested_by_id == actor.id
    if not own and (row.state == State.DRAFT or not _manages(member, row.organisation.day(at))):
        raise NotAllowed("Only whoever asked, or who manages the setting, can take a request back.")
    if row.state not in {State.DRAFT, *WAITING}:
        raise CannotAsk("It is decided already.")
    if not own and len(reason) < _SHORTEST_REASON:
        raise NeedsReason("Nothing has changed yet: say why.")
    row.state, row.changed_at = State.WITHDRAWN, at
    row.save(update_fields=["state", "changed_at"])
    write_down(actor, row, WITHDRAWN, {"reason": reason[:_LONGEST_REASON]} if reason else {}, at)


def locked(request: AccountRequest) -> AccountRequest:
    """Return the request, locked and read afresh."""
    rows = AccountRequest.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("organisation", "requested_by", "found").get(pk=request.pk)


def _own_draft(actor: User, request: AccountRequest) -> AccountRequest:
    row = locked(request)
    require(actor_in(actor, row.organisation_id), Duty.SEE_ACCOUNTS)
    if row.requested_by_id != actor.id:
        raise NotAllowed("Only whoever began a request can change or send it.")
    if row.state != State.DRAFT:
        raise CannotAsk("This request was sent already, and is frozen.")
    return row


def write_down(
    actor: User, row: AccountRequest, kind: str, payload: Mapping[str, object], at: datetime
) -> None:
    """Write one deed on a request into the ledger, with the digest it was about."""
    record(
        organisation_id=row.organisation_id,
        kind=kind,
        actor=str(actor.id),
        subject=str(row.id),
        payload={"digest": row.digest, **payload},
        at=at,
    )
