"""The conversation about a post: who may speak, who hears of it, and that nothing said is ever lost."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing import services
from stairgate.publishing.models import Addressee, Message, Post
from stairgate.publishing.selectors.review import review_page, with_policy
from stairgate.web.today import today_page
from tests.publishing.conftest import Desk

pytestmark = pytest.mark.django_db
SRC = Path(__file__).resolve().parents[2] / "src/stairgate"


@pytest.fixture
def post(desk: Desk) -> Post:
    return desk.submitted().post


def say(desk: Desk, who: User, post: Post, text: str, minutes: int = 0) -> Message:
    return services.say(actor=who, post=post, text=text, at=desk.now + timedelta(minutes=minutes))


def today(desk: Desk, who: User) -> list[str]:
    tasks = today_page(desk.cast.member(who), desk.now).tasks
    return [task.title for task in tasks if task.status_words == "A message for you"]


@pytest.mark.clause("C82")
def test_what_is_said_shows_on_the_today_of_whoever_is_meant_until_they_answer(
    desk: Desk, post: Post
) -> None:
    cast = desk.cast
    say(desk, cast.tom, post, "Is “muddy” all right?")
    assert today(desk, cast.priya) == today(desk, cast.kofi) == ["Tom: “Is “muddy” all right?”"]
    assert today(desk, cast.tom) == today(desk, cast.gwen) == []
    say(desk, cast.priya, post, "It is. Which gate do families use?", 1)
    assert today(desk, cast.priya) == []
    assert today(desk, cast.tom) == ["Priya: “It is. Which gate do families use?”"]
    say(desk, cast.tom, post, "The front one.", 2)
    assert today(desk, cast.tom) == []
    assert today(desk, cast.priya) == ["Tom: “The front one.”"], "she spoke, so she is meant"
    assert today(desk, cast.kofi) == ["Tom: “Is “muddy” all right?”"], "he did not"
    services.mark_read(actor=cast.kofi, post=post, at=desk.now)
    assert today(desk, cast.kofi) == []


@pytest.mark.clause("C82")
def test_the_conversation_is_one_story_with_the_notes_of_returns(desk: Desk, post: Post) -> None:
    say(desk, desk.cast.tom, post, "Is it too long?")
    later = desk.now + timedelta(minutes=1)
    services.ask_for_changes(actor=desk.cast.priya, post=post, note="Shorter, please.", at=later)
    say(desk, desk.cast.tom, post, "Will do.", 2)
    page = review_page(with_policy(Post.objects.all()).get(), desk.cast.member(desk.cast.priya), desk.now)
    assert page is not None
    assert [(said.who, said.text, said.returned, said.new) for said in page.talk] == [
        ("Tom", "Is it too long?", False, True),
        ("Priya", "Shorter, please.", True, False),
        ("Tom", "Will do.", False, True),
    ]


@pytest.mark.clause("C82")
def test_each_message_is_in_the_ledger_with_its_words(desk: Desk, post: Post) -> None:
    say(desk, desk.cast.tom, post, "Is it too long?")
    entry = Entry.objects.get(kind="publishing.said")
    assert entry.actor == str(desk.cast.tom.id) and "Is it too long?" in str(entry.payload)


@pytest.mark.clause("C82")
def test_nothing_in_the_product_changes_or_deletes_what_was_said() -> None:
    """Rows of `Message` are made in one place, and no other code of ours writes to them."""
    for path in SRC.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in {"update", "delete", "save", "bulk_update"}:
                said = ast.unparse(node.value)
                assert "Message" not in said and ".messages" not in said and said != "message", path


@pytest.mark.clause("C82")
@pytest.mark.parametrize("who", ["gwen", "leah", "helen", "outsider"])
def test_only_writers_and_approvers_talk(desk: Desk, post: Post, who: str) -> None:
    with pytest.raises(NotAllowed):
        say(desk, getattr(desk.cast, who), post, "Hello")
    assert not Message.objects.exists()


@pytest.mark.parametrize("text", [" ", "x" * 2001])
def test_nothing_and_too_much_are_refused(desk: Desk, post: Post, text: str) -> None:
    with pytest.raises(services.Refusal):
        say(desk, desk.cast.tom, post, text)


def test_when_the_story_is_over_nobody_is_asked_to_read_any_more(desk: Desk, post: Post) -> None:
    say(desk, desk.cast.tom, post, "Is it too long?")
    services.withdraw(actor=desk.cast.tom, post=post, reason="", at=desk.now)
    assert today(desk, desk.cast.priya) == []
    with pytest.raises(services.Refusal, match="over"):
        say(desk, desk.cast.priya, post, "No.")


def test_it_works_on_the_page_and_what_was_typed_stays(
    desk: Desk, post: Post, settings: LazySettings
) -> None:
    settings.DEMO = True
    client = Client()
    client.force_login(desk.cast.priya, backend="django.contrib.auth.backends.ModelBackend")
    where = reverse("publishing:say", args=[post.pk])
    long = "A long answer " * 200
    refused = client.post(where, {"message": long})
    assert refused.status_code == 422 and long.strip() in refused.content.decode()
    page = client.post(where, {"message": "<b>Lovely</b>"}, follow=True).content.decode()
    assert "“&lt;b&gt;Lovely&lt;/b&gt;”" in page and "I have read this" not in page
    client.force_login(desk.cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("publishing:review", args=[post.pk])).content.decode()
    assert "New for you" in page
    page = client.post(reverse("publishing:heard", args=[post.pk]), follow=True).content.decode()
    assert "New for you" not in page
    assert not Addressee.objects.filter(user=desk.cast.tom, read_at__isnull=True).exists()


def test_a_long_conversation_is_kept_whole_and_shown_from_its_end(desk: Desk, post: Post) -> None:
    for number in range(23):
        say(desk, desk.cast.tom, post, f"Word {number}", number)
    page = review_page(with_policy(Post.objects.all()).get(), desk.cast.member(desk.cast.priya), desk.now)
    assert page is not None and page.left_out == 3
    assert [said.text for said in page.talk] == [f"Word {number}" for number in range(3, 23)]
    assert Message.objects.count() == 23
