"""What comes round: the yearly self-check, the look of each term, and a change of safeguarding lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stairgate.assurance.gathering import known_now
from stairgate.assurance.judging import marks
from stairgate.assurance.marks import Worth
from stairgate.assurance.refusal import Refusal
from stairgate.assurance.reminding.keeping import keep
from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Kind
from stairgate.assurance.rounds.models import LeadRead, SelfCheck
from stairgate.assurance.rounds.rules import Audience, declaration_due, look_out_due, term_of
from stairgate.assurance.rounds.selectors import leads_now
from stairgate.assurance.rounds.services import (
    look_out,
    note_activity,
    read_of_lead,
    talked,
    told_of_lead,
)
from stairgate.channels.models import Connection
from stairgate.cli.demo_settings import settle
from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.roles import end_role, give_role
from stairgate.organisations.rules import Role
from stairgate.people.declaring.rules import QUESTIONS, Answer
from stairgate.people.declaring.services import declare, helped
from stairgate.people.models import Declaration, Person
from stairgate.people.services import register
from stairgate.policies.selectors import in_force
from stairgate.publishing.models import Delivery, Post
from stairgate.web.reminder_tasks import with_reminders
from stairgate.web.today import today_page
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 24)
FINE = {question.name: question.wanted for question in QUESTIONS}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


def on_today(cast: Cast, who: User, now: datetime) -> list[str]:
    me = cast.member(who)
    with time_machine.travel(now, tick=False):
        return [task.title for task in with_reminders(today_page(me, now), me, now).tasks]


def of(user: User, kind: Kind) -> list[str]:
    return [row.says for row in Reminder.objects.filter(user=user, kind=kind, done_at=None)]


@pytest.mark.parametrize(
    ("last", "started", "policy", "due"),
    [
        (None, date(2020, 9, 1), date(2026, 11, 1), date(2026, 12, 1)),
        (None, date(2026, 11, 20), date(2026, 11, 1), date(2026, 12, 20)),
        (date(2026, 3, 1), date(2020, 9, 1), date(2026, 11, 1), date(2027, 3, 1)),
        (date(2028, 2, 29), date(2020, 9, 1), date(2026, 11, 1), date(2029, 2, 28)),
    ],
)
@pytest.mark.clause("C46")
def test_a_declaration_is_due_a_year_after_the_last(
    last: date | None, started: date, policy: date, due: date
) -> None:
    assert declaration_due(last_on=last, started_on=started, policy_on=policy) == due


@pytest.mark.parametrize(
    ("day", "key", "due"),
    [
        ("2026-01-01", "2026-01", "2026-02-12"),
        ("2026-03-31", "2026-01", "2026-02-12"),
        ("2026-08-31", "2026-04", "2026-05-13"),
        ("2026-12-31", "2026-09", "2026-10-13"),
    ],
)
def test_there_are_three_terms_a_year(day: str, key: str, due: str) -> None:
    term = term_of(date.fromisoformat(day))
    assert (term.key, look_out_due(term, date(2025, 1, 1)).isoformat()) == (key, due)


@pytest.mark.clause("C46")
@pytest.mark.clause("C56")
@pytest.mark.clause("C77")
def test_everybody_is_asked_once_a_year_on_one_page_and_who_signs_is_asked_there(cast: Cast) -> None:
    said = "Your yearly declaration about your own accounts"
    keep(cast.organisation, NOW)
    assert of(cast.kofi, Kind.SELF_CHECK) == [], "all of the cast have declared"
    Declaration.objects.all().delete()
    keep(cast.organisation, NOW)
    assert of(cast.kofi, Kind.SELF_CHECK) == [said]
    assert of(cast.leah, Kind.SELF_CHECK) == [], "she has not signed, and is asked while she does"
    assert "Make your yearly declaration" in on_today(cast, cast.kofi, NOW)
    assert said not in on_today(cast, cast.kofi, NOW), "Today says it once"
    assert "Make your yearly declaration" not in on_today(cast, cast.leah, NOW)
    declare(actor=cast.kofi, organisation=cast.organisation, answers=FINE, at=NOW)
    for days, asked in ((0, []), (334, []), (336, [said])):
        keep(cast.organisation, NOW + timedelta(days=days))
        assert of(cast.kofi, Kind.SELF_CHECK) == asked


@pytest.mark.clause("C46")
def test_whoever_would_like_help_is_spoken_with_by_somebody_else(cast: Cast) -> None:
    answers = FINE | {"standing": Answer.HELP}
    later = NOW + timedelta(minutes=1)
    made = declare(actor=cast.priya, organisation=cast.organisation, answers=answers, at=later)
    keep(cast.organisation, NOW)
    assert of(cast.gwen, Kind.SELF_HELP) == ["Speak with Priya about their declaration"]
    assert of(cast.priya, Kind.SELF_HELP) == of(cast.tom, Kind.SELF_HELP) == []
    helped(actor=cast.gwen, declaration=made, at=NOW)
    keep(cast.organisation, NOW)
    assert of(cast.gwen, Kind.SELF_HELP) == []


def test_a_talk_that_was_asked_for_in_a_self_check_is_still_to_be_had(cast: Cast) -> None:
    check = SelfCheck.objects.create(
        organisation=cast.organisation, user=cast.priya, on=DAY, at=NOW, answers={}, wants_talk=True
    )
    for who in (cast.priya, cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            talked(actor=who, check=check, at=NOW)
    talked(actor=cast.gwen, check=check, at=NOW)
    check.refresh_from_db()
    assert check.talked_by == cast.gwen


@pytest.mark.clause("C55")
def test_each_term_the_lead_looks_what_training_is_new_and_late_everybody_in_charge_is_told(
    cast: Cast,
) -> None:
    keep(cast.organisation, NOW)
    said = "Look what training and guidance is new: Autumn term 2026"
    assert of(cast.gwen, Kind.LOOK_OUT) == [said] and of(cast.priya, Kind.LOOK_OUT) == []
    late = datetime(2027, 3, 1, tzinfo=UTC)
    keep(cast.organisation, late)
    said = "Look what training and guidance is new: Spring term 2027"
    assert (
        of(cast.gwen, Kind.LOOK_OUT)
        == of(cast.priya, Kind.LOOK_OUT)
        == of(cast.helen, Kind.LOOK_OUT)
        == [said]
    )
    put = {"organisation": cast.organisation, "at": late}
    with pytest.raises(NotAllowed):
        look_out(actor=cast.tom, places=["CEOP Education"], found="", **put)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="Tick where"):
        look_out(actor=cast.gwen, places=["Somewhere"], found=" ", **put)  # type: ignore[arg-type]
    look_out(actor=cast.gwen, places=["CEOP Education"], found="", **put)  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="already"):
        look_out(actor=cast.gwen, places=["CEOP Education"], found="", **put)  # type: ignore[arg-type]
    keep(cast.organisation, late)
    assert of(cast.gwen, Kind.LOOK_OUT) == of(cast.priya, Kind.LOOK_OUT) == []
    keep(cast.organisation, datetime(2027, 4, 1, tzinfo=UTC))
    assert of(cast.gwen, Kind.LOOK_OUT) == ["Look what training and guidance is new: Summer term 2027"]


@pytest.mark.clause("C61")
def test_each_term_something_for_children_or_parents_is_noted_and_late_everybody_in_charge_is_told(
    cast: Cast,
) -> None:
    keep(cast.organisation, NOW)
    said = "Something about safe technology for children or parents: Autumn term 2026"
    assert of(cast.gwen, Kind.ACTIVITY) == [said] and of(cast.priya, Kind.ACTIVITY) == []
    late = datetime(2027, 3, 20, tzinfo=UTC)
    keep(cast.organisation, late)
    said = "Something about safe technology for children or parents: Spring term 2027"
    assert (
        of(cast.gwen, Kind.ACTIVITY)
        == of(cast.priya, Kind.ACTIVITY)
        == of(cast.helen, Kind.ACTIVITY)
        == [said]
    )
    assert of(cast.tom, Kind.ACTIVITY) == []
    put = {"organisation": cast.organisation, "audience": Audience.PARENTS, "done_by": "Tom", "at": late}
    told = {
        "what": "A sheet for home",
        "on": date(2027, 3, 19),
        "link": "",
        "note": "Handed out at the door.",
    }
    for wrong in ({"what": " "}, {"note": ""}, {"on": date(2027, 3, 21)}, {"link": "http://a.example"}):
        with pytest.raises(Refusal):
            note_activity(actor=cast.tom, **put, **(told | wrong))  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        note_activity(actor=cast.outsider, **put, **told)  # type: ignore[arg-type]
    note_activity(actor=cast.tom, **put, **(told | {"on": date(2026, 12, 20)}))  # type: ignore[arg-type]
    keep(cast.organisation, late)
    assert of(cast.gwen, Kind.ACTIVITY) == [said], "that was the term before"
    note_activity(actor=cast.tom, **put, **told)  # type: ignore[arg-type]
    assert Entry.objects.filter(kind="assurance.activity_noted").count() == 2
    keep(cast.organisation, late)
    assert of(cast.gwen, Kind.ACTIVITY) == of(cast.helen, Kind.ACTIVITY) == []


def approved_post(cast: Cast, at: datetime, *, state: str = "waiting", **more: Any) -> Delivery:
    """Return the row of an approved post about online safety that goes out at a moment."""
    given: dict[str, Any] = {"kind": Post.Kind.POST, "organisation": cast.organisation} | more
    purpose = given.pop("purpose", "Online safety")
    post = Post.objects.create(author=cast.tom, state="approved", created_at=NOW, updated_at=NOW, **given)
    revision = post.revisions.create(
        number=1, text="Stay safe", digest="d", purpose=purpose, created_by=cast.tom, created_at=NOW
    )
    return Delivery.objects.create(
        organisation=post.organisation,
        post=post,
        revision=revision,
        channel=cast.channel,
        state=state,
        send_at=at,
        due_at=at,
        done_at=at if state == "done" else None,
        created_at=NOW,
    )


def c42(cast: Cast, at: datetime) -> Worth:
    return marks(known_now(cast.organisation, at, version=in_force(cast.organisation)))["C42"].worth


@pytest.mark.clause("C42")
def test_each_term_a_post_about_online_safety_is_asked_for_and_late_everybody_in_charge_is_told(
    cast: Cast,
) -> None:
    said = "A post about online safety: Autumn term 2026"
    keep(cast.organisation, NOW)
    assert of(cast.kofi, Kind.SAFETY_POST) == of(cast.priya, Kind.SAFETY_POST) == [said]
    assert of(cast.gwen, Kind.SAFETY_POST) == of(cast.tom, Kind.SAFETY_POST) == []
    assert said in on_today(cast, cast.kofi, NOW)
    assert c42(cast, NOW) == Worth.MET, "ten weeks after the first policy are not over"
    in_spring = datetime(2027, 2, 20, tzinfo=UTC)
    settle(cast.nursery, cast.channel, in_spring)
    assert c42(cast, in_spring) == Worth.RISK
    late = datetime(2027, 3, 13, tzinfo=UTC)
    settle(cast.nursery, cast.channel, late)
    assert c42(cast, late) == Worth.BROKEN
    keep(cast.organisation, late)
    said = "A post about online safety: Spring term 2027"
    assert of(cast.gwen, Kind.SAFETY_POST) == of(cast.helen, Kind.SAFETY_POST) == [said]
    approved_post(cast, late + timedelta(days=3))
    assert c42(cast, late) == Worth.MET, "approved and on its way"
    keep(cast.organisation, late)
    assert of(cast.kofi, Kind.SAFETY_POST) == of(cast.helen, Kind.SAFETY_POST) == []
    keep(cast.organisation, datetime(2027, 4, 1, tzinfo=UTC))
    assert of(cast.kofi, Kind.SAFETY_POST) == ["A post about online safety: Summer term 2027"]


@pytest.mark.clause("C42")
@pytest.mark.parametrize(
    ("at", "more", "counts"),
    [
        (datetime(2027, 3, 1, tzinfo=UTC), {"state": "done"}, True),
        (datetime(2027, 3, 1, tzinfo=UTC), {"state": "posted"}, True),
        (datetime(2027, 3, 1, tzinfo=UTC), {"purpose": "online SAFETY"}, True),
        (datetime(2027, 3, 1, tzinfo=UTC), {"state": "cancelled"}, False),
        (datetime(2027, 3, 1, tzinfo=UTC), {"state": "taken_down"}, False),
        (datetime(2027, 3, 1, tzinfo=UTC), {"purpose": "News"}, False),
        (datetime(2027, 3, 1, tzinfo=UTC), {"kind": Post.Kind.REPLY}, False),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), {"state": "done"}, False),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), {"state": "done"}, True),
        # on the clock of London it is April already, and so the summer term
        (datetime(2027, 3, 31, 22, 59, tzinfo=UTC), {}, True),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), {}, False),
    ],
)
def test_what_counts_as_the_post_of_a_term(
    cast: Cast, at: datetime, more: dict[str, Any], counts: bool
) -> None:
    late = datetime(2027, 3, 13, tzinfo=UTC)
    settle(cast.nursery, cast.channel, late)
    approved_post(cast, at, **more)
    keep(cast.organisation, late)
    assert (of(cast.kofi, Kind.SAFETY_POST) == []) is counts
    assert (c42(cast, late) == Worth.MET) is counts


@pytest.mark.clause("C42")
def test_without_a_page_no_post_is_asked_for_and_another_setting_counts_for_nobody(cast: Cast) -> None:
    approved_post(cast, NOW, organisation=cast.elsewhere)
    keep(cast.organisation, NOW)
    assert of(cast.kofi, Kind.SAFETY_POST) != []
    Delivery.objects.all().delete()
    Connection.objects.all().delete()
    keep(cast.organisation, NOW)
    assert of(cast.kofi, Kind.SAFETY_POST) == []


@pytest.mark.clause("C52")
def test_a_new_safeguarding_lead_is_read_of_by_everybody_once(cast: Cast) -> None:
    first = leads_now(cast.organisation, DAY).get()
    keep(cast.organisation, NOW)
    assert (
        of(cast.tom, Kind.LEAD) == ["Our safeguarding lead is Gwen: read it"]
        and of(cast.gwen, Kind.LEAD) == []
    )
    for _ in range(2):
        read_of_lead(actor=cast.tom, held=first, at=NOW)
    assert LeadRead.objects.count() == Entry.objects.filter(kind="assurance.lead_read").count() == 1
    with pytest.raises(NotAllowed):
        read_of_lead(actor=cast.outsider, held=first, at=NOW)
    keep(cast.organisation, NOW)
    assert of(cast.tom, Kind.LEAD) == []
    kofi = cast.member(cast.kofi)
    give_role(actor=cast.priya, membership=kofi, role=Role.DSL, starts_on=DAY, ends_on=None, at=NOW)
    end_role(actor=cast.priya, held=first, at=NOW)
    keep(cast.organisation, NOW)
    said = ["Our safeguarding lead is Kofi: read it"]
    assert of(cast.tom, Kind.LEAD) == of(cast.gwen, Kind.LEAD) == of(cast.helen, Kind.LEAD) == said
    assert of(cast.kofi, Kind.LEAD) == []
    assert said[0] in on_today(cast, cast.tom, NOW)
    with pytest.raises(Refusal, match="not the safeguarding lead any more"):
        read_of_lead(actor=cast.helen, held=first, at=NOW)


@pytest.mark.clause("C52")
def test_whoever_does_not_sign_in_is_told_in_person(cast: Cast) -> None:
    held = leads_now(cast.organisation, DAY).get()
    put = {"work_email": "", "at": NOW, "started_on": DAY, "job_title": "Cook", "user": None}
    grace = register(
        actor=cast.priya,
        organisation=cast.organisation,
        first_name="Grace",
        full_name="Grace Example",
        **put,  # type: ignore[arg-type]
    )
    for who in (cast.gwen, cast.outsider):
        with pytest.raises(NotAllowed):
            told_of_lead(actor=who, person=grace, held=held, at=NOW)
    with pytest.raises(NotAllowed):
        told_of_lead(actor=cast.priya, person=Person.objects.get(user=cast.tom), held=held, at=NOW)
    told_of_lead(actor=cast.priya, person=grace, held=held, at=NOW)
    told_of_lead(actor=cast.priya, person=grace, held=held, at=NOW)
    assert LeadRead.objects.get().told_by == cast.priya


def test_the_forms_keep_what_was_typed_and_another_settings_lead_is_not_there(
    cast: Cast, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    client, stranger = Client(), Client()
    client.force_login(cast.gwen, backend="django.contrib.auth.backends.ModelBackend")
    stranger.force_login(cast.outsider, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post(reverse("reminding:look_out"), {"found": "x" * 2001})
    assert answer.status_code == 422 and "x" * 2001 in answer.content.decode()
    where = reverse("reminding:lead", args=[leads_now(cast.organisation, DAY).get().pk])
    assert stranger.get(where).status_code == stranger.post(where).status_code == 404
    typed = {"what": "A story", "audience": "under_fives", "on": "2026-11-20", "done_by": "Tom"}
    answer = client.post(reverse("reminding:activity"), typed)
    assert answer.status_code == 422 and "Add a link to it" in answer.content.decode()
    assert client.post(reverse("reminding:activity"), typed | {"note": "Read aloud"}).status_code == 302
    assert "Read aloud" in client.get(reverse("reminding:activity")).content.decode()
    unsure = FINE | {"private": Answer.HELP}
    declare(actor=cast.tom, organisation=cast.organisation, answers=unsure, at=NOW + timedelta(minutes=1))
    page = client.get(reverse("reminding:rounds")).content.decode()
    assert "<b>Tom</b>, after the declaration" in page
    assert "Yearly declaration still to make" in page
