"""The pages of a post, when something is refused: it is said, and nothing that was typed is lost."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.organisations.models import User
from stairgate.publishing.content import Content
from stairgate.publishing.models import Post
from stairgate.publishing.services import ask_for_changes, save_draft, submit
from tests.cast import PURPOSE, Cast


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture(autouse=True)
def nobody_needs_a_second_step(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


@pytest.fixture
def waiting(cast: Cast) -> Post:
    content = Content(text="Soup day", channel_ids=(cast.channel.pk,), purpose=PURPOSE)
    revision = save_draft(
        actor=cast.tom,
        organisation=cast.organisation,
        post=None,
        content=content,
        seen=None,
        at=timezone.now(),
    )
    submit(actor=cast.tom, post=revision.post, at=timezone.now())
    return revision.post


def test_a_note_that_comes_too_late_is_still_there(cast: Cast, waiting: Post) -> None:
    ask_for_changes(actor=cast.kofi, post=waiting, note="Which soup?", at=timezone.now())
    where = reverse("publishing:return", args=[waiting.pk])
    answer = signed_in(cast.priya).post(where, {"note": "Please say which day."})
    page = answer.content.decode()
    assert answer.status_code == 422 and "not waiting for approval any more" in page
    assert "Your note was not sent" in page and "Please say which day." in page


def test_a_forgotten_tick_is_asked_for_on_the_same_page(cast: Cast, waiting: Post) -> None:
    where = reverse("publishing:approve", args=[waiting.pk])
    answer = signed_in(cast.priya).post(where, {"digest": "x"})
    assert answer.status_code == 422
    assert "tick that each line above the tick is so" in answer.content.decode()
    assert "Your decision" in answer.content.decode()


def test_what_is_left_to_do_leads_to_its_place(cast: Cast) -> None:
    tom = signed_in(cast.tom)
    page = tom.get(reverse("publishing:new")).content.decode()
    assert 'href="#text"' in page and 'id="text"' in page
    values = {"text": "Soup day", "channels": [str(cast.channel.pk)]}
    page = tom.post(reverse("publishing:check"), values).content.decode()
    assert 'href="#purpose"' in page and 'id="purpose"' in page
    values["text"] = "Ring Tom on 07700 900142."
    page = tom.post(reverse("publishing:check"), values).content.decode()
    assert 'href="#note-1"' in page and 'id="note-1"' in page


def test_a_time_that_is_only_half_there_stays_as_it_was_typed(cast: Cast) -> None:
    typed = {"text": "Soup day", "when": "later", "date": "2030-03-31"}
    answer = signed_in(cast.tom).post(reverse("publishing:new"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Choose a date and a time" in page
    assert 'value="later" checked' in page and 'value="2030-03-31"' in page and "Soup day" in page


def test_words_that_are_too_long_are_all_still_there(cast: Cast) -> None:
    text = "soup " * 4001
    answer = signed_in(cast.tom).post(reverse("publishing:new"), {"text": text, "when": "now"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "That is too long: 20005 letters, and 20000 fit." in page
    assert text in page


@pytest.mark.parametrize("go", ["save", "close", "photo", "send"])
def test_a_post_of_nothing_is_not_saved_and_the_rest_is_kept(cast: Cast, go: str) -> None:
    values = {"text": " \n ", "channels": [str(cast.channel.pk)], "purpose": PURPOSE, "go": go}
    values |= {"when": "later", "date": "2030-03-29", "time": "15:30"}
    answer = signed_in(cast.tom).post(reverse("publishing:new"), values)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Write a few words, or add a photo" in page
    assert 'value="2030-03-29"' in page and 'value="15:30"' in page
    assert re.search(rf'value="{cast.channel.pk}"\s+checked', page)
    assert f'<option value="{PURPOSE}" selected>' in page
    assert not Post.objects.exists()


KEEPABLE = "See you at Hill Park at 10 on Monday."


def test_a_reason_too_short_to_keep_words_is_asked_for_beside_what_was_typed(cast: Cast) -> None:
    """Also for a post begun with that very press: what follows belongs to it, and begins no other."""
    tom = signed_in(cast.tom)
    values = {"text": KEEPABLE, "channels": [str(cast.channel.pk)], "purpose": PURPOSE}
    page = tom.post(reverse("publishing:check"), values).content.decode()
    key = re.findall(r'name="keep" value="([^"]+)"', page)[0]
    answer = tom.post(reverse("publishing:new"), values | {"keep": key, f"why-{key}": "ok"})
    page = " ".join(answer.content.decode().split())
    post = Post.objects.get()
    assert answer.status_code == 422 and KEEPABLE in page
    assert f'name="why-{key}" value="ok"' in page and '<details class="sg-keep" open>' in page
    assert page.count("Say in a few words why it is safe to keep.") == 2, "at the top, and beside the field"
    assert f'action="{reverse("publishing:edit", args=[post.pk])}"' in page
    assert not post.answers.exists()


def test_a_reason_half_typed_outlives_a_look_at_the_words(cast: Cast) -> None:
    tom = signed_in(cast.tom)
    values = {"text": KEEPABLE, "channels": [str(cast.channel.pk)]}
    page = tom.post(reverse("publishing:check"), values).content.decode()
    key = re.findall(r'name="keep" value="([^"]+)"', page)[0]
    page = tom.post(reverse("publishing:check"), values | {f"why-{key}": "Everybody"}).content.decode()
    assert 'value="Everybody"' in page and '<details class="sg-keep" open>' in page
