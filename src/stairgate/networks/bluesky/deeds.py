"""Deeds on what the public wrote. Each may be done twice without harm."""

from __future__ import annotations

from datetime import UTC, datetime

from stairgate.networks.base import Account, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.bluesky import reading, records
from stairgate.networks.bluesky.asking import Asking
from stairgate.networks.bluesky.reading import mapping, text_of
from stairgate.networks.bluesky.xrpc import certain
from stairgate.networks.http import Within

_SECONDS = 25.0
_TRIES = 4
_LONGEST_REPORT = (
    2_000  # com.atproto.moderation.createReport counts graphemes, which are never more than letters
)


class Deeds:
    """Hiding, deleting, blocking and reporting as the account. Raises `Trouble`."""

    def __init__(self, asking: Asking, moderation: str) -> None:
        self._asking = asking
        self._moderation = moderation

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Hide an answer from our thread, or show it again, by the thread's own rules. Raises `Trouble`."""
        within = Within(_SECONDS)
        post = self._asking.post(account, external_id, within)
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
        place = records.gate_of(top)
        old = self._asking.own_record(account, place, within)
        value = dict(mapping(old.get("value"))) if old else None
        new = records.threadgate(value, top, reply, hidden=hidden, now=datetime.now(UTC))
        if new is None:
            return True
        if len(new["hiddenReplies"]) > records.MOST_HIDDEN:
            words = f"Bluesky hides {records.MOST_HIDDEN} answers under one post at most. Block the author instead."
            raise Trouble(Refused(RefusalKind.INVALID, words))
        session = self._asking.sessions.get(account, within)
        swap = text_of(old, "cid") if old else None
        where = (place.collection, place.key)
        answer = self._asking.put(account, session, where, new, within, swap=swap, visible=True)
        if isinstance(answer, Refused) and answer.kind == RefusalKind.DUPLICATE:
            return False
        certain(answer)
        return True

    def delete(self, account: Account, external_id: str) -> None:
        """Delete a post of our own. Raises `Trouble` for anybody else's: only its author can delete it."""
        within = Within(_SECONDS)
        place = records.address(external_id)
        if place is None or place.did != account.account_id:
            words = "Bluesky lets nobody delete what somebody else wrote. Hide it, or block its author."
            raise Trouble(Refused(RefusalKind.PERMISSION, words))
        body = {"repo": place.did, "collection": place.collection, "rkey": place.key}
        session = self._asking.proven(account, within)
        name = "com.atproto.repo.deleteRecord"
        certain(
            self._asking.xrpc.procedure(
                account.base_url, name, body, token=session.access, within=within, visible=True
            )
        )

    def block(self, account: Account, author_id: str) -> None:
        """Block an author, by a record whose key comes from who it is about. Raises `Trouble`."""
        within = Within(_SECONDS)
        place = records.Address(account.account_id, records.BLOCK, records.record_key(author_id))
        session = self._asking.proven(account, within)
        if self._asking.own_record(account, place, within) is not None:
            return
        record = {
            "$type": records.BLOCK,
            "subject": author_id,
            "createdAt": records.timestamp(datetime.now(UTC)),
        }
        where = (place.collection, place.key)
        answer = self._asking.put(account, session, where, record, within, swap=None, visible=True)
        if not (isinstance(answer, Refused) and answer.kind == RefusalKind.DUPLICATE):
            certain(answer)

    def report(self, account: Account, external_id: str, author_id: str, *, reason: str) -> None:
        """Report a post to the people who moderate Bluesky; its author when it is gone. Raises `Trouble`."""
        within = Within(_SECONDS)
        session = self._asking.proven(account, within)
        post = self._asking.post(account, external_id, within)
        subject = (
            {"$type": "com.atproto.admin.defs#repoRef", "did": author_id}
            if post is None
            else {
                "$type": "com.atproto.repo.strongRef",
                "uri": text_of(post, "uri"),
                "cid": text_of(post, "cid"),
            }
        )
        body = {
            "reasonType": "com.atproto.moderation.defs#reasonOther",
            "reason": reason[:_LONGEST_REPORT],
            "subject": subject,
        }
        answer = self._asking.xrpc.procedure(
            account.base_url,
            "com.atproto.moderation.createReport",
            body,
            token=session.access,
            within=within,
            visible=False,
            carried_to=f"{self._moderation}#atproto_labeler",
        )
        certain(answer)
