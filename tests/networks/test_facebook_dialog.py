"""Connecting a page through the dialog: from a yes to the page's own token, and every way it can go wrong, by its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stairgate.networks.base import NO_SECRET, RefusalKind, Refused, Secret, Trouble, Unknown
from stairgate.networks.dialog import App, AsksInADialog
from stairgate.networks.facebook import Facebook, words
from stairgate.networks.facebook.graph import understand
from stairgate.networks.facebook.tokens import ASKED, SCOPES, ends_at, problem_of
from stairgate.networks.registry import get
from tests.networks.facebook_dialog import BACK, allowed, answered, app_of
from tests.networks.facebook_stand_in import always, by_path, page_of, standing_in
from tests.practice.fixtures import Practice


@pytest.fixture
def client() -> Facebook:
    return Facebook()


def person_of(client: Facebook, practice: Practice, *, without: str = "") -> Secret:
    app = app_of(practice)
    code = allowed(practice, client.dialog(app, back=BACK, state="s"), without=without)
    return client.person(app, code=code, back=BACK)


def refusal(deed: Callable[[], object]) -> Refused:
    with pytest.raises(Trouble) as caught:
        deed()
    assert isinstance(caught.value.outcome, Refused)
    return caught.value.outcome


def test_only_facebook_asks_in_a_dialog() -> None:
    asking = [name for name in ("facebook", "bluesky", "assisted") if isinstance(get(name), AsksInADialog)]
    assert asking == ["facebook"]


def test_a_yes_becomes_the_pages_own_token_without_an_end(client: Facebook, practice: Practice) -> None:
    app, person = app_of(practice), person_of(client, practice)
    offers = client.offers(app, person)
    assert [offer.problem for offer in offers] == ["", "", ""] and offers[0].account_id == practice.page
    key = client.key_of(app, person, practice.page)
    account = replace(practice.account, token=key)
    health = client.health(account)
    assert health.ok and health.scopes >= SCOPES
    assert health.expires_at and health.expires_at > datetime.now(UTC) + timedelta(days=80)
    assert "Secret(" in repr(key) and str.__str__(key) not in f"{key}"


def test_the_dialog_is_asked_for_no_more_than_we_need_and_for_what_was_refused_before(
    client: Facebook, practice: Practice
) -> None:
    address = urlsplit(client.dialog(app_of(practice), back=BACK, state="a state"))
    asked = parse_qs(address.query)
    assert set(asked["scope"][0].split(",")) == ASKED == SCOPES | {"pages_show_list"}
    assert asked["redirect_uri"] == [BACK] and asked["state"] == ["a state"]
    assert asked["auth_type"] == ["rerequest"]
    assert "secret" not in address.query


def test_no_secret_and_no_code_is_part_of_an_address(client: Facebook, practice: Practice) -> None:
    addresses: list[str] = []
    client._graph._http.event_hooks = {"request": [lambda request: addresses.append(str(request.url))]}
    app = app_of(practice)
    code = allowed(practice, client.dialog(app, back=BACK, state="s"))
    person = client.person(app, code=code, back=BACK)
    key = client.key_of(app, person, practice.page)
    client.offers(app, person)
    client.known(app)
    said = " ".join(addresses)
    for secret in (code, practice.given["app_secret"], str.__str__(person), str.__str__(key)):
        assert secret not in said
    logged = str(practice.log())
    for secret in (code, practice.given["app_secret"], str.__str__(person), str.__str__(key)):
        assert secret not in logged


# ── Each way it goes wrong, by its code ──


def test_a_code_works_once_and_for_the_address_it_was_made_for(client: Facebook, practice: Practice) -> None:
    app = app_of(practice)
    code = allowed(practice, client.dialog(app, back=BACK, state="s"))
    other = refusal(lambda: client.person(app, code=code, back=BACK + "?"))
    assert other.code == "100/36008" and "letter for letter" in other.message
    client.person(app, code=code, back=BACK)
    used = refusal(lambda: client.person(app, code=code, back=BACK))
    assert used.code == "100/36009" and "Begin again" in used.message


def test_a_wrong_secret_and_a_wrong_app_are_told_apart(client: Facebook, practice: Practice) -> None:
    client.known(app_of(practice))
    wrong = refusal(lambda: client.known(app_of(practice, secret="0" * 32)))
    assert wrong.message == words.APP_REFUSED
    unknown = refusal(lambda: client.known(app_of(practice, app_id="1234567")))
    assert unknown.code == "101" and "App ID" in unknown.message


def test_a_facebook_that_is_down_is_not_a_wrong_secret(client: Facebook) -> None:
    down = {"error": {"code": 1, "message": "An unknown error occurred"}}
    with standing_in(always(down, "500 Internal Server Error")) as server:
        app = App(server.account.base_url, "", "1", Secret("secret"))
        assert refusal(lambda: client.known(app)).message != words.APP_REFUSED


@pytest.mark.parametrize("scope", sorted(ASKED))
def test_a_tick_taken_away_is_named(client: Facebook, practice: Practice, scope: str) -> None:
    person = person_of(client, practice, without=scope)
    said = refusal(lambda: client.offers(app_of(practice), person))
    assert said.kind == RefusalKind.PERMISSION
    assert scope in said.message and words.ALLOWS[scope] in said.message
    assert all(other not in said.message for other in ASKED - {scope})


@pytest.mark.parametrize(
    ("tasks", "says"),
    [
        ("ANALYZE,MODERATE", "post on it"),
        ("CREATE_CONTENT", "deal with comments"),
        ("ANALYZE", "post on it or deal with comments"),
        ("PROFILE_PLUS_FULL_CONTROL", ""),
        ("CREATE_CONTENT,MODERATE", ""),
    ],
)
def test_a_role_that_is_not_enough_is_told_beside_the_page(
    client: Facebook, practice: Practice, tasks: str, says: str
) -> None:
    practice.deed("tasks", value=tasks)
    offer = client.offers(app_of(practice), person_of(client, practice))[0]
    assert (says in offer.problem) if says else offer.problem == ""


def test_a_person_without_a_page_and_a_page_that_is_not_theirs(client: Facebook, practice: Practice) -> None:
    person = person_of(client, practice)
    assert refusal(lambda: client.key_of(app_of(practice), person, "999")).kind == RefusalKind.GONE
    practice.fault("wrong_empty", "GET /me/accounts")
    assert "no page" in refusal(lambda: client.offers(app_of(practice), person)).message


def test_cancel_is_no_trouble_and_an_answer_nobody_knows_is_no_yes(
    client: Facebook, practice: Practice
) -> None:
    address = client.dialog(app_of(practice), back=BACK, state="s")
    assert "Cancel" in client.refused(answered(address, answer="no"))
    practice.deed("app_mode", value="development")
    assert "development mode" in client.refused(answered(address))
    for strange in ({}, {"code": ""}, {"error": "server_error", "code": "c"}, {"error_code": "7"}):
        assert "nothing has changed" in client.refused(strange)


@pytest.mark.parametrize("body", [{}, {"access_token": ""}, {"access_token": 7}, {"access_token": None}])
def test_an_answer_without_a_token_is_none(client: Facebook, body: dict[str, Any]) -> None:
    with standing_in(always(body)) as server, pytest.raises(Trouble) as caught:
        client.known(App(server.account.base_url, "", "1", Secret("secret")))
    assert isinstance(caught.value.outcome, Unknown)


# ── What a token is worth, each day ──

#: how the practice network breaks the page's token, the code it then answers with, and what a manager reads
DEATHS = {
    "removed": (458, "taken our app out"),
    "checkpoint": (459, "sign in on facebook.com"),
    "password": (460, "password"),
    "expired": (463, "run out"),
    "session": (467, "signed out"),
    "role": (492, "lost their role"),
}


@pytest.mark.parametrize("why", DEATHS)
def test_health_says_how_the_token_died_and_what_to_do(
    client: Facebook, practice: Practice, why: str
) -> None:
    practice.deed("break", why=why)
    health = client.health(practice.account)
    assert not health.ok and health.kind == RefusalKind.RECONNECT
    assert DEATHS[why][1] in health.problems[0] and "onnect the page again" in health.problems[0]
    read = refusal(lambda: client.fetch(practice.account, posts=[], cursor=""))
    assert (read.kind, read.code) == (RefusalKind.RECONNECT, f"190/{DEATHS[why][0]}")
    assert read.message == health.problems[0]


def test_the_token_of_another_page_and_of_a_person_are_told_apart(
    client: Facebook, practice: Practice
) -> None:
    app, person = app_of(practice), person_of(client, practice)
    other = client.offers(app, person)[1]
    key = client.key_of(app, person, other.account_id)
    assert client.health(replace(practice.account, token=key)).problems == (words.OTHER_PAGE,)
    assert client.health(replace(practice.account, token=person)).problems == (words.A_PERSON,)
    assert client.health(replace(practice.account, app_id="7")).problems != ()


def test_a_wrong_app_secret_is_not_a_dead_token(client: Facebook, practice: Practice) -> None:
    for secret in (Secret("0" * 32), NO_SECRET):
        assert client.health(replace(practice.account, app_secret=secret)).problems == (words.APP_REFUSED,)


def test_whether_facebook_still_rings_is_read_back(client: Facebook, practice: Practice) -> None:
    page = {"data": [{"id": "1", "subscribed_fields": ["feed", "mention"]}]}
    app = {"data": [{"object": "page", "active": True, "fields": [{"name": "feed", "version": "v26.0"}]}]}
    token = {"data": {"is_valid": True, "type": "PAGE", "scopes": sorted(SCOPES)}}
    told = {"/debug_token": token, "/me": {"id": "7"}}
    cases: list[tuple[dict[str, Any], bool | None]] = [
        ({"/subscribed_apps": page, "/subscriptions": app}, True),
        ({"/subscribed_apps": page_of(), "/subscriptions": app}, False),
        ({"/subscribed_apps": page, "/subscriptions": page_of()}, False),
        ({"/subscribed_apps": page, "/subscriptions": {"data": [app["data"][0] | {"active": False}]}}, False),
        (
            {
                "/subscribed_apps": {"data": [{"id": "2", "subscribed_fields": ["feed"]}]},
                "/subscriptions": app,
            },
            False,
        ),
        (
            {
                "/subscribed_apps": {"data": [{"id": "1", "subscribed_fields": ["ratings"]}]},
                "/subscriptions": app,
            },
            False,
        ),
        ({}, None),
    ]
    for more, rings in cases:
        with standing_in(by_path({**told, **more})) as server:
            health = client.health(server.account)
        assert (health.ok, health.rings) == (True, rings), more


# ── Pure ──


@pytest.mark.parametrize(
    ("code", "subcode", "kind", "says"),
    [
        (190, 0, RefusalKind.RECONNECT, "no longer lets us in"),
        (190, 492, RefusalKind.RECONNECT, "role"),
        (10, 0, RefusalKind.PERMISSION, "may not do this"),
        (283, 0, RefusalKind.PERMISSION, "may not do this"),
        (3, 0, RefusalKind.INVALID, "use case"),
        (191, 0, RefusalKind.INVALID, "Valid OAuth redirect URIs"),
        (100, 1885183, RefusalKind.INVALID, "development mode"),
        (2200, 0, RefusalKind.INVALID, "reachable from outside"),
        (9999, 0, RefusalKind.INVALID, "did not accept"),
    ],
)
def test_a_code_is_explained_and_never_the_words_beside_it(
    code: int, subcode: int, kind: RefusalKind, says: str
) -> None:
    import json

    error = {"code": code, "error_subcode": subcode, "message": "(#200) throttled, expired, development mode"}
    found = understand(400, json.dumps({"error": error}).encode(), {}, writing=False)
    assert isinstance(found, Refused) and found.kind == kind and says in found.message


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TOKENS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("is_valid", "type", "scopes", "profile_id", "app_id", "error"), ANYTHING)
)


@given(TOKENS)
def test_a_token_is_believed_only_when_everything_about_it_is_right(data: dict[str, Any]) -> None:
    if problem_of(data, SCOPES, page="7", app="8") is None:
        assert data["is_valid"] and data["type"] == "PAGE"
        assert {str(scope) for scope in data["scopes"]} >= SCOPES
        assert str(data.get("profile_id", "7")) == "7" and str(data.get("app_id", "8")) == "8"


@given(st.integers(0, 2**33), st.integers(0, 2**33))
def test_the_end_of_a_permission_is_the_first_of_its_two_days(expires: int, access: int) -> None:
    found = ends_at({"expires_at": expires, "data_access_expires_at": access})
    days = [value for value in (expires, access) if value]
    assert found == (datetime.fromtimestamp(min(days), UTC) if days else None)
