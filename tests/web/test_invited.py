"""A link for the first sign-in, as a browser meets it: made by a manager, used once by whoever it is for."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.organisations.models import User
from stairgate.people.models import Person
from stairgate.people.services import register
from tests.cast import PASSWORD, Cast, willow_lane

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: object) -> Cast:
    settings.DEMO = True  # type: ignore[attr-defined]
    return willow_lane(timezone.now())


@pytest.fixture
def ruth(cast: Cast) -> Person:
    return register(
        actor=cast.priya,
        organisation=cast.organisation,
        user=None,
        first_name="Ruth",
        full_name="Ruth Example",
        job_title="Apprentice",
        started_on=timezone.localdate(),
        work_email="ruth@willowlane.example",
        at=timezone.now(),
    )


@pytest.fixture
def priya(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.priya, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def link(ruth: Person, priya: Client) -> str:
    answer = priya.post(reverse("people:sign_in", args=[ruth.pk]), {"roles": ["staff"], "phone": ""})
    found = re.search(r'value="https?://[^/"]+(/invited/[^"]+)"', answer.content.decode())
    assert found is not None and "no-store" in answer["Cache-Control"]
    return found.group(1)


def test_it_is_shown_once(ruth: Person, priya: Client, link: str) -> None:
    page = priya.get(reverse("people:person", args=[ruth.pk])).content.decode()
    assert link not in page and "Has a link that nobody has used yet" in page


def test_whoever_has_it_chooses_a_password_and_then_a_second_step(link: str, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    newcomer = Client()
    page = newcomer.get(link)
    assert page.status_code == 200 and "Welcome, Ruth" in page.content.decode()
    answer = newcomer.post(link, {"password": PASSWORD})
    assert answer.status_code == 302 and answer["Location"] == reverse("mfa_activate_totp")
    assert newcomer.get(reverse("mfa_activate_totp")).status_code == 200
    assert newcomer.get("/")["Location"] == reverse("mfa_activate_totp")
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize("password", ["short", "1qaz2wsx3edc", "ruth@willowlane.example"])
def test_a_weak_password_is_refused_and_the_link_stays_good(link: str, password: str) -> None:
    answer = Client().post(link, {"password": password})
    assert answer.status_code == 422
    assert not User.objects.get(email="ruth@willowlane.example").has_usable_password()
    assert Client().get(link).status_code == 200


def test_an_unknown_link_says_no_more_than_a_used_one(link: str) -> None:
    Client().post(link, {"password": PASSWORD})
    used, unknown = Client().get(link), Client().get(reverse("invited", args=["nothing"]))
    assert used.status_code == unknown.status_code == 404
    strip = re.compile(rb'nonce="[^"]*"')
    assert strip.sub(b"", used.content) == strip.sub(b"", unknown.content)
    assert Client().post(link, {"password": "another long password"}).status_code == 404


def test_a_manager_who_opens_it_becomes_nobody_else_without_a_password(
    priya: Client, link: str, cast: Cast
) -> None:
    assert priya.get(link).status_code == 200
    assert priya.session["_auth_user_id"] == str(cast.priya.pk)


def test_a_new_link_stops_the_old_one(priya: Client, ruth: Person, link: str) -> None:
    answer = priya.post(reverse("people:link", args=[ruth.pk]))
    assert answer.status_code == 200 and Client().get(link).status_code == 404


def test_no_link_is_made_for_somebody_who_signs_in(priya: Client, cast: Cast) -> None:
    kofi = Person.objects.get(user=cast.kofi)
    answer = priya.post(reverse("people:link", args=[kofi.pk]), follow=True)
    assert "has signed in already" in answer.content.decode() and "/invited/" not in answer.content.decode()
