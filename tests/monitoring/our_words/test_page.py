"""The page of what screening looks for: tried and not kept, seen before it counts, and closed to everybody else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.ledger.models import Entry
from stairgate.monitoring.models import Item
from stairgate.organisations.models import ScreeningWord, User
from stairgate.organisations.screening_words import Wanted, add_word
from stairgate.publishing.models import Revision
from tests.cast import Cast

SENTENCE = "Lovely! Text Tom on 07700 900142."
NEW = {"words": "Bramblewick", "kind": "hold", "why": "The other nursery"}


def browser(user: User, *, checks: bool = False) -> Client:
    client = Client(enforce_csrf_checks=checks)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def gwen(cast: Cast, settings: Any) -> Client:
    settings.DEMO = True
    return browser(cast.gwen)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def slip(answer: Any) -> str:
    found = re.search(r'name="slip" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def post(client: Client, name: str, data: dict[str, str], *args: object, **more: Any) -> Any:
    return client.post(reverse(f"screening:{name}", args=args), data, **more)


@pytest.mark.clause("C39")
def test_a_sentence_is_held_and_the_page_says_why(gwen: Client) -> None:
    answer = post(gwen, "try", {"text": SENTENCE, "direction": "outbound_post"})
    assert answer.status_code == 200
    text = said(answer)
    assert "Held" in text and "Clause C79 , rule contact.mobile, version" in text
    assert "We held this because of “Text Tom on 07700 900142”: a personal mobile number." in text
    assert b'href="/policy/clauses/C79/"' in answer.content or b"C79" in answer.content
    assert b'<mark class="sg-hit"' in answer.content and b"<h1>" in answer.content


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"text": "Soup today", "direction": "outbound_post"}, "Nothing found"),
        ({"text": "Ottilie had soup", "direction": "outbound_post"}, "Nothing that stops it"),
        ({"text": "Ottilie had soup", "direction": "outbound_post", "picture": "on"}, "Held"),
        ({"text": "How old is she?", "direction": "inbound_comment", "author": "stranger"}, "inbox"),
        ({"text": "This is shit", "direction": "private_message", "author": "known"}, "read it first"),
    ],
)
def test_what_surrounds_it_matters(gwen: Client, typed: dict[str, str], told: str) -> None:
    assert told in said(post(gwen, "try", typed, headers={"HX-Request": "true"}))


def test_script_gets_only_the_answer(gwen: Client) -> None:
    answer = post(
        gwen, "try", {"text": SENTENCE, "direction": "outbound_post"}, headers={"HX-Request": "true"}
    )
    assert b"<h1>" not in answer.content and answer.content.count(b'id="answer"') == 1
    empty = post(gwen, "try", {"text": ""}, headers={"HX-Request": "true"})
    assert empty.status_code == 200 and "Type a sentence first." in said(empty)


def test_what_is_tried_is_kept_nowhere(cast: Cast, gwen: Client, caplog: pytest.LogCaptureFixture) -> None:
    entries = Entry.objects.count()
    answer = post(gwen, "try", {"text": SENTENCE, "direction": "outbound_post"})
    assert "no-store" in answer["Cache-Control"]
    assert Entry.objects.count() == entries and "07700" not in caplog.text
    assert "07700" not in str(dict(gwen.session)) and SENTENCE not in said(gwen.get("/screening/"))
    assert gwen.get(reverse("screening:try"), {"text": SENTENCE}).status_code == 405


@pytest.mark.parametrize(
    ("text", "told"),
    [("", "Type a sentence first."), ("  \n ", "Type a sentence first."), ("a" * 20_001, "20,000 letters")],
    ids=["empty", "spaces", "long"],
)
def test_what_cannot_be_tried(gwen: Client, text: str, told: str) -> None:
    answer = post(gwen, "try", {"text": text, "direction": "outbound_post"})
    assert answer.status_code == 422 and told in said(answer)
    for wrong in ({"direction": "sideways"}, {"author": "nobody"}):
        assert post(gwen, "try", {"text": "a", "direction": "outbound_post"} | wrong).status_code == 422


def test_what_is_typed_is_shown_as_words(gwen: Client) -> None:
    answer = post(gwen, "try", {"text": "<script>alert(1)</script> shit", "direction": "outbound_post"})
    assert b"<script>alert" not in answer.content


@pytest.mark.clause("C31")
def test_a_word_counts_only_after_it_was_seen_and_confirmed(
    cast: Cast, gwen: Client, write: Callable[[str], Revision], comment: Callable[..., Item]
) -> None:
    write("Off to Bramblewick we go")
    comment("So is Bramblewick")
    looked = post(gwen, "look", NEW)
    assert looked.status_code == 200 and ScreeningWord.objects.count() == 0
    assert "This would newly stop 2 and let go 0" in said(looked)
    assert "We read 1 post of ours, in the newest version of each, and 1 comment." in said(looked)
    tried = {"text": "At Bramblewick", "direction": "outbound_post"}
    assert "Nothing found" in said(post(gwen, "try", tried))
    done = post(gwen, "add", {"slip": slip(looked)}, follow=True)
    assert "“Bramblewick” is added. It counts from now on." in said(done)
    assert "Added by Gwen" in said(done) and "“The other nursery”" in said(done)
    assert "a word your setting added. Your setting asked" in said(post(gwen, "try", tried)).replace(
        " .", "."
    )


@pytest.mark.clause("C31")
def test_and_is_ended_the_same_way(cast: Cast, gwen: Client, write: Callable[[str], Revision]) -> None:
    row = add_word(
        actor=cast.priya, organisation=cast.organisation, wanted=Wanted.of(**NEW), at=timezone.now()
    )
    write("Off to Bramblewick we go")
    looked = post(gwen, "look_end", {"because": "They made up"}, row.pk)
    assert "This would newly stop 0 and let go 1" in said(looked)
    row.refresh_from_db()
    assert row.ended_at is None
    done = post(gwen, "end", {"slip": slip(looked)}, row.pk, follow=True)
    assert "It stays on record." in said(done) and "Ended by Gwen" in said(done)
    again = post(gwen, "look_end", {"because": "They made up"}, row.pk, follow=True)
    assert "was ended already" in said(again)


def test_no_slip_no_change(cast: Cast, gwen: Client) -> None:
    row = add_word(
        actor=cast.gwen, organisation=cast.organisation, wanted=Wanted.of(**NEW), at=timezone.now()
    )
    other = add_word(
        actor=cast.gwen,
        organisation=cast.organisation,
        wanted=Wanted.of("look", "zap", "why"),
        at=timezone.now(),
    )
    to_add = slip(post(gwen, "look", NEW | {"words": "another"}))
    to_end = slip(post(gwen, "look_end", {"because": "because"}, row.pk))
    for wrong in ("", "x", f"{to_add}x", to_end):
        assert "added." not in said(post(gwen, "add", {"slip": wrong}, follow=True))
    for wrong in ("", "x", to_add):
        post(gwen, "end", {"slip": wrong}, row.pk)
    assert "about other words" in said(post(gwen, "end", {"slip": to_end}, other.pk, follow=True))
    post(browser(cast.priya), "add", {"slip": to_add})
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert "within an hour" in said(post(gwen, "add", {"slip": to_add}, follow=True))
    assert ScreeningWord.objects.filter(ended_at__isnull=True).count() == 2
    assert "is ended" in said(post(gwen, "end", {"slip": to_end}, row.pk, follow=True))
    assert "changed meanwhile" in said(post(gwen, "add", {"slip": to_add}, follow=True))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"words": ""}, "Type a word or a few."),
        ({"words": "   "}, "Type a word or a few."),
        ({"words": "?!"}, "at least one letter"),
        ({"words": "a" * 20_001}, "too long"),
        ({"why": ""}, "Say in a few words why."),
        ({"why": "a"}, "Say in a few words why."),
        ({"why": "a" * 201}, "too long"),
        ({"kind": "delete"}, "delete"),
        ({"words": "ZÁP"}, "there already"),
        ({"words": "I will kill you", "kind": "exception"}, "No exception can be made for this."),
    ],
    ids=range(10),
)
@pytest.mark.clause("C07")
def test_what_cannot_be_added_keeps_what_was_typed(
    cast: Cast, gwen: Client, wrong: dict[str, str], told: str
) -> None:
    add_word(
        actor=cast.gwen,
        organisation=cast.organisation,
        wanted=Wanted.of("look", "zap", "why"),
        at=timezone.now(),
    )
    answer = post(gwen, "look", NEW | wrong)
    assert answer.status_code == 422 and told in said(answer)
    assert ScreeningWord.objects.count() == 1
    if "why" not in wrong:
        assert b'value="The other nursery"' in answer.content


@pytest.mark.parametrize("because", ["", "  ", "a", "a" * 201])
def test_an_end_needs_a_reason(cast: Cast, gwen: Client, because: str) -> None:
    row = add_word(
        actor=cast.gwen, organisation=cast.organisation, wanted=Wanted.of(**NEW), at=timezone.now()
    )
    answer = post(gwen, "look_end", {"because": because}, row.pk)
    assert answer.status_code == 422 and "Say why" in said(answer)


def test_the_page_says_what_can_never_be_excepted(gwen: Client) -> None:
    text = said(gwen.get(reverse("screening:index")))
    for word in ("grooming", "a child telling us", "self-harm", "threats", "hate", "scams", "extremism"):
        assert word in text
    assert "Nothing you type here is kept" in text


def test_another_settings_words_do_not_exist(cast: Cast, gwen: Client) -> None:
    row = add_word(
        actor=cast.outsider, organisation=cast.elsewhere, wanted=Wanted.of(**NEW), at=timezone.now()
    )
    assert "Bramblewick" not in said(gwen.get(reverse("screening:index")))
    assert post(gwen, "look_end", {"because": "because"}, row.pk).status_code == 404
    assert post(gwen, "end", {"slip": ""}, row.pk).status_code == 404


@pytest.mark.parametrize("name", ["kofi", "tom", "leah", "helen"])
def test_it_is_for_managers_and_the_safeguarding_lead(cast: Cast, settings: Any, name: str) -> None:
    settings.DEMO = True
    client = browser(getattr(cast, name))
    assert client.get(reverse("screening:index")).status_code == 403
    assert post(client, "try", {"text": SENTENCE, "direction": "outbound_post"}).status_code == 403
    assert post(client, "look", NEW).status_code == 403
    assert "/screening/" not in client.get("/").content.decode()


def test_each_form_is_from_our_own_page(cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    client = browser(cast.gwen, checks=True)
    assert post(client, "try", {"text": SENTENCE}).status_code == 403
    assert post(client, "look", NEW).status_code == 403
    assert post(client, "add", {"slip": "x"}).status_code == 403
