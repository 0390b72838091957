"""Deeds: ask for an exception, decide, end it early; ask to speak to somebody, and say that one has spoken."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from stairgate.assurance.excepting.models import PolicyException, Told
from stairgate.assurance.excepting.rules import (
    Seat,
    State,
    Temporary,
    Topic,
    may_end,
    problem,
    route,
    seat_for,
)
from stairgate.assurance.excepting.selectors import who_hears
from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding.setting import Setting
from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.roles import CannotChangeRole, end_temporary, give_role
from stairgate.organisations.rules import Role
from stairgate.publishing.rules import must_change
from stairgate.publishing.screen import screen_words

_SHORTEST = 10
#: whoever asks cannot say that no child is touched by these
ALWAYS_A_CHILDS = frozenset({Topic.CONTACT, Topic.MESSAGES})
LONGEST_WHAT, LONGEST_WHY, LONGEST_NO = 300, 600, 300


@control("C85", "An exception is asked for in writing, with a last day, and whoever decides is told at once")
@transaction.atomic
def ask(
    *,
    actor: User,
    organisation: Organisation,
    topic: str,
    what: str,
    why: str,
    child: bool,
    until: date,
    at: datetime,
    role: str = "",
    role_for: User | None = None,
) -> PolicyException:
    """Ask for an exception; return it. Asked twice with the same words while it is open, it is the same one.

    ``role``: what one about access gives, to ``role_for`` (to whoever asks, when nobody is named).
    Raises `NotAllowed`, and `Refusal` for missing or too many words, words that everybody may not read, or a wrong last day.
    """
    actor_in(actor, organisation.id)
    child = child or topic in ALWAYS_A_CHILDS
    what, why = what.strip(), why.strip()
    if topic not in Topic.values:
        raise Refusal("Choose what it is about.")
    role_for = _who_gets(topic, role, role_for or actor, organisation, at)
    if min(len(what), len(why)) < _SHORTEST:
        raise Refusal("Say in a sentence what you would like to do, and in another why.")
    if len(what) > LONGEST_WHAT or len(why) > LONGEST_WHY:
        raise Refusal("That is too long: make it shorter.")
    wrong = problem(until, organisation.day(at))
    if wrong:
        raise Refusal(wrong)
    _check_words(f"{what}\n\n{why}", organisation)
    # the setting's row is locked, so that two presses at once make one
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    same = PolicyException.objects.filter(
        organisation=organisation,
        asked_by=actor,
        what=what,
        why=why,
        until=until,
        role=role,
        role_for=role_for,
        declined_at=None,
        ended_at=None,
    ).first()
    if same is not None:
        return same
    row = PolicyException.objects.create(
        organisation=organisation,
        asked_by=actor,
        asked_at=at,
        topic=topic,
        what=what,
        why=why,
        child=child,
        until=until,
        role=role,
        role_for=role_for,
    )
    payload = {"topic": topic, "what": what, "why": why, "child": child, "until": until.isoformat()}
    if role_for is not None:
        payload |= {"role": role, "for": str(role_for.pk)}
    _write_down(row, actor, "assurance.exception_asked", payload, at)
    return row


def _who_gets(topic: str, role: str, who: User, organisation: Organisation, at: datetime) -> User | None:
    """Return who gets a role by it: nobody, unless it is about access. Raises `Refusal`."""
    if topic != Topic.ACCESS:
        if role:
            raise Refusal("Only help with an account gives a role. Choose that, or leave the role out.")
        return None
    if role not in Temporary.values:
        raise Refusal("Say which role it is: without one nobody has access, and with one it ends by itself.")
    if not any(member.user_id == who.pk for member in Setting(organisation, at).members):
        raise Refusal("Choose somebody who works here and signs in.")
    return who


@control(
    "C85",
    "An exception holds only when a manager said yes and, where a child is concerned, the safeguarding lead too",
)
@transaction.atomic
def allow(*, actor: User, exception: PolicyException, at: datetime) -> Seat:
    """Say yes in the seat that one has; return it. With the last yes that is needed a role that it gives is given.

    Raises `NotAllowed`, and `Refusal` when it is decided already, or the role cannot be given.
    """
    row, member = _open(actor, exception, at)
    seat = _seat(row, member, at)
    setattr(row, f"{seat}_by", actor)
    setattr(row, f"{seat}_at", at)
    row.save(update_fields=[f"{seat}_by", f"{seat}_at"])
    _write_down(row, actor, "assurance.exception_allowed", {"seat": str(seat)}, at)
    if row.role and row.state_on(member.organisation.day(at)) == State.HOLDS:
        _give_the_role(row, member.organisation, at)
    return seat


@control(
    "C85",
    "A role given under an exception has its last day from the start: over, it carries nothing, and nobody has to act",
    coverage=Coverage.WHOLE,
)
def _give_the_role(row: PolicyException, organisation: Organisation, at: datetime) -> None:
    """Give what the exception gives, in the name of the manager who said yes. Raises `Refusal`."""
    assert row.managing_by is not None
    place = Membership.objects.get(organisation=organisation, user=row.role_for_id)
    try:
        row.role_held = give_role(
            actor=row.managing_by,
            membership=place,
            role=Role(row.role),
            starts_on=organisation.day(at),
            ends_on=row.until,
            at=at,
        )
    except NotAllowed:
        raise Refusal("The manager who said yes is none any more. It has to be asked for again.") from None
    except CannotChangeRole as why:
        raise Refusal(str(why)) from None
    row.save(update_fields=["role_held"])


@transaction.atomic
def decline(*, actor: User, exception: PolicyException, reason: str, at: datetime) -> None:
    """Say no, with a reason. Raises `NotAllowed`, `Refusal`."""
    row, member = _open(actor, exception, at)
    _seat(row, member, at)
    words = reason.strip()[:LONGEST_NO]
    if len(words) < _SHORTEST:
        raise Refusal("Say in a sentence why not.")
    _check_words(words, row.organisation)
    row.declined_by, row.declined_at, row.declined_why = actor, at, words
    row.save(update_fields=["declined_by", "declined_at", "declined_why"])
    _write_down(row, actor, "assurance.exception_declined", {}, at)


def _check_words(words: str, organisation: Organisation) -> None:
    found = screen_words(words, organisation, alts=(), is_reply=False)
    if any(must_change(finding) for finding in found.findings):
        raise Refusal(
            "Everybody here can read it. Take out names of children, telephone numbers and addresses."
        )


@transaction.atomic
def end(*, actor: User, exception: PolicyException, at: datetime) -> None:
    """End an exception before its last day, or take back what one asked. Raises `NotAllowed`, `Refusal`."""
    member = actor_in(actor, exception.organisation_id)
    row = _locked(exception)
    today = member.organisation.day(at)
    if row.state_on(today) not in {State.ASKED, State.HOLDS}:
        raise Refusal("It is over already.")
    if not may_end(row.facts, actor.pk, member.roles_on(today), today):
        raise NotAllowed("Whoever asked for it takes it back. A manager ends what holds.")
    row.ended_by, row.ended_at = actor, at
    row.save(update_fields=["ended_by", "ended_at"])
    if row.role_held is not None:
        # a manager may have ended it on the register before
        with suppress(CannotChangeRole):
            end_temporary(actor=actor, held=row.role_held, at=at)
    _write_down(row, actor, "assurance.exception_ended", {}, at)


def _locked(exception: PolicyException) -> PolicyException:
    rows = PolicyException.objects.select_for_update(of=("self",)).select_related("asked_by")
    return rows.get(pk=exception.pk)


def _open(actor: User, exception: PolicyException, at: datetime) -> tuple[PolicyException, Membership]:
    member = actor_in(actor, exception.organisation_id)
    row = _locked(exception)
    if row.state_on(member.organisation.day(at)) != State.ASKED:
        raise Refusal("It is decided already.")
    return row, member


def _seat(row: PolicyException, member: Membership, at: datetime) -> Seat:
    today = member.organisation.day(at)
    seat = seat_for(row.facts, member.user_id, member.roles_on(today), today)
    if seat is None:
        raise NotAllowed("Somebody else decides about this one.")
    return seat


@control(
    "C86",
    "Somebody who has to tell of something is asked one question, and whoever is to hear of it is told at once",
)
@transaction.atomic
def ask_to_speak(
    *, actor: User, organisation: Organisation, child_or_conduct: bool, not_to: Collection[UUID], at: datetime
) -> tuple[Told, list[User]]:
    """Tell the line manager or the safeguarding lead that somebody asks to speak to them; return who is told.

    ``not_to``: whom it is about. What it is about is not kept. Asked again while it waits, it is the same row.
    Raises `NotAllowed`, and `Refusal` when nobody is left to tell.
    """
    actor_in(actor, organisation.id)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    setting = Setting(organisation, at)
    where = route(child_or_conduct=child_or_conduct)
    about = {member.user for member in setting.members if member.user_id in set(not_to)}
    waiting = Told.objects.filter(organisation=organisation, by=actor, route=where, taken_at=None)
    row = next((one for one in waiting if set(one.not_to.all()) == about), None)
    new = row is None
    if row is None:
        row = Told.objects.create(organisation=organisation, by=actor, route=where, at=at)
        row.not_to.set(about)
    users = [member.user for member in setting.members if member.user_id in who_hears(setting, row)]
    if not users:
        raise Refusal(
            "Nobody is left here to tell. Ring your council’s safeguarding office or the NSPCC; if a child is in danger, 999."
        )
    if new:
        # the record can be read by whom it is about, so it does not say who asked
        record(
            organisation_id=organisation.id,
            kind="assurance.told",
            actor="system",
            subject=str(row.pk),
            payload={},
            at=at,
        )
    return row, users


@transaction.atomic
def spoken(*, actor: User, told: Told, at: datetime) -> None:
    """Say that one has spoken with somebody who asked. Raises `NotAllowed` for anybody who was not told."""
    member = actor_in(actor, told.organisation_id)
    if actor.pk not in who_hears(Setting(member.organisation, at), told):
        raise NotAllowed("You were not asked.")
    Told.objects.filter(pk=told.pk, taken_at__isnull=True).update(taken_by=actor, taken_at=at)


def _write_down(
    row: PolicyException, actor: User, kind: str, payload: Mapping[str, object], at: datetime
) -> None:
    record(
        organisation_id=row.organisation_id,
        kind=kind,
        actor=str(actor.pk),
        subject=str(row.pk),
        payload=payload,
        at=at,
    )
