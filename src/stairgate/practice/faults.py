"""Misbehaving on purpose: which fault waits for which request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from stairgate.practice.errors import GraphError
from stairgate.practice.store import Store

#: what each fault does, for the page where a trainer sets them
KINDS = {
    "throttle": "Say “too many calls”",
    "server_error_before": "Answer 500 and do nothing",
    "server_error_after": "Do it, then answer 500",
    "hang_before": "Say nothing for some seconds, and do nothing before",
    "hang": "Do it, then say nothing for some seconds",
    "drop_before": "Drop the connection and do nothing",
    "drop": "Do it, then drop the connection",
    "expire_token": "Say the token has expired (190/463)",
    "error": "Answer with an error code of your choice",
    "wrong_empty": "Answer a read with an empty list",
    "container_slow": "Instagram: take some seconds to get a post ready",
    "container_error": "Instagram: never get a post ready",
    "container_expired": "Instagram: forget what was made ready",
    "webhook_off": "Send no webhook",
    "webhook_duplicate": "Send the webhook twice",
    "webhook_late": "Send the webhook late",
    "webhook_out_of_order": "Let the next webhook overtake this one",
    "webhook_bad_signature": "Sign the webhook with the wrong secret",
}
#: faults that wait for something else than a request, by how their kinds begin
_FAMILIES = frozenset({"webhook", "container"})
AFTER = frozenset({"server_error_after", "hang", "drop"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that was waiting and is now used up (once)."""

    kind: str
    more: dict[str, Any]

    def seconds(self, default: float) -> float:
        return float(self.more.get("seconds", default))


def add(store: Store, kind: str, match: str, times: int, more: dict[str, Any]) -> int:
    """Set a fault for the next ``times`` requests that match ("POST /feed", or "" for any); return its number."""
    if kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}")
    sql = "INSERT INTO faults (kind, match, times, more) VALUES (?, ?, ?, ?)"
    return store.do(sql, kind, match, times, json.dumps(more))


def take(store: Store, method: str, path: str, *, family: str = "") -> Fault | None:
    """Return the first waiting fault for this request and count it down; None when there is none.

    ``family``: of the faults for what is no request.
    """
    with store.transaction():
        for row in store.rows("SELECT * FROM faults WHERE times > 0 ORDER BY id"):
            if _family(row["kind"]) == family and _matches(row["match"], method, path):
                store.do("UPDATE faults SET times = times - 1 WHERE id = ?", row["id"])
                return Fault(row["kind"], json.loads(row["more"]))
    return None


def _family(kind: str) -> str:
    first = kind.partition("_")[0]
    return first if first in _FAMILIES else ""


def _matches(match: str, method: str, path: str) -> bool:
    if not match:
        return True
    wanted, _, ending = match.partition(" ")
    return wanted == method and path.endswith(ending)


def as_error(fault: Fault) -> GraphError | None:
    """Return the Graph error a fault answers with, or None when it is of another kind."""
    if fault.kind == "throttle":
        return GraphError(int(fault.more.get("code", 32)), "(#32) Page request limit reached")
    if fault.kind == "expire_token":
        return GraphError(190, "Error validating access token: Session has expired", subcode=463)
    if fault.kind == "error":
        subcode = fault.more.get("subcode")
        return GraphError(
            int(fault.more.get("code", 1)), str(fault.more.get("message", "An error")), subcode=subcode
        )
    if fault.kind in {"server_error_before", "server_error_after"}:
        return GraphError(2, "Service temporarily unavailable", status=500)
    return None
