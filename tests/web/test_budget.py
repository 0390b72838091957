"""The budget of every page: at most 15 questions to the database, no more with more rows, at most 100 KB."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from tests.cast import willow_lane
from tests.crowd import crowd
from tests.web.pages import Seen, pages, second_steps, see, signed_in
from tests.web.test_permissions import AT_THEIR_MOMENT, DEEDS, names

pytestmark = pytest.mark.django_db

MOST_QUERIES = 15
MOST_BYTES = 100_000
#: addresses that show no page of ours: deeds, a doorbell, a file, and pages that exist only half-way in
NO_PAGE = {
    *(DEEDS.keys() - {"publishing:check", "publishing:check_saved"}),
    *AT_THEIR_MOMENT,
    *("alive", "hook", "sign_in_as", "publishing:feed", "publishing:hand_still"),
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("mfa_activate_totp", "mfa_download_recovery_codes"),
}


@pytest.fixture(scope="module")
def few_and_many(django_db_setup: None, django_db_blocker: object) -> Iterator[dict[str, tuple[Seen, Seen]]]:
    """What each page cost with few rows, and what the page of the same name cost with many."""
    with django_db_blocker.unblock(), override_settings(DEMO=False), transaction.atomic():  # type: ignore[attr-defined]
        cast = willow_lane(timezone.now())
        second_steps(cast.priya)
        client = signed_in(cast.priya)
        client.get(reverse("mfa_view_recovery_codes"))  # the first look is written down
        few = crowd(cast, timezone.now(), posts=22, comments=90, story=2)
        before = {str(page): see(page, client) for page in pages(few)}
        many = crowd(cast, timezone.now(), posts=220, comments=240, story=40)
        after = {str(page): see(page, client) for page in pages(many)}
        transaction.set_rollback(True)
    yield {name: (before[name], after[name]) for name in before}


def test_every_address_shows_a_page_with_a_budget_or_says_why_not(
    few_and_many: dict[str, tuple[Seen, Seen]],
) -> None:
    measured = {name.split()[0] for name in few_and_many}
    assert names(get_resolver().url_patterns) - NO_PAGE == measured


def test_no_page_asks_many_questions(few_and_many: dict[str, tuple[Seen, Seen]]) -> None:
    asked = {name: len(many.queries) for name, (_, many) in few_and_many.items()}
    assert {name: count for name, count in asked.items() if count > MOST_QUERIES} == {}


def test_no_page_asks_more_questions_with_more_rows(few_and_many: dict[str, tuple[Seen, Seen]]) -> None:
    asked = {name: (len(few.queries), len(many.queries)) for name, (few, many) in few_and_many.items()}
    assert {name: pair for name, pair in asked.items() if pair[0] != pair[1]} == {}


def test_no_page_is_heavy(few_and_many: dict[str, tuple[Seen, Seen]]) -> None:
    weights = {name: len(many.body) for name, (_, many) in few_and_many.items()}
    assert {name: weight for name, weight in weights.items() if weight > MOST_BYTES} == {}


def test_each_page_is_really_there(few_and_many: dict[str, tuple[Seen, Seen]]) -> None:
    statuses = {name: (few.status, many.status) for name, (few, many) in few_and_many.items()}
    assert {name: pair for name, pair in statuses.items() if pair != (200, 200)} == {}


def test_a_comment_changed_over_and_over_says_how_much_is_kept_and_not_shown(
    few_and_many: dict[str, tuple[Seen, Seen]],
) -> None:
    few, many = few_and_many["monitoring:item long story"]
    assert b"not shown here" not in few.body
    assert b"24 more changes are kept, and not shown here." in many.body
