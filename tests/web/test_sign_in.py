"""Signing in and out of a real setting: every page in front of the door, and what somebody locks it with."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.organisations.models import User
from stairgate.organisations.services import end_membership
from tests.cast import PASSWORD, Cast, willow_lane
from tests.web.test_welcome import authenticator_code, sent, shown

SAFEGUARDING_LEAD = "01632 960119"


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = False
    cache.clear()
    return willow_lane(timezone.now())


def with_password(user: User) -> Client:
    """Return a window in which somebody gave their password, and has no second step yet."""
    client = Client()
    sent(client, "account_login", {"login": user.email, "password": PASSWORD})
    return client


def locked(client: Client) -> str:
    """Set up an authenticator app, which asks for the password once more; return its secret."""
    sent(client, "account_reauthenticate", {"password": PASSWORD})
    secret = shown(client, "mfa_activate_totp").split("Key: <code>")[1].split("<")[0]
    sent(client, "mfa_activate_totp", {"code": authenticator_code(secret)})
    cache.clear()  # the very same code may not be used twice
    return secret


def codes_of(client: Client) -> list[str]:
    """Make recovery codes; return them as the page shows them."""
    sent(client, "mfa_generate_recovery_codes", {})
    return re.findall(r"<code>([^<]+)</code>", shown(client, "mfa_view_recovery_codes"))


def test_a_wrong_password_says_so_and_keeps_the_address(cast: Cast) -> None:
    page = shown(Client(), "account_login", {"login": cast.priya.email, "password": "not this"})
    assert "Please look at this first" in page and cast.priya.email in page
    assert "not this" not in page


def test_too_many_wrong_passwords_close_the_door_for_a_while(cast: Cast) -> None:
    client = Client()
    for _ in range(12):
        client.post(reverse("account_login"), {"login": cast.priya.email, "password": "not this"})
    answer = client.post(reverse("account_login"), {"login": cast.priya.email, "password": PASSWORD})
    assert SESSION_KEY not in client.session
    assert answer.status_code in {200, 429}


def test_nobody_is_told_whether_an_address_is_known(cast: Cast) -> None:
    known, unknown = (
        re.findall(r'class="sg-sum.*?</section>', shown(Client(), "account_login", values), re.S)
        for values in (
            {"login": cast.priya.email, "password": "not this"},
            {"login": "nobody@willowlane.example", "password": "not this"},
        )
    )
    assert known == unknown


def test_every_page_in_front_of_the_door_says_who_to_ring(cast: Cast) -> None:
    client = with_password(cast.priya)
    locked(client)
    half_way = Client()
    sent(half_way, "account_login", {"login": cast.priya.email, "password": PASSWORD})
    for window, name in (
        (Client(), "account_login"),
        (Client(), "account_inactive"),
        (Client(), "help_now"),
        (half_way, "mfa_authenticate"),
        (client, "account_logout"),
        (client, "account_reauthenticate"),
    ):
        page = shown(window, name)
        assert "999" in page and SAFEGUARDING_LEAD in page, name


def test_signing_out_is_asked_first_and_then_done(cast: Cast) -> None:
    client = with_password(cast.priya)
    locked(client)
    assert "Sign out?" in shown(client, "account_logout")
    assert SESSION_KEY in client.session
    sent(client, "account_logout", {})
    assert SESSION_KEY not in client.session


def test_how_somebody_signs_in_is_theirs_to_look_after(cast: Cast) -> None:
    client = with_password(cast.priya)
    locked(client)
    for name in ("mfa_index", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert client.get(reverse(name)).status_code == 200, name
    made = codes_of(client)
    assert len(made) == 10
    assert client.get(reverse("mfa_download_recovery_codes")).content.decode().split() == made


def test_a_change_of_the_lock_asks_whether_it_is_still_them(cast: Cast) -> None:
    client = with_password(cast.priya)
    locked(client)
    session = client.session
    session.pop("account_authentication_methods")
    session.save()
    for name in ("mfa_add_webauthn", "mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        answer = client.get(reverse(name))
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_reauthenticate"))
    asked = reverse("account_reauthenticate")
    wrong = client.post(asked, {"password": "not this"})
    assert wrong.status_code == 200 and "Please look at this first" in unescape(wrong.content.decode())
    assert client.post(asked, {"password": PASSWORD}).status_code == 302
    assert client.get(reverse("mfa_add_webauthn")).status_code == 200


def test_a_recovery_code_opens_the_door_once(cast: Cast) -> None:
    client = with_password(cast.priya)
    locked(client)
    code = codes_of(client)[0]
    for opens in (True, False):
        other = Client()
        sent(other, "account_login", {"login": cast.priya.email, "password": PASSWORD})
        other.post(reverse("mfa_authenticate"), {"code": code})
        assert (SESSION_KEY in other.session) is opens


def test_without_its_second_step_a_place_is_locked_again(cast: Cast) -> None:
    client = with_password(cast.priya)
    locked(client)
    assert client.get("/").status_code == 200
    sent(client, "mfa_deactivate_totp", {})
    assert client.get("/")["Location"] == reverse("mfa_activate_totp")


def test_who_left_finds_no_setting_behind_the_door(cast: Cast) -> None:
    client = with_password(cast.tom)
    locked(client)
    end_membership(actor=cast.priya, membership=cast.member(cast.tom), at=timezone.now())
    assert client.get("/")["Location"] == reverse("account_inactive")
    assert "Your place in this setting has ended" in shown(client, "account_inactive")
    for name in ("publishing:list", "publishing:new", "assurance:live", "menu"):
        assert client.get(reverse(name)).status_code == 404, name


def test_nobody_makes_an_account_for_themselves(cast: Cast) -> None:
    values = {"email": "me@willowlane.example", "password1": PASSWORD}
    assert Client().get(reverse("account_signup")).status_code == 404
    assert Client().post(reverse("account_signup"), values).status_code == 404
    assert not User.objects.filter(email=values["email"]).exists()


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("/posts/new/", "/posts/new/"), ("https://elsewhere.example/", "/"), ("//elsewhere.example/", "/")],
)
def test_in_the_demo_too_one_comes_back_to_where_one_was_and_to_no_other_site(
    cast: Cast, settings: Any, wanted: str, leads_to: str
) -> None:
    settings.DEMO = True
    cast.organisation.is_demo = True
    cast.organisation.save()
    visitor = Client()
    page = unescape(visitor.get(reverse("account_login"), {"next": "/posts/new/"}).content.decode())
    assert '<input type="hidden" name="next" value="/posts/new/">' in page.split("sg-people")[0]
    who = cast.tom.memberships.get().pk
    assert sent(visitor, "sign_in_as", {"who": str(who), "next": wanted}) == leads_to
