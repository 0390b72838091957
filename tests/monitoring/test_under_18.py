"""Somebody who seems to be under 18 gets the fixed words and no others, and the safeguarding lead gets to see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.monitoring import services
from stairgate.monitoring.models import Decision, Item
from stairgate.organisations.models import User
from stairgate.policies.parameters import SIGNPOST, STANDARD_REPLIES, Parameters, TooLoose
from stairgate.publishing import delivery
from stairgate.publishing import services as publishing
from stairgate.publishing.content import Content
from stairgate.publishing.models import Post
from stairgate.publishing.screen import screen_words
from stairgate.publishing.services import Refusal
from stairgate.publishing.states import PostState
from tests.cast import Cast
from tests.monitoring.hands import decide, read
from tests.practice.fixtures import Practice

CHILD = "im 12 can i come to puddle day"


def answer(actor: User, item: Item, text: str) -> Post:
    return services.reply(actor=actor, item=item, version=item.version, text=text, at=timezone.now())


def let_out(cast: Cast, post: Post) -> Post:
    publishing.submit(actor=cast.kofi, post=post, at=timezone.now())
    newest = post.revisions.latest("number")
    publishing.approve(actor=cast.priya, post=post, digest=newest.digest, confirmed=True, at=timezone.now())
    delivery.sweep(timezone.now(), "test")
    post.refresh_from_db()
    return post


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "Max", CHILD)
    read()
    return Item.objects.get()


@pytest.mark.clause("C59")
def test_only_the_fixed_words_answer_a_child_and_they_go_out(
    cast: Cast, practice: Practice, item: Item
) -> None:
    with pytest.raises(Refusal, match="fixed words"):
        answer(cast.kofi, item, "Of course, come along!")
    assert not Post.objects.filter(kind=Post.Kind.REPLY).exists() and not item.decisions.exists()
    assert let_out(cast, answer(cast.kofi, item, SIGNPOST)).state == PostState.PUBLISHED
    assert "Childline" in practice.public_page()
    with pytest.raises(Refusal, match="answer already"):
        answer(cast.kofi, item, SIGNPOST)


@pytest.mark.clause("C59")
def test_the_fixed_words_cannot_become_others_on_the_way(cast: Cast, item: Item) -> None:
    post = answer(cast.kofi, item, SIGNPOST)
    content = Content(text="Come along!", channel_ids=(cast.channel.pk,), purpose=cast.channel.purposes[0])
    publishing.save_draft(
        actor=cast.kofi,
        organisation=cast.organisation,
        post=post,
        content=content,
        seen=None,
        at=timezone.now(),
    )
    with pytest.raises(publishing.NotReady) as refused:
        publishing.submit(actor=cast.kofi, post=post, at=timezone.now())
    assert refused.value.problems == ("Words: only the fixed words may answer somebody under 18",)


@pytest.mark.clause("C59")
@pytest.mark.parametrize("edited", [True, False])
def test_the_gate_holds_a_reply_to_somebody_who_turns_out_to_be_a_child(
    cast: Cast, practice: Practice, on_page: str, edited: bool
) -> None:
    """They change their comment, or write another one, after the reply was approved."""
    made = practice.comment(on_page, "Max", "Can I come?")
    read()
    item = Item.objects.get()
    post = answer(cast.kofi, item, "Thank you. Please ring the office.")
    publishing.submit(actor=cast.kofi, post=post, at=timezone.now())
    digest = post.revisions.get().digest
    publishing.approve(actor=cast.priya, post=post, digest=digest, confirmed=True, at=timezone.now())
    if edited:
        practice.deed("edit-comment", comment=made, message=CHILD)
    else:
        practice.comment(on_page, "Max", CHILD)
    read()
    delivery.sweep(timezone.now(), "test")
    post.refresh_from_db()
    assert post.state == PostState.LAPSED and "only the fixed words" in post.state_reason
    assert "ring the office" not in practice.public_page()


@pytest.mark.clause("C59")
def test_what_was_said_once_is_not_unsaid(cast: Cast, practice: Practice, on_page: str) -> None:
    made = practice.comment(on_page, "Max", CHILD)
    read()
    practice.deed("edit-comment", comment=made, message="can i come to puddle day")
    read()
    with pytest.raises(Refusal, match="fixed words"):
        answer(cast.kofi, Item.objects.get(), "Come along!")


@pytest.mark.clause("C59")
def test_it_stays_in_the_inbox_until_a_safeguarding_lead_decided(cast: Cast, item: Item) -> None:
    decide(cast.kofi, item, Decision.Kind.NO_ACTION)
    item.refresh_from_db()
    assert item.state == Item.State.OPEN
    decide(cast.gwen, item, Decision.Kind.NO_ACTION, "I know the family and rang them")
    item.refresh_from_db()
    assert item.state == Item.State.DECIDED


@pytest.mark.clause("C59")
def test_what_could_not_be_read_is_answered_like_a_child(cast: Cast, item: Item) -> None:
    Item.objects.update(under_18=False, screening={})
    item.refresh_from_db()
    with pytest.raises(Refusal, match="fixed words"):
        answer(cast.kofi, item, "Come along!")


@pytest.mark.clause("C59")
def test_the_fixed_words_we_ship_point_to_help_and_pass_our_own_screening(cast: Cast) -> None:
    assert "0800 1111" in SIGNPOST and len(SIGNPOST) <= 300
    for words in (SIGNPOST, *STANDARD_REPLIES):
        assert screen_words(words, cast.organisation, alts=[], is_reply=True).findings == ()


@pytest.mark.parametrize("words", ["", "Call us.", " " * 30, "x" * 601, " Childline listens: 0800 1111."])
def test_the_fixed_words_are_words(words: str) -> None:
    with pytest.raises(TooLoose):
        Parameters.from_json(replace(Parameters(), signpost_text=words).to_json())
    with pytest.raises(TooLoose):
        Parameters.from_json(replace(Parameters(), standard_replies=(words,)).to_json())


def test_parameters_with_words_survive_being_stored() -> None:
    mine = replace(Parameters(), standard_replies=("Thank you, that is kind of you.",))
    assert Parameters.from_json(mine.to_json()) == mine


@pytest.mark.clause("C59")
@pytest.mark.clause("C53")
def test_the_page_offers_the_fixed_words_alone(cast: Cast, item: Item, settings: LazySettings) -> None:
    settings.DEMO = True
    client = signed_in(cast.kofi)
    page = client.get(reverse("monitoring:item", args=[item.pk])).content.decode()
    assert "Somebody under 18 may have written this" in page and "Childline" in page
    assert 'id="reply"' not in page and STANDARD_REPLIES[0] not in page
    assert "safeguarding lead has decided" in signed_in(cast.gwen).get("/").content.decode()


@pytest.mark.clause("C76")
def test_a_reply_can_start_from_approved_words(
    cast: Cast, practice: Practice, on_page: str, settings: LazySettings
) -> None:
    settings.DEMO = True
    practice.comment(on_page, "Sam", "Lovely soup!")
    read()
    where = reverse("monitoring:item", args=[Item.objects.get().pk])
    client = signed_in(cast.kofi)
    assert STANDARD_REPLIES[1] in client.get(where).content.decode()
    assert f">\n{STANDARD_REPLIES[1]}</textarea>" in client.get(f"{where}?say=2").content.decode()
    for strange in ("0", "99", "x", "-1", "9" * 50):
        assert ">\n</textarea>" in client.get(f"{where}?say={strange}").content.decode()
