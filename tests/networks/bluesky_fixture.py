"""The real Bluesky server, started from npm, with members of the public who can write on it."""

from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import httpx2
import pytest

from stairgate.networks.base import Account, Secret
from tests.databases import start_postgres

NODE_PARTS = Path(__file__).parent.parent / "node"
_START_SECONDS = 300.0
_END_SECONDS = 15.0
_SHOWN_SECONDS = 20.0

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
        answer = httpx2.request(method, address, headers=headers, trust_env=False, timeout=30, **more)
        body: dict[str, Any] = answer.raise_for_status().json()
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
class BlueskyServer:
    """A running server: the nursery's account on it, and the public."""

    url: str
    own: Person
    #: the account that the tests in the browser have to themselves
    page: Person
    others: tuple[Person, ...]
    pid: int

    @property
    def account(self) -> Account:
        """The nursery's account, as the register would hand it to a client."""
        return Account(
            base_url=self.url,
            account_id=self.own.did,
            token=Secret(self.own.password),
            handle=self.own.handle,
        )


@pytest.fixture(scope="session")
def bluesky() -> Iterator[BlueskyServer]:
    """A real Bluesky on this machine, gone with the session."""
    node = _node()
    postgres = start_postgres("stairgate-bluesky-postgres-")
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [node, str(NODE_PARTS / "bluesky.mjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, "BLUESKY_POSTGRES_URL": postgres.get_uri()},
        )
        try:
            yield _ready(process, said)
        finally:
            _end(process)
            postgres.cleanup()


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
    url = ready["url"]
    people = [Person(url, one["did"], one["handle"], one["password"]) for one in [ready, *ready["others"]]]
    own, page, *others = people
    return BlueskyServer(url=url, own=own, page=page, others=tuple(others), pid=process.pid)


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
