"""Looking through the clauses again and again, and writing down what changed: the history of each, by day.

The facts are read first, the row of the setting is locked after: whoever comes with older facts than those that are
written down already leaves them, so several workers write one history. A look that is killed has changed nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Q

from stairgate.assurance.gathering import known_now, known_of
from stairgate.assurance.judges_work import OF_AN_ACCOUNT
from stairgate.assurance.live import Live, live_policy
from stairgate.assurance.models import AccountChange, ClauseChange, Watch, WatchedDay
from stairgate.ledger.services import record
from stairgate.organisations.models import Organisation
from stairgate.policies.selectors import in_force

log = structlog.get_logger(__name__)

_EVERY = timedelta(seconds=55)
#: a look from further ahead than this was taken by a wrong clock, and hides nothing
_TOLERANCE = timedelta(minutes=5)


def sweep(now: datetime, worker: str) -> int:
    """Look through the clauses of every setting that has adopted a policy and was not looked at for a minute;
    return how many clauses changed. One setting in trouble stops none of the others.

    Raises `ExceptionGroup` with all of the trouble at the end.
    """
    due = Organisation.objects.filter(
        Q(watch__isnull=True) | Q(watch__at__lte=now - _EVERY) | Q(watch__at__gt=now + _TOLERANCE),
        policy_versions__isnull=False,
    ).distinct()
    trouble: list[Exception] = []
    changed = 0
    for organisation in due:
        try:
            changed += look(organisation, now)
        except Exception as error:
            log.exception("watching_trouble", organisation=str(organisation.pk))
            trouble.append(error)
    if trouble:
        raise ExceptionGroup("policies that could not be looked through", trouble)
    return changed


def look(organisation: Organisation, now: datetime) -> int:
    """Look through one setting's clauses, and those of each account; write down what changed; return how many of the
    setting's did.
    """
    known = known_now(organisation, now, version=in_force(organisation))
    accounts = {
        one.id: live_policy(known_of(one, known, organisation), names=False, only=OF_AN_ACCOUNT)
        for one in known.accounts
    }
    return _write_down(organisation, live_policy(known, names=False), accounts, now)


@transaction.atomic
def _write_down(organisation: Organisation, live: Live, accounts: Mapping[UUID, Live], now: datetime) -> int:
    watch, new = Watch.objects.select_for_update().get_or_create(
        organisation=organisation, defaults={"at": now}
    )
    if not new and now <= watch.at <= now + _TOLERANCE:
        return 0
    worths = {clause.id: clause.worth.value for clause in live.clauses}
    changed = [clause for clause in live.clauses if watch.worths.get(clause.id) != clause.worth]
    ClauseChange.objects.bulk_create(
        ClauseChange(organisation=organisation, clause=one.id, worth=one.worth, why=one.why[:300], at=now)
        for one in changed
    )
    WatchedDay.objects.get_or_create(organisation=organisation, day=organisation.day(now))
    _write_down_accounts(watch, accounts, now)
    watch.at, watch.worths = now, worths
    watch.accounts = {
        str(account): {clause.id: clause.worth.value for clause in own.clauses}
        for account, own in accounts.items()
    }
    watch.save(update_fields=["at", "worths", "accounts"])
    if changed:
        record(
            organisation_id=organisation.pk,
            kind="assurance.changed",
            actor="worker",
            subject=str(organisation.pk),
            payload={"clauses": {one.id: one.worth.value for one in changed}},
            at=now,
        )
    return len(changed)


def _write_down_accounts(watch: Watch, accounts: Mapping[UUID, Live], now: datetime) -> None:
    """Write down what changed for each account since the last look, whose worths are still in ``watch``."""
    AccountChange.objects.bulk_create(
        AccountChange(channel_id=account, clause=one.id, worth=one.worth, why=one.why[:300], at=now)
        for account, own in accounts.items()
        for one in own.clauses
        if watch.accounts.get(str(account), {}).get(one.id) != one.worth
    )
