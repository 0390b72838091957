"""The pages of what is done by hand: who sees what, and what a refusal leaves on them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from stairgate.channels.models import Channel
from stairgate.channels.services import prove
from stairgate.ledger.models import Entry
from stairgate.monitoring import collect, subscribing
from stairgate.monitoring.models import Sweep
from stairgate.organisations.models import User
from stairgate.publishing import services
from stairgate.publishing.models import Delivery, Look, Post
from stairgate.publishing.states import DeliveryState, PostState
from stairgate.web.today import today_page
from tests.publishing.conftest import Desk
from tests.publishing.test_by_hand import LINK, TEXT, begin, fresh, group, posted, put, row, written
from tests.publishing.urgent_desk import Urgent

__all__ = ["group", "row"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def shown(row: Delivery, user: User, name: str = "hand") -> str:
    """Return the words to paste as this person's page has them; "" when it has none."""
    page = signed_in(user).get(reverse(f"publishing:{name}", args=[row.pk])).content.decode()
    found = page.partition('id="words" rows="9" readonly>')[2]
    return found.partition("</textarea>")[0]


def answer(row: Delivery, user: User, **typed: object) -> Any:
    return signed_in(user).post(reverse("publishing:hand_answer", args=[row.pk]), typed)


@pytest.mark.clause("C78")
def test_the_words_to_paste_are_on_one_page_of_one_person_and_never_kept(desk: Desk, row: Delivery) -> None:
    tom, kofi = desk.cast.tom, desk.cast.kofi
    assert shown(row, tom) == ""
    signed_in(tom).post(reverse("publishing:hand_begin", args=[row.pk]))
    assert shown(row, tom) == TEXT
    assert shown(row, kofi) == "" and shown(row, tom, "hand_proof") == ""
    page = signed_in(tom).get(reverse("publishing:hand", args=[row.pk]))
    assert "no-store" in page["Cache-Control"]
    Delivery.objects.filter(pk=row.pk).update(lease_until=timezone.now())
    assert shown(row, tom) == ""


