"""What people do by hand: begun through the gate, proved, and confirmed by somebody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.channels.models import Channel, Pause
from stairgate.channels.pausing import ask_to_open, confirm_opening, pause_everything
from stairgate.channels.services import network_for
from stairgate.ledger.models import Entry
from stairgate.networks.base import Absent, CannotTell, Done, Manual, Unknown
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.people.models import Check
from stairgate.policies.parameters import Parameters
from stairgate.policies.services import adopt
from stairgate.publishing import delivery as sending
from stairgate.publishing import lapsing, reading_back, services
from stairgate.publishing.content import Content
from stairgate.publishing.gate import Opened, open_gate
from stairgate.publishing.models import (
    Approval,
    Attempt,
    Delivery,
    Difference,
    Look,
    Post,
    ReadBack,
    Revision,
    TakeDown,
)
from stairgate.publishing.selectors.by_hand import hand_page, hand_work
from stairgate.publishing.services import by_hand as hands
from stairgate.publishing.states import DeliveryState, PostState
from tests.accounts import open_group
from tests.cast import PURPOSE
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db

TEXT = "The allotment opens on Saturday. Families of Willow Lane are welcome."
LINK = "https://groups.willowlane.example/families/posts/8"
PROOF = hands.Proof(LINK)


@pytest.fixture
def group(desk: Desk) -> Channel:
    """The families' group, beside the page."""
    return open_group(desk.cast.nursery, desk.now)


def written(desk: Desk, *channels: Channel) -> Revision:
    """Return a draft for these accounts."""
    content = Content(text=TEXT, channel_ids=tuple(c.pk for c in channels), purpose=PURPOSE)
    return services.save_draft(
        actor=desk.cast.tom,
        organisation=desk.cast.organisation,
        post=None,
        content=content,
        seen=None,
        at=desk.now,
    )


def put(desk: Desk, *channels: Channel) -> Post:
    """Return an approved post for these accounts."""
    revision = written(desk, *channels)
    services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    services.approve(
        actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    return Post.objects.get(pk=revision.post_id)


@pytest.fixture
def row(desk: Desk, group: Channel) -> Delivery:
    """A post that waits to be put into the group by hand."""
    post = put(desk, group)
    desk.sweep()
    return fresh(desk.delivery(post), DeliveryState.MANUAL)


def fresh(row: Delivery, *states: str) -> Delivery:
    """Read a delivery again; it is in one of these states, if any are named."""
    again = Delivery.objects.select_related("post", "channel__organisation", "organisation").get(pk=row.pk)
    assert not states or again.state in states, (again.state, again.reason)
    return again


def begin(desk: Desk, row: Delivery, by: User, after: float = 0) -> Delivery:
    hands.begin(actor=by, delivery=row, at=desk.now + timedelta(seconds=after))
    return fresh(row, DeliveryState.SENDING)


def posted(desk: Desk, row: Delivery, by: User, after: float = 60) -> Delivery:
    begin(desk, row, by)
    hands.say_there(actor=by, delivery=row, proof=PROOF, at=desk.now + timedelta(seconds=after))
    return fresh(row, DeliveryState.POSTED)


def hidden(desk: Desk, row: Delivery, reader: User, after: float = 0) -> str:
    """Return why somebody may not see the words; "" while they may."""
    at = desk.now + timedelta(seconds=after)
    return hand_page(fresh(row), desk.cast.member(reader), at).hidden


# --- from the gate to a hand ---


@pytest.mark.clause("C78", "C04")
def test_at_its_time_it_waits_for_a_hand_and_nobody_was_asked_anything(desk: Desk, row: Delivery) -> None:
    assert row.post.state == PostState.BY_HAND
    attempt = row.attempts.get()
    assert (attempt.outcome, attempt.by) == ("manual", None)
    for person in (desk.cast.priya, desk.cast.tom):
        assert "shown only to whoever has begun" in hidden(desk, row, person)
        assert [one.pk for one in hand_work(desk.cast.member(person))] == [row.pk]


@pytest.mark.clause("C78")
def test_whoever_begins_sees_the_words_for_two_minutes_and_nobody_else_does(
    desk: Desk, row: Delivery
) -> None:
    begin(desk, row, desk.cast.tom)
    assert hidden(desk, row, desk.cast.tom) == ""
    assert hidden(desk, row, desk.cast.tom, after=119) == ""
    assert hidden(desk, row, desk.cast.tom, after=120) == "The two minutes are over."
    assert hidden(desk, row, desk.cast.priya) != ""
    assert fresh(row).post.state == PostState.SENDING
    entry = Entry.objects.filter(kind="publishing.gate_opened").latest("index")
    assert entry.actor == str(desk.cast.tom.pk)


@pytest.mark.clause("C78")
def test_two_who_begin_at_once_are_one(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    with pytest.raises(services.Refusal, match="Somebody else may have begun"):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now)
    assert row.attempts.filter(by__isnull=False).get().by == desk.cast.tom
    assert hidden(desk, row, desk.cast.kofi) != ""


@pytest.mark.clause("C78", "C14")
def test_only_somebody_fit_begins(desk: Desk, row: Delivery) -> None:
    Check.objects.filter(person__user=desk.cast.tom).update(withdrawn_on=desk.cast.organisation.day(desk.now))
    for person in (desk.cast.tom, desk.cast.leah, desk.cast.gwen, desk.cast.helen, desk.cast.outsider):
        with pytest.raises(NotAllowed):
            hands.begin(actor=person, delivery=row, at=desk.now)
    assert fresh(row, DeliveryState.MANUAL).attempts.count() == 1, "and the approval still stands"


# --- the gate asks everything again ---


def nobody_begins(desk: Desk, row: Delivery, says: str, after: float = 0) -> None:
    with pytest.raises(services.Refusal, match=says):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now + timedelta(seconds=after))
    gone = fresh(row, DeliveryState.CANCELLED)
    assert gone.post.state == PostState.LAPSED
    assert not gone.attempts.filter(by__isnull=False).exists()
    assert not Approval.objects.filter(post=row.post, voided_at__isnull=True).exists()


