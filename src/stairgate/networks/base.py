"""What Stairgate asks of a social network, and the shapes that pass between the gate and a client.

Nothing here knows Django, the database or the clock. A client makes **exactly one** attempt for each
``publish`` and answers with one of four types; retry is decided above, by the gate, never in a client.
"""

from __future__ import annotations

import enum
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from stairgate.clauses import Coverage, control


class Capability(enum.StrEnum):
    """What a network's interface can really do (networks.md)."""

    READ = "read"
    PUBLISH = "publish"
    PICTURES = "pictures"
    ALT_TEXT = "alt_text"
    EDIT = "edit"
    REPLY = "reply"
    HIDE = "hide"
    DELETE_OTHERS = "delete_others"
    BLOCK = "block"
    REPORT = "report"
    SETTINGS = "settings"
    WEBHOOKS = "webhooks"


class Secret(str):
    """A string that never shows itself in a repr, a log line or a traceback's locals."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"

    def __format__(self, spec: str) -> str:
        return "…"


#: a network that has no such thing
NO_SECRET = Secret("")


@dataclass(frozen=True, slots=True)
class Account:
    """The one page or handle a client speaks for."""

    base_url: str
    account_id: str
    token: Secret
    handle: str = ""
    app_id: str = ""
    app_secret: Secret = NO_SECRET
    verify_token: Secret = NO_SECRET
    #: when a person last saw that it is there and ours, for what has no interface to ask
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it will be sent: already re-encoded to bare pixels.

    ``address`` is where a network that `FetchesPictures` finds it for some minutes; "" for any other.
    """

    data: bytes = field(repr=False)
    media_type: str
    alt: str
    width: int
    height: int
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Exactly what the public will see. ``reply_to`` is the network's id of the comment answered.

    ``edits`` is the network's id of our own post that is to get this text; its pictures are there, and stay.
    Raises ValueError for an empty one: it would be taken for a new post.
    """

    text: str
    pictures: tuple[Picture, ...] = ()
    reply_to: str | None = None
    edits: str | None = None

    def __post_init__(self) -> None:
        if self.edits is not None and not self.edits.strip():
            raise ValueError("What edits something names what it edits.")


class AlreadySpent(RuntimeError):
    """A passage was used for a second attempt. One passage is one attempt."""


class TooLate(RuntimeError):
    """A passage was held past its time: its lease may be gone, so nothing was sent with it."""


class Passage:
    """Leave to publish one exact content once. Only the gate can make one (law 1 of the house).

    Returned by ``publishing.gate``; ``spend`` gives the content and works a single time in a process.
    """

    __slots__ = (
        "_lock",
        "_opened",
        "_outgoing",
        "_spent",
        "account",
        "delivery_id",
        "good_for",
        "key",
        "opened_at",
    )

    def __init__(
        self,
        *,
        seal: object,
        outgoing: Outgoing,
        account: Account,
        delivery_id: str,
        key: str,
        opened_at: datetime,
        good_for: float,
    ) -> None:
        if seal is not _SEAL:
            raise TypeError("Only the gate makes a Passage: see stairgate.publishing.gate")
        self._outgoing = outgoing
        self._spent = False
        self._lock = threading.Lock()
        self.account = account
        self.delivery_id = delivery_id
        #: stable for this attempt; a network that can make a write idempotent uses it (Bluesky's record key)
        self.key = key
        self.opened_at = opened_at
        #: seconds after which it can no longer be spent; less than the lease it was opened under
        self.good_for = good_for
        self._opened = (time.monotonic(), time.time())

    @property
    def content(self) -> Outgoing:
        """The content, for staging: reading it does not spend the passage."""
        return self._outgoing

    def spend(self) -> Outgoing:
        """Return the content for the one attempt. Raises `AlreadySpent` a second time, `TooLate` past it.

        Both clocks are asked: a computer that slept moves only the one on the wall.
        """
        with self._lock:
            monotonic, wall = self._opened
            if max(time.monotonic() - monotonic, time.time() - wall) > self.good_for:
                raise TooLate(self.delivery_id)
            if self._spent:
                raise AlreadySpent(self.delivery_id)
            self._spent = True
        return self._outgoing


_SEAL = object()
_claimed = False


def claim_mint() -> Callable[..., Passage]:
    """Hand out the only maker of passages, once in a process. Called by ``publishing.gate`` at import.

    Raises RuntimeError for everybody who comes second.
    """
    global _claimed
    if _claimed:
        raise RuntimeError("The gate already holds the mint for passages.")
    _claimed = True

    def mint(
        *,
        outgoing: Outgoing,
        account: Account,
        delivery_id: str,
        key: str,
        opened_at: datetime,
        good_for: float,
    ) -> Passage:
        return Passage(
            seal=_SEAL,
            outgoing=outgoing,
            account=account,
            delivery_id=delivery_id,
            key=key,
            opened_at=opened_at,
            good_for=good_for,
        )

    return mint


class RefusalKind(enum.StrEnum):
    """Why a network said no. ``safe`` to try again only where it says so."""

    THROTTLED = "throttled"  # wait `retry_after`, then the gate may open again
    RECONNECT = "reconnect"  # token dead, role lost: a person must connect the account again
    PERMISSION = "permission"  # a scope is missing
    INVALID = "invalid"  # the content breaks a rule of the network
    DUPLICATE = "duplicate"  # the network says it has this already
    BLOCKED = "blocked"  # the network blocked us for hours: stop and tell a person
    GONE = "gone"  # what we speak of is not there (any more)
    UNREACHABLE = "unreachable"  # the request provably never left us (connection refused, name unknown)


@dataclass(frozen=True, slots=True)
class Done:
    """The network says it is there."""

    external_id: str
    permalink: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The network says it is not there. ``retry_after`` in seconds, where known."""

    kind: RefusalKind
    message: str
    code: str = ""
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say yet (time-out, dropped connection, 5xx on a write). Look before anything else."""

    evidence: str


@dataclass(frozen=True, slots=True)
class Manual:
    """A person must do it by hand; ``step`` is the exact sentence to show."""

    step: str


Outcome = Done | Refused | Unknown | Manual


@dataclass(frozen=True, slots=True)
class Staged:
    """Uploads that the public cannot see yet. ``media`` is the network's own handles, in order."""

    media: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """Reconciling found the content on the network, ``times`` times (more than one is a finding)."""

    external_id: str
    permalink: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Absent:
    """Reconciling read everything since the attempt, completely, and it is not there."""

    looked_at: int  # how many items were read


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Reconciling could not read completely. Nothing may be concluded."""

    reason: str


Reconciled = Found | Absent | CannotTell


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the connection can be trusted. An empty answer from an unhealthy one means nothing."""

    ok: bool
    checked_at: datetime
    problems: tuple[str, ...] = ()  # sentences a manager can act on
    kind: RefusalKind | None = None
    expires_at: datetime | None = None
    scopes: frozenset[str] = frozenset()
    budget_used: int | None = None  # percent of the network's allowance

    @classmethod
    def troubled(cls, trouble: Trouble, now: datetime) -> Health:
        """Return what a trouble says of a connection."""
        kind = trouble.outcome.kind if isinstance(trouble.outcome, Refused) else None
        return cls(ok=False, checked_at=now, problems=(str(trouble),), kind=kind)

    rings: bool | None = (
        None  # whether the network still rings our doorbell; None: it has none, or was not asked
    )
    notes: tuple[str, ...] = ()  # what is to be mended, and shuts nothing


