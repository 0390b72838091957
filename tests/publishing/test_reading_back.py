"""Reading back: what is on the page is compared with what was approved, and doubt is never "the same"."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.ledger.models import Entry
from stairgate.networks.base import LivePost, RefusalKind, Refused, Trouble, Unknown
from stairgate.organisations.access import NotAllowed
from stairgate.policies.parameters import Parameters, TooLoose
from stairgate.publishing import reading_back, services, taking_down
from stairgate.publishing.comparing import Differs, compare
from stairgate.publishing.models import Delivery, Difference, Post, ReadBack
from tests.publishing.conftest import Desk, Scripted

WORDS = "Soup day. Bring a bowl."
SAME = LivePost("1_1", WORDS, 0)


@pytest.fixture
def post(desk: Desk, network: Scripted) -> Post:
    """A post that is on the page, just as it was approved."""
    made = desk.approved(text=WORDS)
    desk.sweep()
    network.page["1_1"] = SAME
    return made


def read(desk: Desk, after: timedelta = timedelta()) -> ReadBack:
    """Let its time come, read, and return how that stands."""
    ReadBack.objects.update(due_at=desk.now)
    reading_back.sweep(desk.now + after, "test")
    return ReadBack.objects.get()


@given(st.text(), st.integers(0, 4))
def test_what_was_approved_is_the_same_and_one_letter_more_is_not(text: str, pictures: int) -> None:
    assert compare(LivePost("1", text, pictures), text=text, pictures=pictures) is None
    assert compare(LivePost("1", f"x{text}", pictures), text=text, pictures=pictures) == Differs.CHANGED
    assert compare(LivePost("1", text, pictures + 1), text=text, pictures=pictures) == Differs.CHANGED
    assert (
        compare(LivePost("1", text, pictures, is_hidden=True), text=text, pictures=pictures) == Differs.HIDDEN
    )
    assert compare(None, text=text, pictures=pictures) == Differs.GONE


def test_line_ends_and_outer_space_are_no_difference() -> None:
    assert compare(LivePost("1", "One\r\nTwo \n", 0), text=" One\nTwo", pictures=0) is None


@pytest.mark.clause("C78")
def test_it_is_read_soon_after_and_then_as_the_policy_says(desk: Desk, network: Scripted, post: Post) -> None:
    row = ReadBack.objects.get(delivery__post=post)
    assert row.due_at and row.due_at <= desk.now + timedelta(minutes=2)
    row = read(desk)
    assert row.read_at and row.due_at == row.read_at + timedelta(hours=24)
    assert not Difference.objects.exists()
    Delivery.objects.update(done_at=desk.now - timedelta(days=30))
    assert read(desk).due_at is None


@pytest.mark.parametrize("loose", [{"read_back_every_hours": 25}, {"read_back_days": 29}])
def test_the_schedule_has_a_floor(loose: dict[str, int]) -> None:
    with pytest.raises(TooLoose):
        Parameters.from_json(loose)


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("there", "kind"),
    [
        (LivePost("1_1", "Cake day. Bring a bowl.", 0), "changed"),
        (LivePost("1_1", WORDS, 1), "changed"),
        (LivePost("1_1", WORDS, 0, is_hidden=True), "hidden"),
        (None, "gone"),
    ],
)
def test_a_difference_is_a_finding_with_both(
    desk: Desk, network: Scripted, post: Post, there: LivePost | None, kind: str
) -> None:
    network.page.clear()
    if there:
        network.page["1_1"] = there
    for _ in range(2):
        read(desk)
    found = Difference.objects.get()
    assert (found.kind, found.closed_at, found.approved_text) == (kind, None, WORDS)
    assert (found.text, found.pictures) == ((there.text, there.pictures) if there else ("", 0))
    assert Entry.objects.filter(kind="publishing.differs").count() == 1


@pytest.mark.clause("C78")
@pytest.mark.parametrize("trouble", [Trouble(Unknown("half an answer")), ValueError("strange")])
def test_what_cannot_be_read_is_neither_the_same_nor_changed(
    desk: Desk, network: Scripted, post: Post, trouble: Exception
) -> None:
    network.page["1_1"] = trouble
    row = read(desk)
    assert row.read_at is None and row.failures == 1 and row.problem
    assert not Difference.objects.exists()
    Delivery.objects.update(done_at=desk.now - timedelta(hours=49))
    read(desk)
    assert Difference.objects.get().kind == "unread"
    network.page["1_1"] = SAME
    assert read(desk).problem == ""
    assert Difference.objects.get().closed_at


def test_a_throttle_is_waited_for(desk: Desk, network: Scripted, post: Post) -> None:
    network.page["1_1"] = Trouble(Refused(RefusalKind.THROTTLED, "Slow", retry_after=7200))
    row = read(desk)
    assert row.due_at and row.due_at >= desk.now + timedelta(seconds=7200)


@pytest.mark.clause("C40")
@pytest.mark.clause("C28")
def test_a_finding_stays_until_a_fit_person_says_what_was_done(
    desk: Desk, network: Scripted, post: Post
) -> None:
    network.page["1_1"] = LivePost("1_1", "Cake day.", 0)
    read(desk)
    network.page["1_1"] = SAME
    desk.now += timedelta(minutes=1)
    read(desk)
    found = Difference.objects.select_related("delivery__read_back").get()
    assert found.closed_at is None and found.is_over
    for person in (desk.cast.tom, desk.cast.gwen, desk.cast.outsider):
        with pytest.raises(NotAllowed):
            services.close_difference(actor=person, difference=found, reason="All well", at=desk.now)
    with pytest.raises(services.Refusal, match="why"):
        services.close_difference(actor=desk.cast.priya, difference=found, reason="", at=desk.now)
    services.close_difference(actor=desk.cast.priya, difference=found, reason="Put back by hand", at=desk.now)
    found.refresh_from_db()
    assert (found.closed_by, found.closed_why) == (desk.cast.priya, "Put back by hand")
    entry = Entry.objects.get(kind="publishing.difference_closed")
    assert entry.actor == str(desk.cast.priya.id)
    with pytest.raises(services.Refusal, match="already"):
        services.close_difference(actor=desk.cast.kofi, difference=found, reason="Me too", at=desk.now)


@pytest.mark.clause("C78")
def test_another_change_is_another_finding_and_both_are_kept(
    desk: Desk, network: Scripted, post: Post
) -> None:
    for words in ("Cake day.", "Beer day."):
        network.page["1_1"] = LivePost("1_1", words, 0)
        read(desk)
    first, last = Difference.objects.order_by("found_at")
    assert (first.text, last.text) == ("Cake day.", "Beer day.")
    assert first.closed_at and not last.closed_at


def test_what_is_being_taken_down_is_not_missed(desk: Desk, network: Scripted, post: Post) -> None:
    network.page["1_1"] = LivePost("1_1", "Cake day.", 0)
    read(desk)
    services.take_down(actor=desk.cast.priya, post=post, reason="Changed there", at=desk.now)
    del network.page["1_1"]
    read(desk)
    assert Difference.objects.get().kind == "changed"
    taking_down.sweep(desk.now, "test")
    assert Difference.objects.get().closed_why == "It was taken down."
    read(desk)
    assert Difference.objects.count() == 1


def test_somebody_may_ask_for_a_reading_now(desk: Desk, network: Scripted, post: Post) -> None:
    read(desk)
    row = Delivery.objects.get(post=post)
    with pytest.raises(NotAllowed):
        services.read_now(actor=desk.cast.tom, delivery=row, at=desk.now)
    services.read_now(actor=desk.cast.priya, delivery=row, at=desk.now)
    assert ReadBack.objects.get().due_at == desk.now
    Delivery.objects.update(state="taken_down")
    with pytest.raises(services.Refusal):
        services.read_now(actor=desk.cast.priya, delivery=row, at=desk.now)


def test_two_workers_read_once(desk: Desk, network: Scripted, post: Post) -> None:
    ReadBack.objects.update(due_at=desk.now)
    pk = ReadBack.objects.get().pk
    assert reading_back._read(pk, desk.now) and not reading_back._read(pk, desk.now)
