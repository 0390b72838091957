"""From the page to the inbox and back, over real HTTP: kept first, screened, decided by a person, done."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.monitoring import services
from stairgate.monitoring.models import Action, Decision, Item, Sweep
from stairgate.monitoring.selectors import inbox
from stairgate.networks.facebook import Facebook
from stairgate.organisations.access import NotAllowed
from stairgate.publishing.models import Post
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import act, decide, kinds, read
from tests.networks.test_facebook import post as publish
from tests.practice.fixtures import Practice

HARM = "Which days is the one in the red coat in? I am round there most mornings"


@pytest.mark.clause("C39")
def test_what_the_public_writes_is_screened_and_waits_for_a_person(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    practice.comment(on_page, "Sam", "Lovely soup!")
    practice.comment(on_page, "friendly_8", HARM)
    read()
    rows = list(inbox(cast.organisation))
    assert [row.author_name for row in rows] == ["friendly_8", "Sam"]
    assert rows[0].risk > rows[1].risk == 0
    assert rows[0].post is not None and rows[0].post.title == "Soup day"


@pytest.mark.clause("C40")
def test_words_are_kept_before_harm_is_hidden(cast: Cast, practice: Practice, on_page: str) -> None:
    practice.comment(on_page, "friendly_8", HARM)
    read()
    item = Item.objects.get()
    assert item.sightings.get().text == HARM
    assert kinds(cast)[::-1] == ["monitoring.collected", "monitoring.hide_asked"]
    assert "red coat" in practice.public_page()
    act()
    assert "red coat" not in practice.public_page()
    item.refresh_from_db()
    assert item.is_hidden and item.state == Item.State.OPEN


def test_an_edit_is_kept_and_comes_back_to_a_person(cast: Cast, practice: Practice, on_page: str) -> None:
    made = practice.comment(on_page, "Sam", "Lovely")
    read()
    item = Item.objects.get()
    decide(cast.gwen, item, Decision.Kind.NO_ACTION)
    practice.deed("edit-comment", comment=made, message="Not lovely at all")
    read()
    item.refresh_from_db()
    assert item.state == Item.State.OPEN
    assert [s.text for s in item.sightings.all()] == ["Lovely", "Not lovely at all"]


def test_what_goes_away_stays_with_us(cast: Cast, practice: Practice, on_page: str) -> None:
    made = practice.comment(on_page, "Sam", "Gone soon")
    read()
    practice.deed("delete-comment", comment=made)
    read()
    item = Item.objects.get()
    assert item.gone_at is not None and item.text == "Gone soon"


def test_reading_that_is_not_complete_is_trouble_and_never_nothing(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    practice.comment(on_page, "Sam", "Lovely")
    practice.fault("throttle", f"GET /{on_page}/comments")
    read()
    assert not Item.objects.exists()
    row = Sweep.objects.get(channel=cast.channel)
    assert row.problem and row.complete_at is None
    read()
    assert Item.objects.count() == 1 and not Sweep.objects.get(channel=cast.channel).problem


@pytest.mark.clause("C40")
def test_decisions_need_a_fit_person_and_a_reason(cast: Cast, practice: Practice, on_page: str) -> None:
    practice.comment(on_page, "Sam", "Lovely")
    read()
    item = Item.objects.get()
    for actor in (cast.tom, cast.leah, cast.outsider):
        with pytest.raises(NotAllowed):
            decide(actor, item, Decision.Kind.HIDE)
    with pytest.raises(Refusal):
        decide(cast.gwen, item, Decision.Kind.HIDE, " ")
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("kind", "seen"),
    [(Decision.Kind.HIDE, False), (Decision.Kind.DELETE, False), (Decision.Kind.NO_ACTION, True)],
)
@pytest.mark.clause("C40")
def test_what_was_decided_is_done_on_the_page(
    cast: Cast, practice: Practice, on_page: str, kind: Decision.Kind, seen: bool
) -> None:
    practice.comment(on_page, "Sam", "some words here")
    read()
    item = Item.objects.get()
    decide(cast.kofi, item, kind)
    act()
    assert ("some words here" in practice.public_page()) is seen
    assert item.sightings.filter(text="some words here").exists()
    assert "monitoring.decided" in kinds(cast)


def test_the_last_decision_wins(cast: Cast, practice: Practice, on_page: str) -> None:
    practice.comment(on_page, "Sam", "back again")
    read()
    for kind in (Decision.Kind.HIDE, Decision.Kind.NO_ACTION):
        decide(cast.kofi, Item.objects.get(), kind)
    act()
    assert "back again" in practice.public_page()


def test_a_network_that_says_no_leaves_it_to_a_person(cast: Cast, practice: Practice, on_page: str) -> None:
    made = practice.comment(on_page, "Sam", "hide me")
    read()
    decide(cast.kofi, Item.objects.get(), Decision.Kind.HIDE)
    practice.fault("error", f"POST /{made}", code=200)
    act()
    assert Action.objects.get().state == Action.State.NEEDS_PERSON
    assert inbox(cast.organisation).count() == 1


def test_harm_that_could_not_be_deleted_is_hidden_after_all(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    """The decision to delete had overtaken the hide that was asked for at once."""
    made = practice.comment(on_page, "Sam", "Which days is the one in the red coat in? I am round there")
    read()
    assert Action.objects.get().kind == Action.Kind.HIDE
    decide(cast.kofi, Item.objects.get(), Decision.Kind.DELETE)
    practice.fault("error", f"DELETE /{made}", code=200)
    act()
    assert "red coat" in practice.public_page() and inbox(cast.organisation).count() == 1
    act()
    assert "red coat" not in practice.public_page()


def test_a_network_that_hiccups_is_asked_again(cast: Cast, practice: Practice, on_page: str) -> None:
    made = practice.comment(on_page, "Sam", "hide me")
    read()
    decide(cast.kofi, Item.objects.get(), Decision.Kind.HIDE)
    practice.fault("drop", f"POST /{made}")
    act()
    assert Action.objects.get().state == Action.State.WAITING
    act()
    assert Action.objects.get().state == Action.State.DONE
    assert "hide me" not in practice.public_page()


@pytest.mark.clause("C76")
def test_a_reply_needs_a_second_person(cast: Cast, practice: Practice, on_page: str) -> None:
    practice.comment(on_page, "Sam", "Any places?")
    read()
    item = Item.objects.get()
    reply = services.reply(
        actor=cast.kofi,
        item=item,
        version=item.version,
        text="Please ring the office.",
        at=timezone.now(),
    )
    assert reply.kind == Post.Kind.REPLY and reply.state == "draft"
    assert "Please ring" not in practice.public_page()


def test_the_doorbell_is_heard_once_and_only_when_signed(cast: Cast, client: Client) -> None:
    channel: Channel = cast.channel
    address = f"/hooks/facebook/{channel.pk}/"
    assert client.post(address, b"{}", content_type="application/json").status_code == 404
    assert Sweep.objects.get(channel=channel).bad_signatures == 1
    assert client.get(address, {"hub.mode": "subscribe", "hub.verify_token": "wrong"}).status_code == 404
    assert client.post(f"/hooks/bluesky/{channel.pk}/", b"{}", content_type="x/y").status_code == 404


@pytest.mark.clause("C39")
def test_comments_under_a_post_made_without_stairgate_reach_a_person_too(
    cast: Cast, practice: Practice
) -> None:
    """The page had a life before Stairgate, and somebody may still post there by hand."""
    by_hand = publish(Facebook(), practice, "Written on the page itself")
    practice.comment(by_hand, "friendly_8", HARM)
    read()
    item = Item.objects.get()
    assert item.text == HARM and item.thread_id == by_hand and item.post is None
    act()
    assert "red coat" not in practice.public_page()
