"""The X client: exactly one visible write for each passage, and reads that are complete or fail.

X takes money for each post and for each post that is read (`networks.prices`), so no more is read than a week back, and
what is older is not asked after. Blocking is not part of its interface.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from stairgate.networks import base
from stairgate.networks.base import Account, Capability, Outgoing, RefusalKind, Refused, Trouble, Unknown
from stairgate.networks.http import CLOCK_SLACK, Within
from stairgate.networks.limits import Limits
from stairgate.networks.rest import (
    Answer,
    Body,
    Rest,
    compare_clocks,
    mapping,
    mappings,
    text_of,
)
from stairgate.networks.silent import NeverRings
from stairgate.networks.x import reading
from stairgate.networks.x.signing import sign

_LIMITS = Limits(text=280, pictures=4, alt=1000, megabytes=5)
#: who may answer a post of ours: only whom it names. The strictest there is (C30)
WHO_ANSWERS = "mentionedUsers"
#: X searches a week back, and answers a query of this many letters
_LOOK_BACK = timedelta(days=7) - timedelta(minutes=1)
_THREADS_OF_A_QUERY = 10
_PART = 1024 * 1024
_MOST_PAGES = 20
_A_PAGE = "100"
#: totals for the requests of one deed; staging and publishing together stay well inside a lease
_STAGE_SECONDS, _PUBLISH_SECONDS, _READ_SECONDS, _FETCH_SECONDS = 30.0, 25.0, 25.0, 110.0
_WORDS = {
    RefusalKind.BLOCKED: "{} wants to be paid first: the credit of our developer account is used up. Fill it up there.",
    RefusalKind.PERMISSION: "{} says we may not do this. Either the same words are out already, or our keys may only "
    "read: make new ones that may write, and connect the account again.",
}
_NOT_BLOCKED = "X lets no program block anybody. Open their profile on X, press the three dots, then “Block”."


class X(NeverRings):
    """An X account. Implements `networks.base.Network`."""

    name = "x"
    label = "X"
    capabilities = frozenset(
        {
            Capability.READ,
            Capability.PUBLISH,
            Capability.PICTURES,
            Capability.ALT_TEXT,
            Capability.REPLY,
            Capability.HIDE,
        }
    )

    def __init__(self) -> None:
        self._rest = Rest(self.label, sign, _WORDS)

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return what X would refuse, as sentences."""
        return _LIMITS.problems(self.label, outgoing, reading.length(outgoing.text))

    def stage(self, passage: base.Passage) -> base.Staged | Refused | Unknown:
        """Upload the pictures with their descriptions. Nobody sees them until a post names them."""
        within = Within(_STAGE_SECONDS)
        try:
            media = [self._picture(passage.account, one, within) for one in passage.content.pictures]
        except Trouble as trouble:
            return trouble.outcome
        return base.Staged(tuple(media))

    def _picture(self, account: Account, picture: base.Picture, within: Within) -> str:
        """Upload a picture in parts; return its number. Raises `Trouble`."""
        begun = {
            "media_type": picture.media_type,
            "total_bytes": len(picture.data),
            "media_category": "tweet_image",
        }
        number = _number(self._upload(account, "initialize", within, json=begun))
        for part, start in enumerate(range(0, len(picture.data), _PART)):
            file = {"media": ("part", picture.data[start : start + _PART], "application/octet-stream")}
            self._upload(account, f"{number}/append", within, data={"segment_index": str(part)}, files=file)
        made = self._upload(account, f"{number}/finalize", within)
        if _number(made) != number or mapping(made.get("processing_info")).get("state") == "failed":
            raise Trouble(Unknown("X took a picture, but could not make one of it."))
        words = {"id": number, "metadata": {"alt_text": {"text": picture.alt}}}
        self._rest.prepare(account, "/2/media/metadata", within, json=words)
        return number

    def _upload(self, account: Account, step: str, within: Within, **content: Any) -> Body:
        return _data(self._rest.prepare(account, f"/2/media/upload/{step}", within, **content))

    def publish(self, passage: base.Passage, staged: base.Staged) -> base.Outcome:
        """Make the one write the public can see."""
        outgoing, account = passage.spend(), passage.account
        if outgoing.edits:
            return Refused(RefusalKind.INVALID, "X can’t change a post that is out, so nothing was sent.")
        if len(staged.media) != len(outgoing.pictures):
            return Refused(RefusalKind.INVALID, "What was prepared does not fit what is to be sent.")
        asked: dict[str, object] = {"text": outgoing.text}
        if staged.media:
            asked["media"] = {"media_ids": list(staged.media)}
        if outgoing.reply_to:
            asked["reply"] = {"in_reply_to_tweet_id": outgoing.reply_to}
        else:
            asked["reply_settings"] = WHO_ANSWERS
        within = Within(_PUBLISH_SECONDS)
        answer = self._rest.ask(account, "POST", "/2/tweets", within=within, visible=True, json=asked)
        if not isinstance(answer, Answer):
            return answer
        made = text_of(_data(answer), "id")
        return base.Done(made, reading.permalink(made)) if made else Unknown("X said yes, but not where.")

    def reconcile(
        self, account: Account, outgoing: Outgoing, *, since: datetime, key: str
    ) -> base.Reconciled:
        """Read everything the account wrote since the attempt, and count what is the same."""
        within = Within(_FETCH_SECONDS)
        path, asked = f"/2/users/{account.account_id}/tweets", {"start_time": _moment(since - CLOCK_SLACK)}
        try:
            compare_clocks(self._prove(account, within), self.label)
            recent = [post for page in self._pages(account, path, within, asked) for post in _posts(page)]
        except Trouble as trouble:
            return base.CannotTell(str(trouble))
        same = [
            post
            for post in recent
            if reading.answers(post) == (outgoing.reply_to or "") and reading.same_words(post, outgoing.text)
        ]
        if not same:
            return base.Absent(len(recent))
        if any(reading.pictures(post) != len(outgoing.pictures) for post in same):
            return base.CannotTell("The same words are there, but with other pictures. Look at the account.")
        first = min(text_of(post, "id") for post in same)
        return base.Found(first, reading.permalink(first), len(same))

    # ── In ──

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> base.Fetched:
        """Read what mentioned us, and what was written under ``posts``, in the last week. Raises `Trouble` unless complete.

        Answers name whom they answer unless their author takes the name out: those are found by the conversation.
        """
        within, since = Within(_FETCH_SECONDS), datetime.now(UTC) - _LOOK_BACK
        self._prove(account, within)
        asked, found = {"start_time": _moment(since)}, {}
        mentions = self._pages(account, f"/2/users/{account.account_id}/mentions", within, asked)
        for page in [*mentions, *self._under(account, posts, asked, within)]:
            known = reading.names(page)
            for post in _posts(page):
                if text_of(post, "author_id") != account.account_id:
                    ours = text_of(post, "conversation_id") in posts
                    found[text_of(post, "id")] = reading.item(post, known, ours=ours)
        return base.Fetched(tuple(found.values()), cursor="", since=since)

    def _under(
        self, account: Account, posts: Sequence[str], asked: dict[str, str], within: Within
    ) -> Iterator[Body]:
        for start in range(0, len(posts), _THREADS_OF_A_QUERY):
            some = posts[start : start + _THREADS_OF_A_QUERY]
            threads = " OR ".join(f"conversation_id:{post}" for post in some)
            query = {**asked, "query": f"({threads}) -from:{account.account_id}"}
            yield from self._pages(account, "/2/tweets/search/recent", within, query)

    def _pages(self, account: Account, path: str, within: Within, asked: dict[str, str]) -> Iterator[Body]:
        """Yield every page of a list. Raises `Trouble`, also when there is no end."""
        params = {**reading.FIELDS, **asked, "max_results": _A_PAGE}
        for _ in range(_MOST_PAGES):
            page = self._rest.read(account, path, within, **params).body
            meta = mapping(page.get("meta"))
            if not isinstance(meta.get("result_count"), int):
                raise Trouble(Unknown("X gave something that is not a list."))
            yield page
            following = text_of(meta, "next_token")
            if not following:
                return
            params["pagination_token"] = following
        raise Trouble(Unknown("There was more to read than we dare to."))

    def _there(self, account: Account, number: str, within: Within) -> Body | None:
        """Return the page with one post of anybody; None when it is gone for certain. Raises `Trouble`."""
        try:
            page = self._rest.read(
                account, f"/2/tweets/{quote(number, safe='')}", within, **reading.FIELDS
            ).body
        except Trouble as trouble:
            if not trouble.is_gone:
                raise
            page = {"errors": [{"type": "/resource-not-found"}]}
        if text_of(mapping(page.get("data")), "id") == number:
            return page
        if not any(
            text_of(one, "type").endswith("/resource-not-found") for one in mappings(page.get("errors"))
        ):
            raise Trouble(Refused(RefusalKind.PERMISSION, "X does not show us this post."))
        self._prove(account, within)
        return None

    def read_item(self, account: Account, external_id: str) -> base.PublicItem | None:
        """Return one post as it is now; None when it is gone."""
        page = self._there(account, external_id, Within(_READ_SECONDS))
        if page is None:
            return None
        return reading.item(mapping(page["data"]), reading.names(page), ours=False)

    def read_post(self, account: Account, external_id: str) -> base.LivePost | None:
        """Return one of our own posts as it is now; None when it is gone."""
        page = self._there(account, external_id, Within(_READ_SECONDS))
        if page is None:
            return None
        post = mapping(page["data"])
        return base.LivePost(external_id, reading.words_of(post), reading.pictures(post))

    # ── Deeds on what the public wrote: each may be done twice without harm ──

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        """Hide an answer under a post of ours, or show it again. Raises `Trouble`."""
        path, within = f"/2/tweets/{quote(external_id, safe='')}/hidden", Within(_READ_SECONDS)
        answer = self._rest.write(account, "PUT", path, within, {"hidden": hidden})
        if _data(answer).get("hidden") is not hidden:
            raise Trouble(Unknown("X did not say whether it hid this."))

    def delete(self, account: Account, external_id: str) -> None:
        """Delete a post of our own. Raises `Trouble` for anybody else's."""
        within = Within(_READ_SECONDS)
        page = self._there(account, external_id, within)
        if page is None:
            return
        if text_of(mapping(page["data"]), "author_id") != account.account_id:
            words = "X lets nobody delete what somebody else wrote. Hide it, if it is under our own post."
            raise Trouble(Refused(RefusalKind.PERMISSION, words))
        self._rest.write(account, "DELETE", f"/2/tweets/{quote(external_id, safe='')}", within)

    def block(self, account: Account, author_id: str) -> None:
        """Raise `Trouble`: a person has to do it."""
        raise Trouble(Refused(RefusalKind.INVALID, _NOT_BLOCKED))

    # ── The connection ──

    def owner(self, account: Account) -> base.Owner:
        """Return whose account the keys open."""
        me = _data(self._me(account, Within(_READ_SECONDS)))
        name = text_of(me, "username")
        return base.Owner(text_of(me, "id"), name, f"https://x.com/{quote(name, safe='')}")

    def health(self, account: Account) -> base.Health:
        """Say whether the keys are of this account, and X is paid."""
        now = datetime.now(UTC)
        try:
            answer = self._prove(account, Within(_READ_SECONDS))
        except Trouble as trouble:
            return base.Health.troubled(trouble, now)
        return base.Health(ok=True, checked_at=now, budget_used=answer.used)

    def _prove(self, account: Account, within: Within) -> Answer:
        """Return who we are. Raises `Trouble` when it is somebody else."""
        answer = self._me(account, within)
        if text_of(_data(answer), "id") != account.account_id:
            words = "We are not signed in as this account. Connect it again."
            raise Trouble(Refused(RefusalKind.RECONNECT, words))
        return answer

    def _me(self, account: Account, within: Within) -> Answer:
        return self._rest.read(account, "/2/users/me", within)


def _data(answer: Answer) -> Body:
    return mapping(answer.body.get("data"))


def _posts(page: Body) -> list[Body]:
    return mappings(page.get("data"))


def _number(data: Body) -> str:
    """Return the number of an upload. Raises `Trouble` when there is none."""
    number = text_of(data, "id")
    if not number.isdigit():
        raise Trouble(Unknown("X took a picture, but gave no number for it."))
    return number


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
