"""The welcome wizard of a real setting, from the first visit to a locked door, and never again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from stairgate.ledger.services import verify_log
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.people.models import Person
from tests.cast import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
CODE = "ABCD-2345"
SETTING = {
    "code": CODE,
    "name": "Willow Lane Nursery",
    "kind": "nursery",
    "nation": "SCT",
    "office_phone": "01632 960118",
    "office_email": "office@willowlane.example",
}
MANAGER = {
    "first_name": "Priya",
    "full_name": "Priya  Example",
    "started_on": "2020-09-01",
    "job_title": "Nursery manager",
    "email": "Priya@WillowLane.example",
    "password": PASSWORD,
}
#: called at the last step, after the wizard has looked whether somebody was first
CHECK = "stairgate.web.welcome.validate_password"
LAST_STEP = '<li class="is-now" aria-current="step">Lock the door</li>'
TYPED = {"welcome": SETTING, "welcome_you": MANAGER}

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def setup_code() -> Iterator[Path]:
    """The code that a first start writes; and nobody has guessed yet."""
    cache.clear()
    path = Path(settings.HOME.path / "setup-code")
    path.write_text(f"{CODE}\n", "ascii")
    yield path
    path.unlink(missing_ok=True)
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client()


def shown(client: Client, name: str, values: dict[str, str] | None = None) -> str:
    """Return the words of a page that must be there, after sending it something or nothing."""
    answer = client.get(reverse(name)) if values is None else client.post(reverse(name), values)
    assert answer.status_code == 200, answer
    return unescape(answer.content.decode())


def sent(client: Client, name: str, values: dict[str, str]) -> str:
    """Send a form that is accepted; return where it leads."""
    answer = client.post(reverse(name), values)
    assert answer.status_code == 302, unescape(answer.content.decode())
    return str(answer["Location"])


def value_of(page: str, name: str) -> str:
    field = re.search(rf'<input[^>]* name="{name}"[^>]*>', page)
    assert field, name
    value = re.search(r' value="([^"]*)"', field[0])
    return value[1] if value else ""


def authenticator_code(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def founded(client: Client) -> None:
    sent(client, "welcome", SETTING)
    sent(client, "welcome_you", MANAGER)


@pytest.mark.parametrize("first", ["/", "/sign-in/", "/posts/"])
def test_a_first_visit_leads_to_the_wizard(visitor: Client, first: str) -> None:
    answer = visitor.get(first, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("welcome")
    assert "Where is this gate?" in answer.content.decode()


@pytest.mark.clause("C12")
def test_from_the_first_visit_to_a_locked_door(
    visitor: Client, setup_code: Path, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    assert sent(visitor, "welcome", SETTING) == reverse("welcome_you")
    assert not Organisation.objects.exists(), "nothing is made before there is a manager"
    with django_capture_on_commit_callbacks(execute=True):
        assert sent(visitor, "welcome_you", MANAGER) == reverse("mfa_activate_totp")
    assert not setup_code.exists()

    # Until the door is locked every page leads back to it, and their password is not asked for again.
    assert visitor.get("/")["Location"] == reverse("mfa_activate_totp")
    page = shown(visitor, "mfa_activate_totp")
    assert LAST_STEP in page and LAST_STEP in shown(visitor, "mfa_add_webauthn")
    secret = page.split("Key: <code>")[1].split("<")[0]
    wrong = shown(visitor, "mfa_activate_totp", {"code": "000000"})
    assert "Please look at this first" in wrong and secret in wrong
    sent(visitor, "mfa_activate_totp", {"code": authenticator_code(secret)})
    assert LAST_STEP not in shown(visitor, "mfa_add_webauthn"), "a second key is no step of the wizard"
    today = visitor.get("/")
    assert today.status_code == 200 and "Priya" in today.content.decode()

    member = Membership.objects.get()
    assert member.organisation.name == SETTING["name"] and not member.organisation.is_demo
    assert member.user.email == "priya@willowlane.example"
    person = Person.objects.get(user=member.user)
    assert (person.full_name, person.started_on) == ("Priya Example", date(2020, 9, 1))
    assert person.organisation == member.organisation and person.work_email == member.user.email
    day = member.organisation.day(member.organisation.created_at)
    assert set(member.roles_on(day)) == {Role.MANAGER, Role.PAGE_ADMINISTRATOR}
    assert verify_log(member.organisation_id) == []
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP).data["secret"]
    assert secret not in kept, "the secret is sealed at rest"


def test_next_time_the_password_alone_opens_nothing(visitor: Client) -> None:
    founded(visitor)
    secret = shown(visitor, "mfa_activate_totp").split("Key: <code>")[1].split("<")[0]
    sent(visitor, "mfa_activate_totp", {"code": authenticator_code(secret)})
    cache.clear()  # the very same code may not be used twice
    again = Client()
    door = sent(again, "account_login", {"login": MANAGER["email"], "password": PASSWORD})
    assert door.startswith(reverse("mfa_authenticate"))
    assert again.get("/").status_code == 302
    assert "Type the 6-digit code" in shown(again, "mfa_authenticate")
    sent(again, "mfa_authenticate", {"code": authenticator_code(secret)})
    assert again.get("/").status_code == 200


@pytest.mark.parametrize("name", ["welcome", "welcome_you"])
def test_afterwards_the_wizard_is_closed(visitor: Client, name: str) -> None:
    half_way = Client()
    sent(half_way, "welcome", SETTING)
    founded(visitor)
    for client in (half_way, Client()):
        assert client.get(reverse(name)).status_code == 404
        assert client.post(reverse(name), TYPED[name]).status_code == 404
    # the first manager themself is sent on to lock the door
    assert visitor.post(reverse(name), TYPED[name])["Location"] == reverse("mfa_activate_totp")
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)


def test_who_was_half_way_and_comes_too_late_leaves_no_trace(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look at the door is passed, and then somebody else is first."""
    late = Client()
    sent(late, "welcome", SETTING)

    def others_are_faster(*given: object) -> None:
        monkeypatch.undo()
        founded(visitor)

    monkeypatch.setattr(CHECK, others_are_faster)
    answer = late.post(reverse("welcome_you"), {**MANAGER, "email": "somebody@fernbank.example"})
    assert answer.status_code == 404
    assert [user.email for user in User.objects.all()] == ["priya@willowlane.example"]
    assert "_auth_user_id" not in late.session


