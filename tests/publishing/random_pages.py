"""Pages that answer by chance and yet never lie about what is on them: one made up, one the practice network."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.request
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from stairgate.networks.base import (
    Absent,
    Account,
    CannotTell,
    Done,
    Found,
    LivePost,
    Outcome,
    Outgoing,
    Passage,
    Reconciled,
    RefusalKind,
    Refused,
    Staged,
    Unknown,
)
from stairgate.networks.facebook import Facebook
from tests.practice.fixtures import Practice
from tests.publishing.conftest import Scripted

#: how a page may answer when it is asked to publish: it has it; it has it, but says so to nobody; nobody hears
#: that it has not; it is in a hurry; it will not; it says that it has it already, and has not
WAYS = ("done", "landed", "lost", "slow", "no", "duplicate")
#: where a post is, and its words
Thing = tuple[str, str]


class Page(Protocol):
    """What the random deeds ask of pages: how to answer next, what they were asked, and what is there."""

    asked: list[Thing]

    def begin(self) -> None:
        """Be empty."""

    def prepare(self, ways: Sequence[str], *, blind: bool) -> None:
        """Answer like this from now on, one way for each time; ``blind``: what is there cannot be read."""

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Be asked, as a client is, and answer."""

    def there(self) -> list[Thing]:
        """Return what is on the pages now."""


@dataclass
class Honest(Scripted):
    """Made up, as many pages as there are accounts: takes what it says it took."""

    asked: list[Thing] = field(default_factory=list)
    _took: dict[str, Thing] = field(default_factory=dict)
    _ways: list[str] = field(default_factory=list)
    _blind: bool = False

    def begin(self) -> None:
        self.asked.clear()
        self._took.clear()
        self.prepare((), blind=False)

    def prepare(self, ways: Sequence[str], *, blind: bool) -> None:
        self._ways, self._blind = list(ways), blind

    def there(self) -> list[Thing]:
        return list(self._took.values())

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        outgoing = passage.spend()
        number = outgoing.edits or str(len(self.asked))
        thing = (passage.account.account_id, outgoing.text)
        self.asked.append(thing)
        if outgoing.edits and number not in self._took:
            return Refused(RefusalKind.GONE, "no such post")
        way = self._ways.pop(0) if self._ways else "done"
        if way in {"done", "landed"}:
            self._took[number] = thing
        answers: dict[str, Outcome] = {
            "done": Done(number),
            "slow": Refused(RefusalKind.THROTTLED, "slow", retry_after=5),
            "no": Refused(RefusalKind.INVALID, "no"),
            "duplicate": Refused(RefusalKind.DUPLICATE, "have it"),
        }
        return answers.get(way, Unknown("time-out"))

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        if self._blind:
            return CannotTell("half an answer")
        same = [n for n, thing in self._took.items() if thing == (account.account_id, outgoing.text)]
        return Found(same[0], times=len(same)) if same else Absent(len(self._took))

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        thing = self._took.get(external_id)
        return LivePost(external_id, thing[1], pictures=0) if thing else None

    def delete(self, account: Account, external_id: str) -> None:
        self._took.pop(external_id, None)


class Practised(Facebook):
    """The real client, over HTTP to the practice network, whose page misbehaves as it is told."""

    _FAULTS = {
        "landed": ("drop", "server_error_after"),
        "lost": ("drop_before", "server_error_before"),
        "slow": ("throttle",),
        "no": ("error",),
        "duplicate": ("error",),
    }
    _CODES = {"no": 100, "duplicate": 506}

    def __init__(self, practice: Practice) -> None:
        super().__init__()
        self.asked: list[Thing] = []
        self._practice = practice
        self._ways: list[str] = []
        self._blind = False

    def begin(self) -> None:
        self.asked.clear()
        self.prepare((), blind=False)
        self._practice.deed("reset")

    def prepare(self, ways: Sequence[str], *, blind: bool) -> None:
        self._ways, self._blind = list(ways), blind

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        way = self._ways.pop(0) if self._ways else "done"
        if way in self._FAULTS:
            kinds = self._FAULTS[way]
            kind = kinds[len(self.asked) % len(kinds)]
            asked = f"POST /{passage.content.edits or 'feed'}"
            self._practice.fault(kind, asked, code=self._CODES.get(way, 32))
        self.asked.append((passage.account.account_id, passage.content.text))
        return super().publish(passage, staged)

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        if self._blind:
            self._practice.fault("server_error_before", "GET /me")
        return super().reconcile(account, outgoing, since=since, key=key)

    def there(self) -> list[Thing]:
        """Return what the network itself lists of its page, asked for without any part of the client."""
        account = self._practice.account
        token, secret = str.__str__(account.token), str.__str__(account.app_secret)
        proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        path = f"/v26.0/{account.account_id}/published_posts?limit=100&fields=message"
        request = urllib.request.Request(
            f"{account.base_url}{path}&appsecret_proof={proof}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            rows = json.load(answer)["data"]
        return [(account.account_id, row.get("message", "")) for row in rows]


def twice(things: Sequence[Thing]) -> list[Thing]:
    """Return what is there more than once."""
    return [thing for thing, times in Counter(things).items() if times > 1]
