"""Each single condition of the gate by itself, with everything else as it should be.

`tests.mutation` takes the conditions out one at a time; what the other tests would not notice is noticed here.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError
from django.db.models import Model, QuerySet
from django.utils import timezone

from stairgate.ledger.models import Entry
from stairgate.ledger.services import LedgerError
from stairgate.networks import base
from stairgate.networks.base import Account, Outgoing, Secret
from stairgate.organisations.models import User
from stairgate.policies.services import adopt
from stairgate.publishing import gate, gate_facts
from stairgate.publishing.content import PictureUse
from stairgate.publishing.gate import Closed, Opened, open_gate
from stairgate.publishing.models import Answer, Approval, Attempt, Delivery, Picture, Post, Revision
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.screening import Action, Screening, Severity
from tests.publishing.by_hand import approval_by_hand, delivery_by_hand
from tests.publishing.conftest import Desk, fill_the_ledger
from tests.publishing.test_gate import sign_all
from tests.publishing.test_rules import finding

pytestmark = pytest.mark.django_db


def try_gate(desk: Desk, row: Delivery, after: float = 0) -> Opened | Closed:
    return open_gate(delivery_id=row.pk, worker="w", now=desk.now + timedelta(seconds=after))


def shut_words(desk: Desk, row: Delivery) -> list[str]:
    result = try_gate(desk, row)
    assert isinstance(result, Closed)
    return [barrier.says for barrier in result.barriers]


def ready(desk: Desk, revision: Revision | None = None, by: User | None = None) -> Delivery:
    """A delivery to which nothing is lacking, but that no service made it."""
    revision = revision or desk.save()
    approval_by_hand(desk, revision, by or desk.cast.kofi)
    return delivery_by_hand(desk, revision)


def picture(desk: Desk) -> Picture:
    row = Picture(
        organisation=desk.cast.organisation,
        sha256=hashlib.sha256(b"pixels").hexdigest(),
        media_type="image/jpeg",
        width=1,
        height=1,
        added_by=desk.cast.tom,
        added_at=desk.now,
    )
    row.file.save(f"{row.pk}", ContentFile(b"pixels"), save=False)
    row.save()
    return row


# --- what opens it, and what it writes down as it opens ---


def test_it_opens_and_writes_down_everything(desk: Desk) -> None:
    row = ready(desk)
    Delivery.objects.update(reason="old words", looks_absent=2)
    opened = try_gate(desk, row)
    assert isinstance(opened, Opened)
    row.refresh_from_db()
    assert (row.state, row.reason, row.lease_owner, row.looks_absent) == (DeliveryState.SENDING, "", "w", 0)
    assert row.lease_until == desk.now + timedelta(seconds=120)
    attempt = Attempt.objects.get()
    assert (attempt.pk, attempt.number, attempt.worker) == (opened.attempt, 1, "w")
    assert attempt.opened_at == desk.now
    assert Post.objects.get().state == PostState.SENDING
    entry = Entry.objects.get(kind="publishing.gate_opened")
    assert entry.body is not None and entry.body["attempt"] == 1 and entry.body["delivery"] == str(row.pk)
    passage = opened.passage
    assert (passage.delivery_id, passage.key) == (str(row.pk), row.pk.hex)
    assert (passage.opened_at, passage.good_for) == (desk.now, 60)
    assert passage.account.account_id == "100000000000001"
    assert passage.spend() == Outgoing(row.revision.text, (), None) and passage.content.reply_to is None


def test_it_opens_once(desk: Desk) -> None:
    row = ready(desk)
    assert isinstance(try_gate(desk, row), Opened)
    assert try_gate(desk, row) == Closed(())
    row.refresh_from_db()
    assert row.state == DeliveryState.SENDING and Attempt.objects.count() == 1


def test_it_opens_for_the_delivery_asked_about(desk: Desk) -> None:
    ready(desk)
    second = ready(desk, desk.save("Soup day."))
    opened = try_gate(desk, second)
    assert isinstance(opened, Opened) and opened.passage.content.text == "Soup day."


def test_there_is_nothing_to_open_for_what_is_not_there(desk: Desk) -> None:
    assert open_gate(delivery_id=uuid4(), worker="w", now=desk.now) == Closed(())


def test_a_reply_keeps_its_address(desk: Desk) -> None:
    revision = desk.save()
    Post.objects.update(reply_to="1_2")
    revision.post.refresh_from_db()
    sealed = gate_facts.digest_of(Outgoing(revision.text, (), "1_2"), revision)
    Revision.objects.update(digest=sealed)
    revision.refresh_from_db()
    opened = try_gate(desk, ready(desk, revision))
    assert isinstance(opened, Opened) and opened.passage.content.reply_to == "1_2"


def test_the_post_is_locked_before_the_delivery(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """On both databases alike: SQLite shows no lock in its SQL, so we listen to who asks for one."""
    locked: list[type[Model]] = []
    lock = QuerySet.select_for_update

    def listening(query: QuerySet[Any], *given: Any, **named: Any) -> QuerySet[Any]:
        locked.append(query.model)
        return lock(query, *given, **named)

    row = ready(desk)
    monkeypatch.setattr(QuerySet, "select_for_update", listening)
    try_gate(desk, row)
    assert locked[:2] == [Post, Delivery]


# --- what shuts it ---

APPROVED = {
    *(PostState.APPROVED, PostState.SENDING, PostState.HELD, PostState.UNKNOWN),
    *(PostState.BY_HAND, PostState.POSTED),
}


@pytest.mark.clause("C78")
@pytest.mark.parametrize("state", sorted(set(PostState) - APPROVED))
def test_only_an_approved_post_goes_out(desk: Desk, state: PostState) -> None:
    row = ready(desk)
    Post.objects.update(state=state)
    assert not gate_facts.facts_of(row_of(row), row.revision.digest, desk.now).post_is_approved


def row_of(row: Delivery) -> Delivery:
    return Delivery.objects.select_related("post", "revision", "channel__organisation").get(pk=row.pk)


@pytest.mark.clause("C78")
def test_a_newer_version_shuts_it(desk: Desk) -> None:
    row = ready(desk)
    Revision.objects.create(
        post=row.post, number=2, text="Newer", created_by=desk.cast.tom, created_at=desk.now, digest="d"
    )
    assert shut_words(desk, row) == ["It changed after it was approved."]


@pytest.mark.clause("C78")
def test_a_picture_that_cannot_be_read_shuts_it(desk: Desk) -> None:
    shown = picture(desk)
    row = ready(desk, desk.save(pictures=(PictureUse(shown.pk, "Boots", "nobody"),)))
    shown.file.delete(save=False)
    Picture.objects.update(file="gone")
    assert shut_words(desk, row)[0] == "It changed after it was approved."


@pytest.mark.clause("C35")
@pytest.mark.parametrize("shows", ["children", ""])
def test_who_can_be_seen_in_a_picture_is_asked_at_the_gate(desk: Desk, shows: str) -> None:
    row = ready(desk, desk.save(pictures=(PictureUse(picture(desk).pk, "Boots", shows),)))
    result = try_gate(desk, row)
    assert isinstance(result, Closed) and {barrier.clause for barrier in result.barriers} == {"C35"}


@pytest.mark.clause("C35")
def test_a_policy_that_allows_children_in_pictures_is_asked_too(desk: Desk) -> None:
    version = adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="Words.",
        parameters=replace(desk.cast.policy.parameters, identifiable_children=True),
        at=desk.now,
    )
    sign_all(desk, version)
    row = ready(desk, desk.save(pictures=(PictureUse(picture(desk).pk, "Boots", "children"),)))
    assert isinstance(try_gate(desk, row), Opened)


@pytest.mark.clause("C79")
def test_words_are_screened_again_at_the_gate(desk: Desk) -> None:
    row = ready(desk, desk.save("Any questions, text Tom on 07700 900142."))
    result = try_gate(desk, row)
    assert isinstance(result, Closed) and "C79" in {barrier.clause for barrier in result.barriers}


@pytest.mark.clause("C40")
@pytest.mark.parametrize("kept", [True, False])
def test_what_was_kept_with_a_reason_passes_and_what_was_not_does_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    look = finding(Severity.LOOK)
    monkeypatch.setattr(gate_facts, "screen_revision", lambda *given: Screening((look,), Action.LOOK, "1"))
    row = ready(desk)
    if kept:
        Answer.objects.create(
            post=row.post,
            finding_key=look.key,
            words="x",
            reason="It is our office.",
            answered_by=desk.cast.tom,
            answered_at=desk.now,
        )
    assert isinstance(try_gate(desk, row), Opened if kept else Closed)


@pytest.mark.clause("C04")
def test_a_delivery_of_another_setting_shuts_it(desk: Desk) -> None:
    row = ready(desk)
    Delivery.objects.update(organisation=desk.cast.elsewhere)
    assert "This account was not part of what was approved." in shut_words(desk, row)


@pytest.mark.clause("C04")
def test_an_account_the_version_does_not_name_shuts_it(desk: Desk) -> None:
    row = ready(desk)
    Revision.objects.update(channel_ids=[])
    assert "This account was not part of what was approved." in shut_words(desk, row)


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"expires_at": timezone.now() - timedelta(days=1)}, "The approval is too old."),
        ({"voided_at": timezone.now()}, "A second person has not approved exactly this."),
        ({"digest": "0" * 64}, "What was approved is not what would go out."),
    ],
)
def test_an_approval_that_does_not_hold_shuts_it(desk: Desk, change: dict[str, Any], words: str) -> None:
    row = ready(desk)
    Approval.objects.update(**change)
    assert shut_words(desk, row) == [words]


@pytest.mark.clause("C78")
def test_an_approval_of_another_post_shuts_it(desk: Desk) -> None:
    row = ready(desk)
    Approval.objects.update(post=desk.save("Another").post)
    assert shut_words(desk, row) == ["A second person has not approved exactly this."]


@pytest.mark.clause("C78")
def test_an_approval_of_an_older_version_in_the_same_words_shuts_it(desk: Desk) -> None:
    first = desk.save("The same.")
    approval_by_hand(desk, first, desk.cast.kofi)
    desk.save("Other.", post=first.post)
    last = desk.save("The same.", post=first.post)
    Approval.objects.update(voided_at=None)
    assert last.digest == first.digest
    assert shut_words(desk, delivery_by_hand(desk, last)) == [
        "A second person has not approved exactly this."
    ]


@pytest.mark.clause("C78")
@pytest.mark.parametrize("role", ["author", "writer", "kept a reason"])
def test_nobody_who_had_a_hand_in_it_opens_it(desk: Desk, role: str) -> None:
    revision = desk.save(by=desk.cast.kofi if role == "author" else desk.cast.tom)
    if role == "writer":
        desk.save("Kofi’s words.", post=revision.post, by=desk.cast.kofi)
    if role != "kept a reason":
        revision = desk.save("Tom’s words.", post=revision.post)
    else:
        Answer.objects.create(
            post=revision.post,
            finding_key="k",
            words="x",
            reason="Fine.",
            answered_by=desk.cast.kofi,
            answered_at=desk.now,
        )
    row = ready(desk, revision, by=desk.cast.kofi)
    assert shut_words(desk, row) == ["A second person has not approved exactly this."]


@pytest.mark.clause("C78")
def test_an_approver_from_another_setting_does_not_open_it(desk: Desk) -> None:
    row = ready(desk, by=desk.cast.outsider)
    assert "Oona no longer works here." in shut_words(desk, row)[0]


def test_without_a_policy_it_stays_shut_and_says_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ready(desk)
    monkeypatch.setattr(gate_facts, "in_force", lambda organisation: None)
    words = shut_words(desk, row)
    assert words and not any("could be checked" in says for says in words)


# --- what a shut gate leaves behind ---


def test_a_shut_gate_cancels_only_what_waits_and_voids_only_what_lives(desk: Desk) -> None:
    row = ready(desk)
    other = Approval.objects.create(
        post=row.post,
        revision=row.revision,
        digest="x",
        approver=desk.cast.priya,
        policy=desk.cast.policy,
        approved_at=desk.now,
        confirmed="All of this is so.",
        expires_at=desk.now,
        voided_at=desk.now,
        void_reason="An older reason",
    )
    done = Delivery.objects.create(
        organisation=row.organisation,
        post=row.post,
        revision=row.revision,
        channel=second_page(desk),
        state=DeliveryState.DONE,
        send_at=desk.now,
        due_at=desk.now,
        created_at=desk.now,
    )
    Revision.objects.update(text="Changed behind our back")
    reason = " ".join(shut_words(desk, row))
    for changed in (row, done, other):
        changed.refresh_from_db()
    assert (row.state, row.reason) == (DeliveryState.CANCELLED, reason)
    assert done.state == DeliveryState.DONE and other.void_reason == "An older reason"
    assert Approval.objects.get(approver=desk.cast.kofi).void_reason == reason[:300]
    assert Post.objects.get().state == PostState.HELD
    entry = Entry.objects.get(kind="publishing.gate_shut")
    assert entry.body is not None
    assert entry.body["clauses"] == ["C78"] and entry.body["reason"] == reason


def second_page(desk: Desk) -> Any:
    from stairgate.channels.services import Credentials
    from tests.accounts import open_account

    nowhere = Credentials("http://127.0.0.1:9", "100000000000002", Secret("not-a-token"))
    return open_account(desk.cast.nursery, nowhere, desk.now, name="Second page")


def test_a_database_in_trouble_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    row = ready(desk)

    def busy(*given: object) -> None:
        raise OperationalError("busy")

    monkeypatch.setattr(gate, "facts_of", busy)
    with pytest.raises(OperationalError):
        try_gate(desk, row)
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING


def boom(*given: object, **named: object) -> None:
    raise RuntimeError("boom")


def test_a_surprise_about_what_is_not_due_any_more_shuts_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready(desk)
    Delivery.objects.update(due_at=desk.now + timedelta(hours=1))
    monkeypatch.setattr(gate, "_open", boom)
    assert try_gate(desk, row) == Closed(())


def test_a_gate_that_cannot_write_down_that_it_stayed_shut_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ready(desk)
    monkeypatch.setattr(gate, "_open", boom)
    fill_the_ledger(monkeypatch)
    with pytest.raises(LedgerError):
        try_gate(desk, row)
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING and Approval.objects.get().voided_at is None


# --- the passage ---


def test_a_passage_is_spent_under_its_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads with one passage: the second waits until the first has spent it."""
    passage = base.Passage(
        seal=base._SEAL,
        outgoing=Outgoing("x"),
        account=Account("", "", Secret("")),
        delivery_id="",
        key="",
        opened_at=timezone.now(),
        good_for=60,
    )
    held: list[bool] = []
    monotonic = time.monotonic

    def watched() -> float:
        held.append(passage._lock.locked())
        return monotonic()

    monkeypatch.setattr(time, "monotonic", watched)
    passage.spend()
    monkeypatch.undo()
    assert held[0]
