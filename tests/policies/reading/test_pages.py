"""The way from Today to one's own copy, over HTTP, as a real setting has it: with a password."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stairgate.organisations.models import User
from stairgate.people.declaring.rules import QUESTIONS
from stairgate.people.leaving import leave
from stairgate.people.models import Declaration, Person
from stairgate.policies.models import PolicyVersion, Reading, Signature
from stairgate.policies.reading.rules import digest_of, parts_of
from stairgate.policies.reading.selectors import confirmations_today
from tests.cast import PASSWORD, Cast, willow_lane
from tests.policies.reading.test_rules import RIGHT
from tests.signing import signed
from tests.web.pages import second_steps

NAME = reverse("reading:name")


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    made = willow_lane(now)
    for user in (made.leah, made.helen, made.priya):
        second_steps(user)
    return made


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seen(client: Client, where: str) -> str:
    """Return a page, within the budget of every page."""
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(where)
    assert answer.status_code == 200 and len(asked) <= 15 and len(answer.content) <= 100_000
    return answer.content.decode()


def say(client: Client, name: str, *args: object, **typed: object) -> str:
    """Send a form; return where it leads."""
    return str(client.post(reverse(f"reading:{name}", args=args), typed)["Location"])


@pytest.mark.clause("C14")
@pytest.mark.clause("C17")
@pytest.mark.clause("C51")
@pytest.mark.clause("C107")
@pytest.mark.clause("C109")
def test_the_whole_way(cast: Cast, now: datetime) -> None:
    client = browser(cast.leah)
    assert "Read and sign our policy" in client.get("/").content.decode()
    assert client.get(NAME)["Location"] == reverse("reading:start")
    assert say(client, "open") == reverse("reading:part", args=[1])
    parts = parts_of(cast.policy.text)
    assert client.get(reverse("reading:part", args=[2]))["Location"] == reverse("reading:part", args=[1])
    for number, part in enumerate(parts, start=1):
        shown = seen(client, reverse("reading:part", args=[number]))
        assert reverse("help_now") in shown  # the way to raise a worry is on every page
        pieces = [piece for chapter in part.chapters for piece in chapter.pieces]
        assert all(piece.html in shown for piece in pieces) and html.escape(part.title) in shown
        assert client.get(NAME)["Location"] == reverse("reading:part", args=[number])
        leads = say(client, "part_read", number)
    assert leads == reverse("reading:questions")
    assert "10 questions on version 1." in seen(client, leads)
    wrong = client.post(leads, {**RIGHT, "ask-illegal": "0"})
    shown = wrong.content.decode()
    assert wrong.status_code == 422 and "9 of 10 are right" in shown and "Not quite." in shown
    assert client.post(leads, RIGHT)["Location"] == NAME

    # a sign-in of hours ago is not enough: it is asked once more who is there
    asked = client.get(NAME)["Location"]
    assert asked == f"{reverse('account_reauthenticate')}?next={NAME.replace('/', '%2F')}"
    assert client.post(asked, {"password": "not hers", "next": NAME}).status_code == 200
    assert client.get(NAME)["Location"] == asked
    assert client.post(asked, {"password": PASSWORD, "next": NAME})["Location"] == NAME
    assert "As it stands on the register: Leah Example." in seen(client, NAME)

    lines = confirmations_today(cast.policy, now)
    typed = {"seen": digest_of(lines), "ticked": [line.key for line in lines], "name": "Leah"}
    refused = client.post(NAME, typed)
    assert refused.status_code == 422 and "does not match the staff register" in refused.content.decode()
    assert refused.content.decode().count(" checked") == len(lines)
    assert client.post(NAME, typed | {"name": "Leah Example"})["Location"] == reverse("reading:mine")
    signature = Signature.objects.get(user=cast.leah)
    assert signature.proved_by == "password"
    assert "Read and sign our policy" not in client.get("/").content.decode()

    where = reverse("reading:copy", args=[signature.pk])
    assert where in client.get(reverse("reading:mine")).content.decode()
    copy = client.get(where).content.decode()
    assert all(html.escape(line.words) in copy for line in lines) and signature.text_digest in copy
    pieces = [piece for part in parts for chapter in part.chapters for piece in chapter.pieces]
    assert all(piece.html in copy for piece in pieces)
    assert browser(cast.priya).get(where).status_code == 404


def test_what_was_typed_waits_while_it_is_asked_who_is_there(cast: Cast, now: datetime) -> None:
    client = browser(cast.leah)
    say(client, "open")
    Reading.objects.filter(user=cast.leah).update(read_at=now, passed_at=now)
    lines = confirmations_today(cast.policy, now)
    typed = {"seen": digest_of(lines), "ticked": ["received", "care"], "name": "Leah Example"}
    typed["ticked"] = [line.key for line in lines]
    asked = client.post(NAME, typed)["Location"]
    assert not Signature.objects.filter(user=cast.leah).exists()
    client.post(asked, {"password": PASSWORD, "next": NAME})
    shown = client.get(NAME).content.decode()
    assert 'value="Leah Example"' in shown and shown.count(" checked") == len(lines)
    assert client.post(NAME, typed)["Location"] == reverse("reading:mine")


@pytest.mark.clause("C44")
@pytest.mark.clause("C50")
def test_managers_see_who_has_not_opened_it(cast: Cast) -> None:
    shown = browser(cast.priya).get(reverse("reading:who")).content.decode()
    assert "4 of 6 people on the register have signed." in shown and "2 have not opened it." in shown
    assert "Leah" in shown and "Not opened yet" in shown
    assert browser(cast.leah).get(reverse("reading:who")).status_code == 403


def test_a_signature_from_before_readings_were_kept_is_shown_as_it_is(cast: Cast, now: datetime) -> None:
    signature = signed(cast.helen, cast.policy, now)
    shown = browser(cast.helen).get(reverse("reading:copy", args=[signature.pk])).content.decode()
    assert "Not recorded then" in shown


@pytest.mark.clause("C68")
def test_who_has_not_declared_is_asked_on_the_page_where_they_sign(cast: Cast, now: datetime) -> None:
    client = browser(cast.leah)
    Declaration.objects.filter(person__user=cast.leah).delete()
    say(client, "open")
    Reading.objects.filter(user=cast.leah).update(read_at=now, passed_at=now)
    asked = client.get(NAME)["Location"]
    client.post(asked, {"password": PASSWORD, "next": NAME})
    shown = seen(client, NAME)
    assert all(question.asks in html.unescape(shown) for question in QUESTIONS)
    assert reverse("people:guides") in shown
    lines = confirmations_today(cast.policy, now)
    typed = {"seen": digest_of(lines), "ticked": [line.key for line in lines], "name": "Leah Example"}
    answers = {question.name: str(question.wanted) for question in QUESTIONS}
    refused = client.post(NAME, typed | {**answers, "families": "@leah_at_home"})
    assert refused.status_code == 422 and "Answer every question." in refused.content.decode()
    assert not Declaration.objects.filter(person__user=cast.leah).exists()
    refused = client.post(NAME, typed | answers | {"name": "Lea"})
    assert (
        refused.status_code == 422
        and "families" not in refused.content.decode().split("<main")[1].split('name="ticked"')[0]
    ), "what was declared is kept, and not asked again"
    assert client.post(NAME, typed)["Location"] == reverse("reading:mine")
    assert Declaration.objects.filter(person__user=cast.leah).count() == 1


@pytest.mark.clause("C107")
def test_a_leavers_copies_are_on_their_page_for_who_keeps_the_register(cast: Cast, now: datetime) -> None:
    person = Person.objects.select_related("organisation").get(user=cast.tom)
    where = reverse("people:person", args=[person.pk])
    assert "Copies of what Tom signed" not in browser(cast.priya).get(where).content.decode()
    leave(actor=cast.priya, person=person, last_day=cast.organisation.day(now), at=now)
    Person.objects.filter(pk=person.pk).update(ended_on=cast.organisation.day(now) - timedelta(days=1))
    shown = browser(cast.priya).get(where).content.decode()
    paper = reverse("reading:certificate", args=[Signature.objects.get(user=cast.tom).pk])
    assert "Copies of what Tom signed" in shown and paper in shown
    assert browser(cast.priya).get(paper)["Content-Type"] == "application/pdf"
    assert browser(cast.leah).get(paper).status_code == 404
    PolicyVersion.objects.filter(pk=cast.policy.pk).update(organisation=cast.elsewhere)
    assert paper not in browser(cast.priya).get(where).content.decode(), "signed in another setting"
