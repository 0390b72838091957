"""Asking a Bluesky server as the account: proven, signed in, and certain of what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stairgate.networks.base import Account, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.bluesky import records
from stairgate.networks.bluesky.reading import Body, mappings, text_of
from stairgate.networks.bluesky.sessions import Session, Sessions, inactive
from stairgate.networks.bluesky.xrpc import Answer, Params, Xrpc
from stairgate.networks.http import Within


class Asking:
    """What every topic of the client asks through."""

    def __init__(self) -> None:
        self.xrpc = Xrpc()
        self.sessions = Sessions(self.xrpc)

    def proven(self, account: Account, within: Within) -> Session:
        """Return a session that the server itself takes at this moment. Raises `Trouble`."""
        problem = inactive(self.read(account, "com.atproto.server.getSession", {}, within).body)
        if problem:
            raise Trouble(Refused(RefusalKind.RECONNECT, problem))
        return self.sessions.get(account, within)

    def proven_anew(self, account: Account, within: Within) -> Session:
        """Return a new session, as `proven` does: an app password that was taken back opens nothing any more.

        Its old sessions the server would take for two hours more.
        """
        self.sessions.renew(account, within)
        return self.proven(account, within)

    def read(self, account: Account, name: str, params: Params, within: Within) -> Answer:
        """Read something as the account; a session that died early is replaced once. Raises `Trouble`."""
        session = self.sessions.get(account, within)
        try:
            return self.xrpc.query(account.base_url, name, params, token=session.access, within=within)
        except Trouble as trouble:
            outcome = trouble.outcome
            if not isinstance(outcome, Refused) or outcome.kind != RefusalKind.RECONNECT:
                raise
        session = self.sessions.renew(account, within)
        return self.xrpc.query(account.base_url, name, params, token=session.access, within=within)

    def record(self, account: Account, place: records.Address, within: Within) -> Body | None:
        """Return a record with its digest; None when it is not there. Raises `Trouble`."""
        params: Params = {"repo": place.did, "collection": place.collection, "rkey": place.key}
        try:
            return self.read(account, "com.atproto.repo.getRecord", params, within).body
        except Trouble as trouble:
            if trouble.is_gone:
                return None
            raise

    def own_record(self, account: Account, place: records.Address, within: Within) -> Body | None:
        """Return a record of our own, as `record` does. What comes back must be what was asked for."""
        found = self.record(account, place, within)
        if found is not None and found.get("uri") != str(place):
            raise Trouble(Unknown("Bluesky answered about something else."))
        return found

    def post(self, account: Account, uri: str, within: Within) -> Body | None:
        """Return a post of anybody, as Bluesky shows it; None when it is gone. Raises `Trouble`."""
        place = records.address(uri)
        if place is None or place.collection != records.POST:
            raise Trouble(Refused(RefusalKind.INVALID, "This is not the address of a post on Bluesky."))
        answer = self.read(account, "app.bsky.feed.getPosts", {"uris": [uri]}, within)
        shown = (post for post in mappings(answer.body.get("posts")) if text_of(post, "uri") == uri)
        return next(shown, None) or self._bare_post(account, place, within)

    def _bare_post(self, account: Account, place: records.Address, within: Within) -> Body | None:
        """Return a post that Bluesky has but does not show us, as after a block; None when it is gone."""
        try:
            found = self.record(account, place, within)
        except Trouble as trouble:
            # A well-formed address is refused when Bluesky no longer knows its author.
            if isinstance(trouble.outcome, Refused) and trouble.outcome.kind == RefusalKind.INVALID:
                return None
            raise
        if found is None:
            return None
        return {**found, "record": found.get("value"), "author": {"did": place.did}}

    def write(
        self,
        account: Account,
        session: Session,
        key: str,
        values: Mapping[str, records.Record],
        within: Within,
    ) -> Answer | Refused | Unknown:
        """Write new records under one key in one request, by collection: all of them or none.

        Where one of them is there already the server breaks off with an error of its own, which proves nothing.
        """
        kind = "com.atproto.repo.applyWrites"
        writes = [
            {"$type": f"{kind}#create", "collection": collection, "rkey": key, "value": value}
            for collection, value in values.items()
        ]
        body = {"repo": account.account_id, "writes": writes}
        return self.xrpc.procedure(
            account.base_url, kind, body, token=session.access, within=within, visible=True
        )

    def put(
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
        return self.xrpc.procedure(
            account.base_url, name, body, token=session.access, within=within, visible=visible
        )
