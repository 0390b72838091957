"""Reading what others wrote: under our posts, and what mentions, quotes or answers us elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from stairgate.networks.base import Account, ItemKind, PublicItem, Trouble, Unknown
from stairgate.networks.bluesky import reading, records
from stairgate.networks.bluesky.asking import Asking
from stairgate.networks.bluesky.reading import Body, mapping, mappings, text_of
from stairgate.networks.bluesky.xrpc import Params
from stairgate.networks.http import Within

_DEPTH = 80  # levels of a thread in one reading; deeper ones are read from where it was cut
_MOST_READINGS = 200
_MOST_PAGES = 50
_A_PAGE = 100
#: mentions are read back this far each time: their place in the list is what their author says it is
_LOOK_BACK = timedelta(days=30)

#: by the post on top of a thread, the answers in it that we hide
Gates = dict[str, frozenset[str]]

_KINDS = {"reply": ItemKind.REPLY, "mention": ItemKind.MENTION, "quote": ItemKind.MENTION}


class Threads:
    """What others wrote. Complete, or raises `Trouble`."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def answers(self, account: Account, post: str, within: Within) -> list[Body]:
        """Return what others wrote under a post of ours. Raises `Trouble`, GONE when the post is gone."""
        found: list[Body] = []
        waiting, seen = [post], {post}
        while waiting:
            if len(seen) > _MOST_READINGS:
                raise Trouble(Unknown("There was more to read than we dare to."))
            params: Params = {"uri": waiting.pop(), "depth": _DEPTH, "parentHeight": 0}
            answer = self._asking.read(account, "app.bsky.feed.getPostThread", params, within)
            part = reading.branch(mapping(answer.body.get("thread")))
            found += [one for one in part.posts if reading.author_of(one) != account.account_id]
            waiting += [uri for uri in part.cut_at if uri not in seen]
            seen.update(part.cut_at)
        return found

    def is_hidden(self, account: Account, post: Body, gates: Gates, within: Within) -> bool:
        """Return whether we hide an answer. Asks our own server, once for each thread of ours."""
        top = reading.top_of(post)
        if top not in gates:
            gates[top] = self._hidden(account, top, within)
        return text_of(post, "uri") in gates[top]

    def _hidden(self, account: Account, thread: str, within: Within) -> frozenset[str]:
        """Return the answers that our rules of a thread hide; none in a thread that is not ours."""
        top = records.address(thread)
        if top is None or top.did != account.account_id:
            return frozenset()
        gate = self._asking.own_record(account, records.gate_of(top), within)
        value = mapping(gate.get("value")) if gate else {}
        return frozenset(str(uri) for uri in value.get("hiddenReplies") or [])

    def mentions(self, account: Account, gates: Gates, within: Within) -> Iterator[PublicItem]:
        """Yield what Bluesky notified the account of: mentions, quotes, and answers under posts of any age.

        An answer can show up here a moment before it does in its thread, so it is the same item in both.
        """
        for note in self._notes(account, within):
            kind = _KINDS.get(text_of(note, "reason"))
            if kind is not None and reading.author_of(note) != account.account_id:
                yield self.lone(account, note, kind, gates, within)

    def lone(
        self, account: Account, post: Body, elsewhere: ItemKind, gates: Gates, within: Within
    ) -> PublicItem:
        """Return a post that came without its thread as an item: ``elsewhere`` when the thread is not ours."""
        top = records.address(reading.top_of(post))
        if top is None or top.did != account.account_id:
            return reading.item(post, kind=elsewhere, under="")
        return reading.item(post, hidden=self.is_hidden(account, post, gates, within))

    def _notes(self, account: Account, within: Within) -> Iterator[Body]:
        params: dict[str, str | int | list[str]] = {
            "limit": _A_PAGE,
            "priority": "false",
            "reasons": list(_KINDS),
        }
        oldest = datetime.now(UTC) - _LOOK_BACK
        for _ in range(_MOST_PAGES):
            body = self._asking.read(account, "app.bsky.notification.listNotifications", params, within).body
            notes = list(mappings(body.get("notifications")))
            yield from notes
            cursor = text_of(body, "cursor")
            if not cursor or (notes and all(reading.seen_at(note) < oldest for note in notes)):
                return
            params["cursor"] = cursor
        raise Trouble(Unknown("There was more to read than we dare to."))
