"""The weekly check with rows: the rota that opens the gate, the check that keeps it open, the receipt that proves it."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from stairgate.assurance.checks import checks, gaps, nobody_on_it, second_looks
from stairgate.assurance.reminding.rules import Kind
from stairgate.assurance.reminding.setting import Setting
from stairgate.channels.access_list.services import note
from stairgate.channels.models import Channel
from stairgate.channels.selectors import channel_now
from stairgate.channels.services import Credentials, connect
from stairgate.ledger.models import Entry
from stairgate.ledger.services import checkpoint
from stairgate.monitoring import services as inbox
from stairgate.monitoring.checking import rota, services
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, RotaPlace, SampleLook
from stairgate.monitoring.checking.receipts import digest_of, seal, step_seal
from stairgate.monitoring.checking.rules import (
    HEADINGS,
    TOLD_THE_LEAD,
    Answer,
    Given,
    Step,
    headings_of,
)
from stairgate.monitoring.checking.selectors import check_now, looks_for, names_on_rota, rota_now, sealed_by
from stairgate.monitoring.handling.services import take_on
from stairgate.monitoring.models import Decision, Item, Sighting, Sweep
from stairgate.networks.base import AccessHolder, Secret
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Organisation
from stairgate.people.models import Check
from stairgate.publishing.services import Refusal
from stairgate.screening import Severity
from tests.accounts import open_group
from tests.cast import Cast, willow_lane
from tests.web.test_permissions import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.clause("C37", "C38", "C39", "C40")]

DAY = timedelta(days=1)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, settings: Any, now: datetime) -> Cast:
    """The cast, whose page was connected just now: there is no rota yet, and nobody has checked anything."""
    settings.DEMO = True
    cast = willow_lane(now)
    Channel.objects.update(checked_at=None)
    Sweep.objects.create(channel=cast.channel, due_at=now + 400 * DAY, complete_at=now)
    Organisation.objects.update(rota_until=None)
    return fresh(cast)


def fresh(cast: Cast) -> Cast:
    cast.channel.refresh_from_db()
    cast.channel.organisation.refresh_from_db()
    cast.organisation.refresh_from_db()
    return cast


def shut_by(cast: Cast, at: datetime) -> set[str]:
    fresh(cast)
    return {one.clause for one in channel_now(cast.channel, at).restrictions} & {"C37", "C38"}


def on_rota(cast: Cast, at: datetime) -> None:
    rota.set_rota(actor=cast.priya, organisation=cast.organisation, users=[cast.kofi.pk, cast.gwen.pk], at=at)


def nothing(step: Step) -> dict[str, Given]:
    return {heading.id: Given(Answer.NONE) for heading in headings_of(step)}


def say(
    cast: Cast, step: Step, given: dict[str, Given], at: datetime, *, actor: Any = None, seen: str = ""
) -> PageCheck:
    """Answer a step, as whoever has just read it."""
    return services.answer(
        actor=actor or cast.kofi,
        organisation=cast.organisation,
        step=step,
        given=given,
        seen=seen or as_shown(cast, step, at),
        at=at,
    )


def as_shown(cast: Cast, step: Step, at: datetime) -> str:
    found = next(one for one in check_now(cast.organisation, at).steps if one.step == step)
    return step_seal(step, {line.heading.id: line.answer for line in found.lines if line.answer})


def go_through(cast: Cast, at: datetime, **found: Given) -> PageCheck:
    for step in Step:
        given = {name: found.get(name, one) for name, one in nothing(step).items()}
        check = say(cast, step, given, at)
    return check


def sign(cast: Cast, check: PageCheck, at: datetime) -> PageCheck:
    seen = seal(check_now(cast.organisation, at))
    return services.sign(actor=cast.kofi, check=check, seen=seen, note="", at=at)


def comment(cast: Cast, at: datetime, text: str = "Lovely soup", number: int = 0) -> Item:
    return Item.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        external_id=f"c{number}",
        kind="comment",
        author_id=f"a{number}",
        author_name="Sam",
        text=text,
        written_at=at,
        first_seen_at=at,
        screening={"action": "pass", "findings": []},
    )


def decide(item: Item, actor: object, at: datetime) -> None:
    inbox.decide(
        actor=actor,  # type: ignore[arg-type]
        item=item,
        version=item.version,
        kind=Decision.Kind.NO_ACTION,
        reason="Kind words",
        at=at,
    )


# the rota


def test_without_a_rota_the_gate_is_shut_and_with_one_it_opens(cast: Cast, now: datetime) -> None:
    assert shut_by(cast, now) == {"C37"}
    on_rota(cast, now)
    assert shut_by(cast, now) == set()
    assert Entry.objects.filter(kind="monitoring.rota_set").count() == 1


def test_a_rota_is_set_by_whoever_looks_after_the_accounts_with_two_who_may_do_it(
    cast: Cast, now: datetime
) -> None:
    for actor in (cast.gwen, cast.tom, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            rota.set_rota(
                actor=actor, organisation=cast.organisation, users=[cast.kofi.pk, cast.gwen.pk], at=now
            )
    for users in (
        [],
        [cast.kofi.pk],
        [cast.kofi.pk, cast.kofi.pk],
        [cast.kofi.pk, cast.tom.pk],
        [cast.outsider.pk],
    ):
        with pytest.raises(Refusal):
            rota.set_rota(actor=cast.priya, organisation=cast.organisation, users=users, at=now)
    assert not RotaPlace.objects.exists() and shut_by(cast, now) == {"C37"}


def test_a_rota_whose_people_are_no_longer_fit_shuts_the_gate_by_itself(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    Check.objects.filter(person__user=cast.gwen).delete()
    assert rota.sweep(now + timedelta(minutes=9), "test") == 0
    assert rota.sweep(now + timedelta(minutes=10), "test") == 1
    assert shut_by(cast, now + timedelta(minutes=10)) == {"C37"}


def test_holidays_show_who_steps_in_and_a_gap_is_told_before_it_comes(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    today = cast.organisation.day(now)

    def setting() -> Setting:
        return Setting(fresh(cast).organisation, now)

    assert list(gaps(setting())) == []
    for who in (cast.kofi, cast.gwen):
        rota.add_away(
            actor=cast.priya,
            organisation=cast.organisation,
            user=who.pk,
            first_on=today + 5 * DAY,
            last_on=today + 12 * DAY,
            at=now,
        )
    found = rota_now(cast.organisation, now)
    assert found.until == today + 4 * DAY and found.does(today + 5 * DAY) is None
    told = list(gaps(setting()))
    assert {due.user for due in told} == {cast.priya.pk, cast.kofi.pk}
    assert {due.kind for due in told} == {Kind.ROTA}
    assert shut_by(cast, now) == set()
    away = found.away[0]
    with pytest.raises(NotAllowed):
        rota.end_away(actor=cast.tom, away=away, at=now)
    rota.end_away(actor=cast.priya, away=away, at=now)
    with pytest.raises(Refusal):
        rota.end_away(actor=cast.priya, away=away, at=now)
    assert fresh(cast).organisation.rota_until is not None and list(gaps(setting())) == []


@pytest.mark.parametrize(("first", "last"), [(3, 2), (-5, -1), (0, 400)])
def test_days_away_make_sense(cast: Cast, now: datetime, first: int, last: int) -> None:
    on_rota(cast, now)
    today = cast.organisation.day(now)
    with pytest.raises(Refusal):
        rota.add_away(
            actor=cast.gwen,
            organisation=cast.organisation,
            user=cast.gwen.pk,
            first_on=today + first * DAY,
            last_on=today + last * DAY,
            at=now,
        )


def test_everybody_says_for_themselves_when_they_are_away(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    today = cast.organisation.day(now)
    days = {"first_on": today, "last_on": today}
    rota.add_away(actor=cast.gwen, organisation=cast.organisation, user=cast.gwen.pk, at=now, **days)
    with pytest.raises(NotAllowed):
        rota.add_away(actor=cast.gwen, organisation=cast.organisation, user=cast.kofi.pk, at=now, **days)


# the check


def test_a_missed_check_shuts_the_gate_to_the_second_and_signing_opens_it(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    due = check_now(cast.organisation, now).due
    assert due is not None and due.on == cast.organisation.day(now) + 7 * DAY
    Organisation.objects.update(rota_until=due.on + 60 * DAY)
    assert shut_by(cast, due.until - timedelta(seconds=1)) == set()
    assert shut_by(cast, due.until) == {"C38"}
    late = due.until + timedelta(hours=9)
    check = sign(cast, go_through(cast, late), late)
    assert shut_by(cast, late) == set() and check.was_late
    assert check_now(cast.organisation, late).since == late


def test_whoever_is_on_the_rota_is_told_then_everybody_in_charge(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    due = check_now(cast.organisation, now).due
    assert due is not None
    noon = due.until - timedelta(hours=12)

    def told(at: datetime) -> dict[str, set[object]]:
        found: dict[str, set[object]] = {}
        for one in checks(Setting(fresh(cast).organisation, at)):
            found.setdefault(one.kind, set()).add(one.user)
        return found

    assert told(due.until - 3 * DAY - timedelta(seconds=1)) == {}
    assert told(due.until - 3 * DAY) == {Kind.CHECK: {cast.kofi.pk}}
    assert told(noon - timedelta(seconds=1)) == {Kind.CHECK: {cast.kofi.pk}}
    everybody = {cast.priya.pk, cast.kofi.pk, cast.gwen.pk, cast.helen.pk}
    assert told(noon) == {Kind.CHECK: {cast.kofi.pk}, Kind.CHECK_LATE: everybody}
    assert told(due.until + 3 * DAY)[Kind.CHECK_LATE] == everybody
    sign(cast, go_through(cast, noon), noon)
    assert told(noon) == {}


def test_each_step_wants_every_answer_and_nobody_unfit_gives_one(cast: Cast, now: datetime) -> None:
    for left_out in headings_of(Step.READ):
        given = nothing(Step.READ)
        del given[left_out.id]
        with pytest.raises(Refusal):
            say(cast, Step.READ, given, now)
    for actor in (cast.tom, cast.leah, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            say(cast, Step.READ, nothing(Step.READ), now, actor=actor)
    assert not PageCheck.objects.exists()


def test_a_check_is_not_signed_early_or_over_anothers_answers(cast: Cast, now: datetime) -> None:
    check = say(cast, Step.PAGES, nothing(Step.PAGES), now)
    with pytest.raises(Refusal, match="not answered yet"):
        sign(cast, check, now)
    go_through(cast, now)
    read = seal(check_now(cast.organisation, now))
    found = nothing(Step.READ) | {"language": Given(Answer.FOUND, "One swear word; hidden at once.")}
    say(cast, Step.READ, found, now, actor=cast.gwen)
    with pytest.raises(Refusal, match="answered anew"):
        services.sign(actor=cast.kofi, check=check, seen=read, note="", at=now)
    signed = sign(cast, check, now)
    assert not signed.is_nil and PageCheck.objects.count() == 1
    answers = {one["heading"]: one for one in signed.receipt["answers"]}
    assert answers["language"]["by"] == "Gwen" and answers["staff"]["by"] == "Kofi"
    with pytest.raises(Refusal, match="signed it already"):
        services.sign(actor=cast.kofi, check=check, seen=read, note="", at=now)


def test_nothing_is_signed_over_a_comment_that_nobody_decided(cast: Cast, now: datetime) -> None:
    check = go_through(cast, now)
    now += timedelta(seconds=1)
    item = comment(cast, now)
    with pytest.raises(Refusal, match="nobody has decided"):
        sign(cast, check, now)
    decide(item, cast.gwen, now)
    signed = sign(cast, check, now)
    assert signed.receipt["came_in"] == {"comment": 1}
    item.refresh_from_db()
    Item.objects.filter(pk=item.pk).update(state=Item.State.OPEN, text="Changed")
    assert check_now(cast.organisation, now).undecided == 1, "what came back needs a decision too"


@pytest.mark.clause("C59")
def test_what_stays_for_the_lead_alone_counts_again_with_new_words(cast: Cast, now: datetime) -> None:
    item = comment(cast, now, "I am 12 and I love it")
    Item.objects.filter(pk=item.pk).update(under_18=True)
    Sighting.objects.create(item=item, at=now, text=item.text)
    item.refresh_from_db()
    assert check_now(cast.organisation, now).undecided == 1
    decide(item, cast.kofi, now + timedelta(seconds=1))
    assert check_now(cast.organisation, now).undecided == 0, "it waits for the lead, and has its decision"
    Sighting.objects.create(item=item, at=now + timedelta(seconds=2), text="I am 12 and somebody hurts me")
    assert check_now(cast.organisation, now).undecided == 1, "and these words have none"


def test_a_check_cannot_be_written_into_an_earlier_day(cast: Cast, now: datetime) -> None:
    check = go_through(cast, now)
    with pytest.raises(Refusal, match="clock"):
        sign(cast, check, now - timedelta(seconds=1))
    with pytest.raises(IntegrityError), transaction.atomic():
        check.signed_at, check.signed_by, check.entry = now - timedelta(seconds=1), cast.kofi, 1
        check.save()
    assert not PageCheck.objects.filter(signed_at__isnull=False).exists()
    fresh(cast)
    assert cast.channel.checked_at is None


def test_a_receipt_is_sealed_in_the_record_and_a_signed_statement_covers_it(
    cast: Cast, now: datetime
) -> None:
    check = sign(cast, go_through(cast, now), now)
    entry = Entry.objects.get(kind="monitoring.checked")
    assert (entry.index, entry.subject) == (check.entry, str(check.pk))
    assert entry.payload is not None and check.digest in entry.payload
    assert digest_of(check.receipt) == check.digest
    assert sealed_by(check) is None
    checkpoint(organisation_id=cast.organisation.pk, at=now)
    sealed = sealed_by(check)
    assert sealed is not None and sealed.size > entry.index
    assert CheckAnswer.objects.filter(page_check=check).count() == len(HEADINGS)


def test_only_accounts_that_were_there_count_as_checked(cast: Cast, now: datetime) -> None:
    Channel.objects.filter(pk=cast.channel.pk).update(status=Channel.Status.CLOSED)
    with pytest.raises(Refusal, match="no account"):
        go_through(cast, now)
    fresh(cast)
    assert cast.channel.checked_at is None


# the second look


@pytest.fixture
def drawn(cast: Cast, now: datetime) -> list[SampleLook]:
    """What was drawn of eight comments that Kofi judged safe, when he signed the check."""
    check = go_through(cast, now)
    for number in range(8):
        decide(
            comment(cast, now + timedelta(seconds=1), number=number), cast.kofi, now + timedelta(seconds=2)
        )
    sign(cast, check, now + timedelta(seconds=3))
    return list(SampleLook.objects.order_by("pk"))


def test_of_what_was_judged_safe_some_is_looked_at_by_somebody_else(
    cast: Cast, drawn: list[SampleLook], now: datetime
) -> None:
    assert len(drawn) == 2
    assert not looks_for(cast.member(cast.kofi)).exists() and looks_for(cast.member(cast.gwen)).count() == 2
    told = list(second_looks(Setting(cast.organisation, now)))
    assert {(one.user, one.count) for one in told} == {(cast.priya.pk, 2), (cast.gwen.pk, 2)}
    one, other = drawn
    with pytest.raises(NotAllowed, match="yourself"):
        services.look_again(actor=cast.kofi, look=one, version=one.item.version, agrees=True, note="", at=now)
    with pytest.raises(Refusal, match="changed after you read it"):
        services.look_again(actor=cast.gwen, look=one, version="another", agrees=True, note="", at=now)
    services.look_again(actor=cast.gwen, look=one, version=one.item.version, agrees=True, note="", at=now)
    with pytest.raises(Refusal, match="already"):
        services.look_again(
            actor=cast.priya, look=one, version=one.item.version, agrees=True, note="", at=now
        )
    with pytest.raises(Refusal, match="Say in a sentence"):
        services.look_again(
            actor=cast.gwen, look=other, version=other.item.version, agrees=False, note="", at=now
        )
    services.look_again(
        actor=cast.gwen,
        look=other,
        version=other.item.version,
        agrees=False,
        note="It asks where he lives.",
        at=now,
    )
    other.item.refresh_from_db()
    one.item.refresh_from_db()
    assert other.item.state == Item.State.OPEN and one.item.state == Item.State.DECIDED
    assert check_now(cast.organisation, now).undecided == 1


def test_nothing_is_drawn_twice(cast: Cast, drawn: list[SampleLook], now: datetime) -> None:
    again = now + timedelta(seconds=5)
    sign(cast, go_through(cast, again), again)
    assert SampleLook.objects.count() == len(drawn)


# the pages


def filled(client: Client, step: Step, **more: str) -> dict[str, str]:
    """What the form of a step sends when nothing was found."""
    page = client.get(f"/check/?step={step}").content.decode()
    (seen,) = re.findall(r'name="seen" value="([^"]*)"', page)
    return {heading.id: "none" for heading in headings_of(step)} | {"seen": seen} | more


def test_a_quiet_week_from_the_first_page_to_the_receipt(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    kofi = signed_in(cast.kofi)
    page = kofi.get("/check/").content.decode()
    assert "0 of 5 done" in page and "Kofi is on the rota" in page and "Sign the check" not in page
    for step in Step:
        assert kofi.post(f"/check/answer/{step}/", filled(kofi, step)).status_code == 302
    page = kofi.get("/check/").content.decode()
    assert "5 of 5 done" in page and "Sign the check" in page
    shown = seal(check_now(cast.organisation, timezone.now()))
    answered = kofi.post("/check/sign/", {"seal": shown, "note": "All calm."}, follow=True)
    assert "A quiet week: nothing found" in answered.content.decode()
    check = PageCheck.objects.get()
    receipt = kofi.get(f"/check/{check.pk}/receipt.pdf")
    assert receipt.content.startswith(b"%PDF-")
    outsider = signed_in(cast.outsider)
    for address in (f"/check/{check.pk}/", f"/check/{check.pk}/receipt.pdf"):
        assert outsider.get(address).status_code == 404
    assert "None yet." in outsider.get("/check/").content.decode()


def test_what_was_typed_stays_when_something_is_missing(cast: Cast) -> None:
    kofi = signed_in(cast.kofi)
    sent = filled(kofi, Step.READ, language="found", **{"hidden-note": "Two old ones"})
    answer = kofi.post("/check/answer/read/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Say in a sentence what you found" in page
    assert 'value="Two old ones"' in page and 'id="language-f" value="found" checked' in page
    assert kofi.post("/check/answer/nonsense/", {}).status_code == 404
    assert kofi.post("/check/answer/read/", {"language": "maybe"}).status_code == 422
    assert kofi.post("/check/sign/", {"seal": ""}).status_code == 422
    assert not PageCheck.objects.exists()


def test_the_rota_in_the_browser(cast: Cast, now: datetime) -> None:
    priya = signed_in(cast.priya)
    refused = priya.post("/check/rota/", {"first": cast.kofi.pk, "then": ["", ""]})
    assert refused.status_code == 422 and "two people at least" in refused.content.decode()
    assert priya.post("/check/rota/", {"first": "nobody", "then": ["x"]}).status_code == 422
    sent = {"first": cast.kofi.pk, "then": [cast.gwen.pk, cast.priya.pk]}
    assert priya.post("/check/rota/", sent).status_code == 302
    today = cast.organisation.day(now)
    away = {"who": cast.kofi.pk, "first_on": today + DAY, "last_on": today + 9 * DAY}
    assert priya.post("/check/rota/away/", away | {"last_on": "soon"}).status_code == 422
    assert priya.post("/check/rota/away/", away).status_code == 302
    page = priya.get("/check/rota/").content.decode()
    assert "Gwen" in page and "They are there after all" in page
    assert signed_in(cast.helen).post("/check/rota/", sent).status_code == 403


def test_the_page_asks_no_more_questions_with_more_comments(
    cast: Cast, now: datetime, django_assert_max_num_queries: object
) -> None:
    kofi: Client = signed_in(cast.kofi)
    kofi.get("/check/")
    for number in range(30):
        comment(cast, now, number=number)
    with django_assert_max_num_queries(26):  # type: ignore[operator]
        assert kofi.get("/check/").status_code == 200


# what somebody might try, or bad luck bring


def test_an_answer_of_yesterday_says_nothing_of_today(cast: Cast, now: datetime) -> None:
    check = go_through(cast, now)
    later = now + timedelta(hours=24, seconds=1)
    assert check_now(cast.organisation, now + timedelta(hours=23)).done == len(Step)
    assert check_now(cast.organisation, later).done == 0
    with pytest.raises(Refusal, match="not answered yet"):
        sign(cast, check, later)
    sign(cast, go_through(cast, later), later)


def test_an_account_that_came_after_the_answers_is_not_checked_by_them(cast: Cast, now: datetime) -> None:
    check = go_through(cast, now)
    seen = seal(check_now(cast.organisation, now))
    group = open_group(cast.nursery, now + timedelta(seconds=1))
    with pytest.raises(Refusal):
        services.sign(actor=cast.kofi, check=check, seen=seen, note="", at=now + timedelta(seconds=2))
    assert check_now(cast.organisation, now + timedelta(seconds=2)).done == 0
    group.refresh_from_db()
    assert PageCheck.objects.get().signed_at is None


def test_connecting_anew_puts_no_check_off(cast: Cast, now: datetime) -> None:
    due = check_now(cast.organisation, now).due
    nowhere = Credentials("http://127.0.0.1:9", "100000000000001", Secret("another"))
    connect(actor=cast.kofi, channel=cast.channel, credentials=nowhere, at=now + 6 * DAY)
    assert check_now(cast.organisation, now + 6 * DAY).due == due


def test_a_page_that_was_open_before_wipes_no_finding_away(cast: Cast, now: datetime) -> None:
    stale = as_shown(cast, Step.READ, now)
    found = nothing(Step.READ) | {"safeguarding": Given(Answer.FOUND, TOLD_THE_LEAD)}
    say(cast, Step.READ, found, now, actor=cast.gwen)
    with pytest.raises(Refusal, match="Somebody answered this while you did"):
        say(cast, Step.READ, nothing(Step.READ), now, seen=stale)
    check = sign(cast, go_through(cast, now), now)
    (kept,) = check.receipt["answered_anew"]
    assert kept["by"] == "Gwen" and not check.is_nil, "what was found once stays found"
    page = signed_in(cast.kofi).get(f"/check/{check.pk}/").content.decode()
    assert "Answered anew later" in page and "A quiet week" not in page


def test_a_week_in_which_something_was_taken_down_was_not_quiet(cast: Cast, now: datetime) -> None:
    at = now + timedelta(seconds=1)
    item = comment(cast, at, "Call me on this number")
    inbox.decide(
        actor=cast.kofi, item=item, version=item.version, kind=Decision.Kind.HIDE, reason="A number", at=at
    )
    check = sign(cast, go_through(cast, at), at)
    assert not check.is_nil and check.receipt["decided"] == {"hide": 1}


def test_nor_one_in_which_an_account_was_not_read(cast: Cast, now: datetime) -> None:
    assert sign(cast, go_through(cast, now), now).is_nil
    Sweep.objects.update(problem="The network did not answer.")
    later = now + DAY
    assert not sign(cast, go_through(cast, later), later).is_nil


def test_a_stranger_on_the_access_list_is_no_only_those(cast: Cast, now: datetime) -> None:
    note(channel=cast.channel, holders=[AccessHolder("7", "Sam Stranger")], by=None, at=now)
    check = go_through(cast, now)
    with pytest.raises(Refusal, match="Only those"):
        sign(cast, check, now)
    found = nothing(Step.ACCESS) | {"who-has-access": Given(Answer.FOUND, "Sam; removed there by Priya.")}
    say(cast, Step.ACCESS, found, now)
    assert not sign(cast, check, now).is_nil


def test_all_that_was_grave_and_judged_safe_is_looked_at_again(cast: Cast, now: datetime) -> None:
    go_through(cast, now)
    at = now + timedelta(seconds=1)
    for number in range(12):
        item = comment(cast, at, number=number)
        if number < 3:
            Item.objects.filter(pk=item.pk).update(risk=Severity.HOLD)
        decide(item, cast.kofi, at)
    sign(cast, go_through(cast, at), at)
    looks = SampleLook.objects.values_list("item__risk", flat=True)
    assert sorted(looks) == [0, 0, 0, 3, 3, 3]


def test_an_old_comment_that_was_decided_this_week_may_be_drawn(cast: Cast, now: datetime) -> None:
    sign(cast, go_through(cast, now), now)
    old = comment(cast, now - 9 * DAY)
    later = now + DAY
    decide(old, cast.kofi, later)
    sign(cast, go_through(cast, later), later)
    assert SampleLook.objects.get().item_id == old.pk


def test_whoever_leaves_is_a_gap_ahead_and_not_named_on_the_page(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    today = cast.organisation.day(now)
    last = today + 3 * DAY
    for user in (cast.kofi, cast.gwen):
        type(cast.member(user)).objects.filter(user=user).update(ended_on=last)
    rota.refresh(cast.organisation, now)
    assert fresh(cast).organisation.rota_until == last
    assert names_on_rota(cast.organisation, last) == (["Kofi", "Gwen"], "Kofi")
    assert names_on_rota(cast.organisation, last + DAY) == ([], "")


def test_in_the_morning_somebody_is_told_though_nobody_is_there(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    due = check_now(cast.organisation, now).due
    assert due is not None
    for user in (cast.kofi, cast.gwen):
        rota.add_away(
            actor=cast.priya,
            organisation=cast.organisation,
            user=user.pk,
            first_on=due.on - 2 * DAY,
            last_on=due.on,
            at=now,
        )
    told = list(checks(Setting(fresh(cast).organisation, due.until - 2 * DAY)))
    assert {one.kind for one in told} == {Kind.CHECK_LATE} and cast.priya.pk in {one.user for one in told}
    assert "nobody of the rota is there" in told[0].says


def test_a_note_is_not_lost_when_something_came_in_meanwhile(cast: Cast, now: datetime) -> None:
    kofi = signed_in(cast.kofi)
    go_through(cast, timezone.now())
    comment(cast, timezone.now())
    page = kofi.post("/check/sign/", {"seal": "", "note": "All calm, really."})
    assert page.status_code == 422 and "All calm, really." in page.content.decode()


def test_one_setting_in_trouble_starves_no_other(cast: Cast, now: datetime, monkeypatch: Any) -> None:
    on_rota(cast, now)
    monkeypatch.setattr(rota, "rota_now", lambda *given: 1 / 0)
    assert rota.sweep(now + timedelta(minutes=10), "test") == 1


def test_a_rota_that_is_over_shows_as_a_gap(cast: Cast) -> None:
    Organisation.objects.update(rota_until=timezone.localdate() - DAY)
    assert "The rota has a gap" in signed_in(cast.kofi).get("/check/").content.decode()


# what nobody is on


@pytest.mark.clause("C40", "C41")
def test_what_may_harm_a_child_and_nobody_is_on_is_told_the_managers(cast: Cast, now: datetime) -> None:
    item = comment(cast, now, "Which days is she in?")
    Item.objects.filter(pk=item.pk).update(risk=Severity.HARM)

    def told(at: datetime) -> set[object]:
        return {one.user for one in nobody_on_it(Setting(cast.organisation, at))}

    half = now + timedelta(minutes=30)
    assert told(half - timedelta(seconds=1)) == set()
    assert told(half) == {cast.priya.pk, cast.helen.pk}
    item.refresh_from_db()
    take_on(actor=cast.gwen, item=item, at=half)
    assert told(half + timedelta(minutes=14)) == set(), "somebody is on it"
    assert told(half + timedelta(minutes=16)) == {cast.priya.pk, cast.helen.pk}, "and is no more"
    decide(item, cast.gwen, half)
    assert told(half + timedelta(hours=9)) == set()
