"""Pausing: one press stops everything at once; it takes two people to open again."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from stairgate.channels.models import Channel, Pause
from stairgate.channels.pausing import (
    CannotOpen,
    ask_to_open,
    confirm_opening,
    open_pauses,
    pause,
    pause_everything,
)
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.channels.services import Credentials, connect
from stairgate.ledger.models import Entry
from stairgate.networks.base import Secret
from stairgate.organisations.access import NotAllowed
from stairgate.people.models import Check
from tests.cast import Cast, willow_lane


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


@pytest.fixture
def held(cast: Cast, now: datetime) -> Pause:
    return pause_everything(
        actor=cast.gwen, organisation=cast.organisation, reason="A worrying comment", at=now
    )


def test_anybody_with_a_duty_may_pause_and_nobody_else(cast: Cast, now: datetime) -> None:
    for person in (cast.tom, cast.leah, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            pause(actor=person, channel=cast.channel, reason="Why", at=now)
        with pytest.raises(NotAllowed):
            pause_everything(actor=person, organisation=cast.organisation, reason="Why", at=now)
    Check.objects.update(withdrawn_on=cast.organisation.day(now))  # nobody is fit: it still works
    pause(actor=cast.kofi, channel=cast.channel, reason="Feels wrong", at=now)
    says = [restriction.says for restriction in channel_now(cast.channel, now).restrictions]
    assert "Facebook page is paused by Kofi: “Feels wrong”. It takes two people to open it again." in says


@pytest.mark.clause("C04")
def test_pausing_everything_shuts_every_account_and_is_written_down(
    cast: Cast, now: datetime, held: Pause
) -> None:
    (account,) = accounts_now(cast.organisation, now)
    assert not account.is_open and account.pauses == (held,)
    assert [r.says for r in account.restrictions] == [
        "Everything is paused by Gwen: “A worrying comment”. It takes two people to open it again."
    ]
    entry = Entry.objects.filter(kind="channels.paused").get()
    assert entry.actor == str(cast.gwen.id) and "A worrying comment" in str(entry.payload)


@pytest.mark.clause("C04")
def test_connecting_an_account_anew_ends_no_pause(cast: Cast, now: datetime, held: Pause) -> None:
    fresh = Credentials("http://127.0.0.1:9", "100000000000001", Secret("another"))
    connect(actor=cast.priya, channel=cast.channel, credentials=fresh, at=now)
    assert not channel_now(cast.channel, now).is_open


@pytest.mark.clause("C84")
def test_one_person_alone_opens_nothing(cast: Cast, now: datetime, held: Pause) -> None:
    with pytest.raises(CannotOpen, match="Nobody has asked"):
        confirm_opening(actor=cast.kofi, pause=held, at=now)
    ask_to_open(actor=cast.priya, pause=held, reason="Looked into", at=now)
    assert not channel_now(cast.channel, now).is_open
    with pytest.raises(CannotOpen, match="yourself"):
        confirm_opening(actor=cast.priya, pause=held, at=now)
    assert not channel_now(cast.channel, now).is_open
    confirm_opening(actor=cast.kofi, pause=held, at=now)
    assert channel_now(cast.channel, now).is_open
    held.refresh_from_db()
    assert (held.asked_by, held.opened_by, held.opened_at) == (cast.priya, cast.kofi, now)
    kinds = list(Entry.objects.filter(kind__startswith="channels.").values_list("kind", flat=True))
    assert kinds[-3:] == ["channels.paused", "channels.opening_asked", "channels.opened"]


@pytest.mark.clause("C84")
@pytest.mark.django_db
def test_the_database_refuses_one_person_too(cast: Cast, now: datetime, held: Pause) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.update(opened_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.update(opened_at=now, asked_by=cast.priya, opened_by=cast.priya)


@pytest.mark.clause("C84")
def test_only_a_fit_administrator_confirms(cast: Cast, now: datetime, held: Pause) -> None:
    ask_to_open(actor=cast.priya, pause=held, reason="Looked into", at=now)
    for person in (cast.gwen, cast.helen, cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            confirm_opening(actor=person, pause=held, at=now)
    Check.objects.filter(person__user=cast.kofi).update(withdrawn_on=cast.organisation.day(now))
    with pytest.raises(NotAllowed, match="DBS"):
        confirm_opening(actor=cast.kofi, pause=held, at=now)
    assert not channel_now(cast.channel, now).is_open


def test_who_may_not_ask_any_more_is_not_counted(cast: Cast, now: datetime, held: Pause) -> None:
    ask_to_open(actor=cast.kofi, pause=held, reason="Looked into", at=now)
    with pytest.raises(CannotOpen, match="asked already"):
        ask_to_open(actor=cast.priya, pause=held, reason="Me too", at=now)
    Check.objects.filter(person__user=cast.kofi).update(withdrawn_on=cast.organisation.day(now))
    with pytest.raises(CannotOpen, match="afresh"):
        confirm_opening(actor=cast.priya, pause=held, at=now)
    ask_to_open(actor=cast.priya, pause=held, reason="It is safe", at=now)
    held.refresh_from_db()
    assert held.asked_by == cast.priya


def test_pressing_again_takes_a_request_to_open_away(cast: Cast, now: datetime, held: Pause) -> None:
    ask_to_open(actor=cast.priya, pause=held, reason="Looked into", at=now)
    again = pause_everything(actor=cast.gwen, organisation=cast.organisation, reason="It is not over", at=now)
    assert again == held and open_pauses(cast.organisation).count() == 1
    with pytest.raises(CannotOpen, match="Nobody has asked"):
        confirm_opening(actor=cast.kofi, pause=held, at=now)


def test_a_pause_of_one_page_and_of_everything_end_each_by_itself(
    cast: Cast, now: datetime, held: Pause
) -> None:
    own = pause(actor=cast.priya, channel=cast.channel, reason="This one too", at=now)
    later = now + timedelta(minutes=1)
    ask_to_open(actor=cast.priya, pause=held, reason="Looked into", at=later)
    confirm_opening(actor=cast.kofi, pause=held, at=later)
    assert channel_now(cast.channel, later).pauses == (own,)
    with pytest.raises(CannotOpen, match="ended already"):
        ask_to_open(actor=cast.priya, pause=held, reason="Again", at=later)


@pytest.mark.clause("C04")
def test_a_closed_account_is_not_paused(cast: Cast, now: datetime) -> None:
    Channel.objects.update(status=Channel.Status.CLOSED)
    with pytest.raises(NotAllowed, match="for good"):
        pause(actor=cast.priya, channel=cast.channel, reason="Feels wrong", at=now)
