"""Taking a published post down: by a fit person, truly on the network, each page with its own fate."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stairgate.channels.models import Channel
from stairgate.channels.pausing import pause_everything
from stairgate.ledger.models import Entry
from stairgate.networks.base import Done, LivePost, RefusalKind, Refused, Trouble, Unknown
from stairgate.organisations.access import NotAllowed
from stairgate.people.models import Check
from stairgate.publishing import delivery, services, taking_down
from stairgate.publishing.models import Delivery, Post, TakeDown
from stairgate.publishing.states import DeliveryState, PostState
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_two_pages import look, release, save, second, send

__all__ = ["second"]
pytestmark = pytest.mark.django_db

THERE = LivePost("1_1", "Soup day.", 0)


@pytest.fixture
def post(desk: Desk, network: Scripted) -> Post:
    """A post that is on the page."""
    made = desk.approved(text="Soup day.")
    desk.sweep()
    network.page["1_1"] = THERE
    made.refresh_from_db()
    assert made.state == PostState.PUBLISHED
    return made


def ask(desk: Desk, post: Post) -> TakeDown:
    services.take_down(actor=desk.cast.priya, post=post, reason="A name slipped in", at=desk.now)
    return TakeDown.objects.latest("asked_at")


def sweep(desk: Desk, after: float = 0) -> None:
    taking_down.sweep(desk.now + timedelta(seconds=after), "test")


def due(row: TakeDown, desk: Desk) -> TakeDown:
    """Let its time come, and return it as it stands after."""
    TakeDown.objects.filter(pk=row.pk).update(due_at=desk.now)
    sweep(desk)
    row.refresh_from_db()
    return row


@pytest.mark.clause("C82")
def test_it_is_deleted_on_the_network_and_its_history_stays(
    desk: Desk, network: Scripted, post: Post
) -> None:
    before = (post.revisions.count(), post.approvals.count(), Entry.objects.count())
    ask(desk, post)
    sweep(desk)
    post.refresh_from_db()
    assert network.deleted == ["1_1"] and network.page == {}
    assert (post.state, post.state_reason) == (PostState.TAKEN_DOWN, "Taken down: A name slipped in")
    row = Delivery.objects.get(post=post)
    assert (row.state, row.external_id, row.attempts.count()) == (DeliveryState.TAKEN_DOWN, "1_1", 1)
    assert (post.revisions.count(), post.approvals.count()) == before[:2]
    kinds = list(Entry.objects.order_by("index").values_list("kind", flat=True))[before[2] :]
    assert kinds == ["publishing.take_down_asked", "publishing.taken_down"]


@pytest.mark.clause("C78")
def test_only_a_fit_approver_with_a_reason_takes_it_down(desk: Desk, network: Scripted, post: Post) -> None:
    for person in (desk.cast.tom, desk.cast.gwen, desk.cast.helen, desk.cast.outsider):
        with pytest.raises(NotAllowed):
            services.take_down(actor=person, post=post, reason="Because", at=desk.now)
    with pytest.raises(services.Refusal, match="why"):
        services.take_down(actor=desk.cast.priya, post=post, reason=" x ", at=desk.now)
    Check.objects.filter(person__user=desk.cast.kofi).update(
        withdrawn_on=desk.cast.organisation.day(desk.now)
    )
    with pytest.raises(NotAllowed, match="DBS"):
        services.take_down(actor=desk.cast.kofi, post=post, reason="Because", at=desk.now)
    sweep(desk)
    assert network.deleted == []


def test_a_pause_does_not_stop_it(desk: Desk, network: Scripted, post: Post) -> None:
    pause_everything(
        actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="Worrying", at=desk.now
    )
    ask(desk, post)
    sweep(desk)
    assert network.deleted == ["1_1"]


def test_an_unknown_outcome_is_looked_up_before_anything_else(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = ask(desk, post)
    network.deleting = [Trouble(Unknown("time-out"))]
    sweep(desk)
    row.refresh_from_db()
    assert (row.state, row.problem) == (TakeDown.State.UNKNOWN, "time-out")
    assert Delivery.objects.get(post=post).state == DeliveryState.DONE
    del network.page["1_1"]  # it had arrived after all
    assert due(row, desk).state == TakeDown.State.DONE
    assert network.deleted == ["1_1"]


def test_a_worker_killed_in_between_leaves_it_to_be_looked_up(
    desk: Desk, network: Scripted, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(desk, post)
    with monkeypatch.context() as patch:
        patch.setattr(network, "delete", lambda account, external_id: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            sweep(desk)
    row.refresh_from_db()
    assert row.state == TakeDown.State.UNKNOWN
    sweep(desk, 60)  # its lease holds
    assert network.deleted == []
    sweep(desk, 121)
    row.refresh_from_db()
    assert row.state == TakeDown.State.DONE and network.deleted == ["1_1"]


def test_a_yes_of_the_network_is_not_believed_without_a_look(
    desk: Desk, network: Scripted, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(desk, post)
    monkeypatch.setattr(network, "delete", lambda account, external_id: None)
    sweep(desk)
    row.refresh_from_db()
    assert row.state == TakeDown.State.WAITING and "still there" in row.problem
    network.page["1_1"] = Trouble(Unknown("cannot read"))
    assert due(row, desk).state == TakeDown.State.UNKNOWN
    assert Post.objects.get(pk=post.pk).state == PostState.PUBLISHED


def test_what_cannot_be_deleted_is_handed_to_a_person_and_found_gone_later(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = ask(desk, post)
    no = Trouble(Refused(RefusalKind.PERMISSION, "We may not."))
    network.deleting = [no, no]
    sweep(desk)
    row.refresh_from_db()
    assert (row.state, row.problem) == (TakeDown.State.NEEDS_PERSON, "We may not.")
    del network.page["1_1"]  # somebody did it by hand
    desk.now += timedelta(seconds=1)
    again = ask(desk, post)
    sweep(desk)
    again.refresh_from_db()
    assert again.state == TakeDown.State.DONE and network.deleted == ["1_1"]
    assert Post.objects.get(pk=post.pk).state == PostState.TAKEN_DOWN


def test_a_throttle_waits_and_too_many_attempts_end_with_a_person(
    desk: Desk, network: Scripted, post: Post
) -> None:
    row = ask(desk, post)
    network.deleting = [Trouble(Refused(RefusalKind.THROTTLED, "Slow down.", retry_after=500))]
    sweep(desk)
    row.refresh_from_db()
    assert row.state == TakeDown.State.WAITING and row.due_at >= desk.now + timedelta(seconds=500)
    network.deleting = [Trouble(Unknown("time-out"))] * 7
    for _ in range(7):
        due(row, desk)
    assert (
        row.state == TakeDown.State.NEEDS_PERSON
        and Entry.objects.filter(kind="publishing.take_down_failed").exists()
    )


def test_pressing_twice_is_one_take_down(desk: Desk, network: Scripted, post: Post) -> None:
    ask(desk, post)
    assert services.take_down(actor=desk.cast.kofi, post=post, reason="Me too", at=desk.now) == []
    sweep(desk)
    assert network.deleted == ["1_1"]
    with pytest.raises(services.Refusal, match="no page"):
        ask(desk, post)


def test_what_is_on_no_page_is_not_taken_down(desk: Desk, network: Scripted) -> None:
    with pytest.raises(services.Refusal, match="no page"):
        ask(desk, desk.approved())


@pytest.mark.clause("C78")
def test_a_page_that_still_waits_for_it_never_gets_it(desk: Desk, network: Scripted, second: Channel) -> None:
    made = release(desk, save(desk, desk.cast.channel, second))
    send(desk, network, made, desk.cast.channel, Done("1_1"))
    network.page["1_1"] = THERE
    ask(desk, made)
    made.refresh_from_db()
    assert made.state == PostState.HELD
    sweep(desk)
    delivery.sweep(desk.now + timedelta(seconds=1), "test")
    made.refresh_from_db()
    assert made.state == PostState.TAKEN_DOWN and len(network.published) == 1


@pytest.mark.clause("C78")
def test_each_page_has_its_own_fate(desk: Desk, network: Scripted, second: Channel) -> None:
    first = desk.cast.channel
    made = release(desk, save(desk, first, second))
    send(desk, network, made, first, Done("1_1"))
    send(desk, network, made, second, Unknown("time-out"))
    network.page["1_1"] = THERE
    ask(desk, made)
    sweep(desk)
    made.refresh_from_db()
    fates = dict(made.deliveries.values_list("channel__name", "state"))
    assert fates == {first.name: DeliveryState.TAKEN_DOWN, second.name: DeliveryState.UNKNOWN}
    assert made.state == PostState.UNKNOWN
    Delivery.objects.filter(channel=second).update(absent_counts_from=desk.now - timedelta(minutes=5))
    look(desk, made)
    Delivery.objects.filter(channel=second).update(absent_counts_from=desk.now - timedelta(minutes=5))
    look(desk, made)
    assert made.state == PostState.HELD
    ask_again = services.take_down(actor=desk.cast.priya, post=made, reason="All of it", at=desk.now)
    made.refresh_from_db()
    assert ask_again == [] and made.state == PostState.TAKEN_DOWN
