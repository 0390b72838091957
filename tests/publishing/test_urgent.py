"""Urgent templates through the services: approved ahead, sent by one person, looked at by another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError

from stairgate.channels.pausing import pause
from stairgate.ledger.models import Entry
from stairgate.networks.base import Done
from stairgate.organisations.access import NotAllowed
from stairgate.people.models import Check
from stairgate.policies.services import adopt
from stairgate.publishing import second_looks, services
from stairgate.publishing.models import (
    Delivery,
    Post,
    SecondLook,
    UrgentApproval,
    UrgentSending,
    UrgentTemplate,
    UrgentVersion,
)
from stairgate.publishing.rules import APPROVER_CONFIRMS
from stairgate.publishing.services import second_look
from stairgate.publishing.services.common import Refusal
from stairgate.publishing.states import PostState
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_gate import sign_all
from tests.publishing.urgent_desk import WORDING, Urgent

pytestmark = pytest.mark.django_db


@pytest.fixture
def urgent(desk: Desk) -> Urgent:
    return Urgent(desk)


# --- writing and approving ahead ---


@pytest.mark.clause("C78")
def test_whoever_wrote_any_version_never_approves_it(urgent: Urgent, desk: Desk) -> None:
    urgent.keep(replace(WORDING, title="Closed"), by=desk.cast.priya, template=urgent.template)
    urgent.keep(by=desk.cast.tom, template=urgent.template)
    with pytest.raises(NotAllowed):
        urgent.approve(desk.cast.priya)
    assert urgent.approve(desk.cast.kofi).version.number == 3


@pytest.mark.parametrize("name", ["tom", "gwen", "leah", "helen", "outsider"])
def test_only_somebody_fit_to_approve_approves_ahead(urgent: Urgent, desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        urgent.approve(getattr(desk.cast, name))


@pytest.mark.parametrize("name", ["gwen", "leah", "helen", "outsider"])
def test_only_somebody_fit_to_write_writes_and_sends(urgent: Urgent, desk: Desk, name: str) -> None:
    urgent.approve()
    with pytest.raises(NotAllowed):
        urgent.keep(by=getattr(desk.cast, name))
    with pytest.raises(NotAllowed):
        urgent.send(by=getattr(desk.cast, name))


def test_nothing_changed_is_no_new_version(urgent: Urgent) -> None:
    approval = urgent.approve()
    assert urgent.keep(template=urgent.template) == approval.version
    assert urgent.approve() == approval and UrgentApproval.objects.count() == 1
    assert Entry.objects.filter(kind="publishing.urgent_approved").count() == 1


@pytest.mark.clause("C78")
def test_new_words_void_the_approval(urgent: Urgent) -> None:
    urgent.approve()
    urgent.keep(replace(WORDING, text="We are closed on {day} {reason} {opens_at}"), template=urgent.template)
    assert UrgentApproval.objects.get().void_reason == "Its words were changed after this approval."
    with pytest.raises(Refusal, match="not approved yet"):
        urgent.send()


def test_what_changed_while_it_was_read_is_read_again(urgent: Urgent, desk: Desk) -> None:
    seen = urgent.version.digest
    urgent.keep(replace(WORDING, title="Closed"), template=urgent.template)
    with pytest.raises(Refusal, match="changed while you were reading"):
        services.approve_urgent(
            actor=desk.cast.priya, template=urgent.template, digest=seen, confirmed=True, at=desk.now
        )
    urgent.approve()
    with pytest.raises(Refusal, match="changed while you were reading"):
        services.send_urgent(
            actor=desk.cast.kofi,
            template=urgent.template,
            digest=seen,
            values=urgent.values,
            channel_ids=[desk.cast.channel.pk],
            press=uuid4(),
            at=desk.now,
        )


@pytest.mark.clause("C79")
def test_what_screening_points_at_in_any_choice_is_never_approved(urgent: Urgent) -> None:
    reason = replace(WORDING.slots[1], choices=("of snow", "Tom is ill, text him on 07700 900142"))
    slots = (WORDING.slots[0], reason, WORDING.slots[2])
    urgent.keep(replace(WORDING, slots=slots), template=urgent.template)
    with pytest.raises(Refusal, match="Somebody has to change the words first"):
        urgent.approve()


def test_a_broken_template_is_refused_and_so_is_one_for_nothing(urgent: Urgent) -> None:
    with pytest.raises(Refusal, match="for each gap"):
        urgent.keep(replace(WORDING, slots=()))
    for purpose in ("", "None of these"):
        with pytest.raises(Refusal, match="what it is for"):
            urgent.keep(replace(WORDING, purpose=purpose))
    assert UrgentTemplate.objects.count() == 1


def test_the_starters_begin_an_empty_list_once(desk: Desk) -> None:
    place = desk.cast.organisation
    assert services.keep_urgent_starters(actor=desk.cast.tom, organisation=place, at=desk.now) == 4
    assert set(UrgentVersion.objects.values_list("kind", flat=True)) == {
        "closure",
        "snow",
        "illness",
        "late_coach",
    }
    for version in UrgentVersion.objects.all():
        services.approve_urgent(
            actor=desk.cast.priya,
            template=version.template,
            digest=version.digest,
            confirmed=True,
            at=desk.now,
        )
    with pytest.raises(Refusal):
        services.keep_urgent_starters(actor=desk.cast.tom, organisation=place, at=desk.now)


def test_taken_off_the_list_nothing_more_is_done_with_it(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    with pytest.raises(NotAllowed):
        services.retire_urgent(actor=desk.cast.tom, template=urgent.template, at=desk.now)
    for _ in range(2):
        services.retire_urgent(actor=desk.cast.kofi, template=urgent.template, at=desk.now)
    assert Entry.objects.filter(kind="publishing.urgent_retired").count() == 1
    for deed in (urgent.approve, urgent.send, lambda: urgent.keep(template=urgent.template)):
        with pytest.raises(Refusal, match="off the list"):
            deed()


@pytest.mark.clause("C78")
def test_an_approval_lives_as_long_as_the_policy_says(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    days = desk.cast.policy.parameters.urgent_approval_days
    assert UrgentApproval.objects.get().expires_at == desk.now + timedelta(days=days)
    UrgentApproval.objects.update(expires_at=desk.now - timedelta(seconds=1))
    with pytest.raises(Refusal, match="too old"):
        urgent.send()
    urgent.approve()
    assert UrgentApproval.objects.filter(voided_at__isnull=True).count() == 1
    assert urgent.send()


@pytest.mark.clause("C78")
def test_a_policy_adopted_anew_and_two_who_approve(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    version = adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="Words.",
        parameters=replace(desk.cast.policy.parameters, approvers=2),
        at=desk.now,
    )
    sign_all(desk, version)
    with pytest.raises(Refusal, match="adopted anew"):
        urgent.send(by=desk.cast.tom)
    urgent.approve()
    with pytest.raises(Refusal, match="not approved yet"):
        urgent.send(by=desk.cast.tom)
    urgent.approve(desk.cast.kofi)
    assert urgent.send(by=desk.cast.tom)


@pytest.mark.clause("C78")
def test_an_approver_who_is_no_longer_fit_does_not_count(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    Check.objects.filter(person__user=desk.cast.priya).update(
        withdrawn_on=desk.cast.organisation.day(desk.now)
    )
    with pytest.raises(Refusal, match="Priya may not approve any more"):
        urgent.send()


@pytest.mark.clause("C81")
def test_whoever_approves_ahead_answers_for_tone_and_boundaries(urgent: Urgent, desk: Desk) -> None:
    digest = urgent.version.digest
    with pytest.raises(Refusal, match="tick that each line above the tick is so"):
        services.approve_urgent(
            actor=desk.cast.priya, template=urgent.template, digest=digest, confirmed=False, at=desk.now
        )
    assert urgent.approve().confirmed.splitlines() == list(APPROVER_CONFIRMS)


# --- sending ---


@pytest.mark.clause("C78")
def test_one_person_sends_and_it_is_out(urgent: Urgent, desk: Desk, network: Scripted) -> None:
    approval = urgent.approve()
    network.answers = [Done("1_1")]
    post = urgent.send()
    desk.sweep()
    post.refresh_from_db()
    sending = UrgentSending.objects.get()
    assert post.state == PostState.PUBLISHED and post.author == desk.cast.kofi
    assert network.published[0].text == sending.revision.text
    assert list(sending.approvals.all()) == [approval]
    entry = Entry.objects.get(kind="publishing.urgent_sent")
    assert entry.body is not None and entry.body["values"] == urgent.values
    assert entry.body["approved_by"] == [str(desk.cast.priya.pk)] and entry.actor == str(desk.cast.kofi.pk)


@pytest.mark.clause("C78")
def test_pressed_twice_it_is_sent_once(urgent: Urgent) -> None:
    urgent.approve()
    press = uuid4()
    assert urgent.send(press=press) == urgent.send(press=press)
    assert Post.objects.count() == Delivery.objects.count() == SecondLook.objects.count() == 1


def test_a_press_of_somebody_else_sends_nothing_and_is_said(urgent: Urgent) -> None:
    urgent.approve()
    press = uuid4()
    urgent.send(press=press)
    with pytest.raises(Refusal, match="used already"):
        urgent.send(press=press, by=urgent.desk.cast.tom)
    assert Post.objects.count() == 1


def test_a_press_that_sent_another_template_sends_nothing_and_is_said(urgent: Urgent) -> None:
    urgent.approve()
    press = uuid4()
    urgent.send(press=press)
    urgent.template = urgent.keep().template
    urgent.approve()
    with pytest.raises(Refusal, match="used already"):
        urgent.send(press=press)
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"opens_at": "when we can"}, {"day": "2020-01-01"}, {"reason": "Tom is ill"}, {"more": "x"}]
)
def test_only_typed_values_are_taken(urgent: Urgent, change: dict[str, str]) -> None:
    urgent.approve()
    with pytest.raises(Refusal):
        urgent.send(values=urgent.values | change)
    assert not Post.objects.exists()


def test_it_goes_only_to_open_accounts_of_its_purpose(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    for channels in ([], [uuid4()]):
        with pytest.raises(Refusal):
            urgent.send(channels=channels)
    desk.cast.channel.purposes = ["Showing what we do"]
    desk.cast.channel.save()
    with pytest.raises(Refusal, match="not authorised for"):
        urgent.send()
    pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Wait", at=desk.now)
    with pytest.raises(Refusal, match="is paused"):
        urgent.send()
    assert not Post.objects.exists()


def test_what_cannot_be_written_down_is_not_sent(urgent: Urgent, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**entry: object) -> None:
        raise DatabaseError("no")

    urgent.approve()
    monkeypatch.setattr("stairgate.publishing.services.common.record", broken)
    with pytest.raises(DatabaseError):
        urgent.send()


def test_sent_again_after_a_refusal_also_in_the_quiet_hours(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    post = urgent.send()
    Delivery.objects.update(state="not_there")
    Post.objects.update(state=PostState.HELD)
    hour = desk.cast.organisation.local(desk.now).hour
    desk.cast.policy.parameters_json |= {"quiet_from_hour": hour, "quiet_until_hour": (hour + 2) % 24}
    desk.cast.policy.save()
    services.send_again(actor=desk.cast.priya, delivery=Delivery.objects.get(post=post), at=desk.now)
    assert Delivery.objects.get().state == "waiting"


# --- the second look ---


@pytest.mark.clause("C78")
def test_a_second_look_is_due_at_the_end_of_the_next_working_day(desk: Desk) -> None:
    place = desk.cast.organisation
    thursday = datetime(2026, 12, 24, 6, 0, tzinfo=UTC)
    assert place.end_of_working_day(thursday, 1) == datetime(2026, 12, 30, 0, 0, tzinfo=UTC)
    urgent = Urgent(desk)
    urgent.approve()
    urgent.send()
    assert urgent.look().due_at == place.end_of_working_day(desk.now, 1)


@pytest.mark.clause("C78")
def test_neither_sender_nor_writer_nor_anybody_unfit_takes_the_second_look(
    urgent: Urgent, desk: Desk
) -> None:
    urgent.approve()
    post = urgent.send()
    for name in ("kofi", "tom", "gwen", "leah", "helen", "outsider"):
        with pytest.raises(NotAllowed):
            look(desk, post, getattr(desk.cast, name))
    done = look(desk, post, desk.cast.priya)
    assert (done.done_by, done.verdict) == (desk.cast.priya, "right")
    with pytest.raises(Refusal, match="has looked at it already"):
        look(desk, post, desk.cast.priya)
    assert Entry.objects.filter(kind="publishing.urgent_looked").count() == 1


def look(
    desk: Desk, post: Post, by: object, verdict: str = "right", note: str = "", days: int = 0
) -> SecondLook:
    at = desk.now + timedelta(days=days)
    return services.look_second(actor=by, post=post, verdict=verdict, note=note, at=at)  # type: ignore[arg-type]


@pytest.mark.clause("C78")
def test_who_wrote_the_words_does_not_look_either(desk: Desk) -> None:
    urgent = Urgent(desk)
    urgent.keep(replace(WORDING, title="Closed"), by=desk.cast.priya, template=urgent.template)
    urgent.approve(desk.cast.kofi)
    post = urgent.send(by=desk.cast.tom)
    with pytest.raises(NotAllowed, match="You wrote its words"):
        look(desk, post, desk.cast.priya)
    assert look(desk, post, desk.cast.kofi)


def test_something_wrong_needs_words_and_an_ordinary_post_no_look(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    post = urgent.send()
    for verdict, note in (("", ""), ("maybe", ""), ("wrong", " x ")):
        with pytest.raises(Refusal):
            look(desk, post, desk.cast.priya, verdict, note)
    assert look(desk, post, desk.cast.priya, "wrong", "We were open.").note == "We were open."
    with pytest.raises(Refusal, match="not sent as urgent"):
        look(desk, desk.save().post, desk.cast.priya)


@pytest.mark.clause("C78")
def test_a_missed_look_is_written_down_once_and_can_be_taken_late(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    post = urgent.send()
    due = urgent.look().due_at
    assert second_looks.sweep(due - timedelta(seconds=1), "w") == 0
    assert [second_looks.sweep(due, "w") for _ in range(2)] == [1, 0]
    assert urgent.look().missed_at == due
    assert Entry.objects.filter(kind="publishing.urgent_missed", subject=str(post.pk)).count() == 1
    look(desk, post, desk.cast.priya, days=9)
    entry = Entry.objects.get(kind="publishing.urgent_looked")
    assert entry.body is not None and entry.body["late"] is True and urgent.look().missed_at == due


def test_a_look_taken_in_time_is_never_missed(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    look(desk, urgent.send(), desk.cast.priya)
    assert second_looks.sweep(desk.now + timedelta(days=30), "w") == 0
    assert not second_look.note_missed(look_id=urgent.look().pk, now=desk.now + timedelta(days=30))


@pytest.mark.clause("C78")
def test_killed_before_the_end_nothing_of_it_is_there(
    urgent: Urgent, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(**entry: object) -> None:
        raise KeyboardInterrupt

    urgent.approve()
    urgent.send()
    later = desk.now + timedelta(days=30)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(second_look, "record", killed)
        second_looks.sweep(later, "w")
    assert urgent.look().missed_at is None
    assert second_looks.sweep(later, "w") == 1


def test_one_look_in_trouble_stops_none_of_the_others(
    urgent: Urgent, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    urgent.approve()
    for _ in range(2):
        urgent.send()
    first = SecondLook.objects.order_by("due_at")[0].pk
    note = second_look.note_missed

    def troubled(**given: object) -> bool:
        if given["look_id"] == first:
            raise ValueError
        return note(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(second_looks, "note_missed", troubled)
    with pytest.raises(ExceptionGroup):
        second_looks.sweep(desk.now + timedelta(days=30), "w")
    assert SecondLook.objects.filter(missed_at__isnull=False).count() == 1
