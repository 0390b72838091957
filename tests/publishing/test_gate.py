"""The gate re-reads everything as it sends, and delivery tells the truth about what became of it."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from django.utils import timezone

from stairgate.channels.pausing import pause
from stairgate.channels.services import note_health
from stairgate.networks import base
from stairgate.networks.base import (
    Absent,
    Account,
    AlreadySpent,
    CannotTell,
    Done,
    Found,
    Health,
    Manual,
    Outgoing,
    Passage,
    RefusalKind,
    Refused,
    Secret,
    Unknown,
)
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.services import end_membership
from stairgate.people.models import Check, Training
from stairgate.people.services import withdraw_check
from stairgate.policies.models import PolicyVersion
from stairgate.policies.parameters import Parameters
from stairgate.policies.services import adopt
from stairgate.publishing import services
from stairgate.publishing.models import Attempt, Delivery, Post, Revision
from stairgate.publishing.states import DeliveryState, PostState
from tests.publishing.conftest import Desk, Scripted
from tests.signing import signed

pytestmark = pytest.mark.django_db


def sign_all(desk: Desk, version: PolicyVersion) -> None:
    for user in (desk.cast.priya, desk.cast.kofi, desk.cast.tom, desk.cast.gwen):
        signed(user, version, desk.now)


def fate(post: Post) -> tuple[str, str]:
    post.refresh_from_db()
    delivery = Delivery.objects.filter(post=post).latest("created_at")
    return post.state, delivery.state


def test_what_was_approved_goes_out_once_and_exactly(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    desk.sweep()
    desk.sweep()
    assert [outgoing.text for outgoing in network.published] == [Revision.objects.get().text]
    assert fate(post) == (PostState.PUBLISHED, DeliveryState.DONE)
    assert desk.delivery(post).external_id == "1_1"


def test_nothing_goes_out_before_its_time(desk: Desk, network: Scripted) -> None:
    desk.approved(send_at=desk.now + timedelta(hours=1))
    desk.sweep(after=3599)
    assert network.published == []
    desk.sweep(after=3601)
    assert len(network.published) == 1


@pytest.mark.clause("C78")
@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
@pytest.mark.clause("C17")
def test_people_are_checked_again_at_the_moment_of_sending(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    check = Check.objects.get(person__user=desk.cast.priya)
    withdraw_check(actor=desk.cast.priya, check=check, on=desk.cast.organisation.day(desk.now), at=desk.now)
    desk.sweep()
    assert network.published == []
    assert fate(post) == (PostState.LAPSED, DeliveryState.CANCELLED)
    assert "DBS" in post.state_reason


@pytest.mark.clause("C20")
def test_training_that_ran_out_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    Training.objects.filter(person__user=desk.cast.priya).update(
        expires_on=desk.cast.organisation.day(desk.now) - timedelta(days=1)
    )
    desk.sweep()
    assert network.published == [] and fate(post)[0] == PostState.LAPSED


@pytest.mark.clause("C17")
@pytest.mark.clause("C14")
def test_a_new_policy_nobody_signed_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="New words.",
        parameters=Parameters(),
        at=desk.now,
    )
    desk.sweep()
    assert network.published == [] and fate(post)[0] == PostState.LAPSED


@pytest.mark.clause("C78")
def test_a_policy_adopted_anew_lapses_the_approval_even_when_all_signed(
    desk: Desk, network: Scripted
) -> None:
    post = desk.approved()
    version = adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="New words.",
        parameters=Parameters(),
        at=desk.now,
    )
    sign_all(desk, version)
    desk.sweep()
    assert network.published == []
    assert "adopted anew" in Post.objects.get(pk=post.pk).state_reason


@pytest.mark.clause("C14")
def test_what_somebody_wrote_who_may_not_write_any_more_stays_at_the_gate(
    desk: Desk, network: Scripted
) -> None:
    post = desk.approved()
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.tom), at=desk.now)
    desk.sweep()
    assert network.published == []
    assert "Tom no longer works here" in Post.objects.get(pk=post.pk).state_reason


@pytest.mark.clause("C18")
def test_one_administrator_left_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.kofi), at=desk.now)
    desk.sweep()
    assert network.published == []
    assert "needs 2 administrators" in Post.objects.get(pk=post.pk).state_reason


@pytest.mark.clause("C105")
def test_an_overdue_review_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    PolicyVersion.objects.update(reviewed_at=desk.now - timedelta(days=366))
    desk.sweep()
    assert network.published == [] and "review is overdue" in Post.objects.get(pk=post.pk).state_reason


@pytest.mark.clause("C04")
def test_a_shut_or_broken_account_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    first = desk.approved()
    pause(actor=desk.cast.priya, channel=desk.cast.channel, reason="Something feels wrong", at=desk.now)
    desk.sweep()
    assert network.published == [] and fate(first)[0] == PostState.LAPSED


@pytest.mark.clause("C04")
def test_an_unproved_connection_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    desk.approved()
    note_health(
        channel=desk.cast.channel,
        health=Health(ok=False, checked_at=desk.now + timedelta(seconds=1), problems=("Token expired.",)),
    )
    desk.sweep()
    assert network.published == []


@pytest.mark.clause("C78")
def test_text_changed_behind_our_back_is_noticed(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    Revision.objects.filter(post=post).update(text="Something nobody approved")
    desk.sweep()
    assert (
        network.published == []
        and "changed after it was approved" in Post.objects.get(pk=post.pk).state_reason
    )


@pytest.mark.clause("C04")
def test_a_delivery_pointed_at_another_account_is_noticed(desk: Desk, network: Scripted) -> None:
    desk.approved()
    Revision.objects.update(channel_ids=[])
    desk.sweep()
    assert network.published == []


def test_a_delivery_without_an_approval_row_never_goes_out(desk: Desk, network: Scripted) -> None:
    """As in a peer's real code: a row for sending, and no approval behind it."""
    revision = desk.submitted()
    Post.objects.update(state=PostState.APPROVED)
    Delivery.objects.create(
        organisation=desk.cast.organisation,
        post=revision.post,
        revision=revision,
        channel=desk.cast.channel,
        send_at=desk.now,
        due_at=desk.now,
        created_at=desk.now,
    )
    desk.sweep()
    assert network.published == []


