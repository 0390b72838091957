"""One post for two pages: what became of one never hides, loses or frees the other."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.channels.models import Channel
from stairgate.channels.pausing import ask_to_open, confirm_opening, open_pauses, pause
from stairgate.channels.services import Credentials, note_health
from stairgate.ledger.models import Entry
from stairgate.networks.base import (
    Absent,
    Done,
    Found,
    Health,
    Outcome,
    RefusalKind,
    Refused,
    Secret,
    Unknown,
)
from stairgate.publishing import delivery, services
from stairgate.publishing.content import Content
from stairgate.publishing.models import Delivery, Post, Revision
from stairgate.publishing.states import DeliveryState, PostState
from tests.accounts import open_account
from tests.cast import PURPOSE
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(desk: Desk) -> Channel:
    nowhere = Credentials("http://127.0.0.1:9", "100000000000002", Secret("not-a-token"))
    channel = open_account(desk.cast.nursery, nowhere, desk.now, name="Second page")
    note_health(channel=channel, health=Health(ok=True, checked_at=desk.now))
    return channel


def save(desk: Desk, *channels: Channel, text: str = "Soup day.", post: Post | None = None) -> Revision:
    content = Content(text=text, channel_ids=tuple(c.id for c in channels), purpose=PURPOSE)
    return services.save_draft(
        actor=desk.cast.tom,
        organisation=desk.cast.organisation,
        post=post,
        content=content,
        seen=None,
        at=desk.now,
    )


def release(desk: Desk, revision: Revision) -> Post:
    services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    services.approve(
        actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    return Post.objects.get(pk=revision.post_id)


def send(desk: Desk, network: Scripted, post: Post, channel: Channel, answer: Outcome) -> Delivery:
    """Let one page's delivery through, with this answer; return it as it stands after."""
    row = Delivery.objects.exclude(state="cancelled").get(post=post, channel=channel)
    network.answers = [answer]
    delivery.send(row.pk, worker="test", now=desk.now)
    row.refresh_from_db()
    post.refresh_from_db()
    return row


def look(desk: Desk, post: Post) -> None:
    Delivery.objects.filter(post=post, state=DeliveryState.UNKNOWN).update(due_at=desk.now)
    delivery.sweep(desk.now, "test")
    post.refresh_from_db()


@pytest.mark.clause("C78")
def test_nobody_changes_or_withdraws_what_may_be_on_one_of_the_pages(
    desk: Desk, network: Scripted, second: Channel
) -> None:
    first = desk.cast.channel
    post = release(desk, save(desk, first, second))
    assert send(desk, network, post, first, Unknown("time-out")).state == DeliveryState.UNKNOWN
    pause(actor=desk.cast.priya, channel=second, reason="Feels wrong", at=desk.now)
    delivery.sweep(desk.now, "test")
    post.refresh_from_db()
    assert post.state == PostState.UNKNOWN
    with pytest.raises(services.Refusal):
        save(desk, first, second, text="Other words", post=post)
    with pytest.raises(services.Refusal):
        services.withdraw(actor=desk.cast.tom, post=post, reason="Not today", at=desk.now)
    network.looks = [Found("1_7")]
    look(desk, post)
    assert Delivery.objects.get(post=post, channel=first).state == DeliveryState.DONE


@pytest.mark.clause("C78")
def test_sending_one_page_again_does_not_free_the_other(
    desk: Desk, network: Scripted, second: Channel
) -> None:
    first = desk.cast.channel
    post = release(desk, save(desk, first, second))
    refused = send(desk, network, post, second, Refused(RefusalKind.INVALID, "No."))
    send(desk, network, post, first, Unknown("time-out"))
    services.send_again(actor=desk.cast.priya, delivery=refused, at=desk.now)
    post.refresh_from_db()
    assert post.state == PostState.UNKNOWN
    with pytest.raises(services.Refusal):
        services.withdraw(actor=desk.cast.tom, post=post, reason="Not today", at=desk.now)


