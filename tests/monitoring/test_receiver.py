"""Who knocks where networks ring: only what is signed is heard, and nobody else learns anything at the door."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stairgate.channels.models import Channel, HealthReading
from stairgate.monitoring import collect, hooks
from stairgate.monitoring.models import Item, Receipt, Sweep, Walk
from stairgate.organisations.models import Organisation
from tests.accounts import connected_account
from tests.cast import Cast
from tests.monitoring.door import Door, batch, change, due, note, sign
from tests.practice.fixtures import Practice
from tests.web.pages import second_steps, signed_in

BODY = b'{"object": "page", "entry": []}'


# ── The signature ──


def signature(make: Callable[[str, bytes], str]) -> object:
    return pytest.param(make, id=make.__name__)


def missing(secret: str, raw: bytes) -> str:
    return ""


def the_name_alone(secret: str, raw: bytes) -> str:
    return "sha256="


def without_the_name(secret: str, raw: bytes) -> str:
    return sign(secret, raw).removeprefix("sha256=")


def another_name(secret: str, raw: bytes) -> str:
    return sign(secret, raw).replace("sha256", "sha1")


def a_name_in_capitals(secret: str, raw: bytes) -> str:
    return sign(secret, raw).replace("sha256", "SHA256")


def capital_letters(secret: str, raw: bytes) -> str:
    return "sha256=" + sign(secret, raw).removeprefix("sha256=").upper()


def cut_off(secret: str, raw: bytes) -> str:
    return sign(secret, raw)[:-1]


def one_letter_more(secret: str, raw: bytes) -> str:
    return sign(secret, raw) + "0"


def twice(secret: str, raw: bytes) -> str:
    """As a server hands on a header that came two times."""
    return f"{sign(secret, raw)},{sign(secret, raw)}"


def a_false_one_first(secret: str, raw: bytes) -> str:
    return f"{sign('another', raw)},{sign(secret, raw)}"


def by_another_app(secret: str, raw: bytes) -> str:
    return sign("0" * 32, raw)


def by_nobody(secret: str, raw: bytes) -> str:
    return sign("", raw)


def of_other_bytes(secret: str, raw: bytes) -> str:
    return sign(secret, raw + b" ")


def of_the_same_meaning(secret: str, raw: bytes) -> str:
    return sign(secret, json.dumps(json.loads(raw), indent=1).encode())


def with_letters_of_another_alphabet(secret: str, raw: bytes) -> str:
    return "sha256=" + "é" * 64


FALSE = [
    missing,
    the_name_alone,
    without_the_name,
    another_name,
    a_name_in_capitals,
    capital_letters,
    cut_off,
    one_letter_more,
    twice,
    a_false_one_first,
    by_another_app,
    by_nobody,
    of_other_bytes,
    of_the_same_meaning,
    with_letters_of_another_alphabet,
]


@pytest.mark.parametrize("make", [signature(one) for one in FALSE])
def test_a_false_signature_rings_nothing_and_is_counted(
    quiet: Sweep, door: Door, practice: Practice, make: Callable[[str, bytes], str]
) -> None:
    raw = note(practice.page, verb="add")
    assert door.ring(raw, make(practice.given["app_secret"], raw)).status_code == 404
    row = Sweep.objects.get()
    assert (row.bad_signatures, row.rung_at, row.heard_at, row.rung_posts) == (1, None, None, [])
    assert not due() and not Receipt.objects.exists()
    assert door.signed(raw).status_code == 200 and due()  # it was the signature, and nothing else


def test_an_app_rings_at_one_address_for_all_its_pages(
    quiet: Sweep, cast: Cast, door: Door, practice: Practice
) -> None:
    """Of another setting's account with the same app, or of ours with another, nothing is heard there."""
    now = timezone.now()
    same = replace(practice.credentials, account_id="77")
    second = connected_account(cast.nursery, same, now, name="Forest school")
    connected_account(cast.nursery, replace(same, app_id="9"), now, name="Another app")
    elsewhere = connected_account(cast.nursery, same, now, name="Fernbank")
    other = Organisation.objects.create(name="Fernbank", office_phone="01632 960121")
    Channel.objects.filter(pk=elsewhere.pk).update(organisation=other)
    raw = note("77", verb="add", post_id="77_5")
    for _ in range(2):
        assert door.signed(raw).status_code == 200
    rung = Sweep.objects.filter(rung_at__isnull=False)
    assert [(row.channel, row.rung_posts) for row in rung] == [(second, ["77_5"])]
    assert Receipt.objects.count() == 2  # one for each page that heard it


