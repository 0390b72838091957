"""Deeds on the rota: who looks at our pages and who steps in, and who is away when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from stairgate.channels.pausing import require_manager
from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.monitoring.checking.models import RotaAway, RotaPlace
from stairgate.monitoring.checking.rules import ROTA_PEOPLE
from stairgate.monitoring.checking.selectors import rota_now
from stairgate.organisations.access import actor_in
from stairgate.organisations.models import Organisation, User
from stairgate.publishing.services import Refusal

log = structlog.get_logger(__name__)

#: how long what was worked out of a rota counts: a check of somebody can run out in between
_EVERY = timedelta(minutes=10)
_LONGEST_AWAY = timedelta(days=366)


@control("C37", "Whoever looks at our pages each week, and who steps in, is on a rota with names")
@transaction.atomic
def set_rota(*, actor: User, organisation: Organisation, users: Sequence[UUID], at: datetime) -> None:
    """Put these people on the rota in this order, in place of the one before. Raises `NotAllowed`, `Refusal`."""
    organisation = _locked(organisation)
    require_manager(actor, organisation, at)
    wanted = list(dict.fromkeys(users))
    rota = rota_now(organisation, at)
    may = {one.member.user_id: one.member for one in rota.placed} | {one.user_id: one for one in rota.others}
    if any(user not in may for user in wanted):
        raise Refusal("Somebody there does not decide about comments, so they cannot do the check.")
    if len(wanted) < ROTA_PEOPLE:
        raise Refusal("Choose two people at least: one who looks, and one who steps in.")
    RotaPlace.objects.filter(organisation=organisation, ended_at__isnull=True).update(ended_at=at)
    RotaPlace.objects.bulk_create(
        RotaPlace(organisation=organisation, user_id=user, position=place, by=actor, at=at)
        for place, user in enumerate(wanted, 1)
    )
    refresh(organisation, at)
    _write_down(actor, organisation, "monitoring.rota_set", {"rota": [str(user) for user in wanted]}, at)


@control("C37", "Who is away is on the rota, so that a day with nobody is seen before it comes")
@transaction.atomic
def add_away(
    *, actor: User, organisation: Organisation, user: UUID, first_on: date, last_on: date, at: datetime
) -> RotaAway:
    """Write down that somebody is away; return it. For oneself, or for others by whoever looks after the accounts.

    Raises `NotAllowed`, `Refusal`.
    """
    organisation = _locked(organisation)
    member = actor_in(actor, organisation.pk)
    if user != member.user_id:
        require_manager(actor, organisation, at)
    if problem := _away_problem(first_on, last_on, organisation.day(at)):
        raise Refusal(problem)
    on_it = RotaPlace.objects.filter(organisation=organisation, user=user, ended_at__isnull=True)
    if not on_it.exists():
        raise Refusal("They are not on the rota.")
    row = RotaAway.objects.create(
        organisation=organisation, user_id=user, first_on=first_on, last_on=last_on, by=actor, at=at
    )
    refresh(organisation, at)
    payload = {"user": str(user), "first_on": first_on.isoformat(), "last_on": last_on.isoformat()}
    _write_down(actor, organisation, "monitoring.rota_away", payload, at)
    return row


def _away_problem(first_on: date, last_on: date, today: date) -> str:
    if last_on < first_on:
        return "The last day comes before the first."
    if last_on < today:
        return "Those days are over."
    if last_on - first_on > _LONGEST_AWAY:
        return "That is more than a year. Take them off the rota instead."
    return ""


@transaction.atomic
def end_away(*, actor: User, away: RotaAway, at: datetime) -> None:
    """Say that somebody is there after all. Raises `NotAllowed`, `Refusal` when it was taken back already."""
    organisation = _locked(away.organisation)
    member = actor_in(actor, organisation.pk)
    if away.user_id != member.user_id:
        require_manager(actor, organisation, at)
    rows = RotaAway.objects.filter(pk=away.pk, organisation=organisation, ended_at__isnull=True)
    if not rows.update(ended_at=at):
        raise Refusal("It was taken back already.")
    refresh(organisation, at)
    _write_down(actor, organisation, "monitoring.rota_back", {"user": str(away.user_id)}, at)


def refresh(organisation: Organisation, at: datetime) -> None:
    """Work out up to which day the rota has somebody, and keep it where the gate reads it."""
    until = rota_now(organisation, at).until
    Organisation.objects.filter(pk=organisation.pk).update(rota_until=until, rota_at=at)


def sweep(now: datetime, worker: str) -> int:
    """Look again at each rota: a day has passed, somebody has left, or their check has run out. Return how many."""
    due = Q(rota_at__isnull=True) | Q(rota_at__lte=now - _EVERY) | Q(rota_at__gt=now)
    rows = list(Organisation.objects.filter(due, rota__isnull=False).distinct())
    for organisation in rows:
        try:
            with transaction.atomic():
                refresh(_locked(organisation), now)
        except Exception:  # one setting in trouble stops none of the others; its last day comes all the same
            log.exception("rota_surprise", organisation=str(organisation.pk))
    return len(rows)


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _write_down(
    actor: User, organisation: Organisation, kind: str, payload: Mapping[str, object], at: datetime
) -> None:
    record(
        organisation_id=organisation.pk,
        kind=kind,
        actor=str(actor.pk),
        subject=str(organisation.pk),
        payload=payload,
        at=at,
    )
