"""What people declare: kept sealed, read by few, each look recorded, and what it leaves to do stands on Today until done."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import ANY

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.people.declaring.guides import guides
from stairgate.people.declaring.rules import (
    QUESTIONS,
    Answer,
    FollowUp,
    follow_up,
    is_due,
    is_overdue,
    may_sign,
)
from stairgate.people.declaring.services import CannotDeclare, agree, declare, helped, read, write_plan
from stairgate.people.models import Declaration, FamilyPlan, Person
from stairgate.policies.selectors import why_not
from stairgate.web.declaration_tasks import declaration_tasks
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
YES, NO, HELP = Answer.YES, Answer.NO, Answer.HELP
FINE = {question.name: question.wanted for question in QUESTIONS}


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None, settings: Any) -> Cast:
    settings.DEMO = True
    made = willow_lane(NOW)
    Declaration.objects.all().delete()
    return made


def of(user: User) -> Person:
    return Person.objects.select_related("organisation").get(user=user)


def say(cast: Cast, user: User, **answers: Answer) -> Declaration:
    return declare(actor=user, organisation=cast.organisation, answers=FINE | answers, at=NOW)


def today(cast: Cast, user: User) -> list[str]:
    return [task.title for task in declaration_tasks(cast.member(user), NOW)]


@pytest.mark.clause("C46")
@pytest.mark.clause("C47")
@pytest.mark.clause("C56")
@pytest.mark.clause("C57")
@pytest.mark.clause("C68")
@pytest.mark.clause("C77")
def test_what_an_answer_leaves_to_do() -> None:
    assert follow_up(FINE) == FollowUp(plan=False, help=False)
    assert follow_up(FINE | {"families": YES}) == FollowUp(plan=True, help=False)
    assert [question.clause for question in QUESTIONS] == ["C68", "C56", "C57", "C46", "C47", "C75"]
    others = [{question.name: said} for question in QUESTIONS[1:] for said in (NO, HELP)]
    for unsure in ({"families": HELP}, *others):
        assert follow_up(FINE | unsure) == FollowUp(plan=False, help=True)
    assert follow_up({}).help


@pytest.mark.clause("C56")
def test_a_declaration_counts_for_a_year_and_is_asked_again_before() -> None:
    made, over = date(2024, 2, 29), date(2025, 2, 28)
    assert is_due(None, made) and is_overdue(None, made)
    assert not is_due(made, over - timedelta(days=31)) and is_due(made, over - timedelta(days=30))
    assert may_sign(made, over) and not may_sign(made, over + timedelta(days=1)) and not may_sign(None, made)
    assert not is_overdue(made, over) and is_overdue(made, over + timedelta(days=1))


@pytest.mark.clause("C68")
def test_who_reads_it_and_that_they_did_is_written_down(cast: Cast) -> None:
    made = say(cast, cast.tom, families=YES)
    tom = of(cast.tom)
    assert b"families" not in bytes(made.answers_sealed)
    own = read(actor=cast.tom, person=tom, at=NOW)
    assert own is not None and own.answers[0] == (ANY, "Yes")
    assert not Entry.objects.filter(kind="people.declaration_read").exists(), "one's own is no look"
    for reader in (cast.priya, cast.gwen):
        assert read(actor=reader, person=tom, at=NOW) == own
    assert Entry.objects.filter(kind="people.declaration_read", subject=str(tom.pk)).count() == 2
    for other in (cast.kofi, cast.leah, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            read(actor=other, person=tom, at=NOW)
    said = str(list(Entry.objects.filter(kind__startswith="people.decl").values_list("payload", flat=True)))
    assert "yes" not in said and "families" not in said


@pytest.mark.clause("C68")
def test_a_connection_asks_for_a_plan_that_somebody_else_writes_and_they_agree_to(cast: Cast) -> None:
    made = say(cast, cast.tom, families=YES)
    assert (
        today(cast, cast.priya)[-1] == today(cast, cast.gwen)[-1] == "Speak with Tom about their declaration"
    )
    assert today(cast, cast.kofi) == ["Make your yearly declaration"], "who may not read it is not told of it"
    assert today(cast, cast.tom) == ["Agree how you handle a connection"]
    for other in (cast.tom, cast.kofi):
        with pytest.raises(NotAllowed):
            write_plan(actor=other, declaration=made, words="As I like.", at=NOW)
    with pytest.raises(CannotDeclare, match="Write what you agreed"):
        write_plan(actor=cast.gwen, declaration=made, words=" ", at=NOW)
    plan = write_plan(actor=cast.gwen, declaration=made, words="No messages about nursery.", at=NOW)
    assert b"messages" not in bytes(plan.words_sealed)
    assert today(cast, cast.tom) == ["Read what was agreed with you"]
    assert "Speak with Tom about their declaration" not in today(cast, cast.priya)
    with pytest.raises(CannotDeclare, match="changed since you read it"):
        agree(actor=cast.tom, organisation=cast.organisation, seen="another plan", at=NOW)
    for _ in range(2):
        agree(actor=cast.tom, organisation=cast.organisation, seen=str(plan.pk), at=NOW)
    assert today(cast, cast.tom) == [] and Entry.objects.filter(kind="people.plan_agreed").count() == 1
    opened = read(actor=cast.tom, person=of(cast.tom), at=NOW)
    assert opened is not None and (opened.plan, opened.by, opened.agreed) == (
        "No messages about nursery.",
        "Gwen",
        True,
    )
    assert say(cast, cast.tom, families=YES).pk == made.pk, "the same press twice keeps what was agreed"
    later = NOW + timedelta(minutes=1)
    newer = declare(actor=cast.tom, organisation=cast.organisation, answers=FINE, at=later)
    with pytest.raises(CannotDeclare, match="newer declaration"):
        write_plan(actor=cast.gwen, declaration=made, words="Another.", at=NOW)
    with pytest.raises(CannotDeclare, match="nothing to plan"):
        write_plan(actor=cast.gwen, declaration=newer, words="Another.", at=NOW)


@pytest.mark.clause("C56")
def test_help_is_asked_for_and_given(cast: Cast) -> None:
    assert today(cast, cast.leah) == ["Make your yearly declaration"]
    made = say(cast, cast.leah, private=HELP)
    assert "Speak with Leah about their declaration" in today(cast, cast.priya)
    for _ in range(2):
        helped(actor=cast.priya, declaration=made, at=NOW)
    assert Entry.objects.filter(kind="people.declaration_helped").count() == 1
    assert "Speak with Leah about their declaration" not in today(cast, cast.priya)
    with pytest.raises(CannotDeclare, match="every question"):
        declare(actor=cast.leah, organisation=cast.organisation, answers={"private": YES}, at=NOW)
    with pytest.raises(NotAllowed):
        declare(actor=cast.outsider, organisation=cast.organisation, answers=FINE, at=NOW)


@pytest.mark.clause("C68")
@pytest.mark.clause("C74")
def test_a_connection_without_an_agreed_plan_keeps_account_duties_shut_and_tells_nobody_why(
    cast: Cast,
) -> None:
    def stopped(who: User) -> tuple[str, ...]:
        return why_not(cast.member(who), Duty.APPROVE, version=cast.policy, on=NOW.date())

    assert stopped(cast.kofi) == ()
    made = say(cast, cast.kofi, families=YES)
    assert stopped(cast.kofi) == ("Kofi has something to settle with a manager first.",)
    kofi = signed_in(cast.kofi)
    assert "Kofi has something to settle" in words(
        kofi.get(reverse("people:person", args=[of(cast.kofi).pk]))
    )
    helen = words(signed_in(cast.helen).get(reverse("people:person", args=[of(cast.kofi).pk])))
    assert "something to settle" in helen and "C68" not in helen and "plan" not in helen
    plan = write_plan(actor=cast.gwen, declaration=made, words="Only at the gate.", at=NOW)
    assert stopped(cast.kofi) != (), "written is not agreed"
    agree(actor=cast.kofi, organisation=cast.organisation, seen=str(plan.pk), at=NOW)
    assert stopped(cast.kofi) == ()
    later = NOW + timedelta(minutes=1)
    other = write_plan(actor=cast.priya, declaration=made, words="Not at all.", at=later)
    assert stopped(cast.kofi) != (), "a newer plan is agreed anew"
    agree(actor=cast.kofi, organisation=cast.organisation, seen=str(other.pk), at=later)
    declare(actor=cast.kofi, organisation=cast.organisation, answers=FINE | {"families": YES}, at=later)
    assert stopped(cast.kofi) == ()
    say(cast, cast.leah, private=HELP)
    assert not any("settle" in reason for reason in stopped(cast.leah)), "to need help shuts nothing"


@pytest.mark.clause("C68")
@pytest.mark.clause("C74")
def test_what_was_disclosed_is_not_taken_away_by_another_answer(cast: Cast) -> None:
    def stopped() -> bool:
        return bool(why_not(cast.member(cast.kofi), Duty.APPROVE, version=cast.policy, on=NOW.date()))

    say(cast, cast.kofi, families=YES)
    newer, last = NOW + timedelta(minutes=1), NOW + timedelta(minutes=2)
    made = declare(actor=cast.kofi, organisation=cast.organisation, answers=FINE, at=newer)
    assert stopped() and "Speak with Kofi about their declaration" in today(cast, cast.priya)
    plan = write_plan(actor=cast.gwen, declaration=made, words="Pressed by mistake: none.", at=newer)
    declare(actor=cast.kofi, organisation=cast.organisation, answers=FINE | {"private": HELP}, at=last)
    assert stopped(), "a plan without their yes settles nothing"
    again = write_plan(
        actor=cast.gwen, declaration=Declaration.objects.latest("declared_at"), words="As said.", at=last
    )
    assert plan.agreed_at is None
    agree(actor=cast.kofi, organisation=cast.organisation, seen=str(again.pk), at=last)
    assert not stopped()
    settled = declare(
        actor=cast.kofi, organisation=cast.organisation, answers=FINE, at=last + timedelta(minutes=1)
    )
    assert not settled.needs_plan and not stopped()


@pytest.mark.clause("C56")
def test_there_is_a_dated_guide_for_each_big_network_and_whoever_is_unsure_is_led_there(cast: Cast) -> None:
    shipped = guides()
    assert {"facebook", "instagram", "x", "tiktok", "snapchat", "whatsapp", "bluesky", "linkedin"} <= {
        one.id for one in shipped.networks
    }
    assert shipped.version and all(one.steps and one.stays for one in shipped.networks)
    client, where = signed_in(cast.leah), reverse("people:guides")
    page = words(client.get(where))
    assert all(f"<b>{one.name}</b>" in page for one in shipped.networks)
    assert (
        f"Guide {shipped.version}, written 30 Nov 2026" in page
        and "Nobody here looks at your accounts" in page
    )
    assert where in words(client.get(reverse("people:declaration")))
    asked = client.post(reverse("people:declaration"), FINE | {"private": "help"})
    assert asked.headers["Location"] == where
    page = words(client.get(reverse("people:declaration")))
    assert "handle" not in {field.name for field in Declaration._meta.get_fields()} and where in page


def test_the_pages(cast: Cast) -> None:
    tom, gwen = signed_in(cast.tom), signed_in(cast.gwen)
    where, person = reverse("people:declaration"), of(cast.tom)
    answer = tom.post(where, {"families": "yes", "private": "no"})
    assert (
        answer.status_code == 422
        and 'id="private-no" name="private" value="no" required checked' in words(answer)
    )
    assert "Thank you" in words(tom.post(where, FINE | {"families": "yes"}, follow=True))
    page = words(gwen.get(reverse("people:person", args=[person.pk])))
    assert "A plan is to be agreed" in page and "Are you connected" not in page
    assert "Are you connected" in words(gwen.post(reverse("people:declaration_read", args=[person.pk])))
    plan = reverse("people:declaration_plan", args=[Declaration.objects.get().pk])
    refused = gwen.post(plan, {"plan": "x" * 2_001})
    assert refused.status_code == 422 and "x" * 2_001 in words(refused), "nothing typed is lost"
    gwen.post(plan, {"plan": "Only at the gate.\nNo messages."})
    assert "Only at the gate." in words(tom.get(where))
    assert "You agreed" in words(
        tom.post(reverse("people:declaration_agree"), {"plan": FamilyPlan.objects.get().pk}, follow=True)
    )
    assert FamilyPlan.objects.get().agreed_at == NOW
    helen = words(signed_in(cast.helen).get(reverse("people:person", args=[person.pk])))
    assert "Declared" in helen and "plan" not in helen and "Read it" not in helen
    oona = signed_in(cast.outsider)
    assert oona.post(plan, {"plan": "No"}).status_code == 404
    assert oona.post(reverse("people:declaration_read", args=[person.pk])).status_code == 404


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())