def test_the_page_is_told_to_be_read_again_once_the_words_are_gone(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    still = reverse("publishing:hand_still", args=[row.pk])
    client = signed_in(desk.cast.tom)
    assert "HX-Refresh" not in client.get(still).headers
    Delivery.objects.filter(pk=row.pk).update(lease_until=timezone.now())
    assert client.get(still)["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    "name", ["hand", "hand_proof", "hand_still", "hand_begin", "hand_answer", "hand_gone"]
)
def test_another_settings_delivery_does_not_exist(desk: Desk, row: Delivery, name: str) -> None:
    client = signed_in(desk.cast.outsider)
    reads = name in {"hand", "hand_proof", "hand_still"}
    for pk in (row.pk, uuid4()):
        where = reverse(f"publishing:{name}", args=[pk])
        assert (client.get(where) if reads else client.post(where, {"saw": "same"})).status_code == 404
    mine = signed_in(desk.cast.helen)
    where = reverse(f"publishing:{name}", args=[row.pk])
    assert (mine.get(where) if reads else mine.post(where)).status_code == 403
    fresh(row, DeliveryState.MANUAL)


@pytest.mark.clause("C78", "C36")
def test_posted_is_said_with_an_address_and_a_cleaned_picture_of_the_screen(
    desk: Desk, row: Delivery
) -> None:
    begin(desk, row, desk.cast.tom)
    refused = answer(row, desk.cast.tom, saw="there", link="https://elsewhere.example/1")
    assert refused.status_code == 422
    assert 'value="https://elsewhere.example/1"' in refused.content.decode()
    bad = SimpleUploadedFile("screen.jpg", b"no picture")
    refused = answer(row, desk.cast.tom, saw="there", link=LINK, photo=bad)
    assert refused.status_code == 422 and f'value="{LINK}"' in refused.content.decode()
    file = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(file, "PNG")
    screen = SimpleUploadedFile("screen.png", file.getvalue())
    answer(row, desk.cast.tom, saw="there", link=LINK, photo=screen)
    fresh(row, DeliveryState.POSTED)
    look = Look.objects.get()
    assert look.picture is not None and look.picture.media_type == "image/jpeg"
    said = Entry.objects.filter(kind="publishing.looked").get().payload or ""
    assert look.picture.sha256 in said and LINK in said


@pytest.mark.clause("C78")
def test_who_posted_has_no_button_to_confirm_and_cannot_by_hand_made_request(
    desk: Desk, row: Delivery
) -> None:
    posted(desk, row, desk.cast.tom)
    page = signed_in(desk.cast.tom).get(reverse("publishing:hand", args=[row.pk])).content.decode()
    assert 'value="same"' not in page
    for saw in ("same", "not_there", "different"):
        assert answer(row, desk.cast.tom, saw=saw, words="Other", pictures="0").status_code == 403
    fresh(row, DeliveryState.POSTED)
    assert answer(row, desk.cast.kofi, saw="done").status_code == 422
    assert answer(row, desk.cast.kofi, saw="same").status_code == 302
    fresh(row, DeliveryState.DONE)


def test_what_was_seen_there_stays_typed_when_it_is_refused(desk: Desk, row: Delivery) -> None:
    posted(desk, row, desk.cast.tom)
    refused = answer(row, desk.cast.kofi, saw="different", words="Beer day!", pictures="many")
    page = refused.content.decode()
    assert refused.status_code == 422 and "Beer day!</textarea>" in page and "<details" in page


def test_today_tells_whoever_can_do_it_and_says_when_it_is_overdue(desk: Desk, row: Delivery) -> None:
    def tasks(user: User, days: int = 0) -> list[tuple[str, str]]:
        page = today_page(desk.cast.member(user), desk.now + timedelta(days=days))
        return [(task.button, task.status_words) for task in page.tasks if "allotment" in task.title]

    assert tasks(desk.cast.tom) == [("Post it by hand", "To be done by hand")]
    assert tasks(desk.cast.gwen) == []
    begin(desk, row, desk.cast.tom)
    assert tasks(desk.cast.tom) == [("Say what happened", "Going out now")]
    assert tasks(desk.cast.kofi) == []
    answer(row, desk.cast.tom, saw="there", link=LINK)
    assert tasks(desk.cast.tom) == []
    assert tasks(desk.cast.kofi) == [("Look there", "Posted, not yet confirmed")]
    assert tasks(desk.cast.kofi, days=5) == [("Look there", "Overdue: nobody has looked yet")]


def test_what_is_not_known_is_there_once_for_an_approver(desk: Desk, row: Delivery) -> None:
    begin(desk, row, desk.cast.tom)
    desk.sweep(after=121)
    titles = [task.title for task in today_page(desk.cast.member(desk.cast.priya), desk.now).tasks]
    assert [title for title in titles if "allotment" in title] == [f"Willow Lane families group: {row.post}"]


# --- what cannot be read is not pretended to be ---


@pytest.mark.clause("C40")
def test_the_inbox_says_that_the_group_is_not_read_and_no_worker_tries(desk: Desk, group: Channel) -> None:
    collect.sweep(desk.now, "test")
    subscribing.sweep(desk.now, "test")
    assert not Sweep.objects.filter(channel=group).exists()
    page = signed_in(desk.cast.gwen).get(reverse("monitoring:inbox")).content.decode()
    assert "is not read by Stairgate" in page and group.name in page


@pytest.mark.clause("C04")
def test_that_the_group_is_there_and_ours_is_said_by_a_person_by_name(desk: Desk, group: Channel) -> None:
    type(group.connection).objects.filter(channel=group).update(
        seen_at=desk.now - timedelta(days=40), seen_by=None
    )
    group.connection.refresh_from_db()
    assert not prove(channel=group).ok
    page = signed_in(desk.cast.gwen).post(reverse("channels:prove", args=[group.pk]), follow=True)
    text = page.content.decode()
    assert "Gate is shut" not in text.partition(group.name)[2].partition("</section>")[0]
    group.connection.refresh_from_db()
    assert group.connection.seen_by == desk.cast.gwen
    assert Entry.objects.filter(kind="channels.seen").latest("index").actor == str(desk.cast.gwen.pk)


# --- what is promised where a group stands beside a page ---


def _read(user: User, name: str, pk: object) -> str:
    return " ".join(signed_in(user).get(reverse(f"publishing:{name}", args=[pk])).content.decode().split())


def test_whoever_approves_is_told_what_a_colleague_does_by_hand(desk: Desk, group: Channel) -> None:
    by_hand = f"Stairgate can’t post in {group.name}"
    revision = written(desk, desk.cast.channel, group)
    services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    assert by_hand in _read(desk.cast.priya, "review", revision.post_id)
    alone = desk.submitted(text="Soup day.").post_id
    assert by_hand not in _read(desk.cast.priya, "review", alone)


def _out(post: Post, *channels: Channel, state: PostState) -> None:
    """Leave a post on these pages, as if it had gone out there."""
    rows = post.deliveries.filter(channel__in=channels)
    rows.update(state=DeliveryState.DONE)
    rows.exclude(channel__network="assisted").update(external_id="7_1")
    Post.objects.filter(pk=post.pk).update(state=state)


def test_what_one_page_has_already_is_not_called_not_out(desk: Desk, group: Channel) -> None:
    post = put(desk, desk.cast.channel, group)
    assert "Not out yet" in _read(desk.cast.tom, "review", post.pk)
    _out(post, desk.cast.channel, state=PostState.BY_HAND)
    page = _read(desk.cast.tom, "review", post.pk)
    assert f"Out on {desk.cast.channel.name}" in page and "Not out yet" not in page


def test_something_urgent_is_at_once_only_where_no_hand_is_needed(desk: Desk, group: Channel) -> None:
    urgent = Urgent(desk)
    urgent.approve()
    kofi = desk.cast.kofi
    page = _read(kofi, "urgent_send", urgent.template.pk)
    assert "Its members can see it. Somebody posts it by hand" in page
    typed: dict[str, object] = {f"slot-{name}": value for name, value in urgent.values.items()}
    typed |= {"go": "see", "channels": [str(desk.cast.channel.pk), str(group.pk)]}
    where = reverse("publishing:urgent_send", args=[urgent.template.pk])
    page = signed_in(kofi).post(where, typed).content.decode()
    assert f"<b>{desk.cast.channel.name}:</b> at once, at any hour." in page
    assert f"<b>{group.name}:</b> you, or a colleague, post it by hand." in page


def test_a_change_is_offered_only_where_the_page_can_take_it(desk: Desk, group: Channel) -> None:
    post = put(desk, desk.cast.channel, group)
    _out(post, desk.cast.channel, group, state=PostState.PUBLISHED)
    change = services.begin_change(actor=desk.cast.tom, post=Post.objects.get(pk=post.pk), at=desk.now)
    page = _read(desk.cast.tom, "edit", change.pk)
    assert f'value="{desk.cast.channel.pk}"' in page and f'value="{group.pk}"' not in page
