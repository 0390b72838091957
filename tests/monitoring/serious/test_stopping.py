"""Stopping at what looks illegal: locked, words only, reported by its address, hidden after, finished by the lead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from stairgate.assurance.reminding.keeping import sweep as remind
from stairgate.assurance.reminding.models import Reminder
from stairgate.monitoring import services as ordinary
from stairgate.monitoring.models import Action, Decision, Item, Serious, SeriousStep
from stairgate.monitoring.rules import UNREAD
from stairgate.monitoring.selectors import inbox
from stairgate.monitoring.serious import services
from stairgate.monitoring.serious.rules import How, Step, To
from stairgate.networks.base import Capability
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import act, decide, kinds, read
from tests.practice.fixtures import Practice

HARM = "Which days is the one in the red coat in? I am round there most mornings"


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "friendly_8", HARM)
    read()
    return Item.objects.get()


def stop(actor: User, item: Item | None, cast: Cast) -> Serious:
    return services.stop(actor=actor, organisation=cast.organisation, item=item, at=timezone.now())


def step(deed: Any, actor: User, case: Serious, **values: Any) -> Any:
    return deed(actor=actor, case=case, at=timezone.now(), **values)


def report(actor: User, case: Serious, to: str = To.IWF, reference: str = "", because: str = "") -> None:
    step(services.report, actor, case, to=to, reference=reference, because=because)


def all_but_reports(cast: Cast, case: Serious) -> None:
    step(services.answer_danger, cast.kofi, case, how=How.NO, reference="")
    where = {"address": "page/1", "account": "friendly_8", "seen_when": "today", "seen_by": "Kofi"}
    step(services.note_words, cast.kofi, case, **where)
    step(services.tell_lead, cast.kofi, case, lead=cast.gwen.pk)
    step(services.note_support, cast.gwen, case, words="Gwen speaks with Kofi today")


def every_report(cast: Cast, case: Serious, *, reported: bool) -> None:
    for to in To.values:
        iwf = reported and to == To.IWF
        report(cast.kofi, case, to, "IWF 12" if iwf else "", "" if iwf else "The police see to it")


@pytest.mark.clause("C43")
@pytest.mark.parametrize(
    "kind", [Decision.Kind.DELETE, Decision.Kind.NO_ACTION, Decision.Kind.HIDE, Decision.Kind.BAN]
)
def test_what_was_stopped_is_decided_in_no_ordinary_way(cast: Cast, item: Item, kind: Decision.Kind) -> None:
    stop(cast.kofi, item, cast)
    with pytest.raises(Refusal, match="looks illegal"):
        decide(cast.gwen, item, kind)
    with pytest.raises(Refusal, match="looks illegal"):
        ordinary.reply(
            actor=cast.kofi, item=item, version=item.version, text="Hello there", at=timezone.now()
        )
    assert not Decision.objects.exists()


@pytest.mark.clause("C43")
def test_to_have_read_the_list_does_not_close_what_was_stopped(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    practice.comment(on_page, "Sam", "Lovely soup!")
    read()
    item = Item.objects.get()
    stop(cast.kofi, item, cast)
    read_ones = {item.pk: item.version}
    place = cast.organisation
    count = ordinary.clear_quiet(actor=cast.kofi, read=read_ones, organisation=place, at=timezone.now())
    assert count == 0 and inbox(place).count() == 1


@pytest.mark.clause("C43")
def test_nothing_moves_on_the_page_before_its_address_was_reported(
    cast: Cast, practice: Practice, item: Item
) -> None:
    assert item.actions.get().kind == Action.Kind.HIDE, "harm is hidden at once"
    case = stop(cast.kofi, item, cast)
    act()
    assert "red coat" in practice.public_page()
    practice.deed("edit-comment", comment=item.external_id, message=HARM + " Really.")
    read()
    act()
    assert "Really" in practice.public_page() and Item.objects.get().sightings.count() == 2
    with pytest.raises(Refusal, match="Report its address first"):
        step(services.hide_after, cast.gwen, case, how=How.ASKED, reference="")
    report(cast.kofi, case, reference="IWF 12")
    step(services.hide_after, cast.gwen, case, how=How.ASKED, reference="")
    act()
    assert "red coat" not in practice.public_page()
    item.refresh_from_db()
    assert item.is_hidden and item.gone_at is None, "hidden, and not deleted"
    assert Item.objects.get().text.startswith(HARM), "its words stay"


@pytest.mark.clause("C43")
def test_what_was_being_done_when_somebody_stopped_is_not_tried_again(
    cast: Cast, practice: Practice, item: Item
) -> None:
    """A worker had taken the hide, and the network hiccuped: the second try would come before the report."""
    now = timezone.now()
    Action.objects.update(lease_until=now + timedelta(minutes=5))
    stop(cast.kofi, item, cast)
    assert Action.objects.get().state == Action.State.WAITING
    Action.objects.update(lease_until=None)
    act()
    assert Action.objects.get().state == Action.State.CANCELLED
    assert "red coat" in practice.public_page()


@pytest.mark.clause("C43")
def test_the_police_may_ask_for_it_to_stay(cast: Cast, practice: Practice, item: Item) -> None:
    case = stop(cast.kofi, item, cast)
    report(cast.kofi, case, To.POLICE, reference="CAD 77")
    with pytest.raises(Refusal, match="reference number"):
        step(services.hide_after, cast.gwen, case, how=How.POLICE, reference="")
    step(services.hide_after, cast.gwen, case, how=How.ASKED, reference="")
    step(services.hide_after, cast.gwen, case, how=How.POLICE, reference="CAD 78")
    act()
    assert "red coat" in practice.public_page()
    assert case.steps.filter(step=Step.HIDDEN).latest("pk").reference == "CAD 78"


@pytest.mark.clause("C43")
def test_only_the_lead_finishes_it_and_only_when_nothing_is_missing(cast: Cast, item: Item) -> None:
    case = stop(cast.kofi, item, cast)
    with pytest.raises(Refusal, match="safeguarding lead"):
        step(services.finish, cast.gwen, case)
    all_but_reports(cast, case)
    every_report(cast, case, reported=True)
    with pytest.raises(Refusal, match="hide it"):
        step(services.finish, cast.gwen, case)
    step(services.hide_after, cast.kofi, case, how=How.BY_HAND, reference="")
    for actor in (cast.kofi, cast.priya):
        with pytest.raises(NotAllowed):
            step(services.finish, actor, case)
    step(services.finish, cast.gwen, case)
    item.refresh_from_db()
    assert item.state == Item.State.DECIDED
    with pytest.raises(Refusal, match="looks illegal"):
        decide(cast.gwen, item, Decision.Kind.DELETE)
    with pytest.raises(Refusal, match="finished"):
        report(cast.kofi, case, reference="IWF 13")
    rows = list(case.steps.all())
    assert all(row.by_id and row.at for row in rows) and rows[-1].step == Step.CLOSED
    told = [kind for kind in kinds(cast) if kind.startswith("monitoring.serious_")]
    assert len(told) == len(rows)


@pytest.mark.clause("C43")
def test_what_was_reported_to_nobody_goes_back_to_the_inbox(cast: Cast, item: Item) -> None:
    case = stop(cast.kofi, item, cast)
    all_but_reports(cast, case)
    every_report(cast, case, reported=False)
    step(services.finish, cast.gwen, case)
    item.refresh_from_db()
    assert item.state == Item.State.OPEN
    decide(cast.gwen, item, Decision.Kind.HIDE)
    assert stop(cast.kofi, item, cast).pk != case.pk, "it can be stopped again"


def test_stopping_twice_is_stopping_once(cast: Cast, item: Item) -> None:
    assert stop(cast.kofi, item, cast) == stop(cast.gwen, item, cast)
    assert SeriousStep.objects.count() == 1


@pytest.mark.clause("C43")
def test_who_may_not_decide_cannot_stop_or_write_a_step(cast: Cast, item: Item) -> None:
    for actor in (cast.tom, cast.leah, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            stop(actor, item, cast)
    case = stop(cast.kofi, None, cast)
    for actor in (cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            step(services.note_support, actor, case, words="Somebody helps")
    assert case.steps.count() == 1


def test_what_was_seen_elsewhere_is_stopped_without_an_item(cast: Cast) -> None:
    case = stop(cast.kofi, None, cast)
    all_but_reports(cast, case)
    every_report(cast, case, reported=True)
    with pytest.raises(Refusal, match="by hand"):
        step(services.hide_after, cast.kofi, case, how=How.ASKED, reference="")
    step(services.hide_after, cast.kofi, case, how=How.GONE, reference="")
    step(services.finish, cast.gwen, case)
    assert Serious.objects.get().finished_by == cast.gwen


@pytest.mark.parametrize(
    ("deed", "values"),
    [
        (services.answer_danger, {"how": "perhaps", "reference": ""}),
        (services.answer_danger, {"how": How.RANG, "reference": "they are on their way"}),
        (services.note_words, {"address": " ", "account": "", "seen_when": "", "seen_by": "Kofi"}),
        (services.note_words, {"address": "x" * 501, "account": "", "seen_when": "", "seen_by": "Kofi"}),
        (services.note_words, {"address": "p", "account": "x" * 201, "seen_when": "", "seen_by": "Kofi"}),
        (services.tell_lead, {"lead": None}),
        (services.note_support, {"words": "x" * 201}),
    ],
)
def test_a_step_that_is_not_clear_is_refused(cast: Cast, deed: Any, values: dict[str, Any]) -> None:
    case = stop(cast.kofi, None, cast)
    with pytest.raises(Refusal):
        step(deed, cast.kofi, case, **values)
    assert case.steps.count() == 1


def test_only_a_lead_can_have_been_told(cast: Cast) -> None:
    case = stop(cast.kofi, None, cast)
    with pytest.raises(Refusal, match="which safeguarding lead"):
        step(services.tell_lead, cast.kofi, case, lead=cast.tom.pk)


@pytest.mark.clause("C43")
def test_it_stays_in_the_inbox_also_when_it_was_decided_before(cast: Cast, item: Item) -> None:
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    stop(cast.gwen, item, cast)
    assert inbox(cast.organisation).get().pk == item.pk


@pytest.mark.clause("C43")
@pytest.mark.clause("C41")
def test_the_lead_is_told_at_once(cast: Cast, item: Item) -> None:
    case = stop(cast.kofi, item, cast)
    remind(timezone.now(), "test")
    told = Reminder.objects.filter(kind="serious", done_at__isnull=True)
    assert [row.user for row in told] == [cast.gwen] and told[0].href.endswith(f"{case.pk}/")
    all_but_reports(cast, case)
    every_report(cast, case, reported=False)
    step(services.finish, cast.gwen, case)
    remind(timezone.now(), "test")
    assert not told.all().exists()


def test_where_the_network_hides_nothing_it_is_done_by_hand(
    cast: Cast, item: Item, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Blunt:
        capabilities: frozenset[Capability] = frozenset()

    case = stop(cast.kofi, item, cast)
    report(cast.kofi, case, reference="IWF 12")
    monkeypatch.setattr(services, "network_for", lambda channel: Blunt())
    with pytest.raises(Refusal, match="by hand"):
        step(services.hide_after, cast.kofi, case, how=How.ASKED, reference="")
    assert not Decision.objects.exists() and item.risk < UNREAD
