"""Tokens: whose they are, what they are worth, and how an app gets one."""

from __future__ import annotations

import hashlib
import hmac
import time
from secrets import token_hex
from typing import Any

from stairgate.practice.errors import GraphError
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import after_of, fields_of, limit_of, page_of
from stairgate.practice.graph.who import app_token, subcode_of
from stairgate.practice.store import SCOPES, Row, Store

PERSON = "100000000000001"
#: how long a token lives that came from a code, and the one it is exchanged for
_SHORT, _LONG = 2 * 3600, 60 * 86400
_DATA_DAYS = 90
_TASKS = "ADVERTISE,ANALYZE,CREATE_CONTENT,MESSAGING,MODERATE,MANAGE"


@route("GET", r"me")
def me(call: Call) -> Answer:
    assert call.token is not None
    if call.token["kind"] == "page":
        page = call.token["about"] or call.page
        own: Answer = {"id": page, "name": dict(_pages(call.store))[page]}
        if page == call.page and "instagram_business_account" in fields_of(call, "id,name"):
            own["instagram_business_account"] = {"id": call.store.meta("instagram_id")}
        return own
    return {"id": PERSON, "name": "Priya"}


def _pages(store: Store) -> list[tuple[str, str]]:
    """Return the pages of the person: ours, and two that only stand in the list."""
    page = store.meta("page_id")
    others = ("Fenmoor Football Club", "Fenmoor Toddler Group")
    named = [(f"{number}{page[1:]}", name) for number, name in enumerate(others, 2)]
    return [(page, store.meta("page_name")), *named]


@route("GET", r"me/accounts")
def accounts(call: Call) -> Answer:
    """List the pages of the person, each with its own token. Another kind of token gets an empty list."""
    token = call.token
    assert token is not None
    if token["kind"] == "page" or "pages_show_list" not in token["scopes"].split(","):
        return {"data": []}
    after = after_of(call) or 0
    rows: list[Any] = [
        {"n": number, "id": page, "name": name}
        for number, (page, name) in enumerate(_pages(call.store), 1)
        if number > after
    ]
    return page_of(call, "me/accounts", rows[: limit_of(call) + 1], lambda row: _page_row(call, token, row))


def _page_row(call: Call, person: Row, row: Row) -> Answer:
    tasks = call.store.meta("tasks") or _TASKS
    whole = {
        "id": row["id"],
        "name": row["name"],
        "access_token": _page_token(call, person, row["id"]),
        "tasks": tasks.split(","),
    }
    return {name: whole[name] for name in fields_of(call, "id,name,access_token,tasks") & whole.keys()}


def _page_token(call: Call, person: Row, page: str) -> str:
    """Return the token of a page for a person: it outlives only a person's token that was exchanged for a long one."""
    store = call.store
    about = "" if page == call.page else page
    if person["token"] == store.meta("user_token") and not about:
        return store.meta("page_token")
    token = "EAAP" + hashlib.sha256(f"{person['token']}{page}".encode()).hexdigest()
    long = person["expires"] == 0 or person["expires"] > time.time() + _SHORT
    store.new_token(token, "page", person["scopes"], 0 if long else person["expires"], about)
    return token


@route("GET", r"debug_token", signed=False)
def debug_token(call: Call) -> Answer:
    """Say what a token is worth. The asker shows the app's own token, or the very token."""
    asker, given = call.text("access_token"), call.text("input_token")
    if asker not in {app_token(call), given} or not given:
        raise GraphError(190, "Invalid OAuth access token", status=401)
    row = call.store.row("SELECT * FROM tokens WHERE token = ?", given)
    broken = subcode_of(row) if row else 460
    if row is None or broken:
        error = {"code": 190, "message": "Session does not match current stored session", "subcode": broken}
        return {"data": {"is_valid": False, "error": error, "scopes": []}}
    page = row["kind"] == "page"
    return {
        "data": {
            "app_id": call.store.meta("app_id"),
            "type": row["kind"].upper(),
            "profile_id": (row["about"] or call.page) if page else PERSON,
            "is_valid": True,
            "expires_at": int(row["expires"]),
            "data_access_expires_at": int(time.time()) + _DATA_DAYS * 86400,
            "scopes": row["scopes"].split(","),
        }
    }


@route("POST", r"oauth/access_token", signed=False)
@route("GET", r"oauth/access_token", signed=False)
def oauth_token(call: Call) -> Answer:
    """Give a token for a code, a long one for a short one, or the app's own."""
    if call.text("client_id") != call.store.meta("app_id"):
        raise GraphError(101, "Error validating application. Cannot get application info.")
    if not hmac.compare_digest(call.text("client_secret"), call.store.meta("app_secret")):
        raise GraphError(1, "Error validating client secret.")
    kind = call.text("grant_type")
    if kind == "client_credentials":
        return {"access_token": app_token(call), "token_type": "bearer"}
    if kind == "fb_exchange_token":
        row = call.store.row("SELECT * FROM tokens WHERE token = ?", call.text("fb_exchange_token"))
        if row is None or subcode_of(row):
            raise GraphError(190, "Invalid OAuth access token", subcode=subcode_of(row) if row else None)
        return _fresh_token(call, row["scopes"], _LONG)
    return _fresh_token(call, _scopes_of_code(call), _SHORT)


def _scopes_of_code(call: Call) -> str:
    """Return what the person allowed; a code works once. Raises `GraphError`."""
    code = call.text("code")
    row = call.store.row("SELECT * FROM codes WHERE code = ?", code)
    if row is None:
        raise GraphError(100, "This authorization code has been used.", subcode=36009)
    if row["redirect_uri"] != call.text("redirect_uri"):
        raise GraphError(100, "Error validating verification code: another redirect_uri", subcode=36008)
    call.store.do("DELETE FROM codes WHERE code = ?", code)
    return str(row["scopes"])


def _fresh_token(call: Call, scopes: str, seconds: int) -> Answer:
    token = "EAAU" + token_hex(40)
    call.store.new_token(token, "user", scopes, time.time() + seconds)
    return {"access_token": token, "token_type": "bearer", "expires_in": seconds}


def give_code(store: Store, redirect_uri: str, scopes: str) -> str:
    """Return a code for the OAuth dialog: what the person allowed, good for one exchange."""
    known = ",".join(scope for scope in scopes.split(",") if scope in SCOPES)
    code = token_hex(20)
    store.do("INSERT INTO codes VALUES (?, ?, ?)", code, redirect_uri, known)
    return code


#: how a page's token can die, and the subcode that says so
BROKEN = {"removed": 458, "checkpoint": 459, "password": 460, "expired": 463, "session": 467, "role": 492}


def break_tokens(store: Store, why: str) -> None:
    """Let every token of a page die. Raises KeyError for a way to die that nobody knows.

    With an app that was taken away, what the page rings for goes too.
    """
    store.do("UPDATE tokens SET valid = 0, broken = ? WHERE kind = 'page'", BROKEN[why])
    if why == "removed":
        store.set_meta("page_rings_for", "")