@dataclass(frozen=True, slots=True)
class LivePost:
    """One of our own posts or replies as it is on the network now. ``text`` is verbatim."""

    external_id: str
    text: str
    pictures: int
    is_hidden: bool = False


class ItemKind(enum.StrEnum):
    COMMENT = "comment"
    REPLY = "reply"
    VISITOR_POST = "visitor_post"
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class PublicItem:
    """Something the public wrote, as read from the network. ``text`` is verbatim."""

    external_id: str
    kind: ItemKind
    text: str
    author_id: str
    author_name: str
    created_at: datetime
    parent_id: str = ""  # the post or comment it hangs on
    post_id: str = ""  # our post at the top of the thread, "" for a visitor's own post
    permalink: str = ""
    is_hidden: bool | None = False  # None: the network does not say
    has_picture: bool = False
    raw: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One complete sweep. ``cursor`` is opaque and goes back in next time."""

    items: tuple[PublicItem, ...]
    cursor: str
    removed: tuple[str, ...] = ()  # ids the network told us are gone
    used: int | None = None  # percent of the network's allowance, where it says so
    since: datetime | None = None  # what is older was not read; None: everything was


class WebhookEvent(enum.StrEnum):
    ADDED = "added"
    EDITED = "edited"
    REMOVED = "removed"
    HIDDEN = "hidden"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class WebhookNote:
    """One change a webhook told of. It is a doorbell: the item is read back from the network."""

    event: WebhookEvent
    external_id: str
    post_id: str = ""
    verb: str = ""


class BadSignature(ValueError):
    """A webhook was not signed by the network. It is refused and counted, and nothing in it is believed."""


class Trouble(Exception):
    """A read, hide, delete or block did not work. Carries what a `Refused` carries, or an unknown outcome."""

    def __init__(self, outcome: Refused | Unknown) -> None:
        self.outcome = outcome
        super().__init__(outcome.message if isinstance(outcome, Refused) else outcome.evidence)

    @property
    def is_gone(self) -> bool:
        """Does the network say that something is not there? Some say the same of what we may not see."""
        return isinstance(self.outcome, Refused) and self.outcome.kind == RefusalKind.GONE


@runtime_checkable
class KnowsHandles(Protocol):
    """A network whose accounts have a name that people know, and another that never changes."""

    def account_of(self, base_url: str, handle: str) -> str:
        """Return the account that has a handle today. Raises `Trouble`."""


@dataclass(frozen=True, slots=True)
class AccessHolder:
    """Somebody who can reach an account on the network itself."""

    external_id: str
    name: str


@runtime_checkable
class ListsAccess(Protocol):
    """A network that says who can reach an account on it."""

    def who_gets_in(self, account: Account) -> tuple[AccessHolder, ...]:
        """Return everybody on the list. Complete and never empty, or raises `Trouble`."""


@runtime_checkable
class ReadsOlder(Protocol):
    """A network that can be read through, back to the account's first day, one step at a time."""

    def older(self, account: Account, *, since: datetime | None, cursor: str) -> Fetched:
        """Read one step of everything written since ``since``, wherever it hangs; None is from the beginning.

        ``cursor`` is "" for the first step and comes back "" from the last. Raises `Trouble`: then the same step
        can be asked for again.
        """


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account a token opens, in the network's own words."""

    account_id: str
    handle: str
    public_url: str


