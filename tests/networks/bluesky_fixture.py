"""The real Bluesky server, started from npm, with members of the public who can write on it."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, NoReturn, TypeVar

import httpx2
import pytest

from stairgate.networks.base import Account, Secret
from tests.databases import start_postgres

NODE_PARTS = Path(__file__).parent.parent / "node"
_START_SECONDS = 300.0
_END_SECONDS = 60.0
_SHOWN_SECONDS = 120.0

NOT_PROVED = "Not proved against a real Bluesky:"

T = TypeVar("T")


class NotShown(AssertionError):
    """Bluesky did not show in time what it had taken."""


def eventually(look: Callable[[], T | None]) -> T:
    """Return the first true value ``look`` gives: what is written shows a moment later. Raises `NotShown`."""
    end = time.monotonic() + _SHOWN_SECONDS
    while time.monotonic() < end:
        seen = look()
        if seen:
            return seen
        time.sleep(0.1)
    raise NotShown


@dataclass
class Person:
    """Somebody on Bluesky, acting for themselves through the server's plain interface."""

    url: str
    did: str
    handle: str
    password: str = field(repr=False)
    _access: str = field(default="", repr=False)

    def call(self, method: str, name: str, **more: Any) -> dict[str, Any]:
        """Make one signed-in call; return its body. Raises httpx2.HTTPStatusError."""
        if not self._access:
            asked = {"identifier": self.did, "password": self.password}
            made = httpx2.post(
                f"{self.url}/xrpc/com.atproto.server.createSession", json=asked, trust_env=False
            )
            self._access = made.raise_for_status().json()["accessJwt"]
        headers = {"Authorization": f"Bearer {self._access}"}
        address = f"{self.url}/xrpc/{name}"
        answer = httpx2.request(method, address, headers=headers, trust_env=False, timeout=60, **more)
        body: dict[str, Any] = answer.raise_for_status().json() if answer.content else {}
        return body

    def record(self, uri: str) -> dict[str, Any]:
        """Return a record by its address, with its digest."""
        repo, collection, key = uri.removeprefix("at://").split("/")
        params = {"repo": repo, "collection": collection, "rkey": key}
        return self.call("GET", "com.atproto.repo.getRecord", params=params)

    def records(self, collection: str = "app.bsky.feed.post") -> list[dict[str, Any]]:
        """Return this person's own records of one kind."""
        params: dict[str, str | int] = {"repo": self.did, "collection": collection, "limit": 100}
        found: list[dict[str, Any]] = self.call("GET", "com.atproto.repo.listRecords", params=params)[
            "records"
        ]
        return found

    def post(self, text: str, **more: Any) -> str:
        """Write a post; return its address."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        record = {"$type": "app.bsky.feed.post", "text": text, "createdAt": at, **more}
        body = {"repo": self.did, "collection": "app.bsky.feed.post", "record": record}
        return str(self.call("POST", "com.atproto.repo.createRecord", json=body)["uri"])

    def reply(self, to: str, text: str, **more: Any) -> str:
        """Answer a post that is shown, as the app does; return the address of the answer.

        An answer that is indexed before what it answers is told to nobody, and nobody can write one: they have
        not seen it yet.
        """
        eventually(lambda: self.call("GET", "app.bsky.feed.getPosts", params={"uris": [to]})["posts"])
        answered = self.record(to)
        own = {"uri": answered["uri"], "cid": answered["cid"]}
        root = answered["value"].get("reply", {}).get("root", own)
        return self.post(text, reply={"parent": own, "root": root}, **more)

    def quote(self, other: str, text: str) -> str:
        """Write a post that shows another one; return its address."""
        quoted = self.record(other)
        record = {"uri": quoted["uri"], "cid": quoted["cid"]}
        return self.post(text, embed={"$type": "app.bsky.embed.record", "record": record})

    def mention(self, whom: Person, text: str) -> str:
        """Write a post that names somebody and so notifies them; return its address."""
        words = f"@{whom.handle} {text}"
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": whom.did}
        index = {"byteStart": 0, "byteEnd": len(whom.handle) + 1}
        return self.post(words, facets=[{"index": index, "features": [feature]}])

    def delete(self, uri: str) -> None:
        """Delete a record of one's own."""
        repo, collection, key = uri.removeprefix("at://").split("/")
        body = {"repo": repo, "collection": collection, "rkey": key}
        self.call("POST", "com.atproto.repo.deleteRecord", json=body)

    def thread(self, uri: str) -> dict[str, Any]:
        """Return a thread as this person sees it."""
        params = {"uri": uri}
        return self.call("GET", "app.bsky.feed.getPostThread", params=params)


@dataclass(frozen=True)
class Moderation:
    """The service that takes reports (Ozone), as the people who run Bluesky see it."""

    url: str
    did: str
    password: str = field(repr=False)

    def reports(self) -> list[dict[str, Any]]:
        """Return the reports that came in, newest first."""
        params: dict[str, str] = {"types": "tools.ozone.moderation.defs#modEventReport", "limit": "50"}
        address = f"{self.url}/xrpc/tools.ozone.moderation.queryEvents"
        sign_in = ("admin", self.password)
        answer = httpx2.get(address, params=params, auth=sign_in, trust_env=False, timeout=60)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["events"]
        return found


