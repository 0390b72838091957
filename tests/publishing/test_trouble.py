"""When something breaks inside: nothing goes out, it is said, and nobody else's post waits for it."""

from __future__ import annotations

import hashlib
import itertools
from datetime import timedelta
from types import ModuleType

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.db.models.fields.files import FieldFile

from stairgate.ledger.models import Entry
from stairgate.networks.base import Absent, Found, Unknown
from stairgate.pixels import CleanPicture
from stairgate.policies.models import PolicyVersion
from stairgate.publishing import delivery, gate, gate_facts, services
from stairgate.publishing.content import PictureUse
from stairgate.publishing.models import Approval, Attempt, Delivery, Picture, Post
from stairgate.publishing.services import drafts
from stairgate.publishing.states import DeliveryState, PostState
from tests.ledger.flushing import allow_flush
from tests.publishing.conftest import Desk, Scripted, fill_the_ledger

allow_flush()
pytestmark = pytest.mark.django_db


def boom(*given: object, **named: object) -> None:
    raise RuntimeError("boom")


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "part",
    [
        (gate_facts, "screen_revision"),
        (gate_facts, "channel_now"),
        (gate_facts, "load_outgoing"),
        (gate, "account_for"),
    ],
)
def test_what_cannot_be_checked_keeps_the_gate_shut_and_says_so(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch, part: tuple[ModuleType, str]
) -> None:
    post = desk.approved()
    monkeypatch.setattr(*part, boom)
    desk.sweep()
    post.refresh_from_db()
    assert network.published == [] and not Attempt.objects.exists()
    assert (post.state, desk.delivery(post).state) == (PostState.LAPSED, DeliveryState.CANCELLED)
    assert "could be checked" in post.state_reason
    assert not Approval.objects.filter(voided_at__isnull=True).exists()


@pytest.mark.clause("C78")
def test_a_policy_looser_than_its_floor_keeps_the_gate_shut(desk: Desk, network: Scripted) -> None:
    post = desk.approved()
    PolicyVersion.objects.update(parameters_json={"approvers": 0})
    desk.sweep()
    post.refresh_from_db()
    assert network.published == [] and "TooLoose" in post.state_reason


@pytest.mark.clause("C28")
def test_a_ledger_that_cannot_be_written_sends_nothing_and_changes_nothing(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = desk.approved()
    fill_the_ledger(monkeypatch)
    with pytest.raises(ExceptionGroup):
        desk.sweep()
    assert network.published == [] and desk.delivery(post).state == DeliveryState.WAITING


def test_one_delivery_in_trouble_stops_none_of_the_others(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.answers = [Unknown("time-out")]
    unknown = desk.approved(text="The one to look for.")
    desk.sweep()
    stuck, good = desk.approved(text="The one in trouble."), desk.approved(text="The one behind it.")
    Delivery.objects.filter(post=stuck).update(due_at=desk.now - timedelta(minutes=1))
    Delivery.objects.filter(post=unknown).update(due_at=desk.now)
    network.looks = [Found("1_7")]
    opens = gate.open_gate

    def troubled(*, delivery_id: object, **more: object) -> object:
        if delivery_id == desk.delivery(stuck).pk:
            raise OperationalError("the database is busy")
        return opens(delivery_id=delivery_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(delivery, "open_gate", troubled)
    with pytest.raises(ExceptionGroup):
        desk.sweep()
    states = {post.pk: post.state for post in Post.objects.all()}
    assert states[good.pk] == states[unknown.pk] == PostState.PUBLISHED
    assert states[stuck.pk] == PostState.APPROVED


@pytest.mark.clause("C78")
def test_an_impatient_look_proves_nothing(desk: Desk, network: Scripted) -> None:
    """A page shows late what it took; two looks in two seconds must not bring it there twice."""
    network.answers = [Unknown("time-out")]
    post = desk.approved()
    desk.sweep()
    for after, state in itertools.chain(
        ((second, DeliveryState.UNKNOWN) for second in (1, 2, 3)),
        ((100, DeliveryState.UNKNOWN), (101, DeliveryState.UNKNOWN), (161, DeliveryState.NOT_THERE)),
    ):
        network.looks = [Absent(3)]
        services.look_again(actor=desk.cast.priya, delivery=desk.delivery(post), at=desk.now)
        desk.sweep(after=after)
        assert desk.delivery(post).state == state, after
    assert Entry.objects.filter(kind="publishing.look_asked").count() == 6


def test_an_impatient_look_that_finds_it_counts_at_once(desk: Desk, network: Scripted) -> None:
    network.answers, network.looks = [Unknown("time-out")], [Found("1_7")]
    post = desk.approved()
    desk.sweep()
    services.look_again(actor=desk.cast.priya, delivery=desk.delivery(post), at=desk.now)
    desk.sweep(after=1)
    assert desk.delivery(post).state == DeliveryState.DONE


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_database_while_a_photo_is_read(
    transactional_db: None, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hostile file is read for half a minute; a transaction around that would hold up everybody."""

    def clean(data: bytes) -> CleanPicture:
        assert not connection.in_atomic_block
        return CleanPicture(data, "image/jpeg", 1, 1, "0" * 64)

    monkeypatch.setattr(drafts, "clean", clean)
    picture = services.add_picture(
        actor=desk.cast.tom, organisation=desk.cast.organisation, data=b"x", at=desk.now
    )
    entry = Entry.objects.get(kind="publishing.picture_added")
    assert entry.subject == str(picture.pk) and entry.body == {"sha256": "0" * 64}


@pytest.mark.clause("C78")
def test_the_bytes_that_are_checked_are_the_bytes_that_go_out(
    desk: Desk, network: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who swaps the file between the check and the sending swaps it too late."""
    file, reads = ContentFile(b"what was approved"), []
    picture = Picture(
        organisation=desk.cast.organisation,
        sha256=hashlib.sha256(b"what was approved").hexdigest(),
        media_type="image/jpeg",
        width=1,
        height=1,
        added_by=desk.cast.tom,
        added_at=desk.now,
    )
    picture.file.save("swapped", file, save=False)
    picture.save()
    desk.approved(pictures=(PictureUse(picture.pk, "Three pumpkins", "nobody"),))
    opened = FieldFile.open

    def swap(self: FieldFile, mode: str = "rb") -> object:
        reads.append(self.name)
        return ContentFile(b"something else") if len(reads) > 1 else opened(self, mode)

    monkeypatch.setattr(FieldFile, "open", swap)
    desk.sweep()
    assert [sent.data for sent in network.published[0].pictures] == [b"what was approved"]