def test_the_page_of_the_account_says_when_it_agreed_to_ring_and_rang(
    quiet: Sweep, cast: Cast, door: Door, practice: Practice
) -> None:
    second_steps(cast.priya)
    address, manager = reverse("channels:account", args=[cast.channel.pk]), signed_in(cast.priya)
    at = timezone.make_aware(datetime(2026, 11, 24, 17, 45))
    Sweep.objects.update(subscribed_at=at)
    HealthReading.objects.update(rings=False, at=at - timedelta(minutes=1))  # asked before it agreed
    page = manager.get(address).content.decode()
    assert "Tue 24 Nov, 17:45. It has not rung yet" in page and "does not ring" not in page
    HealthReading.objects.update(at=timezone.now())
    assert "The network does not ring" in manager.get(address).content.decode()
    door.signed(note(practice.page, verb="add"))
    Sweep.objects.update(heard_at=F("subscribed_at") + timedelta(minutes=4))
    assert "Tue 24 Nov, 17:45. It last rang Tue 24 Nov, 17:49" in manager.get(address).content.decode()


def test_it_is_compared_in_a_time_that_tells_nothing(
    quiet: Sweep, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def never(wanted: bytes, given: bytes) -> bool:
        compared.append((wanted, given))
        return False

    monkeypatch.setattr("stairgate.networks.facebook.hooks.hmac.compare_digest", never)
    assert door.signed(BODY).status_code == 404
    ((wanted, given_one),) = compared
    assert wanted == given_one


# ── What the door tells ──


def test_no_door_and_a_false_signature_look_the_same(
    cast: Cast, quiet: Sweep, door: Door, practice: Practice
) -> None:
    nowhere = f"/hooks/facebook/{uuid4()}/"
    answers = [
        door.ring(BODY, "sha256=00"),
        door.ring(BODY),
        door.ring(BODY, "sha256=00", to=nowhere),
        door.ring(BODY, sign(practice.given["app_secret"], BODY), to=nowhere),
        door.ring(BODY, to=f"/hooks/bluesky/{cast.channel.pk}/"),
        door.get(mode="subscribe", verify_token="another", challenge="echo-me"),
        door.get(to=nowhere, mode="subscribe", verify_token="another", challenge="echo-me"),
    ]
    cast.channel.connection.delete()
    answers.append(door.signed(BODY))
    assert len({(one.status_code, one.content, tuple(sorted(one.headers.items()))) for one in answers}) == 1
    assert answers[0].status_code == 404


def test_the_handshake_echoes_the_challenge_to_who_knows_the_token(door: Door, practice: Practice) -> None:
    ours = practice.given["verify_token"]
    answer = door.get(mode="subscribe", verify_token=ours, challenge="<b>42</b>")
    assert (answer.status_code, answer.content) == (200, b"<b>42</b>")
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"mode": "subscribe", "challenge": "echo-me"},
        {"mode": "subscribe", "verify_token": "", "challenge": "echo-me"},
        {"mode": "subscribe", "verify_token": "another", "challenge": "echo-me"},
        {"mode": "subscribe", "verify_token": "é", "challenge": "echo-me"},
        {"mode": "unsubscribe", "verify_token": "ours", "challenge": "echo-me"},
    ],
    ids=ascii,
)
def test_the_handshake_is_nobody_elses(door: Door, practice: Practice, query: dict[str, str]) -> None:
    filled = {
        key: practice.given["verify_token"] if value == "ours" else value for key, value in query.items()
    }
    answer = door.get(**filled)
    assert answer.status_code == 404 and b"echo-me" not in answer.content


# ── How much, and what ──


@pytest.mark.parametrize(("more", "status"), [(0, 200), (1, 413)])
def test_what_is_too_long_is_not_read(
    quiet: Sweep, door: Door, practice: Practice, more: int, status: int
) -> None:
    raw = note(practice.page, verb="add")
    long = raw + b" " * (hooks.MOST_BYTES + more - len(raw))
    assert door.signed(long).status_code == status
    assert due() is (status == 200)


