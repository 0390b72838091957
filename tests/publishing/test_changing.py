"""Changing the words of a published post: through the whole gate, once, and truly on the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.channels.pausing import pause_everything
from stairgate.channels.services import Credentials, note_health
from stairgate.ledger.models import Entry
from stairgate.networks.base import (
    Absent,
    CannotTell,
    Done,
    Found,
    Health,
    LivePost,
    Outcome,
    RefusalKind,
    Refused,
    Secret,
    Trouble,
    Unknown,
)
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing import delivery, lapsing, reading_back, services, taking_down
from stairgate.publishing.changing import ChangeFacts, change_barriers, what_became
from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.gate import Opened, open_gate
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import Delivery, Difference, Post, ReadBack, Revision, TakeDown
from stairgate.publishing.selectors.changes import carrier
from stairgate.publishing.selectors.lists import waiting_for
from stairgate.publishing.states import DeliveryState, PostState
from tests.accounts import open_account
from tests.cast import PURPOSE
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_two_pages import second

__all__ = ["second"]
pytestmark = pytest.mark.django_db

OLD, NEW = "Soup day is on Friday.", "Soup day is on Thursday."
GOOD = ChangeFacts(True, True, False, False, True, True, True)


@pytest.fixture
def post(desk: Desk, network: Scripted) -> Post:
    """A post that is on the page, by Tom, approved by Priya."""
    made = desk.approved(text=OLD)
    desk.sweep()
    network.page["1_1"] = LivePost("1_1", OLD, 0)
    made.refresh_from_db()
    assert made.state == PostState.PUBLISHED
    return made


def begin(desk: Desk, post: Post, text: str = NEW, by: User | None = None) -> Revision:
    """Begin a change, and write the new words."""
    who = by or desk.cast.tom
    change = services.begin_change(actor=who, post=post, at=desk.now)
    return desk.save(text, by=who, post=change)


def release(desk: Desk, revision: Revision, by: User | None = None) -> Post:
    services.submit(actor=revision.created_by, post=revision.post, at=desk.now)
    services.approve(
        actor=by or desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    return Post.objects.get(pk=revision.post_id)


def send(desk: Desk, network: Scripted, change: Post, answer: Outcome | None = None) -> Delivery:
    """Let the gate open for a change, with this answer of the network; return its delivery after."""
    network.answers = [answer] if answer else []
    desk.sweep()
    change.refresh_from_db()
    return desk.delivery(change)


def read(desk: Desk, after: float = 0) -> None:
    ReadBack.objects.update(due_at=desk.now)
    reading_back.sweep(desk.now + timedelta(seconds=after), "test")


def look(desk: Desk, row: Delivery) -> Delivery:
    """Let a look that counts happen, and return the delivery as it stands after."""
    past = desk.now - timedelta(minutes=5)
    Delivery.objects.filter(pk=row.pk).update(due_at=past, absent_counts_from=past)
    delivery.look(row.pk, worker="test", now=desk.now)
    row.refresh_from_db()
    return row


# --- the whole way ---


@pytest.mark.clause("C78")
def test_the_page_gets_the_new_words_and_keeps_the_old_ones_until_then(
    desk: Desk, network: Scripted, post: Post
) -> None:
    published = len(network.published)
    revision = begin(desk, post)
    assert (revision.post.kind, revision.post.changes_id) == (Post.Kind.CHANGE, post.pk)
    read(desk)
    assert network.page["1_1"] == LivePost("1_1", OLD, 0) and not Difference.objects.exists()
    row = send(desk, network, release(desk, revision))
    assert (row.state, row.external_id, row.changes) == (DeliveryState.DONE, "", desk.delivery(post))
    sent = network.published[published:]
    assert [(one.text, one.edits, one.reply_to) for one in sent] == [(NEW, "1_1", None)]
    assert network.page["1_1"] == LivePost("1_1", NEW, 0)
    post.refresh_from_db()
    assert (post.state, Post.objects.get(pk=revision.post_id).state) == (PostState.PUBLISHED,) * 2
    read(desk)
    assert not Difference.objects.exists()
    network.rewrite("1_1", OLD)
    read(desk)
    assert Difference.objects.get().approved_text == NEW
    entry = Entry.objects.filter(kind="publishing.done").latest("index")
    assert entry.body is not None and entry.body["external_id"] == "1_1"


def test_once_it_has_arrived_it_is_compared_soon_and_its_days_begin_anew(
    desk: Desk, network: Scripted, post: Post
) -> None:
    ReadBack.objects.update(due_at=None)
    Delivery.objects.update(done_at=desk.now - timedelta(days=400))
    send(desk, network, release(desk, begin(desk, post)))
    assert ReadBack.objects.get().due_at is not None
    read(desk)
    row = ReadBack.objects.get()
    assert row.read_at is not None and row.due_at is not None and row.due_at > timezone.now()


@pytest.mark.clause("C78")
def test_nobody_who_wrote_the_post_or_any_change_of_it_approves_a_change(
    desk: Desk, network: Scripted, post: Post
) -> None:
    cast = desk.cast
    revision = begin(desk, post, by=cast.priya)
    assert writers_of(revision.post) == writers_of(post) == {cast.tom.pk, cast.priya.pk}
    services.submit(actor=cast.priya, post=revision.post, at=desk.now)
    with pytest.raises(NotAllowed, match="wrote this"):
        services.approve(
            actor=cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )
    assert [list(waiting_for(cast.member(who), desk.now)) for who in (cast.priya, cast.kofi)] == [
        [],
        [revision.post],
    ]
    services.approve(actor=cast.kofi, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now)
    send(desk, network, revision.post)
    another = begin(desk, post, "Soup day is on Monday.", by=cast.tom)
    services.submit(actor=cast.tom, post=another.post, at=desk.now)
    assert list(waiting_for(cast.member(cast.priya), desk.now)) == []  # she wrote the first change
    with pytest.raises(NotAllowed, match="wrote this"):
        services.approve(
            actor=cast.priya, post=another.post, digest=another.digest, confirmed=True, at=desk.now
        )


@pytest.mark.clause("C78")
def test_words_changed_after_the_yes_never_reach_the_page(desk: Desk, network: Scripted, post: Post) -> None:
    revision = begin(desk, post)
    change = release(desk, revision)
    desk.save("Bring beer.", post=change)
    desk.sweep()
    change.refresh_from_db()
    assert change.state == PostState.DRAFT
    again = release(desk, change.revisions.latest("number"), by=desk.cast.kofi)
    change.revisions.filter(number=3).update(text="Bring beer. Bring more.")
    desk.sweep()
    again.refresh_from_db()
    assert (again.state, len(network.published)) == (PostState.LAPSED, 1)
    assert network.page["1_1"] == LivePost("1_1", OLD, 0)


@pytest.mark.clause("C78")
def test_only_a_fit_writer_begins_one_and_there_is_one_at_a_time(
    desk: Desk, network: Scripted, post: Post
) -> None:
    for person in (desk.cast.gwen, desk.cast.helen, desk.cast.leah, desk.cast.outsider):
        with pytest.raises(NotAllowed):
            services.begin_change(actor=person, post=post, at=desk.now)
    first = begin(desk, post).post
    assert services.begin_change(actor=desk.cast.kofi, post=post, at=desk.now) == first
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(
            organisation=post.organisation,
            author=desk.cast.tom,
            kind=Post.Kind.CHANGE,
            changes=post,
            created_at=desk.now,
            updated_at=desk.now,
        )
    services.withdraw(actor=desk.cast.tom, post=first, reason="Not needed", at=desk.now)
    assert services.begin_change(actor=desk.cast.kofi, post=post, at=desk.now) != first
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED and network.page["1_1"] == LivePost("1_1", OLD, 0)


def test_what_can_be_changed(desk: Desk, network: Scripted, post: Post) -> None:
    for waits in (desk.submitted(text="Menu").post, desk.save("Menu 2").post):
        with pytest.raises(services.Refusal, match="on the page"):
            services.begin_change(actor=desk.cast.tom, post=waits, at=desk.now)
    change = begin(desk, post).post
    with pytest.raises(services.Refusal, match="a change already"):
        services.begin_change(actor=desk.cast.tom, post=change, at=desk.now)
    with pytest.raises(services.Refusal, match="the post that it changed"):
        services.take_down(actor=desk.cast.priya, post=change, reason="Because", at=desk.now)
    Post.objects.filter(pk=post.pk).update(kind=Post.Kind.REPLY)
    services.withdraw(actor=desk.cast.tom, post=change, reason="No", at=desk.now)
    with pytest.raises(services.Refusal, match="answer anew"):
        services.begin_change(actor=desk.cast.tom, post=post, at=desk.now)


def test_the_same_words_and_other_photos_are_no_change(desk: Desk, network: Scripted, post: Post) -> None:
    change = services.begin_change(actor=desk.cast.tom, post=post, at=desk.now)
    with pytest.raises(services.NotReady) as refused:
        services.submit(actor=desk.cast.tom, post=change, at=desk.now)
    assert refused.value.problems == ("These words are on the page already",)
    from tests.publishing.test_gate_conditions import picture

    uses = (PictureUse(picture(desk).pk, "Soup", "nobody"),)
    with pytest.raises(services.Refusal, match="Photos can’t be changed"):
        desk.save(NEW, post=change, pictures=uses)


def test_photos_stay_and_are_approved_along(desk: Desk, network: Scripted) -> None:
    from tests.publishing.test_gate_conditions import picture

    uses = (PictureUse(picture(desk).pk, "A pot of soup", "nobody"),)
    made = desk.approved(text=OLD, pictures=uses)
    desk.sweep()
    network.page["1_1"] = LivePost("1_1", OLD, 1)
    made.refresh_from_db()
    change = services.begin_change(actor=desk.cast.tom, post=made, at=desk.now)
    revision = desk.save(NEW, post=change, pictures=uses)
    send(desk, network, release(desk, revision))
    assert [one.alt for one in network.published[-1].pictures] == ["A pot of soup"]
    read(desk)
    assert network.page["1_1"] == LivePost("1_1", NEW, 1) and not Difference.objects.exists()


# --- what the gate asks of the page ---


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (GOOD, None),
        (ChangeFacts(False, True, False, False, True, True, True), "approved for"),
        (ChangeFacts(False, False, False, False, True, True, True), "approved for"),
        (ChangeFacts(True, False, False, False, True, True, True), "not on the page any more"),
        (ChangeFacts(True, True, True, False, True, True, True), "being taken down"),
        (ChangeFacts(True, True, False, True, True, True, True), "not what was approved"),
        (ChangeFacts(True, True, False, False, False, True, True), "can’t change a post"),
        (ChangeFacts(True, True, False, False, True, False, True), "Photos can’t"),
        (ChangeFacts(True, True, False, False, True, True, False), "Only a person can find it"),
    ],
)
def test_each_condition_by_itself(facts: ChangeFacts, words: str | None) -> None:
    found = change_barriers(facts)
    assert [barrier.clause for barrier in found] == (["C78"] if words else [])
    assert all(str(words) in barrier.says for barrier in found)


def _taken_down(desk: Desk, row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.TAKEN_DOWN)


def _leaving(desk: Desk, row: Delivery) -> None:
    TakeDown.objects.create(
        delivery=row,
        why="A name",
        asked_by=desk.cast.priya,
        asked_at=desk.now,
        due_at=desk.now + timedelta(hours=1),
        state=TakeDown.State.NEEDS_PERSON,
    )


def _differs(desk: Desk, row: Delivery) -> None:
    Difference.objects.create(
        organisation=desk.cast.organisation,
        delivery=row,
        kind=Difference.Kind.CHANGED,
        approved_text=OLD,
        approved_pictures=0,
        found_at=desk.now,
        seen_at=desk.now,
    )


def _aimed_at_nothing(desk: Desk, row: Delivery) -> None:
    Delivery.objects.filter(changes=row).update(changes=None)


def _aimed_at_another_post(desk: Desk, row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(post=desk.save("Another").post)


def _aimed_at_another_account(desk: Desk, row: Delivery) -> None:
    nowhere = Credentials("http://127.0.0.1:9", "100000000000003", Secret("not-a-token"))
    other = open_account(desk.cast.nursery, nowhere, desk.now, name="Third page")
    Delivery.objects.filter(pk=row.pk).update(channel=other)


@pytest.mark.clause("C78")
@pytest.mark.parametrize("early", [False, True])
def test_what_has_no_number_on_the_page_is_never_changed_by_being_posted_once_more(
    desk: Desk, network: Scripted, post: Post, early: bool
) -> None:
    """Found by a person's own look, it has only an address: a change of it would make a second post."""
    change = None if early else release(desk, begin(desk, post))
    Delivery.objects.filter(post=post).update(external_id="", permalink="https://facebook.com/1")
    if change is None:
        with pytest.raises(services.Refusal, match="No page that has it can change"):
            begin(desk, post)
    else:
        send(desk, network, change)
        assert change.state == PostState.LAPSED and change.state_reason
    assert len(network.published) == 1


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("meanwhile", "early"),
    [
        (_taken_down, True),
        (_leaving, True),
        (_differs, True),
        (_aimed_at_nothing, False),
        (_aimed_at_another_post, False),
        (_aimed_at_another_account, False),
    ],
)
def test_what_happens_meanwhile_shuts_the_gate_and_its_author_learns_of_it_early(
    desk: Desk, network: Scripted, post: Post, meanwhile: Callable[[Desk, Delivery], None], early: bool
) -> None:
    change = release(desk, begin(desk, post))
    meanwhile(desk, desk.delivery(post))
    if early:
        Delivery.objects.filter(post=change).update(due_at=desk.now + timedelta(hours=1))
        assert lapsing.sweep(desk.now, "test") == 1
    else:
        desk.sweep()
    change.refresh_from_db()
    assert change.state == PostState.LAPSED and change.state_reason
    assert len(network.published) == 1


