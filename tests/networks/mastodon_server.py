"""A Mastodon server for tests: as much of the interface as our client asks for, with accounts and posts."""

from __future__ import annotations

import html
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from werkzeug.wrappers import Request, Response

from stairgate.networks.base import Account, Secret
from tests.networks.loopback import Loopback, running, said

TOKEN = "mastodon-token"
OWN, STRANGER = "1", "2"
_ACCT = {OWN: "willow", STRANGER: "stranger"}


class MastodonServer(Loopback):
    """Keeps accounts 1 (ours) and 2 (a stranger's), and what both wrote."""

    def __init__(self) -> None:
        self.posts: dict[str, dict[str, Any]] = {}
        self.media: dict[str, dict[str, Any]] = {}
        self.blocked: list[str] = []
        self.reports: list[dict[str, Any]] = []
        #: how often a picture is "still being worked on" before it is ready
        self.looks_before_ready = 0
        #: a server that keeps no source of a post, as some do
        self.keeps_source = True
        self.keys: dict[str, str] = {}
        #: GoToSocial and Takahe ignore the key
        self.honours_keys = True
        super().__init__(
            {
                "GET /api/v1/accounts/verify_credentials": self._me,
                "GET /api/v1/accounts/<number>/statuses": self._statuses,
                "POST /api/v1/accounts/<number>/block": self._block,
                "POST /api/v2/media": self._upload,
                "GET /api/v1/media/<number>": self._uploaded,
                "POST /api/v1/statuses": self._post,
                "GET /api/v1/statuses/<number>": self._read,
                "PUT /api/v1/statuses/<number>": self._edit,
                "DELETE /api/v1/statuses/<number>": self._delete,
                "GET /api/v1/statuses/<number>/source": self._source,
                "GET /api/v1/statuses/<number>/context": self._context,
                "GET /api/v1/notifications": self._notifications,
                "POST /api/v1/reports": self._report,
            }
        )

    @property
    def account(self) -> Account:
        """Our account, as the product would keep it."""
        host = self.url.removeprefix("http://")
        return Account(self.url, f"{OWN}@{host}", Secret(TOKEN), handle="willow")

    def write(self, author: str, text: str, *, answers: str = "", **more: Any) -> str:
        """Put a post there, as somebody; return its number."""
        number = str(1000 + len(self.posts))
        answered = self.posts.get(answers, {})
        self.posts[number] = {
            "id": number,
            "text": text,
            "content": f"<p>{html.escape(text).replace(chr(10), '<br />')}</p>",
            "created_at": more.pop("at", datetime.now(UTC)).isoformat().replace("+00:00", "Z"),
            "account": {"id": author, "acct": _ACCT[author], "display_name": _ACCT[author].title()},
            "in_reply_to_id": answers or None,
            "in_reply_to_account_id": answered["account"]["id"] if answered else None,
            "media_attachments": [],
            "visibility": "public",
            "url": f"{self.url}/@{_ACCT[author]}/{number}",
            "spoiler_text": "",
            **more,
        }
        return number

    def own(self) -> list[str]:
        """Return the words of our posts."""
        return [one["text"] for one in self.posts.values() if one["account"]["id"] == OWN]

    def _me(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return said({"error": "The access token is invalid"}, 401)
        head = {"X-RateLimit-Limit": "300", "X-RateLimit-Remaining": "225"}
        return said({"id": OWN, "acct": "willow", "url": f"{self.url}/@willow"}, head=head)

    def _seen(self, number: str) -> dict[str, Any]:
        return {name: value for name, value in self.posts[number].items() if name != "text"}

    def _rows(self, request: Request, rows: list[dict[str, Any]]) -> Response:
        """Answer with one page, newest first."""
        rows.sort(key=lambda row: int(row["id"]), reverse=True)
        below = request.args.get("max_id")
        rows = [row for row in rows if below is None or int(row["id"]) < int(below)]
        return said(rows[: int(request.args["limit"])])

    def _statuses(self, request: Request, number: str) -> Response:
        own = [self._seen(one) for one, post in self.posts.items() if post["account"]["id"] == number]
        return self._rows(request, own)

    def _block(self, request: Request, number: str) -> Response:
        self.blocked.append(number)
        return said({"id": number, "blocking": True})

    def _upload(self, request: Request) -> Response:
        number = f"m{len(self.media)}"
        given = {"description": request.form["description"], "size": len(request.files["file"].read())}
        self.media[number] = {"id": number, "looks": self.looks_before_ready, **given}
        ready = self.looks_before_ready == 0
        return said({"id": number, "url": f"{self.url}/{number}" if ready else None}, 200 if ready else 202)

    def _uploaded(self, request: Request, number: str) -> Response:
        self.media[number]["looks"] -= 1
        ready = self.media[number]["looks"] <= 0
        return said({"id": number, "url": f"{self.url}/{number}" if ready else None}, 200 if ready else 206)

    def _post(self, request: Request) -> Response:
        key, body = request.headers["Idempotency-Key"], request.get_json()
        if self.honours_keys and key in self.keys:
            return said(self._seen(self.keys[key]))
        media = [{"id": one, **self.media[one]} for one in body["media_ids"]]
        number = self.write(
            OWN,
            body["status"],
            answers=body["in_reply_to_id"] or "",
            media_attachments=media,
            visibility=body["visibility"],
        )
        self.keys[key] = number
        return said(self._seen(number))

    def _read(self, request: Request, number: str) -> Response:
        return said(self._seen(number)) if number in self.posts else said({"error": "Record not found"}, 404)

    def _edit(self, request: Request, number: str) -> Response:
        body = request.get_json()
        kept = [one for one in self.posts[number]["media_attachments"] if one["id"] in body["media_ids"]]
        self.posts[number] |= {"text": body["status"], "media_attachments": kept}
        return said(self._seen(number))

    def _delete(self, request: Request, number: str) -> Response:
        if self.posts[number]["account"]["id"] != OWN:
            return said({"error": "Record not found"}, 404)  # so says Mastodon of what is somebody else's
        return said(self.posts.pop(number))

    def _source(self, request: Request, number: str) -> Response:
        if not self.keeps_source:
            return said({"error": "Not here"}, 404)
        return said({"id": number, "text": self.posts[number]["text"], "spoiler_text": ""})

    def _context(self, request: Request, number: str) -> Response:
        if number not in self.posts:
            return said({"error": "Record not found"}, 404)
        below: list[str] = [number]
        for one, post in self.posts.items():
            if post["in_reply_to_id"] in below:
                below.append(one)
        return said({"ancestors": [], "descendants": [self._seen(one) for one in below[1:]]})

    def _notifications(self, request: Request) -> Response:
        rows = [
            {"id": one, "type": "mention", "created_at": post["created_at"], "status": self._seen(one)}
            for one, post in self.posts.items()
            if post["account"]["id"] != OWN
            and (post.get("mentions") or post["in_reply_to_account_id"] == OWN)
        ]
        rows.append({"id": "1", "type": "favourite", "created_at": rows[0]["created_at"] if rows else _now()})
        return self._rows(request, rows)

    def _report(self, request: Request) -> Response:
        self.reports.append(request.get_json())
        return said({"id": "1"})


def _now() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).isoformat()


@contextmanager
def mastodon() -> Iterator[MastodonServer]:
    """Run a server until the block ends."""
    server = MastodonServer()
    with running(server):
        yield server
