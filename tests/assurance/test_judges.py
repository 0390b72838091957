"""What the facts make of single clauses: pure, each fact turned by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from stairgate.assurance.judging import marks
from stairgate.assurance.known import Account, Bearer, Colleague, HelpList, Known, Policy, Work
from stairgate.assurance.marks import Mark, Who, Worth, listed
from stairgate.channels.baseline.rules import Settings
from stairgate.channels.opening.rules import Item, Opening
from stairgate.channels.rules import Deadline, Restriction
from stairgate.organisations.rules import Role
from stairgate.people.rules import Barrier, Expiry, Holding, Reason
from stairgate.policies.parameters import Parameters

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)
HOUR = timedelta(hours=1)


def who(name: str) -> Who:
    return Who(UUID(int=sum(map(ord, name))), name)


def bearer(
    name: str, *roles: Role, lacks: Barrier | None = None, runs_out: tuple[Holding, int] | None = None
) -> Bearer:
    reasons = (Reason(lacks, "C12", f"{name} lacks it."),) if lacks else ()
    soon: tuple[Expiry, ...] = ()
    if runs_out:
        holding, days = runs_out
        soon = (Expiry(holding, DAY + timedelta(days=days), days, 30),)
    return Bearer(who(name), frozenset(role.value for role in roles), reasons, soon)


def colleague(
    name: str,
    *,
    signed: bool = True,
    started: int = 300,
    online: int | None = 200,
    declared: date | None = DAY,
) -> Colleague:
    until = None if online is None else DAY + timedelta(days=online)
    started_on = DAY - timedelta(days=started)
    email, signed_at = f"{name.lower()}@willowlane.example", NOW if signed else None
    return Colleague(who(name), email, started_on, signed_at, until, declared_on=declared)


PAGE = Account(
    id=uuid4(),
    name="Facebook page",
    by_hand=False,
    mailbox="office@willowlane.example",
    purposes=("News",),
    asked_by="Priya",
    decided_by="Helen",
    decided_at=NOW,
    restrictions=(),
    paused=False,
    proved_at=NOW,
    read_at=NOW,
    connected=True,
    opening=Opening(dict.fromkeys(Item, "as it is"), holders=3, staying=3, seen_at=NOW),
    settings=Settings(signed_at=NOW),
    access_checked_at=NOW,
    check=Deadline(NOW.date() + timedelta(days=7), NOW + timedelta(days=7)),
    checked_at=NOW,
)
TEAM = (
    bearer("Priya", Role.MANAGER, Role.PAGE_ADMINISTRATOR),
    bearer("Kofi", Role.PAGE_ADMINISTRATOR),
    bearer("Nina", Role.PAGE_ADMINISTRATOR),
    bearer("Gwen", Role.DSL),
    bearer("Marcus", Role.DEPUTY_DSL),
    bearer("Helen", Role.SERVICE_MANAGER),
)
WORK = Work(
    sealed_at=NOW,
    last_published=NOW,
    safeguarding_title="Keeping children safe",
    safeguarding_until=DAY + timedelta(days=200),
    must_read=1,
    activity_on=DAY - timedelta(days=30),
    safety_post_on=DAY - timedelta(days=30),
    policy_since=(NOW - timedelta(days=400)).date(),
)
WELL = Known(
    at=NOW,
    day=DAY,
    founded_at=NOW - timedelta(days=400),
    policy=Policy("3", NOW - timedelta(days=60), Parameters()),
    bearers=TEAM,
    colleagues=tuple(colleague(one.who.name) for one in TEAM),
    accounts=(PAGE,),
    work=WORK,
    rota_until=DAY + timedelta(days=56),
)


def mark(clause: str, **changed: Any) -> Mark:
    return marks(replace(WELL, **changed))[clause]


def test_a_setting_in_order_has_nothing_to_mend() -> None:
    found = marks(WELL)
    assert {clause: m.why for clause, m in found.items() if m.worth in {Worth.RISK, Worth.BROKEN}} == {}
    assert [clause for clause, m in found.items() if m.worth == Worth.OFF] == ["C36"]
    assert all(m.proof for m in found.values() if m.worth == Worth.MET)


def instead(name: str, *roles: Role, **more: Any) -> tuple[Bearer, ...]:
    return (*(one for one in TEAM if one.who.name != name), bearer(name, *roles, **more))


ADMIN, DAYS = Role.PAGE_ADMINISTRATOR, timedelta(days=1)
NO_SIGN_IN = replace(colleague("Ruth"), who=Who(None, "Ruth"))


def unread(days: int) -> tuple[Colleague, ...]:
    """Return two colleagues, of whom Ruth has had something to read for so many days."""
    since = DAY - timedelta(days=days)
    return (colleague("Kofi"), replace(colleague("Ruth"), unread="Keeping children safe", unread_since=since))


def work(**changed: Any) -> dict[str, Any]:
    return {"work": replace(WORK, **changed)}


#: clause, what is changed, what it is worth then, and for whom it waits
FACTS: list[tuple[str, dict[str, Any], Worth, str]] = [
    ("C11", work(safeguarding_until=None), Worth.BROKEN, "Priya"),
    ("C11", work(safeguarding_until=DAY - timedelta(days=1)), Worth.BROKEN, "Priya"),
    ("C11", work(safeguarding_until=DAY), Worth.RISK, "Priya"),
    ("C11", work(safeguarding_until=DAY + timedelta(days=30)), Worth.MET, ""),
    ("C50", {"colleagues": unread(7)}, Worth.RISK, "Ruth"),
    ("C50", {"colleagues": unread(8)}, Worth.BROKEN, "Ruth"),
    (
        "C84",
        {"accounts": (replace(PAGE, access_checked_at=NOW - 24 * DAYS, connected_at=NOW - 99 * DAYS),)},
        Worth.MET,
        "",
    ),
    (
        "C84",
        {"accounts": (replace(PAGE, access_checked_at=NOW - 25 * DAYS, connected_at=NOW - 99 * DAYS),)},
        Worth.RISK,
        "Priya, Kofi and Nina",
    ),
    (
        "C84",
        {"accounts": (replace(PAGE, access_checked_at=NOW - 32 * DAYS, connected_at=NOW - 99 * DAYS),)},
        Worth.BROKEN,
        "Priya, Kofi and Nina",
    ),
    ("C53", {"help": HelpList(20, 2, DAY)}, Worth.RISK, "Gwen"),
    ("C53", {"help": HelpList(20, 2, DAY - timedelta(days=1))}, Worth.BROKEN, "Gwen"),
    ("C69", {"help": HelpList(20)}, Worth.MET, ""),
    ("C61", work(activity_on=date(2026, 8, 31)), Worth.BROKEN, "Gwen"),
    ("C61", work(activity_on=None, policy_since=(NOW - timedelta(days=50)).date()), Worth.RISK, "Gwen"),
    ("C61", work(activity_on=None, policy_since=(NOW - timedelta(days=10)).date()), Worth.MET, ""),
    ("C42", work(safety_post_on=date(2026, 8, 31)), Worth.BROKEN, "Priya, Kofi and Nina"),
    (
        "C42",
        work(safety_post_on=None, policy_since=(NOW - timedelta(days=50)).date()),
        Worth.RISK,
        "Priya, Kofi and Nina",
    ),
    ("C42", work(safety_post_on=None, policy_since=(NOW - timedelta(days=10)).date()), Worth.MET, ""),
    ("C42", {"accounts": (), **work(safety_post_on=None)}, Worth.OFF, ""),
    (
        "C12",
        {"bearers": (*TEAM, bearer("Leah", Role.AUTHOR, lacks=Barrier.NOT_ON_REGISTER))},
        Worth.BROKEN,
        "Priya",
    ),
    ("C14", {"bearers": (*TEAM, bearer("Leah", Role.AUTHOR, lacks=Barrier.NOT_SIGNED))}, Worth.MET, ""),
    ("C88", {"bearers": (*TEAM, bearer("Leah", Role.AUTHOR, lacks=Barrier.NOT_SIGNED))}, Worth.RISK, "Leah"),
    ("C17", {"bearers": instead("Kofi", ADMIN, lacks=Barrier.NOT_SIGNED)}, Worth.RISK, "Kofi"),
    ("C18", {"bearers": instead("Kofi", ADMIN, lacks=Barrier.NOT_SIGNED)}, Worth.MET, "Helen"),
    ("C18", {"bearers": TEAM[1:2]}, Worth.BROKEN, ""),
    ("C18", {"bearers": instead("Nina", ADMIN, runs_out=(Holding.CHECK, 9))}, Worth.MET, ""),
    (
        "C18",
        {"bearers": (*TEAM[:1], bearer("Kofi", ADMIN, runs_out=(Holding.SAFEGUARDING, 30)), TEAM[5])},
        Worth.RISK,
        "Helen",
    ),
    ("C19", {"bearers": instead("Kofi", ADMIN, lacks=Barrier.CHECK_MISSING)}, Worth.BROKEN, "Priya"),
    ("C19", {"bearers": instead("Kofi", ADMIN, runs_out=(Holding.CHECK, 30))}, Worth.RISK, "Priya"),
    ("C19", {"bearers": instead("Kofi", ADMIN, runs_out=(Holding.CHECK, 31))}, Worth.MET, ""),
    ("C20", {"bearers": instead("Kofi", ADMIN, lacks=Barrier.TRAINING_EXPIRED)}, Worth.BROKEN, "Priya"),
    ("C21", {"bearers": TEAM[:3] + TEAM[4:]}, Worth.BROKEN, "Priya"),
    ("C21", {"bearers": TEAM[:4] + TEAM[5:]}, Worth.RISK, "Priya"),
    ("C52", {"bearers": TEAM[:3] + TEAM[4:]}, Worth.BROKEN, "Priya"),
    ("C52", {"bearers": TEAM[:4] + TEAM[5:]}, Worth.RISK, "Priya"),
    ("C27", {"bearers": TEAM[:1] + TEAM[3:]}, Worth.BROKEN, "Helen"),
    ("C54", {"colleagues": (colleague("Kofi"), colleague("Tom", online=-1))}, Worth.BROKEN, "Helen"),
    ("C54", {"colleagues": (colleague("Kofi"), colleague("Tom", online=29))}, Worth.RISK, "Helen"),
    (
        "C44",
        {"colleagues": (colleague("Kofi"), colleague("Ruth", signed=False, started=7))},
        Worth.RISK,
        "Ruth",
    ),
    (
        "C44",
        {"colleagues": (colleague("Kofi"), colleague("Ruth", signed=False, started=8))},
        Worth.BROKEN,
        "Ruth",
    ),
    ("C60", {"colleagues": (replace(colleague("Kofi"), email="kofi@gmail.com"),)}, Worth.BROKEN, "Priya"),
    ("C105", {"policy": Policy("3", NOW - timedelta(days=340), Parameters())}, Worth.RISK, "Helen"),
    ("C105", {"policy": Policy("3", NOW - timedelta(days=366), Parameters())}, Worth.BROKEN, "Helen"),
    ("C25", {"work": Work(leaver_tasks=2, leaver_due=DAY, leaver_name="Nina")}, Worth.RISK, "Priya"),
    ("C25", {"work": Work(leaver_tasks=2, leaver_due=DAY - timedelta(days=1))}, Worth.BROKEN, "Priya"),
    ("C03", {"accounts": (replace(PAGE, purposes=()),)}, Worth.BROKEN, "Helen"),
    ("C03", {"accounts": ()}, Worth.OFF, ""),
    ("C89", {"accounts": ()}, Worth.OFF, ""),
    ("C89", {"work": Work(found_pages=1, regularise_by=DAY)}, Worth.RISK, "Helen"),
    ("C89", {"work": Work(found_pages=1, regularise_by=DAY - timedelta(days=1))}, Worth.BROKEN, "Helen"),
    ("C102", {"work": Work(requests=1)}, Worth.MET, "Helen"),
    ("C102", {"work": Work(requests=1, oldest_request=NOW - 14 * DAYS)}, Worth.MET, "Helen"),
    ("C102", {"work": Work(requests=1, oldest_request=NOW - 15 * DAYS)}, Worth.RISK, "Helen"),
    ("C85", {"work": Work(exceptions_hold=2)}, Worth.MET, ""),
    ("C85", {"work": Work(exceptions_asked=1, oldest_exception=NOW - HOUR)}, Worth.MET, ""),
    ("C85", {"work": Work(exceptions_asked=1, oldest_exception=NOW - 25 * HOUR)}, Worth.RISK, "Priya"),
    ("C85", {"work": Work(roles_outlived=1)}, Worth.BROKEN, "Priya"),
    ("C86", {"work": Work(told_waiting=1, oldest_told=NOW - 4 * HOUR)}, Worth.MET, ""),
    ("C86", {"work": Work(told_waiting=1, oldest_told=NOW - 5 * HOUR)}, Worth.BROKEN, "Priya"),
    ("C49", {"colleagues": (colleague("Kofi"), NO_SIGN_IN)}, Worth.RISK, "Priya"),
    (
        "C98",
        {"accounts": (replace(PAGE, until=DAY + timedelta(days=30)),)},
        Worth.RISK,
        "Priya, Kofi and Nina",
    ),
    ("C98", {"accounts": (replace(PAGE, until=DAY + timedelta(days=31)),)}, Worth.MET, ""),
    ("C22", {"accounts": (replace(PAGE, mailbox="kofi@willowlane.example"),)}, Worth.BROKEN, "Helen"),
    ("C22", {"accounts": (replace(PAGE, mailbox="helen.example@elsewhere.example"),)}, Worth.BROKEN, "Helen"),
    (
        "C39",
        {"accounts": (replace(PAGE, blind="The page did not answer."),)},
        Worth.RISK,
        "Priya, Kofi and Nina",
    ),
    (
        "C39",
        {"work": Work(sealed_at=NOW, open_items=1, oldest_item=NOW - 169 * HOUR)},
        Worth.BROKEN,
        "Priya, Kofi and Nina",
    ),
    ("C40", {"work": Work(grave_items=1, oldest_grave=NOW - HOUR)}, Worth.RISK, "Priya, Kofi and Nina"),
    (
        "C40",
        {"work": Work(grave_items=1, oldest_grave=NOW - 25 * HOUR)},
        Worth.BROKEN,
        "Priya, Kofi and Nina",
    ),
    ("C78", {"work": Work(differences=1, oldest_difference=NOW - HOUR)}, Worth.RISK, "Priya, Kofi and Nina"),
    (
        "C78",
        {"work": Work(differences=1, oldest_difference=NOW - 25 * HOUR)},
        Worth.BROKEN,
        "Priya, Kofi and Nina",
    ),
    ("C78", {"work": Work(looks_missed=1)}, Worth.BROKEN, "Priya, Kofi and Nina"),
    ("C78", {"bearers": TEAM[3:]}, Worth.BROKEN, "Helen"),
    ("C59", {"work": Work(under_18=1)}, Worth.RISK, "Gwen"),
    ("C28", {"work": Work(sealed_at=NOW - 4 * HOUR)}, Worth.RISK, "Priya"),
    ("C28", {"work": Work(), "founded_at": NOW - HOUR}, Worth.MET, ""),
    ("C35", {"policy": Policy("3", NOW, Parameters(identifiable_children=True))}, Worth.MET, ""),
    (
        "C77",
        {"accounts": (replace(PAGE, restrictions=(Restriction("C77", "No."),)),)},
        Worth.BROKEN,
        "Priya, Kofi and Nina",
    ),
]


@pytest.mark.clause("C18", "C27", "C52", "C54", "C60")
@pytest.mark.parametrize(("clause", "changed", "worth", "waits"), FACTS)
def test_a_fact_turns_its_clause(clause: str, changed: dict[str, Any], worth: Worth, waits: str) -> None:
    found = mark(clause, **changed)
    assert (found.worth, found.with_whom) == (worth, waits)
    assert worth not in {Worth.RISK, Worth.BROKEN} or (found.why and found.next_action)


def test_names_are_told_shortly() -> None:
    assert listed([]) == ""
    assert listed(["Leah"]) == "Leah"
    assert listed(["Leah", "Tom"]) == "Leah and Tom"
    assert listed(["Aisha", "Leah", "Tom", "Ruth"]) == "Aisha, Leah, Tom and 1 other"
    assert listed(["Leah"] * 300) == "Leah, Leah, Leah and 297 others"


def test_a_correction_does_not_give_anybody_longer_to_sign() -> None:
    adopted, day = NOW - timedelta(days=1), NOW.date()
    late = Colleague(Who(None, "Leah"), "", day - timedelta(days=90), None, None)
    asked = Policy("1.1", adopted, Parameters(), asked_on=day - timedelta(days=30))
    known = Known(at=NOW, day=day, policy=asked, founded_at=NOW - timedelta(days=90))
    assert known.overdue_to_sign(late)
    assert not replace(known, policy=replace(asked, asked_on=day - timedelta(days=1))).overdue_to_sign(late)


@pytest.mark.clause("C46")
@pytest.mark.clause("C47")
@pytest.mark.clause("C56")
def test_a_declaration_that_is_older_than_a_year_breaks_what_is_asked_yearly() -> None:
    known = Known(at=NOW, day=DAY, policy=Policy("1", NOW, Parameters()), founded_at=NOW)
    old = colleague("Tom", declared=DAY - timedelta(days=366))
    never = colleague("Leah", signed=False, declared=None)  # asked while she signs
    for clause in ("C46", "C47", "C56"):
        assert marks(replace(known, colleagues=(colleague("Kofi"), never)))[clause].worth == Worth.MET
        late = marks(replace(known, colleagues=(colleague("Kofi"), old, never)))[clause]
        assert late.worth == Worth.BROKEN and "Tom has not declared" in late.why


@pytest.mark.clause("C37")
@pytest.mark.parametrize(
    ("until", "worth"),
    [(None, Worth.BROKEN), (-1, Worth.BROKEN), (0, Worth.RISK), (27, Worth.RISK), (28, Worth.MET)],
)
def test_a_rota_with_a_gap_shows_before_it_comes(until: int | None, worth: Worth) -> None:
    day = None if until is None else DAY + timedelta(days=until)
    assert mark("C37", rota_until=day).worth == worth
    assert mark("C37", accounts=(replace(PAGE, connected=False),)).worth == Worth.OFF


@pytest.mark.clause("C38", "C39")
@pytest.mark.parametrize(
    ("changed", "worth"),
    [
        ({}, Worth.MET),
        ({"checked_at": None}, Worth.RISK),
        ({"check": None}, Worth.BROKEN),
        ({"check": Deadline(DAY, NOW)}, Worth.BROKEN),
        ({"check": Deadline(DAY, NOW + timedelta(seconds=1))}, Worth.RISK),
        ({"check": Deadline(DAY + timedelta(days=2), NOW + timedelta(days=2))}, Worth.RISK),
        ({"check": Deadline(DAY + timedelta(days=3), NOW + timedelta(days=3))}, Worth.MET),
    ],
)
def test_a_check_that_is_due_shows_and_a_late_one_breaks_its_clauses(
    changed: dict[str, Any], worth: Worth
) -> None:
    for clause in ("C38", "C39"):
        assert mark(clause, accounts=(replace(PAGE, **changed),)).worth == worth