def test_nothing_lapses_while_the_page_is_as_it_was(desk: Desk, network: Scripted, post: Post) -> None:
    change = release(desk, begin(desk, post))
    Delivery.objects.filter(post=change).update(due_at=desk.now + timedelta(hours=1))
    _differs(desk, desk.delivery(post))
    Difference.objects.update(closed_at=F("found_at"))
    assert lapsing.sweep(desk.now, "test") == 0


def test_a_pause_stops_a_change_too(desk: Desk, network: Scripted, post: Post) -> None:
    change = release(desk, begin(desk, post))
    pause_everything(
        actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="Worrying", at=desk.now
    )
    send(desk, network, change)
    assert change.state == PostState.LAPSED and network.page["1_1"] == LivePost("1_1", OLD, 0)


def test_a_network_that_cannot_change_a_post_is_told_before_anybody_writes(
    desk: Desk, network: Scripted, post: Post
) -> None:
    Channel.objects.update(network=Channel.Network.BLUESKY)
    with pytest.raises(services.Refusal, match="Take it down, and write a new one"):
        services.begin_change(actor=desk.cast.tom, post=post, at=desk.now)
    Channel.objects.update(network=Channel.Network.FACEBOOK)
    change = release(desk, begin(desk, post))
    Channel.objects.update(network=Channel.Network.BLUESKY)
    send(desk, network, change)
    assert "can’t change a post" in change.state_reason and len(network.published) == 1


