"""The gate's decisions, driven by random facts: whatever happens, what must never open stays shut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.policies.quiet import QuietHours
from stairgate.publishing.rules import (
    NO_PURPOSE,
    ApprovalFact,
    Barrier,
    DraftFacts,
    GateFacts,
    bars,
    gate_barriers,
    lapse_barriers,
    must_change,
    still_open,
    valid_approvals,
    why_may_not_approve,
)
from stairgate.screening import Action, Category, Finding, Screening, Severity

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
POLICY = UUID(int=1)
UTC_ZONE = ZoneInfo("UTC")
TOM, PRIYA, KOFI = UUID(int=11), UUID(int=12), UUID(int=13)


def approval(**changes: object) -> ApprovalFact:
    good = ApprovalFact(
        approver=PRIYA,
        digest="d",
        policy=POLICY,
        expires_at=NOW + timedelta(hours=1),
        voided=False,
        why_not=(),
        confirmed="All of this is so.",
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def facts(**changes: object) -> GateFacts:
    good = GateFacts(
        post_is_approved=True,
        revision_is_current=True,
        digest_now="d",
        digest_of_revision="d",
        writers=frozenset({TOM}),
        writer_why_not=(),
        approvals=(approval(),),
        urgent=None,
        approvers_needed=1,
        policy=POLICY,
        send_at=NOW,
        window=timedelta(minutes=30),
        quiet=QuietHours(21, 7, UTC_ZONE),
        restrictions=(),
        purpose="News",
        purposes=("News",),
        is_exactly=True,
        unanswered=(),
        pictures_unanswered=0,
        children_shown=0,
        children_allowed=False,
        ledger_newest_at=NOW - timedelta(minutes=1),
    )
    return replace(good, **changes)  # type: ignore[arg-type]


def finding(severity: Severity) -> Finding:
    return Finding(
        category=Category.CONTACT_DETAILS,
        severity=severity,
        start=0,
        end=4,
        rule="r",
        version="1",
        clause="C79",
        title="A personal mobile number",
        reason="Families ring the office.",
        suggestion=None,
    )


def test_the_gate_opens_when_everything_holds() -> None:
    assert gate_barriers(facts(), NOW) == ()


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "changes",
    [
        {"post_is_approved": False},
        {"revision_is_current": False},
        {"digest_now": "other"},
        {"digest_of_revision": "other"},
        {"approvals": ()},
        {"approvals": (approval(voided=True),)},
        {"approvals": (approval(confirmed=" "),)},
        {"approvals": (approval(digest="other"),)},
        {"approvals": (approval(expires_at=NOW - timedelta(seconds=1)),)},
        {"approvals": (approval(approver=TOM),)},
        {"approvals": (approval(why_not=("Priya’s training has run out.",)),)},
        {"approvals": (approval(policy=UUID(int=2)),)},
        {"writer_why_not": ("Tom has not signed the policy in force.",)},
        {"approvers_needed": 2},
        {"approvers_needed": 2, "approvals": (approval(), approval())},
        {"policy": None},
        {"send_at": NOW - timedelta(minutes=31)},
        {"quiet": QuietHours(17, 18, UTC_ZONE)},
        {"ledger_newest_at": NOW + timedelta(minutes=6)},
    ],
)
def test_one_thing_wrong_shuts_it(changes: dict[str, object]) -> None:
    assert gate_barriers(facts(**changes), NOW)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"approvals": ()}, "A second person has not approved exactly this."),
        ({"approvals": (approval(expires_at=NOW - timedelta(seconds=1)),)}, "The approval is too old."),
        ({"policy": UUID(int=2)}, "The policy was adopted anew since it was approved."),
        ({"approvals": (approval(digest="x"),)}, "What was approved is not what would go out."),
        ({"approvals": (approval(why_not=("No check.",)),)}, "No check."),
        (
            {"approvals": (approval(confirmed=""),)},
            "Whoever approved it did not say that its tone and its boundaries are right.",
        ),
        (
            {"approvals": (approval(voided=True, why_not=("No check.",), digest="x"),)},
            "A second person has not approved exactly this.",
        ),
    ],
)
def test_a_missing_approval_is_explained(changes: dict[str, object], words: str) -> None:
    assert [barrier.says for barrier in gate_barriers(facts(**changes), NOW)] == [words]


@pytest.mark.parametrize(
    "changes",
    [
        {"ledger_newest_at": None},
        {"ledger_newest_at": NOW + timedelta(minutes=4)},
        {"send_at": NOW - timedelta(minutes=29)},
        {"children_allowed": True},
        {"approvals": (approval(expires_at=NOW),)},
    ],
)
def test_what_is_within_bounds_does_not_shut_it(changes: dict[str, object]) -> None:
    assert gate_barriers(facts(**changes), NOW) == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"post_is_approved": False}, "It is not approved."),
        ({"revision_is_current": False}, "It changed after it was approved."),
        ({"digest_of_revision": "other"}, "It changed after it was approved."),
        ({"pictures_unanswered": 1}, "Nobody has said who can be seen in a picture."),
    ],
)
def test_one_thing_wrong_is_one_barrier(changes: dict[str, object], words: str) -> None:
    assert [barrier.says for barrier in gate_barriers(facts(**changes), NOW)] == [words]


@pytest.mark.clause("C18")
@pytest.mark.clause("C04")
def test_a_shut_account_shuts_it_with_its_own_reason() -> None:
    shut = Barrier("C18", "One administrator left.")
    assert shut in gate_barriers(facts(restrictions=(shut,)), NOW)


def test_only_what_will_still_hold_at_its_time_lapses_early() -> None:
    passing, lasting = (
        Barrier("C28", "The connection is in trouble."),
        Barrier("C18", "One administrator left."),
    )
    assert lapse_barriers(facts(restrictions=(passing,)), NOW) == ()
    assert lapse_barriers(facts(restrictions=(passing, lasting)), NOW) == (lasting,)
    assert gate_barriers(facts(restrictions=(passing, lasting)), NOW) == (passing, lasting)


@pytest.mark.clause("C03")
@pytest.mark.clause("C73")
@pytest.mark.parametrize("changes", [{"purpose": ""}, {"purpose": "Selling my car"}, {"purpose": NO_PURPOSE}])
def test_what_serves_no_authorised_purpose_stays(changes: dict[str, object]) -> None:
    assert [barrier.clause for barrier in gate_barriers(facts(**changes), NOW)] == ["C03"]


@pytest.mark.clause("C03")
def test_the_approvers_written_reason_lets_it_out_and_each_of_two_gives_one() -> None:
    reasons = approval(purpose_reason="Thanks to the firemen"), approval(approver=KOFI, purpose_reason=" ")
    assert gate_barriers(facts(purpose=NO_PURPOSE, approvals=reasons[:1]), NOW) == ()
    assert gate_barriers(facts(purpose=NO_PURPOSE, approvals=reasons, approvers_needed=2), NOW)


@pytest.mark.clause("C59")
def test_other_words_than_the_fixed_ones_to_a_child_shut_it() -> None:
    assert [barrier.clause for barrier in gate_barriers(facts(is_exactly=False), NOW)] == ["C59"]


@pytest.mark.clause("C35")
@pytest.mark.parametrize("changes", [{"children_shown": 1}, {"pictures_unanswered": 1}])
def test_a_child_in_a_picture_shuts_it(changes: dict[str, object]) -> None:
    assert any(barrier.clause == "C35" for barrier in gate_barriers(facts(**changes), NOW))
    if "children_shown" in changes:
        assert gate_barriers(facts(children_allowed=True, **changes), NOW) == ()


@pytest.mark.clause("C40")
def test_words_that_screening_holds_shut_it() -> None:
    assert gate_barriers(facts(unanswered=(finding(Severity.HOLD),)), NOW)


@given(
    voided=st.booleans(),
    same_digest=st.booleans(),
    own=st.booleans(),
    unfit=st.booleans(),
    late=st.booleans(),
    other_policy=st.booleans(),
)
def test_an_approval_counts_only_when_nothing_is_wrong_with_it(
    voided: bool, same_digest: bool, own: bool, unfit: bool, late: bool, other_policy: bool
) -> None:
    one = approval(
        voided=voided,
        digest="d" if same_digest else "other",
        approver=TOM if own else PRIYA,
        why_not=("No.",) if unfit else (),
        expires_at=NOW + timedelta(hours=-1 if late else 1),
        policy=uuid4() if other_policy else POLICY,
    )
    good = same_digest and not (voided or own or unfit or late or other_policy)
    assert bool(valid_approvals(facts(approvals=(one,)), NOW)) is good
    assert (gate_barriers(facts(approvals=(one,)), NOW) == ()) is good


@pytest.mark.clause("C78")
def test_whoever_wrote_it_may_not_approve_it() -> None:
    assert why_may_not_approve(approver=TOM, name="Tom", writers=frozenset({TOM}), barriers=())
    assert not why_may_not_approve(approver=KOFI, name="Kofi", writers=frozenset({TOM}), barriers=())
    assert why_may_not_approve(approver=KOFI, name="Kofi", writers=frozenset(), barriers=("x",)) == ("x",)


@pytest.mark.clause("C79")
def test_contact_details_cannot_be_kept_with_a_reason() -> None:
    hold, look, aside = finding(Severity.HOLD), finding(Severity.LOOK), finding(Severity.NOTE)
    assert must_change(hold) and not must_change(look)
    keys = frozenset({hold.key, look.key})
    assert still_open(Screening((hold,), Action.HOLD, "1"), keys) == (hold,)
    assert still_open(Screening((look,), Action.LOOK, "1"), keys) == ()
    assert still_open(Screening((look, aside), Action.LOOK, "1"), frozenset()) == (look,)


def draft(**changes: object) -> DraftFacts:
    ready = DraftFacts(
        has_words=True,
        accounts=("Facebook page",),
        account_problems=(),
        network_problems=(),
        is_exactly=True,
        purpose="News",
        purposes=("News",),
        open_findings=0,
        pictures=0,
        pictures_without_alt=0,
        pictures_unanswered=0,
        children_shown=0,
        children_allowed=False,
        send_at=None,
        approvers=("Kofi", "Priya"),
        approvers_needed=1,
        quiet=QuietHours(21, 7, UTC_ZONE),
    )
    return replace(ready, **changes)  # type: ignore[arg-type]


def shut(**changes: object) -> list[str]:
    return [bar.key for bar in bars(draft(**changes), NOW) if not bar.done]


def test_a_ready_draft_has_no_bar_left() -> None:
    assert shut() == []
    assert bars(draft(), NOW)[-1].says == "A second person: Kofi or Priya"


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    ("fit", "needed", "says"),
    [
        (("Kofi",), 1, "A second person: Kofi"),
        (("Kofi",), 2, "Two other people: two are needed, and only Kofi can approve at the moment"),
        (("Kofi", "Priya"), 2, "Two other people: Kofi and Priya"),
        (("Gwen", "Kofi", "Priya"), 2, "Two other people, out of Gwen, Kofi and Priya"),
    ],
)
def test_the_bar_says_who_can_say_yes_and_how_many_must(fit: tuple[str, ...], needed: int, says: str) -> None:
    assert bars(draft(approvers=fit, approvers_needed=needed), NOW)[-1].says == says


@pytest.mark.clause("C03")
def test_a_draft_without_an_authorised_purpose_is_not_ready() -> None:
    assert shut(purpose="") == ["purpose"]
    assert shut(purpose="Selling my car") == ["purpose"]
    assert shut(purpose=NO_PURPOSE) == []


@pytest.mark.parametrize(
    ("changes", "bar"),
    [
        ({"accounts": ()}, "accounts"),
        ({"account_problems": ("Shut.",)}, "accounts"),
        ({"has_words": False}, "words"),
        ({"open_findings": 3}, "words"),
        ({"is_exactly": False}, "words"),
        ({"network_problems": ("Too long",)}, "words"),
        ({"pictures": 1, "pictures_without_alt": 1}, "pictures"),
        ({"pictures": 1, "pictures_unanswered": 1}, "pictures"),
        ({"pictures": 1, "children_shown": 1}, "pictures"),
        ({"send_at": NOW}, "time"),
        ({"send_at": NOW + timedelta(hours=4)}, "time"),
        ({"approvers": ()}, "second"),
        ({"approvers": ("Kofi",), "approvers_needed": 2}, "second"),
    ],
)
def test_each_missing_thing_has_its_bar(changes: dict[str, object], bar: str) -> None:
    assert shut(**changes) == [bar]