@pytest.mark.clause("C78")
def test_a_pause_shuts_it(desk: Desk, row: Delivery) -> None:
    pause_everything(actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="A worry", at=desk.now)
    nobody_begins(desk, row, "paused")


@pytest.mark.clause("C78")
def test_an_approver_who_is_no_longer_fit_shuts_it(desk: Desk, row: Delivery) -> None:
    Check.objects.filter(person__user=desk.cast.priya).update(
        withdrawn_on=desk.cast.organisation.day(desk.now)
    )
    nobody_begins(desk, row, "Priya")


@pytest.mark.clause("C78")
def test_other_words_than_the_approved_shut_it(desk: Desk, row: Delivery) -> None:
    type(row.revision).objects.filter(pk=row.revision_id).update(text="Beer day!")
    nobody_begins(desk, row, "changed after it was approved")


@pytest.mark.clause("C78")
def test_a_group_that_nobody_has_seen_for_long_shuts_it(desk: Desk, row: Delivery) -> None:
    row.channel.readings.all().delete()
    nobody_begins(desk, row, "not checked yet")


@pytest.mark.clause("C78")
def test_its_time_passes(desk: Desk, row: Delivery) -> None:
    nobody_begins(desk, row, "Its time has passed", after=31 * 60)


@pytest.mark.clause("C78")
def test_quiet_hours_shut_it(desk: Desk, row: Delivery) -> None:
    hour = desk.cast.organisation.local(desk.now).hour
    quiet = Parameters(quiet_from_hour=hour, quiet_until_hour=(hour + 2) % 24)
    adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Another",
        text="Words",
        parameters=quiet,
        at=desk.now,
    )
    with pytest.raises((services.Refusal, NotAllowed)):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now)
    assert not row.attempts.filter(by__isnull=False).exists()


@pytest.mark.clause("C78")
def test_a_row_put_to_a_hand_by_nobody_finds_the_gate_shut(desk: Desk, group: Channel) -> None:
    post = put(desk, group)
    Approval.objects.all().delete()
    row = desk.delivery(post)
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.MANUAL)
    with pytest.raises(services.Refusal, match="A second person has not approved"):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now)
    fresh(row, DeliveryState.CANCELLED)