def test_a_late_post_asks_for_a_new_time_instead_of_firing(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    desk.sweep(after=31 * 60)
    assert network.published == [] and fate(post)[0] == PostState.LAPSED


def test_a_clock_behind_the_ledger_holds_everything(desk: Desk, network: Scripted) -> None:
    from stairgate.publishing.gate import Closed, open_gate

    post = desk.approved()
    row = desk.delivery(post)
    Delivery.objects.filter(pk=row.pk).update(due_at=desk.now - timedelta(days=1))
    result = open_gate(delivery_id=row.pk, worker="w", now=desk.now - timedelta(hours=1))
    assert isinstance(result, Closed) and "clock" in " ".join(b.says for b in result.barriers)


@pytest.mark.clause("C78")
def test_an_unknown_outcome_is_never_sent_again_without_a_look(desk: Desk, network: Scripted) -> None:
    network.answers = [Unknown("time-out")]
    post = desk.approved()
    desk.sweep()
    assert fate(post) == (PostState.UNKNOWN, DeliveryState.UNKNOWN)
    with pytest.raises(services.Refusal):
        services.send_again(actor=desk.cast.priya, delivery=desk.delivery(post), at=desk.now)
    network.looks = [Found("1_7", "http://page.example/7")]
    desk.sweep(after=90)
    assert fate(post) == (PostState.PUBLISHED, DeliveryState.DONE)
    assert len(network.published) == 1


def test_two_complete_looks_prove_it_is_not_there_and_a_person_sends_it_again(
    desk: Desk, network: Scripted
) -> None:
    network.answers = [Unknown("dropped")]
    network.looks = [Absent(3), CannotTell("half an answer"), Absent(3)]
    post = desk.approved()
    desk.sweep()
    for after in (90, 180, 270):
        assert fate(post)[1] == DeliveryState.UNKNOWN
        Delivery.objects.update(due_at=desk.now)
        desk.sweep(after=after)
    assert fate(post) == (PostState.HELD, DeliveryState.NOT_THERE)
    with pytest.raises(NotAllowed):
        services.send_again(actor=desk.cast.tom, delivery=desk.delivery(post), at=desk.now)
    services.send_again(actor=desk.cast.priya, delivery=desk.delivery(post), at=desk.now)
    desk.sweep()
    assert fate(post) == (PostState.PUBLISHED, DeliveryState.DONE)
    assert len(network.published) == 2


def test_a_worker_that_vanished_leaves_an_unknown_outcome(desk: Desk, network: Scripted) -> None:
    from stairgate.publishing.gate import Opened, open_gate

    post = desk.approved()
    opened = open_gate(delivery_id=desk.delivery(post).pk, worker="gone", now=desk.now)
    assert isinstance(opened, Opened)
    desk.sweep(after=60)
    assert fate(post) == (PostState.SENDING, DeliveryState.SENDING)
    desk.sweep(after=121)
    assert fate(post) == (PostState.UNKNOWN, DeliveryState.UNKNOWN)
    assert Attempt.objects.get().outcome == "lease_ran_out"
    assert network.published == []


def test_a_late_answer_from_a_worker_thought_dead_still_counts(desk: Desk, network: Scripted) -> None:
    from stairgate.publishing.delivery import settle
    from stairgate.publishing.gate import Opened, open_gate

    post = desk.approved()
    opened = open_gate(delivery_id=desk.delivery(post).pk, worker="slow", now=desk.now)
    assert isinstance(opened, Opened)
    desk.sweep(after=121)
    settle(attempt_id=opened.attempt, outcome=Done("1_9"), now=timezone.now())
    assert fate(post) == (PostState.PUBLISHED, DeliveryState.DONE)


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Refused(RefusalKind.INVALID, "Too long"), (PostState.HELD, DeliveryState.REFUSED)),
        (Refused(RefusalKind.BLOCKED, "Blocked"), (PostState.HELD, DeliveryState.REFUSED)),
        (Refused(RefusalKind.DUPLICATE, "Have it"), (PostState.UNKNOWN, DeliveryState.UNKNOWN)),
        (Refused(RefusalKind.THROTTLED, "Slow", retry_after=60), (PostState.APPROVED, DeliveryState.WAITING)),
        (Refused(RefusalKind.THROTTLED, "Slow", retry_after=7200), (PostState.HELD, DeliveryState.REFUSED)),
        (Refused(RefusalKind.UNREACHABLE, "No road"), (PostState.APPROVED, DeliveryState.WAITING)),
        (Manual("Paste this"), (PostState.BY_HAND, DeliveryState.MANUAL)),
        (ValueError("surprise"), (PostState.UNKNOWN, DeliveryState.UNKNOWN)),
    ],
)
def test_each_outcome_has_its_fate(
    desk: Desk, network: Scripted, outcome: base.Outcome, expected: tuple[str, str]
) -> None:
    network.answers = [outcome]
    post = desk.approved()
    desk.sweep()
    assert fate(post) == expected


