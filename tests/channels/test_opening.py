"""Before anything goes out: house rules, plan, reporting, help for children and the owner are confirmed, and stay true."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stairgate.assurance.gathering import known_now
from stairgate.assurance.judges_work import OF_AN_ACCOUNT
from stairgate.assurance.judging import marks
from stairgate.assurance.live import live_policy
from stairgate.assurance.marks import Worth
from stairgate.channels.access_list.services import note, say_who
from stairgate.channels.leavers import CannotTick
from stairgate.channels.leavers import tick as tick_leaver
from stairgate.channels.models import Channel, Confirmation, PlatformPerson
from stairgate.channels.opening.rules import Item, Opening, about, counts, short_soon, unconfirmed
from stairgate.channels.opening.selectors import house_rules
from stairgate.channels.opening.services import CannotConfirm, Owned, Said, confirm, now_on, take_back
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.cli import demo_policy
from stairgate.cli.demo_opening import confirm_all
from stairgate.ledger.models import Entry
from stairgate.networks.base import AccessHolder
from stairgate.networks.public import PUBLIC
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.roles import end_role, give_role
from stairgate.organisations.rules import Role
from stairgate.people.leaving import leave
from stairgate.people.models import Person
from stairgate.policies.models import PolicyVersion
from stairgate.policies.selectors import in_force
from stairgate.policies.services import adopt
from tests.accounts import open_group
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)
TODAY = about(rules="Be kind.", signpost="Ask a grown-up.", check_days=7, reached="01632", page="facebook 1")
ALL = Opening(TODAY, holders=2, staying=2)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, settings: Any, _now: None) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shut_by(cast: Cast, at: datetime = NOW) -> set[str]:
    """Return the clauses that shut the account, as both ways of reading it say."""
    one = {found.clause for found in channel_now(Channel.objects.get(pk=cast.channel.pk), at).restrictions}
    listed = next(one for one in accounts_now(cast.organisation, at) if one.channel == cast.channel)
    assert one == {found.clause for found in listed.restrictions}
    return one


def worth(cast: Cast, clause: str, at: datetime = NOW) -> Worth:
    known = known_now(cast.organisation, at, version=in_force(cast.organisation))
    of_one = known_now(cast.organisation, at, version=in_force(cast.organisation), account=cast.channel.pk)
    found = [marks(which)[clause] for which in (known, of_one)]
    assert found[0].worth == found[1].worth
    if found[0].worth in {Worth.RISK, Worth.BROKEN}:
        assert all(mark.next_action and mark.waits_for for mark in found)
        shown = live_policy(of_one, names=True, only=OF_AN_ACCOUNT).clause(clause)
        assert shown and shown.worth == found[0].worth
    return found[0].worth


def undo(cast: Cast, item: Item) -> None:
    row = Confirmation.objects.get(channel=cast.channel, item=item, ended_at=None)
    take_back(actor=cast.kofi, confirmation=row, why="It is gone from the page", at=NOW)


def again(cast: Cast, item: Item, actor: User | None = None, at: datetime = NOW, **more: Any) -> Confirmation:
    (row,) = confirm(
        actor=actor or cast.kofi, channel=cast.channel, said={item: said(cast, item, **more)}, at=at
    )
    return row


def said(cast: Cast, item: Item, **more: Any) -> Said:
    """Return what somebody says of one thing as it is on the page today."""
    seen = now_on(Channel.objects.get(pk=cast.channel.pk), NOW).card(item).digest
    return replace(Said(seen, "The pinned post", Owned([cast.priya.pk, cast.kofi.pk], True)), **more)


def undo_all(cast: Cast) -> None:
    Confirmation.objects.filter(channel=cast.channel).update(
        ended_at=NOW, ended_by=cast.kofi, ended_why="New page"
    )


def filled_in(cast: Cast, *ticked: Item, **more: Any) -> dict[str, Any]:
    """Return what a browser sends of the sheet, with every field as somebody fills it in."""
    cards = now_on(Channel.objects.get(pk=cast.channel.pk), NOW).cards
    seen = {f"{card.item}-seen": card.digest for card in cards}
    where = {f"{item}-where": f"Where {item} is" for item in ticked}
    return {
        **seen,
        **where,
        "ticked": list(ticked),
        "mailbox": [str(cast.priya.pk), str(cast.kofi.pk)],
        **more,
    }


# the rules


@pytest.mark.clause("C02", "C16", "C24", "C62")
@pytest.mark.parametrize("item", list(Item))
def test_each_thing_shuts_until_it_is_confirmed_and_when_it_changes(item: Item) -> None:
    assert unconfirmed("The page", ALL, TODAY, need=2) == ()
    without = Opening({one: TODAY[one] for one in Item if one != item}, holders=2, staying=2)
    other = Opening({**TODAY, item: "other"}, holders=2, staying=2)
    for opening in (without, other):
        (found,) = unconfirmed("The page", opening, TODAY, need=2)
        assert found.to_confirm and found.says.startswith("The page: ") and not counts(item, opening, TODAY)
    missing, changed = (unconfirmed("P", opening, TODAY, need=2)[0] for opening in (without, other))
    assert missing.says != changed.says


def test_a_policy_that_came_as_a_text_without_a_list_changes_nothing() -> None:
    assert unconfirmed("P", ALL, {**TODAY, Item.RULES: ""}, need=2) == ()
    assert unconfirmed("P", Opening(holders=2), {**TODAY, Item.RULES: ""}, need=2)


@pytest.mark.clause("C25")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, ""),
        ({"staying": 1}, "somebody leaves"),
        ({"moved": "Kofi"}, "Kofi is no page administrator any more"),
        ({"newcomer": "Tom"}, "nobody has looked at the access that Tom has"),
    ],
)
def test_who_gets_in_is_told_before_it_shuts_anything(changed: dict[str, Any], says: str) -> None:
    opening = replace(ALL, **changed)
    assert says in short_soon("P", opening, need=2) and bool(says) == bool(short_soon("P", opening, need=2))
    assert unconfirmed("P", opening, TODAY, need=2) == ()
    assert short_soon("P", replace(opening, holders=1), need=2) == ""
    assert [found.clause for found in unconfirmed("P", replace(opening, holders=1), TODAY, need=2)] == ["C25"]


# the account


@pytest.mark.clause("C02", "C16", "C24", "C62")
@pytest.mark.parametrize(
    ("item", "clause"),
    [
        (Item.RULES, "C02"),
        (Item.PLAN, "C16"),
        (Item.REPORT, "C16"),
        (Item.HELP, "C62"),
        (Item.OWNER, "C24"),
    ],
)
def test_what_is_taken_back_shuts_the_account_until_it_is_confirmed_anew(
    cast: Cast, item: Item, clause: str
) -> None:
    assert shut_by(cast) == set() and worth(cast, clause) == Worth.MET
    undo(cast, item)
    assert shut_by(cast) == {clause} and worth(cast, clause) == Worth.BROKEN
    again(cast, item)
    assert shut_by(cast) == set() and worth(cast, clause) == Worth.MET
    kinds = list(Entry.objects.order_by("-index").values_list("kind", flat=True)[:2])
    assert kinds == ["channels.opening_confirmed", "channels.opening_taken_back"]


@pytest.mark.clause("C02")
def test_the_house_rules_are_the_list_of_the_signed_text(cast: Cast) -> None:
    rules = house_rules(cast.policy)
    assert rules[0] == "Be kind. We hide rude, hurtful or hateful words."
    assert len(rules) == 8 and not any("*" in rule or "{{" in rule or "\\" in rule for rule in rules)
    assert house_rules(PolicyVersion(text="# A text without lists")) == () == house_rules(None)
    words = now_on(cast.channel, NOW).card(Item.RULES).words
    assert all(rule in words for rule in rules) and "01632 960118" in words and "Ring 999" in words


def _adopted(cast: Cast, text: str, **parameters: Any) -> PolicyVersion:
    return adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Ours",
        text=text,
        parameters=replace(demo_policy.PARAMETERS, **parameters),
        at=NOW,
        correction=True,
    )


@pytest.mark.clause("C02", "C62", "C16")
def test_what_changes_with_the_policy_is_confirmed_anew(cast: Cast) -> None:
    text = cast.policy.text
    _adopted(cast, text.replace("Who answers for what", "Who answers for what now"))
    assert shut_by(cast) == set()  # nothing that is on the page has changed
    _adopted(cast, text.replace("Be kind. We hide", "Be very kind. We hide"))
    assert shut_by(cast) == {"C02"}
    again(cast, Item.RULES)
    _adopted(
        cast,
        text,
        signpost_text="Ask a grown-up you trust. Childline listens: 0800 1111.",
        check_every_days=3,
    )
    assert shut_by(cast) == {"C02", "C62", "C16"}


@pytest.mark.clause("C16")
def test_a_plan_that_nobody_here_accepted_any_more_does_not_count(cast: Cast) -> None:
    row = Confirmation.objects.get(channel=cast.channel, item=Item.PLAN)
    row.confirmed_by = cast.tom
    row.save()
    person = Person.objects.select_related("organisation").get(user=cast.tom)
    leave(actor=cast.priya, person=person, last_day=DAY, at=NOW)
    assert shut_by(cast) == set()
    assert shut_by(cast, NOW + timedelta(hours=10)) == {"C16"}


def test_what_is_refused_changes_nothing(cast: Cast) -> None:
    undo(cast, Item.OWNER)
    for more, says in (
        ({"where": " "}, "owns it"),
        ({"owned": Owned([cast.priya.pk, cast.kofi.pk], False)}, "each person’s access"),
        ({"owned": Owned([cast.priya.pk], True)}, "2 people or more"),
        ({"owned": Owned([cast.priya.pk, cast.outsider.pk], True)}, "2 people or more"),
        ({"seen": "something else"}, "changed since you looked"),
    ):
        with pytest.raises(CannotConfirm, match=says):
            again(cast, Item.OWNER, **more)
    with pytest.raises(CannotConfirm, match="Say where"):
        again(cast, Item.RULES, where="")
    for person in (cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            again(cast, Item.OWNER, actor=person)
    row = Confirmation.objects.get(channel=cast.channel, item=Item.PLAN)
    with pytest.raises(CannotConfirm, match="few words"):
        take_back(actor=cast.kofi, confirmation=row, why="", at=NOW)
    assert shut_by(cast) == {"C24"}


def test_a_group_is_asked_in_words_that_fit(cast: Cast) -> None:
    group = open_group(cast.nursery, NOW)
    assert channel_now(group, NOW).is_open
    found = now_on(group, NOW)
    assert (
        "opens the group" in found.card(Item.PLAN).words and "In the group" in found.card(Item.REPORT).words
    )
    page = signed_in(cast.priya).get(reverse("channels:opening", args=[group.pk])).content.decode()
    assert PUBLIC["assisted"].owner in page and "group’s rules" in page


@pytest.mark.clause("C24")
def test_what_was_confirmed_is_looked_at_again_in_time(cast: Cast) -> None:
    for days, found in ((300, Worth.MET), (350, Worth.RISK), (370, Worth.BROKEN)):
        assert worth(cast, "C24", NOW + timedelta(days=days)) == found


# the page


def test_the_sheet_is_confirmed_in_one_go_each_thing_by_itself(cast: Cast) -> None:
    undo_all(cast)
    kofi = signed_in(cast.kofi)
    today = kofi.get("/").content.decode()
    assert "a safe place: 5 to confirm" in today and "the gate is shut" not in today
    where, there = sheet_of(cast)
    assert b"0 of 5 confirmed" in kofi.get(where).content
    assert kofi.post(there, filled_in(cast, *Item, each="yes")).status_code == 302
    rows = list(Confirmation.objects.filter(channel=cast.channel, ended_at=None))
    assert {row.item for row in rows} == set(Item) and {row.confirmed_by for row in rows} == {cast.kofi}
    assert {row.seen_where for row in rows if row.item != Item.PLAN} == {
        f"Where {item} is" for item in Item if item != Item.PLAN
    }
    last = Entry.objects.order_by("-index")[:5]
    assert {entry.kind for entry in last} == {"channels.opening_confirmed"}
    assert {json.loads(entry.payload or "{}")["item"] for entry in last} == set(Item)
    done = kofi.get(where).content.decode()
    assert "All confirmed" in done and "Kofi, Tue 24 Nov, 17:45" in done.replace("&nbsp;", " ")
    assert channel_now(cast.channel, NOW).is_open
    helen = signed_in(cast.helen).get(where).content.decode()
    assert "This is so" not in helen and "Take it back" not in helen
    assert signed_in(cast.helen).post(there, filled_in(cast, Item.PLAN)).status_code == 403


def sheet_of(cast: Cast) -> tuple[str, str]:
    """Return the address of the sheet, and where it is sent to."""
    names = ("channels:opening", "channels:confirm_ticked")
    here, there = (reverse(name, args=[cast.channel.pk]) for name in names)
    return here, there


def test_only_what_is_ticked_is_confirmed(cast: Cast) -> None:
    undo_all(cast)
    kofi, (where, there) = signed_in(cast.kofi), sheet_of(cast)
    assert kofi.post(there, filled_in(cast, Item.PLAN, Item.HELP)).status_code == 302
    current = Confirmation.objects.filter(channel=cast.channel, ended_at=None)
    assert {row.item for row in current} == {Item.PLAN, Item.HELP}
    assert b"2 of 5 confirmed" in kofi.get(where).content
    nothing = kofi.post(there, filled_in(cast))
    assert nothing.status_code == 422 and b"Tick what is so, then confirm it." in nothing.content
    assert kofi.post(there, filled_in(cast, "everything")).status_code == 422  # type: ignore[arg-type]
    assert current.count() == 2


def test_a_refusal_writes_nothing_and_gives_every_tick_and_word_back(cast: Cast) -> None:
    undo_all(cast)
    kofi, (_, there) = signed_in(cast.kofi), sheet_of(cast)
    before = Entry.objects.count()
    typed = {"rules-where": "x", "owner-where": "Portfolio <b> 7", "report-where": "Below the rules"}
    sent = filled_in(cast, *Item, **typed, mailbox=[str(cast.priya.pk), "x"])
    answer = kofi.post(there, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and Entry.objects.count() == before
    assert not Confirmation.objects.filter(channel=cast.channel, ended_at=None).exists()
    wrong = {one.card.item: one.wrong for one in answer.context["filled"]}
    assert "Say where on the page" in wrong[Item.RULES] and "each person’s access" in wrong[Item.OWNER]
    assert not any(wrong[item] for item in (Item.PLAN, Item.REPORT, Item.HELP))
    assert '<a href="#f-rules-e">House rules on the page</a>' in page and 'id="f-rules-e"' in page
    for item in Item:
        assert f'value="{item}" form="confirm" checked' in page
    assert all(f'value="{words}"' in page for words in ("x", "Portfolio &lt;b&gt; 7", "Below the rules"))
    assert f'value="{cast.priya.pk}" form="confirm" checked' in page
    assert f'value="{cast.kofi.pk}" form="confirm" checked' not in page
    assert 'name="each" value="yes" form="confirm">' in page


def test_what_is_filled_in_and_not_ticked_is_not_lost(cast: Cast) -> None:
    undo_all(cast)
    kofi, (_, there) = signed_in(cast.kofi), sheet_of(cast)
    for more in ({"owner-where": "Portfolio 7"}, {"each": "yes"}):
        answer = kofi.post(there, filled_in(cast, Item.PLAN, **more))
        assert answer.status_code == 422 and "did not tick it" in answer.content.decode()
        wrong = [one.card.item for one in answer.context["filled"] if one.wrong]
        assert wrong == [Item.OWNER]
    assert not Confirmation.objects.filter(channel=cast.channel, ended_at=None).exists()


def test_a_tick_beside_words_that_changed_is_asked_again(cast: Cast) -> None:
    undo_all(cast)
    kofi, (_, there) = signed_in(cast.kofi), sheet_of(cast)
    sent = filled_in(cast, Item.RULES, Item.HELP)
    _adopted(cast, cast.policy.text.replace("Be kind. We hide", "Be very kind. We hide"))
    answer = kofi.post(there, sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and "It has changed since you looked at it" in page
    assert "Be very kind" in page and 'value="rules" form="confirm" checked' not in page
    assert 'value="help" form="confirm" checked' in page and 'value="Where rules is"' in page


def test_what_is_confirmed_is_taken_back_or_confirmed_anew_on_its_card(cast: Cast) -> None:
    kofi, (where, there) = signed_in(cast.kofi), sheet_of(cast)
    row = cast.channel.confirmations.get(item="help", ended_at=None)
    assert kofi.post(there, filled_in(cast, Item.HELP)).status_code == 302
    row.refresh_from_db()
    assert row.ended_at == NOW and not row.ended_why
    row = cast.channel.confirmations.get(item="help", ended_at=None)
    assert row.seen_where == "Where help is"
    back = reverse("channels:take_back", args=[row.pk])
    short = kofi.post(back, {"why": "x"})
    assert short.status_code == 422 and b'value="x"' in short.content
    assert kofi.post(back, {"why": "It fell off the page"}).status_code == 302
    assert "It fell off the page" in kofi.get(where).content.decode()
    assert kofi.post(reverse("channels:take_back", args=[uuid4()])).status_code == 404


@pytest.mark.clause("C02")
def test_the_house_rules_are_printed(cast: Cast) -> None:
    answer = signed_in(cast.gwen).get(reverse("channels:house_rules_pdf", args=[cast.channel.pk]))
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")


# who leaves, and who gets another role


def leaves(cast: Cast, user: User, last_day: date = DAY) -> Person:
    person = Person.objects.select_related("organisation").get(user=user)
    leave(actor=cast.priya, person=person, last_day=last_day, at=NOW)
    return Person.objects.select_related("organisation").get(user=user)


def task(person: Person, kind: str) -> Any:
    return person.leaving_tasks.select_related("person__organisation").get(kind=kind)


@pytest.mark.clause("C25")
def test_a_leaver_leaves_two_holders_of_each_account_or_is_not_done(cast: Cast) -> None:
    kofi = leaves(cast, cast.kofi, DAY + timedelta(days=5))
    assert worth(cast, "C25") == Worth.RISK and shut_by(cast) == set()
    priya = signed_in(cast.priya)
    today = priya.get("/").content.decode()
    assert "See who gets in to Facebook page" in today and "fewer than 2 people can open its mailbox" in today
    for kind in ("access", "mailbox"):
        with pytest.raises(CannotTick, match="Facebook page: without Kofi, one person is fit"):
            tick_leaver(actor=cast.priya, task=task(kofi, kind), at=NOW)
    answer = priya.post(reverse("channels:leaver_done", args=[task(kofi, "mailbox").pk]), follow=True)
    assert "Not done yet. Facebook page: without Kofi" in answer.content.decode()
    tick_leaver(actor=cast.priya, task=task(kofi, "devices"), at=NOW)
    place = cast.member(cast.gwen)
    give_role(
        actor=cast.priya,
        membership=place,
        role=Role.PAGE_ADMINISTRATOR,
        starts_on=DAY,
        ends_on=None,
        at=NOW,
    )
    with pytest.raises(CannotTick, match="one person is named who can open its mailbox"):
        tick_leaver(actor=cast.priya, task=task(kofi, "mailbox"), at=NOW)
    later = NOW + timedelta(days=6)
    assert "C25" in shut_by(cast, later) and worth(cast, "C25", later) == Worth.BROKEN
    again(cast, Item.OWNER, actor=cast.priya, owned=Owned([cast.priya.pk, cast.gwen.pk], True))
    with pytest.raises(CannotTick, match="nobody has looked who can reach it without Kofi"):
        tick_leaver(actor=cast.priya, task=task(kofi, "access"), at=NOW)
    note(channel=cast.channel, holders=[AccessHolder("1", "Priya Example")], by=None, at=NOW)
    with pytest.raises(CannotTick, match="nobody has said who that is"):
        tick_leaver(actor=cast.priya, task=task(kofi, "access"), at=NOW)
    person = PlatformPerson.objects.get().pk
    say_who(actor=cast.priya, channel=cast.channel, person=person, user=cast.priya.pk, at=NOW)
    for kind in ("access", "mailbox"):
        tick_leaver(actor=cast.priya, task=task(kofi, kind), at=NOW)
        assert task(kofi, kind).done_by == cast.priya
    assert "C25" not in shut_by(cast, later) and worth(cast, "C25", later) == Worth.MET


@pytest.mark.clause("C25")
def test_an_owner_that_was_taken_back_lets_no_leaver_off(cast: Cast) -> None:
    kofi = leaves(cast, cast.kofi, DAY + timedelta(days=5))
    row = Confirmation.objects.get(channel=cast.channel, item=Item.OWNER, ended_at=None)
    take_back(actor=cast.priya, confirmation=row, why="The portfolio is another one", at=NOW)
    for kind in ("access", "mailbox"):
        with pytest.raises(CannotTick, match="Facebook page: without Kofi"):
            tick_leaver(actor=cast.priya, task=task(kofi, kind), at=NOW)


@pytest.mark.clause("C25")
def test_somebody_without_a_way_in_leaves_without_looking_at_accounts(cast: Cast) -> None:
    tom = leaves(cast, cast.tom)
    for kind in ("access", "mailbox", "devices"):
        tick_leaver(actor=cast.priya, task=task(tom, kind), at=NOW)
    with pytest.raises(NotAllowed):
        tick_leaver(actor=cast.kofi, task=task(tom, "access"), at=NOW)


@pytest.mark.clause("C25", "C24")
def test_a_mover_loses_the_access_and_a_newcomer_is_looked_at(cast: Cast) -> None:
    held = give_role(
        actor=cast.priya,
        membership=cast.member(cast.gwen),
        role=Role.PAGE_ADMINISTRATOR,
        starts_on=DAY,
        ends_on=None,
        at=NOW,
    )
    assert worth(cast, "C24") == Worth.RISK and shut_by(cast) == set()
    assert "the access that Gwen has" in signed_in(cast.priya).get("/").content.decode()
    again(cast, Item.OWNER)
    assert worth(cast, "C24") == Worth.MET
    end_role(actor=cast.priya, held=held, at=NOW)
    after = NOW + timedelta(days=1)
    with time_machine.travel(after, tick=False):
        assert worth(cast, "C25", after) == Worth.BROKEN
        assert "Take the access to the page away" in signed_in(cast.priya).get("/").content.decode()
        again(cast, Item.OWNER, at=after)
        assert worth(cast, "C25", after) == Worth.MET


def test_the_demo_confirms_through_the_service(cast: Cast) -> None:
    confirm_all(cast.nursery, cast.channel, NOW)  # a second time: the newer ends the one before
    assert Confirmation.objects.filter(channel=cast.channel, ended_at=None).count() == len(Item)
    assert cast.channel.confirmations.filter(ended_why="").count() == 2 * len(Item)


def test_the_sheet_asks_a_bounded_number_of_questions(
    cast: Cast, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = signed_in(cast.priya)
    where = reverse("channels:opening", args=[cast.channel.pk])
    client.get(where)
    with django_assert_max_num_queries(14):
        assert client.get(where).status_code == 200
    with django_assert_max_num_queries(10):
        channel_now(Channel.objects.get(pk=cast.channel.pk), NOW)
