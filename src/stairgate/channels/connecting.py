"""Connecting an authorised account: the network is asked first, and what it refuses is not kept."""

from __future__ import annotations

import ipaddress
import re
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from stairgate.channels.models import Channel, Connection
from stairgate.channels.owning import owner_problems
from stairgate.channels.pausing import require_manager
from stairgate.channels.rules import Owner
from stairgate.channels.services import Credentials, connect, network_for, note_health, prove_now
from stairgate.networks.base import Account, KnowsHandles, KnowsOwner, Secret, Trouble
from stairgate.networks.registry import get as network_named
from stairgate.organisations.models import User

BLUESKY = "https://bsky.social"
X = "https://api.x.com"
#: a name as it is on the internet: plain letters, ending in no number
_NAME = re.compile(r"(?:[a-z0-9_-]+\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]+)")
_INSIDE = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test")


class CannotConnect(Exception):
    """Nothing was kept; the message says what the network said, or what is wrong with what was typed.

    ``field``: the field it is about, "" when it is about the whole.
    """

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(why)
        self.field = field


def address_problem(address: str, *, practice: bool = False) -> str:
    """Return why we would not knock at an address that somebody typed, or "". Pure.

    Only a name out there, over https: nothing on this machine or behind it can be reached through us. In the
    demo (``practice``) this machine is where the practice network lives.
    """
    try:
        parts = urlsplit(address)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return "This is no address."
    if practice and host in {"127.0.0.1", "localhost"} and parts.scheme in {"http", "https"}:
        return ""
    if parts.scheme != "https" or not host:
        return "Give an address that begins with https://."
    if parts.username or parts.password or port not in {None, 443}:
        return "Give the plain address, without a name, a password or a number in it."
    if parts.query or parts.fragment:
        return "Give the plain address, with nothing after a ? or a #."
    if not _NAME.fullmatch(host) or host.endswith(_INSIDE) or _is_number(host):
        return "Give the name it has on the internet."
    return ""


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.replace(".", "").isdigit() or host.startswith("0x")
    return True


def facebook(*, page_id: str, token: str, app_id: str, app_secret: str) -> Credentials:
    """Return what opens a Facebook page. Where Facebook is, nobody types: the installation knows."""
    base = settings.FACEBOOK_URL
    public = f"{base}/willow-lane" if settings.PRACTICE_URL else f"https://www.facebook.com/{page_id}"
    return Credentials(
        base_url=base,
        account_id=page_id,
        token=Secret(token),
        app_id=app_id,
        app_secret=Secret(app_secret),
        verify_token=Secret(secrets.token_hex(16)),
        public_url=public,
    )


def instagram(*, instagram_id: str, handle: str, token: str, app_id: str, app_secret: str) -> Credentials:
    """Return what opens an Instagram account: the key of the page it is linked to. Raises `CannotConnect`."""
    base, name = settings.FACEBOOK_URL, handle.strip().lstrip("@").lower()
    if problem := cannot_be_fetched_from():
        raise CannotConnect(problem)
    public = f"{base}/instagram" if settings.PRACTICE_URL else f"https://www.instagram.com/{name}/"
    return Credentials(
        base_url=base,
        account_id=instagram_id,
        token=Secret(token),
        handle=name,
        app_id=app_id,
        app_secret=Secret(app_secret),
        verify_token=Secret(secrets.token_hex(16)),
        public_url=public,
    )


def cannot_be_fetched_from() -> str:
    """Return why a network out there could not fetch a photo from us, or "". The practice network is on this machine."""
    if settings.PRACTICE_URL or not address_problem(settings.BASE_URL):
        return ""
    return (
        "Instagram takes no photos from us: it fetches each one, from an address on the internet that begins with "
        f"https://. Stairgate’s own is {settings.BASE_URL}, where Instagram cannot come. Whoever runs Stairgate "
        "gives it one with STAIRGATE_URL; the hosting guide says how."
    )


def bluesky(*, handle: str, token: str, server: str) -> Credentials:
    """Return what opens a Bluesky account. Raises `CannotConnect` when the server does not know the handle."""
    name = handle.strip().lstrip("@").lower()
    client = network_named(Channel.Network.BLUESKY)
    assert isinstance(client, KnowsHandles)
    try:
        account_id = name if name.startswith("did:") else client.account_of(server, name)
    except Trouble as trouble:
        raise CannotConnect(f"{trouble} Is the handle right?") from None
    public = f"https://bsky.app/profile/{name}"
    return Credentials(
        base_url=server, account_id=account_id, token=Secret(token), handle=name, public_url=public
    )


def mastodon(*, server: str, token: str) -> Credentials:
    """Return what opens a Mastodon account. Raises `CannotConnect` when its server does not take the token."""
    return _owned(Channel.Network.MASTODON, Account(server, "", Secret(token)))


def x(*, api_key: str, api_secret: str, token: str, token_secret: str) -> Credentials:
    """Return what opens an X account. Raises `CannotConnect` when X does not take the keys."""
    keys = Account(X, "", Secret(f"{token}:{token_secret}"), app_id=api_key, app_secret=Secret(api_secret))
    return _owned(Channel.Network.X, keys)


def _owned(network: str, keys: Account) -> Credentials:
    """Return keys with whose account they open, as the network itself says. Raises `CannotConnect`."""
    client = network_named(network)
    assert isinstance(client, KnowsOwner)
    try:
        owner = client.owner(keys)
    except Trouble as trouble:
        raise CannotConnect(str(trouble)) from None
    return Credentials(
        base_url=keys.base_url,
        account_id=owner.account_id,
        token=keys.token,
        handle=owner.handle,
        app_id=keys.app_id,
        app_secret=keys.app_secret,
        public_url=owner.public_url,
    )


def by_hand(*, address: str) -> Credentials:
    """Return what is known of a group that has no way in: its address."""
    return Credentials(base_url=address, account_id="by-hand", token=Secret(""), public_url=address)


def connect_checked(
    *,
    actor: User,
    channel: Channel,
    credentials: Credentials,
    at: datetime,
    owner: Owner | None = None,
) -> None:
    """Ask the network whether it lets us in; if so, seal the credentials and make the account live.

    Raises `NotAllowed`, and `CannotConnect` with the network's own reasons: then nothing is kept.
    """
    require_manager(actor, channel.organisation, at)
    for field, problem in (owner_problems(channel, owner, at) if owner else {}).items():
        raise CannotConnect(problem, field)
    same = Connection.objects.filter(account_id=credentials.account_id, channel__network=channel.network)
    if channel.by_hand:
        same = same.filter(
            base_url__iexact=credentials.base_url, channel__organisation=channel.organisation_id
        )
    if same.exclude(channel=channel).exclude(channel__status=Channel.Status.CLOSED).exists():
        raise CannotConnect("This page is connected already, as another account. One page is one account.")
    if channel.by_hand:
        connect(actor=actor, channel=channel, credentials=credentials, at=at)
        prove_now(actor=actor, channel=Channel.objects.get(pk=channel.pk), at=at)
        return
    account = Account(
        base_url=credentials.base_url,
        account_id=credentials.account_id,
        handle=credentials.handle,
        app_id=credentials.app_id,
        token=credentials.token,
        app_secret=credentials.app_secret,
        verify_token=credentials.verify_token,
    )
    health = network_for(channel).health(account)
    if not health.ok:
        raise CannotConnect(" ".join(health.problems) or "The network did not let us in.")
    connect(actor=actor, channel=channel, credentials=credentials, owner=owner, at=at)
    note_health(channel=channel, health=health)
