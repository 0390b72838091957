"""What may go out from a template approved ahead: each condition by itself, with everything else as it should be."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from stairgate.publishing.rules import NO_PURPOSE, Barrier, gate_barriers, goes_urgently, lapse_barriers
from stairgate.publishing.urgent import (
    TemplateFacts,
    UrgentFacts,
    template_barriers,
    urgent_barriers,
    why_may_not_look,
)
from tests.publishing.test_rules import KOFI, NOW, POLICY, PRIYA, TOM, approval, facts


def template(**changes: object) -> TemplateFacts:
    good = TemplateFacts(
        is_current=True,
        digest="d",
        digest_now="d",
        purpose="News",
        writers=frozenset({TOM}),
        approvals=(approval(),),
        approvers_needed=1,
        policy=POLICY,
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def sent(**changes: object) -> UrgentFacts:
    good = UrgentFacts(
        template=template(),
        is_own=True,
        by_sender=True,
        words="We are closed.",
        words_filled="We are closed.",
        purpose="News",
        pictures=0,
        is_reply=False,
        taken_down=False,
        unanswered=0,
        good_until=NOW,
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def test_a_template_approved_ahead_lets_it_pass() -> None:
    assert template_barriers(template(), NOW) == () and urgent_barriers(sent(), NOW) == ()


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"is_current": False}, "This template was changed or taken off the list."),
        ({"digest": "other"}, "This template was changed or taken off the list."),
        ({"purpose": ""}, "This template does not say what it is for."),
        ({"purpose": NO_PURPOSE}, "This template does not say what it is for."),
        ({"approvals": ()}, "This template is not approved yet."),
        ({"approvals": (approval(voided=True),)}, "This template is not approved yet."),
        ({"approvals": (approval(digest="other"),)}, "This template is not approved yet."),
        ({"approvals": (approval(approver=TOM),)}, "This template is not approved yet."),
        (
            {"approvals": (approval(why_not=("Priya may not approve any more.",)),)},
            "Priya may not approve any more.",
        ),
        (
            {"approvals": (approval(policy=UUID(int=2)),)},
            "The policy was adopted anew since this template was approved.",
        ),
        (
            {"approvals": (approval(expires_at=NOW - timedelta(seconds=1)),)},
            "The approval of this template is too old.",
        ),
        (
            {"approvals": (approval(voided=True, expires_at=NOW - timedelta(days=1), policy=UUID(int=2)),)},
            "This template is not approved yet.",
        ),
        (
            {"approvals": (approval(confirmed=" "),)},
            "Whoever approved it did not say that its tone and its boundaries are right.",
        ),
        ({"approvals": (approval(voided=True, confirmed=""),)}, "This template is not approved yet."),
        ({"approvers_needed": 2}, "This template is not approved yet."),
        (
            {"approvers_needed": 2, "approvals": (approval(), approval())},
            "This template is not approved yet.",
        ),
    ],
)
def test_each_condition_of_a_template_holds_by_itself(changes: dict[str, object], says: str) -> None:
    assert template_barriers(template(**changes), NOW) == (Barrier("C78", says),)


def test_two_who_approve_make_two() -> None:
    both = (approval(), approval(approver=KOFI))
    assert template_barriers(template(approvers_needed=2, approvals=both), NOW) == ()


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"is_own": False}, "It was not sent from a template of ours by whoever it says."),
        ({"by_sender": False}, "It was not sent from a template of ours by whoever it says."),
        ({"words": "Ring Tom."}, "It does not say what its template says."),
        ({"words_filled": None}, "It does not say what its template says."),
        ({"purpose": "Other"}, "It is for something else than its template."),
        ({"pictures": 1}, "A picture was never approved ahead."),
        ({"is_reply": True}, "A reply is never urgent: it needs somebody else to look."),
        ({"taken_down": True}, "The post was taken down, so nothing more of it goes out."),
        ({"unanswered": 1}, "Screening points at something in it, so somebody else has to look."),
        ({"good_until": NOW - timedelta(seconds=1)}, "It was sent too long ago. Send it anew."),
        ({"template": template(approvals=())}, "This template is not approved yet."),
    ],
)
def test_each_condition_of_what_was_sent_holds_by_itself(changes: dict[str, object], says: str) -> None:
    assert urgent_barriers(sent(**changes), NOW) == (Barrier("C78", says),)


BARRIER = Barrier("C78", "It does not say what its template says.")
AT_NIGHT = NOW.replace(hour=23)


@pytest.mark.clause("C78")
def test_without_its_own_approval_a_post_passes_only_by_its_template() -> None:
    assert gate_barriers(facts(approvals=(), urgent=()), NOW) == ()
    assert gate_barriers(facts(approvals=(), urgent=(BARRIER,)), NOW) == (BARRIER,)
    assert lapse_barriers(facts(approvals=(), urgent=(BARRIER,)), NOW) == (BARRIER,)
    assert gate_barriers(facts(approvals=(), urgent=None), NOW) != ()


def test_what_was_approved_the_ordinary_way_since_needs_no_template() -> None:
    assert gate_barriers(facts(urgent=(BARRIER,)), NOW) == ()
    assert not goes_urgently(facts(urgent=()), NOW) and not goes_urgently(facts(approvals=()), NOW)
    assert goes_urgently(facts(approvals=(), urgent=()), NOW)


def test_quiet_hours_stop_everything_but_what_is_urgent() -> None:
    at_night = {"send_at": AT_NIGHT, "ledger_newest_at": None}
    late = approval(expires_at=AT_NIGHT)
    assert gate_barriers(facts(approvals=(), urgent=(), **at_night), AT_NIGHT) == ()
    for others in ({"urgent": None}, {"urgent": ()}):
        shut = gate_barriers(facts(approvals=(late,), **others, **at_night), AT_NIGHT)
        assert len(shut) == 1 and "quiet hours" in shut[0].says


def test_everything_else_stops_what_is_urgent_too() -> None:
    urgent = {"approvals": (), "urgent": ()}
    paused = Barrier("C78", "Everything is paused.")
    assert gate_barriers(facts(restrictions=(paused,), **urgent), NOW) == (paused,)
    assert "time has passed" in gate_barriers(facts(**urgent), NOW + timedelta(hours=1))[0].says
    assert gate_barriers(facts(writer_why_not=("Tom’s training has run out.",), **urgent), NOW)
    assert gate_barriers(facts(purposes=("Other",), **urgent), NOW)


@pytest.mark.clause("C78")
def test_neither_who_sent_it_nor_who_wrote_its_words_looks_a_second_time() -> None:
    assert why_may_not_look(looker=KOFI, sender=PRIYA, writer=TOM) == ()
    assert why_may_not_look(looker=PRIYA, sender=PRIYA, writer=TOM) == (
        "You sent it, so somebody else looks at it.",
    )
    assert why_may_not_look(looker=TOM, sender=PRIYA, writer=TOM) == (
        "You wrote its words, so somebody else looks at it.",
    )
    assert len(why_may_not_look(looker=TOM, sender=TOM, writer=TOM)) == 2
