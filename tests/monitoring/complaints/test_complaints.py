"""Complaints: the one question decides first, each has a day, and none hides a worry about a child."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.assurance.gathering import known_now
from stairgate.assurance.judges_telling import complaints_answered
from stairgate.assurance.marks import Worth
from stairgate.assurance.reminding.keeping import sweep as remind
from stairgate.assurance.reminding.models import Reminder
from stairgate.monitoring.complaints.rules import (
    Answer,
    Standing,
    due_on,
    is_worry,
    outcome_problem,
    problem,
    standing,
)
from stairgate.monitoring.complaints.services import Told, close_complaint, record_complaint
from stairgate.monitoring.models import Complaint, Decision, Item
from stairgate.monitoring.rules import WORRY, said
from stairgate.monitoring.selectors import inbox
from stairgate.monitoring.serious.services import stop
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.policies.parameters import Parameters, TooLoose
from stairgate.policies.selectors import in_force
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import decide, kinds
from tests.monitoring.pages import signed_in
from tests.monitoring.test_again import FOUND, keep

TODAY = date(2026, 12, 1)
GOOD: dict[str, Any] = {"what": "Nobody rings back", "from_whom": "A parent", "came": "letter"}


@pytest.mark.clause("C08")
@given(st.text())
def test_only_a_clear_no_makes_a_complaint(answer: str) -> None:
    assert is_worry(Answer.NO) is False and is_worry(Answer.YES) is True
    assert is_worry(f"{answer} ") is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 28), st.integers(-60, 60))
def test_its_last_day_is_still_in_time(came: date, days: int, after: int) -> None:
    due = due_on(came, days)
    today = due + timedelta(days=after)
    assert standing(due, closed=False, today=today) == (Standing.LATE if after > 0 else Standing.OPEN)
    assert standing(due, closed=True, today=today) == Standing.CLOSED


@given(st.integers(-800, 800))
def test_it_came_today_or_within_the_last_year(days: int) -> None:
    found = problem(**GOOD, came_on=TODAY + timedelta(days=days), today=TODAY)
    assert (found == "") is (-366 <= days <= 0)


@pytest.mark.parametrize("wrong", [{"what": ""}, {"what": "x" * 1001}, {"from_whom": ""}, {"came": "fax"}])
def test_what_is_missing_is_said(wrong: dict[str, str]) -> None:
    assert problem(**(GOOD | wrong), came_on=TODAY, today=TODAY)
    assert problem(**GOOD, came_on=None, today=TODAY)
    assert outcome_problem("") and outcome_problem("x" * 1001) and not outcome_problem("We rang her")


def test_the_policy_may_ask_for_an_answer_sooner_and_never_later() -> None:
    assert Parameters().complaint_answer_days == 28
    with pytest.raises(TooLoose):
        Parameters.from_json(Parameters().to_json() | {"complaint_answer_days": 29})


@pytest.fixture
def item(cast: Cast) -> Item:
    keep(cast, replace(FOUND, text="You never tell us anything"))
    keep(cast, replace(FOUND, external_id="harm", text="Which days is the one in the red coat in?"))
    return Item.objects.get(external_id=FOUND.external_id)


def told(actor: User, cast: Cast, item: Item | None, answer: str = "no", **other: Any) -> Complaint | None:
    day = cast.organisation.day(timezone.now())
    dealt_by = other.pop("dealt_by", cast.kofi.pk)
    return record_complaint(
        actor=actor,
        organisation=cast.organisation,
        item=item,
        version=item.version if item else "",
        about_child=answer,
        told=Told(**(GOOD | {"came_on": day} | other)),
        dealt_by=dealt_by,
        at=timezone.now(),
    )


@pytest.mark.clause("C08")
def test_a_complaint_is_a_record_of_its_own_with_a_day(cast: Cast, item: Item) -> None:
    row = told(cast.gwen, cast, item, came="comment")
    assert row is not None and row.item == item and row.dealt_by == cast.kofi
    assert row.due_on == row.came_on + timedelta(days=28)
    item.refresh_from_db()
    assert item.state == Item.State.OPEN, "what happens on the page is decided apart"
    assert "monitoring.complaint_recorded" in kinds(cast)
    with pytest.raises(Refusal, match="already"):
        told(cast.gwen, cast, item)


@pytest.mark.clause("C08")
def test_the_policy_says_by_when(cast: Cast) -> None:
    version = in_force(cast.organisation)
    assert version is not None
    version.parameters_json = version.parameters_json | {"complaint_answer_days": 10}
    version.save()
    row = told(cast.gwen, cast, None)
    assert row is not None and row.due_on == row.came_on + timedelta(days=10)


@pytest.mark.clause("C08")
@pytest.mark.clause("C41")
def test_what_is_about_a_child_makes_no_complaint_and_stands_above_everything(cast: Cast, item: Item) -> None:
    assert inbox(cast.organisation)[0].pk != item.pk
    assert told(cast.kofi, cast, item, "yes", what="") is None
    assert not Complaint.objects.exists()
    assert inbox(cast.organisation)[0].pk == item.pk
    item.refresh_from_db()
    assert said(item.risk, ()) == ("harm", "A child may be harmed, says a colleague")
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    item.refresh_from_db()
    assert item.state == Item.State.OPEN, "it waits for the safeguarding lead"
    keep(cast, replace(FOUND, text="You never tell us anything at all"))
    item.refresh_from_db()
    assert item.risk == WORRY and not item.actions.exists(), "and is not hidden by itself"
    decide(cast.gwen, item, Decision.Kind.NO_ACTION)
    item.refresh_from_db()
    assert item.state == Item.State.DECIDED


@pytest.mark.clause("C41")
def test_the_lead_is_told_at_once_of_what_is_about_a_child(cast: Cast, item: Item) -> None:
    told(cast.kofi, cast, item, "yes")
    remind(timezone.now(), "w")
    assert Reminder.objects.filter(kind="harm", subject=str(item.pk), user=cast.gwen).exists()


@pytest.mark.clause("C08")
@pytest.mark.parametrize("answer", ["", "perhaps", "YES"])
def test_without_an_answer_nothing_is_recorded(cast: Cast, item: Item, answer: str) -> None:
    with pytest.raises(Refusal, match="question first"):
        told(cast.kofi, cast, item, answer)
    assert not Complaint.objects.exists()


def test_who_deals_with_it_may_decide_today(cast: Cast) -> None:
    for nobody in (cast.tom.pk, cast.outsider.pk, None):
        with pytest.raises(Refusal, match="who deals with it"):
            told(cast.gwen, cast, None, dealt_by=nobody)


@pytest.mark.clause("C08")
def test_who_may_not_decide_neither_records_nor_closes(cast: Cast, item: Item) -> None:
    for actor in (cast.tom, cast.helen, cast.outsider):
        for answer in ("yes", "no"):
            with pytest.raises(NotAllowed):
                told(actor, cast, item, answer)
    row = told(cast.gwen, cast, None)
    assert row is not None
    for actor in (cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            close_complaint(actor=actor, complaint=row, outcome="We rang", at=timezone.now())


def test_of_old_words_or_of_what_was_stopped_none_is_made(cast: Cast, item: Item) -> None:
    Item.objects.filter(pk=item.pk).update(text="Something else")
    with pytest.raises(Refusal, match="changed"):
        told(cast.kofi, cast, item)
    item.refresh_from_db()
    stop(actor=cast.kofi, organisation=cast.organisation, item=item, at=timezone.now())
    with pytest.raises(Refusal, match="looks illegal"):
        told(cast.kofi, cast, item)


@pytest.mark.clause("C08")
def test_it_is_closed_once_with_its_outcome(cast: Cast) -> None:
    row = told(cast.gwen, cast, None)
    assert row is not None
    with pytest.raises(Refusal):
        close_complaint(actor=cast.kofi, complaint=row, outcome=" ", at=timezone.now())
    closed = close_complaint(actor=cast.kofi, complaint=row, outcome="We rang her", at=timezone.now())
    assert closed.closed_by == cast.kofi and closed.standing_on(date(2030, 1, 1)) == Standing.CLOSED
    with pytest.raises(Refusal, match="already"):
        close_complaint(actor=cast.gwen, complaint=row, outcome="Again", at=timezone.now())


@pytest.mark.clause("C08")
def test_whoever_deals_with_it_is_reminded_and_everybody_when_it_is_late(cast: Cast) -> None:
    row = told(cast.gwen, cast, None)
    assert row is not None
    open_ones = Reminder.objects.filter(kind="complaint", done_at__isnull=True)
    remind(timezone.now(), "w")
    assert [one.user for one in open_ones.all()] == [cast.kofi]
    remind(timezone.now() + timedelta(days=30), "w")
    assert {cast.kofi, cast.gwen, cast.priya} <= {one.user for one in open_ones.all()}
    close_complaint(actor=cast.kofi, complaint=row, outcome="We rang her", at=timezone.now())
    remind(timezone.now(), "w")
    assert not open_ones.all().exists()


@pytest.mark.clause("C08")
def test_the_clause_is_broken_by_a_complaint_that_is_late(cast: Cast) -> None:
    def worth(days: int) -> Worth:
        now = timezone.now() + timedelta(days=days)
        mark = complaints_answered(known_now(cast.organisation, now, version=in_force(cast.organisation)))
        assert mark is not None
        return mark.worth

    assert worth(0) == Worth.MET
    row = told(cast.gwen, cast, None)
    assert row is not None and worth(28) == Worth.MET and worth(30) == Worth.BROKEN
    close_complaint(actor=cast.kofi, complaint=row, outcome="We rang her", at=timezone.now())
    assert worth(30) == Worth.MET


def test_by_its_forms_and_for_nobody_elsewhere(cast: Cast, item: Item, settings: LazySettings) -> None:
    settings.DEMO = True
    kofi, stranger = signed_in(cast.kofi), signed_in(cast.outsider)
    of_item, new = reverse("monitoring:complaint_of", args=[item.pk]), reverse("monitoring:complaint_new")
    day = cast.organisation.day(timezone.now()).isoformat()
    typed = GOOD | {"came_on": day, "dealt_by": str(cast.kofi.pk), "version": item.version}
    assert stranger.get(of_item).status_code == stranger.post(of_item, typed).status_code == 404
    assert "You never tell us anything" in kofi.get(of_item).content.decode()
    for wrong in ({}, {"about_child": "no", "dealt_by": "x"}, {"about_child": "no", "came_on": "x"}):
        refused = kofi.post(of_item, typed | wrong)
        assert refused.status_code == 422 and "Nobody rings back" in refused.content.decode()
    for where in (new, of_item):
        page = kofi.post(where, typed | {"about_child": "yes"}).content.decode()
        assert "tell the safeguarding lead" in page and "Gwen" in page and reverse("reminding:tell") in page
    assert not Complaint.objects.exists()
    item.refresh_from_db()
    answer = kofi.post(of_item, typed | {"about_child": "no", "version": item.version})
    row = Complaint.objects.get()
    where = reverse("monitoring:complaint", args=[row.pk])
    assert answer.status_code == 302 and answer["Location"] == where
    remind(timezone.now(), "w")
    assert "A complaint from A parent is to be answered" in kofi.get("/").content.decode()
    assert "A parent" in kofi.get(reverse("monitoring:complaints")).content.decode()
    assert where in kofi.get(reverse("monitoring:item", args=[item.pk])).content.decode()
    assert "Complaint" in kofi.get(reverse("monitoring:inbox")).content.decode()
    assert stranger.get(where).status_code == 404
    assert stranger.post(f"{where}close/", {"outcome": "We rang"}).status_code == 404
    assert "A parent" not in stranger.get(reverse("monitoring:complaints")).content.decode()
    assert kofi.post(f"{where}close/", {"outcome": ""}).status_code == 422
    assert kofi.post(f"{where}close/", {"outcome": "We rang her"}).status_code == 302
    assert "We rang her" in kofi.get(where).content.decode()
