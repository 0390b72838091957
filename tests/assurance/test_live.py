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
from stairgate.assurance.live import Live, Worth, live_policy
from stairgate.assurance.telling import WORDS, tell
from stairgate.channels.pausing import pause
from stairgate.channels.selectors import accounts_now
from stairgate.clauses.table import State, rows
from stairgate.ledger.selectors import history
from stairgate.policies.selectors import in_force
from stairgate.publishing.states import DeliveryState
from tests.cast import Cast, willow_lane

ROOMS = "organisations|people|policies|channels|publishing|monitoring"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def live_at(cast: Cast, now: datetime) -> Live:
    version = in_force(cast.organisation)
    accounts = accounts_now(cast.organisation, now, version=version)
    return live_policy(cast.organisation, now, version=version, accounts=accounts)


def worth_of(live: Live, clause: str) -> tuple[Worth, str]:
    found = [one for section in live.sections for one in section.clauses if one.row.clause.id == clause]
    return found[0].worth, found[0].why


def test_every_clause_is_there_once_and_only_what_is_enforced_is_live(cast: Cast, now: datetime) -> None:
    live = live_at(cast, now)
    assert live.total == 111
    assert live.not_yet == sum(row.state == State.NOT_YET for row in rows())
    assert (live.risk, live.broken) == (0, 0)
    assert len(live.fence.replace("|", "")) == 111


def test_a_shut_account_breaks_the_clause_that_shut_it(cast: Cast, now: datetime) -> None:
    pause(actor=cast.priya, channel=cast.channel, reason="Somebody else has the password", at=now)
    worth, why = worth_of(live_at(cast, now), "C04")
    assert worth == Worth.BROKEN and "Somebody else has the password" in why


def test_too_few_administrators_break_theirs(cast: Cast, now: datetime) -> None:
    later = now + timedelta(days=501)  # their training has run out
    assert worth_of(live_at(cast, later), "C18")[0] == Worth.BROKEN


@pytest.mark.parametrize(
    ("days", "worth"), [(330, Worth.MET), (340, Worth.RISK), (364, Worth.RISK), (366, Worth.BROKEN)]
)
def test_a_review_leans_before_it_is_overdue(cast: Cast, now: datetime, days: int, worth: Worth) -> None:
    assert worth_of(live_at(cast, now + timedelta(days=days)), "C105")[0] == worth


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
