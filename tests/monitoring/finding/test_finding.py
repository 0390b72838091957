"""What the public wrote is found again: by words, also former ones, by writer, account, time, and what was decided."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.channels.models import Channel
from stairgate.monitoring import services
from stairgate.monitoring.finding.forms import FindForm
from stairgate.monitoring.finding.selectors import A_PAGE, Wanted, find
from stairgate.monitoring.models import Decision, Item, Sighting
from tests.accounts import open_group
from tests.cast import Cast, willow_lane
from tests.web.test_permissions import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C82")]

NIGHT = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)  # already 2 July in the setting


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


def wrote(
    cast: Cast,
    text: str,
    *,
    by: str = "Sam",
    at: datetime | None = None,
    risk: int = 0,
    channel: Channel | None = None,
) -> Item:
    at = at or timezone.now()
    return Item.objects.create(
        organisation=cast.organisation,
        channel=channel or cast.channel,
        external_id=str(uuid4()),
        kind="comment",
        author_name=by,
        text=text,
        written_at=at,
        first_seen_at=at,
        risk=risk,
        screening={"action": "pass", "findings": []},
    )


def found(cast: Cast, **wanted: Any) -> list[str]:
    return sorted(item.text for item in find(cast.organisation, Wanted(**wanted), number=1).items)


def test_each_word_has_to_be_there_in_any_case_and_order(cast: Cast) -> None:
    for text in ("The Garden is lovely", "lovely soup", "A garden"):
        wrote(cast, text)
    assert found(cast, words="garden LOVELY") == ["The Garden is lovely"]
    assert found(cast, words="lovely") == ["The Garden is lovely", "lovely soup"]
    assert found(cast, words="100%") == [] and found(cast, words="_") == []
    assert len(found(cast)) == 3


def test_who_changes_their_words_does_not_hide_them(cast: Cast) -> None:
    item = wrote(cast, "Sorry, nothing")
    Sighting.objects.create(item=item, at=timezone.now(), text="Where does she live?")
    assert found(cast, words="live") == ["Sorry, nothing"]


def test_by_writer_account_gravity_and_day_of_the_settings_own_clock(cast: Cast) -> None:
    group = open_group(cast.nursery, timezone.now())
    wrote(cast, "a", by="Friendly_8", risk=4)
    wrote(cast, "b", channel=group)
    wrote(cast, "c", at=NIGHT)
    assert found(cast, writer="friendly") == ["a"]
    assert found(cast, channel=group.pk) == ["b"]
    assert found(cast, at_least=4) == ["a"]
    second = datetime(2026, 7, 2).date()
    assert found(cast, from_on=second, until_on=second) == ["c"]
    assert found(cast, until_on=second - timedelta(days=1)) == []


def test_by_what_was_decided_last(cast: Cast) -> None:
    now = timezone.now()
    item, _ = wrote(cast, "decided"), wrote(cast, "waits")
    for kind, later in ((Decision.Kind.HIDE, 0), (Decision.Kind.NO_ACTION, 1)):
        item.refresh_from_db()
        services.decide(
            actor=cast.gwen,
            item=item,
            version=item.version,
            kind=kind,
            reason="Looked at",
            at=now + timedelta(seconds=later),
        )
    assert found(cast, decided="open") == ["waits"]
    assert found(cast, decided="no_action") == ["decided"] and found(cast, decided="hide") == []


def test_nothing_of_another_setting_is_ever_found(cast: Cast) -> None:
    wrote(cast, "ours")
    assert find(cast.elsewhere, Wanted(words="ours"), number=1).items == ()
    page = signed_in(cast.outsider).get("/inbox/find/", {"words": "ours", "channel": str(cast.channel.pk)})
    assert page.status_code == 422 and "ours</" not in page.content.decode()


def test_pages_follow_each_other(cast: Cast) -> None:
    for number in range(A_PAGE + 3):
        wrote(cast, f"soup {number}")
    first, second = (find(cast.organisation, Wanted(words="soup"), number=number) for number in (1, 2))
    assert (len(first.items), first.more, len(second.items), second.more) == (A_PAGE, True, 3, False)
    assert not {one.pk for one in first.items} & {one.pk for one in second.items}
    page = signed_in(cast.gwen).get("/inbox/find/?words=soup").content.decode()
    assert "?page=2&amp;words=soup" in page
    for strange in ("0", "-1", "x", "99999999999999999999"):
        assert signed_in(cast.gwen).get(f"/inbox/find/?words=soup&page={strange}").status_code == 200


@given(st.dictionaries(st.sampled_from(list(FindForm(channels=[]).fields)), st.text(max_size=30)))
def test_whatever_is_typed_is_answered(typed: dict[str, str]) -> None:
    form = FindForm(typed, channels=[])
    assert not form.is_valid() or form.wanted() is not None