def test_a_length_that_is_no_number_is_a_bad_request(quiet: Sweep, door: Door) -> None:
    assert door.ring(b"{}", CONTENT_LENGTH="many").status_code == 400


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"entry": 1}'], ids=range(7)
)
def test_what_is_signed_and_makes_no_sense_makes_us_look(quiet: Sweep, door: Door, raw: bytes) -> None:
    assert door.signed(raw).status_code == 200
    assert due() and Sweep.objects.get().rung_posts == []


def test_a_thousand_changes_at_once_are_all_heard_whatever_one_of_them_is(
    quiet: Sweep, door: Door, practice: Practice, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    posts = [f"{practice.page}_{number}" for number in range(1, 1000)]
    changes = [change(verb="add", post_id=post, comment_id=f"{post}_1", message="ö" * 500) for post in posts]
    raw = batch(practice.page, *changes[:500], {"field": "feed", "value": "nonsense"}, *changes[500:])
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        assert door.signed(raw).status_code == 200
    assert Sweep.objects.get().rung_posts == posts


def test_more_posts_than_a_row_holds_are_gone_through_at_once(
    quiet: Sweep, cast: Cast, door: Door, practice: Practice
) -> None:
    Walk.objects.create(channel=cast.channel, due_at=quiet.due_at, met_at=timezone.now())
    for half in range(2):
        posts = [f"{practice.page}_{number}" for number in range(1 + half * 600, 601 + half * 600)]
        door.signed(batch(practice.page, *(change(verb="add", post_id=post) for post in posts)))
    assert len(Sweep.objects.get().rung_posts) == hooks.MOST_RUNG
    assert Walk.objects.get().due_at <= timezone.now()


def test_each_reading_takes_some_of_the_posts_that_rang_until_none_is_left(
    quiet: Sweep, door: Door, practice: Practice, on_page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collect, "MOST_RUNG_FOR", 2)
    monkeypatch.setattr(collect, "RECENT_POSTS", 0)
    posts = [f"{practice.page}_{number}" for number in (901, 902, 903)]
    door.signed(batch(practice.page, *(change(verb="add", post_id=post) for post in posts)))
    collect.sweep(timezone.now(), "test")
    assert Sweep.objects.get().rung_posts == posts[2:] and due()
    collect.sweep(timezone.now(), "test")
    assert Sweep.objects.get().rung_posts == [] and not due()


@pytest.mark.parametrize(
    "value",
    [
        {"item": "reaction", "verb": "add", "reaction_type": "love"},
        {"item": "like", "verb": "add"},
    ],
)
def test_what_has_no_words_costs_no_reading(
    quiet: Sweep, door: Door, practice: Practice, value: dict[str, str]
) -> None:
    assert door.signed(note(practice.page, post_id=f"{practice.page}_1", **value)).status_code == 200
    row = Sweep.objects.get()
    assert not due() and row.rung_posts == []
    assert row.heard_at is not None  # but it proves that the doorbell works


def test_a_note_about_another_page_changes_nothing_here(quiet: Sweep, door: Door, practice: Practice) -> None:
    theirs = "100000000000009"
    assert door.signed(note(theirs, verb="add", post_id=f"{theirs}_1")).status_code == 200
    assert not due()
    door.signed(note(practice.page, item="mention", verb="add", post_id=f"{theirs}_1"))
    assert due() and Sweep.objects.get().rung_posts == []  # a post that we could not read


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["entry", "id", "changes", "value", "verb", "item", "post_id", "comment_id"]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=300) | json_like.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_answered_and_believed_only_when_signed(
    quiet: Sweep, door: Door, raw: bytes
) -> None:
    before = Sweep.objects.values("rung_at", "heard_at", "rung_posts").get()
    assert door.ring(raw, "sha256=" + "0" * 64).status_code == 404
    assert Sweep.objects.values("rung_at", "heard_at", "rung_posts").get() == before
    assert door.signed(raw).status_code == 200
    assert door.signed(raw).status_code == 200  # and again, for hours
    assert not Item.objects.exists()
