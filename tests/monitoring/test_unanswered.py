"""A comment whose reply was taken back has no answer, so it waits in the inbox again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from stairgate.ledger.models import Entry
from stairgate.monitoring import services, unanswered
from stairgate.monitoring.models import Decision, Item
from stairgate.monitoring.selectors import inbox
from stairgate.publishing.models import Post
from stairgate.publishing.services import withdraw
from tests.cast import Cast
from tests.monitoring.hands import read
from tests.practice.fixtures import Practice

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C39")]


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "Sam", "Any places?")
    read()
    return Item.objects.get()


def reply(cast: Cast, item: Item) -> Post:
    item.refresh_from_db()
    text = "Please ring the office."
    return services.reply(actor=cast.kofi, item=item, version=item.version, text=text, at=timezone.now())


def sweep() -> int:
    return unanswered.sweep(timezone.now(), "test")


def test_a_reply_that_is_taken_back_opens_the_comment_once(cast: Cast, item: Item) -> None:
    post = reply(cast, item)
    assert not inbox(cast.organisation).exists() and sweep() == 0
    withdraw(actor=cast.kofi, post=post, reason="Rang instead", at=timezone.now())
    assert (sweep(), sweep()) == (1, 0)
    assert list(inbox(cast.organisation)) == [item]
    assert Entry.objects.filter(kind="monitoring.opened_again", subject=str(item.pk)).count() == 1


def test_what_was_decided_after_it_stays_decided(cast: Cast, item: Item) -> None:
    withdraw(actor=cast.kofi, post=reply(cast, item), reason="Rang instead", at=timezone.now())
    sweep()
    item.refresh_from_db()
    services.decide(
        actor=cast.kofi,
        item=item,
        version=item.version,
        kind=Decision.Kind.NO_ACTION,
        reason="Rang them.",
        at=timezone.now() + timedelta(seconds=1),
    )
    assert sweep() == 0 and not inbox(cast.organisation).exists()


def test_a_second_reply_under_way_keeps_it_decided(cast: Cast, item: Item) -> None:
    withdraw(actor=cast.kofi, post=reply(cast, item), reason="Rang instead", at=timezone.now())
    reply(cast, item)
    assert sweep() == 0
