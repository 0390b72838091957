"""Every request our Facebook client makes is one that Meta's SDK declares: its place, parameters, types and fields."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
from facebook_business import apiconfig

from stairgate.networks import facebook
from stairgate.networks.base import Account, BadSignature, Capability, Done, Found, LivePost, Outgoing
from stairgate.networks.facebook import Facebook, graph
from tests.networks.facebook_contract import (
    CONTRACT,
    UNDECLARED,
    Asked,
    Broken,
    Place,
    as_asked,
    check,
    place_of,
)
from tests.networks.facebook_dialog import BACK, allowed, app_of
from tests.networks.test_facebook import PIXEL, look, post, send
from tests.practice.fixtures import Practice
from tests.practice.listener import listening

#: the request by which each capability is had, and a parameter it cannot do without
HAD_BY: dict[Capability, tuple[Place, str]] = {
    Capability.READ: (("GET", "post", "comments"), "filter"),
    Capability.PUBLISH: (("POST", "page", "feed"), "message"),
    Capability.PICTURES: (("POST", "page", "feed"), "attached_media"),
    Capability.ALT_TEXT: (("POST", "page", "photos"), "alt_text_custom"),
    Capability.EDIT: (("POST", "post", ""), "message"),
    Capability.REPLY: (("POST", "comment", "comments"), "message"),
    Capability.HIDE: (("POST", "comment", ""), "is_hidden"),
    Capability.DELETE_OTHERS: (("DELETE", "comment", ""), "appsecret_proof"),
    Capability.BLOCK: (("POST", "page", "blocked"), "user"),
    Capability.SETTINGS: (("POST", "page", "settings"), "option"),
    Capability.WEBHOOKS: (("POST", "page", "subscribed_apps"), "subscribed_fields"),
}
#: methods that answer from what they are given
SILENT = frozenset({"validate", "handshake", "parse_webhook", "dialog", "refused"})


def methods() -> set[str]:
    return {name for name, _ in inspect.getmembers(Facebook, inspect.isfunction) if name[0] != "_"}


class Ear:
    """A client of which every request is heard, and every method that was called."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.client = Facebook()
        self.requests: list[Asked] = []
        self.called: dict[str, int] = {}
        self.client._graph._http.event_hooks = {
            "request": [lambda request: self.requests.append(as_asked(request))]
        }
        for name in methods():
            setattr(self.client, name, self._counted(name, getattr(self.client, name)))

    def _counted(self, name: str, method: Callable[..., object]) -> Callable[..., object]:
        """Return the method, noting how many requests it has made."""

        def call(*given: object, **more: object) -> object:
            before = len(self.requests)
            try:
                return method(*given, **more)
            finally:
                self.called[name] = self.called.get(name, 0) + len(self.requests) - before

        return call

    @property
    def places(self) -> set[Place]:
        return {place_of(one, self.practice.account) for one in self.requests}


