"""What the tests on a real Bluesky do again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from stairgate.networks.base import Account, Done, Passage, PublicItem, Staged
from stairgate.networks.bluesky import Bluesky
from stairgate.networks.bluesky.reading import CHOICE_FOR_POSTS
from tests.networks.bluesky_fixture import BlueskyServer, Person, eventually

PUT = "com.atproto.repo.putRecord"
WRITE = "com.atproto.repo.applyWrites"
LONG_AGO = datetime.now(UTC) - timedelta(days=1)
#: what staging finds for a post that names nobody, where no choice was made about answers
READY = Staged(extra={"mentioned": "{}", "rules": "{}"})


def send(client: Bluesky, leave: Passage) -> Done:
    """Stage and publish; return what came of it, which must be Done."""
    staged = client.stage(leave)
    assert isinstance(staged, Staged), staged
    outcome = client.publish(leave, staged)
    assert isinstance(outcome, Done), outcome
    return outcome


def texts(server: BlueskyServer) -> list[str]:
    return [record["value"]["text"] for record in server.own.records()]


def seen(client: Bluesky, account: Account, uri: str, posts: list[str]) -> PublicItem:
    """Return one item once a reading brings it."""

    def look() -> PublicItem | None:
        items = client.fetch(account, posts=posts, cursor="").items
        return next((item for item in items if item.external_id == uri), None)

    return eventually(look)


def ids(client: Bluesky, account: Account, posts: list[str]) -> set[str]:
    """Return the addresses of everything that one reading brings."""
    return {item.external_id for item in client.fetch(account, posts=posts, cursor="").items}


@contextmanager
def chosen(person: Person, **rules: list[dict[str, Any]]) -> Iterator[None]:
    """Have somebody choose on Bluesky what holds for their new posts, for a while."""
    choose(person, [{"$type": CHOICE_FOR_POSTS, **rules}])
    try:
        yield
    finally:
        choose(person, [])


def choose(person: Person, preferences: list[dict[str, Any]]) -> None:
    """Set what somebody chose on Bluesky."""
    person.call("POST", "app.bsky.actor.putPreferences", json={"preferences": preferences})


def beside(post: str, collection: str) -> str:
    """Return where a record of another kind is that belongs to a post."""
    return post.replace("app.bsky.feed.post", collection)
