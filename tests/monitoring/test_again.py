"""What is seen again: shown after we hid it, gone, back, changed under a decision, or too strange to store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from stairgate.channels.models import HealthReading
from stairgate.channels.services import account_for
from stairgate.monitoring import actions, keeping, services
from stairgate.monitoring.models import Action, Decision, Item, Receipt, Sweep
from stairgate.monitoring.rules import Change, changes, risk_of, said
from stairgate.networks.base import ItemKind, PublicItem, WebhookEvent, WebhookNote
from stairgate.networks.facebook import Facebook
from stairgate.publishing.models import Post
from stairgate.publishing.services import Refusal
from stairgate.screening import Severity
from tests.cast import Cast
from tests.monitoring.hands import act, decide, kinds, push_down, read
from tests.networks.test_facebook import post as publish
from tests.practice.fixtures import Practice

HARM = "Which days is the one in the red coat in? I am round there most mornings"
FOUND = PublicItem(
    external_id="9_1",
    kind=ItemKind.COMMENT,
    text="Lovely",
    author_id="77",
    author_name="Sam",
    created_at=datetime(2026, 11, 24, 17, 45, tzinfo=UTC),
)


def keep(cast: Cast, *found: PublicItem, began: datetime | None = None) -> int:
    reading = keeping.Reading.begin(cast.channel, began or timezone.now())
    return keeping.keep(reading, found, timezone.now())


def hidden_harm(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "friendly_8", HARM)
    read()
    act()
    item = Item.objects.get()
    assert item.is_hidden
    return item


@pytest.mark.clause("C40")
def test_harm_shown_again_by_somebody_is_hidden_again(cast: Cast, practice: Practice, on_page: str) -> None:
    item = hidden_harm(cast, practice, on_page)
    decide(cast.kofi, item, Decision.Kind.HIDE)
    Facebook().hide(practice.account, item.external_id, hidden=False)
    read()
    item.refresh_from_db()
    assert item.state == Item.State.OPEN and not item.is_hidden
    assert "monitoring.shown_again" in kinds(cast)
    act()
    assert "red coat" not in practice.public_page()


def test_harm_that_is_shown_again_and_again_is_left_to_a_person(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    item = hidden_harm(cast, practice, on_page)
    for _ in range(8):
        Facebook().hide(practice.account, item.external_id, hidden=False)
        read()
        act()
    assert item.actions.count() == 5
    item.refresh_from_db()
    assert item.state == Item.State.OPEN and not item.is_hidden


def test_a_reading_older_than_our_own_hide_says_nothing_about_it(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    began = timezone.now()
    item = hidden_harm(cast, practice, on_page)
    stale = replace(FOUND, external_id=item.external_id, text=HARM, is_hidden=False)
    assert keep(cast, stale, began=began) == 0
    item.refresh_from_db()
    assert item.is_hidden and "monitoring.shown_again" not in kinds(cast)
    assert keep(cast, stale) == 0
    item.refresh_from_db()
    assert not item.is_hidden and kinds(cast)[0] == "monitoring.hide_asked"


def test_a_gap_in_a_list_is_not_proof_that_it_is_gone(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncovered = publish(Facebook(), practice, "From before Stairgate")
    push_down(practice, monkeypatch)
    made = practice.comment(uncovered, "Sam", "Still here")
    keep(cast, replace(FOUND, external_id=made, text="Still here", post_id=uncovered))
    practice.fault("throttle", f"GET /{made}")
    read()
    assert Item.objects.get().gone_at is None
    read()
    assert Item.objects.get().gone_at is None
    practice.deed("delete-comment", comment=made)
    read()
    assert Item.objects.get().gone_at is not None


def test_what_comes_back_comes_back_to_a_person(cast: Cast) -> None:
    keep(cast, FOUND)
    item = Item.objects.get()
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    keeping.mark_gone(item, timezone.now())
    keeping.mark_gone(item, timezone.now())
    keep(cast, FOUND)
    item.refresh_from_db()
    assert item.gone_at is None and item.state == Item.State.OPEN
    assert kinds(cast)[:2] == ["monitoring.back", "monitoring.gone"]


def test_hidden_by_somebody_on_the_page_is_kept_and_needs_nobody(cast: Cast) -> None:
    keep(cast, FOUND)
    decide(cast.kofi, Item.objects.get(), Decision.Kind.NO_ACTION)
    keep(cast, replace(FOUND, is_hidden=True))
    item = Item.objects.get()
    assert item.is_hidden and item.state == Item.State.DECIDED
    assert [seen.is_hidden for seen in item.sightings.all()] == [False, True]


def test_a_picture_put_to_the_same_words_is_a_change(cast: Cast) -> None:
    keep(cast, FOUND)
    item = Item.objects.get()
    assert item.risk == 0
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    keep(cast, replace(FOUND, has_picture=True))
    item.refresh_from_db()
    assert item.has_picture and item.state == Item.State.OPEN and item.risk == Severity.LOOK


def test_one_strange_comment_stops_no_other(cast: Cast) -> None:
    half = replace(FOUND, text="\ud83d \x00 hello", author_name="N\x00", raw={"m": ["\udc00"]})
    assert keep(cast, half, replace(FOUND, external_id="9_2", text="Lovely soup")) == 0
    assert sorted(Item.objects.values_list("text", flat=True)) == ["? \ufffd hello", "Lovely soup"]


def test_what_could_not_be_kept_makes_a_reading_incomplete(
    cast: Cast, practice: Practice, on_page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.comment(on_page, "Sam", "Strange")
    practice.comment(on_page, "Kim", "Fine")
    first = keeping._first

    def fails(reading: keeping.Reading, found: PublicItem, *more: object) -> None:
        if found.text == "Strange":
            raise ValueError(found.text)
        first(reading, found, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "_first", fails)
    read()
    assert Item.objects.get().text == "Fine"
    row = Sweep.objects.get(channel=cast.channel)
    assert row.complete_at is None and "1 of what" in row.problem
    monkeypatch.undo()
    read()
    assert Item.objects.count() == 2 and not Sweep.objects.get(channel=cast.channel).problem


def test_an_account_too_long_to_keep_is_nobody(cast: Cast) -> None:
    keep(cast, replace(FOUND, author_id="7" * 300))
    item = Item.objects.get()
    assert item.author_id == ""
    with pytest.raises(Refusal, match="can’t ban"):
        decide(cast.kofi, item, Decision.Kind.BAN)


def test_nobody_decides_about_words_they_did_not_read(cast: Cast) -> None:
    keep(cast, FOUND)
    read_before = Item.objects.get()
    keep(cast, replace(FOUND, text=HARM))
    with pytest.raises(Refusal, match="changed after you read it"):
        decide(cast.kofi, read_before, Decision.Kind.NO_ACTION)
    at = timezone.now()
    read_then = {read_before.pk: read_before.version}
    assert services.clear_quiet(actor=cast.kofi, read=read_then, organisation=cast.organisation, at=at) == 0
    assert not Decision.objects.exists()


def test_the_page_sends_along_which_version_was_read(cast: Cast, client: Client, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    keep(cast, FOUND)
    item = Item.objects.get()
    client.force_login(cast.kofi, backend="django.contrib.auth.backends.ModelBackend")
    address = f"/inbox/{item.pk}/"
    assert f'name="version" value="{item.version}"' in client.get(address).content.decode()
    deed = {"kind": "no_action", "reason": "Kind words"}
    client.post(f"{address}decide/", deed)
    client.post(f"{address}decide/", deed | {"version": "0" * 16})
    assert not Decision.objects.exists()
    client.post("/inbox/quiet/", {"read": ["nonsense", f"{item.pk} {'0' * 16}"]})
    assert not Decision.objects.exists()
    client.post("/inbox/quiet/", {"read": f"{item.pk} {item.version}"})
    assert Decision.objects.get().by == cast.kofi


def test_a_reply_is_no_decision_by_itself_and_stops_no_hiding(
    cast: Cast, practice: Practice, on_page: str
) -> None:
    practice.comment(on_page, "friendly_8", HARM)
    read()
    item = Item.objects.get()
    with pytest.raises(Refusal, match="through the gate"):
        decide(cast.kofi, item, Decision.Kind.REPLY)
    services.reply(
        actor=cast.kofi, item=item, version=item.version, text="Please ring us.", at=timezone.now()
    )
    assert Post.objects.filter(kind=Post.Kind.REPLY).count() == 1
    act()
    assert "red coat" not in practice.public_page()


def under_way(item: Item) -> Action:
    """Take the lease of the one action, as a worker does in the middle of it."""
    leased = actions._lease(item.actions.get().pk, timezone.now())
    assert leased is not None
    return leased


def test_what_is_being_done_is_followed_by_what_was_decided_after(cast: Cast) -> None:
    keep(cast, FOUND)
    item = Item.objects.get()
    decide(cast.kofi, item, Decision.Kind.HIDE)
    first = under_way(item)
    decide(cast.gwen, Item.objects.get(), Decision.Kind.NO_ACTION)
    states = list(item.actions.values_list("kind", "state"))
    assert states == [("hide", "waiting"), ("show", "waiting")]
    later = item.actions.get(kind=Action.Kind.SHOW)
    assert actions._lease(later.pk, timezone.now()) is None
    actions._done(first.pk, gone=False, now=timezone.now())
    assert actions._lease(later.pk, timezone.now()) is not None


def test_nobody_undoes_a_decision_they_never_saw(cast: Cast) -> None:
    keep(cast, FOUND)
    seen_by_both = Item.objects.get()
    decide(cast.gwen, seen_by_both, Decision.Kind.HIDE)
    with pytest.raises(Refusal, match="somebody else decided"):
        decide(cast.kofi, seen_by_both, Decision.Kind.NO_ACTION)
    assert Decision.objects.get().by == cast.gwen


@pytest.mark.parametrize("kind", ["no_action", "reply"])
def test_a_refusal_loses_nothing_that_was_typed(cast: Cast, kind: str, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    keep(cast, FOUND)
    item = Item.objects.get()
    decide(cast.gwen, item, Decision.Kind.HIDE)
    client = Client()
    client.force_login(cast.kofi, backend="django.contrib.auth.backends.ModelBackend")
    deed, typed = ("reply", "text") if kind == "reply" else ("decide", "reason")
    answer = client.post(
        f"/inbox/{item.pk}/{deed}/", {"kind": kind, "version": item.version, typed: "They are a grandparent"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and "They are a grandparent" in page
    assert f'name="version" value="{Item.objects.get().version}"' in page, "and it shows what is so now"


@pytest.mark.parametrize("lost", [False, True], ids=["it failed", "its worker died"])
def test_what_was_overtaken_is_not_tried_again(cast: Cast, lost: bool) -> None:
    keep(cast, FOUND)
    item = Item.objects.get()
    decide(cast.kofi, item, Decision.Kind.HIDE)
    first = under_way(item)
    decide(cast.gwen, Item.objects.get(), Decision.Kind.NO_ACTION)
    if lost:
        Action.objects.filter(pk=first.pk).update(lease_until=None, due_at=timezone.now())
        assert actions._lease(first.pk, timezone.now()) is None
    else:
        actions._not_done(first.pk, "no answer", hopeless=False, wait=timedelta(), now=timezone.now())
    first.refresh_from_db()
    assert first.state == Action.State.CANCELLED
    assert item.actions.get(kind=Action.Kind.SHOW).state == Action.State.WAITING


def test_a_network_that_says_when_is_asked_no_sooner(cast: Cast, practice: Practice, on_page: str) -> None:
    keep(cast, FOUND)
    item = Item.objects.get()
    decide(cast.kofi, item, Decision.Kind.HIDE)
    first = under_way(item)
    now = timezone.now()
    actions._not_done(first.pk, "slowly", hopeless=False, wait=timedelta(hours=1), now=now)
    first.refresh_from_db()
    assert first.due_at == now + timedelta(hours=1)


def test_who_is_shut_out_of_reading_is_not_healthy(cast: Cast, practice: Practice, on_page: str) -> None:
    practice.fault("error", "GET /me", code=190)
    read()
    reading = HealthReading.objects.filter(channel=cast.channel).first()
    assert reading is not None and not reading.ok and reading.problems


def test_a_ring_that_failed_leaves_no_receipt(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    from stairgate.monitoring import hooks

    def fails(*given: object) -> None:
        raise ValueError

    monkeypatch.setattr(hooks, "ring", fails)
    with pytest.raises(ValueError):
        hooks._heard(cast.channel, "d" * 64, [WebhookNote(WebhookEvent.ADDED, "1_2")])
    assert not Receipt.objects.exists()


def test_the_rules() -> None:
    known = Item(text="a", has_picture=False, is_hidden=True, gone_at=timezone.now())
    assert changes(known, replace(FOUND, text="a")) == Change.BACK | Change.SHOWN
    assert changes(Item(text="a"), replace(FOUND, text="a")) == Change(0)
    assert risk_of((), has_picture=False) == 0
    assert risk_of((), has_picture=True) == Severity.LOOK
    assert risk_of(None, has_picture=True) == 5
    for risk in range(6):
        assert said(risk, ())[1]


@pytest.mark.clause("C40")
def test_what_we_say_is_hidden_is_asked_after_far_down_the_page_too(
    cast: Cast, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody shows it again on the page itself, and no doorbell rings."""
    uncovered = publish(Facebook(), practice, "From before Stairgate")
    push_down(practice, monkeypatch)
    made = practice.comment(uncovered, "Sam", "Your soup is horrid")
    keep(cast, replace(FOUND, external_id=made, text="Your soup is horrid", post_id=uncovered))
    decide(cast.kofi, Item.objects.get(), Decision.Kind.HIDE)
    act()
    item = Item.objects.get()
    assert item.is_hidden and item.state == Item.State.DECIDED
    Facebook().hide(account_for(cast.channel), made, hidden=False)
    read()
    item.refresh_from_db()
    assert not item.is_hidden and item.state == Item.State.OPEN
