"""Asking the Graph API, and understanding its answers. Branches on codes, never on words."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import httpx2

from stairgate.networks.base import Account, RefusalKind, Refused, Secret, Trouble, Unknown
from stairgate.networks.facebook import words
from stairgate.networks.http import Within, clocks_differ, never_left, time_there
from stairgate.networks.wire import Line

VERSION = "v26.0"
#: one call, from the first wait to the last byte: with the passage's own time it ends well inside a lease
CALL_SECONDS = 30.0
MOST_PAGES = 100
_A_PAGE = 100

Body = dict[str, Any]

_THROTTLED = frozenset({4, 17, 32, 341, 613, *range(80000, 80100)})
_UNSURE = frozenset({1, 2})
_PERMISSION = frozenset({10, *range(200, 300)})
_NOT_THERE_SUBCODE = 33
_ROLE_LOST_SUBCODE = 492
#: how Facebook refuses whoever asks as the app without its secret
_APP_UNKNOWN = frozenset({RefusalKind.RECONNECT, RefusalKind.INVALID})


@dataclass(frozen=True, slots=True)
class Answer:
    """A body that is not an error, how much of the allowance is used (percent), and Facebook's own time."""

    body: Body
    used: int | None = None
    at: datetime | None = None


class Graph:
    """The HTTP part. Holds a connection pool and nothing else."""

    def __init__(self) -> None:
        self._line = Line()
        self._http = self._line.http

    def ask(
        self,
        account: Account,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        seconds: float = CALL_SECONDS,
    ) -> Answer | Refused | Unknown:
        """Make exactly one request; return what is known of it. A token is never part of an address."""
        sent = {**(params or {}), "appsecret_proof": _proof(account)}
        bearer = {"Authorization": f"Bearer {str.__str__(account.token)}"}
        return self._ask(account.base_url, method, path, sent, files=files, headers=bearer, seconds=seconds)

    def token_for(self, base_url: str, asked: Mapping[str, str]) -> Body:
        """Give something for a token, as OAuth has it; return the answer. Raises `Trouble`.

        Asked by POST, so that neither secret nor code travels in an address. It changes nothing that the public sees,
        and whoever asks twice is refused, so a failure is read like that of a reading.
        """
        answer = self._ask(base_url, "POST", "oauth/access_token", asked, harmless=True)
        if isinstance(answer, Answer):
            return answer.body
        raise Trouble(answer)

    def _ask(
        self,
        base_url: str,
        method: str,
        path: str,
        sent: Mapping[str, str],
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = CALL_SECONDS,
        harmless: bool = False,
    ) -> Answer | Refused | Unknown:
        reading = method == "GET"
        try:
            request = self._http.build_request(
                method,
                f"{base_url}/{VERSION}/{path}",
                params=sent if reading else None,
                data=None if reading else sent,
                files=dict(files) if files else None,
                headers=headers,
            )
            status, answered, content = self._exchange(request, seconds)
        except httpx2.HTTPError as error:
            if never_left(error):
                return _refused(RefusalKind.UNREACHABLE)
            return Unknown(f"Facebook did not answer ({type(error).__name__}).")
        return understand(status, content, answered, writing=not (reading or harmless))

    def _exchange(self, request: httpx2.Request, seconds: float) -> tuple[int, httpx2.Headers, bytes]:
        return self._line.exchange(request, Within(seconds))

    def read(
        self,
        account: Account,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        seconds: float = CALL_SECONDS,
    ) -> Answer:
        """Read something. Raises `Trouble`: an answer that is not certain is no answer."""
        answer = self.ask(account, "GET", path, params, seconds=seconds)
        if isinstance(answer, Answer):
            return answer
        raise Trouble(answer)

    def inspect_token(self, account: Account) -> Answer:
        """Ask, as the app, what the token is worth. Raises `Trouble`.

        Asked by POST with ``method=get``, so that the token travels in the body and never in an address.
        """
        asked = {"method": "get", "input_token": str.__str__(account.token)}
        answer = self.ask(as_app(account), "POST", "debug_token", asked)
        if isinstance(answer, Answer):
            return answer
        if isinstance(answer, Refused) and answer.kind in _APP_UNKNOWN:
            answer = Refused(RefusalKind.RECONNECT, words.APP_REFUSED, code=answer.code)
        raise Trouble(answer)

    def read_all(self, account: Account, path: str, params: Mapping[str, str]) -> Iterator[Body]:
        """Yield every item of a list, over all its pages. Raises `Trouble`, also when there is no end."""
        asked = {**params, "limit": str(_A_PAGE)}
        for _ in range(MOST_PAGES):
            rows, after = self.read_page(account, path, asked)
            yield from rows
            if not after:
                return
            asked["after"] = after
        raise Trouble(Unknown("There was more to read than we dare to."))

    def read_page(self, account: Account, path: str, params: Mapping[str, str]) -> tuple[list[Body], str]:
        """Return one page of a list, and where the next begins; "" after the last. Raises `Trouble`."""
        body = self.read(account, path, params).body
        return _rows(body), _after(body)

    def write(
        self, account: Account, method: str, path: str, params: Mapping[str, str] | None = None
    ) -> Answer:
        """Change something that may be done twice without harm. Raises `Trouble`."""
        answer = self.ask(account, method, path, params)
        if isinstance(answer, Answer):
            return answer
        raise Trouble(answer)


