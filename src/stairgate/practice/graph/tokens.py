"""Tokens: whose they are, what they are worth, and how an app gets one."""

from __future__ import annotations

import hmac
import time
from secrets import token_hex

from stairgate.practice.errors import GraphError
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import cursor_of, fields_of
from stairgate.practice.graph.who import app_token, is_page
from stairgate.practice.store import SCOPES, Store


@route("GET", r"me")
def me(call: Call) -> Answer:
    if is_page(call):
        own: Answer = {"id": call.page, "name": call.store.meta("page_name")}
        if "instagram_business_account" in fields_of(call, "id,name"):
            own["instagram_business_account"] = {"id": call.store.meta("instagram_id")}
        return own
    return {"id": "100000000000001", "name": "Priya"}


@route("GET", r"me/accounts")
def accounts(call: Call) -> Answer:
    if is_page(call):
        return {"data": []}
    token = call.store.meta("page_token")
    row = {"id": call.page, "name": call.store.meta("page_name"), "access_token": token, "tasks": ["MANAGE"]}
    return {"data": [row], "paging": {"cursors": {"before": cursor_of(1), "after": cursor_of(1)}}}


@route("GET", r"debug_token", signed=False)
def debug_token(call: Call) -> Answer:
    """Say what a token is worth. The asker shows the app's own token, or the very token."""
    asker, given = call.text("access_token"), call.text("input_token")
    if asker not in {app_token(call), given} or not given:
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


@route("GET", r"oauth/access_token", signed=False)
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
