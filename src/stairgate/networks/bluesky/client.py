"""The Bluesky client: exactly one visible write for each passage, and reads that are complete or fail.

A post's record key comes from the delivery, so however often one delivery is sent it is one post; and the key is
all that `reconcile` needs to look for it. Others' posts can be hidden from our threads and their authors blocked;
nobody but the author can delete them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from stairgate.networks.base import (
    Absent,
    Account,
    BadSignature,
    CannotTell,
    Capability,
    Done,
    Fetched,
    Found,
    Health,
    ItemKind,
    Outcome,
    Outgoing,
    Passage,
    PublicItem,
    Reconciled,
    RefusalKind,
    Refused,
    Staged,
    Trouble,
    Unknown,
    WebhookNote,
)
from stairgate.networks.bluesky import reading, records
from stairgate.networks.bluesky.reading import Body, mapping, mappings, text_of
from stairgate.networks.bluesky.sessions import Session, Sessions
from stairgate.networks.bluesky.xrpc import Answer, Params, Within, Xrpc, certain

#: totals for the requests of one deed; staging and publishing together stay well inside a lease
_STAGE_SECONDS = 30.0
_PUBLISH_SECONDS = 25.0
_READ_SECONDS = 25.0
_FETCH_SECONDS = 110.0

_DEPTH = 80  # levels of a thread in one reading; deeper ones are read from where it was cut
_MOST_READINGS = 200
_MOST_PAGES = 50
#: mentions are read back this far each time: their place in the list is what their author says it is
_LOOK_BACK = timedelta(days=30)
_TRIES = 4

#: by the post on top of a thread, the answers in it that we hide
Gates = dict[str, frozenset[str]]

_KINDS = {"reply": ItemKind.REPLY, "mention": ItemKind.MENTION, "quote": ItemKind.MENTION}
_INACTIVE = {
    "takendown": "Bluesky has taken this account down. Sign in on Bluesky to see why.",
    "suspended": "Bluesky has suspended this account. Sign in on Bluesky to see why.",
    "deactivated": "This Bluesky account is deactivated. Sign in on Bluesky to bring it back.",
}


class Bluesky:
    """A Bluesky account. Implements `networks.base.Network`."""

    name = "bluesky"
    label = "Bluesky"
    capabilities = frozenset(
        {
            Capability.PUBLISH,
            Capability.PICTURES,
            Capability.ALT_TEXT,
            Capability.REPLY,
            Capability.HIDE,
            Capability.BLOCK,
        }
    )

    def __init__(self) -> None:
        self._xrpc = Xrpc()
        self._sessions = Sessions(self._xrpc)

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return what Bluesky would refuse, as sentences."""
        return records.problems(outgoing)

    def stage(self, passage: Passage) -> Staged | Refused | Unknown:
        """Prove that we are let in, find what a reply hangs on, and upload the pictures."""
        account, outgoing, within = passage.account, passage.content, Within(_STAGE_SECONDS)
        try:
            session = self._proven(account, within)
            reply = self._reply(account, outgoing.reply_to, within) if outgoing.reply_to else None
            blobs = [
                self._blob(account, session, one.data, one.media_type, within) for one in outgoing.pictures
            ]
        except Trouble as trouble:
            return trouble.outcome
        return Staged(tuple(blobs), {"reply": json.dumps(reply)} if reply else {})

    def _blob(self, account: Account, session: Session, data: bytes, media_type: str, within: Within) -> str:
        answer = certain(
            self._xrpc.upload(account.base_url, data, media_type, token=session.access, within=within)
        )
        blob = mapping(answer.body.get("blob"))
        if not blob:
            raise Trouble(Unknown("Bluesky took a picture, but did not say where it put it."))
        return json.dumps(blob)

    def _reply(self, account: Account, parent: str, within: Within) -> Body:
        """Return what a reply hangs on, by address and digest. Raises `Trouble`."""
        answered = self._post(account, parent, within)
        if answered is None:
            raise Trouble(Refused(RefusalKind.GONE, "The comment you answer is not there any more."))
        own = {"uri": text_of(answered, "uri"), "cid": text_of(answered, "cid")}
        root = mapping(mapping(mapping(answered.get("record")).get("reply")).get("root"))
        return {"parent": own, "root": dict(root) or own}

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Make the one write the public can see."""
        outgoing, account, within = passage.spend(), passage.account, Within(_PUBLISH_SECONDS)
        if len(staged.media) != len(outgoing.pictures) or bool(outgoing.reply_to) != (
            "reply" in staged.extra
        ):
            return Refused(RefusalKind.INVALID, "What was prepared does not fit what is to be sent.")
        record = records.post(
            outgoing, blobs=staged.media, reply=staged.extra.get("reply", ""), made_at=passage.opened_at
        )
        try:
            session = self._sessions.get(account, within)
        except Trouble as trouble:
            return _nothing_sent(trouble)
        key = records.record_key(passage.key)
        answer = self._put(account, session, (records.POST, key), record, within, swap=None, visible=True)
        if not isinstance(answer, Answer):
            if isinstance(answer, Refused) and answer.kind == RefusalKind.RECONNECT:
                self._sessions.forget(account)
            return answer
        made = str(records.Address(account.account_id, records.POST, key))
        if answer.body.get("uri") != made:
            return Unknown("Bluesky said yes, but about something else.")
        return Done(made, records.permalink(made))

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        """Ask the account's own server for the record of this delivery: it has it, or it has not.

        There can be no second copy, since the key is the same for every attempt; so the words need no comparing.
        """
        within = Within(_READ_SECONDS)
        place = records.Address(account.account_id, records.POST, records.record_key(key))
        try:
            self._proven(account, within)
            found = self._own_record(account, place, within)
        except Trouble as trouble:
            return CannotTell(_words(trouble))
        if found is None:
            return Absent(1)
        return Found(str(place), records.permalink(str(place)))

    # ── In ──

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> Fetched:
        """Read every answer under ``posts``, and what mentions or quotes us or answers us elsewhere.

        Raises `Trouble` unless complete. Answers by somebody we blocked are no longer shown to anyone, and are
        not among the items.
        """
        within = Within(_FETCH_SECONDS)
        self._proven(account, within)
        gates: Gates = {}
        found: dict[str, PublicItem] = {}
        removed: list[str] = []
        for post in posts:
            try:
                answers = self._answers(account, post, within)
            except Trouble as trouble:
                if not _is_gone(trouble):
                    raise
                removed.append(post)
                continue
            for one in answers:
                hidden = self._is_hidden(account, one, gates, within)
                top = reading.top_of(one)
                item = reading.item(one, hidden=hidden, under=top if top in posts else post)
                found[item.external_id] = item
        for item in self._mentions(account, gates, within):
            found.setdefault(item.external_id, item)
        return Fetched(tuple(found.values()), cursor="", removed=tuple(removed))

    def _answers(self, account: Account, post: str, within: Within) -> list[Body]:
        """Return what others wrote under a post of ours. Raises `Trouble`, GONE when the post is gone."""
        found: list[Body] = []
        waiting, seen = [post], {post}
        while waiting:
            if len(seen) > _MOST_READINGS:
                raise Trouble(Unknown("There was more to read than we dare to."))
            params: Params = {"uri": waiting.pop(), "depth": _DEPTH, "parentHeight": 0}
            answer = self._read(account, "app.bsky.feed.getPostThread", params, within)
            part = reading.branch(mapping(answer.body.get("thread")))
            found += [one for one in part.posts if _author(one) != account.account_id]
            waiting += [uri for uri in part.cut_at if uri not in seen]
            seen.update(part.cut_at)
        return found

    def _is_hidden(self, account: Account, post: Body, gates: Gates, within: Within) -> bool:
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
        gate = self._own_record(account, _gate_of(top), within)
        value = mapping(gate.get("value")) if gate else {}
        return frozenset(str(uri) for uri in value.get("hiddenReplies") or [])

    def _mentions(self, account: Account, gates: Gates, within: Within) -> Iterator[PublicItem]:
        """Yield what Bluesky notified the account of: mentions, quotes, and answers under posts of any age.

        An answer can show up here a moment before it does in its thread, so it is the same item in both.
        """
        for note in self._notes(account, within):
            kind = _KINDS.get(text_of(note, "reason"))
            if kind is not None and _author(note) != account.account_id:
                yield self._lone(account, note, kind, gates, within)

    def _lone(
        self, account: Account, post: Body, elsewhere: ItemKind, gates: Gates, within: Within
    ) -> PublicItem:
        """Return a post that came without its thread as an item: ``elsewhere`` when the thread is not ours."""
        top = records.address(reading.top_of(post))
        if top is None or top.did != account.account_id:
            return reading.item(post, kind=elsewhere, under="")
        return reading.item(post, hidden=self._is_hidden(account, post, gates, within))

    def _notes(self, account: Account, within: Within) -> Iterator[Body]:
        params: dict[str, str | int | list[str]] = {
            "limit": 100,
            "priority": "false",
            "reasons": list(_KINDS),
        }
        oldest = datetime.now(UTC) - _LOOK_BACK
        for _ in range(_MOST_PAGES):
            body = self._read(account, "app.bsky.notification.listNotifications", params, within).body
            notes = list(mappings(body.get("notifications")))
            yield from notes
            cursor = text_of(body, "cursor")
            if not cursor or (notes and all(reading.seen_at(note) < oldest for note in notes)):
                return
            params["cursor"] = cursor
        raise Trouble(Unknown("There was more to read than we dare to."))

    def read_item(self, account: Account, external_id: str) -> PublicItem | None:
        """Return one post as it is now; None when it is gone."""
        within = Within(_READ_SECONDS)
        post = self._post(account, external_id, within)
        return None if post is None else self._lone(account, post, ItemKind.MENTION, {}, within)

    def _post(self, account: Account, uri: str, within: Within) -> Body | None:
        """Return a post of anybody, as Bluesky shows it; None when it is gone. Raises `Trouble`."""
        place = records.address(uri)
        if place is None or place.collection != records.POST:
            raise Trouble(Refused(RefusalKind.INVALID, "This is not the address of a post on Bluesky."))
        answer = self._read(account, "app.bsky.feed.getPosts", {"uris": [uri]}, within)
        shown = (post for post in mappings(answer.body.get("posts")) if text_of(post, "uri") == uri)
        return next(shown, None) or self._bare_post(account, place, within)

    def _bare_post(self, account: Account, place: records.Address, within: Within) -> Body | None:
        """Return a post that Bluesky has but does not show us, as after a block; None when it is gone."""
        try:
            found = self._record(account, place, within)
        except Trouble as trouble:
            # A well-formed address is refused when Bluesky no longer knows its author.
            if isinstance(trouble.outcome, Refused) and trouble.outcome.kind == RefusalKind.INVALID:
                return None
            raise
        if found is None:
            return None
        return {**found, "record": found.get("value"), "author": {"did": place.did}}

    # ── Deeds on what the public wrote: each may be done twice without harm ──

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Hide an answer from our thread, or show it again, by the thread's own rules. Raises `Trouble`."""
        within = Within(_READ_SECONDS)
        post = self._post(account, external_id, within)
        if post is None:
            raise Trouble(Refused(RefusalKind.GONE, "It is not there any more."))
        top = records.address(reading.top_of(post))
        if top is None or top.did != account.account_id:
            raise Trouble(
                Refused(RefusalKind.PERMISSION, "On Bluesky we can hide only what hangs under our own posts.")
            )
        for _ in range(_TRIES):
            if self._set_hidden(account, top, external_id, hidden, within):
                return
        raise Trouble(Unknown("The rules of this thread keep changing. Hiding it did not work yet."))

    def _set_hidden(
        self, account: Account, top: records.Address, reply: str, hidden: bool, within: Within
    ) -> bool:
        """Change the rules of a thread; return False when somebody else changed them meanwhile."""
        place = _gate_of(top)
        old = self._own_record(account, place, within)
        value = dict(mapping(old.get("value"))) if old else None
        new = records.threadgate(value, top, reply, hidden=hidden, now=datetime.now(UTC))
        if new is None:
            return True
        if len(new["hiddenReplies"]) > records.MOST_HIDDEN:
            words = f"Bluesky hides {records.MOST_HIDDEN} answers under one post at most. Block the author instead."
            raise Trouble(Refused(RefusalKind.INVALID, words))
        session = self._sessions.get(account, within)
        swap = text_of(old, "cid") if old else None
        where = (place.collection, place.key)
        answer = self._put(account, session, where, new, within, swap=swap, visible=True)
        if isinstance(answer, Refused) and answer.kind == RefusalKind.DUPLICATE:
            return False
        certain(answer)
        return True

    def delete(self, account: Account, external_id: str) -> None:
        """Delete a post of our own. Raises `Trouble` for anybody else's: only its author can delete it."""
        within = Within(_READ_SECONDS)
        place = records.address(external_id)
        if place is None or place.did != account.account_id:
            words = "Bluesky lets nobody delete what somebody else wrote. Hide it, or block its author."
            raise Trouble(Refused(RefusalKind.PERMISSION, words))
        body = {"repo": place.did, "collection": place.collection, "rkey": place.key}
        session = self._proven(account, within)
        name = "com.atproto.repo.deleteRecord"
        certain(
            self._xrpc.procedure(
                account.base_url, name, body, token=session.access, within=within, visible=True
            )
        )

    def block(self, account: Account, author_id: str) -> None:
        """Block an author, by a record whose key comes from who it is about. Raises `Trouble`."""
        within = Within(_READ_SECONDS)
        place = records.Address(account.account_id, records.BLOCK, records.record_key(author_id))
        session = self._proven(account, within)
        if self._own_record(account, place, within) is not None:
            return
        record = {
            "$type": records.BLOCK,
            "subject": author_id,
            "createdAt": records.timestamp(datetime.now(UTC)),
        }
        where = (place.collection, place.key)
        answer = self._put(account, session, where, record, within, swap=None, visible=True)
        if not (isinstance(answer, Refused) and answer.kind == RefusalKind.DUPLICATE):
            certain(answer)

    # ── The connection ──

    def health(self, account: Account) -> Health:
        """Say whether the app password holds, the account is active, and answers can be read."""
        now, within = datetime.now(UTC), Within(_READ_SECONDS)
        try:
            self._sessions.renew(account, within)
            session = self._read(account, "com.atproto.server.getSession", {}, within).body
            params: Params = {"limit": 1}
            answer = self._read(account, "app.bsky.notification.listNotifications", params, within)
        except Trouble as trouble:
            kind = trouble.outcome.kind if isinstance(trouble.outcome, Refused) else None
            return Health(ok=False, checked_at=now, problems=(_words(trouble),), kind=kind)
        problem = _inactive(session)
        return Health(
            ok=not problem,
            checked_at=now,
            problems=(problem,) if problem else (),
            kind=RefusalKind.RECONNECT if problem else None,
            budget_used=answer.used,
        )

    def handshake(self, account: Account, query: Mapping[str, str]) -> str | None:
        """Return None: Bluesky has no doorbell, so nothing that rings is from it."""
        return None

    def parse_webhook(
        self, account: Account, raw: bytes, headers: Mapping[str, str]
    ) -> Sequence[WebhookNote]:
        """Raise `BadSignature`: Bluesky sends no webhooks, so whatever came is not from it."""
        raise BadSignature("Bluesky sends no webhooks")

    def subscribe(self, account: Account, callback_url: str) -> None:
        """Do nothing: Bluesky cannot ring. It is read at each poll."""

    # ── Asking ──

    def _proven(self, account: Account, within: Within) -> Session:
        """Return a session that the server itself takes at this moment. Raises `Trouble`."""
        problem = _inactive(self._read(account, "com.atproto.server.getSession", {}, within).body)
        if problem:
            raise Trouble(Refused(RefusalKind.RECONNECT, problem))
        return self._sessions.get(account, within)

    def _read(self, account: Account, name: str, params: Params, within: Within) -> Answer:
        """Read something as the account; a session that died early is replaced once. Raises `Trouble`."""
        session = self._sessions.get(account, within)
        try:
            return self._xrpc.query(account.base_url, name, params, token=session.access, within=within)
        except Trouble as trouble:
            outcome = trouble.outcome
            if not isinstance(outcome, Refused) or outcome.kind != RefusalKind.RECONNECT:
                raise
        session = self._sessions.renew(account, within)
        return self._xrpc.query(account.base_url, name, params, token=session.access, within=within)

    def _record(self, account: Account, place: records.Address, within: Within) -> Body | None:
        """Return a record with its digest; None when it is not there. Raises `Trouble`."""
        params: Params = {"repo": place.did, "collection": place.collection, "rkey": place.key}
        try:
            return self._read(account, "com.atproto.repo.getRecord", params, within).body
        except Trouble as trouble:
            if _is_gone(trouble):
                return None
            raise

    def _own_record(self, account: Account, place: records.Address, within: Within) -> Body | None:
        """Return a record of our own, as `_record` does. What comes back must be what was asked for."""
        found = self._record(account, place, within)
        if found is not None and found.get("uri") != str(place):
            raise Trouble(Unknown("Bluesky answered about something else."))
        return found

    def _put(
        self,
        account: Account,
        session: Session,
        where: tuple[str, str],
        record: records.Record,
        within: Within,
        *,
        swap: str | None,
        visible: bool,
    ) -> Answer | Refused | Unknown:
        """Write one record in one request, only where ``swap`` is what is there now (None: nothing is)."""
        collection, key = where
        body: dict[str, Any] = {
            "repo": account.account_id,
            "collection": collection,
            "rkey": key,
            "record": record,
            "swapRecord": swap,
        }
        name = "com.atproto.repo.putRecord"
        return self._xrpc.procedure(
            account.base_url, name, body, token=session.access, within=within, visible=visible
        )


def _gate_of(top: records.Address) -> records.Address:
    """Return where the rules of a thread are: under the key of the post on top."""
    return records.Address(top.did, records.THREADGATE, top.key)


def _author(post: Body) -> str:
    return text_of(mapping(post.get("author")), "did")


def _inactive(session: Body) -> str:
    """Return what is wrong with an account that is not active; "" when it is."""
    if session.get("active") is not False:
        return ""
    return _INACTIVE.get(
        text_of(session, "status"), "This Bluesky account is not active. Sign in on Bluesky."
    )


def _nothing_sent(trouble: Trouble) -> Refused:
    """Return why nothing was sent: signing in is not a write, so not knowing about it is a refusal."""
    outcome = trouble.outcome
    return outcome if isinstance(outcome, Refused) else Refused(RefusalKind.UNREACHABLE, outcome.evidence)


def _is_gone(trouble: Trouble) -> bool:
    return isinstance(trouble.outcome, Refused) and trouble.outcome.kind == RefusalKind.GONE


def _words(trouble: Trouble) -> str:
    outcome = trouble.outcome
    return outcome.message if isinstance(outcome, Refused) else outcome.evidence


__all__ = ["Bluesky"]