@pytest.mark.clause("C78")
def test_what_nobody_began_in_time_lapses_by_itself(desk: Desk, row: Delivery) -> None:
    lapsing.sweep(desk.now + timedelta(minutes=29), "test")
    fresh(row, DeliveryState.MANUAL)
    lapsing.sweep(desk.now + timedelta(minutes=31), "test")
    assert fresh(row, DeliveryState.CANCELLED).post.state == PostState.LAPSED


@pytest.mark.clause("C78")
def test_its_author_may_still_change_the_words_and_nobody_begins_with_the_old_ones(
    desk: Desk, row: Delivery, group: Channel
) -> None:
    content = Content(text="Other words.", channel_ids=(group.pk,), purpose=PURPOSE)
    services.save_draft(
        actor=desk.cast.tom,
        organisation=desk.cast.organisation,
        post=row.post,
        content=content,
        seen=None,
        at=desk.now,
    )
    fresh(row, DeliveryState.CANCELLED)
    with pytest.raises(services.Refusal):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now)


@pytest.mark.clause("C78")
def test_once_begun_nobody_changes_the_words(desk: Desk, row: Delivery, group: Channel) -> None:
    begin(desk, row, desk.cast.kofi)
    content = Content(text="Other words.", channel_ids=(group.pk,), purpose=PURPOSE)
    with pytest.raises(services.Refusal, match="on its way"):
        services.save_draft(
            actor=desk.cast.tom,
            organisation=desk.cast.organisation,
            post=row.post,
            content=content,
            seen=None,
            at=desk.now,
        )


@pytest.mark.clause("C78")
def test_a_pause_takes_the_words_away_from_whoever_has_begun(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    pause_everything(actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="A worry", at=desk.now)
    assert "paused" in hidden(desk, row, desk.cast.tom, after=5)
    hands.say_not_posted(actor=desk.cast.tom, delivery=row, at=desk.now + timedelta(seconds=9))
    with pytest.raises(services.Refusal, match="paused"):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now + timedelta(seconds=10))
    fresh(row, DeliveryState.CANCELLED)


@pytest.mark.clause("C78")
def test_a_pause_that_has_ended_since_and_a_yes_taken_back_take_the_words_away_too(
    desk: Desk, row: Delivery
) -> None:
    begin(desk, row, desk.cast.tom)
    held = pause_everything(
        actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="A worry", at=desk.now
    )
    ask_to_open(actor=desk.cast.priya, pause=held, reason="Fine", at=desk.now)
    confirm_opening(actor=desk.cast.kofi, pause=held, at=desk.now)
    assert "paused" in hidden(desk, row, desk.cast.tom, after=5)
    Pause.objects.all().delete()
    assert hidden(desk, row, desk.cast.tom, after=5) == ""
    Approval.objects.update(voided_at=desk.now)
    assert "taken back" in hidden(desk, row, desk.cast.tom, after=5)


@pytest.mark.clause("C78")
def test_a_post_that_is_being_taken_down_is_not_put_into_the_group_any_more(
    desk: Desk, group: Channel, network: Scripted
) -> None:
    post = put(desk, desk.cast.channel, group)
    network.answers = [Manual("By hand"), Done("1_1")]
    desk.sweep()
    rows = Delivery.objects.filter(post=post)
    by_hand = rows.get(channel=group)
    rows.exclude(pk=by_hand.pk).update(state=DeliveryState.DONE, external_id="1_1")
    rows.filter(pk=by_hand.pk).update(state=DeliveryState.MANUAL)
    begin(desk, by_hand, desk.cast.tom)
    assert hidden(desk, by_hand, desk.cast.tom, after=5) == ""
    Approval.objects.all().delete()  # as for an urgent post, which has none of its own
    services.take_down(actor=desk.cast.priya, post=post, reason="A name", at=desk.now)
    assert "taken down" in hidden(desk, by_hand, desk.cast.tom, after=5)


# --- what became of it ---


