"""A setting with some history: posts of its own and comments, without a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from stairgate.monitoring.models import Item
from stairgate.organisations.models import Organisation
from stairgate.publishing.content import Content
from stairgate.publishing.models import Revision
from stairgate.publishing.services import save_draft
from tests.cast import PURPOSE, Cast, willow_lane


@pytest.fixture
def cast(db: None) -> Cast:
    return willow_lane(timezone.now())


@pytest.fixture
def write(cast: Cast) -> Callable[[str], Revision]:
    """Return what saves a draft of Tom's."""

    def save(text: str) -> Revision:
        content = Content(text=text, channel_ids=(cast.channel.pk,), purpose=PURPOSE)
        return save_draft(
            actor=cast.tom,
            organisation=cast.organisation,
            post=None,
            content=content,
            seen=None,
            at=timezone.now(),
        )

    return save


@pytest.fixture
def comment(cast: Cast) -> Callable[[str], Item]:
    """Return what puts a comment there as if it had been collected."""

    def put(text: str, organisation: Organisation | None = None) -> Item:
        count = Item.objects.count()
        at = timezone.now() - timedelta(minutes=count)
        return Item.objects.create(
            organisation=organisation or cast.organisation,
            channel=cast.channel,
            external_id=f"c{count}",
            kind="comment",
            text=text,
            written_at=at,
            first_seen_at=at,
        )

    return put
