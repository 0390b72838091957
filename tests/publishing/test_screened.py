"""Everything that would go out is screened: the words, the descriptions of photos, and what a reply says."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest

from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.services import register_child_names
from stairgate.publishing import services
from stairgate.publishing.content import PictureUse
from stairgate.publishing.gate_facts import writers_of
from stairgate.publishing.models import Delivery, Picture, Post
from stairgate.publishing.selectors.lists import waiting_for
from stairgate.publishing.selectors.readiness import findings_of
from stairgate.publishing.selectors.review import review_page, with_policy
from stairgate.publishing.services import draft_reply
from stairgate.publishing.states import PostState
from stairgate.screening import Severity
from tests.cast import CHILDREN
from tests.publishing.conftest import Desk, Scripted

pytestmark = pytest.mark.django_db


def photo(desk: Desk, alt: str) -> PictureUse:
    row = Picture(
        organisation=desk.cast.organisation,
        sha256=hashlib.sha256(b"bytes").hexdigest(),
        media_type="image/jpeg",
        width=1,
        height=1,
        added_by=desk.cast.tom,
        added_at=desk.now,
    )
    row.file.name = "not-there"
    row.save()
    return PictureUse(row.pk, alt, "nobody")


@pytest.mark.clause("C79")
@pytest.mark.clause("C36")
@pytest.mark.parametrize("alt", ["Text Tom on 07700 900142", f"{CHILDREN[0]} with a carrot"])
def test_the_description_of_a_photo_is_screened_like_the_words(desk: Desk, alt: str) -> None:
    revision = desk.save("Soup day.", pictures=(photo(desk, alt),))
    finding = findings_of(revision.post)[0]
    assert finding.severity == Severity.HOLD and "description" in finding.title
    assert finding.suggestion is None
    with pytest.raises(services.NotReady, match="need a look"):
        services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)


def test_a_harmless_description_adds_nothing(desk: Desk) -> None:
    revision = desk.save("Soup day.", pictures=(photo(desk, "Three pumpkins on a table"),))
    assert findings_of(revision.post) == ()


@pytest.mark.clause("C36")
def test_a_name_registered_later_holds_a_description_at_the_gate(desk: Desk, network: Scripted) -> None:
    post = desk.approved(text="Soup day.", pictures=(photo(desk, "Wilfred with a carrot"),))
    register_child_names(
        actor=desk.cast.priya, organisation=desk.cast.organisation, names=["Wilfred"], at=desk.now
    )
    desk.sweep()
    post.refresh_from_db()
    assert network.published == [] and "name" in post.state_reason


@pytest.mark.clause("C29")
def test_a_reply_is_screened_as_a_reply(desk: Desk) -> None:
    post = draft_reply(
        actor=desk.cast.priya,
        channel=desk.cast.channel,
        reply_to="1_1",
        item_id=desk.cast.organisation.id,
        text="I will look into it for you.",
        at=desk.now,
    )
    assert Severity.LOOK in {finding.severity for finding in findings_of(post)}


@pytest.mark.clause("C78")
def test_words_kept_after_an_approval_go_back_to_the_approver(desk: Desk, network: Scripted) -> None:
    """A reason given after the yes is one that the approver never read."""
    text = "I had a lovely day at the allotment."
    revision = desk.save(text)
    later = desk.now + timedelta(hours=1)
    _keep_everything(desk, revision.post)
    services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    services.approve(
        actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    finding = next(f for f in findings_of(revision.post))
    services.answer_finding(
        actor=desk.cast.tom, post=revision.post, finding_key=finding.key, reason="All is well", at=later
    )
    post = Post.objects.get(pk=revision.post_id)
    assert post.state == PostState.DRAFT
    assert not Delivery.objects.filter(post=post, state="waiting").exists()


@pytest.mark.clause("C78")
def test_whoever_gave_the_reason_to_keep_words_does_not_approve_it(desk: Desk, network: Scripted) -> None:
    revision = desk.save("I had a lovely day at the allotment.")
    _keep_everything(desk, revision.post, by=desk.cast.priya)
    services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    assert not waiting_for(desk.cast.member(desk.cast.priya), desk.now).exists()
    with pytest.raises(NotAllowed, match="You wrote this"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )
    assert waiting_for(desk.cast.member(desk.cast.kofi), desk.now).exists()
    services.approve(
        actor=desk.cast.kofi, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )


def _keep_everything(desk: Desk, post: Post, *, by: User | None = None) -> None:
    for finding in findings_of(post):
        services.answer_finding(
            actor=by or desk.cast.tom, post=post, finding_key=finding.key, reason="We are a team", at=desk.now
        )


def test_the_pages_know_as_the_gate_does_who_may_not_approve(desk: Desk) -> None:
    """Also before anybody presses a button: whoever wrote words, or a reason to keep them, is not offered."""
    revision = desk.save("I had a lovely day at the allotment.")
    _keep_everything(desk, revision.post, by=desk.cast.kofi)
    page = review_page(with_policy(Post.objects.all()).get(), desk.cast.member(desk.cast.kofi), desk.now)
    assert page is not None and page.writers == writers_of(revision.post)
    assert [member.first_name for member in page.approvers] == ["Priya"]
