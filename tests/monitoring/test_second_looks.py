"""A second look at a decision: asked for by anybody who may decide, answered by somebody else than whoever decided."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from stairgate.monitoring import services
from stairgate.monitoring.looks.rules import closes, why_not_agree, why_not_answer
from stairgate.monitoring.looks.services import agree, ask_look
from stairgate.monitoring.models import Action, Decision, Item, LookAgain
from stairgate.monitoring.selectors import inbox
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import act, decide, kinds, read
from tests.monitoring.pages import signed_in
from tests.practice.fixtures import Practice


@given(st.uuids(), st.uuids())
def test_whoever_decided_never_answers(actor: object, decided_by: object) -> None:
    assert (why_not_answer(actor=actor, decided_by=decided_by) == "") is (actor != decided_by)  # type: ignore[arg-type]


def test_what_changed_is_decided_anew() -> None:
    assert why_not_agree(words_then="a", words_now="a") == ""
    assert why_not_agree(words_then="a", words_now="b")


@pytest.mark.parametrize(
    ("was", "undone", "shut"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_to_agree_closes_only_what_was_closed(was: bool, undone: bool, shut: bool) -> None:
    assert closes(was_decided=was, undone=undone) is shut


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    """Something that Kofi decided needs no action."""
    practice.comment(on_page, "Sam", "You never tell us anything")
    read()
    item = Item.objects.get()
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    item.refresh_from_db()
    return item


def ask(actor: User, item: Item, why: str = "Is it not a complaint?") -> LookAgain:
    item.refresh_from_db()
    return ask_look(actor=actor, item=item, version=item.version, why=why, at=timezone.now())


def say_yes(actor: User, item: Item) -> LookAgain:
    item.refresh_from_db()
    return agree(actor=actor, item=item, version=item.version, at=timezone.now())


@pytest.mark.clause("C40")
def test_it_waits_for_everybody_but_whoever_decided(cast: Cast, item: Item) -> None:
    ask(cast.priya, item)
    assert inbox(cast.organisation, me=cast.gwen).get().asked
    assert not inbox(cast.organisation, me=cast.kofi).exists()
    with pytest.raises(Refusal, match="somebody else answers"):
        say_yes(cast.kofi, item)
    with pytest.raises(Refusal, match="somebody else answers"):
        decide(cast.kofi, Item.objects.get(), Decision.Kind.HIDE)
    look = say_yes(cast.gwen, item)
    item.refresh_from_db()
    assert look.agrees and look.answered_by == cast.gwen and item.state == Item.State.DECIDED
    assert {"monitoring.look_asked", "monitoring.look_agreed"} <= set(kinds(cast))


@pytest.mark.clause("C40")
def test_somebody_else_decides_anew(cast: Cast, practice: Practice, item: Item) -> None:
    ask(cast.kofi, item, "I am not sure of it myself")
    decide(cast.priya, Item.objects.get(), Decision.Kind.HIDE)
    act()
    look = LookAgain.objects.get()
    assert look.agrees is False and look.answered_by == cast.priya
    assert "never tell us" not in practice.public_page()
    assert Item.objects.get().decisions.count() == 2, "the first decision stays"


def test_the_words_it_was_decided_on_have_to_be_the_same(cast: Cast, practice: Practice, item: Item) -> None:
    ask(cast.priya, item)
    practice.deed("edit-comment", comment=item.external_id, message="And something else")
    read()
    with pytest.raises(Refusal, match="Decide anew"):
        say_yes(cast.gwen, item)


def test_what_has_to_be_done_by_hand_stays_in_the_inbox(cast: Cast, item: Item) -> None:
    decide(cast.kofi, item, Decision.Kind.HIDE)
    Action.objects.update(state=Action.State.NEEDS_PERSON)
    ask(cast.priya, item)
    say_yes(cast.gwen, item)
    item.refresh_from_db()
    assert item.state == Item.State.OPEN


def test_to_have_read_the_list_answers_no_second_look(cast: Cast, item: Item) -> None:
    Item.objects.update(risk=0)
    ask(cast.priya, item)
    item.refresh_from_db()
    place, ones = cast.organisation, {item.pk: item.version}
    assert services.clear_quiet(actor=cast.gwen, read=ones, organisation=place, at=timezone.now()) == 0


@pytest.mark.clause("C40")
def test_who_may_not_decide_neither_asks_nor_answers(cast: Cast, item: Item) -> None:
    for actor in (cast.tom, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            ask(actor, item)
    ask(cast.priya, item)
    for actor in (cast.tom, cast.outsider):
        with pytest.raises(NotAllowed):
            say_yes(actor, item)


def test_it_is_asked_once_with_a_reason_and_about_a_decision(cast: Cast, item: Item) -> None:
    with pytest.raises(Refusal):
        ask(cast.priya, item, " ")
    with pytest.raises(Refusal, match="Nobody asks"):
        say_yes(cast.gwen, item)
    with pytest.raises(Refusal, match="changed"):
        ask_look(actor=cast.priya, item=item, version="old", why="Not sure", at=timezone.now())
    ask(cast.priya, item)
    with pytest.raises(Refusal, match="already"):
        ask(cast.gwen, item)


def test_nobody_asks_about_what_is_not_decided(cast: Cast, practice: Practice, on_page: str) -> None:
    practice.comment(on_page, "Sam", "New")
    read()
    with pytest.raises(Refusal, match="Nobody has decided"):
        ask(cast.priya, Item.objects.get())


def test_by_its_forms_and_for_nobody_elsewhere(cast: Cast, item: Item, settings: LazySettings) -> None:
    settings.DEMO = True
    where = reverse("monitoring:item", args=[item.pk])
    typed = {"version": item.version, "why": "Is it a complaint?"}
    priya, kofi, gwen = (signed_in(one) for one in (cast.priya, cast.kofi, cast.gwen))
    assert "Ask for a second look" in priya.get(where).content.decode()
    assert signed_in(cast.outsider).post(f"{where}look/", typed).status_code == 404
    refused = priya.post(f"{where}look/", typed | {"why": ""})
    assert refused.status_code == 422
    assert priya.post(f"{where}look/", typed).status_code == 302
    assert "You decided, so somebody else answers." in kofi.get(where).content.decode()
    item.refresh_from_db()
    assert kofi.post(f"{where}agree/", {"version": item.version}).status_code == 422
    assert "Second look" in gwen.get(reverse("monitoring:inbox")).content.decode()
    assert "Second look" in gwen.get("/").content.decode()
    assert "I agree with the decision" in gwen.get(where).content.decode()
    assert signed_in(cast.outsider).post(f"{where}agree/", {"version": item.version}).status_code == 404
    assert gwen.post(f"{where}agree/", {"version": item.version}).status_code == 302
    assert "agreed" in gwen.get(where).content.decode()
