"""The Bluesky client: exactly one visible write for each passage, and reads that are complete or fail.

A post's record key comes from the delivery, so however often one delivery is sent it is one post; and the key is
all that `reconcile` needs to look for it. Who may answer it is what the account's people chose on Bluesky, written
along with it. Others' posts can be hidden from our threads and reported, and their authors blocked; nobody but the
author can delete them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from stairgate.networks.base import (
    NO_SECRET,
    Absent,
    Account,
    CannotTell,
    Capability,
    Done,
    Fetched,
    Found,
    Health,
    ItemKind,
    LivePost,
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
)
from stairgate.networks.bluesky import reading, records
from stairgate.networks.bluesky.asking import Asking
from stairgate.networks.bluesky.deeds import Deeds
from stairgate.networks.bluesky.reading import Body, mapping, mappings, text_of
from stairgate.networks.bluesky.sessions import Session, inactive
from stairgate.networks.bluesky.threads import Gates, Threads
from stairgate.networks.bluesky.xrpc import Answer, Params, certain
from stairgate.networks.http import Within
from stairgate.networks.silent import NeverRings

#: totals for the requests of one deed; staging and publishing together stay well inside a lease
_STAGE_SECONDS = 30.0
_PUBLISH_SECONDS = 25.0
_READ_SECONDS = 25.0
_FETCH_SECONDS = 110.0

#: who takes reports on Bluesky: its own moderators
MODERATION = "did:plc:ar7c4by46qjdydhdevvrndac"


class Bluesky(NeverRings):
    """A Bluesky account. Implements `networks.base.Network`."""

    name = "bluesky"
    label = "Bluesky"
    capabilities = frozenset(
        {
            Capability.READ,
            Capability.PUBLISH,
            Capability.PICTURES,
            Capability.ALT_TEXT,
            Capability.REPLY,
            Capability.HIDE,
            Capability.BLOCK,
            Capability.REPORT,
        }
    )

    def __init__(self, moderation: str = MODERATION) -> None:
        self._asking = Asking()
        self._threads = Threads(self._asking)
        self._deeds = Deeds(self._asking, moderation)

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return what Bluesky would refuse, as sentences."""
        return records.problems(outgoing)

    def stage(self, passage: Passage) -> Staged | Refused | Unknown:
        """Prove that we are let in, find what the post hangs on and whom it names, and upload the pictures."""
        account, outgoing, within = passage.account, passage.content, Within(_STAGE_SECONDS)
        try:
            session = self._asking.proven_anew(account, within)
            found = {
                "mentioned": self._mentioned(account, outgoing.text, within),
                **self._surroundings(account, outgoing.reply_to, within),
            }
            blobs = [
                self._blob(account, session, one.data, one.media_type, within) for one in outgoing.pictures
            ]
        except Trouble as trouble:
            return trouble.outcome
        return Staged(tuple(blobs), {name: json.dumps(value) for name, value in found.items()})

    def _surroundings(self, account: Account, reply_to: str | None, within: Within) -> dict[str, Body]:
        """Return what a reply hangs on; of a post of its own, who may answer. Raises `Trouble`."""
        if reply_to:
            return {"reply": self._reply(account, reply_to, within)}
        asked = self._asking.read(account, "app.bsky.actor.getPreferences", {}, within).body
        return {"rules": reading.choice_for_posts(asked.get("preferences"))}

    def _mentioned(self, account: Account, text: str, within: Within) -> Body:
        """Return the account of each handle that a text names; one that nobody has is left out. Raises `Trouble`."""
        found = {}
        for handle in records.handles(text)[: records.MOST_MENTIONS]:
            try:
                found[handle] = self._did(account.base_url, handle, within)
            except Trouble as trouble:
                if not isinstance(trouble.outcome, Refused) or trouble.outcome.kind != RefusalKind.INVALID:
                    raise
        return found

    def _blob(self, account: Account, session: Session, data: bytes, media_type: str, within: Within) -> str:
        answer = certain(
            self._asking.xrpc.upload(account.base_url, data, media_type, token=session.access, within=within)
        )
        blob = mapping(answer.body.get("blob"))
        if not blob:
            raise Trouble(Unknown("Bluesky took a picture, but did not say where it put it."))
        return json.dumps(blob)

    def _reply(self, account: Account, parent: str, within: Within) -> Body:
        """Return what a reply hangs on, by address and digest. Raises `Trouble`."""
        answered = self._asking.post(account, parent, within)
        if answered is None:
            raise Trouble(Refused(RefusalKind.GONE, "The comment you answer is not there any more."))
        own = {"uri": text_of(answered, "uri"), "cid": text_of(answered, "cid")}
        root = mapping(mapping(mapping(answered.get("record")).get("reply")).get("root"))
        return {"parent": own, "root": dict(root) or own}

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Make the one write the public can see."""
        outgoing, account, within = passage.spend(), passage.account, Within(_PUBLISH_SECONDS)
        if outgoing.edits:
            return Refused(
                RefusalKind.INVALID, "Bluesky can’t change a post that is out, so nothing was sent."
            )
        if not _fits(staged, outgoing):
            return Refused(RefusalKind.INVALID, "What was prepared does not fit what is to be sent.")
        place = records.Address(account.account_id, records.POST, records.record_key(passage.key))
        values = records.all_of(outgoing, place, staged, made_at=passage.opened_at)
        try:
            session = self._asking.sessions.get(account, within)
        except Trouble as trouble:
            return _nothing_sent(trouble)
        answer = self._asking.write(account, session, place.key, values, within)
        if not isinstance(answer, Answer):
            if isinstance(answer, Refused) and answer.kind == RefusalKind.RECONNECT:
                self._asking.sessions.forget(account)
            return _with_a_hint(answer, outgoing)
        if str(place) not in {text_of(one, "uri") for one in mappings(answer.body.get("results"))}:
            return Unknown("Bluesky said yes, but about something else.")
        return Done(str(place), records.permalink(str(place)))

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        """Ask the account's own server for the record of this delivery: it has it, or it has not.

        There can be no second copy, since the key is the same for every attempt; so the words need no comparing.
        """
        within = Within(_READ_SECONDS)
        place = records.Address(account.account_id, records.POST, records.record_key(key))
        try:
            self._asking.proven(account, within)
            found = self._asking.own_record(account, place, within)
        except Trouble as trouble:
            return CannotTell(str(trouble))
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
        self._asking.proven(account, within)
        gates: Gates = {}
        found: dict[str, PublicItem] = {}
        removed: list[str] = []
        for post in posts:
            try:
                answers = self._threads.answers(account, post, within)
            except Trouble as trouble:
                if not trouble.is_gone:
                    raise
                removed.append(post)
                continue
            for one in answers:
                hidden = self._threads.is_hidden(account, one, gates, within)
                top = reading.top_of(one)
                item = reading.item(one, hidden=hidden, under=top if top in posts else post)
                found[item.external_id] = item
        for item in self._threads.mentions(account, gates, within):
            found.setdefault(item.external_id, item)
        return Fetched(tuple(found.values()), cursor="", removed=tuple(removed))

    def read_item(self, account: Account, external_id: str) -> PublicItem | None:
        """Return one post as it is now; None when it is gone."""
        within = Within(_READ_SECONDS)
        post = self._asking.post(account, external_id, within)
        return None if post is None else self._threads.lone(account, post, ItemKind.MENTION, {}, within)

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        """Return one of our own posts as the account's own server has it; None when it is gone."""
        within = Within(_READ_SECONDS)
        place = records.address(external_id)
        if place is None or (place.did, place.collection) != (account.account_id, records.POST):
            raise Trouble(
                Refused(RefusalKind.INVALID, "This is not the address of a post of ours on Bluesky.")
            )
        self._asking.proven(account, within)
        found = self._asking.own_record(account, place, within)
        return None if found is None else reading.live(found, external_id)

    # ── Deeds on what the public wrote: each may be done twice without harm ──

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Hide an answer from our thread, or show it again, by the thread's own rules. Raises `Trouble`."""
        self._deeds.hide(account, external_id, hidden=hidden)

    def delete(self, account: Account, external_id: str) -> None:
        """Delete a post of our own. Raises `Trouble` for anybody else's: only its author can delete it."""
        self._deeds.delete(account, external_id)

    def block(self, account: Account, author_id: str) -> None:
        """Block an author, by a record whose key comes from who it is about. Raises `Trouble`."""
        self._deeds.block(account, author_id)

    def report(self, account: Account, external_id: str, author_id: str, *, reason: str) -> None:
        """Report a post to the people who moderate Bluesky; its author when it is gone. Raises `Trouble`."""
        self._deeds.report(account, external_id, author_id, reason=reason)

    # ── The connection ──

    def account_of(self, base_url: str, handle: str) -> str:
        """Return the DID that has a handle today. Raises `Trouble`."""
        return self._did(base_url, handle, Within(_READ_SECONDS))

    def _did(self, base_url: str, handle: str, within: Within) -> str:
        name = "com.atproto.identity.resolveHandle"
        answer = self._asking.xrpc.query(base_url, name, {"handle": handle}, token=NO_SECRET, within=within)
        did = answer.body.get("did")
        if not isinstance(did, str) or not did.startswith("did:"):
            raise Trouble(Refused(RefusalKind.INVALID, "Bluesky does not know this handle."))
        return did

    def health(self, account: Account) -> Health:
        """Say whether the app password holds, the account is active, and answers can be read."""
        now, within = datetime.now(UTC), Within(_READ_SECONDS)
        try:
            self._asking.sessions.renew(account, within)
            session = self._asking.read(account, "com.atproto.server.getSession", {}, within).body
            params: Params = {"limit": 1}
            answer = self._asking.read(account, "app.bsky.notification.listNotifications", params, within)
        except Trouble as trouble:
            return Health.troubled(trouble, now)
        problem = inactive(session)
        return Health(
            ok=not problem,
            checked_at=now,
            problems=(problem,) if problem else (),
            kind=RefusalKind.RECONNECT if problem else None,
            budget_used=answer.used,
        )


