"""The numbers of Instagram's things: all of one length, and nothing in them says what they are of."""

from __future__ import annotations

from stairgate.practice.errors import GraphError, gone
from stairgate.practice.graph.call import Call

_LENGTH = 14
#: how a container's, a post's, a comment's and a strange post's number begins; only the practice network knows
CONTAINER, POST, COMMENT, TAG = "182", "180", "179", "181"


def post_id(n: int) -> str:
    return f"{POST}{n:0{_LENGTH}}"


def comment_id(n: int) -> str:
    return f"{COMMENT}{n:0{_LENGTH}}"


def container_id(n: int) -> str:
    return f"{CONTAINER}{n:0{_LENGTH}}"


def tag_id(n: int) -> str:
    return f"{TAG}{n:0{_LENGTH}}"


def n_of(number: str) -> int:
    """Return the row behind a number."""
    return int(number[-_LENGTH:])


def check_account(call: Call, who: str) -> None:
    """Raise `GraphError` unless it is asked about our Instagram account."""
    if who != call.store.meta("instagram_id"):
        raise gone(who)


def unknown_field(name: str) -> GraphError:
    return GraphError(100, f"(#100) Tried accessing nonexisting field ({name})")
