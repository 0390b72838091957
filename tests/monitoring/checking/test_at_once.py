"""Signing a check while somebody else decides, or writes something down: one waits for the other, and none for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from stairgate.ledger.services import verify_log
from stairgate.monitoring.checking import services
from stairgate.monitoring.checking.models import PageCheck, SampleLook
from stairgate.monitoring.checking.receipts import seal, step_seal
from stairgate.monitoring.checking.rules import Answer, Given, Step, headings_of
from stairgate.monitoring.checking.selectors import check_now
from stairgate.monitoring.entering.services import Seen, enter
from stairgate.monitoring.models import Item
from stairgate.networks.base import ItemKind
from stairgate.publishing.services import Refusal
from tests.accounts import open_group
from tests.cast import Cast
from tests.ledger.flushing import allow_flush
from tests.monitoring import test_at_once as both

allow_flush()
cast, now = both.cast, both.now

pytestmark = pytest.mark.clause("C38", "C39")


def answered(cast: Cast, at: datetime) -> PageCheck:
    for step in Step:
        given = {heading.id: Given(Answer.NONE) for heading in headings_of(step)}
        check = services.answer(
            actor=cast.kofi,
            organisation=cast.organisation,
            step=step,
            given=given,
            seen=step_seal(step, {}),
            at=at,
        )
    return check


def sign(cast: Cast, check: PageCheck, seen: str, at: datetime) -> None:
    services.sign(actor=cast.kofi, check=check, seen=seen, note="", at=at)


def test_somebody_decides_about_what_is_being_drawn(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    check, later = answered(cast, now), now + timedelta(seconds=1)
    item = both.comment(cast, later, "1_1")
    both.decide(cast.kofi, item, later)
    item.refresh_from_db()
    seen = seal(check_now(cast.organisation, later))
    written = both.after_the_first_entry(monkeypatch)

    def decide_then() -> None:
        assert written.wait(120)
        both.decide(cast.gwen, item, later + timedelta(seconds=1))

    both.at_once([lambda: sign(cast, check, seen, later), decide_then])
    assert SampleLook.objects.count() == 1 and item.decisions.count() == 2
    assert verify_log(cast.organisation.id) == []


def test_something_is_written_down_by_hand(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = open_group(cast.nursery, now)
    later = now + timedelta(seconds=1)
    check = answered(cast, later)
    seen = seal(check_now(cast.organisation, later))
    written = both.after_the_first_entry(monkeypatch)
    what = Seen(ItemKind.COMMENT, "hello there", "Sam", now)

    def enter_then() -> None:
        assert written.wait(120)
        enter(actor=cast.gwen, channel=group, seen=what, at=later)

    both.at_once([lambda: sign(cast, check, seen, later), enter_then])
    assert Item.objects.count() == 1 and PageCheck.objects.filter(signed_at__isnull=False).count() == 1
    assert verify_log(cast.organisation.id) == []


def test_two_people_sign_at_once(cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    check = answered(cast, now)
    seen = seal(check_now(cast.organisation, now))
    written = both.after_the_first_entry(monkeypatch)

    def sign_then() -> None:
        assert written.wait(120)
        with pytest.raises(Refusal, match="signed it already"):
            services.sign(actor=cast.gwen, check=check, seen=seen, note="", at=now)

    both.at_once([lambda: sign(cast, check, seen, now), sign_then])
    assert PageCheck.objects.get().signed_by == cast.kofi and verify_log(cast.organisation.id) == []