@pytest.mark.clause("C78")
def test_posted_with_a_proof_it_waits_for_a_second_person(desk: Desk, row: Delivery) -> None:
    done = posted(desk, row, desk.cast.tom)
    assert done.reason == "Posted by Tom, not yet confirmed."
    assert (done.post.state, done.permalink, done.done_at) == (PostState.POSTED, LINK, None)
    with pytest.raises(NotAllowed, match="You posted this"):
        hands.confirm(actor=desk.cast.tom, delivery=row, at=desk.now)
    assert list(hand_work(desk.cast.member(desk.cast.tom))) == []
    assert [one.pk for one in hand_work(desk.cast.member(desk.cast.kofi))] == [row.pk]
    hands.confirm(actor=desk.cast.kofi, delivery=row, at=desk.now + timedelta(minutes=9))
    done = fresh(row, DeliveryState.DONE)
    assert done.reason == "Tom posted it, and Kofi confirmed it, word for word."
    assert (done.post.state, done.permalink) == (PostState.PUBLISHED, LINK)
    assert [look.saw for look in done.looks.all()] == ["there", "same"]


@pytest.mark.clause("C78")
def test_only_somebody_fit_confirms(desk: Desk, row: Delivery) -> None:
    posted(desk, row, desk.cast.tom)
    for person in (desk.cast.leah, desk.cast.gwen, desk.cast.outsider):
        with pytest.raises(NotAllowed):
            hands.confirm(actor=person, delivery=row, at=desk.now)
    fresh(row, DeliveryState.POSTED)


@pytest.mark.clause("C78")
def test_a_row_that_nobody_posted_is_confirmed_by_nobody(desk: Desk, row: Delivery) -> None:
    Delivery.objects.filter(pk=row.pk).update(state=DeliveryState.POSTED, permalink=LINK)
    with pytest.raises(services.Refusal, match="Nobody is known to have posted"):
        hands.confirm(actor=desk.cast.kofi, delivery=row, at=desk.now)
    fresh(row, DeliveryState.POSTED)


