"""The budget of every page: at most 15 questions to the database, no more with more rows, at most 100 KB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from stairgate.assurance import watching
from stairgate.channels.pausing import pause_everything
from tests.cast import willow_lane
from tests.crowd import crowd
from tests.web.pages import Seen, pages, second_steps, see, signed_in
from tests.web.test_permissions import AT_THEIR_MOMENT, DEEDS, names

#: on one worker: what they share is built once, and that is most of their time
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("budget")]

MOST_QUERIES = 15
MOST_BYTES = 100_000
#: addresses that show no page of ours: deeds, a doorbell, a file, and pages that exist only half-way in
NO_PAGE = {
    *(DEEDS.keys() - {"publishing:check", "publishing:check_saved"}),
    *AT_THEIR_MOMENT,
    *("alive", "hook", "sign_in_as", "publishing:feed", "publishing:hand_still"),
    "people:import_template",
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("mfa_activate_totp", "mfa_download_recovery_codes"),
    # of whoever has begun to read: their budget is in tests/policies/reading/test_pages.py
    *("reading:part", "reading:part_read", "reading:questions", "reading:name"),
    # papers: what they ask the database is in tests/printing
    *("policies:policy_pdf", "policies:code_pdf", "reading:certificate"),
    *("people:register_pdf", "channels:sheet_pdf", "channels:request_pdf", "channels:house_rules_pdf"),
    "library:card",
}


@pytest.fixture(scope="module")
def seen(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, tuple[Seen, Seen, Seen]]]:
    """What each page cost with few rows, what the page of the same name cost with many, and while all is paused."""
    with django_db_blocker.unblock(), override_settings(DEMO=False), transaction.atomic():  # type: ignore[attr-defined]
        cast = willow_lane(timezone.now())
        second_steps(cast.priya)
        client = signed_in(cast.priya)
        client.get(reverse("mfa_view_recovery_codes"))  # the first look is written down
        watching.sweep(timezone.now(), "worker")
        few = crowd(cast, timezone.now(), posts=22, comments=90, story=2)
        before = {str(page): see(page, client) for page in pages(few)}
        many = crowd(cast, timezone.now(), posts=220, comments=240, story=40)
        after = {str(page): see(page, client) for page in pages(many)}
        pause_everything(
            actor=cast.gwen, organisation=cast.organisation, reason="Look into it", at=timezone.now()
        )
        paused = {str(page): see(page, client) for page in pages(many)}
        transaction.set_rollback(True)
    yield {name: (before[name], after[name], paused[name]) for name in before}


def test_every_address_shows_a_page_with_a_budget_or_says_why_not(
    seen: dict[str, tuple[Seen, Seen, Seen]],
) -> None:
    measured = {name.split()[0] for name in seen}
    assert names(get_resolver().url_patterns) - NO_PAGE == measured


def test_no_page_asks_many_questions(seen: dict[str, tuple[Seen, Seen, Seen]]) -> None:
    asked = {name: len(many.queries) for name, (_, many, _) in seen.items()}
    assert {name: count for name, count in asked.items() if count > MOST_QUERIES} == {}


def test_no_page_asks_many_questions_while_everything_is_paused(
    seen: dict[str, tuple[Seen, Seen, Seen]],
) -> None:
    asked = {name: len(paused.queries) for name, (_, _, paused) in seen.items()}
    assert {name: count for name, count in asked.items() if count > MOST_QUERIES} == {}


def test_no_page_asks_more_questions_with_more_rows(seen: dict[str, tuple[Seen, Seen, Seen]]) -> None:
    asked = {name: (len(few.queries), len(many.queries)) for name, (few, many, _) in seen.items()}
    assert {name: pair for name, pair in asked.items() if pair[0] != pair[1]} == {}


def test_no_page_is_heavy(seen: dict[str, tuple[Seen, Seen, Seen]]) -> None:
    weights = {name: len(many.body) for name, (_, many, _) in seen.items()}
    assert {name: weight for name, weight in weights.items() if weight > MOST_BYTES} == {}


def test_each_page_is_really_there(seen: dict[str, tuple[Seen, Seen, Seen]]) -> None:
    statuses = {name: tuple(page.status for page in times) for name, times in seen.items()}
    assert {name: codes for name, codes in statuses.items() if codes != (200, 200, 200)} == {}


def test_a_comment_changed_over_and_over_says_how_much_is_kept_and_not_shown(
    seen: dict[str, tuple[Seen, Seen, Seen]],
) -> None:
    few, many, _ = seen["monitoring:item long story"]
    assert b"not shown here" not in few.body
    assert b"24 more changes are kept, and not shown here." in many.body
