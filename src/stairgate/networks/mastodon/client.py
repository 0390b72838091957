"""The Mastodon client: exactly one visible write for each passage, and reads that are complete or fail.

It speaks the interface of Mastodon, as GoToSocial, Takahe and Pixelfed do too. Only some of them honour an
``Idempotency-Key``, so nothing leans on it. What others wrote nobody here can hide or delete.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlsplit

from stairgate.networks import base, graphemes
from stairgate.networks.base import Account, Capability, Outgoing, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.http import CLOCK_SLACK, Within
from stairgate.networks.limits import Limits
from stairgate.networks.mastodon import reading
from stairgate.networks.rest import (
    Answer,
    Body,
    Rest,
    compare_clocks,
    mapping,
    mappings,
    text_of,
    time_of,
)
from stairgate.networks.silent import NeverRings

#: what a server takes unless whoever runs it allows more
_LIMITS = Limits(text=500, pictures=4, alt=1500, megabytes=8)
#: a link counts like this, however long it is
_LINK, _A_LINK = re.compile(r"https?://\S+"), "x" * 23
#: of a thread a server gives this many answers; more than that it leaves out without a word
_MOST_ANSWERS = 4096
_MOST_PAGES = 50
_A_PAGE = 40
_LOOK_BACK = timedelta(days=30)
#: totals for the requests of one deed; staging and publishing together stay well inside a lease
_STAGE_SECONDS, _PUBLISH_SECONDS, _READ_SECONDS, _FETCH_SECONDS = 30.0, 25.0, 25.0, 110.0


class Mastodon(NeverRings):
    """A Mastodon account. Implements `networks.base.Network`."""

    name = "mastodon"
    label = "Mastodon"
    capabilities = frozenset(
        {
            Capability.READ,
            Capability.PUBLISH,
            Capability.PICTURES,
            Capability.ALT_TEXT,
            Capability.EDIT,
            Capability.REPLY,
            Capability.BLOCK,
            Capability.REPORT,
        }
    )

    def __init__(self) -> None:
        self._rest = Rest(self.label, lambda account, _: f"Bearer {str.__str__(account.token)}")

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return what Mastodon would refuse, as sentences."""
        return _LIMITS.problems(self.label, outgoing, graphemes.count(_LINK.sub(_A_LINK, outgoing.text)))

    def stage(self, passage: base.Passage) -> base.Staged | Refused | Unknown:
        """Upload the pictures with their descriptions, and find out who may see a reply."""
        account, outgoing, within = passage.account, passage.content, Within(_STAGE_SECONDS)
        try:
            if outgoing.edits:
                there = self._status(account, outgoing.edits, within)
                return base.Staged(tuple(text_of(one, "id") for one in reading.pictures(there)))
            extra = {}
            if outgoing.reply_to:
                extra["visibility"] = _seen_by(self._status(account, outgoing.reply_to, within))
            media = [self._picture(account, one, within) for one in outgoing.pictures]
        except Trouble as trouble:
            return trouble.outcome
        return base.Staged(tuple(media), extra)

    def _picture(self, account: Account, picture: base.Picture, within: Within) -> str:
        """Upload a picture, and wait until the server has worked on it; return its number. Raises `Trouble`."""
        sent = {"file": ("picture", picture.data, picture.media_type)}
        words = {"description": picture.alt}
        answer = self._rest.prepare(account, "/api/v2/media", within, files=sent, data=words)
        number = text_of(answer.body, "id")
        if not number:
            raise Trouble(Unknown("Mastodon took a picture, but gave no number for it."))
        while not answer.body.get("url"):  # the time of the deed is what ends this
            time.sleep(0.5)
            answer = self._rest.read(account, f"/api/v1/media/{quote(number)}", within)
        return number

    def publish(self, passage: base.Passage, staged: base.Staged) -> base.Outcome:
        """Make the one write the public can see."""
        outgoing, within = passage.spend(), Within(_PUBLISH_SECONDS)
        asked: dict[str, object] = {"status": outgoing.text, "media_ids": list(staged.media)}
        method, path = ("PUT", _path(outgoing.edits)) if outgoing.edits else ("POST", "/api/v1/statuses")
        if not outgoing.edits:
            if not _fits(outgoing, staged):
                return Refused(RefusalKind.INVALID, "What was prepared does not fit what is to be sent.")
            seen_by = staged.extra.get("visibility", "public")
            asked |= {"visibility": seen_by, "in_reply_to_id": outgoing.reply_to}
        key = {"Idempotency-Key": passage.key}
        answer = self._rest.ask(
            passage.account, method, path, within=within, visible=True, headers=key, json=asked
        )
        if not isinstance(answer, Answer):
            return answer
        made = text_of(answer.body, "id")
        if not made or made != (outgoing.edits or made):
            return Unknown("Mastodon said yes, but about something else.")
        return base.Done(made, reading.address(answer.body))

    def reconcile(
        self, account: Account, outgoing: Outgoing, *, since: datetime, key: str
    ) -> base.Reconciled:
        """Read everything the account wrote since the attempt, and count what is the same."""
        from_then, within = since - CLOCK_SLACK, Within(_FETCH_SECONDS)
        try:
            compare_clocks(self._prove(account, within), self.label)
            recent = list(self._own_posts(account, from_then, within))
            same = [row for row in recent if self._is_same(account, row, outgoing, within)]
        except Trouble as trouble:
            return base.CannotTell(str(trouble))
        return reading.verdict(same, len(recent), outgoing)

    def _own_posts(self, account: Account, from_then: datetime, within: Within) -> Iterator[Body]:
        path = f"/api/v1/accounts/{quote(_own(account))}/statuses"
        for row in self._pages(account, path, within, exclude_reblogs="true"):
            if time_of(row) < from_then:
                return
            yield row

    def _is_same(self, account: Account, row: Body, outgoing: Outgoing, within: Within) -> bool:
        if row.get("in_reply_to_id") != outgoing.reply_to:
            return False
        return self._words(account, row, within).strip() == outgoing.text.strip()

    def _words(self, account: Account, status: Body, within: Within) -> str:
        """Return the words of a post of ours as they were typed; as they are shown where a server keeps no such thing."""
        try:
            source = self._rest.read(account, f"{_path(text_of(status, 'id'))}/source", within).body
        except Trouble as trouble:
            if not trouble.is_gone:
                raise
            return reading.words_of(text_of(status, "content"))
        return text_of(source, "text")

    # ── In ──

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> base.Fetched:
        """Read every answer under ``posts``, and what mentions us elsewhere. Raises `Trouble` unless complete."""
        within = Within(_FETCH_SECONDS)
        self._prove(account, within)
        found: dict[str, base.PublicItem] = {}
        removed: list[str] = []
        for post in posts:
            try:
                answers = self._answers(account, post, within)
            except Trouble as trouble:
                if not trouble.is_gone:
                    raise
                removed.append(post)
                continue
            items = [reading.item(one, own=_own(account), post=post) for one in answers]
            found |= {item.external_id: item for item in items}
        for status in self._mentions(account, within):
            item = reading.item(status, own=_own(account))
            found.setdefault(item.external_id, item)
        return base.Fetched(tuple(found.values()), cursor="", removed=tuple(removed))

    def _answers(self, account: Account, post: str, within: Within) -> list[Body]:
        given = self._rest.read(account, f"{_path(post)}/context", within).body.get("descendants")
        answers = mappings(given)
        if not isinstance(given, list) or len(answers) != len(given) or len(given) >= _MOST_ANSWERS:
            raise Trouble(Unknown("Mastodon did not give every answer under a post."))
        return [one for one in answers if reading.author_of(one) != _own(account)]

    def _mentions(self, account: Account, within: Within) -> Iterator[Body]:
        oldest = datetime.now(UTC) - _LOOK_BACK
        for note in self._pages(account, "/api/v1/notifications", within, **{"types[]": "mention"}):
            if time_of(note) < oldest:
                return
            status = mapping(note.get("status"))
            if note.get("type") == "mention" and status and reading.author_of(status) != _own(account):
                yield status

    def _pages(self, account: Account, path: str, within: Within, **params: str) -> Iterator[Body]:
        """Yield every row of a list, newest first. Raises `Trouble`, also when there is no end."""
        asked: dict[str, str] = {**params, "limit": str(_A_PAGE)}
        for _ in range(_MOST_PAGES):
            rows = self._rest.read(account, path, within, **asked).rows
            yield from rows
            if not rows:
                return
            asked["max_id"] = text_of(rows[-1], "id")
        raise Trouble(Unknown("There was more to read than we dare to."))

    def _status(self, account: Account, number: str, within: Within) -> Body:
        """Return a post of anybody. Raises `Trouble`, GONE when it is gone."""
        status = self._rest.read(account, _path(number), within).body
        if text_of(status, "id") != number:
            raise Trouble(Unknown("Mastodon answered about something else."))
        return status

    def _there(self, account: Account, number: str, within: Within) -> Body | None:
        """Return a post of anybody; None when it is gone for certain. Raises `Trouble`."""
        try:
            return self._status(account, number, within)
        except Trouble as trouble:
            if not trouble.is_gone:
                raise
            self._prove(account, within)  # what we may not see is said to be gone as well
            return None

    def read_item(self, account: Account, external_id: str) -> base.PublicItem | None:
        """Return one post as it is now; None when it is gone."""
        status = self._there(account, external_id, Within(_READ_SECONDS))
        return None if status is None else reading.item(status, own=_own(account))

    def read_post(self, account: Account, external_id: str) -> base.LivePost | None:
        """Return one of our own posts as it is now; None when it is gone."""
        within = Within(_READ_SECONDS)
        status = self._there(account, external_id, within)
        if status is None:
            return None
        return base.LivePost(external_id, self._words(account, status, within), len(reading.pictures(status)))

    # ── Deeds on what the public wrote: each may be done twice without harm ──

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Raise `Trouble`: nobody but its author, and whoever runs a server, can take it out of sight."""
        raise Trouble(Refused(RefusalKind.PERMISSION, "Mastodon lets nobody hide what somebody else wrote."))

    def delete(self, account: Account, external_id: str) -> None:
        """Delete a post of our own. Raises `Trouble` for anybody else's: of those a server says "not there"."""
        within = Within(_READ_SECONDS)
        status = self._there(account, external_id, within)
        if status is None:
            return
        if reading.author_of(status) != _own(account):
            words = "Mastodon lets nobody delete what somebody else wrote. Report it, and block its author."
            raise Trouble(Refused(RefusalKind.PERMISSION, words))
        self._rest.write(account, "DELETE", _path(external_id), within)

    def block(self, account: Account, author_id: str) -> None:
        """Block an author: they no longer see us, nor we them. Raises `Trouble`."""
        path = f"/api/v1/accounts/{quote(author_id, safe='')}/block"
        self._rest.write(account, "POST", path, Within(_READ_SECONDS))

    def report(self, account: Account, external_id: str, author_id: str, *, reason: str) -> None:
        """Report an item to whoever runs our server, and to whoever runs its author's. Raises `Trouble`."""
        asked = {"account_id": author_id, "status_ids": [external_id], "comment": reason, "forward": True}
        self._rest.write(account, "POST", "/api/v1/reports", Within(_READ_SECONDS), asked)

    # ── The connection ──

    def owner(self, account: Account) -> base.Owner:
        """Return whose account a token opens. Numbers are a server's own, so its name is part of ours."""
        me = self._me(account, Within(_READ_SECONDS)).body
        number = f"{text_of(me, 'id')}@{urlsplit(account.base_url).netloc}"
        return base.Owner(number, text_of(me, "acct"), reading.address(me))

    def health(self, account: Account) -> base.Health:
        """Say whether the token is of this account, and what mentions it can be read."""
        now, within = datetime.now(UTC), Within(_READ_SECONDS)
        try:
            self._prove(account, within)
            answer = self._rest.read(account, "/api/v1/notifications", within, limit="1")
        except Trouble as trouble:
            return base.Health.troubled(trouble, now)
        return base.Health(ok=True, checked_at=now, budget_used=answer.used)

    def _prove(self, account: Account, within: Within) -> Answer:
        """Return who we are. Raises `Trouble` when it is somebody else: what they see is not ours to judge by."""
        answer = self._me(account, within)
        if text_of(answer.body, "id") != _own(account):
            words = "We are not signed in as this account. Connect it again."
            raise Trouble(Refused(RefusalKind.RECONNECT, words))
        return answer

    def _me(self, account: Account, within: Within) -> Answer:
        return self._rest.read(account, "/api/v1/accounts/verify_credentials", within)


def _own(account: Account) -> str:
    """Return the number of our account on its server."""
    return account.account_id.partition("@")[0]


def _path(number: str) -> str:
    return f"/api/v1/statuses/{quote(number, safe='')}"


def _fits(outgoing: Outgoing, staged: base.Staged) -> bool:
    """Return whether what was prepared is for this post: its pictures, and who may see a reply."""
    ready = len(staged.media) == len(outgoing.pictures)
    return ready and bool(outgoing.reply_to) == ("visibility" in staged.extra)


def _seen_by(answered: Body) -> str:
    """Return who may see a reply: no more people than see what it answers. Raises `Trouble` for a private message."""
    visibility = text_of(answered, "visibility")
    if visibility not in {"public", "unlisted", "private"}:
        words = "This was written to us alone. Answer it on Mastodon, by hand, if it has to be answered."
        raise Trouble(Refused(RefusalKind.INVALID, words))
    return visibility