@dataclass(frozen=True)
class BlueskyServer:
    """A running server: the nursery's account on it, and the public."""

    url: str
    own: Person
    #: the account that the tests in the browser have to themselves
    page: Person
    #: accounts that one test each puts an end to
    taken_down: Person
    locked_out: Person
    others: tuple[Person, ...]
    pid: int
    admin: str = field(repr=False)
    #: where the public reads, also without an account; "" where only the data server started
    appview: str
    moderation: Moderation | None
    #: an account on a data server with the limits of the public one
    strict: Person | None
    #: what did not start, and why
    without: tuple[str, ...]

    @property
    def account(self) -> Account:
        """The nursery's account, as the register would hand it to a client."""
        return account_of(self.own)

    def main_password(self, person: Person) -> str:
        """Return the password of somebody's account itself, which Stairgate never has."""
        return f"{person.handle.removesuffix('.test')}-main"

    def visitor(self, name: str, **params: str | int) -> dict[str, Any]:
        """Return what somebody without an account reads. Raises httpx2.HTTPStatusError."""
        answer = httpx2.get(f"{self.appview}/xrpc/{name}", params=params, trust_env=False, timeout=60)
        body: dict[str, Any] = answer.raise_for_status().json()
        return body

    def administer(self, name: str, body: dict[str, Any]) -> None:
        """Do as those do who run the data server. Raises httpx2.HTTPStatusError."""
        sign_in = ("admin", self.admin)
        address = f"{self.url}/xrpc/{name}"
        httpx2.post(address, json=body, auth=sign_in, trust_env=False, timeout=60).raise_for_status()


def account_of(person: Person) -> Account:
    """Return somebody's account, as the register would hand it to a client."""
    return Account(
        base_url=person.url,
        account_id=person.did,
        token=Secret(person.password),
        handle=person.handle,
    )


@pytest.fixture(scope="session")
def bluesky() -> Iterator[BlueskyServer]:
    """A real Bluesky on this machine, gone with the session: all of it, or at least the data server."""
    node = _node()
    with ExitStack() as parts, tempfile.TemporaryFile("w+") as said:
        environment = dict(os.environ)
        if postgres := _postgres(parts):
            environment["BLUESKY_POSTGRES_URL"] = postgres
        if redis := shutil.which("redis-server"):
            environment["BLUESKY_REDIS"] = redis
        process = subprocess.Popen(
            [node, str(NODE_PARTS / "bluesky.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env=environment,
        )
        try:
            yield _ready(process, said)
        finally:
            _end(process)


@pytest.fixture
def appview(bluesky: BlueskyServer) -> str:
    """Where the public reads. Leaves the test out where only the data server could be started."""
    return bluesky.appview or not_proved(bluesky, "what Bluesky shows to the public")


@pytest.fixture
def moderation(bluesky: BlueskyServer) -> Moderation:
    """Who takes reports. Leaves the test out where it could not be started."""
    return bluesky.moderation or not_proved(bluesky, "a report reaching Bluesky’s moderators")


def not_proved(server: BlueskyServer, what: str) -> NoReturn:
    """Leave a test out, and say what is not proved by that: on CI that fails."""
    pytest.skip(f"{NOT_PROVED} {what}. Did not start: {'; '.join(server.without)}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what was not proved against a real Bluesky, in a line for each thing."""
    reasons = [report.longrepr[2] for report in terminalreporter.stats.get("skipped", []) if report.longrepr]
    left_out = Counter(str(reason) for reason in reasons if NOT_PROVED in str(reason))
    for reason, tests in left_out.items():
        terminalreporter.write_line(f"{reason.removeprefix('Skipped: ')} ({tests} tests)", yellow=True)


def _postgres(parts: ExitStack) -> str:
    """Start a PostgreSQL; return its address, "" where it cannot be started."""
    try:
        postgres = start_postgres("stairgate-bluesky-postgres-")
    except Exception as error:
        warnings.warn(f"No PostgreSQL for Bluesky: {error!r}", stacklevel=2)
        return ""
    parts.callback(postgres.cleanup)
    return str(postgres.get_uri())


def _node() -> str:
    """Return the Node to run: the pinned one, else the machine's own."""
    parts = NODE_PARTS / "node_modules"
    if not (parts / "@atproto" / "dev-env").is_dir():
        words = "The Node parts of the tests are missing. Put them in place with: tests/node/install"
        if os.environ.get("CI") or os.environ.get("STAIRGATE_CI"):
            pytest.fail(words)
        pytest.skip(words)
    pinned = parts / ".bin" / "node"
    node = str(pinned) if pinned.exists() else shutil.which("node")
    if node is None:
        pytest.fail("No Node was found to run the Bluesky server with.")
    return node


def _ready(process: subprocess.Popen[str], said: IO[str]) -> BlueskyServer:
    """Return the server once it says it is ready. Fails with its own words when it does not."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], _START_SECONDS)
    line = process.stdout.readline() if readable else ""
    if not line:
        said.seek(0)
        pytest.fail(f"The Bluesky server did not start:\n{said.read()[-4000:]}")
    ready = json.loads(line)
    url, admin, served, strict = ready["url"], ready["admin"], ready["moderation"], ready["strict"]
    own, page, taken_down, locked_out, *others = (_person(url, one) for one in [ready, *ready["others"]])
    return BlueskyServer(
        url=url,
        own=own,
        page=page,
        taken_down=taken_down,
        locked_out=locked_out,
        others=tuple(others),
        pid=process.pid,
        admin=admin,
        appview=ready["appview"] or "",
        moderation=Moderation(served["url"], served["did"], admin) if served else None,
        strict=_person(strict["url"], strict) if strict else None,
        without=tuple(ready["without"]),
    )


def _person(url: str, said: dict[str, str]) -> Person:
    return Person(url, said["did"], said["handle"], said["password"])


def _end(process: subprocess.Popen[str]) -> None:
    """Close the server's standard input, which ends it; kill it when it will not go."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()
