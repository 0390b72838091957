"""What was found in the code of other tools for the same work, each as a test: here it cannot happen.

One test a failure, named after it. The last two speak to the practice network over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection
from django.db.models import Model, ProtectedError

from stairgate.channels.services import network_for
from stairgate.networks.base import Done, Staged
from stairgate.networks.facebook.graph import Graph
from stairgate.organisations.access import NotAllowed
from stairgate.publishing import services
from stairgate.publishing.gate import Opened, open_gate
from stairgate.publishing.models import Approval, Delivery, Post, Revision
from stairgate.publishing.states import DeliveryState, PostState
from tests.cast import willow_lane
from tests.ledger.flushing import allow_flush
from tests.practice.fixtures import Practice
from tests.publishing.by_hand import approval_by_hand, delivery_by_hand
from tests.publishing.conftest import Desk, Scripted

allow_flush()
pytestmark = pytest.mark.django_db

WORDS = "Puddle day! Everyone came back muddy and happy."


@pytest.mark.clause("C78")
def test_a_post_without_an_approval_row_does_not_go_out(desk: Desk, network: Scripted) -> None:
    row = delivery_by_hand(desk, desk.submitted())
    desk.sweep()
    row.refresh_from_db()
    assert network.published == [] and row.state == DeliveryState.CANCELLED
    assert "A second person has not approved exactly this." in row.reason


def edit(desk: Desk, post: Post) -> None:
    desk.save("Something nobody approved.", post=post)


def change_the_row(desk: Desk, post: Post) -> None:
    Revision.objects.filter(post=post).update(text="Something nobody approved.")


def swap_the_version(desk: Desk, post: Post) -> None:
    """A newer version under the approved delivery, without the service that would have voided it."""
    old = post.revisions.get()
    new = Revision.objects.create(
        post=post,
        number=2,
        text="Something nobody approved.",
        channel_ids=old.channel_ids,
        digest=old.digest,
        created_by=old.created_by,
        created_at=desk.now,
    )
    Delivery.objects.filter(post=post).update(revision=new)
    Approval.objects.filter(post=post).update(revision=new)


@pytest.mark.clause("C78")
@pytest.mark.parametrize("change", [edit, change_the_row, swap_the_version])
def test_an_approved_text_cannot_be_changed_afterwards(
    desk: Desk, network: Scripted, change: Callable[[Desk, Post], None]
) -> None:
    post = desk.approved()
    change(desk, post)
    desk.sweep()
    post.refresh_from_db()
    assert network.published == []
    assert post.state in {PostState.DRAFT, PostState.LAPSED}
    assert not post.approvals.filter(voided_at__isnull=True).exists()


@pytest.mark.clause("C78")
def test_authors_cannot_approve_themselves(desk: Desk, network: Scripted) -> None:
    """Not through the service, and not by a row: Priya may approve, but she wrote this."""
    revision = desk.save(by=desk.cast.priya)
    services.submit(actor=desk.cast.priya, post=revision.post, at=desk.now)
    with pytest.raises(NotAllowed, match="You wrote this"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )
    approval_by_hand(desk, revision, desk.cast.priya)
    row = delivery_by_hand(desk, revision)
    desk.sweep()
    row.refresh_from_db()
    assert network.published == [] and row.state == DeliveryState.CANCELLED


@pytest.mark.clause("C78")
def test_what_an_author_cannot_approve_somebody_else_can(desk: Desk, network: Scripted) -> None:
    """The same two rows from Kofi's hand do open the gate: it was the author that shut it."""
    revision = desk.save(by=desk.cast.priya)
    approval_by_hand(desk, revision, desk.cast.kofi)
    delivery_by_hand(desk, revision)
    desk.sweep()
    assert [sent.text for sent in network.published] == [WORDS]


@pytest.mark.clause("C78")
def test_deleting_a_post_cannot_delete_its_approvals(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    history: tuple[Model, ...] = (post, post.revisions.get())
    for row in history:
        with pytest.raises(ProtectedError):
            row.delete()
    with pytest.raises(ProtectedError):
        Post.objects.all().delete()
    services.withdraw(actor=desk.cast.tom, post=post, reason="Not today", at=desk.now)
    assert post.approvals.get().approver == desk.cast.priya


@pytest.mark.clause("C78")
@pytest.mark.django_db(transaction=True)
def test_deleting_a_post_at_the_database_is_refused_too(transactional_db: None, desk: Desk) -> None:
    post = desk.approved()
    key = Post._meta.pk.get_db_prep_value(post.pk, connection)
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM publishing_post WHERE id = %s", [key])
    assert Approval.objects.get().post_id == post.pk


# --- over HTTP, with the practice network ---


@pytest.fixture
def real(db: None, now: datetime, practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Willow Lane with its page on the practice network, and a client that gives up after a second."""
    exchange = Graph._exchange
    monkeypatch.setattr(Graph, "_exchange", lambda graph, request, seconds: exchange(graph, request, 1.0))
    return Desk(willow_lane(now, credentials=practice.credentials), now)


def copies(practice: Practice) -> int:
    return practice.public_page().count(WORDS)


@pytest.mark.clause("C78")
@pytest.mark.parametrize("kind", ["hang", "drop", "server_error_after"])
def test_a_time_out_does_not_make_four_copies_in_six_polls(real: Desk, practice: Practice, kind: str) -> None:
    post = real.approved(text=WORDS)
    practice.fault(kind, "POST /feed", seconds=2)
    real.sweep()
    assert real.delivery(post).state == DeliveryState.UNKNOWN
    practice.fault("throttle", "GET /me", times=3)
    for poll in range(1, 7):
        real.sweep(after=90 * poll)
        assert copies(practice) == 1
    assert real.delivery(post).state == DeliveryState.DONE
    writes = [row for row in practice.log() if row["method"] == "POST" and row["path"].endswith("/feed")]
    assert len(writes) == 1


@pytest.mark.clause("C78")
@pytest.mark.parametrize("sent", [True, False])
def test_a_dead_worker_does_not_leave_a_post_publishing_for_ever(
    real: Desk, practice: Practice, sent: bool
) -> None:
    """The worker opened the gate, perhaps published, and was never heard of again."""
    post = real.approved(text=WORDS)
    opened = open_gate(delivery_id=real.delivery(post).pk, worker="dead", now=real.now)
    assert isinstance(opened, Opened)
    if sent:
        assert isinstance(network_for(real.cast.channel).publish(opened.passage, Staged()), Done)
    for after in (121, 300, 400):
        real.sweep(after=after)
    row = real.delivery(post)
    assert row.state == (DeliveryState.DONE if sent else DeliveryState.NOT_THERE)
    if not sent:
        services.send_again(actor=real.cast.priya, delivery=row, at=real.now + timedelta(seconds=400))
        real.sweep(after=401)
    post.refresh_from_db()
    assert post.state == PostState.PUBLISHED and copies(practice) == 1
