"""The Graph API of the practice page: one function for each call, in Meta's shapes and names."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any
from urllib.parse import urlencode

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.store import SCOPES, Row, Store
from stairgate.practice.webhooks import announce, shake_hands

Answer = dict[str, Any]
MOST_ITEMS = 100
LONGEST_MESSAGE = 63_206
_MEDIA = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"GIF8": "image/gif", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent with a request."""

    name: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One request as the handlers see it."""

    store: Store
    method: str
    base_url: str
    params: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)
    token: Row | None = None

    @property
    def page(self) -> str:
        return self.store.meta("page_id")

    def text(self, key: str, default: str = "") -> str:
        return str(self.params.get(key, default))

    def flag(self, key: str, default: bool) -> bool:
        value = self.text(key)
        return default if not value else value.lower() in {"true", "1"}


Handler = Callable[..., Answer]
ROUTES: list[tuple[str, re.Pattern[str], Handler]] = []
#: calls that carry their own proof of who asks
_OPEN = frozenset({"debug_token", "oauth_token", "subscribe_app"})


def route(method: str, pattern: str) -> Callable[[Handler], Handler]:
    """Register a handler for a method and a path below the version."""

    def keep(handler: Handler) -> Handler:
        ROUTES.append((method, re.compile(pattern), handler))
        return handler

    return keep


def answer(call: Call, path: str) -> Answer:
    """Return the answer to a call. Raises `GraphError` as Facebook would answer."""
    for method, pattern, handler in ROUTES:
        found = pattern.fullmatch(path)
        if found and method == call.method:
            if handler.__name__ not in _OPEN:
                call.token = _token(call)
            return handler(call, *found.groups())
    raise gone(path)


# ── Who asks ────────────────────────────────────────────────────────────────


def _token(call: Call) -> Row:
    given = call.text("access_token")
    if not given:
        raise GraphError(104, "An access token is required to request this resource.", status=401)
    row = call.store.row("SELECT * FROM tokens WHERE token = ?", given)
    if row is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    if not row["valid"]:
        raise GraphError(190, "Error validating access token: The session was changed", subcode=460)
    if row["expires"] and row["expires"] < time.time():
        raise GraphError(190, "Error validating access token: Session has expired", subcode=463)
    _check_proof(call, given)
    return row


def _check_proof(call: Call, token: str) -> None:
    secret = call.store.meta("app_secret").encode()
    wanted = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
    given = call.text("appsecret_proof")
    if not given:
        raise GraphError(100, "API calls from the server require an appsecret_proof argument")
    if not hmac.compare_digest(wanted, given):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument")


def _app_token(call: Call) -> str:
    return f"{call.store.meta('app_id')}|{call.store.meta('app_secret')}"


def _is_page(call: Call) -> bool:
    return call.token is not None and call.token["kind"] == "page"


def _need(call: Call, scope: str) -> None:
    """A write needs the page's own token with the scope."""
    if not _is_page(call):
        raise GraphError(200, "(#200) This must be done as the page itself", status=403)
    assert call.token is not None
    if scope not in call.token["scopes"].split(","):
        raise GraphError(200, f"(#200) Requires {scope} permission", status=403)


def _may_read(call: Call, scope: str) -> bool:
    """A read with the wrong kind of token is not refused: it answers with an empty list."""
    return _is_page(call) and call.token is not None and scope in call.token["scopes"].split(",")


# ── Names, times, lists ─────────────────────────────────────────────────────


