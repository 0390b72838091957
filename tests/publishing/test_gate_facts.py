"""What the gate re-reads, one fact at a time: what it is for, what paused it, whom it answers, what it locks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet

from stairgate.channels.models import ONLINE_SAFETY, Channel
from stairgate.channels.pausing import ask_to_open, confirm_opening, pause
from stairgate.ledger.services import LedgerError
from stairgate.networks import base
from stairgate.networks.base import Account, Outgoing, Secret
from stairgate.publishing.content import PictureUse, digest
from stairgate.publishing.gate import Closed, Opened, lapse_early
from stairgate.publishing.gate_facts import written_by
from stairgate.publishing.models import (
    Answer,
    Approval,
    Delivery,
    Post,
    Revision,
    Suggestion,
    UrgentVersion,
)
from stairgate.publishing.states import DeliveryState
from tests.cast import PURPOSE
from tests.publishing.by_hand import approval_by_hand, delivery_by_hand
from tests.publishing.conftest import Desk, fill_the_ledger
from tests.publishing.test_gate_conditions import picture, ready, shut_words, try_gate
from tests.publishing.urgent_desk import Urgent

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C78")]


def paused_for_a_moment(desk: Desk) -> None:
    """Pause the account and open it again; a second passes before, between and after."""
    desk.now += timedelta(seconds=1)
    held = pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Worrying", at=desk.now)
    ask_to_open(actor=desk.cast.priya, pause=held, reason="Looked into", at=desk.now)
    confirm_opening(actor=desk.cast.kofi, pause=held, at=desk.now)
    desk.now += timedelta(seconds=1)


# --- what it is for, and whom it answers ---


@pytest.mark.clause("C03")
def test_a_purpose_the_account_was_not_authorised_for_shuts_it(desk: Desk) -> None:
    assert shut_words(desk, ready(desk, desk.save(purpose="Selling my car"))) == [
        "The page was not authorised for what this post is for. Choose its purpose again."
    ]


@pytest.mark.clause("C42")
def test_a_post_about_online_safety_goes_to_every_account(desk: Desk) -> None:
    assert ONLINE_SAFETY not in desk.cast.channel.purposes
    assert isinstance(try_gate(desk, ready(desk, desk.save(purpose=ONLINE_SAFETY))), Opened)
    assert Channel(purposes=["News", "online safety"]).serves == ("News", "online safety")


@pytest.mark.clause("C03")
def test_a_purpose_taken_from_the_account_since_shuts_it(desk: Desk) -> None:
    row = ready(desk, desk.save(purpose=PURPOSE))
    desk.cast.channel.purposes = ["Something else"]
    desk.cast.channel.save()
    assert any("not authorised" in words for words in shut_words(desk, row))


@pytest.mark.clause("C59")
@pytest.mark.parametrize(("exact", "with_picture", "opens"), [(1, 0, True), (0, 0, False), (1, 1, False)])
def test_only_the_fixed_words_alone_answer_a_child(
    desk: Desk, exact: int, with_picture: int, opens: bool
) -> None:
    words = desk.cast.policy.parameters.signpost_text if exact else "Hello you."
    used = (PictureUse(picture(desk).pk, "A puddle", "nobody"),) if with_picture else ()
    row = ready(desk, desk.save(words, pictures=used))
    Post.objects.update(only_signpost=True)
    result = try_gate(desk, row)
    assert isinstance(result, Opened) is opens
    if isinstance(result, Closed):
        assert [barrier.clause for barrier in result.barriers] == ["C59"]


@pytest.mark.clause("C59")
def test_anybody_else_may_be_answered_in_other_words(desk: Desk) -> None:
    assert isinstance(try_gate(desk, ready(desk, desk.save("Hello you."))), Opened)


@pytest.mark.parametrize(("sealed_for", "opens"), [("1_2", True), ("", False), ("3_4", False)])
def test_a_reply_goes_where_it_was_approved_for(desk: Desk, sealed_for: str, opens: bool) -> None:
    revision = desk.save("We open at eight.")
    Post.objects.update(reply_to="1_2")
    Revision.objects.update(
        digest=digest(
            text=revision.text,
            pictures=(),
            channel_ids=(desk.cast.channel.id,),
            purpose=revision.purpose,
            send_at=None,
            reply_to=sealed_for,
        )
    )
    row = ready(desk, Revision.objects.select_related("post").get())
    assert isinstance(try_gate(desk, row), Opened) is opens


# --- who had a hand in it ---


@pytest.mark.clause("C78")
def test_whoever_had_a_hand_in_other_posts_alone_may_approve_this_one(desk: Desk) -> None:
    """Where everybody who ever wrote anything were kept from it, nobody would be left to say no to a post."""
    cast, post = desk.cast, desk.save().post
    theirs = desk.save("Kofi’s words.", by=cast.kofi).post
    Answer.objects.create(
        post=theirs, finding_key="k", words="x", reason="Ours.", answered_by=cast.priya, answered_at=desk.now
    )
    Suggestion.objects.create(
        organisation=cast.organisation,
        by=cast.gwen,
        text="Egg boxes",
        at=desk.now,
        post=theirs,
        answered_by=cast.kofi,
        answered_at=desk.now,
    )
    Urgent(desk)
    UrgentVersion.objects.update(created_by=cast.helen)
    assert written_by(post) == (frozenset({cast.tom.pk}), frozenset())
    assert written_by(theirs) == (frozenset({cast.kofi.pk, cast.priya.pk, cast.gwen.pk}), frozenset({"k"}))


# --- a pause that has ended ---


def test_a_pause_that_holds_is_one_reason_and_not_two(desk: Desk) -> None:
    row = ready(desk)
    desk.now += timedelta(seconds=1)
    pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Worrying", at=desk.now)
    (words,) = shut_words(desk, row)
    assert "is paused by Gwen" in words


def test_a_pause_that_has_ended_asks_for_a_new_yes(desk: Desk) -> None:
    row = ready(desk)
    paused_for_a_moment(desk)
    assert shut_words(desk, row) == ["Publishing was paused after this was approved, so it needs a new yes."]


def test_a_yes_to_an_older_version_from_before_the_pause_is_no_matter(desk: Desk) -> None:
    old = desk.save()
    approval_by_hand(desk, old, desk.cast.kofi)
    paused_for_a_moment(desk)
    row = ready(desk, desk.save("Soup day.", post=old.post))
    Approval.objects.filter(revision=old).update(voided_at=None)
    assert isinstance(try_gate(desk, row), Opened)


def test_a_void_yes_from_before_the_pause_is_no_matter(desk: Desk) -> None:
    revision = desk.save()
    approval_by_hand(desk, revision, desk.cast.priya)
    Approval.objects.update(voided_at=desk.now)
    paused_for_a_moment(desk)
    assert isinstance(try_gate(desk, ready(desk, revision)), Opened)


def test_without_any_yes_a_pause_that_has_ended_adds_nothing(desk: Desk) -> None:
    row = delivery_by_hand(desk, desk.save())
    paused_for_a_moment(desk)
    assert shut_words(desk, row) == ["A second person has not approved exactly this."]


# --- locks, transactions, and who is asked about ---


def test_the_post_of_the_delivery_itself_is_locked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[object] = []
    get = QuerySet.get

    def listening(query: QuerySet[Any], *given: Any, **named: Any) -> Any:
        found = get(query, *given, **named)
        if query.model is Post:
            got.append(found.pk)
        return found

    rows = [ready(desk), ready(desk, desk.save("Soup day."))]
    monkeypatch.setattr(QuerySet, "get", listening)
    for row in rows:
        got.clear()
        assert isinstance(try_gate(desk, row), Opened)
        assert got[0] == row.post_id


def test_nothing_that_does_not_wait_lapses(desk: Desk) -> None:
    row = ready(desk)
    Approval.objects.update(voided_at=desk.now)
    Delivery.objects.update(state=DeliveryState.SENDING)
    assert lapse_early(delivery_id=row.pk, now=desk.now) is False
    row.refresh_from_db()
    assert row.state == DeliveryState.SENDING


def test_what_still_stands_does_not_lapse_early_and_what_does_not_does(desk: Desk) -> None:
    row = ready(desk)
    assert lapse_early(delivery_id=row.pk, now=desk.now) is False
    row.refresh_from_db()
    assert row.state == DeliveryState.WAITING
    Approval.objects.update(voided_at=desk.now)
    assert lapse_early(delivery_id=row.pk, now=desk.now) is True
    row.refresh_from_db()
    assert row.state == DeliveryState.CANCELLED


def test_a_lapse_that_cannot_be_written_down_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = delivery_by_hand(desk, desk.save())

    fill_the_ledger(monkeypatch)
    with pytest.raises(LedgerError):
        lapse_early(delivery_id=row.pk, now=desk.now)
    row.refresh_from_db()
    assert (row.state, row.reason) == (DeliveryState.WAITING, "")


def test_the_mint_is_handed_out_to_the_first_who_claims_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "_claimed", False)
    mint = base.claim_mint()
    passage = mint(
        outgoing=Outgoing("x"),
        account=Account("", "", Secret("")),
        delivery_id="",
        key="",
        opened_at=desk.now,
        good_for=60,
    )
    assert passage.spend() == Outgoing("x")
    with pytest.raises(RuntimeError):
        base.claim_mint()
