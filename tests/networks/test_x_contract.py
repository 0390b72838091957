"""Every request of the X client, checked against what X's own SDK declares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request
from xdk.users.client import UsersClient

from stairgate.networks.base import Capability, Outgoing
from stairgate.networks.x import X
from tests.networks.bluesky_passages import picture
from tests.networks.test_x import send
from tests.networks.x_contract import CONTRACT, Broken, check, place_of
from tests.networks.x_server import OWN, STRANGER, XServer, x_network

#: the request by which each capability is had, and a part of it that it cannot do without
HAD_BY = {
    Capability.READ: ("GET /2/users/<number>/mentions", "start_time"),
    Capability.PUBLISH: ("POST /2/tweets", "text"),
    Capability.PICTURES: ("POST /2/tweets", "media"),
    Capability.ALT_TEXT: ("POST /2/media/metadata", "metadata"),
    Capability.REPLY: ("POST /2/tweets", "reply"),
    Capability.HIDE: ("PUT /2/tweets/<number>/hidden", "hidden"),
}


@pytest.fixture(scope="module")
def heard() -> Iterator[XServer]:
    """Everything the client can do, done once."""
    with x_network() as server:
        client, account = X(), server.account
        send(server, pictures=(picture(),))
        post = server.write(OWN, "Soup day")
        answer = server.write(STRANGER, "@willow Rude", answers=post)
        send(server, "Thank you", reply_to=answer)
        client.reconcile(account, Outgoing("Soup day"), since=datetime.now(UTC), key="k")
        client.fetch(account, posts=[post], cursor="")
        client.read_item(account, answer)
        client.read_post(account, post)
        client.hide(account, answer, hidden=True)
        client.delete(account, post)
        assert client.health(account).ok and client.owner(account).handle == "willow"
        yield server


def test_every_request_is_as_the_sdk_declares_it(heard: XServer) -> None:
    for request in heard.asked:
        check(request)
        assert heard.signed(request)


def test_the_contract_has_no_row_that_nobody_asks(heard: XServer) -> None:
    assert {place_of(one) for one in heard.asked} == set(CONTRACT)


def test_every_capability_is_had_by_a_request(heard: XServer) -> None:
    assert set(HAD_BY) == X.capabilities
    parts = {
        (place_of(one), name)
        for one in heard.asked
        for name in [*one.args, *(json.loads(one.get_data()) if one.is_json else ())]
    }
    assert set(HAD_BY.values()) <= parts


def asked(method: str, path: str, body: object = None, **query: str) -> Request:
    given = {} if body is None else {"json": body}
    builder = EnvironBuilder(method=method, path=path, query_string=query, **given)  # type: ignore[arg-type]
    request = Request(builder.get_environ())
    request.get_data()
    return request


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (asked("POST", "/2/users/501/blocking", {"target_user_id": "1"}), "not in the contract"),
        (asked("POST", "/2/tweets/9/hidden", {"hidden": True}), "not in the contract"),
        (asked("PUT", "/2/tweets/9/hidden", {"hidden": True, "for_ever": True}), "knows no for_ever"),
        (asked("PUT", "/2/tweets/9/hidden"), "none where one is"),
        (asked("GET", "/2/tweets/9", {"hidden": True}), "where none is declared"),
        (asked("GET", "/2/users/501/mentions", **{"post.fields": "text,secrets"}), "may not be text,secrets"),
        (asked("GET", "/2/users/501/mentions", everything="1"), "knows no everything"),
        (asked("POST", "/2/tweets", {"text": "Soup", "reply_settings": "nobody"}), "mentionedUsers"),
        (
            asked("POST", "/2/tweets", {"text": "Soup", "reply": {"to": "9"}}),
            "in_reply_to_tweet_id|knows no to",
        ),
        (asked("POST", "/2/tweets", {"text": 5}), "valid string"),
    ],
)
def test_a_request_that_is_not_declared_is_found(wrong: Request, says: str) -> None:
    with pytest.raises((Broken, ValidationError), match=says):
        check(wrong)


def test_nobody_is_blocked_by_a_program() -> None:
    """X's description of its API has no such request: should it come back, blocking can be ours."""
    assert not hasattr(UsersClient, "block_user") and hasattr(UsersClient, "mute_user")
    assert Capability.BLOCK not in X.capabilities
