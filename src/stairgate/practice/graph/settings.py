"""The page itself: its name, its settings, and who is banned from it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.who import may_read, need


@route("GET", r"(\d+)")
def page_itself(call: Call, page: str) -> Answer:
    if page != call.page:
        raise gone(page)
    return {"id": page, "name": call.store.meta("page_name")}


@route("GET", r"(\d+)/settings")
def read_settings(call: Call, page: str) -> Answer:
    if not may_read(call, "pages_manage_metadata"):
        return {"data": []}
    rows = call.store.rows("SELECT * FROM settings ORDER BY key")
    return {"data": [{"setting": row["key"], "value": _value(row["value"])} for row in rows]}


def _value(stored: str) -> bool | str | None:
    return {"true": True, "false": False, "": None}.get(stored, stored)


@route("POST", r"(\d+)/settings")
def change_settings(call: Call, page: str) -> Answer:
    need(call, "pages_manage_metadata")
    for key, value in json.loads(call.text("option") or "{}").items():
        if call.store.row("SELECT key FROM settings WHERE key = ?", key) is None:
            raise GraphError(100, f"(#100) {key} is not a setting of this page")
        stored = str(value).lower() if isinstance(value, bool) else str(value or "")
        call.store.do("UPDATE settings SET value = ? WHERE key = ?", stored, key)
    return {"success": True}


@route("GET", r"(\d+)/blocked")
def list_blocked(call: Call, page: str) -> Answer:
    if not may_read(call, "pages_manage_engagement"):
        return {"data": []}
    return {
        "data": [{"id": row["id"], "name": row["name"]} for row in call.store.rows("SELECT * FROM blocked")]
    }


@route("POST", r"(\d+)/blocked")
def block(call: Call, page: str) -> Answer:
    need(call, "pages_manage_engagement")
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
    need(call, "pages_manage_engagement")
    for who in _blockees(call):
        call.store.do("DELETE FROM blocked WHERE id = ?", str(who))
    return {"success": True}


def _blockees(call: Call) -> Iterable[str]:
    for key in ("user", "psid", "asid", "uid"):
        raw = call.text(key)
        if raw:
            yield from (json.loads(raw) if raw.startswith("[") else [raw])
