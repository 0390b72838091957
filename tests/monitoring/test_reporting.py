"""Reporting what somebody wrote to the people who run its network, down to the real Bluesky's own moderators."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.channels import services as channel_services
from stairgate.channels.models import Channel
from stairgate.channels.services import Credentials
from stairgate.monitoring.models import Action, Decision, Item
from stairgate.networks.base import Network, Secret
from stairgate.networks.bluesky import Bluesky
from stairgate.networks.registry import get
from stairgate.publishing.services import Refusal
from tests.accounts import open_account
from tests.cast import Cast
from tests.monitoring.hands import act, decide, kinds, read
from tests.networks.bluesky_fixture import BlueskyServer, Moderation, eventually
from tests.practice.fixtures import Practice

HARM = "Which days is the one in the red coat in? I am round there most mornings"


@pytest.fixture
def channel(
    cast: Cast, appview: str, bluesky: BlueskyServer, moderation: Moderation, monkeypatch: pytest.MonkeyPatch
) -> Channel:
    """The nursery's account on the real Bluesky; reports go to whoever takes them here."""
    client = Bluesky(moderation.did)

    def named(network: str) -> Network:
        return client if network == "bluesky" else get(network)

    monkeypatch.setattr(channel_services, "network_named", named)
    own = bluesky.own
    credentials = Credentials(bluesky.url, own.did, Secret(own.password), handle=own.handle)
    network = Channel.Network.BLUESKY
    return open_account(cast.nursery, credentials, timezone.now(), network=network, name="Bluesky")


@pytest.fixture
def kofi(cast: Cast, settings: object) -> Client:
    settings.DEMO = True  # type: ignore[attr-defined]
    client = Client()
    client.force_login(cast.kofi, backend="django.contrib.auth.backends.ModelBackend")
    return client


def read_in(uri: str) -> Item:
    """Return an item once a reading has brought it."""

    def look() -> Item | None:
        read()
        return Item.objects.filter(external_id=uri).first()

    return eventually(look)


def reports(moderation: Moderation, uri: str) -> list[str]:
    """Return the words of each report about a post."""
    about = (one for one in moderation.reports() if one["subject"].get("uri") == uri)
    return [one["event"]["comment"] for one in about]


@pytest.mark.node
@pytest.mark.django_db
@pytest.mark.clause("C40")
def test_a_report_reaches_the_network_and_changes_nothing_on_the_page(
    cast: Cast, channel: Channel, bluesky: BlueskyServer, moderation: Moderation
) -> None:
    uri = bluesky.others[1].mention(bluesky.own, f"nobody there can count {uuid4()}")
    item = read_in(uri)
    decide(cast.kofi, item, Decision.Kind.REPORT, "Maisie’s uncle writes this under everything")
    act()
    (words,) = reports(moderation, uri)
    assert "Maisie" not in words and "Please look at it" in words
    item.refresh_from_db()
    assert item.state == Item.State.DECIDED and not item.is_hidden
    assert item.actions.get(kind=Action.Kind.REPORT).state == Action.State.DONE
    assert {"monitoring.decided", "monitoring.acted"} <= set(kinds(cast))


@pytest.mark.node
@pytest.mark.django_db
@pytest.mark.clause("C40")
def test_a_report_does_not_call_off_what_is_on_its_way_nor_is_it_called_off(
    cast: Cast, channel: Channel, bluesky: BlueskyServer, moderation: Moderation
) -> None:
    post = bluesky.own.post(f"Puddle day! {uuid4()}")
    uri = bluesky.others[1].reply(post, HARM)
    item = read_in(uri)
    assert item.actions.get().kind == Action.Kind.HIDE
    decide(cast.kofi, item, Decision.Kind.REPORT)
    decide(cast.kofi, Item.objects.get(pk=item.pk), Decision.Kind.HIDE)
    for _ in range(2):  # one deed on an item at a time
        act()
    gate = post.replace("app.bsky.feed.post", "app.bsky.feed.threadgate")
    assert bluesky.own.record(gate)["value"]["hiddenReplies"] == [uri]
    assert len(reports(moderation, uri)) == 1


@pytest.mark.node
@pytest.mark.django_db
@pytest.mark.clause("C40")
def test_harm_that_is_reported_is_hidden_all_the_same(
    cast: Cast, channel: Channel, bluesky: BlueskyServer
) -> None:
    post = bluesky.own.post(f"Soup day! {uuid4()}")
    uri = bluesky.others[1].reply(post, HARM)
    decide(cast.kofi, read_in(uri), Decision.Kind.REPORT)
    for _ in range(2):
        act()
    assert Item.objects.get(external_id=uri).is_hidden


@pytest.mark.node
@pytest.mark.django_db
def test_the_page_offers_a_report_where_the_network_takes_one(
    kofi: Client, channel: Channel, bluesky: BlueskyServer
) -> None:
    item = read_in(bluesky.others[1].mention(bluesky.own, f"hello {uuid4()}"))
    page = kofi.get(f"/inbox/{item.pk}/").content.decode()
    assert 'value="report"' in page


def test_where_the_network_takes_none_it_is_refused_and_not_offered(
    cast: Cast, practice: Practice, on_page: str, kofi: Client
) -> None:
    practice.comment(on_page, "Sam", "Lovely")
    read()
    item = Item.objects.get()
    with pytest.raises(Refusal, match="Facebook does not let us do this"):
        decide(cast.kofi, item, Decision.Kind.REPORT)
    address = f"/inbox/{item.pk}/"
    assert 'value="report"' not in kofi.get(address).content.decode()
    deed = {"kind": "report", "reason": "Not nice", "version": item.version}
    assert kofi.post(f"{address}decide/", deed).status_code == 422
    assert not Action.objects.exists()
