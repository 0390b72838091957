"""Who is on it, whom it is for, notes and putting it off: shown to everybody, and never a lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone

from stairgate.monitoring.handling import services
from stairgate.monitoring.handling.models import Handling, Note
from stairgate.monitoring.marks import bring_back
from stairgate.monitoring.models import Decision, Item
from stairgate.monitoring.selectors import inbox, put_off_now
from stairgate.monitoring.serious.services import stop
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing.services import Refusal
from tests.cast import Cast
from tests.monitoring.hands import decide, kinds, read
from tests.monitoring.pages import signed_in
from tests.practice.fixtures import Practice

WHY = "Priya knows the family, and is back tomorrow"


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "Sam", "You never tell us anything")
    read()
    return Item.objects.get()


def later(actor: User, item: Item, until: datetime | None = None, **other: Any) -> Handling:
    now = timezone.now()
    until = until or now + timedelta(hours=20)
    values: dict[str, Any] = {"version": item.version, "why": WHY, "at": now} | other
    return services.put_off(actor=actor, item=item, until=until, **values)


def test_somebody_is_on_it_for_a_quarter_of_an_hour_and_nobody_is_locked_out(
    cast: Cast, item: Item, settings: LazySettings
) -> None:
    settings.DEMO = True
    row = services.take_on(actor=cast.kofi, item=item, at=timezone.now())
    where = reverse("monitoring:item", args=[item.pk])
    gwen = signed_in(cast.gwen)
    for address in (where, reverse("monitoring:inbox")):
        assert "Kofi is on it" in gwen.get(address).content.decode()
    assert "Let it go" in signed_in(cast.kofi).get(where).content.decode()
    Handling.objects.update(on_it_until=timezone.now() - timedelta(seconds=1))
    assert "Kofi is on it" not in gwen.get(where).content.decode()
    assert row.on_it_until is not None
    decide(cast.gwen, item, Decision.Kind.NO_ACTION)
    assert Handling.objects.get().on_it is None


def test_only_who_is_on_it_lets_it_go(cast: Cast, item: Item) -> None:
    services.take_on(actor=cast.kofi, item=item, at=timezone.now())
    with pytest.raises(Refusal):
        services.let_go(actor=cast.gwen, item=item, at=timezone.now())
    assert services.let_go(actor=cast.kofi, item=item, at=timezone.now()).on_it is None


def test_notes_are_added_and_never_changed(cast: Cast, item: Item) -> None:
    for words in ("Rang her mother", "She rings back"):
        services.note(actor=cast.kofi, item=item, words=words, at=timezone.now())
    assert [row.words for row in Note.objects.all()] == ["Rang her mother", "She rings back"]
    assert kinds(cast)[:2] == ["monitoring.noted"] * 2
    with pytest.raises(Refusal):
        services.note(actor=cast.kofi, item=item, words="x" * 1001, at=timezone.now())


def test_it_is_given_only_to_somebody_who_may_decide(cast: Cast, item: Item) -> None:
    for nobody in (cast.tom.pk, cast.leah.pk, cast.outsider.pk, None):
        with pytest.raises(Refusal, match="may decide"):
            services.assign(actor=cast.kofi, item=item, to=nobody, at=timezone.now())
    row = services.assign(actor=cast.kofi, item=item, to=cast.priya.pk, at=timezone.now())
    assert row.assigned_to == cast.priya and Note.objects.get().to == cast.priya
    decide(cast.gwen, item, Decision.Kind.NO_ACTION)


@pytest.mark.clause("C40")
def test_what_is_put_off_comes_back_by_itself(cast: Cast, item: Item) -> None:
    until = timezone.now() + timedelta(hours=20)
    later(cast.kofi, item, until)
    place = cast.organisation
    assert not inbox(place, now=until - timedelta(seconds=1)).exists()
    assert put_off_now(place, until - timedelta(seconds=1)).get().pk == item.pk
    assert inbox(place, now=until).get().pk == item.pk and not put_off_now(place, until).exists()
    assert inbox(place).exists(), "it counts as waiting all the time"


@pytest.mark.clause("C59")
@pytest.mark.parametrize("grave", [{"risk": 4}, {"risk": 5}, {"under_18": True}])
def test_what_is_grave_is_not_put_off_and_what_becomes_grave_comes_back(
    cast: Cast, item: Item, grave: dict[str, Any]
) -> None:
    later(cast.kofi, item)
    Item.objects.update(**grave)
    assert inbox(cast.organisation, now=timezone.now()).get().pk == item.pk
    with pytest.raises(Refusal, match="can’t wait"):
        later(cast.kofi, item)


@pytest.mark.clause("C40")
def test_it_is_put_off_for_two_days_altogether(cast: Cast, item: Item) -> None:
    later(cast.kofi, item, timezone.now() + timedelta(hours=47))
    with pytest.raises(Refusal, match="two days"):
        later(cast.gwen, item, timezone.now() + timedelta(hours=49))
    Handling.objects.update(put_off_first=timezone.now() - timedelta(days=2))
    with pytest.raises(Refusal, match="two days"):
        later(cast.gwen, item, timezone.now() + timedelta(hours=1))


@pytest.mark.clause("C40")
def test_a_changed_comment_does_not_wait(cast: Cast, practice: Practice, item: Item) -> None:
    later(cast.kofi, item)
    practice.deed("edit-comment", comment=item.external_id, message="And now I am really cross")
    read()
    assert inbox(cast.organisation, now=timezone.now()).exists()
    with pytest.raises(Refusal, match="changed"):
        later(cast.kofi, item, version=item.version)


def test_a_decision_ends_it_and_what_is_decided_does_not_wait(cast: Cast, item: Item) -> None:
    later(cast.kofi, item)
    decide(cast.gwen, item, Decision.Kind.NO_ACTION)
    row = Handling.objects.get()
    assert row.put_off_until is None and row.put_off_first is None
    item.refresh_from_db()
    with pytest.raises(Refusal, match="decided"):
        later(cast.kofi, item)


@pytest.mark.clause("C43")
def test_what_was_stopped_is_not_put_off_and_takes_no_notes(cast: Cast, item: Item) -> None:
    later(cast.kofi, item)
    stop(actor=cast.kofi, organisation=cast.organisation, item=item, at=timezone.now())
    assert inbox(cast.organisation, now=timezone.now()).exists()
    with pytest.raises(Refusal, match="looks illegal"):
        services.note(actor=cast.kofi, item=item, words="It shows", at=timezone.now())


def test_who_may_not_decide_does_none_of_it(cast: Cast, item: Item) -> None:
    for actor in (cast.tom, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            services.take_on(actor=actor, item=item, at=timezone.now())
        with pytest.raises(NotAllowed):
            later(actor, item)
    assert not Handling.objects.exists()


def test_by_the_forms_and_for_nobody_elsewhere(cast: Cast, item: Item, settings: LazySettings) -> None:
    settings.DEMO = True
    where = reverse("monitoring:item", args=[item.pk])
    kofi, stranger = signed_in(cast.kofi), signed_in(cast.outsider)
    until = (timezone.now() + timedelta(hours=3)).isoformat()
    deeds: dict[str, dict[str, str]] = {
        "on-it": {},
        "note": {"words": "Rang her mother"},
        "assign": {"to": str(cast.priya.pk)},
        "put-off": {"version": item.version, "until": until, "why": WHY},
        "let-go": {},
    }
    assert stranger.get(f"{where}handle/").status_code == 404
    for deed, typed in deeds.items():
        assert stranger.post(f"{where}{deed}/", typed).status_code == 404, deed
    for wrong in ("never", "2026-12-01T10:00"):
        refused = kofi.post(f"{where}put-off/", deeds["put-off"] | {"until": wrong})
        assert refused.status_code == 422 and WHY in refused.content.decode()
    assert kofi.post(f"{where}assign/", {"to": "nobody"}).status_code == 422
    page = kofi.get(f"{where}handle/").content.decode()
    assert "Priya, Nursery manager" in page and "Tom," not in page
    for deed in ("on-it", "let-go", "note", "assign", "put-off"):
        assert kofi.post(f"{where}{deed}/", deeds[deed]).status_code == 302, deed
    page = kofi.get(where).content.decode()
    for words in ("Rang her mother", "gave it to Priya", "Put off until", "For Priya"):
        assert words in page, words
    assert "You never tell us" not in kofi.get(reverse("monitoring:inbox")).content.decode()
    assert "You never tell us" in kofi.get(reverse("monitoring:later")).content.decode()
    bring_back(item)
    assert "You never tell us" in kofi.get(reverse("monitoring:inbox")).content.decode()
