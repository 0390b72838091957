"""Who asks, and what they may do."""

from __future__ import annotations

import hashlib
import hmac
import time

from stairgate.practice.errors import GraphError
from stairgate.practice.graph.call import Call
from stairgate.practice.store import Row


def token_of(call: Call) -> Row:
    """Return the token of a call. Raises `GraphError` when it is none, dead, or without its proof."""
    given = call.text("access_token")
    if not given:
        raise GraphError(104, "An access token is required to request this resource.", status=401)
    row = call.store.row("SELECT * FROM tokens WHERE token = ?", given)
    if row is None:
        raise GraphError(190, "Invalid OAuth access token - Cannot parse access token", status=401)
    if broken := subcode_of(row):
        raise GraphError(190, "Error validating access token: it is not valid any more", subcode=broken)
    check_proof(call, given)
    return row


def subcode_of(row: Row) -> int:
    """Return the subcode with which a dead token is refused; 0 for one that lives."""
    if not row["valid"]:
        return int(row["broken"])
    expired = row["expires"] and row["expires"] < time.time()
    return 463 if expired else 0


def check_proof(call: Call, token: str) -> None:
    """Raise `GraphError` unless whoever shows the token knows the secret of the app too."""
    secret = call.store.meta("app_secret").encode()
    wanted = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
    given = call.text("appsecret_proof")
    if not given:
        raise GraphError(100, "API calls from the server require an appsecret_proof argument")
    if not hmac.compare_digest(wanted, given):
        raise GraphError(100, "Invalid appsecret_proof provided in the API argument")


def app_token(call: Call) -> str:
    """Return the token the app speaks with for itself."""
    return f"{call.store.meta('app_id')}|{call.store.meta('app_secret')}"


def is_page(call: Call) -> bool:
    """Return whether the page itself asks: neither a person nor another page."""
    return call.token is not None and call.token["kind"] == "page" and not call.token["about"]


def need(call: Call, scope: str) -> None:
    """A write needs the page's own token with the scope."""
    if not is_page(call):
        raise GraphError(200, "(#200) This must be done as the page itself", status=403)
    assert call.token is not None
    if scope not in call.token["scopes"].split(","):
        raise GraphError(200, f"(#200) Requires {scope} permission", status=403)


def may_read(call: Call, scope: str) -> bool:
    """A read with the wrong kind of token is not refused: it answers with an empty list."""
    return is_page(call) and call.token is not None and scope in call.token["scopes"].split(",")
