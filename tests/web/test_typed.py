"""Whatever is typed, by hand or by a program, gets an answer that is not "something broke"."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.monitoring.models import Item
from stairgate.pixels import MOST_BYTES
from stairgate.publishing.content import Content
from stairgate.publishing.models import Post
from stairgate.publishing.rules import must_change
from stairgate.publishing.screen import screen_words
from stairgate.publishing.services import save_draft, submit
from tests.cast import PURPOSE, Cast, willow_lane

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


@pytest.fixture
def post(cast: Cast) -> Post:
    now = timezone.now()
    content = Content(text="Soup day.", channel_ids=(cast.channel.pk,), purpose=PURPOSE)
    revision = save_draft(
        actor=cast.tom, organisation=cast.organisation, post=None, content=content, seen=None, at=now
    )
    submit(actor=cast.tom, post=revision.post, at=now)
    return revision.post


@pytest.fixture
def item(cast: Cast) -> Item:
    now = timezone.now()
    return Item.objects.create(
        organisation=cast.organisation,
        channel=cast.channel,
        external_id="1_1",
        kind="comment",
        text="Lovely soup!",
        written_at=now,
        first_seen_at=now,
    )


def test_a_zero_character_is_refused_everywhere(cast: Cast, post: Post, item: Item) -> None:
    """PostgreSQL takes none, so each of these would break there."""
    client = Client(raise_request_exception=True)
    client.force_login(cast.priya, backend="django.contrib.auth.backends.ModelBackend")
    zero = "because\x00of it"
    posted = [
        (reverse("publishing:return", args=[post.pk]), {"note": zero}),
        (reverse("publishing:withdraw", args=[post.pk]), {"reason": zero}),
        (reverse("publishing:approve", args=[post.pk]), {"read": "1", "digest": zero}),
        (
            reverse("monitoring:decide", args=[item.pk]),
            {"kind": "hide", "reason": zero, "version": item.version},
        ),
        (reverse("monitoring:reply", args=[item.pk]), {"text": zero, "version": item.version}),
        (reverse("channels:pause", args=[cast.channel.pk]), {"reason": zero}),
        (reverse("publishing:new"), {"text": zero}),
    ]
    for where, values in posted:
        assert client.post(where, values).status_code == 400, where
    post.refresh_from_db()
    assert post.state == "with_approver" and not item.decisions.exists()


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2027-03-28", "01:30"),  # the hour that does not exist
        ("2026-10-25", "01:30"),  # the hour that comes twice
        ("0001-01-01", "00:00"),
        ("9999-12-31", "23:59"),
    ],
)
def test_no_date_breaks_the_page_or_goes_out_at_another_hour(cast: Cast, date: str, time: str) -> None:
    client = Client()
    client.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    values = {
        "text": "Soup day.",
        "channels": str(cast.channel.pk),
        "purpose": PURPOSE,
        "when": "later",
        "date": date,
        "time": time,
        "go": "save",
    }
    answer = client.post(reverse("publishing:new"), values)
    assert answer.status_code in {302, 422}
    if date in {"2027-03-28", "2026-10-25"}:
        assert answer.status_code == 422 and not Post.objects.exists()
    assert client.post(reverse("publishing:check"), values).status_code in {200, 204}
    for made in Post.objects.all():
        assert client.get(reverse("publishing:edit", args=[made.pk])).status_code == 200
        assert client.get(reverse("publishing:review", args=[made.pk])).status_code == 200


def test_a_huge_upload_is_cut_short_and_refused_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sends it, and whatever else is typed beside it, which is kept."""
    kept: list[int] = []
    handed_on = TemporaryFileUploadHandler.receive_data_chunk

    def keep(self: TemporaryFileUploadHandler, raw_data: bytes, start: int) -> None:
        kept.append(len(raw_data))
        handed_on(self, raw_data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", keep)
    client = Client()
    client.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    huge = SimpleUploadedFile("photo.jpg", bytes(MOST_BYTES + 9 * 1024 * 1024), "image/jpeg")
    answer = client.post(reverse("publishing:new"), {"photo": huge, "text": "Soup day.", "go": "save"})
    assert answer.status_code == 422
    assert b"larger than 40 MB" in answer.content and b"Soup day." in answer.content
    assert MOST_BYTES < sum(kept) <= MOST_BYTES + 64 * 1024


def test_a_reason_typed_beside_another_finding_stays_when_one_is_kept(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    text = "What a damn wind. The tent is crap."
    found = screen_words(text, cast.organisation, alts=[], is_reply=False).findings
    first, second = (finding.key for finding in found if not must_change(finding))
    values = {"text": text, "channels": str(cast.channel.pk), "purpose": PURPOSE, "when": "now", "seen": "0"}
    reasons = {f"why-{first}": "Her mother asked us to.", f"why-{second}": "It is open to everybody."}
    page = client.post(reverse("publishing:new"), {**values, **reasons, "keep": first})
    assert page.status_code == 200 and b"It is open to everybody." in page.content
    post = Post.objects.get()
    assert [answer.finding_key for answer in post.answers.all()] == [first]
    assert reverse("publishing:edit", args=[post.pk]) in page.content.decode()
    again = client.post(
        reverse("publishing:edit", args=[post.pk]),
        {**values, "seen": "1", f"why-{second}": "It is open to everybody.", "keep": second},
    )
    assert again.status_code == 302
    assert {answer.finding_key for answer in post.answers.all()} == {first, second}
