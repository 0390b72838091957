"""Who can reach the page: the people whom its owner let in."""

from __future__ import annotations

from stairgate.practice.graph.call import Answer, Call
from stairgate.practice.graph.routes import route
from stairgate.practice.graph.shapes import after_of, limit_of, page_of
from stairgate.practice.graph.who import may_read


@route("GET", r"(\d+)/roles")
def roles(call: Call, page: str) -> Answer:
    if page != call.page or not may_read(call, "pages_manage_metadata"):
        return {"data": []}
    sql = "SELECT * FROM people WHERE n > ? ORDER BY n LIMIT ?"
    rows = call.store.rows(sql, after_of(call) or 0, limit_of(call) + 1)
    return page_of(call, f"{page}/roles", rows, lambda row: {"id": row["id"], "name": row["name"]})
