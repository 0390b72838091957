"""Exceptions are asked in writing, decided by others, and over by themselves; one question decides who is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stairgate.assurance.excepting.models import PolicyException, Told
from stairgate.assurance.excepting.rules import (
    ALONE,
    Facts,
    Route,
    Seat,
    State,
    problem,
    recipients,
    route,
    seat_for,
    state,
)
from stairgate.assurance.excepting.selectors import who_hears
from stairgate.assurance.excepting.services import allow, ask, ask_to_speak, decline, end, spoken
from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding.keeping import keep
from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Kind
from stairgate.assurance.reminding.setting import Setting
from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import RoleHeld, User
from stairgate.people.lines import name_line_manager
from stairgate.people.models import Person
from stairgate.people.services import CannotRegister
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 24)
A, B, C, D = (UUID(int=number) for number in range(1, 5))
WHAT = "Answer one family from my own telephone while the office line is broken"
ASKED: dict[str, Any] = {
    "topic": "device",
    "what": WHAT,
    "why": "The line is mended on Friday",
    "child": False,
    "until": DAY + timedelta(days=4),
    "at": NOW,
}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


def reminded(cast: Cast, kind: Kind) -> set[str]:
    keep(cast.organisation, NOW)
    rows = Reminder.objects.filter(kind=kind, done_at=None).select_related("user")
    return {row.user.first_name for row in rows}


@pytest.mark.clause("C85")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, State.ASKED),
        ({"until": DAY - timedelta(days=1)}, State.LAPSED),
        ({"managing_by": B}, State.HOLDS),
        ({"managing_by": B, "until": DAY}, State.HOLDS),
        ({"managing_by": B, "until": DAY - timedelta(days=1)}, State.ENDED),
        ({"managing_by": B, "child": True}, State.ASKED),
        ({"safeguarding_by": C, "child": True}, State.ASKED),
        ({"managing_by": B, "safeguarding_by": C, "child": True}, State.HOLDS),
        ({"managing_by": B, "declined": True}, State.DECLINED),
        ({"managing_by": B, "ended": True}, State.ENDED),
    ],
)
def test_what_an_exception_is_worth_on_a_day(change: dict[str, Any], found: State) -> None:
    facts = Facts(asked_by=A, child=False, until=DAY + timedelta(days=5))
    assert state(replace(facts, **change), DAY) == found


@pytest.mark.clause("C85")
@pytest.mark.parametrize(
    ("child", "managing", "user", "roles", "seat"),
    [
        (False, None, B, {"manager"}, Seat.MANAGING),
        (False, None, B, {"dsl"}, None),
        (False, None, A, {"manager"}, None),  # one's own
        (False, None, B, {"page_administrator", "author"}, None),
        (True, None, B, {"dsl"}, Seat.SAFEGUARDING),
        (True, None, B, {"dsl", "manager"}, Seat.SAFEGUARDING),
        (True, B, B, {"dsl", "manager"}, None),  # never both seats
        (True, B, C, {"deputy_dsl"}, Seat.SAFEGUARDING),
        (True, B, C, {"service_manager"}, None),
        (False, B, C, {"manager"}, None),  # it holds already
    ],
)
def test_who_decides(
    child: bool, managing: UUID | None, user: UUID, roles: set[str], seat: Seat | None
) -> None:
    facts = Facts(asked_by=A, child=child, until=DAY, managing_by=managing)
    assert seat_for(facts, user, roles, DAY) == seat


def test_an_exception_lasts_three_months_at_most() -> None:
    wrong = [bool(problem(DAY + timedelta(days=days), DAY)) for days in (-1, 0, 92, 93)]
    assert wrong == [True, False, False, True]


@pytest.mark.clause("C87")
def test_a_childs_safety_or_a_colleagues_conduct_always_goes_to_the_safeguarding_lead() -> None:
    roles = {
        A: frozenset({"staff"}),
        B: frozenset({"dsl"}),
        C: frozenset({"deputy_dsl"}),
        D: frozenset({"manager"}),
    }
    told = [
        recipients(where, roles, reporter=reporter, not_to=not_to)
        for where, reporter, not_to in (
            (Route.SAFEGUARDING, A, ()),
            (Route.SAFEGUARDING, A, {B}),
            (Route.SAFEGUARDING, B, {C}),
            (Route.SAFEGUARDING, A, {B, C, D}),
            (Route.MANAGER, A, ()),
            (Route.MANAGER, D, ()),
        )
    ]
    assert told == [(B,), (C,), (D,), (), (D,), ()]
    assert (route(child_or_conduct=True), route(child_or_conduct=False)) == (
        Route.SAFEGUARDING,
        Route.MANAGER,
    )


@pytest.mark.clause("C85")
def test_an_exception_is_asked_in_writing_and_the_manager_is_told_at_once(cast: Cast) -> None:
    put = {**ASKED, "actor": cast.tom, "organisation": cast.organisation}
    wrong: list[dict[str, Any]] = [
        {"topic": "gate"},
        {"what": "short"},
        {"why": "x" * 601},
        {"until": DAY + timedelta(days=400)},
        {"what": "Ring the mother on 07700 900123 in the evening"},
    ]
    for change in wrong:
        with pytest.raises(Refusal):
            ask(**{**put, **change})
    with pytest.raises(NotAllowed):
        ask(**{**put, "actor": cast.outsider})
    row = ask(**put)
    assert ask(**put) == row and PolicyException.objects.count() == 1
    assert reminded(cast, Kind.ASKED) == {"Priya", "Helen"}
    assert all(one.is_urgent for one in Reminder.objects.filter(kind=Kind.ASKED))
    for who in (cast.tom, cast.gwen, cast.kofi, cast.outsider):
        with pytest.raises(NotAllowed):
            allow(actor=who, exception=row, at=NOW)
    assert allow(actor=cast.priya, exception=row, at=NOW) == Seat.MANAGING
    with pytest.raises(Refusal):
        allow(actor=cast.helen, exception=row, at=NOW)
    assert reminded(cast, Kind.ASKED) == set() and reminded(cast, Kind.ENDING) == {"Tom"}
    row.refresh_from_db()
    assert row.state_on(DAY) == State.HOLDS and row.state_on(DAY + timedelta(days=5)) == State.ENDED
    end(actor=cast.tom, exception=row, at=NOW)
    row.refresh_from_db()
    assert row.state_on(DAY) == State.ENDED
    kinds = set(Entry.objects.filter(kind__contains="exception").values_list("kind", flat=True))
    assert kinds == {f"assurance.exception_{deed}" for deed in ("asked", "allowed", "ended")}


@pytest.mark.clause("C85")
def test_where_a_child_is_concerned_the_safeguarding_lead_decides_too(cast: Cast) -> None:
    row = ask(actor=cast.tom, organisation=cast.organisation, **{**ASKED, "child": True})
    assert reminded(cast, Kind.ASKED) == {"Priya", "Helen", "Gwen"}
    allow(actor=cast.priya, exception=row, at=NOW)
    assert reminded(cast, Kind.ASKED) == {"Gwen"}
    row.refresh_from_db()
    assert row.state_on(DAY) == State.ASKED
    with pytest.raises(Refusal, match="why not"):
        decline(actor=cast.gwen, exception=row, reason="no", at=NOW)
    decline(actor=cast.gwen, exception=row, reason="Please use the spare line", at=NOW)
    row.refresh_from_db()
    assert row.state_on(DAY) == State.DECLINED


ACCESS: dict[str, Any] = {
    "topic": "access",
    "what": "Helen answers comments while Kofi is away",
    "why": "Nobody else can this week",
    "child": False,
    "until": DAY + timedelta(days=4),
    "role": "page_administrator",
    "at": NOW,
}


@pytest.mark.clause("C85")
def test_access_by_an_exception_is_a_role_that_ends_by_itself(cast: Cast) -> None:
    put = {**ACCESS, "organisation": cast.organisation, "actor": cast.kofi, "role_for": cast.helen}
    for change in ({"role": ""}, {"role": "manager"}, {"topic": "other"}, {"role_for": cast.outsider}):
        with pytest.raises(Refusal):
            ask(**{**put, **change})
    row = ask(**put)
    for nobody in (
        cast.helen,
        cast.gwen,
        cast.kofi,
    ):  # a service manager gives no role, and never to themselves
        with pytest.raises(NotAllowed):
            allow(actor=nobody, exception=row, at=NOW)
    allow(actor=cast.priya, exception=row, at=NOW)
    helen, last = cast.member(cast.helen), row.until
    assert "page_administrator" in helen.roles_on(last)
    assert "page_administrator" not in helen.roles_on(last + timedelta(days=1))
    row.refresh_from_db()
    assert row.role_held is not None and row.role_held.ends_on == last
    end(actor=cast.kofi, exception=row, at=NOW)
    assert "page_administrator" not in cast.member(cast.helen).roles_on(DAY)


@pytest.mark.clause("C85")
def test_a_role_that_cannot_be_given_leaves_no_half_of_a_yes(cast: Cast) -> None:
    own = ask(**{**ACCESS, "organisation": cast.organisation, "actor": cast.kofi})  # he holds it already
    with pytest.raises(Refusal, match="holds that role already"):
        allow(actor=cast.priya, exception=own, at=NOW)
    own.refresh_from_db()
    assert own.state_on(DAY) == State.ASKED and own.managing_by is None
    child = {
        **ACCESS,
        "organisation": cast.organisation,
        "actor": cast.tom,
        "role_for": cast.helen,
        "child": True,
    }
    row = ask(**child)
    allow(actor=cast.priya, exception=row, at=NOW)
    assert "page_administrator" not in cast.member(cast.helen).roles_on(DAY)  # not before the second yes
    RoleHeld.objects.filter(membership=cast.member(cast.priya), role="manager").update(
        ends_on=DAY - timedelta(days=1)
    )
    with pytest.raises(Refusal, match="asked for again"):
        allow(actor=cast.gwen, exception=row, at=NOW)
    assert "page_administrator" not in cast.member(cast.helen).roles_on(DAY)


@pytest.mark.clause("C86")
@pytest.mark.clause("C87")
def test_one_question_decides_who_is_told_and_whom_it_is_about_hears_nothing(cast: Cast) -> None:
    put: dict[str, Any] = {"actor": cast.tom, "organisation": cast.organisation, "at": NOW}
    _, users = ask_to_speak(**put, child_or_conduct=False, not_to=())
    assert users == [cast.priya] and reminded(cast, Kind.TOLD) == {"Priya"}
    Told.objects.all().delete()
    row, users = ask_to_speak(**put, child_or_conduct=True, not_to={cast.gwen.pk})
    again, _ = ask_to_speak(**put, child_or_conduct=True, not_to={cast.gwen.pk})
    assert row == again and {user.first_name for user in users} == {"Priya", "Helen"}
    assert reminded(cast, Kind.TOLD) == {"Priya", "Helen"}
    entry = Entry.objects.filter(kind="assurance.told").latest("index")
    assert (entry.actor, entry.payload) == ("system", "{}")
    with pytest.raises(NotAllowed):
        spoken(actor=cast.gwen, told=row, at=NOW)
    with pytest.raises(Refusal, match="NSPCC"):
        everybody = {user.pk for user in (cast.gwen, cast.priya, cast.helen)}
        ask_to_speak(**put, child_or_conduct=True, not_to=everybody)
    spoken(actor=cast.helen, told=row, at=NOW)
    assert reminded(cast, Kind.TOLD) == set()


@pytest.mark.clause("C86")
def test_who_waits_too_long_is_heard_by_the_next_circle_and_never_by_whom_it_is_about(cast: Cast) -> None:
    put: dict[str, Any] = {"actor": cast.tom, "organisation": cast.organisation}
    about, _ = ask_to_speak(**put, child_or_conduct=False, not_to={cast.helen.pk}, at=NOW)
    row, users = ask_to_speak(**put, child_or_conduct=False, not_to=(), at=NOW)
    assert users == [cast.priya]
    late = Setting(cast.organisation, NOW + ALONE)
    assert set(who_hears(late, row)) == {cast.priya.pk, cast.helen.pk}
    assert set(who_hears(late, about)) == {cast.priya.pk}
    keep(cast.organisation, NOW + ALONE)
    told = Reminder.objects.filter(kind=Kind.TOLD, done_at=None, subject=str(row.pk))
    assert {one.user for one in told} == {cast.priya, cast.helen}
    spoken(actor=cast.helen, told=row, at=NOW + ALONE)


@pytest.mark.clause("C85", "C86")
def test_a_line_manager_hears_first_unless_it_is_about_them(cast: Cast) -> None:
    tom, kofi = (Person.objects.get(user=who) for who in (cast.tom, cast.kofi))
    with pytest.raises(NotAllowed):
        name_line_manager(actor=cast.helen, person=tom, manager=kofi, at=NOW)
    with pytest.raises(CannotRegister):
        name_line_manager(actor=cast.priya, person=tom, manager=tom, at=NOW)
    name_line_manager(actor=cast.priya, person=tom, manager=kofi, at=NOW)
    put: dict[str, Any] = {
        "actor": User.objects.get(pk=cast.tom.pk),
        "organisation": cast.organisation,
        "at": NOW,
    }
    told = [
        {user.first_name for user in ask_to_speak(**put, child_or_conduct=child, not_to=not_to)[1]}
        for child, not_to in ((False, ()), (False, {cast.kofi.pk}), (True, ()))
    ]
    assert told == [{"Kofi"}, {"Priya"}, {"Gwen"}]
    row = ask(**{**put, **ASKED})
    assert reminded(cast, Kind.ASKED) == {"Priya", "Helen", "Kofi"}  # told at once; the managers decide
    with pytest.raises(NotAllowed):
        allow(actor=cast.kofi, exception=row, at=NOW)


@pytest.mark.clause("C49")
def test_two_taps_from_any_page_tell_somebody_without_any_role(cast: Cast, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    RoleHeld.objects.filter(membership=cast.member(cast.leah)).delete()
    leah, form = browser(cast.leah), reverse("reminding:tell")
    for where in ("today", "publishing:suggestions", "assurance:risks", "people:list", "menu", "help_now"):
        page = leah.get(reverse(where))
        if page.status_code == 200:  # without a role some pages are not hers
            assert f'href="{form}"' in page.content.decode(), where
    assert (
        leah.get(reverse("today")).content.decode().count(f'href="{form}"') >= 2
    )  # on a desk, and on a phone
    shown = leah.get(form).content.decode()
    assert shown.count('type="submit" name="child"') == 2 and "required" not in shown
    assert leah.post(form, {"child": "no"}).status_code == 302 and Told.objects.get().by == cast.leah


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.clause("C72")
def test_what_one_did_oneself_is_told_in_the_same_place(cast: Cast, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    page = browser(cast.tom).get(reverse("reminding:tell")).content.decode()
    assert "or you yourself?" in page and "something you did yourself is always right" in page
    assert reverse("reminding:tell") in browser(cast.tom).get(reverse("reminding:mine")).content.decode()


def test_the_pages_show_to_each_what_is_theirs(cast: Cast, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    tom, gwen, helen, stranger = (browser(who) for who in (cast.tom, cast.gwen, cast.helen, cast.outsider))
    typed = {"topic": "device", "what": WHAT, "why": "short", "child": "no", "until": "2026-11-28"}
    answer = tom.post(reverse("reminding:exception_ask"), typed)
    assert answer.status_code == 422 and WHAT in answer.content.decode()
    assert tom.post(reverse("reminding:exception_ask"), {**typed, "why": ASKED["why"]}).status_code == 302
    row = PolicyException.objects.get()
    listed = [
        client.get(reverse("reminding:exceptions")).content.decode() for client in (tom, helen, stranger)
    ]
    assert [WHAT in page for page in listed] == [True, True, False]
    assert ["Allow it until" in page for page in listed] == [False, True, False]
    assert stranger.post(reverse("reminding:exception_allow", args=[row.pk])).status_code == 404
    answer = helen.post(reverse("reminding:exception_decline", args=[row.pk]), {"reason": "<no>"})
    assert answer.status_code == 422 and "&lt;no&gt;" in answer.content.decode()
    assert tom.post(reverse("reminding:tell"), {}).status_code == 422
    assert tom.post(reverse("reminding:tell"), {"child": "no", "not_to": "x"}).status_code == 404
    about_gwen = {"child": "yes", "not_to": str(cast.gwen.pk)}
    assert tom.post(reverse("reminding:tell"), about_gwen)["Location"] == reverse("help_now")
    where = reverse("reminding:spoken", args=[Told.objects.get().pk])
    assert ["Tom" in client.get(reverse("reminding:told")).content.decode() for client in (gwen, helen)] == [
        False,
        True,
    ]
    assert [client.post(where).status_code for client in (gwen, stranger, helen)] == [404, 404, 302]