def test_a_dead_token_restricts_the_account_at_once(desk: Desk, network: Scripted) -> None:
    network.answers = [Refused(RefusalKind.RECONNECT, "The connection has expired.")]
    desk.approved()
    desk.sweep()
    reading = desk.cast.channel.readings.first()
    assert reading is not None and not reading.ok


def test_trouble_while_staging_is_safe_to_try_again(desk: Desk, network: Scripted) -> None:
    network.staging = [Unknown("upload hung")]
    post = desk.approved()
    desk.sweep()
    assert fate(post)[1] == DeliveryState.WAITING and network.published == []
    desk.sweep(after=60)
    assert fate(post)[1] == DeliveryState.DONE


def test_more_than_one_copy_is_said_plainly(desk: Desk, network: Scripted) -> None:
    network.answers = [Unknown("time-out")]
    network.looks = [Found("1_7", "", times=2)]
    post = desk.approved()
    desk.sweep()
    desk.sweep(after=90)
    assert "2 times" in desk.delivery(post).reason


# --- the type itself ---


def test_nobody_but_the_gate_can_make_a_passage() -> None:
    with pytest.raises(TypeError):
        Passage(
            seal=object(),
            outgoing=Outgoing("x"),
            account=Account("", "", Secret("")),
            delivery_id="",
            key="",
            opened_at=timezone.now(),
            good_for=60,
        )
    with pytest.raises(RuntimeError):
        base.claim_mint()


def test_a_passage_is_spent_once(desk: Desk, network: Scripted) -> None:
    from stairgate.publishing.gate import Opened, open_gate

    opened = open_gate(delivery_id=desk.delivery(desk.approved()).pk, worker="w", now=desk.now)
    assert isinstance(opened, Opened)
    opened.passage.spend()
    with pytest.raises(AlreadySpent):
        opened.passage.spend()


def test_a_passage_held_too_long_sends_nothing(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    with override_settings(DELIVERY_LEASE_SECONDS=-1):
        desk.sweep()
    assert network.published == []
    assert fate(post)[1] == DeliveryState.WAITING


@pytest.mark.clause("C78")
def test_only_the_gate_names_the_mint() -> None:
    """By reading the source: nobody else imports it, and nobody else calls a client's publish."""
    import stairgate

    root = Path(stairgate.__file__).parent
    minting, publishing = set(), set()
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            named = getattr(node, "attr", "") or getattr(node, "id", "") or getattr(node, "name", "")
            if named in {"claim_mint", "_SEAL"}:
                minting.add(str(path.relative_to(root)))
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Attribute) and called.attr == "publish":
                publishing.add(str(path.relative_to(root)))
    assert minting == {"networks/base.py", "publishing/gate.py"}
    assert publishing == {"publishing/delivery.py"}


def test_a_secret_never_shows_itself() -> None:
    account = Account("http://x", "1", Secret("very secret"), app_secret=Secret("also secret"))
    assert "secret" not in repr(account).replace("app_secret", "").replace("Secret(", "")
    assert "very" not in f"{account.token}" and "very" not in f"{account.token!r}"
