"""What is seen in a group is written down by hand, and is then as good as read: kept, sealed, screened, decided about."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from stairgate.channels.models import Channel
from stairgate.ledger.models import Entry
from stairgate.monitoring import services
from stairgate.monitoring.entering.services import LONGEST, Seen, enter
from stairgate.monitoring.models import Decision, Item, Sighting
from stairgate.networks.base import ItemKind
from stairgate.organisations.access import NotAllowed
from stairgate.publishing.services import Refusal
from stairgate.screening import Severity
from tests.accounts import open_group
from tests.cast import Cast, willow_lane
from tests.web.test_permissions import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C39", "C40")]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, settings: Any, now: datetime) -> Cast:
    settings.DEMO = True
    return willow_lane(now)


@pytest.fixture
def group(cast: Cast, now: datetime) -> Channel:
    return open_group(cast.nursery, now)


@pytest.fixture
def seen(now: datetime) -> Seen:
    words = "Which days is the one in the red coat in? I am round there most mornings"
    return Seen(ItemKind.COMMENT, words, "friendly_8", now - timedelta(hours=2))


def test_it_is_kept_sealed_and_screened_like_what_is_read(
    cast: Cast, group: Channel, seen: Seen, now: datetime
) -> None:
    item = enter(actor=cast.gwen, channel=group, seen=seen, at=now)
    assert item.state == Item.State.OPEN and item.risk == Severity.HARM
    assert (item.text, item.author_name, item.written_at) == (seen.words, "friendly_8", seen.written_at)
    assert Sighting.objects.get(item=item).raw == {"entered_by": str(cast.gwen.pk)}
    told = Entry.objects.filter(subject=str(item.pk)).order_by("index").values_list("kind", "actor")
    assert list(told) == [("monitoring.collected", "worker"), ("monitoring.entered", str(cast.gwen.pk))]
    assert not item.actions.exists(), "nothing can be hidden there by us"
    services.decide(
        actor=cast.gwen,
        item=item,
        version=item.version,
        kind=Decision.Kind.NO_ACTION,
        reason="Taken out of the group by hand.",
        at=now,
    )
    item.refresh_from_db()
    assert item.state == Item.State.DECIDED


def test_whoever_may_not_decide_writes_nothing_down(
    cast: Cast, group: Channel, seen: Seen, now: datetime
) -> None:
    for actor in (cast.tom, cast.leah, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            enter(actor=actor, channel=group, seen=seen, at=now)
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"words": "  \n"}, "Copy the words"),
        ({"words": "x" * (LONGEST + 1)}, "too long"),
        ({"written_at": None}, "has not come yet"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    cast: Cast, group: Channel, seen: Seen, now: datetime, changed: dict[str, Any], says: str
) -> None:
    changed = {name: value or now + timedelta(hours=1) for name, value in changed.items()}
    with pytest.raises(Refusal, match=says):
        enter(actor=cast.gwen, channel=group, seen=replace(seen, **changed), at=now)
    assert not Item.objects.exists()


def test_a_picture_alone_is_enough_and_never_passes_for_nothing(
    cast: Cast, group: Channel, seen: Seen, now: datetime
) -> None:
    item = enter(actor=cast.gwen, channel=group, seen=replace(seen, words="", has_picture=True), at=now)
    assert item.has_picture and item.risk >= Severity.LOOK


def test_the_same_twice_is_refused_for_a_day_and_a_page_that_is_read_at_any_time(
    cast: Cast, group: Channel, seen: Seen, now: datetime
) -> None:
    enter(actor=cast.gwen, channel=group, seen=seen, at=now)
    with pytest.raises(Refusal, match="already"):
        enter(actor=cast.kofi, channel=group, seen=seen, at=now + timedelta(hours=23))
    enter(actor=cast.kofi, channel=group, seen=seen, at=now + timedelta(hours=25))
    with pytest.raises(Refusal, match="read by itself"):
        enter(actor=cast.gwen, channel=cast.channel, seen=seen, at=now)


def test_the_form_takes_words_and_no_picture(cast: Cast, group: Channel, now: datetime) -> None:
    gwen = signed_in(cast.gwen)
    address = f"/inbox/seen/{group.pk}/"
    page = gwen.get(address).content.decode()
    assert 'type="file"' not in page and "Words only." in page
    assert re.search(r'type="datetime-local"[^>]*value="\d{4}-\d\d-\d\dT\d\d:\d\d"', page, re.DOTALL)
    local = cast.organisation.local(now - timedelta(hours=1))
    sent = {
        "kind": "comment",
        "writer": "Sam",
        "words": "Lovely\r\nsoup ",
        "written_at": f"{local:%Y-%m-%dT%H:%M}",
        "link": "",
    }
    refused = gwen.post(address, sent | {"writer": "", "words": "Kept while it is mended"})
    assert refused.status_code == 422 and "Kept while it is mended" in refused.content.decode()
    assert gwen.post(address, sent).status_code == 302
    item = Item.objects.get()
    assert item.text == "Lovely\nsoup " and item.written_at.minute == local.minute
    assert signed_in(cast.tom).get(address).status_code == 403
    assert signed_in(cast.outsider).get(address).status_code == 404
    assert gwen.get(f"/inbox/seen/{cast.channel.pk}/").status_code == 404
    assert f"/inbox/seen/{group.pk}/" in gwen.get("/inbox/").content.decode()


def test_the_form_asks_few_questions(cast: Cast, group: Channel, django_assert_max_num_queries: Any) -> None:
    gwen = signed_in(cast.gwen)
    gwen.get("/inbox/")
    with django_assert_max_num_queries(15):
        gwen.get(f"/inbox/seen/{group.pk}/")
