"""The practice network's own manners: its errors, its pictures, its log, its lists and its dialog."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.practice.fixtures import Practice

JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64


class Graph:
    """Calls as any client would make them, with nothing of ours between."""

    def __init__(self, practice: Practice) -> None:
        self._given = practice.given
        self._http = httpx2.Client(base_url=f"{practice.url}/v26.0/", trust_env=False, timeout=60)

    def call(self, method: str, path: str, **more: Any) -> Any:
        token, secret = self._given["page_token"], self._given["app_secret"]
        proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        key = "params" if method == "GET" else "data"
        more[key] = {**more.get(key, {}), "appsecret_proof": proof}
        answer = self._http.request(method, path, headers={"Authorization": f"Bearer {token}"}, **more)
        return answer.json()


@pytest.fixture
def graph(practice: Practice) -> Graph:
    return Graph(practice)


def get(address: str, **params: str) -> httpx2.Response:
    return httpx2.Client(trust_env=False, timeout=60).get(address, params=params)


@pytest.mark.parametrize("path", ["/v26.0", "/v26.0/"])
def test_the_version_alone_is_not_there_in_the_graphs_own_shape(practice: Practice, path: str) -> None:
    answer = get(practice.url + path)
    assert answer.status_code == 404
    error = answer.json()["error"]
    assert error["type"] and error["message"] and isinstance(error["code"], int) and error["fbtrace_id"]


@pytest.mark.parametrize("path", ["/v", "/v/x", "/vx.y/me", "/very", "/v26"])
def test_what_is_no_version_is_no_graph(practice: Practice, path: str) -> None:
    assert get(practice.url + path).status_code == 404


def test_a_number_beyond_all_numbers_is_an_error_and_no_crash(practice: Practice, graph: Graph) -> None:
    assert graph.call("GET", f"{practice.page}_{'9' * 40}")["error"]["code"] == 100


def test_a_picture_is_served_while_its_post_is_on_the_page_and_no_longer(
    practice: Practice, graph: Graph
) -> None:
    upload = {"source": ("p.jpg", JPEG, "image/jpeg")}
    photo = graph.call("POST", f"{practice.page}/photos", data={"published": "false"}, files=upload)["id"]
    picture = f"{practice.url}/media/{photo}"
    assert get(picture).status_code == 404  # uploaded, and on no page yet
    scheduled = {
        "message": "Soon",
        "published": "false",
        "scheduled_publish_time": "4102444800",
        "attached_media[0]": f'{{"media_fbid":"{photo}"}}',
    }
    assert "id" in graph.call("POST", f"{practice.page}/feed", data=scheduled)
    assert get(picture).status_code == 404
    shown = graph.call("POST", f"{practice.page}/photos", data={"caption": "Now"}, files=upload)
    picture, post = f"{practice.url}/media/{shown['id']}", shown["post_id"]
    seen = get(picture)
    assert (seen.status_code, seen.content) == (200, JPEG)
    graph.call("POST", post, data={"is_hidden": "true"})
    assert get(picture).status_code == 404
    graph.call("POST", post, data={"is_hidden": "false"})
    assert get(picture).status_code == 200
    graph.call("DELETE", post)
    assert get(picture).status_code == 404


def test_the_next_page_is_an_address_that_can_be_followed_as_it_is(practice: Practice, graph: Graph) -> None:
    for number in range(3):
        graph.call("POST", f"{practice.page}/feed", data={"message": f"Post {number}"})
    asked = {"fields": "id,from{id,name},message", "limit": "2", "since": "2020-01-01T00:00:00+00:00"}
    first = graph.call("GET", f"{practice.page}/published_posts", params=asked)
    parts = urlsplit(first["paging"]["next"])
    carried = {key: value[0] for key, value in parse_qs(parts.query, strict_parsing=True).items()}
    assert carried == {**asked, "after": first["paging"]["cursors"]["after"]}
    assert "token" not in parts.query and "proof" not in parts.query
    assert "{" not in parts.query and "+" not in carried["after"]
    second = graph.call("GET", f"{practice.page}/published_posts", params=carried)
    assert [row["message"] for row in first["data"] + second["data"]] == ["Post 2", "Post 1", "Post 0"]


@pytest.mark.parametrize(
    "kind", ["", "throttle", "server_error_before", "server_error_after", "drop", "drop_before"]
)
def test_a_request_is_logged_once(practice: Practice, graph: Graph, kind: str) -> None:
    if kind:
        practice.fault(kind, "POST /feed")
    try:
        graph.call("POST", f"{practice.page}/feed", data={"message": "Once"})
    except httpx2.HTTPError:
        assert kind.startswith("drop")
    (row,) = practice.log()
    assert row["outcome"] == {
        "": "200",
        "server_error_after": "server_error_after after 200",
        "drop": "drop after 200",
    }.get(kind, kind)


def test_a_silence_is_logged_before_it_begins(practice: Practice, graph: Graph) -> None:
    practice.fault("hang", "POST /feed", seconds=3)
    quick = httpx2.Timeout(0.3, connect=5)
    with pytest.raises(httpx2.ReadTimeout):
        graph.call("POST", f"{practice.page}/feed", data={"message": "Once"}, timeout=quick)
    assert [row["outcome"] for row in practice.log()] == ["hang after 200"]


# ── The dialog ──


def ask(practice: Practice, back: str, **more: str) -> httpx2.Response:
    given = {"client_id": practice.given["app_id"], "redirect_uri": back, "scope": "pages_manage_posts"}
    return get(f"{practice.url}/v26.0/dialog/oauth", **given, **more)


def directive(answer: httpx2.Response, name: str) -> list[str]:
    (policy,) = answer.headers.get_list("Content-Security-Policy")
    return next(part.split()[1:] for part in policy.split(";") if part.split()[0] == name)


def test_the_dialogs_form_may_lead_to_the_app_that_asks_and_nowhere_else(practice: Practice) -> None:
    shown = ask(practice, "http://127.0.0.1:8765/accounts/back?setting=1")
    assert shown.status_code == 200
    assert directive(shown, "form-action") == ["'self'", "http://127.0.0.1:8765"]
    assert directive(shown, "frame-ancestors") == ["'none'"]
    page = get(f"{practice.url}/willow-lane")
    assert directive(page, "form-action") == ["'self'"]


@pytest.mark.parametrize(
    "back",
    [
        "",
        "https://elsewhere.example/",
        "http://127.0.0.1:80@elsewhere.example/",
        "http://127.0.0.1.elsewhere.example:80/",
        "http://127.0.0.1/",
        "http://127.0.0.1:80; script-src */",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:80/\r\nX-More: yes",
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_code_goes_to_another_machine(practice: Practice, back: str, method: str) -> None:
    given = {"client_id": practice.given["app_id"], "redirect_uri": back, "answer": "yes"}
    reading = method == "GET"
    answer = httpx2.Client(trust_env=False).request(
        method,
        f"{practice.url}/v26.0/dialog/oauth",
        params=given if reading else None,
        data=None if reading else given,
    )
    assert answer.status_code == 400 and "Location" not in answer.headers


@pytest.mark.parametrize(("said", "wanted"), [("yes", "code"), ("no", "error")])
def test_the_answer_goes_back_to_the_app(practice: Practice, said: str, wanted: str) -> None:
    back = "http://127.0.0.1:8765/back?setting=1"
    given = {"client_id": practice.given["app_id"], "redirect_uri": back, "state": "s&t", "answer": said}
    address = f"{practice.url}/v26.0/dialog/oauth"
    answer = httpx2.Client(trust_env=False).post(address, data=given)
    assert answer.status_code == 303
    carried = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert carried["state"] == ["s&t"] and carried["setting"] == ["1"] and carried[wanted]
