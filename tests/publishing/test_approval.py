"""Approval as the policy sets it: when, by how many, by whom."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from stairgate.channels.services import note_health
from stairgate.networks.base import Health
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.policies.models import PolicyVersion
from stairgate.policies.services import adopt
from stairgate.publishing import delivery, services
from stairgate.publishing.models import Approval, Delivery, Post
from stairgate.publishing.rules import APPROVER_CONFIRMS, NO_PURPOSE
from stairgate.publishing.selectors.lists import waiting_for
from stairgate.publishing.selectors.review import review_page, with_policy
from stairgate.publishing.states import PostState
from tests.publishing.conftest import Desk, Scripted
from tests.signing import signed

pytestmark = pytest.mark.django_db


def adopted(desk: Desk, **changes: object) -> PolicyVersion:
    """Adopt the policy anew with these parameters; everybody who can signs it."""
    cast = desk.cast
    version = adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="New words.",
        parameters=replace(cast.policy.parameters, **changes),  # type: ignore[arg-type]
        at=desk.now,
    )
    for user in (cast.priya, cast.kofi, cast.tom, cast.gwen):
        signed(user, version, desk.now)
    return version


def evening(desk: Desk) -> None:
    """Put the desk's clock to 23:10 tomorrow, with the account's health just proved."""
    desk.now = tomorrow_at(desk, 23, 10)
    note_health(channel=desk.cast.channel, health=Health(ok=True, checked_at=desk.now))


@pytest.fixture(autouse=True)
def demo(settings: LazySettings) -> None:
    """No second step at signing in."""
    settings.DEMO = True


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


NIGHT = {"quiet_from_hour": 21, "quiet_until_hour": 7}


def tomorrow_at(desk: Desk, hour: int, minute: int = 0) -> datetime:
    """Return a time on the setting's clock on the day after the desk's."""
    local = desk.cast.organisation.local(desk.now) + timedelta(days=1)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0)


@pytest.mark.clause("C78")
def test_what_is_approved_at_night_waits_for_the_end_of_the_quiet_hours(
    desk: Desk, network: Scripted
) -> None:
    adopted(desk, **NIGHT)
    evening(desk)
    post = desk.approved()
    waiting = Delivery.objects.get(post=post)
    assert waiting.send_at == tomorrow_at(desk, 7)
    delivery.sweep(waiting.send_at - timedelta(minutes=1), "test")
    assert network.published == []
    delivery.sweep(waiting.send_at, "test")
    assert len(network.published) == 1


@pytest.mark.clause("C78")
def test_nothing_waits_out_the_night_longer_than_its_approval_lives(desk: Desk) -> None:
    adopted(desk, approval_life_hours=7, **NIGHT)
    evening(desk)
    revision = desk.submitted()
    with pytest.raises(services.Refusal, match="ask for a time"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )
    assert not Delivery.objects.exists()


@pytest.mark.clause("C78")
def test_no_time_in_the_quiet_hours_can_be_asked_for(desk: Desk) -> None:
    adopted(desk, **NIGHT)
    revision = desk.save(send_at=tomorrow_at(desk, 21))
    with pytest.raises(services.NotReady) as refused:
        services.submit(actor=desk.cast.tom, post=revision.post, at=desk.now)
    assert refused.value.problems == ("That is in our quiet hours, 21:00 to 07:00. Choose another time",)


@pytest.mark.clause("C78")
def test_what_was_delayed_into_the_quiet_hours_lapses_at_the_gate(desk: Desk, network: Scripted) -> None:
    adopted(desk, **NIGHT)
    post = desk.approved(send_at=tomorrow_at(desk, 20, 50))
    note_health(channel=desk.cast.channel, health=Health(ok=True, checked_at=tomorrow_at(desk, 20)))
    delivery.sweep(tomorrow_at(desk, 21, 5), "test")
    post.refresh_from_db()
    assert network.published == [] and post.state == PostState.LAPSED
    assert "quiet hours" in post.state_reason


@pytest.mark.clause("C78")
def test_somebody_who_lets_it_try_again_is_told_of_the_quiet_hours(desk: Desk) -> None:
    adopted(desk, **NIGHT)
    post = desk.approved(send_at=tomorrow_at(desk, 20, 50))
    with pytest.raises(services.Refusal, match="quiet hours"):
        services.send_again(actor=desk.cast.priya, delivery=desk.delivery(post), at=tomorrow_at(desk, 22))


@pytest.mark.clause("C78")
def test_a_late_approval_asks_for_a_new_time(desk: Desk) -> None:
    revision = desk.submitted(send_at=desk.now + timedelta(hours=1))
    late = desk.now + timedelta(hours=1, seconds=1)
    with pytest.raises(services.Refusal, match="ask for a new time"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=True, at=late
        )
    assert not Delivery.objects.exists()


@pytest.mark.clause("C78")
def test_one_of_two_is_said_truthfully_everywhere(desk: Desk) -> None:
    adopted(desk, approvers=2)
    revision = desk.submitted()
    priya, kofi = signed_in(desk.cast.priya), signed_in(desk.cast.kofi)
    where = reverse("publishing:review", args=[revision.post_id])
    assert "0 of 2 have said yes" in kofi.get(where).content.decode()
    said = {"read": "1", "digest": revision.digest}
    answer = priya.post(reverse("publishing:approve", args=[revision.post_id]), said, follow=True)
    page = answer.content.decode()
    assert "You said yes. It goes out only when another person has said yes as well." in page
    assert "1 of 2 have said yes" in page and "Approve and let it out" not in page
    assert "1 of 2 have said yes" in kofi.get(where).content.decode()
    assert "Approve and let it out" in kofi.get(where).content.decode()
    assert not waiting_for(desk.cast.member(desk.cast.priya), desk.now).exists()
    assert waiting_for(desk.cast.member(desk.cast.kofi), desk.now).exists()


@pytest.mark.clause("C78")
def test_nothing_is_sent_for_approval_when_only_one_of_two_could_say_yes(desk: Desk) -> None:
    adopted(desk, approvers=2)
    revision = desk.save(by=desk.cast.priya)
    with pytest.raises(services.NotReady) as refused:
        services.submit(actor=desk.cast.priya, post=revision.post, at=desk.now)
    assert refused.value.problems == (
        "Two other people: two are needed, and only Kofi can approve at the moment",
    )


@pytest.mark.clause("C78")
def test_the_safeguarding_lead_approves_only_where_the_policy_says_so(desk: Desk, network: Scripted) -> None:
    revision = desk.submitted()
    gwen = desk.cast.gwen
    with pytest.raises(NotAllowed):
        services.approve(actor=gwen, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now)
    assert signed_in(gwen).get(reverse("publishing:approvals")).status_code == 403
    adopted(desk, safeguarding_lead_approves=True)
    page = review_page(with_policy(Post.objects.all()).get(), desk.cast.member(gwen), desk.now)
    assert page is not None and [m.first_name for m in page.approvers] == ["Gwen", "Kofi", "Priya"]
    assert waiting_for(desk.cast.member(gwen), desk.now).exists()
    assert signed_in(gwen).get(reverse("publishing:approvals")).status_code == 200
    services.approve(actor=gwen, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now)
    desk.sweep()
    assert len(network.published) == 1
    assert Post.objects.get().state == PostState.PUBLISHED


@pytest.mark.clause("C03")
@pytest.mark.clause("C73")
def test_a_post_for_no_purpose_needs_the_approvers_written_reason(desk: Desk, network: Scripted) -> None:
    revision = desk.submitted(purpose=NO_PURPOSE)
    post, digest = revision.post, revision.digest
    priya = signed_in(desk.cast.priya)
    yes = reverse("publishing:approve", args=[post.pk])
    refused = priya.post(yes, {"read": "1", "digest": digest, "purpose_reason": " "})
    assert refused.status_code == 422 and "Why is it right to send it?" in refused.content.decode()
    assert not Approval.objects.exists()
    priya.post(yes, {"read": "1", "digest": digest, "purpose_reason": "It thanks the fire brigade."})
    page = priya.get(reverse("publishing:review", args=[post.pk])).content.decode()
    assert "“It thanks the fire brigade.”" in page and "for none of the purposes" in page
    desk.sweep(after=300)  # a slow computer takes a while to say yes
    assert len(network.published) == 1


@pytest.mark.clause("C03")
def test_a_reason_that_is_gone_shuts_the_gate(desk: Desk, network: Scripted) -> None:
    revision = desk.submitted(purpose=NO_PURPOSE)
    services.approve(
        actor=desk.cast.priya,
        post=revision.post,
        digest=revision.digest,
        confirmed=True,
        purpose_reason="It thanks the fire brigade.",
        at=desk.now,
    )
    Approval.objects.update(purpose_reason="")
    desk.sweep()
    assert network.published == [] and Post.objects.get().state == PostState.LAPSED


@pytest.mark.clause("C81")
def test_nobody_approves_without_saying_that_tone_and_boundaries_are_right(desk: Desk) -> None:
    revision = desk.submitted()
    with pytest.raises(services.Refusal, match="each line"):
        services.approve(
            actor=desk.cast.priya, post=revision.post, digest=revision.digest, confirmed=False, at=desk.now
        )
    shown = signed_in(desk.cast.priya).get(reverse("publishing:review", args=[revision.post_id]))
    assert all(line in html.unescape(shown.content.decode()) for line in APPROVER_CONFIRMS)
    refused = signed_in(desk.cast.priya).post(
        reverse("publishing:approve", args=[revision.post_id]), {"digest": revision.digest}
    )
    assert refused.status_code == 422 and not Approval.objects.exists()


@pytest.mark.clause("C81")
def test_an_approval_without_that_answer_opens_no_gate(desk: Desk, network: Scripted) -> None:
    desk.approved()
    assert Approval.objects.get().confirmed.splitlines() == list(APPROVER_CONFIRMS)
    Approval.objects.update(confirmed=" ")
    desk.sweep()
    post = Post.objects.get()
    assert network.published == [] and post.state == PostState.LAPSED and "boundaries" in post.state_reason


@pytest.mark.clause("C78")
def test_the_page_says_that_it_waits_for_the_end_of_the_quiet_hours(desk: Desk) -> None:
    hour = desk.cast.organisation.local(desk.now).hour
    until = (hour + 3) % 24
    adopted(desk, quiet_from_hour=hour, quiet_until_hour=until)
    revision = desk.submitted()
    priya = signed_in(desk.cast.priya)
    page = priya.get(reverse("publishing:review", args=[revision.post_id])).content.decode()
    assert "These are quiet hours" in page and "and let it out" not in page and "at once" not in page
    yes = {"read": "1", "digest": revision.digest}
    where = reverse("publishing:approve", args=[revision.post_id])
    page = priya.post(where, yes, follow=True).content.decode()
    assert "Approved. These are quiet hours. It goes out" in page and f"at {until:02}:00" in page
