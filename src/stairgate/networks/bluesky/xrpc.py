"""Asking a Bluesky server, and understanding its answers. Branches on codes, never on words."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from stairgate.networks.base import NO_SECRET, RefusalKind, Refused, Secret, Trouble, Unknown
from stairgate.networks.http import CONNECT_SECONDS, Within, never_left
from stairgate.networks.wire import Line

Body = dict[str, Any]
Params = Mapping[str, str | int | list[str]]

#: a single wait for the server; several requests of one deed also share a `Within`
_WAIT_SECONDS = 15.0
_LONGEST_RETRY = 24 * 60 * 60

_AUTH = frozenset(
    {
        "AuthenticationRequired",
        "AuthMissing",
        "AuthFactorTokenRequired",
        "ExpiredToken",
        "InvalidToken",
        "AccountTakedown",
        "AccountSuspended",
        "AccountDeactivated",
    }
)
_GONE = frozenset({"RecordNotFound", "NotFound", "RepoNotFound"})
_WORDS = {
    RefusalKind.THROTTLED: "Bluesky asks us to slow down.",
    RefusalKind.RECONNECT: "Bluesky no longer lets us in. Somebody has to connect the account again with a new app password.",
    RefusalKind.PERMISSION: "Bluesky says we may not do this.",
    RefusalKind.INVALID: "Bluesky did not accept this.",
    RefusalKind.DUPLICATE: "Bluesky has a post under our number already.",
    RefusalKind.GONE: "It is not there any more.",
    RefusalKind.UNREACHABLE: "We could not reach Bluesky.",
}
_WORDS_OF_CODE = {
    "AccountTakedown": "Bluesky has taken this account down. Sign in on Bluesky to see why.",
    "AccountSuspended": "Bluesky has suspended this account. Sign in on Bluesky to see why.",
    "AccountDeactivated": "This Bluesky account is deactivated. Sign in on Bluesky to bring it back.",
    "AuthFactorTokenRequired": "This is the account’s main password. Connect it with an app password instead.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A body that is not an error, and how much of the allowance is used (percent)."""

    body: Body
    used: int | None = None


class Xrpc:
    """The HTTP part. Holds a connection pool and nothing else."""

    def __init__(self) -> None:
        self._line = Line()

    def query(self, base_url: str, name: str, params: Params, *, token: Secret, within: Within) -> Answer:
        """Read something. Raises `Trouble`: an answer that is not certain is no answer."""
        return certain(self._ask("GET", base_url, name, token, within, params=params))

    def procedure(
        self,
        base_url: str,
        name: str,
        body: Body | None,
        *,
        token: Secret = NO_SECRET,
        within: Within,
        visible: bool,
        carried_to: str = "",
    ) -> Answer | Refused | Unknown:
        """Make exactly one request that does something; return what is known of it.

        With ``visible`` false the public could see nothing of it, so a lost answer is as good as a refusal.
        ``carried_to`` names the service that the account's server is to hand it on to.
        """
        content = b"" if body is None else json.dumps(body).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        if carried_to:
            headers["atproto-proxy"] = carried_to
        return self._ask(
            "POST", base_url, name, token, within, content=content, headers=headers, visible=visible
        )

    def upload(
        self, base_url: str, data: bytes, media_type: str, *, token: Secret, within: Within
    ) -> Answer | Refused | Unknown:
        """Send the bytes of a picture. Nobody sees them until a post names them."""
        name, kind = "com.atproto.repo.uploadBlob", {"Content-Type": media_type}
        return self._ask("POST", base_url, name, token, within, content=data, headers=kind)

    def _ask(
        self,
        method: str,
        base_url: str,
        name: str,
        token: Secret,
        within: Within,
        *,
        params: Params | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        visible: bool = False,
    ) -> Answer | Refused | Unknown:
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {str.__str__(token)}"
        try:
            wait = min(_WAIT_SECONDS, within.left())
            request = self._line.http.build_request(
                method,
                f"{base_url.rstrip('/')}/xrpc/{name}",
                params=dict(params) if params else None,
                content=content,
                headers=sent,
                timeout=httpx2.Timeout(wait, connect=min(CONNECT_SECONDS, wait)),
            )
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return refused(RefusalKind.UNREACHABLE)
        try:
            status, said, raw = self._line.exchange(request, within)
        except httpx2.HTTPError as error:
            if never_left(error) or not visible:
                return refused(RefusalKind.UNREACHABLE)
            return Unknown(f"Bluesky did not answer ({type(error).__name__}).")
        return understand(status, raw, said, visible=visible)


def certain(answer: Answer | Refused | Unknown) -> Answer:
    """Return an answer. Raises `Trouble` when it is not one."""
    if isinstance(answer, Answer):
        return answer
    raise Trouble(answer)


def understand(
    status: int, raw: bytes, headers: Mapping[str, str], *, visible: bool
) -> Answer | Refused | Unknown:
    """Return what an HTTP answer means. Pure, but for the clock in a "come back at" time."""
    body = _json(raw)
    if body is not None and 200 <= status < 300:
        return Answer(body, _used(headers))
    code = body.get("error") if body is not None else None
    if isinstance(code, str) and 400 <= status < 500:
        return _error(code, status, headers)
    if not visible:
        return refused(RefusalKind.UNREACHABLE, f"HTTP {status}")
    return Unknown(f"Bluesky answered HTTP {status} without saying what became of it.")


def _json(raw: bytes) -> Body | None:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _error(code: str, status: int, headers: Mapping[str, str]) -> Refused:
    if status == 429 or code == "RateLimitExceeded":
        return refused(RefusalKind.THROTTLED, code, retry_after=_wait(headers))
    if status == 401 or code in _AUTH:
        return refused(RefusalKind.RECONNECT, code)
    if status == 403:
        return refused(RefusalKind.PERMISSION, code)
    if code == "InvalidSwap":
        return refused(RefusalKind.DUPLICATE, code)
    if code in _GONE:
        return refused(RefusalKind.GONE, code)
    return refused(RefusalKind.INVALID, code)


def refused(kind: RefusalKind, code: str = "", *, retry_after: int | None = None) -> Refused:
    """Return a refusal in the words for its kind, or for its code where that says more."""
    return Refused(kind, _WORDS_OF_CODE.get(code, _WORDS[kind]), code=code[:100], retry_after=retry_after)


def _wait(headers: Mapping[str, str]) -> int | None:
    """Return the seconds until Bluesky lets us in again, where it says so."""
    reset, after = _number(headers.get("ratelimit-reset")), _number(headers.get("retry-after"))
    seconds = reset - int(time.time()) if reset is not None else after
    return None if seconds is None else max(1, min(seconds, _LONGEST_RETRY))


def _used(headers: Mapping[str, str]) -> int | None:
    """Return the percentage of the allowance that is used, or None when the headers say nothing."""
    limit, left = _number(headers.get("ratelimit-limit")), _number(headers.get("ratelimit-remaining"))
    if not limit or left is None:
        return None
    return max(0, min(100, 100 - 100 * left // limit))


def _number(value: str | None) -> int | None:
    return int(value) if value and value.isascii() and value.isdigit() else None
