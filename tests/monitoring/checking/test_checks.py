"""The weekly check with rows: the rota that opens the gate, the check that keeps it open, the receipt that proves it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from stairgate.assurance.checks import checks, gaps, second_looks
from stairgate.assurance.reminding.rules import Kind
from stairgate.assurance.reminding.setting import Setting
from stairgate.channels.models import Channel
from stairgate.channels.selectors import channel_now
from stairgate.ledger.models import Entry
from stairgate.ledger.services import checkpoint
from stairgate.monitoring import services as inbox
from stairgate.monitoring.checking import rota, services
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck, RotaPlace, SampleLook
from stairgate.monitoring.checking.rules import HEADINGS, Answer, Given, Step, headings_of
from stairgate.monitoring.checking.selectors import check_now, looks_for, rota_now, sealed_by
from stairgate.monitoring.models import Decision, Item
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Organisation
from stairgate.people.models import Check
from stairgate.publishing.services import Refusal
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


def go_through(cast: Cast, at: datetime, **found: Given) -> PageCheck:
    for step in Step:
        given = {name: found.get(name, one) for name, one in nothing(step).items()}
        check = services.answer(
            actor=cast.kofi, organisation=cast.organisation, step=step, given=given, at=at
        )
    return check


def sign(cast: Cast, check: PageCheck, at: datetime) -> PageCheck:
    seen = services.seal(check_now(cast.organisation, at))
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
    assert shut_by(cast, late) == set() and check.was_late and check.is_nil
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
            services.answer(
                actor=cast.kofi, organisation=cast.organisation, step=Step.READ, given=given, at=now
            )
    for actor in (cast.tom, cast.leah, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            services.answer(
                actor=actor,
                organisation=cast.organisation,
                step=Step.READ,
                given=nothing(Step.READ),
                at=now,
            )
    assert not PageCheck.objects.exists()


def test_a_check_is_not_signed_early_or_over_anothers_answers(cast: Cast, now: datetime) -> None:
    check = services.answer(
        actor=cast.kofi, organisation=cast.organisation, step=Step.PAGES, given=nothing(Step.PAGES), at=now
    )
    with pytest.raises(Refusal, match="not answered yet"):
        sign(cast, check, now)
    go_through(cast, now)
    read = services.seal(check_now(cast.organisation, now))
    found = nothing(Step.READ) | {"language": Given(Answer.FOUND, "One swear word; hidden at once.")}
    services.answer(actor=cast.gwen, organisation=cast.organisation, step=Step.READ, given=found, at=now)
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
    Item.objects.filter(pk=item.pk).update(under_18=True)
    assert check_now(cast.organisation, now).undecided == 0, "and what stays for the lead alone does not"


def test_a_check_cannot_be_written_into_an_earlier_day(cast: Cast, now: datetime) -> None:
    check = go_through(cast, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        sign(cast, check, now - timedelta(seconds=1))
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
    assert services.digest_of(check.receipt) == check.digest
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
        services.look_again(actor=cast.kofi, look=one, agrees=True, note="", at=now)
    services.look_again(actor=cast.gwen, look=one, agrees=True, note="", at=now)
    with pytest.raises(Refusal, match="already"):
        services.look_again(actor=cast.priya, look=one, agrees=True, note="", at=now)
    with pytest.raises(Refusal, match="Say in a sentence"):
        services.look_again(actor=cast.gwen, look=other, agrees=False, note="", at=now)
    services.look_again(actor=cast.gwen, look=other, agrees=False, note="It asks where he lives.", at=now)
    other.item.refresh_from_db()
    one.item.refresh_from_db()
    assert other.item.state == Item.State.OPEN and one.item.state == Item.State.DECIDED
    assert check_now(cast.organisation, now).undecided == 1


def test_nothing_is_drawn_twice(cast: Cast, drawn: list[SampleLook], now: datetime) -> None:
    again = now + timedelta(seconds=5)
    sign(cast, go_through(cast, again), again)
    assert SampleLook.objects.count() == len(drawn)


# the pages


def filled(step: Step, **more: str) -> dict[str, str]:
    return {heading.id: "none" for heading in headings_of(step)} | more


def test_a_quiet_week_from_the_first_page_to_the_receipt(cast: Cast, now: datetime) -> None:
    on_rota(cast, now)
    kofi = signed_in(cast.kofi)
    page = kofi.get("/check/").content.decode()
    assert "0 of 5 done" in page and "Kofi is on the rota" in page and "Sign the check" not in page
    for step in Step:
        assert kofi.post(f"/check/answer/{step}/", filled(step)).status_code == 302
    page = kofi.get("/check/").content.decode()
    assert "5 of 5 done" in page and "Sign the check" in page
    seal = services.seal(check_now(cast.organisation, timezone.now()))
    answered = kofi.post("/check/sign/", {"seal": seal, "note": "All calm."}, follow=True)
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
    sent = filled(Step.READ, language="found", **{"hidden-note": "Two old ones"})
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
