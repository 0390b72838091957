"""The practice network rings as Facebook does: signed over the raw bytes, again until it is heard, and badly on request."""

from __future__ import annotations

import ast
import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from stairgate.networks.facebook import Facebook
from stairgate.practice.faults import KINDS
from tests.networks.test_facebook import post
from tests.practice.fixtures import Practice, running
from tests.practice.listener import Listener, Ring, listening


@pytest.fixture
def listener(practice: Practice) -> Iterator[Listener]:
    """An address that our own client has had the practice network ring at."""
    with listening(practice.given["verify_token"]) as heard:
        Facebook().subscribe(practice.account, heard.url)
        yield heard
    practice.deed("reset")


@pytest.fixture
def on_page(practice: Practice, listener: Listener) -> str:
    return post(Facebook(), practice)


def signed(practice: Practice, ring: Ring) -> bool:
    secret = practice.given["app_secret"].encode()
    wanted = "sha256=" + hmac.new(secret, ring.raw, hashlib.sha256).hexdigest()
    return ring.headers["X-Hub-Signature-256"] == wanted


def test_each_change_is_told_signed_over_its_raw_bytes(
    practice: Practice, listener: Listener, on_page: str
) -> None:
    made = practice.comment(on_page, "Sam", "Lovely")
    practice.comment(on_page, "Max", "Me too", parent=made)
    practice.deed("edit-comment", comment=made, message="Lovely!")
    Facebook().hide(practice.account, made, hidden=True)
    Facebook().hide(practice.account, made, hidden=False)
    practice.deed("delete-comment", comment=made)
    practice.visitor_post("Jo", "Any places?")
    rings = listener.wait(lambda rings: len(rings) == 7)
    assert all(signed(practice, ring) for ring in rings)
    told = [(ring.value["item"], ring.value["verb"]) for ring in rings]
    verbs = ["add", "add", "edited", "hide", "unhide", "remove"]
    assert told == [*(("comment", verb) for verb in verbs), ("post", "add")]
    assert {ring.value["post_id"] for ring in rings[:6]} == {on_page}
    entry = json.loads(rings[0].raw)
    assert entry["object"] == "page" and entry["entry"][0]["id"] == practice.page


def test_who_does_not_listen_is_rung_again_with_the_very_same_bytes(
    practice: Practice, listener: Listener, on_page: str
) -> None:
    listener.answers.append(500)
    practice.comment(on_page, "Sam", "Lovely")
    first, second = listener.wait(lambda rings: len(rings) == 2)
    assert first.raw == second.raw and signed(practice, second)


def test_it_rings_twice(practice: Practice, listener: Listener, on_page: str) -> None:
    practice.fault("webhook_duplicate")
    practice.comment(on_page, "Sam", "Lovely")
    practice.comment(on_page, "Sam", "Again")
    assert listener.texts(3) == ["Lovely", "Lovely", "Again"]


def test_it_rings_late(practice: Practice, listener: Listener, on_page: str) -> None:
    practice.fault("webhook_late", seconds=1.5)
    practice.comment(on_page, "Sam", "Late")
    practice.comment(on_page, "Sam", "On time")
    assert listener.texts(2) == ["On time", "Late"]
    on_time, late = listener.rings
    assert late.at - on_time.at > 0.5


def test_it_rings_out_of_order(practice: Practice, listener: Listener, on_page: str) -> None:
    practice.fault("webhook_out_of_order")
    practice.comment(on_page, "Sam", "First")
    practice.comment(on_page, "Sam", "Second")
    assert listener.texts(2) == ["Second", "First"]


def test_it_signs_with_the_wrong_secret_and_only_once(
    practice: Practice, listener: Listener, on_page: str
) -> None:
    practice.fault("webhook_bad_signature")
    practice.fault("webhook_late", seconds=2)  # after the forged one would be tried again
    listener.answers.append(403)
    practice.comment(on_page, "Sam", "Forged")
    practice.comment(on_page, "Sam", "True")
    rings = listener.wait(lambda rings: any(ring.value["message"] == "True" for ring in rings))
    assert [signed(practice, ring) for ring in rings] == [False, True]


def test_it_does_not_ring(practice: Practice, listener: Listener, on_page: str) -> None:
    practice.fault("webhook_off")
    practice.comment(on_page, "Sam", "Unheard")
    practice.comment(on_page, "Sam", "Heard")
    assert listener.texts(1) == ["Heard"]


@pytest.mark.parametrize("half", ["app", "page"])
def test_it_rings_only_for_what_both_the_app_and_the_page_name(tmp_path: Path, half: str) -> None:
    """A doorbell can be silently half-configured, which is why everything is polled too."""
    with running(tmp_path) as practice, listening(practice.given["verify_token"]) as listener:
        client = Facebook()
        write = client._graph.write

        def one_half(account: object, method: str, path: str, params: dict[str, str]) -> object:
            wrong = path.endswith("/subscriptions") == (half == "app")
            less = {**params, **dict.fromkeys(set(params) & {"fields", "subscribed_fields"}, '["mention"]')}
            return write(account, method, path, less if wrong else params)  # type: ignore[arg-type]

        client._graph.write = one_half  # type: ignore[assignment,method-assign]
        client.subscribe(practice.account, listener.url)
        made = post(Facebook(), practice)
        practice.comment(made, "Sam", "Unheard")
        Facebook().subscribe(practice.account, listener.url)
        practice.comment(made, "Sam", "Heard")
        assert listener.texts(1) == ["Heard"]


def test_every_fault_is_used_by_a_test() -> None:
    """A fault that nothing sets is a promise that nothing keeps."""
    trees = [ast.parse(path.read_text()) for path in Path(__file__).parents[1].rglob("test_*.py")]
    words = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert set(KINDS) <= words
