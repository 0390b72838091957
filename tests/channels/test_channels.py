"""Accounts: who may register one, what shuts it, and secrets that open nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels import health
from stairgate.channels.asking.lasting import meet
from stairgate.channels.connect_views import FacebookForm
from stairgate.channels.models import Channel, Condition, Connection
from stairgate.channels.rules import (
    UNREAD_AFTER,
    ChannelFacts,
    Deadline,
    mailbox_problem,
    portfolio_problem,
    restrictions,
)
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.channels.services import Credentials, account_for, connect, note_health
from stairgate.ledger.models import Entry
from stairgate.networks.base import Health, Secret
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.roles import give_role
from stairgate.organisations.rules import Role
from stairgate.organisations.sealing import CannotOpen, seal, unseal
from stairgate.policies.models import Signature
from stairgate.policies.review import ReviewDue
from tests.cast import Cast, willow_lane
from tests.signing import signed

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
OPEN = ChannelFacts(
    name="Facebook page",
    live=True,
    shut_because="",
    closed=False,
    connected=True,
    administrators=("Kofi", "Priya"),
    administrators_needed=2,
    policy_reviews=(ReviewDue("C105", "", "Overdue.", NOW + timedelta(days=355)),),
    healthy=True,
    health_at=NOW,
    health_hours=24,
    health_problem="",
    authorised_until=NOW + timedelta(seconds=1),
    online_safety=2,
    safeguarding_until=NOW + timedelta(days=1),
    rota_until=NOW + timedelta(seconds=1),
    check=Deadline(NOW.date(), NOW + timedelta(seconds=1)),
)


@pytest.fixture
def cast(db: None) -> Cast:
    return willow_lane(timezone.now())


@pytest.mark.clause("C89")
def test_an_account_stays_the_page_it_was_connected_to_first(cast: Cast) -> None:
    another = Credentials("http://127.0.0.1:9", "999999999999999", Secret("a-token"))
    with pytest.raises(NotAllowed, match="another page"):
        connect(actor=cast.priya, channel=cast.channel, credentials=another, at=timezone.now())
    assert Connection.objects.get(channel=cast.channel).account_id != "999999999999999"


@pytest.mark.clause("C14")
def test_a_manager_connects_no_account_before_signing(cast: Cast) -> None:
    connection = Connection.objects.get(channel=cast.channel)
    same = Credentials(connection.base_url, connection.account_id, Secret("a-token"))
    Signature.objects.filter(user=cast.priya).delete()
    with pytest.raises(NotAllowed, match="sign the policy in force first"):
        connect(actor=cast.priya, channel=cast.channel, credentials=same, at=timezone.now())
    signed(cast.priya, cast.policy, timezone.now())
    connect(actor=cast.priya, channel=cast.channel, credentials=same, at=timezone.now())


def test_whoever_asked_for_a_page_or_runs_it_decides_nothing_about_it_later(cast: Cast) -> None:
    day = timezone.now()
    give_role(
        actor=cast.priya,
        membership=cast.member(cast.channel.requested_by),
        role=Role.SERVICE_MANAGER,
        starts_on=cast.organisation.day(day),
        ends_on=None,
        at=day,
    )
    condition = Condition.objects.create(
        channel=cast.channel, words="Two people", due_on=cast.organisation.day(day), made_at=day
    )
    with pytest.raises(NotAllowed, match="a part in this page"):
        meet(actor=cast.channel.requested_by, condition=condition, how="I looked", at=day)


def test_a_token_with_letters_that_no_request_can_carry_is_refused_before_it_is_used() -> None:
    form = FacebookForm({"page_id": "100000000000001", "token": "pässword", "app_id": "1", "app_secret": "s"})
    assert not form.is_valid() and "plain letters" in str(form.errors["token"])


def test_an_account_with_everything_in_order_is_open() -> None:
    assert restrictions(OPEN, NOW) == ()


@pytest.mark.clause("C04")
@pytest.mark.clause("C18")
@pytest.mark.clause("C37")
@pytest.mark.clause("C38")
@pytest.mark.clause("C98")
@pytest.mark.clause("C102")
@pytest.mark.clause("C105")
@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"live": False, "shut_because": "A worrying comment"}, "C04"),
        ({"live": False, "closed": True}, "C04"),
        ({"paused": ("Everything is paused.",)}, "C04"),
        ({"connected": False}, "C04"),
        ({"authorised_until": NOW}, "C98"),
        ({"authorised_until": None}, "C98"),
        ({"late_condition": "A second look"}, "C102"),
        ({"administrators": ("Kofi",)}, "C18"),
        ({"administrators": ()}, "C18"),
        ({"policy_reviews": ()}, "C01"),
        ({"policy_reviews": (ReviewDue("C105", "", "Overdue.", NOW - timedelta(days=1)),)}, "C105"),
        ({"healthy": None, "health_at": None}, "C28"),
        ({"healthy": False}, "C28"),
        ({"health_at": NOW - timedelta(hours=49)}, "C28"),
        ({"unread_since": NOW - UNREAD_AFTER}, "C39"),
        ({"rota_until": None}, "C37"),
        ({"rota_until": NOW}, "C37"),
        ({"check": None}, "C38"),
        ({"check": Deadline(NOW.date(), NOW)}, "C38"),
    ],
)
def test_one_thing_wrong_shuts_it(changes: dict[str, object], clause: str) -> None:
    found = restrictions(replace(OPEN, **changes), NOW)  # type: ignore[arg-type]
    assert [restriction.clause for restriction in found] == [clause]


@pytest.mark.clause("C39")
def test_reading_that_failed_a_moment_ago_shuts_nothing() -> None:
    assert restrictions(replace(OPEN, unread_since=NOW - UNREAD_AFTER + timedelta(seconds=1)), NOW) == ()


@pytest.mark.clause("C22")
@pytest.mark.clause("C23")
@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("willowlanenursery@gmail.com", True),
        ("priya1987@gmail.com", True),
        ("Office@Hotmail.co.uk", True),
        ("mary.jane.doe@mail.example", True),
        ("j_doe@mail.example", True),
        ("head@willowlane.example", False),
        ("forest-school@willowlane.example", False),
        ("office@willowlane.example", False),
        ("social.media@willowlane.example", False),
        ("Priya@WillowLane.example", True),
        ("priya.example@mail.example", True),
        ("priya2@mail.example", True),
        ("jane.doe@mail.example", True),
    ],
)
def test_an_account_belongs_to_a_shared_mailbox(address: str, refused: bool) -> None:
    problem = mailbox_problem(
        address, staff_addresses=["priya@willowlane.example"], staff_names=["Priya", "Tom", "Head"]
    )
    assert bool(problem) is refused


@given(st.text(max_size=40), st.lists(st.text(max_size=20), max_size=3))
def test_a_portfolio_is_never_a_person_whatever_the_letters_and_spaces(said: str, people: list[str]) -> None:
    if not portfolio_problem(said, people=people):
        assert " ".join(said.casefold().split()) not in {" ".join(one.casefold().split()) for one in people}
    assert portfolio_problem(f"  {said} ", people=[*people, said.upper()])


def test_a_sealed_secret_opens_only_where_it_belongs() -> None:
    organisation, row = uuid4(), uuid4()
    sealed = seal("a token", organisation=organisation, row=row, field="token")
    assert b"a token" not in sealed
    assert unseal(sealed, organisation=organisation, row=row, field="token") == "a token"
    moved = [(uuid4(), row, "token"), (organisation, uuid4(), "token"), (organisation, row, "app_secret")]
    for other, place, field in moved:
        with pytest.raises(CannotOpen):
            unseal(sealed, organisation=other, row=place, field=field)
    with pytest.raises(CannotOpen):
        unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), organisation=organisation, row=row, field="token")


def test_no_secret_reaches_the_ledger_or_the_table_in_clear(cast: Cast) -> None:
    assert "not-a-token" not in "".join(str(entry.payload) for entry in Entry.objects.all())
    assert b"not-a-token" not in bytes(Connection.objects.get().token)
    assert account_for(cast.channel).token == "not-a-token"
    assert "not-a-token" not in repr(account_for(cast.channel))


def test_only_a_change_of_health_is_a_ledger_entry(cast: Cast) -> None:
    now = timezone.now()
    before = Entry.objects.count()
    for minutes in range(1, 4):
        note_health(channel=cast.channel, health=Health(ok=True, checked_at=now + timedelta(minutes=minutes)))
    assert Entry.objects.count() == before
    problem = Health(ok=False, checked_at=now + timedelta(minutes=5), problems=("Token expired.",))
    note_health(channel=cast.channel, health=problem)
    assert Entry.objects.count() == before + 1


def test_a_reading_left_in_the_future_by_a_wrong_clock_hides_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock once ran days ahead and the account worked then; today it does not."""
    now = timezone.now()
    note_health(channel=cast.channel, health=Health(ok=True, checked_at=now + timedelta(days=9)))
    broken = Health(ok=False, checked_at=now, problems=("Token expired.",))
    note_health(channel=cast.channel, health=broken)
    assert channel_now(cast.channel, now).restrictions
    assert not accounts_now(cast.organisation, now)[0].is_open
    asked: list[Channel] = []
    monkeypatch.setattr(health, "prove", lambda *, channel: asked.append(channel))
    assert health.sweep(now + timedelta(minutes=11), "test") == 1 and asked == [cast.channel]


def test_an_account_that_was_never_proved_is_proved_by_the_worker(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast.channel.readings.all().delete()
    asked: list[Channel] = []
    monkeypatch.setattr(health, "prove", lambda *, channel: asked.append(channel))
    assert health.sweep(timezone.now(), "test") == 1 and asked == [cast.channel]
