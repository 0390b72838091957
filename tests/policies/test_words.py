"""The page with the words of the policy: what was signed, no more and no less, and who is responsible today."""

from __future__ import annotations

import html
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.cli import demo_policy
from stairgate.organisations.models import RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.policies.packs.document import Document
from stairgate.policies.packs.filling import unresolved
from stairgate.policies.packs.loading import pack
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import responsible
from stairgate.policies.services import adopt
from tests.cast import Cast, willow_lane


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime, settings: object) -> Cast:
    settings.DEMO = True  # type: ignore[attr-defined]
    return willow_lane(now)


def page(cast: Cast, user: User | None = None) -> str:
    client = Client()
    client.force_login(user or cast.leah, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get("/policy/words/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_willow_lane_has_left_nothing_open() -> None:
    assert unresolved(pack(demo_policy.PACK), demo_policy.FACTS) == ()


def test_willow_lane_adopts_the_pack_as_it_reads_it(cast: Cast) -> None:
    assert cast.policy.text == demo_policy.document().text
    assert cast.policy.text_digest == demo_policy.document().digest
    assert cast.policy.parameters == demo_policy.PARAMETERS


def test_the_page_has_every_section_with_its_clauses(cast: Cast) -> None:
    shown = page(cast)
    document = Document.of(cast.policy.text)
    for chapter in document.chapters:
        assert f">{chapter.title}</h2>" in shown
        for piece in chapter.pieces:
            assert f"<h3>{html.escape(piece.heading)}</h3>" in shown
            assert piece.html in shown
    assert {f"C{number:02}" for number in range(1, 112)} <= set(re.findall(r"/policy/clause/(C\d+)/", shown))
    assert "{{" not in shown and "An addition of ours: no clause asks for it." in shown


def test_what_a_setting_typed_is_words_and_nothing_else(cast: Cast, now: datetime) -> None:
    text = "# Ours\n\n## Part\n\n### One <b>\n\n<script>alert(1)</script> [here](https://bad.example)\n\nClauses: C01."
    adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Ours",
        text=text,
        parameters=Parameters(),
        at=now,
    )
    shown = page(cast)
    assert "<h3>One &lt;b&gt;</h3>" in shown and "&lt;script&gt;alert(1)" in shown
    assert "<script>" not in shown and "bad.example" not in re.findall(r'href="([^"]*)"', shown)


def test_before_anything_is_adopted_the_page_says_so(cast: Cast) -> None:
    assert "No policy is adopted yet, so there is nothing to read." in page(cast, cast.outsider)


@pytest.mark.clause("C21")
def test_the_responsible_people_come_from_the_roles_of_today(cast: Cast, now: datetime) -> None:
    day = cast.organisation.day(now)
    assert responsible(cast.organisation, on=day) == [
        (Role.PAGE_ADMINISTRATOR.label, ["Kofi", "Priya"]),
        (Role.DSL.label, ["Gwen"]),
        (Role.DEPUTY_DSL.label, []),
        (Role.SERVICE_MANAGER.label, ["Helen"]),
        (Role.MANAGER.label, ["Priya"]),
    ]
    assert "<b>Page administrator:</b> Kofi, Priya" in page(cast)
    assert "<b>Deputy safeguarding lead:</b> nobody yet" in page(cast)
    RoleHeld.objects.filter(membership=cast.member(cast.kofi)).update(ends_on=day - timedelta(days=1))
    assert "<b>Page administrator:</b> Priya<" in page(cast)


def test_another_settings_people_are_not_named(cast: Cast, now: datetime) -> None:
    assert "Oona" not in str(responsible(cast.organisation, on=cast.organisation.day(now)))
