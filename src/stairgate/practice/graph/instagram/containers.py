"""Containers: a post on its way, seen by nobody until it is published."""

from __future__ import annotations

import json
import time

from stairgate.practice import faults
from stairgate.practice.errors import GraphError, gone
from stairgate.practice.fetching import photo_at
from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.instagram.numbers import (
    CONTAINER,
    check_account,
    container_id,
    n_of,
    post_id,
)
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import fields_of
from stairgate.practice.graph.who import may_read, need
from stairgate.practice.store import Row

LONGEST_CAPTION = 2_200
MOST_PHOTOS = 10
_QUOTA = 100
_DAY = 86_400
#: how long a container takes, so that nobody gets used to one that is ready at once
_READY_SECONDS = 0.3


@route("POST", r"(\d+)/media")
def make(call: Call, who: str) -> Answer:
    """Make a container: of one photo, which is fetched now, or of several that were made before."""
    need(call, "instagram_content_publish")
    check_account(call, who)
    if len(call.text("caption")) > LONGEST_CAPTION:
        raise GraphError(36004, "The caption was too long.", subcode=2207010)
    children = _children(call) if call.text("media_type") == "CAROUSEL" else []
    photo = None if children else photo_at(call.text("image_url"))
    fault = faults.take(call.store, "POST", f"/{who}/media", family="container")
    kind = fault.kind if fault else ""
    wait = fault.seconds(3) if fault and kind == "container_slow" else _READY_SECONDS
    failed = {"container_error": "ERROR", "container_expired": "EXPIRED"}.get(kind, "")
    sql = (
        "INSERT INTO insta_containers (caption, alt, photo, children, of_many, ready, failed)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    of_many = int(call.flag("is_carousel_item", False))
    values = (call.text("caption"), call.text("alt_text"), photo, json.dumps(children), of_many)
    return {"id": container_id(call.store.do(sql, *values, time.time() + wait, failed))}


def _children(call: Call) -> list[int]:
    """Return the containers that hang in one of several. Raises `GraphError`."""
    listed = [str(one) for one in json.loads(call.text("children") or "[]")]
    if not 2 <= len(listed) <= MOST_PHOTOS:
        raise GraphError(100, "Carousels need 2 to 10 items.", subcode=2207028)
    rows = [_find(call, number) for number in listed]
    if not all(row["of_many"] and _state(row) == "FINISHED" for row in rows):
        raise _not_ready()
    return [row["n"] for row in rows]


@route("GET", rf"({CONTAINER}\d{{14}})")
def read(call: Call, number: str) -> Answer:
    row, fields = _find(call, number), fields_of(call, "id")
    state = _state(row)
    says = f"{state}: Media upload has failed with error code 2207052" if state == "ERROR" else state
    everything = {"id": number, "status_code": state, "status": says}
    return {name: everything[name] for name in everything if name in fields}


@route("POST", r"(\d+)/media_publish")
def publish(call: Call, who: str) -> Answer:
    """Let the public see what a container holds."""
    need(call, "instagram_content_publish")
    check_account(call, who)
    if _used(call) >= _total(call):
        raise GraphError(9, "You reached maximum number of posts.", subcode=2207042)
    with call.store.transaction():
        row = _find(call, call.text("creation_id"))
        if row["of_many"] or row["post"] or _state(row) != "FINISHED":
            raise _not_ready()
        sql = "INSERT INTO insta_posts (caption, created) VALUES (?, ?)"
        post = call.store.do(sql, row["caption"], time.time())
        call.store.do("UPDATE insta_containers SET post = ? WHERE n = ?", post, row["n"])
        for position, container in enumerate(json.loads(row["children"]) or [row["n"]]):
            sql = (
                "INSERT INTO insta_photos (post, position, data, alt)"
                " SELECT ?, ?, photo, alt FROM insta_containers WHERE n = ?"
            )
            call.store.do(sql, post, position, container)
    return {"id": post_id(post)}


@route("GET", r"(\d+)/content_publishing_limit")
def limit(call: Call, who: str) -> Answer:
    check_account(call, who)
    if not may_read(call, "instagram_content_publish"):
        return {"data": []}
    config = {"quota_total": _total(call), "quota_duration": _DAY}
    return {"data": [{"config": config, "quota_usage": _used(call)}]}


def _total(call: Call) -> int:
    return int(call.store.meta("instagram_quota") or _QUOTA)


def _used(call: Call) -> int:
    row = call.store.row("SELECT count(*) AS n FROM insta_posts WHERE created > ?", time.time() - _DAY)
    return int(row["n"]) if row else 0


def _find(call: Call, number: str) -> Row:
    found = number.startswith(CONTAINER) and number.isdigit()
    row = call.store.row("SELECT * FROM insta_containers WHERE n = ?", n_of(number)) if found else None
    if row is None:
        raise gone(number)
    return row


def _state(row: Row) -> str:
    if row["post"]:
        return "PUBLISHED"
    if time.time() < row["ready"]:
        return "IN_PROGRESS"
    return row["failed"] or "FINISHED"


def _not_ready() -> GraphError:
    return GraphError(9007, "The media is not ready to be published.", subcode=2207027)
