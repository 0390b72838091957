"""X's API v2 for tests: as much of it as our client asks for, with accounts and posts. It checks each signature."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from werkzeug.wrappers import Request, Response

from stairgate.networks.base import Account, Secret
from stairgate.networks.x.signing import signature
from tests.networks.loopback import Loopback, running, said

OWN, STRANGER = "501", "502"
KEY, KEY_SECRET, TOKEN, TOKEN_SECRET = "apikeyapikey", "api-secret", f"{OWN}-token", "token-secret"
_NAMES = {OWN: "willow", STRANGER: "stranger"}
_GONE = "https://api.x.com/2/problems/resource-not-found"


class XServer(Loopback):
    """Keeps accounts 501 (ours) and 502 (a stranger's), and what both wrote."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.hidden: set[str] = set()
        super().__init__(
            {
                "GET /2/users/me": self._me,
                "GET /2/users/<number>/tweets": self._own,
                "GET /2/users/<number>/mentions": self._mentions,
                "GET /2/tweets/search/recent": self._search,
                "GET /2/tweets/<number>": self._read,
                "DELETE /2/tweets/<number>": self._delete,
                "PUT /2/tweets/<number>/hidden": self._hide,
                "POST /2/tweets": self._post,
                "POST /2/media/upload/initialize": self._begin,
                "POST /2/media/upload/<number>/append": self._append,
                "POST /2/media/upload/<number>/finalize": self._finalize,
                "POST /2/media/metadata": self._describe,
            }
        )

    @property
    def account(self) -> Account:
        """Our account, as the product would keep it."""
        token, secret = Secret(f"{TOKEN}:{TOKEN_SECRET}"), Secret(KEY_SECRET)
        return Account(self.url, OWN, token, handle="willow", app_id=KEY, app_secret=secret)

    def write(self, author: str, text: str, *, answers: str = "", **more: Any) -> str:
        """Put a post there, as somebody; return its number."""
        number = str(9000 + len(self.posts))
        links = [{"url": f"https://t.co/{n}", **_link(one)} for n, one in enumerate(_typed_links(text))]
        shown = html.escape(text, quote=False)
        for link, typed in zip(links, _typed_links(text), strict=True):
            shown = shown.replace(html.escape(typed, quote=False), link["url"])
        top = self.posts[answers]["conversation_id"] if answers in self.posts else number
        self.posts[number] = {
            "id": number,
            "text": shown,
            "author_id": author,
            "conversation_id": top,
            "created_at": more.pop("at", datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "entities": {"urls": links},
            "referenced_posts": [{"type": "replied_to", "id": answers}] if answers else [],
            **more,
        }
        return number

    def signed(self, request: Request) -> bool:
        """Return whether a request is signed with our keys."""
        head = request.headers.get("Authorization", "")
        given = {name: unquote(value) for name, value in re.findall(r'(\w+)="([^"]*)"', head)}
        wanted = signature(
            request.method,
            request.url,
            {name: value for name, value in given.items() if name != "oauth_signature"},
            key=f"{KEY_SECRET}&{TOKEN_SECRET}",
        )
        return head.startswith("OAuth ") and given.get("oauth_signature") == wanted

    def _me(self, request: Request) -> Response:
        if not self.signed(request):
            return said({"title": "Unauthorized", "type": "about:blank", "status": 401}, 401)
        head = {"x-rate-limit-limit": "75", "x-rate-limit-remaining": "60"}
        return said({"data": {"id": OWN, "name": "Willow Lane", "username": "willow"}}, head=head)

    def _page(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        """Answer with one page of what was written since, newest first."""
        since, start = request.args["start_time"], int(request.args.get("pagination_token", "0"))
        rows = [row for row in rows if row["created_at"] >= since]
        rows.sort(key=lambda row: int(row["id"]), reverse=True)
        size = int(request.args["max_results"])
        page, meta = rows[start : start + size], {}
        if start + size < len(rows):
            meta["next_token"] = str(start + size)
        users = [{"id": one, "name": _NAMES[one].title(), "username": _NAMES[one]} for one in _NAMES]
        body = {"meta": {"result_count": len(page), **meta}, "includes": {"users": users}}
        return said({**body, "data": page} if page else body)

    def _own(self, request: Request, number: str) -> Response:
        return self._page(request, [one for one in self.posts.values() if one["author_id"] == number])

    def _mentions(self, request: Request, number: str) -> Response:
        return self._page(request, [one for one in self.posts.values() if "@willow" in one["text"]])

    def _search(self, request: Request) -> Response:
        threads = re.findall(r"conversation_id:(\d+)", request.args["query"])
        assert f"-from:{OWN}" in request.args["query"] and len(request.args["query"]) <= 512
        return self._page(
            request,
            [
                one
                for one in self.posts.values()
                if one["conversation_id"] in threads and one["author_id"] != OWN
            ],
        )

    def _read(self, request: Request, number: str) -> Response:
        if number not in self.posts:
            return said({"errors": [{"type": _GONE, "title": "Not Found Error"}]})
        return said({"data": self.posts[number], "includes": {"users": []}})

    def _delete(self, request: Request, number: str) -> Response:
        if self.posts[number]["author_id"] != OWN:
            return said({"title": "Forbidden", "status": 403}, 403)
        del self.posts[number]
        return said({"data": {"deleted": True}})

    def _hide(self, request: Request, number: str) -> Response:
        hidden = request.get_json()["hidden"]
        (self.hidden.add if hidden else self.hidden.discard)(number)
        return said({"data": {"hidden": hidden}})

    def _post(self, request: Request) -> Response:
        if not self.signed(request):
            return said({"title": "Unauthorized"}, 401)
        body = request.get_json()
        keys = body.get("media", {}).get("media_ids", [])
        more = {"attachments": {"media_keys": [f"3_{one}" for one in keys]}} if keys else {}
        answers = body.get("reply", {}).get("in_reply_to_tweet_id", "")
        number = self.write(OWN, body["text"], answers=answers, **more)
        return said({"data": {"id": number, "text": body["text"]}}, 201)

    def _begin(self, request: Request) -> Response:
        number = str(7000 + len(self.media))
        self.media[number] = {**request.get_json(), "parts": [], "alt": "", "done": False}
        return said({"data": {"id": number, "media_key": f"3_{number}"}})

    def _append(self, request: Request, number: str) -> Response:
        parts = self.media[number]["parts"]
        assert request.form["segment_index"] == str(len(parts))
        parts.append(request.files["media"].read())
        return Response("", 204)

    def _finalize(self, request: Request, number: str) -> Response:
        self.media[number]["done"] = True
        return said({"data": {"id": number, "media_key": f"3_{number}", "size": 1}})

    def _describe(self, request: Request) -> Response:
        given = request.get_json()
        self.media[given["id"]]["alt"] = given["metadata"]["alt_text"]["text"]
        return said({"data": {"id": given["id"]}})


def _typed_links(text: str) -> list[str]:
    return re.findall(r"https?://\S+|\b[\w-]+\.example\b", text)


def _link(typed: str) -> dict[str, str]:
    bare = typed.split("://")[-1]
    return {"expanded_url": typed if "://" in typed else f"http://{typed}", "display_url": bare}


@contextmanager
def x_network() -> Iterator[XServer]:
    """Run a server until the block ends."""
    server = XServer()
    with running(server):
        yield server