@pytest.fixture
def ear(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """What is heard when everything the client can do is done."""
    monkeypatch.setattr(graph, "_A_PAGE", 2)  # so that a list goes over several pages
    heard = Ear(practice)
    made = publish(heard)
    deal_with_the_public(heard, made)
    connect(heard)
    keep_the_connection(heard)
    return heard


def publish(ear: Ear) -> str:
    """Send words, a link, one photo, several photos and an answer, and look for them; return a post."""
    client, practice = ear.client, ear.practice
    made = post(client, practice)
    comment = practice.comment(made, "Sam", "Lovely")
    outgoings = [
        Outgoing("Read more: https://willow.example/soup"),
        Outgoing("Harvest", (PIXEL,)),
        Outgoing("More of it", (PIXEL, PIXEL)),
        Outgoing("Thank you", reply_to=comment),
    ]
    for outgoing in outgoings:
        assert not client.validate(outgoing)
        done = send(client, practice.account, outgoing)
        assert isinstance(done, Done)
        assert isinstance(look(client, practice, outgoing), Found)
        live = client.read_post(practice.account, done.external_id)
        assert live == LivePost(done.external_id, outgoing.text, len(outgoing.pictures))
    assert send(client, practice.account, Outgoing("Soup is on Monday.", edits=made)) == Done(made)
    return made


def deal_with_the_public(ear: Ear, made: str) -> None:
    """Read, hide, show and delete what is there, comments and visitors' posts, and what is gone already; ban."""
    client, practice, account = ear.client, ear.practice, ear.practice.account
    things = [practice.comment(made, "Sam", f"Words {n}") for n in range(3)]
    visited = practice.visitor_post("Jo", "Any places left?")
    practice.comment(visited, "Max", "Me too")
    assert len(client.fetch(account, posts=[made], cursor="").items) == 6
    cursor = client.older(account, since=None, cursor="").cursor
    assert cursor and client.older(account, since=None, cursor=cursor).items
    for thing in (things[0], visited):
        read = client.read_item(account, thing)
        assert read is not None
        client.block(account, read.author_id)
        client.hide(account, thing, hidden=True)
        client.hide(account, thing, hidden=False)
        for _ in range(2):
            client.delete(account, thing)
        assert client.read_item(account, thing) is None


def connect(ear: Ear) -> None:
    """Have a person say yes in the dialog, and get the page's token from what comes of it."""
    client, app = ear.client, app_of(ear.practice)
    client.known(app)
    code = allowed(ear.practice, client.dialog(app, back=BACK, state="s"))
    assert client.refused({"code": code}) == ""
    person = client.person(app, code=code, back=BACK)
    assert ear.practice.page in [offer.account_id for offer in client.offers(app, person)]
    assert client.key_of(app, person, ear.practice.page)


def keep_the_connection(ear: Ear) -> None:
    """Ask after the token and who gets in, change a setting, have the doorbell set, and hear what is not Facebook."""
    client, account = ear.client, ear.practice.account
    assert len(client.who_gets_in(account)) == 2
    assert client.read_settings(account)["USERS_CAN_POST"] is True
    client.change_setting(account, "USERS_CAN_POST", False)
    assert client.read_settings(account)["USERS_CAN_POST"] is False
    with listening(ear.practice.given["verify_token"]) as listener:
        client.subscribe(account, listener.url)
    assert client.health(account).rings
    assert client.handshake(account, {}) is None
    with pytest.raises(BadSignature):
        client.parse_webhook(account, b"{}", {})


def test_every_request_is_as_the_sdk_declares_it(ear: Ear) -> None:
    for asked in ear.requests:
        check(asked, ear.practice.account)


def test_the_version_is_the_sdks() -> None:
    assert apiconfig.ads_api_config["API_VERSION"] == graph.VERSION


def test_the_contract_has_no_row_that_nobody_asks(ear: Ear) -> None:
    assert ear.places == set(CONTRACT) | set(UNDECLARED)


def test_every_method_of_the_client_is_heard(ear: Ear) -> None:
    assert set(ear.called) == methods()
    assert {name for name, count in ear.called.items() if not count} == SILENT


def test_every_function_that_asks_is_heard(ear: Ear) -> None:
    asking = {
        function.name
        for path in Path(facebook.__file__).parent.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("self._graph.")
    }
    assert len(asking) > 8
    assert asking <= {name for one in ear.requests for name in one.by}


def test_every_capability_is_had_by_a_request(ear: Ear) -> None:
    assert set(HAD_BY) == Facebook.capabilities
    heard = {(place_of(one, ear.practice.account), name) for one in ear.requests for name in one.params}
    assert set(HAD_BY.values()) <= heard


GOOD = Asked(
    "GET",
    "1_2/comments",
    {
        "fields": "id,parent{id},attachment{anything}",
        "filter": "stream",
        "limit": "9",
        "appsecret_proof": "p",
    },
)
PHOTO = Asked("POST", "7/photos", {"published": "false", "alt_text_custom": "Soup"}, frozenset({"source"}))
BLOCKED = Asked("POST", "7/blocked", {"user": '["5"]'})
RINGS = Asked("POST", "7/subscribed_apps", {"subscribed_fields": '["feed","mention"]'})


def but(asked: Asked, **params: str) -> Asked:
    return replace(asked, params={**asked.params, **params})


@pytest.fixture
def account(practice: Practice) -> Account:
    return replace(practice.account, account_id="7", app_id="8")


@pytest.mark.parametrize("asked", [GOOD, PHOTO, BLOCKED, RINGS])
def test_what_is_declared_passes(account: Account, asked: Asked) -> None:
    check(asked, account)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (replace(GOOD, path="1_2/reactions"), "no row"),
        (replace(GOOD, path="search"), "no row"),
        (replace(GOOD, method="DELETE"), "no row"),
        (but(GOOD, fields="id,mood"), "no field 'mood'"),
        (but(GOOD, fields="id,parent{id,mood}"), "no field 'mood'"),
        (but(GOOD, fields="message{id}"), "nothing inside"),
        (but(GOOD, filter="everything"), "filter is"),
        (but(GOOD, limit="all"), "limit"),
        (but(GOOD, until="1"), "no parameter until"),
        (but(GOOD, access_token="EAA"), "no parameter access_token"),
        (but(PHOTO, alt_text="Soup"), "no parameter alt_text"),
        (but(PHOTO, published="no"), "published is"),
        (but(PHOTO, limit="9"), "no parameter limit"),
        (replace(PHOTO, files=frozenset({"picture"})), "files"),
        (replace(PHOTO, path="7/feed"), "files"),
        (but(BLOCKED, user="5"), "user is"),
        (but(BLOCKED, user="[{}]"), "user is"),
        (but(BLOCKED, user="null"), "user is"),
        (but(RINGS, subscribed_fields="feed,mention"), "subscribed_fields is"),
        (but(RINGS, subscribed_fields='["feed","weather"]'), "subscribed_fields is"),
        (Asked("POST", "debug_token", {"input_token": "t"}), "Meta's reference"),
        (Asked("POST", "oauth/access_token", {"client_id": "8", "code": "c"}), "Meta's reference"),
        (Asked("GET", "me/accounts", {"fields": "id,mood"}), "no field"),
    ],
)
def test_what_is_not_declared_does_not_pass(account: Account, asked: Asked, why: str) -> None:
    with pytest.raises(Broken, match=why):
        check(asked, account)


@pytest.mark.parametrize(
    ("address", "why"), [("/v19.0/me?fields=id", "version"), ("/v26.0/me?fields=id&fields=name", "twice")]
)
def test_another_version_and_a_parameter_given_twice_do_not_pass(address: str, why: str) -> None:
    with pytest.raises(Broken, match=why):
        as_asked(httpx2.Request("GET", f"http://127.0.0.1:9{address}"))
