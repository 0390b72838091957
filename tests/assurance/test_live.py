"""The policy, live: what the setting's own facts make of each clause. And the record in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import stairgate
from stairgate.assurance.gathering import known_now
from stairgate.assurance.judges_work import OF_AN_ACCOUNT
from stairgate.assurance.judging import _JUDGES
from stairgate.assurance.live import Live, LiveClause, live_policy
from stairgate.assurance.marks import GROUPS, Worth
from stairgate.assurance.telling import WORDS, tell
from stairgate.channels.pausing import pause
from stairgate.clauses.table import State, clauses, rows
from stairgate.ledger.selectors import history
from stairgate.policies.selectors import in_force
from stairgate.publishing.states import DeliveryState
from tests.accounts import open_group
from tests.cast import Cast, willow_lane

ROOMS = "organisations|people|policies|channels|publishing|monitoring"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def live_at(cast: Cast, now: datetime, *, names: bool = True) -> Live:
    return live_policy(known_now(cast.organisation, now, version=in_force(cast.organisation)), names=names)


def of(live: Live, clause: str) -> LiveClause:
    found = live.clause(clause)
    assert found is not None
    return found


def test_every_clause_is_there_once_in_one_group() -> None:
    grouped = [number for numbers in GROUPS.values() for number in numbers]
    assert sorted(grouped) == sorted(clause.id for clause in clauses())
    assert set(_JUDGES) | set(OF_AN_ACCOUNT) <= set(grouped)


def test_only_what_is_enforced_or_amiss_is_more_than_paper(cast: Cast, now: datetime) -> None:
    live = live_at(cast, now)
    assert live.glance.total == 111 == len(live.glance.fence.replace("|", ""))
    enforced = {row.clause.id for row in rows() if row.state != State.NOT_YET}
    assert {c.id for c in live.clauses if c.worth in {Worth.MET, Worth.OFF}} <= enforced
    assert live.glance.not_yet == 111 - len(enforced | {c.id for c in live.to_mend})
    assert [clause.worth for clause in live.to_mend] == sorted(c.worth for c in live.to_mend)


def test_a_shut_account_breaks_the_clause_that_shut_it(cast: Cast, now: datetime) -> None:
    pause(actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=now)
    clause = of(live_at(cast, now), "C04")
    assert clause.worth == Worth.BROKEN and "Somebody else has the password" in clause.why
    assert clause.mark.with_whom == "Kofi and Priya"


def test_too_few_administrators_break_theirs(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=501)  # their training has run out
    assert of(live_at(cast, later), "C18").worth == Worth.BROKEN


@pytest.mark.parametrize(
    ("days", "worth"), [(330, Worth.MET), (340, Worth.RISK), (364, Worth.RISK), (366, Worth.BROKEN)]
)
def test_a_review_leans_before_it_is_overdue(cast: Cast, now: datetime, days: int, worth: Worth) -> None:
    assert of(live_at(cast, now + timedelta(days=days)), "C105").worth == worth


def test_without_a_policy_nothing_is_promised(cast: Cast, now: datetime) -> None:
    live = live_policy(known_now(cast.elsewhere, now, version=None), names=True)
    assert live.glance.not_yet == 111 and live.to_mend == ()


def test_whoever_may_not_see_the_register_is_told_no_names(cast: Cast, now: datetime) -> None:
    assert "Leah" in of(live_at(cast, now), "C88").why
    told = live_at(cast, now, names=False)
    assert of(told, "C88").why.startswith("1 person has not signed")
    assert of(told, "C88").mark.with_whom == "Priya"
    assert not any("Leah" in f"{c.why} {c.mark.with_whom}" for c in told.clauses)


def test_one_account_is_judged_by_its_own_facts(cast: Cast, now: datetime) -> None:
    other = open_group(cast.nursery, now)
    pause(actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=now)
    version = in_force(cast.organisation)
    shut, open_one = (
        live_policy(
            known_now(cast.organisation, now, version=version, account=pk), names=True, only=OF_AN_ACCOUNT
        )
        for pk in (cast.channel.pk, other.pk)
    )
    assert of(shut, "C04").worth == Worth.BROKEN
    assert of(open_one, "C04").worth == Worth.MET
    assert {clause.id for clause in open_one.clauses} == set(OF_AN_ACCOUNT)


def kinds_recorded() -> Iterator[str]:
    """Every kind of entry that the code names in a call, and those made from the fate of a delivery."""
    source = Path(stairgate.__path__[0])
    for path in source.rglob("*.py"):
        if path.parent.name != "migrations":
            yield from _named_in_calls(ast.parse(path.read_text("utf-8")))
    silent = {DeliveryState.CANCELLED, DeliveryState.SENDING}
    yield from (f"publishing.{state}" for state in DeliveryState if state not in silent)


def _named_in_calls(tree: ast.AST) -> Iterator[str]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    given = (value for call in calls for value in (*call.args, *(word.value for word in call.keywords)))
    values = (str(value.value) for value in given if isinstance(value, ast.Constant))
    yield from (value for value in values if re.fullmatch(rf"({ROOMS})\.[a-z_]+", value))


def test_every_kind_of_entry_is_told_in_words() -> None:
    kinds = set(kinds_recorded())
    assert len(kinds) > 30
    assert kinds - WORDS.keys() == set()


def test_the_record_is_told_by_first_names(cast: Cast, now: datetime) -> None:
    pause(actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=now)
    newest = tell(cast.organisation, history(cast.organisation.id)[:1])[0]
    assert (newest.who, newest.what) == ("Priya", "Publishing was paused")