def _fits(staged: Staged, outgoing: Outgoing) -> bool:
    """Return whether staging was for this content: each picture, and a reply or else a post of its own."""
    surroundings = "reply" if outgoing.reply_to else "rules"
    return (
        len(staged.media) == len(outgoing.pictures)
        and "mentioned" in staged.extra
        and {"reply", "rules"} & staged.extra.keys() == {surroundings}
    )


def _with_a_hint(answer: Refused | Unknown, outgoing: Outgoing) -> Refused | Unknown:
    """Return an answer; where the server may be too old for a picture, in words that say so."""
    biggest = max((len(one.data) for one in outgoing.pictures), default=0)
    if not isinstance(answer, Refused) or answer.kind != RefusalKind.INVALID:
        return answer
    if biggest <= records.MOST_BYTES_BEFORE:
        return answer
    words = (
        "Bluesky did not accept this. The account’s server may be an older one, which takes pictures of 1 MB "
        "at most: choose smaller ones."
    )
    return replace(answer, message=words)


def _nothing_sent(trouble: Trouble) -> Refused:
    """Return why nothing was sent: signing in is not a write, so not knowing about it is a refusal."""
    outcome = trouble.outcome
    return outcome if isinstance(outcome, Refused) else Refused(RefusalKind.UNREACHABLE, outcome.evidence)
