"""The practice network as tests use it: a real process, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from stairgate.channels.services import Credentials
from stairgate.networks.base import Account, Secret

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Practice:
    """A running practice network."""

    url: str
    given: dict[str, str] = field(repr=False)

    @property
    def page(self) -> str:
        return self.given["page_id"]

    @property
    def account(self) -> Account:
        given = self.given
        return Account(
            base_url=self.url,
            account_id=given["page_id"],
            token=Secret(given["page_token"]),
            app_id=given["app_id"],
            app_secret=Secret(given["app_secret"]),
            verify_token=Secret(given["verify_token"]),
        )

    @property
    def instagram(self) -> Account:
        """The Instagram account that is linked to the page."""
        given = self.given
        return replace(self.account, account_id=given["instagram_id"], handle=given["instagram_name"])

    @property
    def credentials(self) -> Credentials:
        account = self.account
        return Credentials(
            base_url=self.url,
            account_id=account.account_id,
            token=account.token,
            app_id=account.app_id,
            app_secret=account.app_secret,
            verify_token=account.verify_token,
            public_url=f"{self.url}/willow-lane",
        )

    def deed(self, what: str, **values: Any) -> Any:
        """Do something as the trainer or the public; return the answer."""
        body = json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/practice/{what}", data=body, headers=headers)
        with _OPENER.open(request, timeout=60) as answer:
            return json.load(answer)

    def fault(self, kind: str, match: str = "", times: int = 1, **more: Any) -> None:
        self.deed("faults", kind=kind, match=match, times=times, **more)

    def comment(self, post: str, name: str, message: str, parent: str | None = None) -> str:
        return str(self.deed("comment", post=post, name=name, message=message, parent=parent)["id"])

    def visitor_post(self, name: str, message: str) -> str:
        return str(self.deed("visitor-post", name=name, message=message)["id"])

    def log(self) -> list[dict[str, Any]]:
        """Return every Graph call that was made, oldest first."""
        with _OPENER.open(f"{self.url}/practice/log", timeout=60) as answer:
            found: list[dict[str, Any]] = json.load(answer)
        return found

    def public_page(self, path: str = "/willow-lane") -> str:
        """Return the page as the public sees it."""
        with _OPENER.open(f"{self.url}{path}", timeout=60) as answer:
            return str(answer.read().decode())

    def public_album(self) -> str:
        """Return the Instagram account as the public sees it."""
        return self.public_page("/instagram")


@contextlib.contextmanager
def running(home: Path) -> Iterator[Practice]:
    """Run a practice network in a process of its own."""
    command = [sys.executable, "-m", "stairgate.practice", "--home", str(home), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        url = "http://" + line.split("http://", 1)[1].strip()
        yield Practice(url, json.loads((home / "credentials.json").read_text()))
    finally:
        process.terminate()
        process.wait(15)


@pytest.fixture(scope="session")
def practice_process() -> Iterator[Practice]:
    with tempfile.TemporaryDirectory(prefix="stairgate-practice-") as folder, running(Path(folder)) as found:
        yield found


@pytest.fixture
def practice(practice_process: Practice) -> Practice:
    """An empty practice network."""
    practice_process.deed("reset")
    return practice_process
