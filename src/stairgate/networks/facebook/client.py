"""The Facebook client: exactly one visible write for each passage, and reads that are complete or fail."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from stairgate.clauses import control
from stairgate.networks.base import (
    AccessHolder,
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
    SettingValue,
    Staged,
    Trouble,
    Unknown,
    WebhookNote,
)
from stairgate.networks.facebook import hooks, page_settings, reading
from stairgate.networks.facebook.collecting import COMMENT_FIELDS, POST_FIELDS, Collecting
from stairgate.networks.facebook.dialog import Dialog
from stairgate.networks.facebook.graph import Answer, Graph, as_app, compare_clocks
from stairgate.networks.facebook.tokens import (
    MANAGE_PAGE,
    READ_OWN,
    READ_PUBLIC,
    SCOPES,
    ends_at,
    problem_of,
    scopes_of,
)
from stairgate.networks.http import CLOCK_SLACK, Deadline

LONGEST_MESSAGE = 63_206
MOST_PICTURES = 10
#: uploads of one post together; the passage itself is good for twice as long
STAGE_SECONDS = 25.0
#: the address of what was just made: asked after the write, so it must not eat up the lease
LINK_SECONDS = 10.0

#: what the doorbell rings for
RINGS = json.dumps(["feed", "mention"])
_ATTACHED = "attachments{type,subattachments{type}}"
_LIVE_FIELDS = f"id,message,is_hidden,is_published,{_ATTACHED}"
_LIVE_REPLY_FIELDS = "id,message,is_hidden,attachment"


class Facebook(Dialog):
    """A Facebook page. Implements `networks.base.Network`, and `networks.dialog.AsksInADialog`."""

    name = "facebook"
    label = "Facebook"
    capabilities = frozenset(
        {
            Capability.READ,
            Capability.PUBLISH,
            Capability.PICTURES,
            Capability.ALT_TEXT,
            Capability.EDIT,
            Capability.REPLY,
            Capability.HIDE,
            Capability.DELETE_OTHERS,
            Capability.BLOCK,
            Capability.SETTINGS,
            Capability.WEBHOOKS,
        }
    )

    def __init__(self) -> None:
        self._graph = Graph()
        self._collecting = Collecting(self._graph)

    # ── Out ──

    def validate(self, outgoing: Outgoing) -> Sequence[str]:
        """Return what Facebook would refuse, as sentences."""
        problems = []
        if len(outgoing.text) > LONGEST_MESSAGE:
            problems.append("too long for Facebook")
        if len(outgoing.pictures) > MOST_PICTURES:
            problems.append(f"Facebook takes {MOST_PICTURES} photos at most")
        if outgoing.reply_to and outgoing.pictures:
            problems.append("a reply on Facebook takes no photo here")
        return problems

    def stage(self, passage: Passage) -> Staged | Refused | Unknown:
        """Upload the pictures unpublished; nobody sees them until the post names them."""
        if passage.content.edits:
            return Staged()
        deadline, handles = Deadline(STAGE_SECONDS), []
        for number, picture in enumerate(passage.content.pictures):
            try:
                deadline.check()
            except TimeoutError:
                return Unknown("The photos took too long to send.")
            answer = self._graph.ask(
                passage.account,
                "POST",
                f"{passage.account.account_id}/photos",
                {"published": "false", "alt_text_custom": picture.alt},
                files={"source": (f"photo-{number}.jpg", picture.data, picture.media_type)},
            )
            if not isinstance(answer, Answer):
                return answer
            handles.append(str(answer.body.get("id", "")))
        return Staged(tuple(handles)) if all(handles) else Unknown("Facebook gave no number for a photo.")

    def publish(self, passage: Passage, staged: Staged) -> Outcome:
        """Make the one write the public can see."""
        outgoing, account = passage.spend(), passage.account
        if outgoing.edits:
            return self._edit(account, outgoing.edits, outgoing.text)
        if len(staged.media) != len(outgoing.pictures):
            return Refused(RefusalKind.INVALID, "Not every photo was ready, so nothing was sent.")
        if outgoing.reply_to and outgoing.pictures:
            return Refused(RefusalKind.INVALID, "A reply takes no photo, so nothing was sent.")
        if outgoing.reply_to:
            path, params = f"{outgoing.reply_to}/comments", {"message": outgoing.text}
        else:
            path, params = f"{account.account_id}/feed", {"message": outgoing.text}
            if staged.media:
                params["attached_media"] = json.dumps([{"media_fbid": handle} for handle in staged.media])
        answer = self._graph.ask(account, "POST", path, params)
        if not isinstance(answer, Answer):
            return answer
        made = answer.body.get("id")
        if not isinstance(made, str) or not made:
            return Unknown("Facebook said yes, but not where.")
        return Done(made, self._permalink(account, made))

    def _edit(self, account: Account, post: str, text: str) -> Outcome:
        """Give our own post other words. The same request on a comment edits it too: it never answers it."""
        answer = self._graph.ask(account, "POST", post, {"message": text})
        if not isinstance(answer, Answer):
            return answer
        if answer.body.get("success") is not True:
            return Unknown("Facebook did not say whether it changed the words.")
        return Done(post)

    def _permalink(self, account: Account, made: str) -> str:
        """Return the address of what was just made; "" when Facebook won't say. It is there all the same."""
        try:
            asked = {"fields": "permalink_url"}
            return reading.address(self._graph.read(account, made, asked, seconds=LINK_SECONDS).body)
        except Trouble:
            return ""

    def reconcile(self, account: Account, outgoing: Outgoing, *, since: datetime, key: str) -> Reconciled:
        """Read everything the page wrote since the attempt, and count what is the same."""
        from_then = since - CLOCK_SLACK
        try:
            compare_clocks(self._prove(account, READ_PUBLIC if outgoing.reply_to else READ_OWN))
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
        return Found(str(first["id"]), reading.address(first), len(same))

    def _own_posts(self, account: Account, from_then: datetime) -> list[dict[str, Any]]:
        fields = f"id,message,created_time,permalink_url,{_ATTACHED}"
        path = f"{account.account_id}/published_posts"
        rows = self._graph.read_all(account, path, {"fields": fields})
        return list(takewhile(lambda row: reading.time_of(row) >= from_then, rows))  # the newest come first

    def _own_replies(self, account: Account, comment: str) -> list[dict[str, Any]]:
        params = {"fields": COMMENT_FIELDS, "filter": "stream", "order": "chronological"}
        parent = self._graph.read(account, comment, {"fields": "id,parent{id}"}).body.get("parent") or {}
        rows = self._graph.read_all(account, f"{parent.get('id') or comment}/comments", params)
        return [row for row in rows if reading.author(row)[0] == account.account_id]

    # ── In ──

    def fetch(self, account: Account, *, posts: Sequence[str], cursor: str) -> Fetched:
        """Read every comment under ``posts``, under the page's newest posts whoever made them, and under its
        visitors' newest. Raises `Trouble` unless complete.
        """
        used = self._prove(account, READ_PUBLIC).used
        return replace(self._collecting.recent(account, posts), used=used)

    def older(self, account: Account, *, since: datetime | None, cursor: str) -> Fetched:
        """Read the comments of one step of posts, by the page and its visitors. Raises `Trouble`."""
        used = self._prove(account, READ_PUBLIC).used
        return replace(self._collecting.older(account, since, cursor), used=used)

    def read_item(self, account: Account, external_id: str) -> PublicItem | None:
        """Return one comment or visitor's post as it is now; None when it is gone."""
        visitor_post = external_id.startswith(f"{account.account_id}_")
        fields = POST_FIELDS if visitor_post else COMMENT_FIELDS
        try:
            row = self._graph.read(account, external_id, {"fields": fields}).body
        except Trouble as trouble:
            self._believe_gone(account, trouble)
            return None
        post = "" if visitor_post else f"{account.account_id}_{external_id.partition('_')[0]}"
        return reading.item(row, post)

    def read_post(self, account: Account, external_id: str) -> LivePost | None:
        """Return one of our own posts or replies as it is now; None when it is gone.

        Without leave to read it Facebook leaves out the words, or says "gone": both are believed only with proof.
        """
        is_post = external_id.startswith(f"{account.account_id}_")
        scope = READ_OWN if is_post else READ_PUBLIC
        asked = {"fields": _LIVE_FIELDS if is_post else _LIVE_REPLY_FIELDS}
        try:
            row = self._graph.read(account, external_id, asked).body
        except Trouble as trouble:
            self._believe_gone(account, trouble, scope)
            return None
        if not isinstance(row.get("message"), str):
            self._prove(account, scope)
        return reading.live(row, external_id)

    def _believe_gone(self, account: Account, trouble: Trouble, scope: str = READ_PUBLIC) -> None:
        """Raise ``trouble`` unless it says "gone". Facebook says the same of what we may not see: ask about that."""
        if not trouble.is_gone:
            raise trouble
        self._prove(account, scope)

    def _prove(self, account: Account, scope: str) -> Answer:
        """Ask who we are and whether we hold ``scope``; return who we are. Raises `Trouble`.

        A reading with the wrong token, or without the scope, is an empty list: emptiness alone proves nothing.
        """
        me = self._prove_page(account)
        problem = problem_of(self._graph.inspect_token(account).body.get("data") or {}, {scope})
        if problem:
            raise Trouble(Refused(*problem))
        return me

    @control("C57", "We write as the page only: a person’s own key to it counts as a broken connection")
    def _prove_page(self, account: Account) -> Answer:
        answer = self._graph.read(account, "me", {"fields": "id"})
        if answer.body.get("id") != account.account_id:
            raise Trouble(
                Refused(RefusalKind.RECONNECT, "We are not signed in as the page. Connect it again.")
            )
        return answer

    # ── Deeds on what the public wrote: each may be done twice without harm ──

    def hide(self, account: Account, external_id: str, *, hidden: bool) -> None:
        self._graph.write(account, "POST", external_id, {"is_hidden": "true" if hidden else "false"})

    def delete(self, account: Account, external_id: str) -> None:
        try:
            self._graph.write(account, "DELETE", external_id)
        except Trouble as trouble:
            self._believe_gone(account, trouble)

    def block(self, account: Account, author_id: str) -> None:
        path, asked = f"{account.account_id}/blocked", {"user": json.dumps([author_id])}
        done = self._graph.write(account, "POST", path, asked).body
        if done.get(author_id, True) is False:  # Facebook answers for each person
            raise Trouble(Refused(RefusalKind.INVALID, "Facebook says it did not ban them."))

    # ── The settings of the page ──

    def read_settings(self, account: Account) -> Mapping[str, SettingValue]:
        """Return every setting of the page. Raises `Trouble`."""
        self._prove(account, MANAGE_PAGE)
        return page_settings.read(self._graph, account)

    def change_setting(self, account: Account, key: str, value: SettingValue) -> None:
        page_settings.change(self._graph, account, key, value)

    # ── The connection ──

    def health(self, account: Account) -> Health:
        """Say whether the token is the page's own, lives, and may do all we need; and whether Facebook still rings."""
        now = datetime.now(UTC)
        try:
            asked = self._graph.inspect_token(account)
            data = asked.body.get("data") or {}
            problem = problem_of(data, SCOPES, page=account.account_id, app=account.app_id)
            if problem:
                raise Trouble(Refused(*problem))
            me = self._prove_page(account)
            compare_clocks(me)
        except Trouble as trouble:
            return Health.troubled(trouble, now)
        return Health(
            ok=True,
            checked_at=now,
            expires_at=ends_at(data),
            scopes=scopes_of(data),
            budget_used=max((used for used in (asked.used, me.used) if used is not None), default=None),
            rings=self._rings(account),
        )

    def who_gets_in(self, account: Account) -> tuple[AccessHolder, ...]:
        """Return everybody who can reach the page. Raises `Trouble`, also when that is nobody: there is always one."""
        self._prove(account, MANAGE_PAGE)
        rows = self._graph.read_all(account, f"{account.account_id}/roles", {"fields": "id,name"})
        found = tuple(reading.holder(row) for row in rows)
        if not found:
            raise Trouble(Unknown("Facebook says that nobody can reach the page, which cannot be."))
        return found

    def _rings(self, account: Account) -> bool | None:
        """Return whether the page rings for our app, and our app is rung at an address; None when nobody can say."""
        try:
            of_page = list(self._graph.read_all(account, f"{account.account_id}/subscribed_apps", {}))
            of_app = list(self._graph.read_all(as_app(account), f"{account.app_id}/subscriptions", {}))
        except Trouble:
            return None
        page = any(row.get("id") == account.app_id and _feed(row.get("subscribed_fields")) for row in of_page)
        return page and any(_rung(row) for row in of_app)

    def handshake(self, account: Account, query: Mapping[str, str]) -> str | None:
        return hooks.handshake(account, query)

    def parse_webhook(
        self, account: Account, raw: bytes, headers: Mapping[str, str]
    ) -> Sequence[WebhookNote]:
        return hooks.parse(account, raw, headers)

    def subscribe(self, account: Account, callback_url: str) -> None:
        """Tell Facebook as the app where to ring, then as the page for what. It rings for what both name."""
        verify = str.__str__(account.verify_token)
        where = {"object": "page", "callback_url": callback_url, "fields": RINGS, "verify_token": verify}
        self._graph.write(as_app(account), "POST", f"{account.app_id}/subscriptions", where)
        path = f"{account.account_id}/subscribed_apps"
        self._graph.write(account, "POST", path, {"subscribed_fields": RINGS})


def _rung(row: Mapping[str, Any]) -> bool:
    return row.get("object") == "page" and row.get("active") is True and _feed(row.get("fields"))


def _feed(fields: object) -> bool:
    """Return whether a list of fields names the feed, by itself or as an object's name."""
    rows = fields if isinstance(fields, list) else []
    return any(row == "feed" or (isinstance(row, dict) and row.get("name") == "feed") for row in rows)