@pytest.mark.clause("C78")
def test_a_page_the_gate_stopped_is_not_forgotten_when_the_other_has_it(
    desk: Desk, network: Scripted, second: Channel
) -> None:
    first = desk.cast.channel
    revision = save(desk, first, second)
    post = release(desk, revision)
    send(desk, network, post, first, Unknown("time-out"))
    pause(actor=desk.cast.priya, channel=second, reason="Feels wrong", at=desk.now)
    delivery.sweep(desk.now, "test")
    network.looks = [Found("1_7")]
    look(desk, post)
    assert post.state == PostState.HELD
    held = open_pauses(desk.cast.organisation).get()
    ask_to_open(actor=desk.cast.priya, pause=held, reason="All is well", at=desk.now)
    confirm_opening(actor=desk.cast.kofi, pause=held, at=desk.now)
    desk.now += timedelta(seconds=1)
    release(desk, revision)
    send(desk, network, post, second, Done("2_1"))
    assert post.state == PostState.PUBLISHED
    assert len(network.published) == 2


def test_what_every_page_has_is_not_approved_into_nowhere(
    desk: Desk, network: Scripted, second: Channel
) -> None:
    first = desk.cast.channel
    post = release(desk, save(desk, first, second))
    send(desk, network, post, first, Done("1_1"))
    send(desk, network, post, second, Refused(RefusalKind.INVALID, "No."))
    only = save(desk, first, text="Other words", post=post)
    with pytest.raises(services.Refusal, match="has this post already"):
        services.submit(actor=desk.cast.tom, post=only.post, at=desk.now)


def test_an_answer_that_comes_after_everything_is_written_down_and_stops_nothing(
    desk: Desk, network: Scripted
) -> None:
    from stairgate.publishing.gate import Opened, open_gate

    post = desk.approved()
    opened = open_gate(delivery_id=desk.delivery(post).pk, worker="slow", now=desk.now)
    assert isinstance(opened, Opened)
    for after in (121, 182, 243):
        network.looks = [Absent(0)]
        Delivery.objects.filter(state=DeliveryState.UNKNOWN).update(due_at=desk.now)
        desk.sweep(after=after)
    desk.save("Other words", post=post)
    delivery.settle(attempt_id=opened.attempt, outcome=Done("1_9"), now=desk.now + timedelta(seconds=300))
    entry = Entry.objects.order_by("-index").first()
    assert entry is not None and entry.kind == "publishing.late_answer"
    assert entry.body is not None and entry.body["external_id"] == "1_9"


@pytest.mark.clause("C03")
def test_a_purpose_must_be_that_of_every_page(desk: Desk, network: Scripted, second: Channel) -> None:
    Channel.objects.filter(pk=second.pk).update(purposes=["Jobs with us"])
    revision = save(desk, desk.cast.channel, second)
    with pytest.raises(services.NotReady) as refused:
        services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    assert refused.value.problems == ("Say what it is for",)


def test_a_link_too_long_to_keep_does_not_hide_that_it_is_there(
    desk: Desk, network: Scripted, second: Channel
) -> None:
    post = release(desk, save(desk, desk.cast.channel))
    row = send(desk, network, post, desk.cast.channel, Done("1_1", "https://page.example/" + "x" * 600))
    assert (row.state, row.permalink, post.state) == (DeliveryState.DONE, "", PostState.PUBLISHED)


@pytest.mark.clause("C76")
def test_a_reply_cannot_be_turned_to_another_page(desk: Desk, second: Channel) -> None:
    post = services.draft_reply(
        actor=desk.cast.priya,
        channel=desk.cast.channel,
        reply_to="1_2",
        item_id=desk.cast.organisation.id,
        text="Thank you for asking.",
        at=desk.now,
    )
    for channels in ((second,), (desk.cast.channel, second)):
        with pytest.raises(services.Refusal, match="where the comment is"):
            save(desk, *channels, text="Thank you so much.", post=post)
    assert save(desk, desk.cast.channel, text="Thank you so much.", post=post).number == 2
