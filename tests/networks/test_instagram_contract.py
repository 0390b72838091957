"""Every request our Instagram client makes is one that Meta's SDK declares: its place, parameters, types and fields."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stairgate.networks import instagram
from stairgate.networks.base import Account, Capability, Done, Found, LivePost, Outgoing
from stairgate.networks.facebook import graph
from stairgate.networks.instagram import Instagram
from tests.networks import facebook_contract
from tests.networks.facebook_contract import Asked, Broken, Place, as_asked
from tests.networks.instagram_contract import CONTRACT, UNDECLARED, check, place_of
from tests.networks.photo_stand import PhotoStand
from tests.networks.test_instagram import comment, look, send
from tests.practice.fixtures import Practice
from tests.practice.listener import listening

#: the request by which each capability is had, and a parameter it cannot do without
HAD_BY: dict[Capability, tuple[Place, str]] = {
    Capability.READ: (("GET", "post", "comments"), "fields"),
    Capability.PUBLISH: (("POST", "account", "media_publish"), "creation_id"),
    Capability.PICTURES: (("POST", "account", "media"), "image_url"),
    Capability.ALT_TEXT: (("POST", "account", "media"), "alt_text"),
    Capability.REPLY: (("POST", "comment", "replies"), "message"),
    Capability.HIDE: (("POST", "comment", ""), "hide"),
    Capability.DELETE_OTHERS: (("DELETE", "comment", ""), "appsecret_proof"),
    Capability.WEBHOOKS: (("POST", "app", "subscriptions"), "callback_url"),
}


class Ear:
    """A client of which every request is heard."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.client = Instagram()
        self.requests: list[Asked] = []
        self.client._graph._http.event_hooks = {
            "request": [lambda request: self.requests.append(as_asked(request))]
        }

    @property
    def places(self) -> set[Place]:
        return {place_of(one, self.practice.instagram) for one in self.requests}


@pytest.fixture
def ear(practice: Practice, photo_stand: PhotoStand, monkeypatch: pytest.MonkeyPatch) -> Ear:
    """What is heard when everything the client can do is done."""
    monkeypatch.setattr(graph, "_A_PAGE", 2)  # so that a list goes over several pages
    monkeypatch.setattr(facebook_contract, "_FOLDER", str(Path(instagram.__file__).parent))
    heard = Ear(practice)
    made = publish(heard, photo_stand.picture)
    deal_with_the_public(heard, made)
    keep_the_connection(heard)
    return heard


def publish(ear: Ear, picture: Callable[[], object]) -> str:
    """Send one photo, several photos and an answer, and look for them; return a post."""
    client, practice, made = ear.client, ear.practice, ""
    for count in (1, 2):
        outgoing = Outgoing(f"{count} of soup", tuple(picture() for _ in range(count)))  # type: ignore[misc]
        done = send(client, practice, outgoing)
        assert isinstance(done, Done) and isinstance(look(client, practice, outgoing), Found)
        made = done.external_id
        assert client.read_post(practice.instagram, made) == LivePost(made, outgoing.text, count)
    answer = Outgoing("Thank you", reply_to=comment(practice, made, "sam", "Lovely"))
    done = send(client, practice, answer)
    assert isinstance(done, Done) and isinstance(look(client, practice, answer), Found)
    assert client.read_post(practice.instagram, done.external_id) is not None
    return made


def deal_with_the_public(ear: Ear, made: str) -> None:
    """Read, hide, show and delete what is there, and what is gone already."""
    client, practice, account = ear.client, ear.practice, ear.practice.instagram
    things = [comment(practice, made, "sam", f"Words {n}") for n in range(3)]
    practice.deed("instagram-tag", name="jo", message="Look")
    assert len(client.fetch(account, posts=[made], cursor="").items) == 5
    assert client.read_item(account, things[0]) is not None
    assert client.read_item(account, "tag-1") is None
    client.hide(account, things[0], hidden=True)
    client.hide(account, things[0], hidden=False)
    for thing in (things[0], made):
        for _ in range(2):
            client.delete(account, thing)
    assert client.read_item(account, things[0]) is None


def keep_the_connection(ear: Ear) -> None:
    """Ask after the token, and have the doorbell set."""
    assert ear.client.health(ear.practice.instagram).ok
    with listening(ear.practice.given["verify_token"]) as listener:
        ear.client.subscribe(ear.practice.instagram, listener.url)


def test_every_request_is_as_the_sdk_declares_it(ear: Ear) -> None:
    for asked in ear.requests:
        check(asked, ear.practice.instagram)


def test_the_contract_has_no_row_that_nobody_asks(ear: Ear) -> None:
    assert ear.places == set(CONTRACT) | set(UNDECLARED)


def test_every_function_that_asks_is_heard(ear: Ear) -> None:
    asking = {
        function.name
        for path in Path(instagram.__file__).parent.glob("*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and ast.unparse(node).startswith(("self._graph.", "self._asking."))
    }
    assert len(asking) > 12
    assert asking <= {name for one in ear.requests for name in one.by}


def test_every_capability_is_had_by_a_request(ear: Ear) -> None:
    assert set(HAD_BY) == Instagram.capabilities
    heard = {(place_of(one, ear.practice.instagram), name) for one in ear.requests for name in one.params}
    assert set(HAD_BY.values()) <= heard


MEDIA = Asked("POST", "7/media", {"image_url": "https://x.example/1.jpg", "caption": "Soup", "alt_text": "S"})
COMMENTS = Asked("GET", "18000000000000001/comments", {"fields": "id,text,replies{id}", "limit": "9"})


def but(asked: Asked, **params: str) -> Asked:
    return replace(asked, params={**asked.params, **params})


@pytest.fixture
def account(practice: Practice) -> Account:
    return replace(practice.instagram, account_id="7", app_id="8")


@pytest.mark.parametrize("asked", [MEDIA, COMMENTS])
def test_what_is_declared_passes(account: Account, asked: Asked) -> None:
    check(asked, account)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (replace(MEDIA, path="7/likes"), "no row"),
        (but(MEDIA, alt_text_custom="Soup"), "no parameter alt_text_custom"),
        (but(MEDIA, is_carousel_item="yes"), "is_carousel_item is"),
        (but(MEDIA, children="1,2"), "children is"),
        (but(COMMENTS, fields="id,message"), "no field 'message'"),
        (but(COMMENTS, fields="id,replies{mood}"), "no field 'mood'"),
        (but(COMMENTS, limit="all"), "limit"),
        (Asked("POST", "17900000000000001", {"is_hidden": "true"}), "no parameter is_hidden"),
        (Asked("GET", "18200000000000001", {"fields": "id", "limit": "1"}), "Meta's reference"),
    ],
)
def test_what_is_not_declared_does_not_pass(account: Account, asked: Asked, why: str) -> None:
    with pytest.raises(Broken, match=why):
        check(asked, account)