def test_step_two_needs_step_one(visitor: Client) -> None:
    assert visitor.get(reverse("welcome_you"))["Location"] == reverse("welcome")
    assert visitor.post(reverse("welcome_you"), MANAGER)["Location"] == reverse("welcome")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("code", "WXYZ-9999", "Set-up code: That is not the code. It was shown when Stairgate was started."),
        ("code", "ÄÖÜ", "Set-up code: That is not the code."),
        ("name", "", "Name of your setting: This field is required."),
        ("name", "x" * 121, "Name of your setting: Ensure this value has at most 120 characters"),
        ("kind", "castle", "What it is: Select a valid choice."),
        ("office_email", "office at willow lane", "Office email: Enter a valid email address."),
    ],
)
def test_a_setting_that_is_not_right_keeps_what_was_typed(
    visitor: Client, field: str, given: str, says: str
) -> None:
    page = shown(visitor, "welcome", {**SETTING, field: given})
    assert says in page
    for name in {"name", "office_phone", "office_email"} - {field}:
        assert value_of(page, name) == SETTING[name]
    if field in {"name", "office_email"}:
        assert value_of(page, field) == given
    assert visitor.get(reverse("welcome_you"))["Location"] == reverse("welcome")


@pytest.mark.parametrize(
    ("field", "given", "says"),
    [
        ("first_name", "", "First name: This field is required."),
        ("full_name", "", "Full name: This field is required."),
        ("started_on", "2999-01-01", "Working here since: This day has not come yet."),
        ("email", "priya", "Work email: Enter a valid email address."),
        ("password", "short", "Password: Use at least 12 letters."),
        ("password", "qwerty123456", "Password: Many people use this one"),
        ("password", "priya@willowlane.example", "Password: It looks like your name or your email"),
    ],
)
def test_a_manager_who_is_not_right_keeps_what_was_typed(
    visitor: Client, field: str, given: str, says: str
) -> None:
    sent(visitor, "welcome", SETTING)
    page = shown(visitor, "welcome_you", {**MANAGER, field: given})
    assert says in page
    for name in {"first_name", "job_title", "email"} - {field}:
        assert value_of(page, name) == MANAGER[name]
    assert value_of(page, "password") == "", "a password is never written into a page"
    assert given == "" or field == "password" or value_of(page, field) == given
    assert not User.objects.exists() and not Organisation.objects.exists()


def test_going_back_shows_what_was_typed(visitor: Client) -> None:
    sent(visitor, "welcome", {**SETTING, "kind": "club"})
    page = shown(visitor, "welcome")
    assert value_of(page, "name") == SETTING["name"]
    assert '<option value="club" selected>' in page
    assert value_of(page, "code") == ""


def test_the_code_is_taken_as_people_type_it(visitor: Client) -> None:
    assert sent(visitor, "welcome", {**SETTING, "code": " abcd 2345 "}) == reverse("welcome_you")


def test_without_a_code_on_disk_nobody_gets_in(visitor: Client, setup_code: Path) -> None:
    setup_code.unlink()
    assert "That is not the code" in shown(visitor, "welcome", SETTING)


def test_only_wrong_codes_are_counted_and_ten_are_enough(visitor: Client) -> None:
    for _ in range(12):
        assert "Too many" not in shown(visitor, "welcome", {**SETTING, "office_email": "not one"})
    for _ in range(10):
        assert "That is not the code" in shown(visitor, "welcome", {**SETTING, "code": "WXYZ-9999"})
    assert "Too many wrong codes. Wait 15 minutes" in shown(Client(), "welcome", SETTING)


@pytest.mark.django_db(databases=[])
def test_many_at_once_make_one_first_manager(
    installation_environment: dict[str, str], tmp_path: Path
) -> None:
    environment = {
        **installation_environment,
        "DJANGO_SETTINGS_MODULE": "stairgate.config.testing",
        "STAIRGATE_TEST_HOME": str(tmp_path / "home"),
    }
    command = [sys.executable, "-m", "tests.web.race"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr[-3000:]
    result = json.loads(run.stdout.splitlines()[-1])
    assert sorted(result["answers"]) == [302] + [404] * (len(result["answers"]) - 1)
    assert len(result["answers"]) == 6
    assert (result["settings"], result["users"], result["memberships"]) == (1, 1, 1)
    assert result["problems"] == []