# --- what became of it ---


@pytest.mark.parametrize(
    ("live", "outcome"),
    [
        (None, Absent(0)),
        (LivePost("1_1", f" {NEW}\r\n", 0), Found("1_1")),
        (LivePost("1_1", NEW, 3, is_hidden=True), Found("1_1")),
        (LivePost("1_1", OLD, 0), Absent(1)),
        (
            LivePost("1_1", "Beer", 0),
            CannotTell("Other words are there than the old ones and the new ones. Look at the page."),
        ),
    ],
)
def test_what_a_look_says(live: LivePost | None, outcome: object) -> None:
    assert what_became(live, new=NEW, old=OLD) == outcome


@pytest.mark.clause("C78")
def test_an_unknown_outcome_is_looked_up_and_found(desk: Desk, network: Scripted, post: Post) -> None:
    row = send(desk, network, release(desk, begin(desk, post)), Unknown("time-out"))
    assert row.state == DeliveryState.UNKNOWN
    desk.sweep(1)
    assert len(network.published) == 2  # the post and the change, once each
    network.rewrite("1_1", NEW)
    assert look(desk, row).state == DeliveryState.DONE
    assert Post.objects.get(pk=row.post_id).state == PostState.PUBLISHED


@pytest.mark.clause("C78")
def test_only_when_two_looks_see_the_old_words_may_it_be_sent_again(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = send(desk, network, release(desk, begin(desk, post)), Unknown("time-out"))
    with pytest.raises(services.Refusal, match="do not know"):
        services.send_again(actor=desk.cast.priya, delivery=row, at=desk.now)
    network.page["1_1"] = Trouble(Unknown("cannot read"))
    assert look(desk, row).state == DeliveryState.UNKNOWN and "cannot read" in row.reason
    network.page["1_1"] = LivePost("1_1", OLD, 0)
    assert look(desk, row).state == DeliveryState.UNKNOWN
    assert look(desk, row).state == DeliveryState.NOT_THERE and "new words" in row.reason
    services.send_again(actor=desk.cast.priya, delivery=row, at=desk.now)
    desk.sweep()
    assert network.page["1_1"] == LivePost("1_1", NEW, 0)
    assert [one.edits for one in network.published] == [None, "1_1", "1_1"]


def test_the_words_before_are_those_of_the_change_before(desk: Desk, network: Scripted, post: Post) -> None:
    send(desk, network, release(desk, begin(desk, post)))
    third = begin(desk, post, "Soup day is on Monday.")
    row = send(desk, network, release(desk, third), Unknown("time-out"))
    network.rewrite("1_1", OLD)  # somebody put the first words back by hand
    assert look(desk, row).state == DeliveryState.UNKNOWN and "Other words" in row.reason
    network.rewrite("1_1", NEW)
    look(desk, row)
    assert look(desk, row).state == DeliveryState.NOT_THERE


@pytest.mark.parametrize("before", [DeliveryState.UNKNOWN, DeliveryState.NOT_THERE])
def test_a_reading_that_finds_the_new_words_settles_it_and_finds_nothing_wrong(
    desk: Desk, network: Scripted, post: Post, before: DeliveryState
) -> None:
    row = send(desk, network, release(desk, begin(desk, post)), Unknown("time-out"))
    if before == DeliveryState.NOT_THERE:
        look(desk, row)
        look(desk, row)
    assert row.state == before
    read(desk)
    assert not Difference.objects.exists()
    network.rewrite("1_1", NEW)
    read(desk)
    row.refresh_from_db()
    assert row.state == DeliveryState.DONE and not Difference.objects.exists()


def test_other_words_than_either_are_a_finding_while_it_is_unknown(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = send(desk, network, release(desk, begin(desk, post)), Unknown("time-out"))
    network.rewrite("1_1", "Beer")
    read(desk)
    assert Difference.objects.get().kind == Difference.Kind.CHANGED
    row.refresh_from_db()
    assert row.state == DeliveryState.UNKNOWN


def test_what_is_gone_is_refused_and_nothing_is_made_anew(desk: Desk, network: Scripted, post: Post) -> None:
    gone = Refused(RefusalKind.GONE, "It is not there any more.")
    row = send(desk, network, release(desk, begin(desk, post)), gone)
    assert (row.state, row.reason) == (DeliveryState.REFUSED, "It is not there any more.")
    assert Post.objects.get(pk=row.post_id).state == PostState.HELD
    services.withdraw(actor=desk.cast.tom, post=row.post, reason="It is gone", at=desk.now)
    assert services.begin_change(actor=desk.cast.tom, post=post, at=desk.now) != row.post


# --- reading while it changes ---


@pytest.mark.clause("C78")
def test_a_reading_from_before_the_change_never_opens_a_finding(
    desk: Desk, network: Scripted, post: Post
) -> None:
    """It read the old words, the change arrived, and only then it came to compare."""
    lease = desk.now + timedelta(seconds=120)
    ReadBack.objects.update(due_at=lease)
    row = send(desk, network, release(desk, begin(desk, post)))
    assert row.state == DeliveryState.DONE
    old = LivePost("1_1", OLD, 0)
    reading_back.settle_reading(delivery_id=desk.delivery(post).pk, live=old, lease=lease, now=desk.now)
    assert not Difference.objects.exists() and ReadBack.objects.get().read_at is None


def test_the_gate_that_opens_for_a_change_puts_off_the_readings_of_that_post_alone(
    desk: Desk, network: Scripted, post: Post, settings: LazySettings
) -> None:
    settings.DELIVERY_SETTLE_SECONDS = 45
    other = desk.approved(text="Another day.")
    send(desk, network, other)
    row = desk.delivery(release(desk, begin(desk, post)))
    soon = desk.now + timedelta(seconds=1)
    ReadBack.objects.update(due_at=soon)
    assert isinstance(open_gate(delivery_id=row.pk, worker="w", now=desk.now), Opened)
    row.refresh_from_db()
    due = dict(ReadBack.objects.values_list("delivery__post", "due_at"))
    assert row.lease_until is not None
    assert due == {post.pk: row.lease_until + timedelta(seconds=45), other.pk: soon}


def test_the_gate_that_opens_for_a_change_wakes_no_reading_that_is_over(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = desk.delivery(release(desk, begin(desk, post)))
    ReadBack.objects.update(due_at=None)
    assert isinstance(open_gate(delivery_id=row.pk, worker="w", now=desk.now), Opened)
    assert ReadBack.objects.get().due_at is None


def test_nothing_is_compared_while_it_is_on_its_way(desk: Desk, network: Scripted, post: Post) -> None:
    change = release(desk, begin(desk, post))
    lease = desk.now + timedelta(seconds=120)
    ReadBack.objects.update(due_at=lease)
    Delivery.objects.filter(post=change).update(state=DeliveryState.SENDING)
    new = LivePost("1_1", NEW, 0)
    reading_back.settle_reading(delivery_id=desk.delivery(post).pk, live=new, lease=lease, now=desk.now)
    assert not Difference.objects.exists()


# --- taking down ---


def take_down(desk: Desk, post: Post) -> None:
    services.take_down(actor=desk.cast.priya, post=post, reason="A name slipped in", at=desk.now)
    taking_down.sweep(desk.now, "test")


@pytest.mark.clause("C78")
def test_taken_down_its_changes_are_over(desk: Desk, network: Scripted, post: Post) -> None:
    arrived = release(desk, begin(desk, post))
    send(desk, network, arrived)
    waiting = release(desk, begin(desk, post, "Soup day is on Monday."))
    take_down(desk, post)
    desk.sweep()
    states = {row.pk: PostState(row.state) for row in Post.objects.all()}
    assert states == {
        post.pk: PostState.TAKEN_DOWN,
        arrived.pk: PostState.TAKEN_DOWN,
        waiting.pk: PostState.WITHDRAWN,
    }
    fates = dict(Delivery.objects.values_list("post", "state"))
    assert fates[arrived.pk] == DeliveryState.TAKEN_DOWN and fates[waiting.pk] == DeliveryState.CANCELLED
    assert len(network.published) == 2 and network.page == {}


def test_taken_down_while_its_outcome_is_unknown_it_is_looked_up(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = send(desk, network, release(desk, begin(desk, post)), Unknown("time-out"))
    take_down(desk, post)
    look(desk, row)
    assert look(desk, row).state == DeliveryState.NOT_THERE
    services.send_again(actor=desk.cast.priya, delivery=row, at=desk.now)
    desk.sweep()
    assert len(network.published) == 2  # the gate saw that it is gone


# --- several pages ---


def test_each_page_has_its_own_fate_and_the_rest_may_be_left(
    desk: Desk, network: Scripted, second: Channel
) -> None:
    first = desk.cast.channel
    content = Content(text=OLD, channel_ids=(first.pk, second.pk), purpose=PURPOSE)
    revision = services.save_draft(
        actor=desk.cast.tom,
        organisation=desk.cast.organisation,
        post=None,
        content=content,
        seen=None,
        at=desk.now,
    )
    network.answers = [Done("1_1"), Done("2_1")]
    made = release(desk, revision)
    desk.sweep()
    for number in ("1_1", "2_1"):
        network.page[number] = LivePost(number, OLD, 0)
    change = services.begin_change(actor=desk.cast.tom, post=made, at=desk.now)
    newer = services.save_draft(
        actor=desk.cast.tom,
        organisation=desk.cast.organisation,
        post=change,
        content=Content(text=NEW, channel_ids=content.channel_ids, purpose=PURPOSE),
        seen=None,
        at=desk.now,
    )
    release(desk, newer)
    network.answers = [Done(""), Refused(RefusalKind.INVALID, "No.")]
    desk.sweep()
    change.refresh_from_db()
    assert change.state == PostState.HELD
    assert sorted(str(one.edits) for one in network.published[2:]) == ["1_1", "2_1"]
    fates = set(change.deliveries.values_list("state", flat=True))
    assert fates == {DeliveryState.DONE, DeliveryState.REFUSED}
    read(desk)
    assert not Difference.objects.exists()
    services.withdraw(actor=desk.cast.tom, post=change, reason="Enough", at=desk.now)
    shown = {carrier(row).revision.text for row in made.deliveries.all()}
    assert shown == {OLD, NEW}
    take_down(desk, made)
    assert Post.objects.get(pk=change.pk).state == PostState.WITHDRAWN
    assert not change.deliveries.filter(state=DeliveryState.DONE).exists()


def test_a_change_stays_on_the_pages_that_have_the_post(
    desk: Desk, network: Scripted, post: Post, second: Channel
) -> None:
    note_health(channel=second, health=Health(ok=True, checked_at=desk.now))
    change = services.begin_change(actor=desk.cast.tom, post=post, at=desk.now)
    with pytest.raises(services.Refusal, match="nowhere else"):
        services.save_draft(
            actor=desk.cast.tom,
            organisation=desk.cast.organisation,
            post=change,
            content=Content(text=NEW, channel_ids=(second.pk,), purpose=PURPOSE),
            seen=None,
            at=desk.now,
        )