def when(seconds: float) -> str:
    """Return a time as the Graph API writes it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def post_id(call_page: str, n: int) -> str:
    return f"{call_page}_{n}"


def comment_id(row: Row) -> str:
    return f"{row['post']}_{row['n']}"


def _numbers(text: str) -> tuple[str, int]:
    first, _, last = text.partition("_")
    if not (first.isdigit() and last.isdigit()):
        raise gone(text)
    return first, int(last)


def _post(call: Call, text: str) -> Row:
    page, n = _numbers(text)
    row = call.store.row("SELECT * FROM posts WHERE n = ? AND deleted = 0", n) if page == call.page else None
    if row is None:
        raise gone(text)
    return row


def _comment(call: Call, text: str) -> Row:
    post, n = _numbers(text)
    sql = "SELECT * FROM comments WHERE n = ? AND post = ? AND deleted = 0"
    row = call.store.row(sql, n, int(post))
    if row is None:
        raise gone(text)
    return row


def is_post(call: Call, text: str) -> bool:
    return text.startswith(f"{call.page}_")


def _fields(call: Call, default: str) -> set[str]:
    """Return the names of the fields asked for, without what hangs in braces behind them."""
    flat, inner = call.text("fields") or default, 1
    while inner:  # from the innermost braces outwards
        flat, inner = re.subn(r"\{[^{}]*\}", "", flat)
    return {name.split(".")[0].strip() for name in flat.split(",")} | {"id"}


def _limit(call: Call) -> int:
    raw = call.text("limit") or "25"
    if not raw.isdigit() or not int(raw) >= 1:
        raise GraphError(100, "(#100) Param limit must be a positive integer")
    if int(raw) > MOST_ITEMS:
        raise GraphError(100, "(#100) Please reduce the amount of data you're asking for")
    return int(raw)


def _after(call: Call) -> int | None:
    raw = call.text("after")
    if not raw:
        return None
    try:
        return int(base64.urlsafe_b64decode(raw.encode()))
    except ValueError:
        raise GraphError(100, "(#100) Invalid cursors values", subcode=1) from None


def _page_of(call: Call, path: str, rows: list[Row], shown: Callable[[Row], Answer]) -> Answer:
    """Return one page of a list: rows hold one more than asked when there is a next page."""
    limit = _limit(call)
    kept = rows[:limit]
    answer: Answer = {"data": [shown(row) for row in kept]}
    if not kept:
        return answer
    cursors = {"before": _cursor(kept[0]["n"]), "after": _cursor(kept[-1]["n"])}
    answer["paging"] = {"cursors": cursors}
    if len(rows) > limit:
        kept_params = {
            k: v for k, v in call.params.items() if k not in {"access_token", "after", "appsecret_proof"}
        }
        query = urlencode({**kept_params, "after": cursors["after"]})
        answer["paging"]["next"] = f"{call.base_url}/v26.0/{path}?{query}"
    return answer


def _cursor(n: int) -> str:
    return base64.urlsafe_b64encode(str(n).encode()).decode()


# ── Posts ───────────────────────────────────────────────────────────────────


def _shown_post(call: Call, row: Row, fields: set[str]) -> Answer:
    everything: Answer = {
        "id": post_id(call.page, row["n"]),
        "created_time": when(row["created"]),
        "message": row["message"],
        "from": {"id": row["from_id"], "name": row["from_name"]},
        "is_hidden": bool(row["hidden"]),
        "is_published": bool(row["published"]),
        "permalink_url": f"{call.base_url}/willow-lane#post-{row['n']}",
    }
    if row["scheduled"]:
        everything["scheduled_publish_time"] = int(row["scheduled"])
    if "attachments" in fields:
        everything["attachments"] = {"data": _attachments(call, row["n"])}
    return {name: everything[name] for name in everything if name in fields}


def _attachments(call: Call, post: int) -> list[Answer]:
    photos = call.store.rows("SELECT n, alt FROM photos WHERE post = ? ORDER BY position", post)
    shown = [
        {"type": "photo", "target": {"id": str(photo["n"])}, "description": photo["alt"]} for photo in photos
    ]
    return shown if len(shown) < 2 else [{"type": "album", "subattachments": {"data": shown}}]


def _list_posts(call: Call, path: str, where: str) -> Answer:
    fields = _fields(call, "created_time,message")
    after = _after(call)
    sql = (
        f"SELECT * FROM posts WHERE deleted = 0 AND {where} AND (? IS NULL OR n < ?) ORDER BY n DESC LIMIT ?"  # noqa: S608
    )
    rows = call.store.rows(sql, after, after, _limit(call) + 1)
    since = call.text("since")
    if since:
        rows = [row for row in rows if row["created"] >= _seconds(since)]
    return _page_of(call, path, rows, lambda row: _shown_post(call, row, fields))


def _seconds(text: str) -> float:
    if text.isdigit():
        return float(text)
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError:
        raise GraphError(100, "(#100) Param since must be a valid time") from None


@route("GET", r"(\d+)/published_posts")
def published_posts(call: Call, page: str) -> Answer:
    if page != call.page or not _may_read(call, "pages_read_engagement"):
        return {"data": []}
    return _list_posts(call, f"{page}/published_posts", "visitor = 0 AND published = 1")


@route("GET", r"(\d+)/scheduled_posts")
def scheduled_posts(call: Call, page: str) -> Answer:
    if page != call.page or not _may_read(call, "pages_read_engagement"):
        return {"data": []}
    return _list_posts(call, f"{page}/scheduled_posts", "visitor = 0 AND published = 0 AND scheduled > 0")


@route("GET", r"(\d+)/visitor_posts")
def visitor_posts(call: Call, page: str) -> Answer:
    if page != call.page or not _may_read(call, "pages_read_user_content"):
        return {"data": []}
    return _list_posts(call, f"{page}/visitor_posts", "visitor = 1")


@route("GET", r"(\d+)/tagged")
def tagged(call: Call, page: str) -> Answer:
    return {"data": []}


@route("GET", r"(\d+)/feed")
def feed(call: Call, page: str) -> Answer:
    if page != call.page or not _may_read(call, "pages_read_engagement"):
        return {"data": []}
    where = "published = 1" if call.flag("include_hidden", False) else "published = 1 AND hidden = 0"
    return _list_posts(call, f"{page}/feed", where)


@route("POST", r"(\d+)/feed")
def publish(call: Call, page: str) -> Answer:
    _need(call, "pages_manage_posts")
    if page != call.page:
        raise gone(page)
    message, link = call.text("message"), call.text("link")
    media = _attached(call)
    if not (message or link or media):
        raise GraphError(100, "(#100) Missing message or attachment")
    n = _new_post(call, message, link)
    for position, photo in enumerate(media):
        call.store.do("UPDATE photos SET post = ?, position = ? WHERE n = ?", n, position, photo)
    return {"id": post_id(page, n)}


def _attached(call: Call) -> list[int]:
    """Return the photos of attached_media, sent as JSON or as numbered parameters."""
    raw = call.text("attached_media")
    listed = json.loads(raw) if raw else []
    listed += [
        json.loads(v) for k, v in sorted(call.params.items()) if re.fullmatch(r"attached_media\[\d+\]", k)
    ]
    numbers = []
    for item in listed:
        item = json.loads(item) if isinstance(item, str) else item
        n = int(item["media_fbid"])
        if call.store.row("SELECT n FROM photos WHERE n = ? AND post IS NULL", n) is None:
            raise GraphError(100, "(#100) A photo of attached_media is not there or already used")
        numbers.append(n)
    if len(numbers) > 10:
        raise GraphError(100, "(#100) Too many photos")
    return numbers


def _new_post(call: Call, message: str, link: str = "") -> int:
    if len(message) > LONGEST_MESSAGE:
        raise GraphError(100, "(#100) The message is too long")
    scheduled = float(call.text("scheduled_publish_time") or 0)
    published = call.flag("published", True)
    if scheduled and published:
        raise GraphError(100, "(#100) You cannot specify a scheduled publish time on a published post")
    sql = (
        "INSERT INTO posts (visitor, message, link, from_id, from_name, created, scheduled, published)"
        " VALUES (0, ?, ?, ?, ?, ?, ?, ?)"
    )
    name = call.store.meta("page_name")
    return call.store.do(sql, message, link, call.page, name, time.time(), scheduled, int(published))


@route("POST", r"(\d+)/photos")
def photo(call: Call, page: str) -> Answer:
    _need(call, "pages_manage_posts")
    upload = call.files.get("source")
    if upload is None:
        raise GraphError(324, "(#324) Missing or invalid image file")
    kind = next((kind for start, kind in _MEDIA.items() if upload.data.startswith(start)), None)
    if kind is None:
        raise GraphError(1366046, "Your photos couldn't be uploaded. Photos should be JPG, PNG, GIF or WebP")
    caption = call.text("caption") or call.text("message")
    sql = "INSERT INTO photos (data, media_type, alt, caption) VALUES (?, ?, ?, ?)"
    n = call.store.do(sql, upload.data, kind, call.text("alt_text_custom"), caption)
    if not call.flag("published", True):
        return {"id": str(n)}
    post = _new_post(call, caption)
    call.store.do("UPDATE photos SET post = ? WHERE n = ?", post, n)
    return {"id": str(n), "post_id": post_id(page, post)}


@route("GET", r"(\d+_\d+)")
def read_one(call: Call, thing: str) -> Answer:
    if is_post(call, thing):
        return _shown_post(call, _post(call, thing), _fields(call, "created_time,message"))
    return _shown_comment(call, _comment(call, thing), _fields(call, "created_time,from,message"))


@route("POST", r"(\d+_\d+)")
def change_one(call: Call, thing: str) -> Answer:
    """Edit or hide. A message on a comment edits it; it never replies."""
    if is_post(call, thing):
        return _change_post(call, _post(call, thing))
    return _change_comment(call, _comment(call, thing))


def _change_post(call: Call, row: Row) -> Answer:
    _need(call, "pages_manage_posts")
    if "message" in call.params:
        if row["visitor"]:
            raise GraphError(200, "(#200) You can only edit posts your app made", status=403)
        call.store.do("UPDATE posts SET message = ? WHERE n = ?", call.text("message"), row["n"])
    if "is_hidden" in call.params:
        call.store.do("UPDATE posts SET hidden = ? WHERE n = ?", int(call.flag("is_hidden", True)), row["n"])
    return {"success": True}


def _change_comment(call: Call, row: Row) -> Answer:
    _need(call, "pages_manage_engagement")
    if "message" in call.params:
        if not row["own"]:
            raise GraphError(200, "(#200) Only the author can edit a comment", status=403)
        call.store.do("UPDATE comments SET message = ? WHERE n = ?", call.text("message"), row["n"])
        tell(call.store, row["n"], "edited")
    if "is_hidden" in call.params:
        hidden = call.flag("is_hidden", True)
        call.store.do("UPDATE comments SET hidden = ? WHERE n = ?", int(hidden), row["n"])
        tell(call.store, row["n"], "hide" if hidden else "unhide")
    return {"success": True}


@route("DELETE", r"(\d+_\d+)")
def delete_one(call: Call, thing: str) -> Answer:
    if is_post(call, thing):
        _need(call, "pages_manage_posts")
        call.store.do("UPDATE posts SET deleted = 1 WHERE n = ?", _post(call, thing)["n"])
        return {"success": True}
    row = _comment(call, thing)
    _need(call, "pages_manage_engagement" if row["own"] else "pages_read_user_content")
    call.store.do("UPDATE comments SET deleted = 1 WHERE n = ? OR parent = ?", row["n"], row["n"])
    tell(call.store, row["n"], "remove")
    return {"success": True}


# ── Comments ────────────────────────────────────────────────────────────────


def _shown_comment(call: Call, row: Row, fields: set[str]) -> Answer:
    everything: Answer = {
        "id": comment_id(row),
        "created_time": when(row["created"]),
        "message": row["message"],
        "from": {"id": row["from_id"], "name": row["from_name"]},
        "is_hidden": bool(row["hidden"]),
        "can_hide": not row["own"],
        "can_remove": True,
        "permalink_url": f"{call.base_url}/willow-lane#comment-{row['n']}",
    }
    if row["parent"]:
        everything["parent"] = {"id": f"{row['post']}_{row['parent']}"}
    return {name: everything[name] for name in everything if name in fields}


@route("GET", r"(\d+_\d+)/comments")
def comments(call: Call, thing: str) -> Answer:
    if not _may_read(call, "pages_read_user_content"):
        return {"data": []}
    fields = _fields(call, "created_time,from,message")
    if is_post(call, thing):
        post, parent = _post(call, thing)["n"], None
    else:
        row = _comment(call, thing)
        post, parent = row["post"], row["n"]
    chosen = _comment_rows(call, post, parent)
    return _page_of(call, f"{thing}/comments", chosen, lambda row: _shown_comment(call, row, fields))


def _comment_rows(call: Call, post: int, parent: int | None) -> list[Row]:
    stream = call.text("filter") == "stream"
    newest_first = call.text("order") == "reverse_chronological"
    where = "post = ? AND deleted = 0"
    values: list[object] = [post]
    if parent is not None:
        where, values = f"{where} AND parent = ?", [*values, parent]
    elif not stream:
        where = f"{where} AND parent IS NULL"
    after = _after(call)
    if after is not None:
        where, values = f"{where} AND n {'<' if newest_first else '>'} ?", [*values, after]
    if since := call.text("since"):
        where, values = f"{where} AND created >= ?", [*values, _seconds(since)]
    order = "DESC" if newest_first else "ASC"
    sql = f"SELECT * FROM comments WHERE {where} ORDER BY n {order} LIMIT ?"  # noqa: S608 - words of our own
    return call.store.rows(sql, *values, _limit(call) + 1)


@route("POST", r"(\d+_\d+)/comments")
def reply(call: Call, thing: str) -> Answer:
    _need(call, "pages_manage_engagement")
    message = call.text("message")
    if not message:
        raise GraphError(100, "(#100) Missing message")
    if is_post(call, thing):
        post, parent = _post(call, thing)["n"], None
    else:
        row = _comment(call, thing)
        post, parent = row["post"], row["parent"] or row["n"]
    name = call.store.meta("page_name")
    n = new_comment(call.store, post, message, call.page, name, parent=parent, own=True)
    return {"id": f"{post}_{n}"}


def new_comment(
    store: Store,
    post: int,
    message: str,
    from_id: str,
    name: str,
    *,
    parent: int | None = None,
    own: bool = False,
) -> int:
    """Write a comment and ring the subscriber's bell; return its number."""
    sql = (
        "INSERT INTO comments (post, parent, message, from_id, from_name, created, own)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    n = store.do(sql, post, parent, message, from_id, name, time.time(), int(own))
    tell(store, n, "add")
    return n


def tell(store: Store, n: int, verb: str) -> None:
    """Ring the subscriber's bell about a comment."""
    row = store.row("SELECT * FROM comments WHERE n = ?", n)
    if row is None:
        return
    page = store.meta("page_id")
    parent = f"{row['post']}_{row['parent']}" if row["parent"] else f"{page}_{row['post']}"
    value = {
        "item": "comment",
        "verb": verb,
        "comment_id": comment_id(row),
        "post_id": post_id(page, row["post"]),
        "parent_id": parent,
        "created_time": int(row["created"]),
        "from": {"id": row["from_id"], "name": row["from_name"]},
        "message": row["message"],
    }
    announce(store, value)


def new_visitor_post(store: Store, message: str, from_id: str, name: str) -> int:
    """Write a visitor's post on the page and ring the bell; return its number."""
    sql = (
        "INSERT INTO posts (visitor, message, link, from_id, from_name, created, scheduled, published)"
        " VALUES (1, ?, '', ?, ?, ?, 0, 1)"
    )
    n = store.do(sql, message, from_id, name, time.time())
    value = {
        "item": "post",
        "verb": "add",
        "post_id": post_id(store.meta("page_id"), n),
        "created_time": int(time.time()),
        "from": {"id": from_id, "name": name},
        "message": message,
    }
    announce(store, value)
    return n


# ── The page: blocked people, settings, subscription ────────────────────────


@route("GET", r"(\d+)/blocked")
def list_blocked(call: Call, page: str) -> Answer:
    if not _may_read(call, "pages_manage_engagement"):
        return {"data": []}
    return {
        "data": [{"id": row["id"], "name": row["name"]} for row in call.store.rows("SELECT * FROM blocked")]
    }


def _blockees(call: Call) -> Iterable[str]:
    for key in ("user", "psid", "asid", "uid"):
        raw = call.text(key)
        if raw:
            yield from (json.loads(raw) if raw.startswith("[") else [raw])


@route("POST", r"(\d+)/blocked")
def block(call: Call, page: str) -> Answer:
    _need(call, "pages_manage_engagement")
    done: Answer = {}
    for who in _blockees(call):
        row = call.store.row("SELECT from_name FROM comments WHERE from_id = ? LIMIT 1", str(who))
        name = row["from_name"] if row else ""
        call.store.do("INSERT OR IGNORE INTO blocked VALUES (?, ?)", str(who), name)
        done[str(who)] = True
    if not done:
        raise GraphError(100, "(#100) Missing user")
    return done


@route("DELETE", r"(\d+)/blocked")
def unblock(call: Call, page: str) -> Answer:
    _need(call, "pages_manage_engagement")
    for who in _blockees(call):
        call.store.do("DELETE FROM blocked WHERE id = ?", str(who))
    return {"success": True}


@route("GET", r"(\d+)/settings")
def read_settings(call: Call, page: str) -> Answer:
    if not _may_read(call, "pages_manage_metadata"):
        return {"data": []}
    rows = call.store.rows("SELECT * FROM settings ORDER BY key")
    return {"data": [{"setting": row["key"], "value": _value(row["value"])} for row in rows]}


def _value(stored: str) -> bool | str | None:
    return {"true": True, "false": False, "": None}.get(stored, stored)


@route("POST", r"(\d+)/settings")
def change_settings(call: Call, page: str) -> Answer:
    _need(call, "pages_manage_metadata")
    for key, value in json.loads(call.text("option") or "{}").items():
        if call.store.row("SELECT key FROM settings WHERE key = ?", key) is None:
            raise GraphError(100, f"(#100) {key} is not a setting of this page")
        stored = str(value).lower() if isinstance(value, bool) else str(value or "")
        call.store.do("UPDATE settings SET value = ? WHERE key = ?", stored, key)
    return {"success": True}


@route("POST", r"(\d+)/subscribed_apps")
def subscribe_page(call: Call, page: str) -> Answer:
    _need(call, "pages_manage_metadata")
    if not call.text("subscribed_fields"):
        raise GraphError(100, "(#100) subscribed_fields is required")
    call.store.set_meta("subscribed", "1")
    return {"success": True}


@route("POST", r"(\d+)/subscriptions")
def subscribe_app(call: Call, app: str) -> Answer:
    """The app's webhook address: believed only after it echoed a challenge."""
    callback, verify = call.text("callback_url"), call.text("verify_token")
    if call.text("access_token") != _app_token(call):
        raise GraphError(15, "(#15) This method must be called with an app access_token.")
    _check_proof(call, _app_token(call))
    if app != call.store.meta("app_id"):
        raise gone(app)
    if not shake_hands(callback, verify):
        raise GraphError(2200, "(#2200) Callback verification failed")
    call.store.set_meta("callback_url", callback)
    return {"success": True}


@route("GET", r"(\d+)")
def page_itself(call: Call, page: str) -> Answer:
    if page != call.page:
        raise gone(page)
    return {"id": page, "name": call.store.meta("page_name")}


# ── Tokens ──────────────────────────────────────────────────────────────────


@route("GET", r"me")
def me(call: Call) -> Answer:
    if _is_page(call):
        return {"id": call.page, "name": call.store.meta("page_name")}
    return {"id": "100000000000001", "name": "Priya"}


@route("GET", r"me/accounts")
def accounts(call: Call) -> Answer:
    if _is_page(call):
        return {"data": []}
    token = call.store.meta("page_token")
    row = {"id": call.page, "name": call.store.meta("page_name"), "access_token": token, "tasks": ["MANAGE"]}
    return {"data": [row], "paging": {"cursors": {"before": _cursor(1), "after": _cursor(1)}}}


@route("GET", r"debug_token")
def debug_token(call: Call) -> Answer:
    """Say what a token is worth. The asker shows the app's own token, or the very token."""
    asker, given = call.text("access_token"), call.text("input_token")
    if asker not in {_app_token(call), given} or not given:
        raise GraphError(190, "Invalid OAuth access token", status=401)
    row = call.store.row("SELECT * FROM tokens WHERE token = ?", given)
    expired = row is not None and bool(row["expires"]) and row["expires"] < time.time()
    if row is None or not row["valid"] or expired:
        error = {"code": 190, "message": "Session does not match current stored session", "subcode": 460}
        return {"data": {"is_valid": False, "error": error, "scopes": []}}
    return {
        "data": {
            "app_id": call.store.meta("app_id"),
            "type": row["kind"].upper(),
            "profile_id": call.page,
            "is_valid": True,
            "expires_at": int(row["expires"]),
            "data_access_expires_at": int(time.time()) + 90 * 86400,
            "scopes": row["scopes"].split(","),
        }
    }


@route("GET", r"oauth/access_token")
def oauth_token(call: Call) -> Answer:
    if call.text("client_id") != call.store.meta("app_id"):
        raise GraphError(101, "Error validating application")
    if not hmac.compare_digest(call.text("client_secret"), call.store.meta("app_secret")):
        raise GraphError(1, "Error validating client secret.")
    if call.text("grant_type") == "fb_exchange_token":
        row = call.store.row(
            "SELECT * FROM tokens WHERE token = ? AND valid = 1", call.text("fb_exchange_token")
        )
        if row is None:
            raise GraphError(190, "Invalid OAuth access token")
        return _fresh_token(call, row["scopes"], 60 * 86400)
    sql = "SELECT * FROM codes WHERE code = ? AND redirect_uri = ?"
    row = call.store.row(sql, call.text("code"), call.text("redirect_uri"))
    if row is None:
        raise GraphError(100, "This authorization code has been used.", subcode=36009)
    call.store.do("DELETE FROM codes WHERE code = ?", call.text("code"))
    return _fresh_token(call, row["scopes"], 2 * 3600)


def _fresh_token(call: Call, scopes: str, seconds: int) -> Answer:
    token = "EAAU" + token_hex(40)
    sql = "INSERT INTO tokens VALUES (?, 'user', ?, ?, 1)"
    call.store.do(sql, token, scopes, time.time() + seconds)
    return {"access_token": token, "token_type": "bearer", "expires_in": seconds}


def give_code(store: Store, redirect_uri: str, scopes: str) -> str:
    """Return a code for the OAuth dialog: what the person allowed, good for one exchange."""
    known = ",".join(scope for scope in scopes.split(",") if scope in SCOPES)
    code = token_hex(20)
    store.do("INSERT INTO codes VALUES (?, ?, ?)", code, redirect_uri, known)
    return code
