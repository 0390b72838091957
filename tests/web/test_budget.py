"""The budget of every page: at most 15 questions to the database, no more with more rows, at most 100 KB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver, reverse
from django.utils import timezone

from stairgate.assurance import watching
from stairgate.channels.pausing import pause_everything
from stairgate.organisations.models import User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join
from stairgate.people.models import Person
from tests.cast import PASSWORD, Cast, willow_lane
from tests.crowd import crowd
from tests.web.pages import Page, Seen, pages, second_steps, see, signed_in
from tests.web.test_permissions import AT_THEIR_MOMENT, DEEDS, LEADS_ON, names

#: on one worker: what they share is built once, and that is most of their time
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("budget")]

MOST_QUERIES = 15
MOST_BYTES = 100_000
#: addresses that show no page of ours: deeds, a doorbell, a file, and pages that exist only half-way in
NO_PAGE = {
    *(DEEDS.keys() - {"publishing:check", "publishing:check_saved"}),
    *AT_THEIR_MOMENT,
    *LEADS_ON,
    *("alive", "hook", "sign_in_as", "publishing:feed", "publishing:fetch", "publishing:hand_still"),
    "people:import_template",
    *("mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn"),
    *("mfa_activate_totp", "mfa_download_recovery_codes"),
    # they last a few minutes: their budget is in tests/channels/test_vault.py
    *("channels:vault_look", "channels:vault_next"),
    # of whoever has begun to read: their budget is in tests/policies/reading/test_pages.py
    *("reading:part", "reading:part_read", "reading:questions", "reading:name"),
    # papers: what they ask the database is in tests/printing
    *("policies:policy_pdf", "policies:code_pdf", "reading:certificate"),
    *("people:register_pdf", "channels:sheet_pdf", "channels:request_pdf", "channels:house_rules_pdf"),
    "monitoring:enter",  # of a place that nothing can read: its budget is in tests/monitoring/entering
    *("library:card", "checking:receipt_pdf"),
    "channels:settings_picture",
}
#: of the cast, whose Today is measured too, and who is not in the cast
OTHERS = ("kofi", "tom", "gwen", "leah", "helen")
COMING = {
    "a deputy lead": (Role.DEPUTY_DSL,),
    "a manager": (Role.MANAGER,),
    "a manager and lead": (Role.MANAGER, Role.SERVICE_MANAGER, Role.DSL),
    "a member of staff": (Role.STAFF,),
    "the committee": (),
}
#: with few rows, with many, and while all is paused
Times = tuple[Seen, Seen, Seen]


@dataclass(frozen=True, slots=True)
class Measured:
    """What each page cost a manager, and what Today cost everybody else."""

    pages: dict[str, Times]
    todays: dict[str, Times]


@pytest.fixture(scope="module")
def measured(django_db_setup: None, django_db_blocker: object) -> Iterator[Measured]:
    with django_db_blocker.unblock(), override_settings(DEMO=False), transaction.atomic():  # type: ignore[attr-defined]
        cast = willow_lane(timezone.now())
        second_steps(cast.priya)
        client = signed_in(cast.priya)
        client.get(reverse("mfa_view_recovery_codes"))  # the first look is written down
        others = _others(cast)
        watching.sweep(timezone.now(), "worker")
        few = crowd(cast, timezone.now(), posts=22, comments=90, story=2)
        before, todays = {str(page): see(page, client) for page in pages(few)}, [_todays(others)]
        many = crowd(cast, timezone.now(), posts=220, comments=240, story=40)
        after = {str(page): see(page, client) for page in pages(many)}
        todays.append(_todays(others))
        pause_everything(
            actor=cast.gwen, organisation=cast.organisation, reason="Look into it", at=timezone.now()
        )
        paused = {str(page): see(page, client) for page in pages(many)}
        todays.append(_todays(others))
        transaction.set_rollback(True)
    yield Measured(_by_name(before, after, paused), _by_name(*todays))


def _others(cast: Cast) -> dict[str, Client]:
    """Return a browser for each other role of the setting; of those who come new nothing is on record yet."""
    people = {name: getattr(cast, name) for name in OTHERS}
    people |= {name: _coming(cast, name, roles) for name, roles in COMING.items()}
    for user in people.values():
        second_steps(user)
    return {name: signed_in(user) for name, user in people.items()}


def _coming(cast: Cast, name: str, roles: tuple[Role, ...]) -> User:
    now, first = timezone.now(), "Connie"
    email = f"{name.replace(' ', '.')}@willowlane.example"
    user = User.objects.create_user(email, PASSWORD, first_name=first)
    join(
        actor=cast.priya, organisation=cast.organisation, user=user, job_title="New here", roles=roles, at=now
    )
    Person.objects.create(
        organisation=cast.organisation,
        user=user,
        first_name=first,
        full_name=f"{first} Example",
        started_on=cast.organisation.day(now),
        basis=Person.Basis.STAFF if roles else Person.Basis.COMMITTEE,
    )
    return user


def _todays(others: dict[str, Client]) -> dict[str, Seen]:
    return {name: see(Page("today", reverse("today")), client) for name, client in others.items()}


def _by_name(few: dict[str, Seen], many: dict[str, Seen], paused: dict[str, Seen]) -> dict[str, Times]:
    return {name: (few[name], many[name], paused[name]) for name in few}


@pytest.fixture(scope="module")
def seen(measured: Measured) -> dict[str, Times]:
    """What each page cost with few rows, what the page of the same name cost with many, and while all is paused."""
    return measured.pages


@pytest.fixture(scope="module")
def todays(measured: Measured) -> dict[str, Times]:
    """What Today cost everybody else than the manager, at the same three times."""
    return measured.todays


def test_every_address_shows_a_page_with_a_budget_or_says_why_not(
    seen: dict[str, Times],
) -> None:
    measured = {name.split()[0] for name in seen}
    assert names(get_resolver().url_patterns) - NO_PAGE == measured


def test_no_page_asks_many_questions(seen: dict[str, Times]) -> None:
    asked = {name: len(many.queries) for name, (_, many, _) in seen.items()}
    assert {name: count for name, count in asked.items() if count > MOST_QUERIES} == {}


def test_no_page_asks_many_questions_while_everything_is_paused(
    seen: dict[str, Times],
) -> None:
    asked = {name: len(paused.queries) for name, (_, _, paused) in seen.items()}
    assert {name: count for name, count in asked.items() if count > MOST_QUERIES} == {}


def test_no_page_asks_more_questions_with_more_rows(seen: dict[str, Times]) -> None:
    asked = {name: (len(few.queries), len(many.queries)) for name, (few, many, _) in seen.items()}
    assert {name: pair for name, pair in asked.items() if pair[0] != pair[1]} == {}


def test_no_page_is_heavy(seen: dict[str, Times]) -> None:
    weights = {name: len(many.body) for name, (_, many, _) in seen.items()}
    assert {name: weight for name, weight in weights.items() if weight > MOST_BYTES} == {}


def test_each_page_is_really_there(seen: dict[str, Times]) -> None:
    statuses = {name: tuple(page.status for page in times) for name, times in seen.items()}
    assert {name: codes for name, codes in statuses.items() if codes != (200, 200, 200)} == {}


def test_a_comment_changed_over_and_over_says_how_much_is_kept_and_not_shown(
    seen: dict[str, Times],
) -> None:
    few, many, _ = seen["monitoring:item long story"]
    assert b"not shown here" not in few.body
    assert b"24 more changes are kept, and not shown here." in many.body


def test_today_keeps_to_its_budget_for_every_role(todays: dict[str, Times]) -> None:
    asked = {name: tuple(len(page.queries) for page in times) for name, times in todays.items()}
    assert {name: counts for name, counts in asked.items() if max(counts) > MOST_QUERIES} == {}
    assert {name: (few, many) for name, (few, many, _) in asked.items() if few != many} == {}
    assert {page.status for times in todays.values() for page in times} == {200}
    weights = {name: max(len(page.body) for page in times) for name, times in todays.items()}
    assert {name: weight for name, weight in weights.items() if weight > MOST_BYTES} == {}
