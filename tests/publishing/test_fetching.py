"""The address at which a network fetches an approved photo: it leads to that photo while it may go out, else nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.core import signing
from django.core.files.base import ContentFile
from django.http import HttpResponse
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from stairgate.channels.models import Channel
from stairgate.channels.pausing import pause_everything
from stairgate.ledger.models import Entry
from stairgate.networks.base import Done, Passage, RefusalKind, Refused
from stairgate.networks.facebook import Facebook
from stairgate.publishing import delivery, fetching
from stairgate.publishing.content import PictureUse
from stairgate.publishing.fetching import Named, named_by, photo_for
from stairgate.publishing.gate import Opened, open_gate
from stairgate.publishing.models import Approval, Attempt, Delivery, Picture, Revision
from stairgate.publishing.states import DeliveryState
from stairgate.publishing.views import fetch
from tests.publishing.conftest import Desk
from tests.publishing.test_gate_conditions import picture, ready, try_gate

pytestmark = pytest.mark.django_db

OTHER_HEADERS = {
    "X-Robots-Tag": "noindex, nofollow, noarchive, noimageindex",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@pytest.fixture
def row(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """An approved post with two photos, on its way to a page that fetches them as Instagram does."""
    monkeypatch.setattr(Facebook, "fetches_pictures", True, raising=False)
    uses = tuple(PictureUse(picture(desk).pk, alt, "nobody") for alt in ("Boots", "Puddles"))
    return ready(desk, desk.save(pictures=uses))


def opened(desk: Desk, row: Delivery) -> Passage:
    result = try_gate(desk, row)
    assert isinstance(result, Opened)
    return result.passage


@pytest.fixture
def path(desk: Desk, row: Delivery) -> str:
    """Where the first photo can be fetched, now that the gate is open."""
    return urlsplit(opened(desk, row).content.pictures[0].address).path


def get(path: str) -> HttpResponse:
    """Ask as a network does: with nothing but the address."""
    answer: HttpResponse = Client().get(path)  # type: ignore[assignment]
    return answer


def is_nowhere(path: str) -> bool:
    answer = get(path)
    return answer.status_code == 404 and answer.content == b""


# ── While it may go out ──


@pytest.mark.clause("C78")
def test_the_photo_is_there_for_whoever_has_the_address_and_nothing_else_comes_along(path: str) -> None:
    answer = get(path)
    assert (answer.status_code, answer.content) == (200, b"pixels")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Length"] == "6"
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies
    assert OTHER_HEADERS.items() <= dict(answer.headers).items()


def test_each_photo_has_an_address_of_its_own_under_our_own(desk: Desk, row: Delivery) -> None:
    addresses = [one.address for one in opened(desk, row).content.pictures]
    assert len(set(addresses)) == 2
    assert all(one.startswith("http://localhost:8765/posts/fetch/") for one in addresses)
    assert all(one.endswith(".jpg") and get(urlsplit(one).path).status_code == 200 for one in addresses)


def test_it_is_written_down_once_for_each_attempt_and_without_the_address(desk: Desk, row: Delivery) -> None:
    address = opened(desk, row).content.pictures[0].address
    (entry,) = Entry.objects.filter(kind="publishing.photos_offered")
    assert entry.body is not None and entry.body["photos"] == 2 and entry.body["attempt"] == 1
    token = address.rpartition("/")[2].removesuffix(".jpg")
    assert token not in str([one.body for one in Entry.objects.all()])
    assert token not in repr(opened)


def test_a_network_that_takes_uploads_is_given_no_address(
    desk: Desk, row: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    assert [one.address for one in opened(desk, row).content.pictures] == ["", ""]
    assert not Entry.objects.filter(kind="publishing.photos_offered").exists()


def test_words_alone_offer_nothing(desk: Desk, row: Delivery) -> None:
    without = ready(desk, desk.save(text="Only words today."))
    assert opened(desk, without).content.pictures == ()
    assert not Entry.objects.filter(kind="publishing.photos_offered").exists()


# ── In every other case it leads nowhere ──


def settled(desk: Desk) -> None:
    attempt = Attempt.objects.get()
    delivery.settle(attempt_id=attempt.pk, outcome=Done("1"), now=desk.now)


def begun_again(desk: Desk) -> None:
    """The first attempt was refused; the second is under way, with addresses of its own."""
    attempt, refused = Attempt.objects.get(), Refused(RefusalKind.THROTTLED, "Slow down.", retry_after=1)
    delivery.settle(attempt_id=attempt.pk, outcome=refused, now=desk.now)
    later = desk.now + timedelta(seconds=2)
    row = Delivery.objects.get()
    assert isinstance(open_gate(delivery_id=row.pk, worker="w", now=later), Opened)


def lease_over(desk: Desk) -> None:
    Delivery.objects.update(lease_until=desk.now - timedelta(seconds=1))


def unfinished_but_waiting(desk: Desk) -> None:
    Delivery.objects.update(state=DeliveryState.WAITING)


def approval_gone(desk: Desk) -> None:
    Approval.objects.update(voided_at=desk.now)


def paused(desk: Desk) -> None:
    pause_everything(
        actor=desk.cast.gwen, organisation=desk.cast.organisation, reason="A worrying comment", at=desk.now
    )


def account_closed(desk: Desk) -> None:
    Channel.objects.update(status=Channel.Status.CLOSED)


def written_anew(desk: Desk) -> None:
    Revision.objects.create(
        post=Delivery.objects.get().post,
        number=2,
        text="Newer",
        created_by=desk.cast.tom,
        created_at=desk.now,
        digest="d",
    )


def exchanged_on_disk(desk: Desk) -> None:
    for one in Picture.objects.all():
        one.file.delete(save=False)
        one.file.save("other", ContentFile(b"other!"))


def lost_on_disk(desk: Desk) -> None:
    Picture.objects.update(file="gone")


def said_to_be_another(desk: Desk) -> None:
    Picture.objects.update(sha256="0" * 64)


def no_jpeg(desk: Desk) -> None:
    Picture.objects.update(media_type="image/png")


def of_another_setting(desk: Desk) -> None:
    Picture.objects.update(organisation=desk.cast.elsewhere)


@pytest.mark.clause("C78")
@pytest.mark.parametrize(
    "change",
    [
        *(settled, begun_again, lease_over, unfinished_but_waiting, approval_gone, paused, account_closed),
        *(written_anew, exchanged_on_disk, lost_on_disk, said_to_be_another, no_jpeg, of_another_setting),
    ],
)
def test_it_leads_nowhere_once_the_photo_may_not_go_out(
    desk: Desk, path: str, change: Callable[[Desk], None]
) -> None:
    assert get(path).status_code == 200
    change(desk)
    assert is_nowhere(path)


def test_it_ends_with_the_lease_whatever_becomes_of_that(desk: Desk, path: str) -> None:
    Delivery.objects.update(lease_until=desk.now + timedelta(hours=1))
    with time_machine.travel(desk.now + timedelta(seconds=115)):
        assert get(path).status_code == 200
    with time_machine.travel(desk.now + timedelta(seconds=125)):
        assert is_nowhere(path)


def test_one_letter_of_it_changed_is_another_address(
    path: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    token = path.removeprefix("/posts/fetch/").removesuffix(".jpg")
    with django_assert_num_queries(0):
        for at in range(len(token) - 1):
            other = "A" if token[at] != "A" else "B"
            assert is_nowhere(f"/posts/fetch/{token[:at]}{other}{token[at + 1 :]}.jpg")


def test_what_we_never_signed_names_nothing(desk: Desk, path: str) -> None:
    attempt = Attempt.objects.get().pk
    forged = signing.TimestampSigner(key="another", salt="a photo that is fetched", sep=".")
    assert named_by(forged.sign_object([attempt.hex, 0, "0" * 64])) is None
    odd: list[object] = [[], ["x", 0, ""], [attempt.hex, "first", ""], {"a": 1}, 5, None]
    assert [named_by(fetching._signer().sign_object(one)) for one in odd] == [None] * len(odd)


@given(st.text(max_size=200))
def test_no_text_at_all_names_a_photo(text: str) -> None:
    assert named_by(text) is None


def test_it_names_one_photo_of_one_attempt(desk: Desk, path: str) -> None:
    named = named_by(path.removeprefix("/posts/fetch/").removesuffix(".jpg"))
    assert named == Named(Attempt.objects.get().pk, 0, Picture.objects.all()[0].sha256)
    assert photo_for(named, desk.now) == b"pixels"
    others = [
        *(replace(named, place=2), replace(named, place=-1)),
        *(replace(named, sha256="0" * 64), replace(named, attempt=uuid4())),
    ]
    assert [photo_for(other, desk.now) for other in others] == [None] * 4


def test_what_cannot_be_checked_is_not_shown(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def surprise(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(fetching, "facts_of", surprise)
    assert is_nowhere(path)


def test_whoever_fetches_again_and_again_is_shut_out(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "MOST_AN_ATTEMPT", 5)
    statuses = [get(path).status_code for _ in range(fetch.MOST_AN_ATTEMPT + 1)]
    assert set(statuses[:-1]) == {200} and statuses[-1] == 404


def test_it_is_read_and_nothing_else(path: str) -> None:
    assert Client().head(path).status_code == 200
    assert Client().post(path).status_code == 405
