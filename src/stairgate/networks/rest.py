"""One request to a network that answers in JSON and says by HTTP status what became of it.

Mastodon and X are like that. Branches on the status, never on words; an error counts only when its body is the
network's own: a proxy's page that says "not there" proves nothing.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2

from stairgate.networks.base import Account, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.cleaning import clean_text
from stairgate.networks.http import CONNECT_SECONDS, Within, clocks_differ, never_left, time_there
from stairgate.networks.wire import Line

Body = Mapping[str, Any]

#: a single wait for the server; the requests of one deed also share a `Within`
_WAIT_SECONDS = 15.0
_LONGEST_RETRY = 24 * 60 * 60
_KINDS = {
    401: RefusalKind.RECONNECT,
    402: RefusalKind.BLOCKED,
    403: RefusalKind.PERMISSION,
    404: RefusalKind.GONE,
    410: RefusalKind.GONE,
    429: RefusalKind.THROTTLED,
}
_WORDS = {
    RefusalKind.THROTTLED: "{} asks us to slow down.",
    RefusalKind.RECONNECT: "{} no longer lets us in. Somebody has to connect the account again.",
    RefusalKind.PERMISSION: "{} says we may not do this. Connect the account again and allow everything it asks.",
    RefusalKind.INVALID: "{} did not accept this.",
    RefusalKind.BLOCKED: "{} has shut us out until somebody sees to it. Sign in there and look.",
    RefusalKind.GONE: "It is not there any more.",
    RefusalKind.UNREACHABLE: "We could not reach {}.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is not an error: its JSON, and what its head says."""

    json: Any
    headers: Mapping[str, str]

    @property
    def body(self) -> Body:
        """Return the object; an empty one for anything else."""
        return mapping(self.json)

    @property
    def rows(self) -> list[Body]:
        """Return the objects of a list. Raises `Trouble` for anything else: a list that is none is not empty."""
        if not isinstance(self.json, list) or not all(isinstance(row, dict) for row in self.json):
            raise Trouble(Unknown("What came back is not a list."))
        return self.json

    @property
    def used(self) -> int | None:
        """Return the percentage of the allowance that is used; None when the head says nothing."""
        limit, left = _number(_limit(self.headers, "limit")), _number(_limit(self.headers, "remaining"))
        if not limit or left is None:
            return None
        return max(0, min(100, 100 - 100 * left // limit))


class Rest:
    """The HTTP part. Holds a connection pool and nothing else.

    ``sign`` returns what goes into the head of a request to prove who asks; a token is never part of an address.
    """

    def __init__(
        self,
        label: str,
        sign: Callable[[Account, httpx2.Request], str],
        words: Mapping[RefusalKind, str] | None = None,
    ) -> None:
        self.label = label
        self._sign = sign
        self._words = {**_WORDS, **(words or {})}
        self._line = Line()

    def ask(
        self,
        account: Account,
        method: str,
        path: str,
        *,
        within: Within,
        visible: bool,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Answer | Refused | Unknown:
        """Make exactly one request; return what is known of it. ``content``: params, json, data or files.

        With ``visible`` false nobody could see anything of it, so a lost answer is as good as a refusal.
        """
        try:
            wait = min(_WAIT_SECONDS, within.left())
            timeout = httpx2.Timeout(wait, connect=min(CONNECT_SECONDS, wait))
            url = f"{account.base_url.rstrip('/')}{path}"
            request = self._line.http.build_request(
                method, url, headers=dict(headers or {}), timeout=timeout, **content
            )
            request.headers["Authorization"] = self._sign(account, request)
        except (httpx2.HTTPError, httpx2.InvalidURL):
            return self.refused(RefusalKind.UNREACHABLE)
        try:
            status, said, raw = self._line.exchange(request, within)
        except httpx2.HTTPError as error:
            if never_left(error) or not visible:
                return self.refused(RefusalKind.UNREACHABLE)
            return Unknown(f"{self.label} did not answer ({type(error).__name__}).")
        return self.understand(status, raw, said, visible=visible)

    def read(self, account: Account, path: str, within: Within, **params: Any) -> Answer:
        """Read something. Raises `Trouble`: an answer that is not certain is no answer."""
        return certain(self.ask(account, "GET", path, within=within, visible=False, params=params))

    def prepare(self, account: Account, path: str, within: Within, **content: Any) -> Answer:
        """Put something down that nobody sees yet. Raises `Trouble`."""
        return certain(self.ask(account, "POST", path, within=within, visible=False, **content))

    def write(
        self, account: Account, method: str, path: str, within: Within, json: Body | None = None
    ) -> Answer:
        """Change something that may be done twice without harm. Raises `Trouble`."""
        content = {} if json is None else {"json": json}
        return certain(self.ask(account, method, path, within=within, visible=True, **content))

    def understand(
        self, status: int, raw: bytes, headers: Mapping[str, str], *, visible: bool
    ) -> Answer | Refused | Unknown:
        """Return what an HTTP answer means. Pure, but for the clock in a "come back at" time."""
        body = _json(raw)
        if 200 <= status < 300 and body is not None:
            return Answer(body, headers)
        if status == 429 or (400 <= status < 500 and isinstance(body, dict) and body):
            kind = _KINDS.get(status, RefusalKind.INVALID)
            return self.refused(kind, str(status), retry_after=_wait(headers) if status == 429 else None)
        if not visible:
            return self.refused(RefusalKind.UNREACHABLE, str(status))
        return Unknown(f"{self.label} answered HTTP {status} without saying what became of it.")

    def refused(self, kind: RefusalKind, code: str = "", *, retry_after: int | None = None) -> Refused:
        """Return a refusal in the words for its kind."""
        return Refused(kind, self._words[kind].format(self.label), code=code, retry_after=retry_after)


def certain(answer: Answer | Refused | Unknown) -> Answer:
    """Return an answer. Raises `Trouble` when it is not one."""
    if isinstance(answer, Answer):
        return answer
    raise Trouble(answer)


def compare_clocks(answer: Answer, label: str) -> None:
    """Raise `Trouble` when our clock is wrong."""
    if clocks_differ(time_there(answer.headers)):
        words = f"The clock of this computer is minutes away from the one of {label}. Set it right."
        raise Trouble(Unknown(words))


def mapping(value: object) -> Body:
    """Return an object of JSON; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def mappings(value: object) -> list[Body]:
    """Return the objects in a list of JSON; nothing for anything else."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(body: Body, name: str) -> str:
    """Return a string of JSON; "" for anything else."""
    value = body.get(name)
    return clean_text(value) if isinstance(value, str) else ""


def time_of(body: Body) -> datetime:
    """Return when it was written. Raises `Trouble` when that cannot be read."""
    try:
        at = datetime.fromisoformat(text_of(body, "created_at"))
    except ValueError:
        raise Trouble(Unknown("Something came back without a time.")) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _json(raw: bytes) -> Any:
    """Return what a body says: an empty one says nothing, and that is fine; None for what is no JSON."""
    if not raw.strip():
        return {}
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _limit(headers: Mapping[str, str], name: str) -> str:
    """Return a header about the allowance, as either network spells it."""
    return headers.get(f"x-ratelimit-{name}") or headers.get(f"x-rate-limit-{name}") or ""


def _wait(headers: Mapping[str, str]) -> int | None:
    """Return the seconds until we are let in again, where it says so: as a moment, or as seconds."""
    reset, after = _moment(_limit(headers, "reset")), _number(headers.get("retry-after", ""))
    seconds = reset - int(time.time()) if reset is not None else after
    return None if seconds is None else max(1, min(seconds, _LONGEST_RETRY))


def _moment(said: str) -> int | None:
    """Return a moment as seconds: X says it like that, Mastodon as a date."""
    if (seconds := _number(said)) is not None:
        return seconds
    try:
        return int(datetime.fromisoformat(said).timestamp())
    except (ValueError, OverflowError):
        return None


def _number(said: str) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None
