"""Asking for an account and deciding about it: what is refused, and by whom it may be said yes to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stairgate.channels.asking import form
from stairgate.channels.asking.deciding import CannotDecide, Wanted, cosign, decide, sign_as_lead
from stairgate.channels.asking.form import Answers
from stairgate.channels.asking.rules import (
    Colleague,
    Known,
    Seats,
    name_problem,
    problems,
    why_may_not_cosign,
    why_may_not_decide,
)
from stairgate.channels.asking.selectors import why_taken_back
from stairgate.channels.asking.services import (
    CannotAsk,
    Incomplete,
    NeedsReason,
    begin,
    digest_of,
    keep,
    send,
    withdraw,
)
from stairgate.channels.models import AccountRequest, Channel
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.cli.demo_accounts import answers as whole
from stairgate.ledger.models import Entry
from stairgate.networks.public import PUBLIC
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.people.models import Check
from tests.cast import Cast, willow_lane

TODAY = date(2026, 11, 24)
KNOWN = Known(
    today=TODAY,
    latest=TODAY + timedelta(days=365),
    people={
        "p": Colleague("Priya", "Priya Example", "Manager", "priya@willowlane.example"),
        "k": Colleague("Kofi", "Kofi Example", "Deputy", "kofi@willowlane.example"),
        "t": Colleague("Tom", "Tom Example", "Room leader", "tom@willowlane.example", ("Tom has no role.",)),
        "x": Colleague("Xan", "", "Not on the register", "xan@willowlane.example"),
    },
    names=[("facebook", "Willow Lane Nursery")],
    staff_names=["Priya", "Kofi", "Tom", "Grace"],
)
GOOD: Answers = {
    **{name: "These are enough words." for name in form.FIELDS if name != "young_plan"},
    **{name: "low" for name in form.FIELDS if name.endswith(("_level", "_left"))},
    **{name: "" for name in form.FIELDS if name.endswith("_email") or name.startswith("admin3")},
    "network": "facebook",
    "name": "Willow Lane Forest School",
    "tags": "News\nJobs",
    "audience": ["parents"],
    "evaluate_on": "2027-06-01",
    "lead": "p",
    "admin1": "p",
    "admin2": "k",
    "holders": ["p", "k"],
    "mailbox": "office@willowlane.example",
    "child_help": "yes",
    "weekly": "yes",
    "owned": "yes",
}


def test_a_whole_request_has_no_problem() -> None:
    assert problems(GOOD, KNOWN) == {}


@pytest.mark.clause("C90", "C91", "C92", "C93", "C95", "C96", "C97", "C98", "C99", "C100", "C62", "C24")
@pytest.mark.clause("C05", "C06", "C07", "C09", "C15")
@pytest.mark.parametrize("name", [name for name in GOOD if GOOD[name]])
def test_every_answer_is_needed(name: str) -> None:
    optional = {"address", "young_age"}  # nobody young is meant here
    assert (name in problems({**GOOD, name: [] if isinstance(GOOD[name], list) else ""}, KNOWN)) is (
        name not in optional
    )


@pytest.mark.clause("C05", "C09", "C15", "C22", "C23", "C90", "C93", "C94", "C98", "C99", "C100")
@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("network", "myspace"),
        ("name", "Willow Lane Nursery"),
        ("name", "WILLOW LANE NURSERYS"),
        ("name", "Willow Lane Nurѕery"),  # a Cyrillic letter
        ("name", "Willow\u200bLane Forest School"),
        ("tags", "\n".join("abcdefg")),
        ("audience", ["aliens"]),
        ("audience", ["parents", "young"]),  # without a plan
        ("evaluate_on", "2026-11-24"),
        ("evaluate_on", "2027-11-25"),
        ("evaluate_on", "soon"),
        ("lead", "nobody"),
        ("lead", "x"),
        ("lead_email", "priya@gmail.com"),
        ("admin1", "t"),
        ("admin1", "nobody"),
        ("admin2", "p"),
        ("admin3", "k"),
        ("admin2_email", "office@willowlane.example"),
        ("admin2_email", "not an address"),
        ("admin1_manager", "Priya"),
        ("admin2_manager", "Kofi Example, deputy"),
        ("mailbox", "priya@willowlane.example"),
        ("mailbox", "grace.page@willowlane.example"),
        ("mailbox", "willowlane@gmail.com"),
        ("holders", ["p"]),
        ("holders", ["p", "nobody"]),
        ("owned", "no"),
        ("risk_public_left", "high"),
        ("risk_young_left", "high"),
        ("risk_young_level", "none"),
    ],
)
def test_what_is_refused(name: str, answer: str | list[str]) -> None:
    found = problems({**GOOD, name: answer}, KNOWN)
    assert (set(found) & {name, "young_plan"}) and all(found.values())


@pytest.mark.clause("C90")
def test_names_that_families_can_tell_apart() -> None:
    others = [("facebook", "Willow Lane Nursery"), ("bluesky", "Acorns")]
    assert name_problem("Willow Lane Nursery", "bluesky", others) == ""  # the same name on another network
    assert name_problem("Willow Lane Forest School", "facebook", others) == ""
    assert name_problem("Àcorns!", "bluesky", others)
    assert name_problem("🌳", "facebook", others) == "A name needs letters."


#: a busy machine is no fault of what is tested
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
PEOPLE = st.sampled_from("abcd")


@pytest.mark.clause("C101")
@UNHURRIED
@given(who=PEOPLE, requester=PEOPLE, administrators=st.frozensets(PEOPLE), managers=st.frozensets(PEOPLE))
def test_two_people_always(
    who: str, requester: str, administrators: frozenset[str], managers: frozenset[str]
) -> None:
    seats = Seats(requester, administrators, managers)
    allowed = not why_may_not_decide(who, seats)
    if who == requester or who not in managers:
        assert not allowed
    if allowed and who in administrators:
        assert not managers - administrators - {requester}
        signed = replace(seats, decider=who)
        for other in "abcd":
            if not why_may_not_cosign(other, signed, manages=True, committee=True):
                assert other not in {who, requester, *administrators}
        assert why_may_not_cosign("e", signed, manages=False, committee=False)


ANSWER = st.one_of(st.text(max_size=9), st.lists(st.text(max_size=3), max_size=2))


@UNHURRIED
@given(name=st.sampled_from(sorted(form.FIELDS)), answer=ANSWER)
def test_whatever_is_typed_is_judged(name: str, answer: str | list[str]) -> None:
    assert set(problems({**GOOD, name: answer}, KNOWN)) <= set(form.FIELDS)
    values = [answer] if isinstance(answer, str) else answer
    assert name in form.typed(form.STEP_OF[name], {name: values, "state": ["authorised"]})


@pytest.fixture
def cast(db: None) -> Cast:
    return willow_lane(timezone.now())


def sent(cast: Cast, actor: User | None = None, changes: Answers | None = None) -> AccountRequest:
    now, who = timezone.now(), actor or cast.priya
    draft = begin(actor=who, organisation=cast.organisation, at=now)
    given = whole(cast.nursery, now, network="bluesky", name="Willow Lane")
    keep(actor=who, request=draft, answers={**given, **(changes or {})}, at=now)
    return send(actor=who, request=draft, at=now)


def yes(cast: Cast, request: AccountRequest, actor: User | None = None, **more: Any) -> AccountRequest:
    given: dict[str, Any] = {
        "digest": request.digest,
        "decision": AccountRequest.Decision.YES,
        "reason": "Well thought out",
        "name": "Helen Example",
        "until": timezone.localdate() + timedelta(days=200),
        "at": timezone.now(),
    }
    return decide(actor=actor or cast.helen, request=request, **{**given, **more})


@pytest.mark.clause("C89", "C93", "C102", "C103", "C104")
def test_a_yes_makes_the_account_and_the_form_is_frozen(cast: Cast) -> None:
    with pytest.raises(Incomplete) as refusal:
        send(
            actor=cast.priya,
            request=begin(actor=cast.priya, organisation=cast.organisation, at=timezone.now()),
            at=timezone.now(),
        )
    assert "purpose" in refusal.value.problems
    request = sent(cast)
    assert request.form["lead_position"] == "Nursery manager"
    assert request.form["admin2_email"] == "kofi@willowlane.example"
    with pytest.raises(CannotAsk, match="frozen"):
        keep(actor=cast.priya, request=request, answers={"purpose": "Another"}, at=timezone.now())
    decided = yes(cast, request)
    channel = Channel.objects.get(request=request)
    assert (channel.authorised_by, channel.status) == (cast.helen, Channel.Status.AUTHORISED)
    assert channel.purposes == ["News and events for families", "Showing what we do"]
    assert decided.decided_at == channel.authorised_at
    assert {e.kind for e in Entry.objects.filter(subject__in=[str(request.pk), str(channel.pk)])} == {
        *("channels.request_sent", "channels.request_decided", "channels.authorised")
    }
    with pytest.raises(CannotDecide, match="not waiting"):
        yes(cast, request)
    assert Channel.objects.count() == 2


@pytest.mark.clause("C101")
def test_who_may_not_decide(cast: Cast) -> None:
    request = sent(cast)
    for person in (cast.priya, cast.kofi, cast.gwen, cast.outsider):
        with pytest.raises(NotAllowed):
            yes(cast, request, person)
    withdraw(actor=cast.priya, request=request, at=timezone.now())
    own = sent(cast, cast.helen)
    with pytest.raises(NotAllowed, match="somebody else decides"):
        yes(cast, own)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountRequest.objects.filter(pk=own.pk).update(decided_by=cast.helen)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountRequest.objects.filter(pk=own.pk).update(state="authorised")


def _no_check(cast: Cast) -> None:
    Check.objects.filter(person__user=cast.kofi).update(withdrawn_on=timezone.localdate())


def _tampered(cast: Cast) -> None:
    row = AccountRequest.objects.get()
    AccountRequest.objects.update(answers={**row.answers, "purpose": "Something else altogether, later"})


@pytest.mark.clause("C99", "C100", "C102", "C103")
@pytest.mark.parametrize(
    ("more", "before", "says"),
    [
        ({}, _no_check, "Kofi"),
        ({}, _tampered, "not the form that was sent"),
        ({"digest": "0" * 64}, None, "not the form"),
        ({"name": "Helen"}, None, "does not match"),
        ({"reason": ""}, None, "Say why"),
        ({"until": None}, None, "until when"),
        ({"until": date(2020, 1, 1)}, None, "Choose a day"),
        ({"until": date(2099, 1, 1)}, None, "Choose a day"),
        ({"decision": "conditions"}, None, "Write the conditions"),
        (
            {"decision": "conditions", "conditions": [Wanted("A rota", date(2020, 1, 1))]},
            None,
            "Choose a day",
        ),
    ],
)
def test_what_is_no_yes(
    cast: Cast, more: dict[str, Any], before: Callable[[Cast], None] | None, says: str
) -> None:
    request = sent(cast)
    if before:
        before(cast)
    with pytest.raises(CannotDecide, match=says):
        yes(cast, request, **more)
    assert Channel.objects.count() == 1


@pytest.mark.clause("C94")
def test_young_people_need_the_safeguarding_lead(cast: Cast) -> None:
    plan = "Nobody under 13, and we look at each follower."
    young = {"young_plan": plan, "young_age": "13", "risk_young_level": "high"}
    request = sent(cast, changes={**young, "audience": ["young"]})
    with pytest.raises(CannotDecide, match="safeguarding lead"):
        yes(cast, request)
    given: dict[str, Any] = {"request": request, "digest": request.digest, "at": timezone.now()}
    with pytest.raises(NotAllowed):
        sign_as_lead(actor=cast.kofi, name="Kofi Example", **given)
    sign_as_lead(actor=cast.gwen, name="Gwen Example", **given)
    assert yes(cast, request).channel is not None


def _rated(cast: Cast, left: str) -> None:
    """What somebody might write past the form: the digest fits, the risk does not."""
    row = AccountRequest.objects.get()
    row.answers["risk_public_left"] = left
    AccountRequest.objects.update(answers=row.answers, digest=digest_of(row))


@pytest.mark.clause("C05", "C09")
@pytest.mark.parametrize("left", ["", "high"])
def test_too_much_risk_keeps_a_page_shut_at_the_decision_too(cast: Cast, left: str) -> None:
    request = sent(cast)
    _rated(cast, left)
    request.refresh_from_db()
    with pytest.raises(CannotDecide, match=r"Choose one|Too much of it is left"):
        yes(cast, request)
    assert Channel.objects.count() == 1
    _rated(cast, "medium")
    request.refresh_from_db()
    assert yes(cast, request).decided_name == "Helen Example"


@pytest.mark.clause("C94")
def test_young_people_need_the_lowest_age_confirmed_and_a_raised_risk() -> None:
    plan = "Nobody younger than that, and we look at each follower."
    young: Answers = {
        "young_plan": plan,
        "audience": ["parents", "young"],
        "young_age": "13",
        "risk_young_level": "medium",
    }
    assert problems({**GOOD, **young}, KNOWN) == {}
    for age in ("", "12", "0x0"):
        found = problems({**GOOD, **young, "young_age": age}, KNOWN)
        assert list(found) == ["young_age"] and "facebook.com/legal/terms" in found["young_age"]
    assert list(problems({**GOOD, **young, "risk_young_level": "low"}, KNOWN)) == ["risk_young_level"]
    assert set(PUBLIC) == {network for network, _ in form.NETWORKS} == set(Channel.Network.values)
    assert all(f"{side.minimum_age}" in form.FIELDS["young_age"].hint for side in PUBLIC.values())
    assert problems({**GOOD, "young_age": "what?"}, KNOWN) == {}  # nobody young is meant: nobody is asked


@pytest.mark.clause("C94")
def test_a_lowest_age_that_rose_since_is_found_when_it_is_decided(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = "Nobody under 13, and we look at each follower."
    young = {"young_plan": plan, "young_age": "13", "risk_young_level": "high"}
    request = sent(cast, changes={**young, "audience": ["young"]})
    given: dict[str, Any] = {"request": request, "digest": request.digest, "at": timezone.now()}
    sign_as_lead(actor=cast.gwen, name="Gwen Example", **given)
    monkeypatch.setitem(PUBLIC, "bluesky", replace(PUBLIC["bluesky"], minimum_age=16))
    with pytest.raises(CannotDecide, match="Type 16, the lowest age there"):
        yes(cast, request)


def waiting_for_a_second(cast: Cast) -> AccountRequest:
    """Return a request that the deputy said yes to, who is the only service manager and would run the page."""
    held = RoleHeld.objects.filter(membership=cast.member(cast.helen)).get()
    held.membership = cast.member(cast.kofi)  # the deputy is the service manager, too
    held.save()
    return yes(cast, sent(cast), cast.kofi, name="Kofi Example")


def test_who_manages_ends_what_nobody_can_sign_any_more(cast: Cast) -> None:
    request = waiting_for_a_second(cast)
    now = timezone.now()
    for nobody in (cast.helen, cast.gwen, cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            withdraw(actor=nobody, request=request, reason="Nobody can sign", at=now)
    with pytest.raises(NeedsReason):
        withdraw(actor=cast.kofi, request=request, reason=" ", at=now)
    withdraw(actor=cast.kofi, request=request, reason="Nobody can sign", at=now)
    request.refresh_from_db()
    assert request.state == "withdrawn" and why_taken_back(request) == "Nobody can sign"
    assert request.decided_by == cast.kofi  # what was signed stays on record
    with pytest.raises(CannotAsk):
        withdraw(actor=cast.kofi, request=request, reason="Twice", at=now)
    own = sent(cast)
    withdraw(actor=cast.priya, request=own, at=now)
    assert why_taken_back(own) == ""


@pytest.mark.clause("C101")
def test_a_small_setting_needs_a_second_signature(cast: Cast) -> None:
    day = timezone.localdate()
    request = waiting_for_a_second(cast)
    assert request.state == AccountRequest.State.COSIGN and request.channel is None
    given: dict[str, Any] = {"request": request, "digest": request.digest, "at": timezone.now()}
    for person in (cast.priya, cast.kofi, cast.helen):
        with pytest.raises(NotAllowed):
            cosign(actor=person, name=f"{person.first_name} Example", **given)
    RoleHeld.objects.create(membership=cast.member(cast.gwen), role=Role.MANAGER, starts_on=day)
    assert cosign(actor=cast.gwen, name="Gwen Example", **given).channel is not None


@pytest.mark.clause("C98", "C102")
def test_a_late_condition_and_the_end_shut_the_account(cast: Cast) -> None:
    day = timezone.localdate()
    wanted = [Wanted("A rota for the holidays", day + timedelta(days=9))]
    channel = yes(cast, sent(cast), decision="conditions", conditions=wanted).channel
    assert channel is not None and channel.authorised_until is not None

    def shut(on: date) -> set[str]:
        now = cast.organisation.local(timezone.now()).replace(year=on.year, month=on.month, day=on.day)
        listed = next(one for one in accounts_now(cast.organisation, now) if one.channel == channel)
        assert listed.restrictions == channel_now(channel, now).restrictions
        return {one.clause for one in listed.restrictions} & {"C98", "C102"}

    assert shut(day + timedelta(days=9)) == set()
    assert shut(day + timedelta(days=10)) == {"C102"}
    channel.conditions.update(met_at=timezone.now())
    assert shut(channel.authorised_until) == set()
    assert shut(channel.authorised_until + timedelta(days=1)) == {"C98"}


def test_another_setting_has_no_part_in_it(cast: Cast) -> None:
    request, now = sent(cast), timezone.now()
    for deed in (
        lambda: begin(actor=cast.outsider, organisation=cast.organisation, at=now),
        lambda: begin(actor=cast.outsider, organisation=cast.elsewhere, again=request, at=now),
        lambda: withdraw(actor=cast.outsider, request=request, at=now),
        lambda: sign_as_lead(actor=cast.outsider, request=request, digest=request.digest, name="O", at=now),
        lambda: cosign(actor=cast.outsider, request=request, digest=request.digest, name="O", at=now),
    ):
        with pytest.raises(NotAllowed):
            deed()
