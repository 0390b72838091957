"""Accounts on Mastodon and X, through their screens: connected, told what can be done there, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels import connecting
from stairgate.channels.models import Channel, Connection
from stairgate.channels.services import Credentials, account_for
from stairgate.monitoring.models import Action, Decision, Item
from stairgate.networks.base import Secret
from stairgate.organisations.models import User
from stairgate.publishing.services.common import Refusal
from tests.accounts import open_account
from tests.cast import PURPOSE, Cast, willow_lane
from tests.monitoring.hands import act, decide, read
from tests.networks import mastodon_server, x_server
from tests.networks.loopback import broken
from tests.networks.mastodon_server import MastodonServer, mastodon
from tests.networks.x_server import XServer, x_network


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    settings.PRACTICE_URL = "http://127.0.0.1:9"
    return willow_lane(timezone.now())


@pytest.fixture
def toots() -> Iterator[MastodonServer]:
    with mastodon() as server:
        yield server


@pytest.fixture
def x(monkeypatch: pytest.MonkeyPatch) -> Iterator[XServer]:
    with x_network() as server:
        monkeypatch.setattr(connecting, "X", server.url)
        yield server


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def authorised(cast: Cast, network: Channel.Network) -> Channel:
    """Return an account that is authorised and not connected."""
    nowhere = Credentials("http://127.0.0.1:9", "nobody", Secret("not-a-token"))
    channel = open_account(
        cast.nursery, nowhere, timezone.now(), network=network, name=f"Willow on {network}"
    )
    Connection.objects.filter(channel=channel).delete()
    return channel


def opened(cast: Cast, toots: MastodonServer) -> Channel:
    """Return an account on Mastodon that is connected and works."""
    account = toots.account
    credentials = Credentials(account.base_url, account.account_id, account.token, handle="willow")
    return open_account(
        cast.nursery, credentials, timezone.now(), network=Channel.Network.MASTODON, name="Willow toots"
    )


def test_a_mastodon_account_is_connected_by_its_server_and_a_token(cast: Cast, toots: MastodonServer) -> None:
    channel, priya = authorised(cast, Channel.Network.MASTODON), signed_in(cast.priya)
    where = reverse("channels:connect", args=[channel.pk])
    page = priya.get(where).content.decode()
    assert "What we can do here, and what you must do by hand" in page and "whoever runs the server" in page
    profile = f"{toots.url}/@willow"
    refused = priya.post(where, {"server": profile, "token": "wrong word"})
    assert refused.status_code == 422 and b"no longer lets us in" in refused.content
    assert b"wrong word" not in refused.content and not Connection.objects.filter(channel=channel).exists()
    done = priya.post(where, {"server": profile, "token": mastodon_server.TOKEN})
    assert done.status_code == 302
    account = account_for(Channel.objects.get(pk=channel.pk))
    assert (account.base_url, account.account_id) == (toots.url, toots.account.account_id)
    assert mastodon_server.TOKEN.encode() not in bytes(Connection.objects.get(channel=channel).token)
    shown = priya.get(reverse("channels:account", args=[channel.pk])).content.decode()
    assert "Nobody can do here" in shown and f"{toots.url}/@willow" in shown
    assert mastodon_server.TOKEN not in shown
    stranger = signed_in(cast.outsider)
    assert stranger.get(where).status_code == 404
    assert stranger.post(where, {"server": toots.url, "token": "x"}).status_code == 404


@pytest.mark.parametrize(
    "server",
    ["http://mastodon.example", "https://10.0.0.7", "https://toot.internal", "https://a:b@toot.example"],
)
def test_a_server_that_is_not_out_there_is_not_asked(cast: Cast, server: str, settings: Any) -> None:
    settings.PRACTICE_URL = ""
    channel = authorised(cast, Channel.Network.MASTODON)
    where = reverse("channels:connect", args=[channel.pk])
    answer = signed_in(cast.priya).post(where, {"server": server, "token": "token"})
    assert answer.status_code == 422 and b"Give " in answer.content


def test_an_x_account_is_connected_by_its_four_keys(cast: Cast, x: XServer) -> None:
    channel, priya = authorised(cast, Channel.Network.X), signed_in(cast.priya)
    where = reverse("channels:connect", args=[channel.pk])
    page = priya.get(where).content.decode()
    assert "press the three dots" in page and "about $0.005, once a day" in page
    keys = {
        "api_key": x_server.KEY,
        "api_secret": x_server.KEY_SECRET,
        "token": x_server.TOKEN,
        "token_secret": "wrong word",
    }
    refused = priya.post(where, keys)
    assert refused.status_code == 422 and b"wrong word" not in refused.content
    assert x_server.KEY_SECRET.encode() not in refused.content
    assert priya.post(where, {**keys, "token_secret": x_server.TOKEN_SECRET}).status_code == 302
    account = account_for(Channel.objects.get(pk=channel.pk))
    assert account.account_id == x_server.OWN and account.handle == "willow"
    row = Connection.objects.get(channel=channel)
    sealed = bytes(row.token) + bytes(row.app_secret)
    assert not any(secret.encode() in sealed for secret in (x_server.TOKEN_SECRET, x_server.KEY_SECRET))


@pytest.mark.clause("C78")
def test_what_a_post_on_x_costs_is_said_while_it_is_written_and_before_it_is_approved(cast: Cast) -> None:
    keys = Credentials("http://127.0.0.1:9", x_server.OWN, Secret("a:b"), app_id="key")
    channel = open_account(cast.nursery, keys, timezone.now(), network=Channel.Network.X, name="Willow on X")
    tom = signed_in(cast.tom)
    values = {"text": "Soup day", "channels": [str(channel.pk)], "purpose": PURPOSE}
    page = tom.post(reverse("publishing:check"), values).content.decode()
    assert "On Willow on X it costs about $0.015; with a link it would be $0.20." in page
    values["text"] = "Soup day: https://willowlane.example/menu"
    page = tom.post(reverse("publishing:check"), values).content.decode()
    assert "it costs about $0.20, because it has a link" in page
    values["channels"] = [str(cast.channel.pk)]
    assert "it costs" not in tom.post(reverse("publishing:check"), values).content.decode()


# ── What the public wrote there ──


@pytest.mark.clause("C40")
def test_on_mastodon_harm_waits_for_a_person_who_reports_it_and_bans_its_author(
    cast: Cast, toots: MastodonServer
) -> None:
    opened(cast, toots)
    text = "@willow I will wait for the children outside the gate and hurt them"
    rude = toots.write(mastodon_server.STRANGER, text, mentions=[{"id": mastodon_server.OWN}])
    read()
    item = Item.objects.get(external_id=rude)
    assert not item.actions.exists(), "nobody can hide it there, and we do not pretend to"
    with pytest.raises(Refusal, match="Nobody can"):
        decide(cast.kofi, item, Decision.Kind.HIDE)
    page = signed_in(cast.kofi).get(reverse("monitoring:item", args=[item.pk])).content.decode()
    assert "Report it to the network" in page and "Ban the account" in page and "Hide it" not in page
    decide(cast.kofi, item, Decision.Kind.REPORT, "Threatens Amira’s group")
    act()
    (sent,) = toots.reports
    assert sent["status_ids"] == [rude] and "Amira" not in sent["comment"]
    item.refresh_from_db()
    decide(cast.kofi, item, Decision.Kind.BAN)
    act()
    assert toots.blocked == [mastodon_server.STRANGER]
    done = item.actions.order_by("pk").values_list("kind", "state")
    assert list(done) == [("report", "done"), ("block", "done")]


def test_a_report_is_neither_overtaken_nor_overtakes(cast: Cast, toots: MastodonServer) -> None:
    opened(cast, toots)
    rude = toots.write(mastodon_server.STRANGER, "@willow Rude", mentions=[{"id": mastodon_server.OWN}])
    read()
    item = Item.objects.get(external_id=rude)
    toots.instead["POST /api/v1/reports"] = [broken(502)]
    decide(cast.kofi, item, Decision.Kind.REPORT)
    act()
    item.refresh_from_db()
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    assert Action.objects.get().state == Action.State.WAITING and toots.reports == []
    act()
    assert Action.objects.get().state == Action.State.DONE and len(toots.reports) == 1


@pytest.mark.clause("C40")
def test_on_x_a_hidden_answer_stays_hidden_though_x_never_says_so(cast: Cast, x: XServer) -> None:
    account = x.account
    keys = Credentials(
        x.url, account.account_id, account.token, app_id=account.app_id, app_secret=account.app_secret
    )
    open_account(cast.nursery, keys, timezone.now(), network=Channel.Network.X, name="Willow on X")
    rude = x.write(x_server.STRANGER, "@willow You are a useless bunch")
    read()
    item = Item.objects.get(external_id=rude)
    decide(cast.kofi, item, Decision.Kind.HIDE)
    act()
    assert x.hidden == {rude}
    for _ in range(2):
        read()
    item.refresh_from_db()
    assert item.is_hidden and item.state == Item.State.DECIDED
    with pytest.raises(Refusal, match="press the three dots"):
        decide(cast.kofi, item, Decision.Kind.BAN)


def test_what_is_older_than_a_reading_goes_back_is_not_asked_after(cast: Cast, x: XServer) -> None:
    account = x.account
    keys = Credentials(
        x.url, account.account_id, account.token, app_id=account.app_id, app_secret=account.app_secret
    )
    open_account(cast.nursery, keys, timezone.now(), network=Channel.Network.X, name="Willow on X")
    old, new = (x.write(x_server.STRANGER, f"@willow {words}") for words in ("long ago", "now"))
    read()
    Item.objects.filter(external_id=old).update(written_at=timezone.now() - timedelta(days=8))
    for number in (old, new):
        del x.posts[number]
    x.asked.clear()
    read()
    assert [line for line in x.lines() if line.startswith("GET /2/tweets/9")] == [f"GET /2/tweets/{new}"]
    assert Item.objects.get(external_id=new).gone_at and not Item.objects.get(external_id=old).gone_at
