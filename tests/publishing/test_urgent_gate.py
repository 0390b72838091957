"""The gate and an urgent post: it goes out with one person, and a forged row of any kind leaves it shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from stairgate.channels.pausing import ask_to_open, confirm_opening, pause
from stairgate.networks.base import Outgoing
from stairgate.people.models import Training
from stairgate.policies.services import adopt
from stairgate.publishing import gate_facts, services
from stairgate.publishing.gate import Opened, lapse_early
from stairgate.publishing.models import (
    Answer,
    Approval,
    Delivery,
    Post,
    Revision,
    RevisionPicture,
    SecondLook,
    TakeDown,
    UrgentApproval,
    UrgentSending,
    UrgentTemplate,
    UrgentVersion,
)
from stairgate.publishing.selectors import urgent as urgent_selectors
from stairgate.publishing.states import PostState
from stairgate.screening import Action, Screening, Severity
from tests.publishing.by_hand import approval_by_hand, delivery_by_hand
from tests.publishing.conftest import Desk, Scripted
from tests.publishing.test_gate import sign_all
from tests.publishing.test_gate_conditions import picture, shut_words, try_gate
from tests.publishing.test_rules import finding
from tests.publishing.urgent_desk import WORDING, Urgent

pytestmark = pytest.mark.django_db

OTHER_WORDS = "It does not say what its template says."
CHANGED = "This template was changed or taken off the list."
NOT_YET = "This template is not approved yet."
NOT_OURS = "It was not sent from a template of ours by whoever it says."


@pytest.fixture
def urgent(desk: Desk) -> Urgent:
    return Urgent(desk)


@pytest.mark.clause("C78")
def test_it_goes_out_with_one_person(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    opened = try_gate(desk, row)
    assert isinstance(opened, Opened)
    assert "because of snow. We open again at 08:00." in opened.passage.spend().text
    assert not Approval.objects.exists()


@pytest.mark.clause("C78")
@pytest.mark.parametrize("quiet", [True, False])
def test_quiet_hours_do_not_stop_it(desk: Desk, quiet: bool) -> None:
    hour = desk.cast.organisation.local(desk.now).hour
    parameters = replace(
        desk.cast.policy.parameters,
        quiet_from_hour=hour if quiet else 0,
        quiet_until_hour=(hour + 2) % 24 if quiet else 0,
    )
    version = adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="Words.",
        parameters=parameters,
        at=desk.now,
    )
    sign_all(desk, version)
    assert isinstance(try_gate(desk, Urgent(desk).sent()), Opened)


def test_a_picture_among_its_bytes_changes_its_digest(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    RevisionPicture.objects.create(
        revision=row.revision, picture=picture(desk), position=0, alt="x", shows="nobody"
    )
    said = shut_words(desk, row)
    assert "A picture was never approved ahead." in said and "It changed after it was approved." in said


def _asked_down(post: Post, desk: Desk) -> None:
    TakeDown.objects.create(
        delivery=desk.delivery(post),
        why="Wrong day",
        asked_by=desk.cast.priya,
        asked_at=desk.now,
        due_at=desk.now,
    )


def _unmarked() -> None:
    """Take away that it was sent from a template."""
    SecondLook.objects.all().delete()
    UrgentSending.approvals.through.objects.all().delete()
    UrgentSending.objects.all().delete()


def _sent(at: datetime) -> None:
    """Have it sent, and its delivery made, at another time."""
    UrgentSending.objects.update(sent_at=at)
    Delivery.objects.update(created_at=at)


def _reseal(**fields: object) -> bool:
    """Change the version sent, and give it the digest that goes with that: as whoever holds the database could."""
    Revision.objects.update(**fields)
    revision = Revision.objects.get()
    sealed = gate_facts.digest_of(Outgoing(revision.text, (), revision.post.reply_to or None), revision)
    return bool(Revision.objects.update(digest=sealed))


def _forged_template(**fields: object) -> None:
    """Change the words of the template, and its digest along with that."""
    UrgentVersion.objects.update(**fields)
    version = UrgentVersion.objects.get()
    UrgentVersion.objects.update(digest=version.wording.digest)


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("forge", "says"),
    [
        (lambda u: _reseal(text="Text Tom, he knows."), [OTHER_WORDS]),
        (lambda u: _reseal(purpose="Showing what we do"), ["It is for something else than its template."]),
        (lambda u: UrgentSending.objects.update(values=u.values | {"opens_at": "09:00"}), [OTHER_WORDS]),
        (lambda u: UrgentSending.objects.update(values={}), [OTHER_WORDS]),
        (lambda u: UrgentSending.objects.update(values=[]), [OTHER_WORDS]),
        (lambda u: UrgentSending.objects.update(values=u.values | {"opens_at": 800}), [OTHER_WORDS]),
        (
            lambda u: (
                UrgentSending.objects.update(values=u.values | {"reason": "we moved to Hill Park"}),
                _reseal(text=Revision.objects.get().text.replace("of snow", "we moved to Hill Park")),
            ),
            [OTHER_WORDS],
        ),
        (lambda u: _sent(u.desk.now + timedelta(days=2)), [OTHER_WORDS]),
        (
            lambda u: _sent(u.desk.now - timedelta(hours=73)),
            ["It was sent too long ago. Send it anew."],
        ),
        (
            lambda u: Delivery.objects.update(created_at=u.desk.now + timedelta(seconds=1)),
            ["A second person has not approved exactly this."],
        ),
        (lambda u: UrgentApproval.objects.all().update(voided_at=u.desk.now), [NOT_YET]),
        (lambda u: UrgentApproval.objects.all().update(digest="0" * 64), [NOT_YET]),
        (
            lambda u: UrgentApproval.objects.all().update(confirmed=" "),
            ["Whoever approved it did not say that its tone and its boundaries are right."],
        ),
        (lambda u: UrgentApproval.objects.all().update(approver=u.desk.cast.tom), None),
        (
            lambda u: UrgentApproval.objects.all().update(approver=u.desk.cast.outsider),
            ["Oona may not approve any more."],
        ),
        (
            lambda u: UrgentApproval.objects.all().update(expires_at=u.desk.now - timedelta(seconds=1)),
            ["The approval of this template is too old."],
        ),
        (lambda u: UrgentVersion.objects.update(text="{day}"), [CHANGED, NOT_YET, OTHER_WORDS]),
        (lambda u: UrgentVersion.objects.update(slots=[{}]), [CHANGED, NOT_YET, OTHER_WORDS]),
        (lambda u: UrgentVersion.objects.update(digest="0" * 64), [CHANGED]),
        (lambda u: UrgentVersion.objects.update(created_by=u.desk.cast.priya), [NOT_YET]),
        (lambda u: _forged_template(title="Other"), [NOT_YET]),
        (lambda u: _forged_template(purpose=""), None),
        (lambda u: UrgentTemplate.objects.update(retired_at=u.desk.now), [CHANGED]),
        (lambda u: UrgentTemplate.objects.update(organisation=u.desk.cast.elsewhere), [NOT_OURS]),
        (lambda u: u.keep(replace(WORDING, title="Anew"), template=u.template), [CHANGED, NOT_YET]),
        (lambda u: Post.objects.update(author=u.desk.cast.priya), [NOT_OURS]),
        (lambda u: Revision.objects.update(created_by=u.desk.cast.priya), [NOT_OURS]),
        (lambda u: Revision.objects.update(number=2), [NOT_OURS]),
        (
            lambda u: Post.objects.update(kind="reply"),
            ["A reply is never urgent: it needs somebody else to look."],
        ),
        (
            lambda u: (Post.objects.update(reply_to="1_2"), _reseal()),
            ["A reply is never urgent: it needs somebody else to look."],
        ),
        (
            lambda u: _asked_down(Post.objects.get(), u.desk),
            ["The post was taken down, so nothing more of it goes out."],
        ),
        (lambda u: _unmarked(), ["A second person has not approved exactly this."]),
        (
            lambda u: Training.objects.filter(person__user=u.desk.cast.kofi).update(
                expires_on=u.desk.cast.organisation.day(u.desk.now) - timedelta(days=1)
            ),
            None,
        ),
        (
            lambda u: Training.objects.filter(person__user=u.desk.cast.priya).update(
                expires_on=u.desk.cast.organisation.day(u.desk.now) - timedelta(days=1)
            ),
            None,
        ),
    ],
)
def test_a_forged_row_leaves_it_shut(urgent: Urgent, desk: Desk, forge: Any, says: list[str] | None) -> None:
    row = urgent.sent()
    forge(urgent)
    words = shut_words(desk, row)
    assert words and (says is None or words == says)
    assert Post.objects.get().state == PostState.LAPSED


def test_twenty_minutes_later_and_with_another_post_taken_down_it_still_tells_the_families(
    urgent: Urgent, desk: Desk, network: Scripted
) -> None:
    """The network was away for a while: that the nursery is closed is no less true then."""
    urgent.approve()
    other = desk.approved(text="Soup day.")
    _asked_down(other, desk)
    row = desk.delivery(urgent.send())
    assert isinstance(try_gate(desk, row, after=1200), Opened)


def test_without_a_policy_nothing_is_sent_ahead_and_the_list_says_so(
    urgent: Urgent, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    urgent.approve()
    monkeypatch.setattr(urgent_selectors, "in_force", lambda organisation: None)
    (row,) = urgent_selectors.templates_now(desk.cast.organisation, desk.now)
    assert not row.is_ready and "adopted anew" in row.barriers[0].says


@pytest.mark.clause("C78")
def test_an_urgent_mark_on_an_ordinary_post_opens_nothing(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    revision = desk.save()
    UrgentSending.objects.create(
        revision=revision, version=urgent.version, values=urgent.values, press=uuid4(), sent_at=desk.now
    )
    assert shut_words(desk, delivery_by_hand(desk, revision)) == [OTHER_WORDS]


@pytest.mark.clause("C78")
def test_two_approve_where_the_policy_asks_for_two(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    UrgentApproval.objects.all().update(policy=_adopted(desk, approvers=2))
    assert shut_words(desk, row) == [NOT_YET]


@pytest.mark.clause("C78")
def test_a_policy_adopted_anew_asks_for_a_new_yes(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    _adopted(desk, approvers=1)
    assert shut_words(desk, row) == ["The policy was adopted anew since this template was approved."]


def _adopted(desk: Desk, **parameters: object) -> Any:
    version = adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="Policy",
        text="Words.",
        parameters=replace(desk.cast.policy.parameters, **parameters),  # type: ignore[arg-type]
        at=desk.now,
    )
    sign_all(desk, version)
    return version


@pytest.mark.clause("C78")
def test_what_screening_points_at_cannot_be_kept_with_a_reason(
    urgent: Urgent, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = urgent.sent()
    look = finding(Severity.LOOK)
    monkeypatch.setattr(gate_facts, "screen_revision", lambda *given: Screening((look,), Action.LOOK, "1"))
    Answer.objects.create(
        post=row.post,
        finding_key=look.key,
        words="x",
        reason="It is our office.",
        answered_by=desk.cast.tom,
        answered_at=desk.now,
    )
    assert shut_words(desk, row) == ["Screening points at something in it, so somebody else has to look."]


@pytest.mark.clause("C84")
def test_a_pause_shuts_it_also_when_it_has_ended_since(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    held = pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Wait", at=desk.now)
    ask_to_open(actor=desk.cast.priya, pause=held, reason="Fine", at=desk.now)
    confirm_opening(actor=desk.cast.kofi, pause=held, at=desk.now)
    assert shut_words(desk, row) == ["Publishing was paused after this was approved, so it needs a new yes."]


def test_a_pause_that_ended_before_does_not_count(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    early = desk.now - timedelta(seconds=1)
    held = pause(actor=desk.cast.gwen, channel=desk.cast.channel, reason="Wait", at=early)
    ask_to_open(actor=desk.cast.priya, pause=held, reason="Fine", at=early)
    confirm_opening(actor=desk.cast.kofi, pause=held, at=early)
    assert isinstance(try_gate(desk, Delivery.objects.get(post=urgent.send())), Opened)


@pytest.mark.clause("C78")
def test_changed_afterwards_it_is_an_ordinary_post(urgent: Urgent, desk: Desk) -> None:
    """What lapsed can be carried on with: then two people look, as at everything else."""
    row = urgent.sent()
    UrgentTemplate.objects.update(retired_at=desk.now)
    shut_words(desk, row)
    revision = desk.save("We are closed.", post=row.post, by=desk.cast.kofi)
    bare = delivery_by_hand(desk, revision)
    assert shut_words(desk, bare) == ["A second person has not approved exactly this."]
    approval_by_hand(desk, revision, desk.cast.priya)
    assert isinstance(try_gate(desk, delivery_by_hand(desk, revision)), Opened)


@pytest.mark.clause("C78")
def test_its_very_words_can_be_approved_the_ordinary_way(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    UrgentTemplate.objects.update(retired_at=desk.now)
    shut_words(desk, row)
    services.submit(actor=desk.cast.kofi, post=row.post, at=desk.now)
    services.approve(
        actor=desk.cast.priya, post=row.post, digest=row.revision.digest, confirmed=True, at=desk.now
    )
    assert isinstance(try_gate(desk, Delivery.objects.get(post=row.post, state="waiting")), Opened)


def test_it_lapses_early_when_the_page_is_shut(urgent: Urgent, desk: Desk) -> None:
    row = urgent.sent()
    assert not lapse_early(delivery_id=row.pk, now=desk.now)
    UrgentTemplate.objects.update(retired_at=desk.now)
    assert lapse_early(delivery_id=row.pk, now=desk.now)


def test_other_versions_say_nothing_about_the_newest(urgent: Urgent, desk: Desk) -> None:
    """The yes to an older version with the same words does not count for the newest."""
    urgent.approve()
    UrgentApproval.objects.update(voided_at=None)
    urgent.keep(replace(WORDING, title="Other"), template=urgent.template)
    urgent.keep(template=urgent.template)
    UrgentApproval.objects.all().update(voided_at=None)
    with pytest.raises(services.Refusal, match="not approved yet"):
        urgent.send()
