"""The register of risks, live: beside each risk stands what lowers it, and what that is worth now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.assurance.gathering import known_now
from stairgate.assurance.live import live_policy
from stairgate.assurance.marks import Worth
from stairgate.assurance.risks import LiveRisk, live_risks
from stairgate.monitoring.models import Item
from stairgate.organisations.roles import end_role
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.form import Pack
from stairgate.policies.packs.loading import pack
from stairgate.policies.packs.tailoring import OwnRisk, Tailoring
from stairgate.screening import Severity
from tests.cast import Cast, willow_lane


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


def _pack() -> Pack:
    return pack("england-early-years")


def risks(cast: Cast, version: PolicyVersion) -> dict[str, LiveRisk]:
    known = known_now(cast.organisation, timezone.now(), version=version)
    return {risk.title: risk for risk in live_risks(version, known, live_policy(known, names=True))}


@pytest.mark.clause("C06", "C07")
def test_each_risk_stands_beside_what_lowers_it_and_what_that_is_worth(cast: Cast) -> None:
    team, public, name, young, *_ = risks(cast, cast.policy).values()
    assert {"C31", "C61", "C62", "C63", "C64"} <= {clause.id for clause in team.clauses}
    assert {"C38", "C39", "C40", "C87"} <= {clause.id for clause in public.clauses}
    assert team.who == "Priya" and public.who == "Gwen" and name.role == "Page administrator"
    assert "b" not in public.strip
    item = Item.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        external_id="1",
        text="x",
        risk=Severity.HOLD,
        first_seen_at=timezone.now() - timedelta(days=2),
        written_at=timezone.now() - timedelta(days=2),
    )
    assert item.state == Item.State.OPEN
    after = risks(cast, cast.policy)[public.title]
    assert after.met == public.met - 1
    [broken] = [clause for clause in after.clauses if clause.worth == Worth.BROKEN]
    assert broken.id == "C40" and young.clauses


@pytest.mark.clause("C06")
def test_a_tailored_register_keeps_its_words_and_whoever_answers_is_of_today(cast: Cast) -> None:
    own = OwnRisk("We are few.", "Each is never alone.", "dsl", "medium")
    ours = Tailoring("england-early-years", risks={"risk-team": own}, without=frozenset({"risk-team"}))
    PolicyVersion.objects.update(content=ours.to_json())
    cast.policy.refresh_from_db()
    found = risks(cast, cast.policy)
    team = found["Somebody on our team is accused or approached"]
    assert (team.control, team.left, team.who) == ("Each is never alone.", "Medium", "Gwen")
    assert len(found) == len(_pack().risks)
    end_role(actor=cast.priya, held=cast.member(cast.gwen).roles.get(), at=timezone.now())
    assert risks(cast, cast.policy)[team.title].who == ""
    client = Client()
    client.force_login(cast.leah, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("assurance:risks")).content.decode()
    assert "nobody holds that role today" in page and "Never" not in team.control
    assert reverse("assurance:clause", args=["C31"]) in page and "Still on paper" in page
    assert (
        reverse("assurance:risks") in client.get(reverse("assurance:clause", args=["C06"])).content.decode()
    )
