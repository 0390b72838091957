"""Connecting Instagram: through the page's key, and only where Instagram can come and fetch a photo."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels.connecting import cannot_be_fetched_from
from stairgate.channels.models import Channel, Connection
from stairgate.cli.demo_accounts import ask
from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.models import Picture
from stairgate.publishing.selectors.readiness import readiness
from tests.cast import PURPOSE, Cast, willow_lane
from tests.channels.test_pages import signed_in
from tests.practice.fixtures import Practice

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


@pytest.fixture
def channel(cast: Cast) -> Channel:
    """An Instagram account that is authorised, and not connected yet."""
    return Channel.objects.create(
        organisation=cast.organisation,
        network=Channel.Network.INSTAGRAM,
        name="Instagram",
        purposes=[PURPOSE],
        mailbox="office@willowlane.example",
        requested_by=cast.priya,
        authorised_by=cast.helen,
        authorised_at=timezone.now(),
        authorised_until=cast.organisation.day(timezone.now()),
    )


@pytest.fixture
def priya(cast: Cast) -> Client:
    return signed_in(cast.priya)


def typed(practice: Practice, **changes: str) -> dict[str, str]:
    given = practice.given
    return {
        "instagram_id": given["instagram_id"],
        "handle": f"@{given['instagram_name']}",
        "token": given["page_token"],
        "app_id": given["app_id"],
        "app_secret": given["app_secret"],
        **changes,
    }


@pytest.fixture
def practising(settings: Any, practice: Practice) -> Practice:
    settings.PRACTICE_URL = settings.FACEBOOK_URL = practice.url
    return practice


def test_the_pages_key_opens_the_account_it_is_linked_to(
    priya: Client, channel: Channel, practising: Practice
) -> None:
    where = reverse("channels:connect", args=[channel.pk])
    page = priya.get(where).content.decode()
    assert "Its Instagram is the practice network" in page and "can’t be connected here" not in page
    refused = priya.post(where, typed(practising, instagram_id="17841000000000000"))
    assert refused.status_code == 422 and b"not of the Facebook page" in refused.content
    assert practising.given["page_token"].encode() not in refused.content
    assert not Connection.objects.filter(channel=channel).exists()
    assert priya.post(where, typed(practising)).status_code == 302
    connection = Connection.objects.get(channel=channel)
    assert (connection.account_id, connection.handle) == (
        practising.given["instagram_id"],
        practising.given["instagram_name"],
    )
    assert connection.public_url == f"{practising.url}/instagram"
    assert practising.given["page_token"].encode() not in bytes(connection.token)


@pytest.mark.parametrize(
    "address", ["http://localhost:8765", "http://gate.willow.example", "https://10.0.0.7"]
)
def test_where_instagram_cannot_come_it_is_said_before_and_after_anything_is_typed(
    priya: Client, channel: Channel, practice: Practice, settings: Any, address: str
) -> None:
    settings.BASE_URL, settings.FACEBOOK_URL = address, practice.url
    where = reverse("channels:connect", args=[channel.pk])
    before = len(practice.log())
    assert "It can’t be connected here yet" in priya.get(where).content.decode()
    refused = priya.post(where, typed(practice))
    assert refused.status_code == 422 and address in refused.content.decode()
    assert len(practice.log()) == before  # nobody is asked in vain
    assert not Connection.objects.filter(channel=channel).exists()


def test_an_address_on_the_internet_will_do(settings: Any) -> None:
    settings.BASE_URL = "https://gate.willow.example"
    assert cannot_be_fetched_from() == ""


def test_other_networks_ask_for_no_address_of_ours(priya: Client, cast: Cast) -> None:
    page = priya.get(reverse("channels:connect", args=[cast.channel.pk])).content.decode()
    assert "can’t be connected here" not in page


def test_it_can_be_asked_for(cast: Cast) -> None:
    request = ask(cast.nursery, timezone.now(), network="instagram", name="Willow Lane in pictures")
    assert request.answers["network"] == "instagram"


@pytest.mark.parametrize(
    ("size", "says"),
    [
        (None, "A post on Instagram needs a photo"),
        ((600, 1000), "The photo is too tall for Instagram: cut it to 4:5 or wider"),
        ((1000, 1000), "Words: nothing left to look at"),
    ],
)
def test_an_author_is_told_what_instagram_refuses(
    cast: Cast, channel: Channel, size: tuple[int, int] | None, says: str
) -> None:
    uses: tuple[PictureUse, ...] = ()
    if size:
        row = Picture.objects.create(
            organisation=cast.organisation,
            sha256="0" * 64,
            media_type="image/jpeg",
            width=size[0],
            height=size[1],
            added_by=cast.tom,
            added_at=timezone.now(),
        )
        uses = (PictureUse(row.pk, "Wellies", "nobody"),)
    ready = readiness(
        organisation=cast.organisation,
        content=Content("Puddle day! Everyone came back muddy and happy.", (channel.pk,), PURPOSE),
        writers=frozenset(),
        answered=frozenset(),
        pictures=uses,
        now=timezone.now(),
    )
    assert says in [bar.says for bar in ready.bars if bar.key == "words"]
