"""Being signed in. Tokens live in memory only, and are never logged."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from dataclasses import dataclass, replace

from stairgate.networks.base import NO_SECRET, Account, RefusalKind, Refused, Secret, Trouble
from stairgate.networks.bluesky.reading import Body, text_of
from stairgate.networks.bluesky.xrpc import Answer, Xrpc, certain
from stairgate.networks.http import Within

_MOST = 500
#: a token is not used in its last two minutes, so that it does not run out on the way
_MARGIN = 120.0
#: how long a token is trusted that does not say how long it lives
_WITHOUT_END = 300.0

_INACTIVE = {
    "takendown": "Bluesky has taken this account down. Sign in on Bluesky to see why.",
    "suspended": "Bluesky has suspended this account. Sign in on Bluesky to see why.",
    "deactivated": "This Bluesky account is deactivated. Sign in on Bluesky to bring it back.",
}

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Session:
    """Leave to act for one account for a while."""

    did: str
    access: Secret
    renewal: Secret
    ends: float

    @property
    def is_fresh(self) -> bool:
        return time.time() < self.ends - _MARGIN


class Sessions:
    """The sessions of all accounts. Bluesky allows few sign-ins a day, so each is used as long as it lasts."""

    def __init__(self, xrpc: Xrpc) -> None:
        self._xrpc = xrpc
        self._lock = threading.Lock()
        self._held: dict[Key, Session] = {}

    def get(self, account: Account, within: Within) -> Session:
        """Return a session that should still be good. Raises `Trouble`."""
        held = self._held.get(_key(account))
        if held is not None and held.is_fresh:
            return held
        return self.renew(account, within)

    def renew(self, account: Account, within: Within) -> Session:
        """Return a new session: Bluesky has just looked at the app password again. Raises `Trouble`."""
        held = self._held.get(_key(account))
        session = self._refresh(account, held, within) if held else None
        return self._keep(account, session or self._create(account, within))

    def forget(self, account: Account) -> None:
        """Drop a session that Bluesky no longer takes."""
        with self._lock:
            self._held.pop(_key(account), None)

    def _refresh(self, account: Account, held: Session, within: Within) -> Session | None:
        """Return the session that follows one; None when only signing in again can tell."""
        name = "com.atproto.server.refreshSession"
        answer = self._xrpc.procedure(
            account.base_url, name, None, token=held.renewal, within=within, visible=False
        )
        if isinstance(answer, Refused) and answer.kind in {RefusalKind.RECONNECT, RefusalKind.INVALID}:
            self.forget(account)
            return None
        return _session(account, certain(answer))

    def _create(self, account: Account, within: Within) -> Session:
        asked = {"identifier": account.account_id, "password": str.__str__(account.token)}
        name = "com.atproto.server.createSession"
        answer = self._xrpc.procedure(account.base_url, name, asked, within=within, visible=False)
        if isinstance(answer, Refused) and answer.kind == RefusalKind.RECONNECT:
            raise Trouble(self._why(account, answer, within))
        return _session(account, certain(answer))

    def _why(self, account: Account, refused: Refused, within: Within) -> Refused:
        """Return a refusal in the words for the state of the account: to an app password Bluesky does not say it."""
        name = "com.atproto.sync.getRepoStatus"
        try:
            asked = {"did": account.account_id}
            said = self._xrpc.query(account.base_url, name, asked, token=NO_SECRET, within=within).body
        except Trouble:
            return refused
        return replace(refused, message=inactive(said) or refused.message)

    def _keep(self, account: Account, session: Session) -> Session:
        with self._lock:
            if len(self._held) >= _MOST:
                self._held.clear()
            self._held[_key(account)] = session
        return session


def _key(account: Account) -> Key:
    """Return what a session belongs to; a new app password is a new one."""
    digest = hashlib.sha256(str.__str__(account.token).encode()).hexdigest()
    return account.base_url, account.account_id, digest


def inactive(session: Body) -> str:
    """Return what is wrong with an account that is not active; "" when it is."""
    if session.get("active") is not False:
        return ""
    return _INACTIVE.get(
        text_of(session, "status"), "This Bluesky account is not active. Sign in on Bluesky."
    )


def _session(account: Account, answer: Answer) -> Session:
    body = answer.body
    did, access, renewal = body.get("did"), body.get("accessJwt"), body.get("refreshJwt")
    if did != account.account_id or not isinstance(access, str) or not isinstance(renewal, str):
        raise Trouble(
            Refused(RefusalKind.RECONNECT, "We are not signed in as this account. Connect it again.")
        )
    return Session(str(did), Secret(access), Secret(renewal), _end_of(access))


def _end_of(token: str) -> float:
    """Return when a token ends, as its own middle part says. It is ours to plan with, not to trust."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, IndexError, TypeError):
        return time.time() + _WITHOUT_END
