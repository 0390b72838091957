"""Random deeds by random people: whatever they do, in whatever order, nothing unapproved reaches a page.

After each deed everything on the pages went out by a valid passage, and is there once. The machine is in
`random_deeds`. The suite takes a short run; ``python -m tests.publishing.many_deeds`` a long one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from stairgate.channels import services as channel_services
from stairgate.channels.services import Credentials, note_health
from stairgate.networks.base import Health, Secret
from stairgate.organisations import access
from stairgate.publishing import delivery, taking_down
from stairgate.publishing.states import ForbiddenMove
from tests.accounts import open_account
from tests.cast import willow_lane
from tests.practice.fixtures import Practice
from tests.publishing.random_deeds import Deeds
from tests.publishing.random_pages import Honest, Practised
from tests.publishing.tally import Tally

pytestmark = [pytest.mark.clause("C78"), pytest.mark.clause("C04"), pytest.mark.django_db]

#: a machine's clock runs ahead by up to a hundred days, and a network's stays where it is: it begins long before
LONG_AGO = timedelta(days=150)
#: how many rules of the machine a run follows; some are several deeds
STEPS = int(os.environ.get("STAIRGATE_RANDOM_DEEDS_STEPS", "30"))


@pytest.fixture
def began() -> datetime:
    return (timezone.now() - LONG_AGO).replace(hour=10)


@pytest.fixture
def tally() -> Iterator[Tally]:
    """What the runs come to: printed, and kept where a long run asks for it."""
    Deeds.tally = Tally()
    yield Deeds.tally
    print(f"\n{Deeds.tally.table()}")
    if kept := os.environ.get("STAIRGATE_RANDOM_DEEDS_TALLY"):
        Path(kept).write_text(Deeds.tally.to_json(), "utf-8")


def run(page: Honest | Practised, monkeypatch: pytest.MonkeyPatch, *, runs: int) -> None:
    Deeds.network = page
    for module in (delivery, channel_services, taking_down):
        monkeypatch.setattr(module, "network_for", lambda channel: page)
    for told in (delivery, taking_down, access):
        monkeypatch.setattr(told, "timezone", SimpleNamespace(now=lambda: Deeds.running.now))
    try:
        run_state_machine_as_test(
            Deeds,
            settings=settings(
                max_examples=int(os.environ.get("STAIRGATE_RANDOM_DEEDS", runs)),
                stateful_step_count=STEPS,
                deadline=None,
                # CI judges a change, not its luck; everybody else goes on looking
                derandomize=os.environ.get("STAIRGATE_CI") == "1",
                suppress_health_check=list(HealthCheck),
            ),
        )
    except ForbiddenMove as move:  # a crash of a table is a finding too: name it
        pytest.fail(f"a deed asked for a move no table allows: {move}")


def test_random_deeds_never_get_anything_past_the_gate(
    began: datetime, tally: Tally, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On two pages that are made up."""
    cast = willow_lane(began)
    nowhere = Credentials("http://127.0.0.1:9", "100000000000002", Secret("not-a-token"))
    second = open_account(cast.nursery, nowhere, began, name="Second page")
    note_health(channel=second, health=Health(ok=True, checked_at=began))
    Deeds.start = (cast, [cast.channel, second], began)
    run(Honest(), monkeypatch, runs=9)
    assert tally.requests >= tally.runs and tally.there > tally.runs / 5, (
        "little got out, so little was proved"
    )


def test_random_deeds_leave_only_what_was_approved_on_the_practice_page(
    began: datetime, tally: Tally, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the real client and over HTTP; what is on the page is what the practice network lists."""
    cast = willow_lane(began, credentials=practice.credentials)
    Deeds.start = (cast, [cast.channel], began)
    run(Practised(practice), monkeypatch, runs=2)
    assert tally.requests >= tally.runs, "little got out, so little was proved"
