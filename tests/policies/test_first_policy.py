"""A new setting adopts its first policy, screen by screen, as its manager meets it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from html import unescape
from re import findall, search

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from stairgate.cli import demo_policy
from stairgate.organisations.models import Organisation, User
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join
from stairgate.policies.models import Draft, PolicyVersion
from stairgate.policies.packs.loading import pack
from stairgate.policies.parameters import Parameters


@pytest.fixture
def manager(db: None, settings: object) -> User:
    """A manager who has founded a setting a moment ago, and is page administrator as well."""
    settings.DEMO = True  # type: ignore[attr-defined]  # without the second step at sign-in
    place = Organisation.objects.create(name="Fernbank", office_phone="01632 960121", is_demo=True)
    ana = User.objects.create_user("ana@fernbank.example", None, first_name="Ana")
    roles = (Role.MANAGER, Role.PAGE_ADMINISTRATOR)
    join(actor=ana, organisation=place, user=ana, job_title="Manager", roles=roles, at=timezone.now())
    return ana


def colleague(manager: User, name: str, role: Role, now: datetime) -> None:
    user = User.objects.create_user(f"{name.lower()}@fernbank.example", None, first_name=name)
    place = Organisation.objects.get()
    join(actor=manager, organisation=place, user=user, job_title=role.label, roles=[role], at=now)


class Browser:
    """A manager's browser, with only what the screens show."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def see(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, address
        return unescape(answer.content.decode())

    def _carried(self, address: str) -> dict[str, object]:
        """What the page that is sent carries unseen."""
        found = search(r'name="was" value="([^"]*)"', self.client.get(address).content.decode())
        return {"was": unescape(found[1])} if found else {}

    def press(self, address: str, typed: Mapping[str, object] | None = None, *, status: int = 302) -> str:
        """Send a page; return what comes back. ``said`` are its messages, ``sent_to`` is where it leads."""
        answer = self.client.post(address, self._carried(address) | dict(typed or {}) if typed else {})
        assert answer.status_code == status, answer.content.decode()
        self.sent_to = answer.headers.get("Location", "")
        self.said = [str(one) for one in get_messages(answer.wsgi_request)]
        return unescape(answer.content.decode())


@pytest.mark.clause("C01")
@pytest.mark.clause("C09")
def test_a_new_setting_adopts_its_first_policy(manager: User) -> None:
    browser, now = Browser(manager), timezone.now()
    today = browser.see("/")
    assert "Adopt your social media policy" in today and 'href="/policy/next/"' in today
    assert "Your social media policy" in browser.see("/policy/next/")
    browser.press("/policy/next/begin/")
    page = browser.see("/policy/next/")
    assert "“our registration number” is still empty." in page and "Adopt it</button>" not in page
    assert "there is one (Ana)" in page and "Nobody is the designated safeguarding lead." in page

    form = browser.see("/policy/next/facts/")
    assert 'value="Fernbank"' in form and 'value="01632 960121"' in form
    facts: dict[str, object] = {**demo_policy.FACTS.values, "setting.name": "Fernbank"}
    facts |= {"setting.purpose": "to tell families our news"}
    facts |= {f"fits.{name}": "on" for name in demo_policy.FACTS.confirmed}
    browser.press("/policy/next/facts/", {**facts, "setting.purpose": ""} | {"fits.setting.purpose": ""})
    assert browser.sent_to == "/policy/next/#facts"  # something is left to say
    browser.press("/policy/next/facts/", facts)
    assert browser.sent_to == "/policy/next/risks/"  # everything is said, and no risk is rated

    part = browser.see("/policy/next/words/page-check/")
    assert "There are never more than 7 days from one check" in part
    wrong = browser.press(
        "/policy/next/words/page-check/",
        {"text": "We look each Friday.", "was": _words("page-check")},
        status=422,
    )
    assert "Keep {{ check_every_days }} in the words" in wrong and "We look each Friday." in wrong
    better = _words("page-check").replace("in holidays too", "in every holiday too")
    browser.press("/policy/next/words/page-check/", {"text": better, "was": _words("page-check")})

    numbers = browser.see("/policy/next/numbers/")
    typed = dict(findall(r'name="(\w+)"\s+type="number"[^>]*?value="(\d+)"', numbers))
    typed |= {"signpost_text": _shipped().signpost_text}
    typed |= {"standard_replies": "\n".join(_shipped().standard_replies)}
    wrong = browser.press("/policy/next/numbers/", {**typed, "check_every_days": "14"}, status=422)
    assert "14 cannot be. From 1 day to 7 days." in wrong and 'value="14"' in wrong
    browser.press("/policy/next/numbers/", {**typed, "check_every_days": "1"})

    assert "Choose" in browser.see("/policy/next/risks/")
    browser.press("/policy/next/risks/", {"risk-scams": "none"}, status=422)
    browser.press("/policy/next/risks/", {"risk-scams": "high", "risk-team": "low", "risk-other": "low"})
    browser.press("/policy/next/facts/", facts)
    assert browser.sent_to == "/policy/next/#facts"
    assert browser.see("/policy/next/").count("Not rated") == len(pack("england-early-years").risks) - 2
    for risk in pack("england-early-years").risks:
        given = {"text": risk.text, "control": risk.control, "owner": risk.owner, "left": "low"}
        browser.press(f"/policy/next/risks/{risk.id}/", given)
    browser.press("/policy/next/risks/risk-team/remove/")
    assert browser.said[-1].endswith("You can rate it.")
    extra = {"title": "Rain", "text": "It rains.", "control": "Coats.", "owner": "manager", "left": "low"}
    browser.press("/policy/next/risks/new/", extra)
    browser.press("/policy/next/lists/staff/", {"text": "Smile.\n\nBe on time."})

    page = browser.see("/policy/next/")
    assert "Nobody is the designated safeguarding lead." in page and "still empty" not in page
    colleague(manager, "Bea", Role.PAGE_ADMINISTRATOR, now)
    colleague(manager, "Cleo", Role.DSL, now)
    page = browser.see("/policy/next/")
    assert "Ready to adopt" in page and "version 1" in page
    differs = browser.see("/policy/next/differences/")
    assert "every" in differs and "How often the page is checked" in differs and "Rain" in differs
    seen = search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    browser.press("/policy/next/adopt/", {"seen": seen[1], "kind": "major"})
    assert "accept what is left" in browser.said[-1] and not PolicyVersion.objects.exists()
    browser.press("/policy/next/adopt/", {"seen": seen[1], "kind": "major", "accepts": "on"})

    version = PolicyVersion.objects.get()
    assert (version.label, version.adopted_by) == ("1", manager) and version.parameters.check_every_days == 1
    assert "in every holiday too" in version.text and "Be on time." in version.text
    assert "Version 1" in browser.see("/policy/words/") and "in every holiday too" in browser.see(
        "/policy/versions/1/"
    )
    assert "Adopt your social media policy" not in browser.see("/")
    # the next one begins with what is in force
    browser.press("/policy/next/begin/")
    assert Draft.objects.latest("begun_at").content == version.content


def _words(item: str) -> str:
    return next(one.text for one in pack("england-early-years").sections if one.id == item)


def _shipped() -> Parameters:
    return pack("england-early-years").shipped()