@runtime_checkable
class KnowsOwner(Protocol):
    """A network that says by itself whose account a token opens: nobody has to look up a number."""

    def owner(self, account: Account) -> Owner:
        """Return whose account the token of ``account`` opens; its ``account_id`` is not asked. Raises `Trouble`."""


@runtime_checkable
class Reports(Protocol):
    """A network that takes a report of what somebody wrote, to the people who run it."""

    def report(self, account: Account, external_id: str, author_id: str, *, reason: str) -> None:
        """Report an item and its author in our words; they are read by strangers. Raises `Trouble`."""


#: what a network says of one of its settings: a switch, a word, or nothing
SettingValue = bool | str | None


@runtime_checkable
class KnowsSettings(Protocol):
    """A network where the settings of a page can be asked for and changed."""

    def read_settings(self, account: Account) -> Mapping[str, SettingValue]:
        """Return every setting of the page by its key. Complete, or raises `Trouble`."""

    def change_setting(self, account: Account, key: str, value: SettingValue) -> None:
        """Ask for one setting to be changed; may be done twice without harm. Raises `Trouble`.

        A "yes" proves nothing: whoever asks reads it back.
        """


@runtime_checkable
class FetchesPictures(Protocol):
    """A network that takes no upload: it comes and fetches each picture at an address of ours, so we need one."""

    fetches_pictures: bool


@control(
    "C76",
    "Nobody can like or react from here: on no network is there such a deed, and a reply goes through the queue",
    coverage=Coverage.WHOLE,
)
class Network(Protocol):
    """One social network. A client holds no state but its HTTP connection pool."""

    name: str  # "facebook"
    label: str  # "Facebook"
    capabilities: frozenset[Capability]

    def health(self, account: Account) -> Health:
        """Ask the network whether token, scopes and role hold. Never raises for network trouble: says so."""

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return problems this network would refuse (length, pictures), as sentences for the author."""

    def stage(self, passage: Passage) -> Staged | Refused | Unknown:
        """Upload what the public cannot see yet. May be done again safely."""

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Spend the passage: exactly one write request that the public could see, never retried here.

        What ``edits`` something is never published as new. A network without `Capability.EDIT` refuses it.
        """

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        """Search the network for content an attempt since ``since`` may have left there."""

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> Fetched:
        """Read what the public wrote under ``posts`` and on the page. Complete, or raises `Trouble`."""

    def read_item(self, account: Account, external_id: str) -> PublicItem | None:
        """Read one item back; None when it is gone. Raises `Trouble`."""

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        """Read one of our own posts or replies back; None when it is gone for certain. Raises `Trouble`."""

    def handshake(self, account: Account, query: Mapping[str, str]) -> str | None:
        """Answer the network's proof-of-address request, or None when it is not ours to answer."""

    def parse_webhook(
        self, account: Account, raw: bytes, headers: Mapping[str, str]
    ) -> Sequence[WebhookNote]:
        """Check the signature over the raw bytes and return the changes. Raises `BadSignature`."""

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Hide or show an item; idempotent. Raises `Trouble`."""

    def delete(self, account: Account, external_id: str) -> None:
        """Delete an item for good; an item already gone is success. Raises `Trouble`."""

    def block(self, account: Account, author_id: str) -> None:
        """Ban an author from the page; idempotent. Raises `Trouble`."""

    def subscribe(self, account: Account, callback_url: str) -> None:
        """Ask the network to ring our doorbell. Raises `Trouble`."""
