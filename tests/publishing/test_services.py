"""Deeds on posts, with real rows: who may, what voids, what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.services import end_membership
from stairgate.policies.services import adopt
from stairgate.publishing import services
from stairgate.publishing.content import Content
from stairgate.publishing.models import Approval, Delivery, Post
from stairgate.publishing.states import DeliveryState, PostState
from tests.publishing.conftest import Desk

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Entry.objects.order_by("index").values_list("kind", flat=True))


def test_saving_the_same_words_twice_makes_one_version(desk: Desk) -> None:
    first = desk.save()
    again = desk.save(post=first.post)
    assert again.pk == first.pk
    assert desk.save("Puddle day!", post=first.post).number == 2


def test_a_stale_edit_is_refused_and_names_the_newer_version(desk: Desk) -> None:
    first = desk.save()
    desk.save("Other words", post=first.post, seen=1)
    with pytest.raises(services.StaleEdit) as refused:
        desk.save("My words", post=first.post, seen=1)
    assert refused.value.newest == 2


@pytest.mark.clause("C14")
@pytest.mark.clause("C88")
def test_somebody_who_has_not_signed_cannot_write(desk: Desk) -> None:
    with pytest.raises(NotAllowed, match="has not signed"):
        desk.save(by=desk.cast.leah)


def test_somebody_from_another_setting_can_do_nothing(desk: Desk) -> None:
    revision = desk.submitted()
    outsider = desk.cast.outsider
    with pytest.raises(NotAllowed):
        desk.save(by=outsider)
    with pytest.raises(NotAllowed):
        services.approve(
            actor=outsider, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )
    with pytest.raises(NotAllowed):
        services.withdraw(actor=outsider, post=revision.post, reason="x", at=desk.now)


def test_an_account_of_another_setting_cannot_be_chosen(desk: Desk) -> None:
    content = Content(text="Hello", channel_ids=(uuid4(),))
    with pytest.raises(services.Refusal):
        services.save_draft(
            actor=desk.cast.tom,
            organisation=desk.cast.organisation,
            post=None,
            content=content,
            seen=None,
            at=desk.now,
        )
    assert not Post.objects.exists()


def test_a_post_of_nothing_is_not_begun_but_words_may_be_taken_out(desk: Desk) -> None:
    with pytest.raises(services.Refusal, match="Write a few words, or add a photo"):
        desk.save(" \n ")
    assert not Post.objects.exists()
    begun = desk.save("Soup day")
    assert desk.save("", post=begun.post).number == 2


@pytest.mark.clause("C78")
def test_the_author_cannot_approve_even_with_the_role(desk: Desk) -> None:
    revision = desk.save(by=desk.cast.priya)
    services.submit(actor=desk.cast.priya, post=revision.post, at=desk.now)
    with pytest.raises(NotAllowed, match="You wrote this"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )


@pytest.mark.clause("C78")
def test_an_approver_who_changed_a_word_becomes_a_writer(desk: Desk) -> None:
    first = desk.save()
    second = desk.save("Puddle day! Muddy and happy.", post=first.post, by=desk.cast.priya)
    services.submit(actor=desk.cast.tom, post=second.post, at=desk.now)
    with pytest.raises(NotAllowed, match="You wrote this"):
        services.approve(
            actor=desk.cast.priya, post=second.post, digest=second.digest, confirmed=True, at=desk.now
        )
    services.approve(
        actor=desk.cast.kofi, post=second.post, digest=second.digest, confirmed=True, at=desk.now
    )
    assert Approval.objects.get().approver == desk.cast.kofi


@pytest.mark.clause("C78")
def test_a_room_leader_cannot_approve(desk: Desk) -> None:
    revision = desk.save(by=desk.cast.priya)
    services.submit(actor=desk.cast.priya, post=revision.post, at=desk.now)
    with pytest.raises(NotAllowed):
        services.approve(
            actor=desk.cast.tom, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )


@pytest.mark.clause("C78")
def test_approving_words_that_changed_meanwhile_is_refused(desk: Desk) -> None:
    revision = desk.submitted()
    newer = desk.save("Other words", post=revision.post)
    services.submit(actor=desk.cast.tom, post=newer.post, at=desk.now)
    with pytest.raises(services.Refusal, match="changed while you were reading"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )
    assert not Delivery.objects.exists()


@pytest.mark.clause("C78")
def test_any_edit_voids_the_approval_and_cancels_the_delivery(desk: Desk) -> None:
    post = desk.approved()
    assert desk.delivery(post).state == DeliveryState.WAITING
    desk.save("Puddle day? Everyone came back muddy.", post=post)
    post.refresh_from_db()
    assert post.state == PostState.DRAFT
    assert Approval.objects.get().voided_at is not None
    assert desk.delivery(post).state == DeliveryState.CANCELLED


@pytest.mark.clause("C71")
@pytest.mark.clause("C28")
def test_every_deed_is_in_the_ledger_with_its_person(desk: Desk) -> None:
    desk.approved()
    deeds = [kind for kind in kinds() if kind.startswith("publishing.")]
    assert deeds == ["publishing.saved", "publishing.submitted", "publishing.approved"]
    last = Entry.objects.order_by("-index").first()
    assert last is not None and last.actor == str(desk.cast.priya.id)


@pytest.mark.clause("C79")
def test_a_personal_phone_number_stops_the_post_and_cannot_be_kept(desk: Desk) -> None:
    revision = desk.save("Any questions, text Tom on 07700 900142.")
    with pytest.raises(services.NotReady):
        services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    from stairgate.publishing.selectors.readiness import findings_of

    finding = next(f for f in findings_of(revision.post) if f.clause == "C79")
    with pytest.raises(services.Refusal, match="has to be changed"):
        services.answer_finding(
            actor=desk.cast.tom, post=revision.post, finding_key=finding.key, reason="he is nice", at=desk.now
        )


@pytest.mark.clause("C03")
def test_a_purpose_the_account_was_not_authorised_for_is_not_ready(desk: Desk) -> None:
    revision = desk.save(purpose="Selling my car")
    with pytest.raises(services.NotReady) as refused:
        services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    assert refused.value.problems == ("Say what it is for",)


def test_a_time_that_passed_while_waiting_asks_for_a_new_one(desk: Desk) -> None:
    revision = desk.submitted(send_at=desk.now + timedelta(minutes=5))
    late = desk.now + timedelta(minutes=6)
    with pytest.raises(services.Refusal, match="has passed"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=late
        )
    assert not Delivery.objects.exists()


def test_a_post_can_be_returned_with_a_note_and_sent_again(desk: Desk) -> None:
    revision = desk.submitted()
    with pytest.raises(services.Refusal):
        services.ask_for_changes(actor=desk.cast.priya, post=revision.post, note=" ", at=desk.now)
    services.ask_for_changes(actor=desk.cast.priya, post=revision.post, note="Kinder, please.", at=desk.now)
    post = Post.objects.get()
    assert (post.state, post.state_reason) == (PostState.CHANGES_ASKED, "Kinder, please.")


@pytest.mark.clause("C78")
def test_two_approvers_when_the_policy_says_two(desk: Desk) -> None:
    from tests.publishing.test_gate import sign_all

    version = adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="Two approvers.",
        parameters=replace(desk.cast.policy.parameters, approvers=2),
        at=desk.now,
    )
    sign_all(desk, version)
    revision = desk.submitted()
    services.approve(
        actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    services.approve(
        actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    assert not Delivery.objects.exists()
    services.approve(
        actor=desk.cast.kofi, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    assert Delivery.objects.count() == 1


@pytest.mark.clause("C25")
def test_a_leaver_can_do_nothing_the_same_moment(desk: Desk) -> None:
    revision = desk.submitted()
    end_membership(actor=desk.cast.priya, membership=desk.cast.member(desk.cast.priya), at=desk.now)
    with pytest.raises(NotAllowed):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )


def test_a_withdrawn_post_keeps_its_history(desk: Desk) -> None:
    post = desk.approved()
    services.withdraw(actor=desk.cast.tom, post=post, reason="Not today", at=desk.now)
    post.refresh_from_db()
    assert post.state == PostState.WITHDRAWN
    assert post.revisions.count() == 1 and post.approvals.count() == 1
    with pytest.raises(services.Refusal):
        desk.save("x", post=post)


@pytest.mark.clause("C76")
def test_a_reply_as_the_team_waits_for_a_second_person(desk: Desk) -> None:
    post = services.draft_reply(
        actor=desk.cast.priya,
        channel=desk.cast.channel,
        reply_to="1_2",
        item_id=uuid4(),
        text="Thank you for asking. Please ring the office on 01632 960118.",
        at=desk.now,
    )
    services.submit(actor=desk.cast.priya, post=post, at=desk.now)
    revision = post.revisions.get()
    with pytest.raises(NotAllowed):
        services.approve(
            actor=desk.cast.priya, post=post, digest=revision.digest, confirmed=True, at=desk.now
        )
    services.approve(actor=desk.cast.kofi, post=post, digest=revision.digest, confirmed=True, at=desk.now)
    assert Delivery.objects.get().post.reply_to == "1_2"


@pytest.mark.clause("C12")
def test_roles_are_dated_and_the_past_stays(desk: Desk) -> None:
    member = desk.cast.member(desk.cast.kofi)
    end_membership(actor=desk.cast.priya, membership=member, at=desk.now)
    held = member.roles.get()
    assert held.ends_on is not None
    assert member.roles_on(desk.cast.organisation.day(desk.now)) == frozenset()