def as_app(account: Account) -> Account:
    """Return the account speaking as its app: id and secret are the token (Meta, "App access tokens")."""
    return replace(account, token=Secret(f"{account.app_id}|{str.__str__(account.app_secret)}"))


def _rows(body: Body) -> list[Body]:
    """Return the items of one page. Raises `Trouble` for an answer that is not a list of objects."""
    rows = body.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Trouble(Unknown("Facebook gave something that is not a list."))
    return rows


def _after(body: Body) -> str:
    """Return where the next page begins; "" on the last one. Raises `Trouble` when it is there but not where."""
    paging = body.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if not isinstance(after, str) or not after:
        raise Trouble(Unknown("Facebook says there is more, but not where."))
    return after


def compare_clocks(answer: Answer) -> None:
    """Raise `Trouble` when our clock is wrong: a post is then looked for at the wrong time, and thought missing."""
    if clocks_differ(answer.at):
        raise Trouble(Unknown("The clock of this computer is minutes away from Facebook’s. Set it right."))


def _proof(account: Account) -> str:
    """Return appsecret_proof: HMAC-SHA256 of the token with the app's secret (Meta, "Securing requests")."""
    key = str.__str__(account.app_secret).encode()
    return hmac.new(key, str.__str__(account.token).encode(), hashlib.sha256).hexdigest()


def understand(
    status: int, content: bytes, headers: Mapping[str, str], *, writing: bool
) -> Answer | Refused | Unknown:
    """Return what an HTTP answer means. Pure. A redirect is never followed, so what it did nobody can say."""
    if 300 <= status < 400:
        return Unknown(f"Facebook sent us to another address (HTTP {status}).")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return Unknown(f"Facebook answered something we cannot read (HTTP {status}).")
    if not isinstance(body, dict):
        return Unknown(f"Facebook answered something we cannot read (HTTP {status}).")
    error = body.get("error")
    if isinstance(error, dict):
        return _error(error, status, headers, writing=writing)
    if status >= 400:
        return Unknown(f"Facebook answered HTTP {status} without a reason.")
    if writing and body.get("success") in (False, "false"):
        return Refused(RefusalKind.INVALID, "Facebook says it did not do this.", code="success=false")
    return Answer(body, _used(headers), time_there(headers))


def _error(error: Body, status: int, headers: Mapping[str, str], *, writing: bool) -> Refused | Unknown:
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    said = f"{code}/{subcode}" if subcode else f"{code}"
    if status >= 500 or code in _UNSURE:
        if writing:
            return Unknown(f"Facebook broke off while it was working (code {said}).")
        return _refused(RefusalKind.UNREACHABLE, said if status < 500 else f"HTTP {status}")
    kind = _kind(code, subcode)
    wait = _wait(headers) if kind == RefusalKind.THROTTLED else None
    return Refused(kind, words.meaning(kind, code, subcode), code=said, retry_after=wait)


def _kind(code: int, subcode: int) -> RefusalKind:
    if code in _THROTTLED:
        return RefusalKind.THROTTLED
    if code in {190, 102, 104} or subcode == _ROLE_LOST_SUBCODE:
        return RefusalKind.RECONNECT
    if code in _PERMISSION:
        return RefusalKind.PERMISSION
    if code == 100 and subcode == _NOT_THERE_SUBCODE:
        return RefusalKind.GONE
    return {506: RefusalKind.DUPLICATE, 368: RefusalKind.BLOCKED}.get(code, RefusalKind.INVALID)


def _refused(kind: RefusalKind, code: str = "") -> Refused:
    return Refused(kind, words.BY_KIND[kind], code=code)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _used(headers: Mapping[str, str]) -> int | None:
    """Return the highest percentage of any allowance, or None when the headers say nothing."""
    numbers = [
        value
        for entry in _usage(headers)
        for key, value in entry.items()
        if key in {"call_count", "total_cputime", "total_time"} and isinstance(value, int)
    ]
    return max(numbers, default=None)


def _wait(headers: Mapping[str, str]) -> int | None:
    """Return the seconds until Facebook lets us in again, where it says so (it speaks in minutes)."""
    minutes = [entry.get("estimated_time_to_regain_access") for entry in _usage(headers)]
    known = [value for value in minutes if isinstance(value, int) and value > 0]
    return max(known) * 60 if known else None


def _usage(headers: Mapping[str, str]) -> list[Body]:
    found: list[Body] = []
    for name in ("X-App-Usage", "X-Business-Use-Case-Usage"):
        try:
            value = json.loads(headers.get(name, "{}"))
        except ValueError:
            continue
        if not isinstance(value, dict):
            continue
        nested = [entry for entries in value.values() if isinstance(entries, list) for entry in entries]
        found += [entry for entry in (nested or [value]) if isinstance(entry, dict)]
    return found
