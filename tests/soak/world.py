"""What happens while the soak runs: the public writes, the team posts, the network misbehaves, processes are killed."""

from __future__ import annotations

import contextlib
import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.soak.page import Page

#: what is switched on, and where it may strike
FAULTS: dict[str, tuple[str, ...]] = {
    "throttle": ("", "GET /comments", "POST /feed", "GET /me"),
    "server_error_before": ("", "POST /feed", "GET /visitor_posts"),
    "server_error_after": ("POST /feed",),
    "hang_before": ("POST /feed", "GET /comments"),
    "hang": ("POST /feed", "GET /published_posts"),
    "drop_before": ("", "POST /feed"),
    "drop": ("", "POST /feed", "GET /comments"),
    "expire_token": ("GET /me",),
    "wrong_empty": ("GET /comments", "GET /visitor_posts", "GET /published_posts", "POST /debug_token"),
    "webhook_off": ("",),
    "webhook_duplicate": ("",),
    "webhook_late": ("",),
    "webhook_out_of_order": ("",),
    "webhook_bad_signature": ("",),
}
HARM = "Which days is the one in the red coat in? I am round there most mornings"


@dataclass
class World:
    """The public, the team and the network, all led by one chance."""

    practice: Page
    cast: Any
    hook: str
    chance: Random
    comments: dict[str, str] = field(default_factory=dict)  # what is on the page, by its number
    deleted: set[str] = field(default_factory=set)
    posts: list[str] = field(default_factory=list)  # the words of ours that were approved
    faults: dict[str, int] = field(default_factory=dict)
    done: int = 0
    slowest: float = 0.0  # answer at the door

    def begin(self) -> None:
        """Let the first of each happen while all is well: the doorbell is hung, a post is there, somebody writes."""
        self.approve()
        end = time.monotonic() + 120
        while not (self.practice.is_rung_for() and self.practice.own_posts()):
            if time.monotonic() > end:
                raise TimeoutError("nothing came to the page, or nobody asked it to ring")
            time.sleep(0.2)
        for deed in (self.comment, self.answer, self.visit, self.knock):
            deed()

    def step(self) -> None:
        """Do one thing, drawn by chance."""
        deeds = [
            *[self.comment] * 8,
            *[self.answer] * 3,
            *[self.visit] * 2,
            *[self.edit] * 2,
            self.delete,
            *[self.approve] * 2,
            *[self.misbehave] * 4,
            self.knock,
            self.use_up,
        ]
        self.chance.choice(deeds)()
        self.done += 1

    # ── The public ──

    def comment(self) -> None:
        on_page = self.practice.own_posts()
        if on_page:
            words = HARM if self.chance.random() < 0.1 else "Lovely soup"
            self._write("comment", f"{words}, {self.done}", post=self.chance.choice(on_page))

    def answer(self) -> None:
        above = self._some_comment()
        if above:
            self._write("comment", f"Me too, {self.done}", post=above.partition("_")[0], parent=above)

    def visit(self) -> None:
        self._write("visitor-post", f"Any places left, {self.done}?")

    def edit(self) -> None:
        made = self._some_comment()
        if made:
            words = f"Changed my mind, {self.done}"
            self._deed("edit-comment", comment=made, message=words)
            self.comments[made] = words

    def delete(self) -> None:
        made = self._some_comment()
        if made and self.chance.random() < 0.5:
            self._deed("delete-comment", comment=made)
            self.deleted |= {one for one in self.practice.under(made) if self.comments.pop(one, None)}

    def _write(self, what: str, words: str, **more: str) -> None:
        made = self._deed(what, name=self.chance.choice(["Sam", "Max", "Jo", "Ayo"]), message=words, **more)
        if made:
            self.comments[made["id"]] = words

    def _some_comment(self) -> str:
        page = self.practice.credentials["page_id"]
        there = [one for one in self.comments if not one.startswith(f"{page}_")]
        return self.chance.choice(there) if there else ""

    def _deed(self, what: str, **given: Any) -> Any:
        """Do something as the public; None when the page does not let us (it is gone, or we are banned)."""
        try:
            return self.practice.deed(what, **given)
        except urllib.error.HTTPError as refused:
            if refused.code != 422:
                raise
            return None

    # ── The team ──

    def approve(self) -> None:
        """Have a post approved by somebody else, unless the account is in trouble just now."""
        from stairgate.publishing.services import Refusal
        from tests.crash.run import approve

        text = f"Puddle day, number {self.done}"
        with contextlib.suppress(Refusal):
            approve(self.cast, text)
            self.posts.append(text)

    # ── The network, and whoever knocks ──

    def misbehave(self) -> None:
        kind = self.chance.choice(list(FAULTS))
        match = self.chance.choice(FAULTS[kind])
        seconds = self.chance.choice([0.2, 1.0, 2.5])
        self._deed("faults", kind=kind, match=match, times=self.chance.choice([1, 1, 2, 3]), seconds=seconds)
        self.faults[kind] = self.faults.get(kind, 0) + 1

    def use_up(self) -> None:
        self._deed("usage", percent=self.chance.choice([3, 3, 60, 92, 100]))

    def knock(self) -> None:
        """Bring garbage to the door, as anybody on the internet may."""
        raw = self.chance.choice([b"", b"{", b"[]", json.dumps({"entry": [{"id": 1}]}).encode(), b"x" * 5000])
        headers = {"X-Hub-Signature-256": self.chance.choice(["", "sha256=" + "0" * 64, "nonsense"])}
        request = urllib.request.Request(self.hook, data=raw, headers=headers)
        began = time.monotonic()
        try:
            urllib.request.urlopen(request, timeout=60).close()
        except urllib.error.HTTPError as refused:
            if refused.code != 404:
                raise
        else:
            raise AssertionError("the door opened to nobody")
        self.slowest = max(self.slowest, time.monotonic() - began)
