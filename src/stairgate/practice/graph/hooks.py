"""Where the doorbell rings, and what for."""

from __future__ import annotations

import json

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.who import app_token, check_proof, need
from stairgate.practice.webhooks import shake_hands


@route("POST", r"(\d+|me)/subscribed_apps")
def subscribe_page(call: Call, page: str) -> Answer:
    need(call, "pages_manage_metadata")
    names = _names(call, "subscribed_fields")
    if not names:
        raise GraphError(100, "(#100) subscribed_fields is required")
    call.store.set_meta("page_rings_for", names)
    return {"success": True}


@route("POST", r"(\d+)/subscriptions", signed=False)
def subscribe_app(call: Call, app: str) -> Answer:
    """The app's webhook address: believed only after it echoed a challenge."""
    callback, verify = call.text("callback_url"), call.text("verify_token")
    if call.text("access_token") != app_token(call):
        raise GraphError(15, "(#15) This method must be called with an app access_token.")
    check_proof(call, app_token(call))
    if app != call.store.meta("app_id"):
        raise gone(app)
    names = _names(call, "fields")
    if not shake_hands(callback, verify):
        raise GraphError(2200, "(#2200) Callback verification failed")
    instagram = call.text("object") == "instagram"
    call.store.set_meta("instagram_callback_url" if instagram else "callback_url", callback)
    call.store.set_meta("instagram_rings_for" if instagram else "app_rings_for", names)
    return {"success": True}


@route("GET", r"(\d+)/subscribed_apps")
def subscribed_apps(call: Call, page: str) -> Answer:
    """Say which app the page rings for; of an app that never asked, nothing."""
    need(call, "pages_manage_metadata")
    names = call.store.meta("page_rings_for")
    if not names:
        return {"data": []}
    return {"data": [{"id": call.store.meta("app_id"), "subscribed_fields": names.split(",")}]}


@route("GET", r"(\d+)/subscriptions", signed=False)
def subscriptions(call: Call, app: str) -> Answer:
    """Say where the app is rung at, and what for."""
    if call.text("access_token") != app_token(call) or app != call.store.meta("app_id"):
        raise GraphError(15, "(#15) This method must be called with an app access_token.")
    callback = call.store.meta("callback_url")
    if not callback:
        return {"data": []}
    fields = [{"name": name} for name in call.store.meta("app_rings_for").split(",")]
    return {"data": [{"object": "page", "callback_url": callback, "active": True, "fields": fields}]}


def _names(call: Call, key: str) -> str:
    """Return a list of names with commas between, however it was sent: as JSON, or with commas already."""
    raw = call.text(key)
    return ",".join(map(str, json.loads(raw))) if raw.startswith("[") else raw