@pytest.mark.clause("C78")
def test_only_whoever_began_says_what_became_of_it_in_time(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    with pytest.raises(services.Refusal, match="whoever has begun"):
        hands.say_not_posted(actor=desk.cast.kofi, delivery=row, at=desk.now)
    with pytest.raises(services.Refusal, match="whoever has begun"):
        hands.say_there(actor=desk.cast.kofi, delivery=row, proof=PROOF, at=desk.now)
    with pytest.raises(services.Refusal):
        hands.say_not_there(actor=desk.cast.kofi, delivery=row, at=desk.now)
    fresh(row, DeliveryState.SENDING)


@pytest.mark.clause("C78")
def test_not_posted_in_time_goes_back_and_may_be_begun_again(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    hands.say_not_posted(actor=desk.cast.tom, delivery=row, at=desk.now + timedelta(seconds=30))
    back = fresh(row, DeliveryState.MANUAL)
    assert (back.reason, back.post.state) == ("Tom did not post it.", PostState.BY_HAND)
    begin(desk, row, desk.cast.kofi, after=40)


@pytest.mark.parametrize(
    "link", ["", "http://groups.willowlane.example/families/posts/8", "https://elsewhere.example/p/1"]
)
def test_a_proof_that_leads_elsewhere_is_none(desk: Desk, row: Delivery, link: str) -> None:
    begin(desk, row, desk.cast.tom)
    with pytest.raises(services.Refusal):
        hands.say_there(actor=desk.cast.tom, delivery=row, proof=hands.Proof(link), at=desk.now)
    fresh(row, DeliveryState.SENDING)


# --- the two minutes end without an answer ---


@pytest.fixture
def unsure(desk: Desk, row: Delivery) -> Delivery:
    """Tom began, and said nothing: nobody knows."""
    begin(desk, row, desk.cast.tom)
    desk.sweep(after=121)
    return fresh(row, DeliveryState.UNKNOWN)


def not_there(desk: Desk, row: Delivery, by: User, after: float) -> None:
    hands.say_not_there(actor=by, delivery=row, at=desk.now + timedelta(seconds=after))


@pytest.mark.clause("C78")
def test_no_answer_in_time_is_unknown_and_cannot_be_begun_again(desk: Desk, unsure: Delivery) -> None:
    assert "Tom’s time ran out" in unsure.reason
    assert unsure.post.state == PostState.UNKNOWN
    with pytest.raises(services.Refusal):
        hands.begin(actor=desk.cast.kofi, delivery=unsure, at=desk.now + timedelta(seconds=200))
    with pytest.raises(services.Refusal):
        services.send_again(actor=desk.cast.kofi, delivery=unsure, at=desk.now)
    for after in (300, 900, 3600):
        desk.sweep(after=after)
    assert fresh(unsure, DeliveryState.UNKNOWN).reason == unsure.reason, "no worker looks in vain"


@pytest.mark.clause("C78")
def test_it_takes_two_people_who_looked_before_it_is_not_there(desk: Desk, unsure: Delivery) -> None:
    with pytest.raises(services.Refusal, match="may still be on its way"):
        not_there(desk, unsure, desk.cast.kofi, 125)
    not_there(desk, unsure, desk.cast.kofi, 300)
    not_there(desk, unsure, desk.cast.kofi, 310)
    still = fresh(unsure, DeliveryState.UNKNOWN)
    assert still.reason == "Kofi looked, and it is not there. Somebody else has to look as well."
    assert still.post.state_reason == still.reason
    not_there(desk, unsure, desk.cast.priya, 320)
    assert fresh(unsure, DeliveryState.NOT_THERE).reason.startswith("Kofi and Priya looked")
    services.send_again(actor=desk.cast.kofi, delivery=unsure, at=desk.now + timedelta(seconds=330))
    desk.sweep(after=331)
    fresh(unsure, DeliveryState.MANUAL)
    begin(desk, unsure, desk.cast.kofi, after=340)


@pytest.mark.clause("C78")
def test_looks_at_an_earlier_attempt_say_nothing_about_the_next(desk: Desk, unsure: Delivery) -> None:
    not_there(desk, unsure, desk.cast.kofi, 300)
    not_there(desk, unsure, desk.cast.priya, 320)
    services.send_again(actor=desk.cast.kofi, delivery=unsure, at=desk.now + timedelta(seconds=330))
    desk.sweep(after=331)
    begin(desk, unsure, desk.cast.kofi, after=340)
    desk.sweep(after=500)
    not_there(desk, unsure, desk.cast.priya, 900)
    fresh(unsure, DeliveryState.UNKNOWN)


@pytest.mark.clause("C78")
def test_who_looks_and_finds_it_gives_its_address_and_it_is_confirmed(desk: Desk, unsure: Delivery) -> None:
    not_there(desk, unsure, desk.cast.kofi, 300)
    hands.say_there(actor=desk.cast.tom, delivery=unsure, proof=PROOF, at=desk.now + timedelta(seconds=400))
    fresh(unsure, DeliveryState.POSTED)
    with pytest.raises(NotAllowed):
        hands.confirm(actor=desk.cast.tom, delivery=unsure, at=desk.now)
    hands.confirm(actor=desk.cast.priya, delivery=unsure, at=desk.now)
    fresh(unsure, DeliveryState.DONE)


@pytest.mark.clause("C78")
def test_an_answer_after_the_time_is_a_look_and_not_posted_is_no_answer(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    late = desk.now + timedelta(seconds=121)  # no worker has noticed yet
    with pytest.raises(services.Refusal, match="two minutes are over"):
        hands.say_not_posted(actor=desk.cast.tom, delivery=row, at=late)
    hands.say_there(actor=desk.cast.tom, delivery=row, proof=PROOF, at=late)
    assert "Not yet confirmed" in fresh(row, DeliveryState.POSTED).reason


@pytest.mark.clause("C78")
def test_what_a_second_person_does_not_find_is_unknown_and_takes_another_look(
    desk: Desk, row: Delivery
) -> None:
    posted(desk, row, desk.cast.tom)
    with pytest.raises(NotAllowed):
        not_there(desk, row, desk.cast.tom, 70)
    not_there(desk, row, desk.cast.kofi, 200)
    assert fresh(row, DeliveryState.UNKNOWN).post.state == PostState.UNKNOWN
    not_there(desk, row, desk.cast.kofi, 300)
    fresh(row, DeliveryState.UNKNOWN)
    not_there(desk, row, desk.cast.tom, 400)
    fresh(row, DeliveryState.NOT_THERE)


@pytest.mark.clause("C78", "C40")
def test_what_is_different_there_opens_a_finding_with_what_was_seen(desk: Desk, row: Delivery) -> None:
    posted(desk, row, desk.cast.tom)
    for words, pictures in (("  ", 0), (TEXT, 0)):
        with pytest.raises(services.Refusal):
            hands.say_different(
                actor=desk.cast.kofi, delivery=row, words=words, pictures=pictures, at=desk.now
            )
    with pytest.raises(NotAllowed):
        hands.say_different(actor=desk.cast.tom, delivery=row, words="Beer!", pictures=0, at=desk.now)
    hands.say_different(actor=desk.cast.kofi, delivery=row, words="Beer day!", pictures=1, at=desk.now)
    found = Difference.objects.get()
    assert (found.kind, found.text, found.pictures) == ("changed", "Beer day!", 1)
    assert (found.approved_text, found.approved_pictures, found.is_over) == (TEXT, 0, False)
    assert fresh(row, DeliveryState.DONE).post.state == PostState.PUBLISHED
    assert Entry.objects.filter(kind="publishing.differs").get().actor == str(desk.cast.kofi.pk)


def test_nothing_reads_it_back_and_nobody_pretends(desk: Desk, row: Delivery) -> None:
    posted(desk, row, desk.cast.tom)
    hands.confirm(actor=desk.cast.kofi, delivery=row, at=desk.now)
    assert not ReadBack.objects.exists()
    assert reading_back.sweep(desk.now + timedelta(days=1), "test") == 0
    with pytest.raises(services.Refusal, match="cannot read it"):
        services.read_now(actor=desk.cast.priya, delivery=row, at=desk.now)


# --- taking it down ---


@pytest.mark.clause("C82")
@pytest.mark.parametrize("confirmed", [True, False])
def test_it_is_taken_down_by_hand_with_how_one_knows(desk: Desk, row: Delivery, confirmed: bool) -> None:
    posted(desk, row, desk.cast.tom)
    if confirmed:
        hands.confirm(actor=desk.cast.kofi, delivery=row, at=desk.now)
    services.take_down(actor=desk.cast.priya, post=row.post, reason="A name slipped in", at=desk.now)
    down = TakeDown.objects.get()
    assert (down.state, down.problem[:15]) == (TakeDown.State.NEEDS_PERSON, "A person put it")
    with pytest.raises(NotAllowed):
        hands.say_gone(actor=desk.cast.tom, delivery=row, proof="Looked", picture=None, at=desk.now)
    with pytest.raises(services.Refusal, match="how you know"):
        hands.say_gone(actor=desk.cast.priya, delivery=row, proof=" x", picture=None, at=desk.now)
    hands.say_gone(
        actor=desk.cast.priya, delivery=row, proof="Deleted, and looked", picture=None, at=desk.now
    )
    gone = fresh(row, DeliveryState.TAKEN_DOWN)
    assert gone.post.state == PostState.TAKEN_DOWN
    assert gone.looks.filter(saw=Look.Saw.GONE).get().words == "Deleted, and looked"
    with pytest.raises(services.Refusal):
        hands.say_gone(actor=desk.cast.priya, delivery=row, proof="Again", picture=None, at=desk.now)


# --- killed, and beside another page ---


@pytest.mark.clause("C78")
def test_a_worker_killed_before_it_handed_over_loses_nothing(desk: Desk, group: Channel) -> None:
    post = put(desk, group)
    row = desk.delivery(post)
    opened = open_gate(delivery_id=row.pk, worker="killed", now=desk.now)
    assert isinstance(opened, Opened)
    with pytest.raises(services.Refusal):
        hands.begin(actor=desk.cast.kofi, delivery=row, at=desk.now)
    desk.sweep(after=130)
    assert fresh(row, DeliveryState.MANUAL).post.state == PostState.BY_HAND
    begin(desk, row, desk.cast.kofi, after=140)
    sending.settle(attempt_id=opened.attempt, outcome=Manual("late"), now=desk.now)
    fresh(row, DeliveryState.SENDING)


@pytest.mark.clause("C78")
def test_each_account_has_its_own_fate(desk: Desk, group: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    page = Scripted(answers=[Done("1_1")])
    monkeypatch.setattr(sending, "network_for", lambda c: network_for(c) if c.by_hand else page)
    post = put(desk, desk.cast.channel, group)
    desk.sweep()
    by_hand = post.deliveries.get(channel=group)
    assert post.deliveries.get(channel=desk.cast.channel).state == DeliveryState.DONE
    assert Post.objects.get().state == PostState.BY_HAND
    posted(desk, by_hand, desk.cast.tom)
    hands.confirm(actor=desk.cast.kofi, delivery=by_hand, at=desk.now)
    assert Post.objects.get().state == PostState.PUBLISHED


# --- a page that the worker can never look at ---


@pytest.fixture
def blind(desk: Desk, network: Scripted) -> Delivery:
    """An outcome that no look can tell: the connection is dead."""
    network.answers = [Unknown("time-out")]
    network.looks = [CannotTell("The connection has expired.") for _ in range(3)]
    row = desk.delivery(desk.approved())
    for after in (0, 90, 180):
        desk.sweep(after=after)
    return fresh(row, DeliveryState.UNKNOWN)


@pytest.mark.clause("C78")
def test_while_the_worker_can_still_look_no_person_decides(desk: Desk, blind: Delivery) -> None:
    assert blind.looks_failed == 2
    with pytest.raises(services.Refusal, match="still looking by itself"):
        not_there(desk, blind, desk.cast.priya, 200)


@pytest.mark.clause("C78")
def test_when_the_network_answers_again_the_worker_looks_alone_again(
    desk: Desk, network: Scripted, blind: Delivery
) -> None:
    desk.sweep(after=270)
    assert fresh(blind, DeliveryState.UNKNOWN).looks_failed == 3
    network.looks = [Absent(4)]
    desk.sweep(after=360)
    assert fresh(blind, DeliveryState.UNKNOWN).looks_failed == 0
    with pytest.raises(services.Refusal, match="still looking by itself"):
        not_there(desk, blind, desk.cast.priya, 370)


@pytest.mark.clause("C78")
def test_two_approvers_who_looked_are_a_way_out(desk: Desk, blind: Delivery) -> None:
    desk.sweep(after=270)
    with pytest.raises(NotAllowed):
        not_there(desk, blind, desk.cast.tom, 300)
    not_there(desk, blind, desk.cast.priya, 300)
    with pytest.raises(services.Refusal):
        services.send_again(actor=desk.cast.priya, delivery=blind, at=desk.now)
    not_there(desk, blind, desk.cast.kofi, 310)
    fresh(blind, DeliveryState.NOT_THERE)
    assert Entry.objects.filter(kind="publishing.looked").count() == 2


@pytest.mark.clause("C78")
def test_an_approver_who_finds_it_on_the_page_says_where(desk: Desk, blind: Delivery) -> None:
    desk.sweep(after=270)
    proof = hands.Proof("https://www.facebook.com/willow/posts/1")
    with pytest.raises(services.Refusal):
        hands.say_there(actor=desk.cast.priya, delivery=blind, proof=PROOF, at=desk.now)
    hands.say_there(actor=desk.cast.priya, delivery=blind, proof=proof, at=desk.now)
    done = fresh(blind, DeliveryState.DONE)
    assert (done.permalink, done.post.state) == (proof.link, PostState.PUBLISHED)
    services.take_down(actor=desk.cast.priya, post=done.post, reason="A name", at=desk.now)
    assert TakeDown.objects.get().state == TakeDown.State.NEEDS_PERSON, "its number there is not known"


def test_attempts_tell_hands_from_workers(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    assert list(Attempt.objects.order_by("number").values_list("by__first_name", flat=True)) == [None, "Tom"]


@pytest.mark.clause("C82")
def test_where_stairgate_can_look_nobodys_word_makes_it_gone(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    desk.sweep()
    row = fresh(desk.delivery(post), DeliveryState.DONE)
    services.take_down(actor=desk.cast.priya, post=post, reason="A name slipped in", at=desk.now)
    TakeDown.objects.update(state=TakeDown.State.NEEDS_PERSON)
    with pytest.raises(services.Refusal, match="nothing here to take down by hand"):
        hands.say_gone(actor=desk.cast.priya, delivery=row, proof="I looked", picture=None, at=desk.now)
    fresh(row, DeliveryState.DONE)
