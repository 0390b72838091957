"""Suggestions: from anybody who works here, to whoever may write; never to the page by themselves."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.publishing import services
from stairgate.publishing.content import Content
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import Post, Suggestion
from stairgate.publishing.selectors.lists import waiting_for
from stairgate.publishing.selectors.suggestions import open_suggestions, own_suggestions
from stairgate.web.today import today_page
from tests.cast import PURPOSE
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db

WORDS = "We are looking for egg boxes for our spring workshop."


def suggest(desk: Desk, by: User | None = None, text: str = WORDS) -> Suggestion:
    return services.suggest(
        actor=by or desk.cast.helen,
        organisation=desk.cast.organisation,
        text=text,
        about="The spring workshop",
        at=desk.now,
    )


def begin(desk: Desk, row: Suggestion, by: User | None = None) -> Post:
    start = Content("", (desk.cast.channel.pk,), PURPOSE)
    return services.begin_from(actor=by or desk.cast.tom, suggestion=row, start=start, at=desk.now)


@pytest.mark.clause("C48")
def test_anybody_who_works_here_suggests_and_nothing_goes_out_by_itself(
    desk: Desk, network: Scripted
) -> None:
    row = suggest(desk)
    assert not Post.objects.exists()
    with pytest.raises(NotAllowed):
        suggest(desk, desk.cast.outsider)
    with pytest.raises(NotAllowed):
        begin(desk, row, desk.cast.helen)  # she has no role on the account
    post = begin(desk, row)
    desk.sweep()
    assert (post.author, str(post.revisions.get().text)) == (desk.cast.tom, WORDS)
    assert network.published == [] and list(open_suggestions(desk.cast.organisation)) == []


@pytest.mark.clause("C48")
def test_whoever_suggested_it_never_approves_it(desk: Desk) -> None:
    """Should they hold that role one day, they wrote it all the same."""
    post = begin(desk, suggest(desk, desk.cast.priya))
    assert writers_of(post) == {desk.cast.tom.pk, desk.cast.priya.pk}
    services.submit(actor=desk.cast.tom, post=post, at=desk.now)
    digest = post.revisions.get().digest
    with pytest.raises(NotAllowed, match="wrote this"):
        services.approve(actor=desk.cast.priya, post=post, digest=digest, confirmed=True, at=desk.now)
    assert list(waiting_for(desk.cast.member(desk.cast.priya), desk.now)) == []
    services.approve(actor=desk.cast.kofi, post=post, digest=digest, confirmed=True, at=desk.now)


@pytest.mark.clause("C79")
@pytest.mark.parametrize("text", ["Text me on 07700 900142", "  ", "x" * 4_001])
def test_what_may_not_be_kept_is_not_kept(desk: Desk, text: str) -> None:
    with pytest.raises(services.Refusal):
        suggest(desk, text=text)
    assert not Suggestion.objects.exists()


def test_it_is_answered_once(desk: Desk) -> None:
    row = suggest(desk)
    begin(desk, row)
    with pytest.raises(services.Refusal, match="Tom has answered"):
        begin(desk, row, desk.cast.kofi)
    with pytest.raises(services.Refusal, match="Tom has answered"):
        services.decline(actor=desk.cast.kofi, suggestion=row, reason="Not now", at=desk.now)
    assert Post.objects.count() == 1


def test_not_this_time_needs_a_reason_from_somebody_who_may_write(desk: Desk) -> None:
    row = suggest(desk)
    with pytest.raises(services.Refusal, match="kind words"):
        services.decline(actor=desk.cast.tom, suggestion=row, reason=" x ", at=desk.now)
    for person in (desk.cast.helen, desk.cast.gwen, desk.cast.leah, desk.cast.outsider):
        with pytest.raises(NotAllowed):
            services.decline(actor=person, suggestion=row, reason="Not now", at=desk.now)
    services.decline(actor=desk.cast.tom, suggestion=row, reason="We have enough boxes", at=desk.now)
    row.refresh_from_db()
    assert (row.answered_by, row.why_not, row.post) == (desk.cast.tom, "We have enough boxes", None)
    kinds = Entry.objects.order_by("index").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["publishing.suggested", "publishing.suggestion_declined"]


def as_seen(desk: Desk, who: User) -> str:
    client = Client()
    client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
    return " ".join(client.get(reverse("publishing:suggestions")).content.decode().split())


@pytest.mark.clause("C48")
def test_whoever_suggested_it_sees_what_became_of_it(desk: Desk, network: Scripted, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    row = suggest(desk)
    assert "Waiting for somebody to read it" in as_seen(desk, desk.cast.helen)
    assert WORDS in as_seen(desk, desk.cast.tom) and "Begin a post from this" in as_seen(desk, desk.cast.tom)
    post = begin(desk, row)
    assert "Tom began a post from it" in as_seen(desk, desk.cast.helen)
    assert WORDS not in as_seen(desk, desk.cast.kofi)
    services.submit(actor=desk.cast.tom, post=post, at=desk.now)
    services.approve(
        actor=desk.cast.priya, post=post, digest=post.revisions.get().digest, confirmed=True, at=desk.now
    )
    desk.sweep()
    assert own_suggestions(desk.cast.member(desk.cast.helen)).get().went_out is not None
    assert "It went out" in as_seen(desk, desk.cast.helen)
    services.decline(actor=desk.cast.tom, suggestion=suggest(desk), reason="We have enough", at=desk.now)
    assert "Not this time" in as_seen(desk, desk.cast.helen)
    assert "Tom: We have enough" in as_seen(desk, desk.cast.helen)


def test_today_tells_whoever_may_write_and_whoever_suggested(desk: Desk) -> None:
    suggest(desk)
    suggest(desk)
    titles = [task.title for task in today_page(desk.cast.member(desk.cast.tom), desk.now).tasks]
    assert "Colleagues suggest 2 posts" in titles
    page = today_page(desk.cast.member(desk.cast.helen), desk.now)
    assert not any("suggest" in task.title for task in page.tasks) and len(page.own_suggestions) == 2


def test_the_words_are_shown_what_is_unsafe_before_they_are_sent(desk: Desk, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    client = Client()
    client.force_login(desk.cast.helen, backend="django.contrib.auth.backends.ModelBackend")
    typed = {"text": "I had such a day with the conkers.", "about": ""}
    answer = client.post(reverse("publishing:suggest"), typed)
    assert answer.status_code == 422 and "Suggest it as it is" in answer.content.decode()
    assert not Suggestion.objects.exists()
    assert "Look at this first" in client.post(reverse("publishing:suggest_check"), typed).content.decode()
    assert client.post(reverse("publishing:suggest"), {**typed, "shown": "1"}).status_code == 302
    assert Suggestion.objects.get().text == typed["text"]
    typed = {"text": "Ring me on 07700 900142", "about": "", "shown": "1"}
    answer = client.post(reverse("publishing:suggest"), typed)
    assert answer.status_code == 422 and "has to be taken out" in answer.content.decode()
    assert Suggestion.objects.count() == 1
