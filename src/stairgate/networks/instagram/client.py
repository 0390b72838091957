"""The Instagram client: exactly one visible write for each passage, and reads that are complete or fail.

We come in through the Facebook page that the account is linked to, with the page's own token.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime
from itertools import islice, takewhile
from typing import Any

from stairgate.networks.base import (
    Account,
    CannotTell,
    Capability,
    Done,
    Fetched,
    Found,
    Health,
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
    WebhookNote,
)
from stairgate.networks.facebook import hooks as facebook_hooks
from stairgate.networks.facebook.graph import Answer, as_app, compare_clocks
from stairgate.networks.facebook.tokens import ends_at, problem_of, scopes_of
from stairgate.networks.http import CLOCK_SLACK
from stairgate.networks.instagram import hooks, limits, reading
from stairgate.networks.instagram.containers import Containers
from stairgate.networks.instagram.refusals import Asking

#: the address of what was just made: asked after the write, so it must not eat up the lease
LINK_SECONDS = 10.0
#: of the account's own posts, how many are read whether we know them or not
NEWEST_POSTS = 25
READ_OWN, READ_PUBLIC = "instagram_basic", "instagram_manage_comments"
SCOPES = frozenset(
    {READ_OWN, READ_PUBLIC, "instagram_content_publish", "pages_read_engagement", "pages_manage_metadata"}
)
#: not every app is given it; without it a post is taken down in the Instagram app
DELETE_OWN = "instagram_manage_contents"
_NO_TAKING_DOWN = (
    f"Instagram does not let us take a post down ({DELETE_OWN}). Take it down in the Instagram app, or connect again "
    "with an app that may."
)
#: what the doorbell rings for
RINGS = json.dumps(["comments", "mentions"])
#: what Facebook's own client has the page ring for: to ask for less would silence it
_PAGE_RINGS = json.dumps(["feed", "mention"])
_ME = {"fields": "id,instagram_business_account{id}"}
_LIVE_FIELDS = "id,caption,media_type,children{id}"
_LIVE_REPLY_FIELDS = "id,text,hidden"
_NOT_OURS = (
    "Instagram lets only its author do that. Open it in the Instagram app, and take your name off it there."
)


class Instagram:
    """An Instagram professional account. Implements `networks.base.Network`, and `FetchesPictures`."""

    name = "instagram"
    label = "Instagram"
    fetches_pictures = True
    capabilities = frozenset(
        {
            Capability.READ,
            Capability.PUBLISH,
            Capability.PICTURES,
            Capability.ALT_TEXT,
            Capability.REPLY,
            Capability.HIDE,
            Capability.DELETE_OTHERS,
            Capability.WEBHOOKS,
        }
    )

    def __init__(self) -> None:
        self._graph = Asking()
        self._containers = Containers(self._graph)

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return what Instagram would refuse, as sentences."""
        return limits.problems(outgoing)

    def stage(self, passage: Passage) -> Staged | Refused | Unknown:
        """Have Instagram fetch the photos and get the post ready; nobody sees it until it is published."""
        outgoing, account = passage.content, passage.account
        if refused := _refused_at_once(outgoing):
            return refused
        if outgoing.reply_to:
            return Staged()
        try:
            if self._quota(account) >= 100:
                return Refused(
                    RefusalKind.THROTTLED, "Instagram takes no more posts from this account for today."
                )
            return Staged((self._containers.make(account, outgoing),))
        except Trouble as trouble:
            return trouble.outcome

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Make the one write the public can see."""
        outgoing, account = passage.spend(), passage.account
        if refused := _refused_at_once(outgoing):
            return refused
        if outgoing.reply_to:
            answer = self._graph.ask(
                account, "POST", f"{outgoing.reply_to}/replies", {"message": outgoing.text}
            )
        elif len(staged.media) == 1:
            answer = self._graph.ask(
                account, "POST", f"{account.account_id}/media_publish", {"creation_id": staged.media[0]}
            )
        else:
            return Refused(RefusalKind.INVALID, "The post was not ready, so nothing was sent.")
        if not isinstance(answer, Answer):
            return answer
        made = answer.body.get("id")
        if not isinstance(made, str) or not made:
            return Unknown("Instagram said yes, but not where.")
        return (
            Done(f"{reading.REPLY}{made}")
            if outgoing.reply_to
            else Done(made, self._permalink(account, made))
        )

    def _permalink(self, account: Account, made: str) -> str:
        """Return the address of what was just made; "" when Instagram won't say. It is there all the same."""
        try:
            asked = {"fields": "id,permalink"}
            return reading.address(self._graph.read(account, made, asked, seconds=LINK_SECONDS).body)
        except Trouble:
            return ""

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        """Read everything the account wrote since the attempt, and count what is the same."""
        from_then = since - CLOCK_SLACK
        try:
            me, _ = self._prove(account, {READ_PUBLIC if outgoing.reply_to else READ_OWN})
            compare_clocks(me)
            rows = (
                self._own_replies(account, outgoing.reply_to)
                if outgoing.reply_to
                else self._own_posts(account, from_then)
            )
            recent = [row for row in rows if reading.id_of(row) and reading.time_of(row) >= from_then]
        except Trouble as trouble:
            return CannotTell(str(trouble))
        same = [row for row in recent if reading.same(row, outgoing)]
        if not same:
            return reading.not_found(recent, outgoing)
        first = min(same, key=reading.time_of)
        before = reading.REPLY if outgoing.reply_to else ""
        return Found(f"{before}{first['id']}", reading.address(first), len(same))

    def _own_posts(self, account: Account, from_then: datetime) -> list[dict[str, Any]]:
        path = f"{account.account_id}/media"
        rows = self._graph.read_all(account, path, {"fields": reading.POST_FIELDS})
        return list(takewhile(lambda row: reading.time_of(row) >= from_then, rows))  # the newest come first

    def _own_replies(self, account: Account, comment: str) -> list[dict[str, Any]]:
        """Return our answers beside ours to ``comment``: Instagram hangs them all on the comment at the top."""
        asked = {"fields": "id,parent_id"}
        top = self._graph.read(account, comment, asked).body.get("parent_id") or comment
        return [row for row in self._replies(account, str(top)) if reading.is_ours(row, account)]

    def _replies(self, account: Account, comment: str) -> Iterator[dict[str, Any]]:
        yield from self._graph.read_all(account, f"{comment}/replies", {"fields": reading.COMMENT_FIELDS})

    # ── In ──

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> Fetched:
        """Read every comment under ``posts`` and under the account's newest posts whoever made them, and every
        post elsewhere in which the account is tagged. Raises `Trouble` unless complete.

        Where only the words of a post or a comment elsewhere name us, Instagram has no list to read.
        """
        me, _ = self._prove(account, {READ_PUBLIC})
        items: list[PublicItem] = []
        removed: list[str] = []
        own = [post for post in posts if not post.startswith(reading.REPLY)]
        for post in dict.fromkeys([*own, *self._newest_posts(account)]):
            try:
                items += self._comments(account, post)
            except Trouble as trouble:
                if not trouble.is_gone:
                    raise
                removed.append(post)
        items += map(reading.tag, self._tags(account))
        return Fetched(tuple(items), cursor="", removed=tuple(removed), used=me.used)

    def _newest_posts(self, account: Account) -> list[str]:
        """Return the account's newest posts: also those that were made by hand, or before us."""
        rows = self._graph.read_all(account, f"{account.account_id}/media", {"fields": "id"})
        return [reading.id_of(row) for row in islice(rows, NEWEST_POSTS)]

    def _comments(self, account: Account, post: str) -> Iterator[PublicItem]:
        """Yield the comments under a post, and the answers to them, which hang on a list of their own."""
        asked = {"fields": f"{reading.COMMENT_FIELDS},replies{{id}}"}
        for row in self._graph.read_all(account, f"{post}/comments", asked):
            answers = self._replies(account, reading.id_of(row)) if row.get("replies") else ()
            for one in (row, *answers):
                if not reading.is_ours(one, account):
                    yield reading.comment(one, post)

    def _tags(self, account: Account) -> Iterator[dict[str, Any]]:
        path = f"{account.account_id}/tags"
        yield from self._graph.read_all(account, path, {"fields": reading.TAG_FIELDS})

    def read_item(self, account: Account, external_id: str) -> PublicItem | None:
        """Return one comment, or a post that tags us, as it is now; None when it is gone."""
        if external_id.startswith(reading.TAG):
            self._prove(account, {READ_PUBLIC})
            tags = map(reading.tag, self._tags(account))
            return next((one for one in tags if one.external_id == external_id), None)
        try:
            asked = {"fields": f"{reading.COMMENT_FIELDS},media{{id}}"}
            row = self._graph.read(account, external_id, asked).body
        except Trouble as trouble:
            self._believe_gone(account, trouble, READ_PUBLIC)
            return None
        post = row.get("media")
        return reading.comment(row, str(post.get("id", "")) if isinstance(post, dict) else "")

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        """Return one of our own posts or answers as it is now; None when it is gone."""
        is_reply = external_id.startswith(reading.REPLY)
        number = external_id.removeprefix(reading.REPLY)
        try:
            asked = {"fields": _LIVE_REPLY_FIELDS if is_reply else _LIVE_FIELDS}
            row = self._graph.read(account, number, asked).body
        except Trouble as trouble:
            self._believe_gone(account, trouble, READ_PUBLIC if is_reply else READ_OWN)
            return None
        return reading.live(row, external_id)

    def _believe_gone(self, account: Account, trouble: Trouble, scope: str) -> None:
        """Raise ``trouble`` unless it says "gone". Instagram says the same of what we may not see: ask about that."""
        if not trouble.is_gone:
            raise trouble
        self._prove(account, {scope})

    def _prove(self, account: Account, needed: Set[str]) -> tuple[Answer, Mapping[str, Any]]:
        """Ask what the token allows and who we are; return who we are, and what is said of the token. Raises `Trouble`.

        A reading with the wrong token is an empty list: emptiness alone proves nothing.
        """
        token = self._graph.inspect_token(account).body.get("data") or {}
        problem = problem_of(token, needed, app=account.app_id)
        if problem:
            raise Trouble(Refused(*problem))
        me = self._graph.read(account, "me", _ME)
        linked = me.body.get("instagram_business_account")
        if not isinstance(linked, dict) or linked.get("id") != account.account_id:
            words = (
                "The key we were given is not of the Facebook page this Instagram account is linked to. "
                "Link them in the Instagram app, and connect it again."
            )
            raise Trouble(Refused(RefusalKind.RECONNECT, words))
        return me, token

    # ── Deeds on what the public wrote: each may be done twice without harm ──

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        _check_ours(external_id)
        self._graph.write(account, "POST", external_id, {"hide": "true" if hidden else "false"})

    def delete(self, account: Account, external_id: str) -> None:
        """Delete a comment, an answer or a post of ours. Of a post it needs a leave not every app has."""
        _check_ours(external_id)
        try:
            self._graph.write(account, "DELETE", external_id.removeprefix(reading.REPLY))
        except Trouble as trouble:
            self._believe_gone(account, trouble, READ_PUBLIC)

    def block(self, account: Account, author_id: str) -> None:
        """Raise `Trouble`: nobody can be blocked through Instagram's interface."""
        words = "Instagram lets nobody be blocked from here. Block them in the Instagram app."
        raise Trouble(Refused(RefusalKind.INVALID, words))

    # ── The connection ──

    def health(self, account: Account) -> Health:
        """Say whether the page's token lives, opens this account and may do all we need, and what it still may post."""
        now = datetime.now(UTC)
        try:
            me, token = self._prove(account, SCOPES)
            compare_clocks(me)
            quota = self._quota(account)
        except Trouble as trouble:
            return Health.troubled(trouble, now)
        scopes = scopes_of(token)
        return Health(
            ok=True,
            checked_at=now,
            expires_at=ends_at(token),
            scopes=scopes,
            budget_used=max(quota, me.used or 0),
            notes=() if DELETE_OWN in scopes else (_NO_TAKING_DOWN,),
        )

    def _quota(self, account: Account) -> int:
        """Return the percentage of today's posts that is used up. Raises `Trouble`."""
        path, asked = f"{account.account_id}/content_publishing_limit", {"fields": "config,quota_usage"}
        rows, _ = self._graph.read_page(account, path, asked)
        config, used = (rows[0].get("config"), rows[0].get("quota_usage")) if rows else (None, None)
        total = config.get("quota_total") if isinstance(config, dict) else None
        if not isinstance(total, int) or not isinstance(used, int) or total < 1:
            raise Trouble(Unknown("Instagram did not say how much may still be posted today."))
        return max(0, min(100, 100 * used // total))

    def handshake(self, account: Account, query: Mapping[str, str]) -> str | None:
        return facebook_hooks.handshake(account, query)

    def parse_webhook(
        self, account: Account, raw: bytes, headers: Mapping[str, str]
    ) -> Sequence[WebhookNote]:
        return hooks.parse(account, raw, headers)

    def subscribe(self, account: Account, callback_url: str) -> None:
        """Say as the app where to ring for Instagram, then as the page that the app may ring at all."""
        verify = str.__str__(account.verify_token)
        where = {"object": "instagram", "callback_url": callback_url, "fields": RINGS, "verify_token": verify}
        self._graph.write(as_app(account), "POST", f"{account.app_id}/subscriptions", where)
        self._graph.write(account, "POST", "me/subscribed_apps", {"subscribed_fields": _PAGE_RINGS})


def _refused_at_once(outgoing: Outgoing) -> Refused | None:
    """Return why something is not even tried; None when nothing speaks against it."""
    if outgoing.edits:
        words = "Instagram can’t change a post that is out, so nothing was sent."
        return Refused(RefusalKind.INVALID, words)
    if (outgoing.reply_to or "").startswith(reading.TAG):
        words = "Instagram lets us answer comments on our own posts alone, so nothing was sent."
        return Refused(RefusalKind.INVALID, words)
    problems = limits.problems(outgoing)
    return Refused(RefusalKind.INVALID, f"Nothing was sent: {problems[0]}.") if problems else None


def _check_ours(external_id: str) -> None:
    """Raise `Trouble` for somebody else's post: nothing on it is ours to hide or delete."""
    if external_id.startswith(reading.TAG):
        raise Trouble(Refused(RefusalKind.INVALID, _NOT_OURS))
