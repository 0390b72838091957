"""The adoption gate: what keeps a draft out, who opens it, and when everybody signs again."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.cli import demo_policy
from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import RoleHeld
from stairgate.organisations.rules import Role
from stairgate.policies import drafting
from stairgate.policies.adopting import CannotAdopt, DraftNow, adopt_draft, draft_now
from stairgate.policies.adoption import DraftFacts, bars, why_major
from stairgate.policies.models import Draft, PolicyVersion
from stairgate.policies.packs.composing import compose
from stairgate.policies.packs.document import Document, unwrapped
from stairgate.policies.packs.loading import pack
from stairgate.policies.packs.tailoring import OwnRisk, Tailoring, tailored, with_details_of
from stairgate.policies.parameters import Parameters, TooLoose
from stairgate.policies.selectors import in_force, signatures
from stairgate.policies.wording import (
    CannotChange,
    ChangedMeanwhile,
    reworded,
    with_answers,
    with_lines,
    with_risk,
    without_risk,
)
from tests.cast import Cast, willow_lane
from tests.web.pages import second_steps

OURS = demo_policy.TAILORING
BASE = pack(demo_policy.PACK)
HOLDERS = {Role.PAGE_ADMINISTRATOR: ["Kofi", "Priya"], Role.DSL: ["Gwen"], Role.MANAGER: ["Priya"]}


def missing(
    ours: Tailoring = OURS,
    *,
    parameters: Parameters = demo_policy.PARAMETERS,
    holders: dict[Role, list[str]] = HOLDERS,
    in_force: str | None = None,
) -> list[str]:
    whole = tailored(BASE, ours)
    document = compose(whole, ours.said, parameters, title="Policy")
    facts = DraftFacts(whole, ours.said, parameters, document, in_force, parameters, holders)
    return [one.says for bar in bars(facts) for one in bar.missing]


def rated(**change: object) -> Tailoring:
    return replace(OURS, risks={**OURS.risks, "risk-team": replace(OURS.risks["risk-team"], **change)})  # type: ignore[arg-type]


def said(**facts: str) -> Tailoring:
    return replace(
        OURS, facts={**OURS.facts, **{key.replace("__", "."): value for key, value in facts.items()}}
    )


@pytest.mark.clause("C01")
@pytest.mark.clause("C02")
@pytest.mark.clause("C05")
@pytest.mark.clause("C09")
@pytest.mark.clause("C70")
@pytest.mark.parametrize(
    ("ours", "says"),
    [
        (said(setting__urn=" "), "“our registration number” is still empty."),
        (said(contact__mash=""), "“The council’s front door for children (MASH)” is still empty."),
        (said(setting__urn="{{ approvers }}"), "has curly brackets itself."),
        (said(setting__own_expectations=""), "“what we ask besides” is still empty."),
        (replace(OURS, confirmed=frozenset()), "“page or group” is still as the template has it."),
        (replace(OURS, texts={"page-check": "We look every 7 days."}), "It says “7 days”"),
        (replace(OURS, texts={"our-own": "{{ setting.nothing }}"}), "Nothing is called “setting.nothing”"),
        (replace(OURS, texts={"our-own": "# A heading\n\nwords"}), "could be read in two ways"),
        (
            replace(OURS, texts={one.id: " " for one in BASE.list_for("followers")}),
            "Nothing is asked of people who join or follow our page.",
        ),
        (rated(control=" "), "“Somebody on our team is accused or approached”: nothing is done about it."),
        (rated(owner="nobody"), "nobody answers for it."),
        (rated(owner="deputy_dsl"), "nobody is deputy safeguarding lead today."),
        (rated(left=""), "say how much of it is left."),
        (rated(left="high"), "too much of it is left."),
    ],
)
def test_what_keeps_a_draft_out(ours: Tailoring, says: str) -> None:
    assert missing() == []
    assert any(says in one for one in missing(ours)), missing(ours)


@pytest.mark.clause("C21")
def test_the_people_must_be_there_and_something_must_differ() -> None:
    alone = {**HOLDERS, Role.PAGE_ADMINISTRATOR: ["Priya"]}
    assert missing(holders=alone) == ["The policy needs 2 page administrators, and there is one (Priya)."]
    more = replace(demo_policy.PARAMETERS, page_administrators=3)
    assert missing(parameters=more) == [
        "The policy needs 3 page administrators, and there are 2 (Kofi, Priya)."
    ]
    assert "Nobody is the designated safeguarding lead." in missing(holders={**HOLDERS, Role.DSL: []})
    text = compose(tailored(BASE, OURS), OURS.said, demo_policy.PARAMETERS, title="Policy").text
    assert missing(in_force=text) == [
        "Nothing differs. If the policy still fits as it is, write down a review instead."
    ]


@pytest.mark.clause("C06")
@pytest.mark.clause("C07")
@pytest.mark.clause("C08")
@pytest.mark.clause("C15")
def test_three_risks_and_the_under_18_audience_stay_whatever_is_said() -> None:
    fixed = {risk.id for risk in BASE.risks if risk.fixed}
    assert fixed == {"risk-team", "risk-public", "risk-name", "risk-under-18"}
    for item in fixed:
        with pytest.raises(CannotChange, match="no setting is without this risk"):
            without_risk(OURS, BASE, item)
    forged = replace(OURS, without=frozenset(risk.id for risk in BASE.risks))
    assert {risk.id for risk in tailored(BASE, forged).risks} == fixed
    assert len(tailored(BASE, without_risk(OURS, BASE, "risk-scams")).risks) == len(BASE.risks) - 1


def majors(ours: Tailoring, parameters: Parameters = demo_policy.PARAMETERS) -> tuple[str, ...]:
    before = compose(tailored(BASE, OURS), OURS.said, demo_policy.PARAMETERS, title="Policy")
    back = with_details_of(ours, OURS, BASE)
    document = compose(tailored(BASE, back), back.said, parameters, title="Policy")
    return why_major(
        in_force=before.text,
        numbers_in_force=demo_policy.PARAMETERS,
        with_old_details=document,
        numbers=parameters,
    )


@pytest.mark.clause("C13")
def test_only_details_may_be_called_a_correction() -> None:
    details = (
        said(setting__office="01632 960999", setting__urn="EY 1", contact__mash="01632 960998"),
        said(setting__safeguarding_policy="Keeping children safe, March 2027"),
        rated(left="medium"),
        replace(
            OURS, texts={"quiet-hours": "Between {{ quiet_from_hour }} and {{ quiet_until_hour }} it rests."}
        ),
    )
    for ours in details:
        assert majors(ours) == ()
    more = {
        "“What it is for” says something else.": said(setting__purpose="to sell"),
        "“Children come first” says something else.": replace(OURS, texts={"children-first": "Other words."}),
        "“Somebody on our team is accused or approached” says something else.": rated(
            control="Nothing much."
        ),
        "“Staff” says something else.": replace(OURS, lines={"staff": ("Smile.",)}),
        "“Phones” says something else.": with_risk(
            OURS, BASE, "", OwnRisk("They ring.", "Staff hand them in.", "manager", "low", title="Phones")
        ),
        "“Parents are cheated in our name” says something else.": without_risk(OURS, BASE, "risk-scams"),
    }
    for says, ours in more.items():
        assert majors(ours) == (says,)
    number = majors(OURS, replace(demo_policy.PARAMETERS, check_every_days=1))
    assert number[0] == "A number of the policy is another." and len(number) > 1
    unknown = why_major(
        in_force="x", numbers_in_force=Parameters(), with_old_details=None, numbers=Parameters()
    )
    assert "not written here" in unknown[0]


def test_a_detail_too_long_to_be_one_is_signed_anew() -> None:
    assert majors(said(contact__lado="01632 960998. " + "Staff may write to families. " * 4))


@pytest.mark.clause("C107")
@pytest.mark.parametrize(
    "words",
    [
        "![Staff may write to families](x)",
        "[here](x 'Staff may')",
        "[a]: b 'Staff may write to families'",
        "```staff may\nx\n```",
    ],
)
def test_nobody_signs_words_that_no_page_shows(words: str) -> None:
    ours = replace(OURS, texts={"children-first": f"Children come first.\n\n{words}"})
    assert any("has a link or a picture" in one for one in missing(ours))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  \r\n ", "Nothing is written here"),
        ("x" * 6_001, "There is room for 6,000"),
        ("Words\n # Heading", "begins with “#”"),
        ("{{ setting.nope }}", "Nothing is called"),
        ("{{ check_every_days }} and {{", "half a blank"),
        ("We look now and then.", "Keep {{ check_every_days }} in the words"),
    ],
)
def test_words_that_cannot_stand_are_refused(text: str, says: str) -> None:
    with pytest.raises(CannotChange, match=says):
        reworded(OURS, BASE, "page-check", text)


def test_what_a_setting_says_is_kept_clean() -> None:
    assert unwrapped("One\ntwo\n\n- a\n  b\n- c\n> d\n1. e\nf") == "One two\n\n- a b\n- c\n> d\n1. e f"
    ours = reworded(OURS, BASE, "our-own", "One. \r\nTwo.\r")
    assert ours.texts == {"our-own": "One.\nTwo."}
    section = next(one for one in BASE.sections if one.id == "our-own")
    assert reworded(ours, BASE, "our-own", unwrapped(section.text)).texts == {}
    with pytest.raises(CannotChange, match="not in the policy"):
        reworded(OURS, BASE, "no-such-part", "Words")
    assert with_lines(OURS, BASE, "staff", " a  b \n\n c ").lines == {"staff": ("a b", "c")}
    with pytest.raises(CannotChange, match="no such group"):
        with_lines(OURS, BASE, "anybody", "Words")
    answered = with_answers(OURS, BASE, {"setting.urn": " EY\n1 ", "stranger": "x"}, {"setting.purpose", "x"})
    assert answered.facts["setting.urn"] == "EY 1" and "stranger" not in answered.facts
    assert answered.confirmed == {"setting.purpose"}
    risk = OwnRisk("It rains.", "We bring coats.", "manager", "low", title=" Rain ")
    added = with_risk(OURS, BASE, "", risk)
    assert [one.title for one in tailored(BASE, added).risks][-1] == "Rain"
    assert Tailoring.from_json(added.to_json()) == added
    for wrong, says in (
        ({"owner": "king"}, "who answers"),
        ({"left": "none"}, "how much"),
        ({"title": ""}, "a name"),
    ):
        with pytest.raises(CannotChange, match=says):
            with_risk(OURS, BASE, "", replace(risk, **wrong))
    with pytest.raises(CannotChange, match="has this name"):
        with_risk(added, BASE, "", replace(risk, title="rain"))


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def begun(cast: Cast, now: datetime) -> Draft:
    return drafting.begin_draft(actor=cast.priya, organisation=cast.organisation, at=now)


def page(cast: Cast, now: datetime) -> DraftNow:
    found = draft_now(cast.organisation, now)
    assert found is not None
    return found


def adopted(cast: Cast, now: datetime, **change: object) -> PolicyVersion:
    shown = page(cast, now)
    given: dict[str, object] = {"seen": shown.seen, "correction": False, "accepts_risk": True, **change}
    return adopt_draft(actor=cast.priya, draft=shown.draft, at=now, **given)  # type: ignore[arg-type]


@pytest.mark.clause("C01")
@pytest.mark.clause("C13")
def test_a_draft_comes_into_force_through_the_gate_and_only_once(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    assert begun(cast, now) == draft and draft.based_on == cast.policy
    with pytest.raises(CannotAdopt, match="Nothing differs"):
        adopted(cast, now)
    daily = replace(draft.parameters, check_every_days=1)
    was = drafting.stamp(draft, "numbers")
    drafting.set_numbers(actor=cast.priya, draft=draft, parameters=daily, was=was, at=now)
    for wrong, says in (
        ({"seen": "x"}, "has changed since"),
        ({"accepts_risk": False}, "accept what is left"),
        ({"correction": True}, "more than a correction"),
    ):
        with pytest.raises(CannotAdopt, match=says):
            adopted(cast, now, **wrong)
    version = adopted(cast, now)
    assert version == in_force(cast.organisation) and version.label == "2"
    assert version.parameters.check_every_days == 1 and "1 day" in version.text
    assert Document.of(version.text).text == version.text and not signatures(version)
    last = Entry.objects.filter(kind="policies.risk_accepted").latest("index")
    assert json.loads(str(last.payload))["left"]["Under-18s may see this"] == "medium"
    assert draft_now(cast.organisation, now) is None
    with pytest.raises(CannotChange, match="adopted or put away"):
        adopt_draft(actor=cast.priya, draft=draft, seen="", correction=False, accepts_risk=True, at=now)


def test_a_correction_keeps_the_signatures_and_is_no_review(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    values = {**draft.tailoring.facts, "setting.office": "01632 960999"}
    was = drafting.stamp(draft, "facts")
    drafting.answer(actor=cast.priya, draft=draft, values=values, fits=set(OURS.confirmed), was=was, at=now)
    shown = page(cast, now)
    assert shown.why_major == () and shown.own_words == ()
    assert [change.heading for change in shown.changes] != []
    later = now + timedelta(days=3)
    version = adopted(cast, later, correction=True)
    assert version.label == "1.1" and "01632 960999" in version.text
    assert set(signatures(version)) == set(signatures(cast.policy)) != set()
    assert (version.adopted_at, version.reviewed_at) == (later, cast.policy.reviewed_at)


def test_the_gate_asks_who_is_there_at_the_moment(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    was = drafting.stamp(draft, "lines", "staff")
    drafting.set_lines(actor=cast.priya, draft=draft, group="staff", text="Smile.", was=was, at=now)
    RoleHeld.objects.filter(role=Role.DSL).update(ends_on=cast.organisation.day(now) - timedelta(days=1))
    with pytest.raises(CannotAdopt, match="safeguarding lead"):
        adopted(cast, now)


def test_only_a_manager_of_this_setting_writes_and_adopts(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    for other in (cast.kofi, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            drafting.begin_draft(actor=other, organisation=cast.organisation, at=now)
        with pytest.raises(NotAllowed):
            drafting.set_lines(actor=other, draft=draft, group="staff", text="Smile.", was="", at=now)
        with pytest.raises(NotAllowed):
            drafting.drop_draft(actor=other, draft=draft, at=now)
        with pytest.raises(NotAllowed):
            adopt_draft(actor=other, draft=draft, seen="", correction=False, accepts_risk=True, at=now)
    assert draft_now(cast.elsewhere, now) is None


@pytest.mark.clause("C35")
def test_numbers_are_tightened_and_pictures_of_children_never_switched_on_alone(
    cast: Cast, now: datetime
) -> None:
    draft = begun(cast, now)
    looser, was = replace(draft.parameters, check_every_days=8), drafting.stamp(draft, "numbers")
    with pytest.raises(TooLoose, match="from 1 to 7"):
        drafting.set_numbers(actor=cast.priya, draft=draft, parameters=looser, was=was, at=now)
    shown = replace(draft.parameters, identifiable_children=True)
    with pytest.raises(CannotChange, match="never by one person"):
        drafting.set_numbers(actor=cast.priya, draft=draft, parameters=shown, was=was, at=now)


def test_two_people_in_one_part_do_not_overwrite_each_other(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    was = next(one.text for one in BASE.sections if one.id == "children-first")
    change = {"actor": cast.priya, "draft": draft, "item": "children-first", "was": was, "at": now}
    drafting.reword(text="Mine.", **change)  # type: ignore[arg-type]
    with pytest.raises(CannotChange, match="Priya has changed this"):
        drafting.reword(text="Theirs.", **change)  # type: ignore[arg-type]
    assert Draft.objects.get().tailoring.texts == {"children-first": "Mine."}


@pytest.mark.clause("C71")
@pytest.mark.clause("C72")
def test_the_code_of_conduct_is_adopted_whole(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    for line in BASE.conduct:
        with pytest.raises(CannotChange, match="not in the policy"):
            drafting.reword(actor=cast.priya, draft=draft, item=line.id, text="x", was=line.text, at=now)
    assert {"C71", "C72"} <= {clause for line in BASE.conduct for clause in line.clauses}
    forged = replace(OURS, texts={line.id: "Nothing." for line in BASE.conduct})
    assert tailored(BASE, forged).conduct == BASE.conduct


def test_no_page_undoes_what_it_did_not_show(cast: Cast, now: datetime) -> None:
    draft = begun(cast, now)
    daily = replace(draft.parameters, check_every_days=1)
    two = replace(draft.parameters, approvers=2)
    was = drafting.stamp(draft, "numbers")
    drafting.set_numbers(actor=cast.priya, draft=draft, parameters=daily, was=was, at=now)
    for stale in (was, ""):
        with pytest.raises(ChangedMeanwhile, match="Priya has changed this meanwhile"):
            drafting.set_numbers(actor=cast.priya, draft=draft, parameters=two, was=stale, at=now)
    draft.refresh_from_db()
    assert draft.parameters == daily
    was = drafting.stamp(draft, "lines", "staff")
    drafting.set_lines(actor=cast.priya, draft=draft, group="staff", text="Smile.", was=was, at=now)
    with pytest.raises(ChangedMeanwhile):
        drafting.set_lines(actor=cast.priya, draft=draft, group="staff", text="Frown.", was=was, at=now)
    was = drafting.stamp(draft, "risks")
    drafting.rate_risks(actor=cast.priya, draft=draft, left={"risk-team": "medium"}, was=was, at=now)
    with pytest.raises(ChangedMeanwhile):
        drafting.rate_risks(actor=cast.priya, draft=draft, left={"risk-team": "low"}, was=was, at=now)


def test_a_stale_page_of_numbers_says_who_changed_what_and_keeps_what_was_typed(
    cast: Cast, now: datetime
) -> None:
    draft = begun(cast, now)
    second_steps(cast.priya)
    client, where = Client(), reverse("policies:numbers")
    client.force_login(cast.priya, backend="django.contrib.auth.backends.ModelBackend")
    typed = {"was": drafting.stamp(draft, "numbers"), "approvers": "2"}
    for name, value in draft.parameters.to_json().items():
        if name != "identifiable_children" and value is not False:
            typed.setdefault(name, "\n".join(value) if isinstance(value, list) else str(value))
    daily = replace(draft.parameters, check_every_days=1)
    drafting.set_numbers(actor=cast.priya, draft=draft, parameters=daily, was=typed["was"], at=now)
    answer = client.post(where, typed)
    shown = html.unescape(answer.content.decode())
    assert answer.status_code == 422 and "Priya has changed this meanwhile" in shown
    assert "In the draft now: " in shown and "1 day" in shown
    fresh = drafting.stamp(drafting.open_draft(cast.organisation) or draft, "numbers")
    assert f'name="was" value="{fresh}"' in shown, "who has seen it can keep theirs"
    assert client.post(where, typed | {"was": fresh}).status_code == 302
    draft.refresh_from_db()
    assert (draft.parameters.approvers, draft.parameters.check_every_days) == (2, 7)
