"""What the tests of the inbox share: the demo setting, a post of theirs on the page, and the worker's two hands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.monitoring.models import Sweep
from stairgate.networks.facebook import Facebook
from stairgate.publishing.models import Delivery, Post
from stairgate.publishing.states import DeliveryState
from tests.cast import Cast, willow_lane
from tests.monitoring.door import Door
from tests.networks.test_facebook import post as publish
from tests.practice.fixtures import Practice
from tests.practice.listener import Listener, listening


@pytest.fixture
def cast(db: None, practice: Practice) -> Cast:
    return willow_lane(timezone.now(), credentials=practice.credentials)


@pytest.fixture
def on_page(cast: Cast, practice: Practice) -> str:
    """A post of ours on the page, with the row that says so; return its id there."""
    made = publish(Facebook(), practice, "Soup day")
    now = timezone.now()
    post = Post.objects.create(
        organisation=cast.organisation,
        author=cast.tom,
        state="published",
        title="Soup day",
        created_at=now,
        updated_at=now,
    )
    revision = post.revisions.create(
        number=1, text="Soup day", digest="d", created_by=cast.tom, created_at=now
    )
    Delivery.objects.create(
        organisation=cast.organisation,
        post=post,
        revision=revision,
        channel=cast.channel,
        external_id=made,
        state=DeliveryState.DONE,
        send_at=now,
        due_at=now,
        done_at=now,
        created_at=now,
    )
    return made


@pytest.fixture
def listener(practice: Practice) -> Iterator[Listener]:
    """Where the practice network rings: a test carries on to Stairgate what came, as it came."""
    with listening(practice.given["verify_token"]) as heard:
        Facebook().subscribe(practice.account, heard.url)
        yield heard
    practice.deed("reset")


@pytest.fixture
def quiet(cast: Cast) -> Sweep:
    """An account that was read just now and is not due for hours."""
    now = timezone.now()
    return Sweep.objects.create(channel=cast.channel, due_at=now + timedelta(hours=5), complete_at=now)


@pytest.fixture
def door(cast: Cast, practice: Practice, client: Client) -> Door:
    return Door(cast, practice, client)
