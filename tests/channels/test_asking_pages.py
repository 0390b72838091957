"""The screens of a request, of an account and of its connection: nothing typed is lost, nothing secret is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels import connecting
from stairgate.channels.asking import form
from stairgate.channels.asking.deciding import CannotDecide
from stairgate.channels.asking.form import Answers
from stairgate.channels.asking.lasting import evaluate, found, gone, meet, renew
from stairgate.channels.connecting import address_problem
from stairgate.channels.models import AccountRequest, Channel, Condition, Connection, FoundPage
from stairgate.channels.selectors import channel_now
from stairgate.cli.demo_accounts import answers as whole
from stairgate.cli.demo_opening import confirm_all
from stairgate.networks.base import Health
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.policies.models import Trigger
from tests.cast import Cast, willow_lane
from tests.channels.test_asking import sent, waiting_for_a_second, yes
from tests.web.pages import second_steps


@pytest.fixture
def cast(db: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(timezone.now())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def step(request: AccountRequest, slug: str) -> str:
    return reverse("channels:ask_step", args=[request.pk, slug])


def decision(request: AccountRequest, **more: str) -> dict[str, str]:
    until = (timezone.localdate() + timedelta(days=100)).isoformat()
    given = {"digest": request.digest, "decision": "yes", "reason": "Well thought out", "until": until}
    return {**given, "name": "Helen Example", **more}


class _Network:
    """A network that lets everybody in who knows the word."""

    asked: list[Any] = []

    def health(self, account: Any) -> Health:
        self.asked.append(account)
        problems = () if str.__str__(account.token) == "open sesame" else ("The token has run out.",)
        return Health(ok=not problems, checked_at=datetime.now(UTC), problems=problems)


@pytest.mark.clause("C89", "C90", "C103")
def test_from_asking_to_connected(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    priya, helen = signed_in(cast.priya), signed_in(cast.helen)
    priya.post(reverse("channels:ask"))
    priya.post(reverse("channels:ask"))  # pressed twice: one draft
    request = AccountRequest.objects.get()
    given = whole(cast.nursery, timezone.now(), network="facebook", name="Forest School")
    for page in form.STEPS:
        typed = {field.name: given[field.name] for field in page.fields if given.get(field.name)}
        assert priya.post(step(request, page.slug), typed).status_code == 302
    check = priya.get(step(request, "send")).content.decode()
    assert "Send to the service manager" in check and "Priya, Nursery manager" in check
    priya.post(step(request, "send"))
    request.refresh_from_db()
    assert request.state == "sent"
    assert priya.post(step(request, "send")).status_code == 302  # pressed twice
    assert "A page is asked for" in helen.get("/").content.decode()
    there = reverse("channels:request", args=[request.pk])
    assert "Your decision" in helen.get(there).content.decode()
    assert "Only the service manager decides" in priya.get(there).content.decode()
    helen.post(reverse("channels:decide", args=[request.pk]), decision(request))
    channel = Channel.objects.get(request=request)
    monkeypatch.setattr(connecting, "network_for", lambda channel: _Network())
    where = reverse("channels:connect", args=[channel.pk])
    key = {"page_id": "100000000000002", "app_id": "12345", "app_secret": "hush hush", "token": "wrong word"}
    key |= {"portfolio": "Willow Lane, 100 200 300", "mailbox": "office@willowlane.example"}
    refused = priya.post(where, key)
    assert refused.status_code == 422 and b"The token has run out." in refused.content
    assert b"wrong word" not in refused.content and b"hush hush" not in refused.content
    assert b"100000000000002" in refused.content and not Connection.objects.filter(channel=channel).exists()
    let_in = priya.post(where, {**key, "token": "open sesame", "base_url": "https://evil.example"})
    assert let_in.status_code == 302
    assert let_in["Location"] == reverse("channels:opening", args=[channel.pk])  # what is left to do
    sheet = priya.get(reverse("channels:opening", args=[channel.pk]))
    assert b"0 of 5 confirmed" in sheet.content
    confirm_all(cast.nursery, channel, timezone.now())
    assert channel_now(Channel.objects.get(pk=channel.pk), timezone.now()).is_open
    assert "evil" not in Connection.objects.get(channel=channel).base_url
    second = yes(cast, sent(cast, changes={"network": "facebook"})).channel
    assert second is not None  # one page is one account
    again = priya.post(reverse("channels:connect", args=[second.pk]), {**key, "token": "open sesame"})
    assert again.status_code == 422 and b"connected already" in again.content
    account = priya.get(reverse("channels:account", args=[channel.pk])).content.decode()
    assert "Helen authorised it" in account and "open sesame" not in account
    assert signed_in(cast.tom).get(where).status_code == 403


def test_what_is_typed_is_kept_right_or_wrong(cast: Cast) -> None:
    priya = signed_in(cast.priya)
    priya.post(reverse("channels:ask"))
    request = AccountRequest.objects.get()
    answer = priya.post(
        step(request, "what"), {"name": "  Acorns <b> ", "network": "facebook", "purpose": "Short"}
    )
    assert answer.status_code == 422 and b"Say a little more." in answer.content
    assert b"Acorns &lt;b&gt;" in answer.content
    long = priya.post(step(request, "what"), {"name": "Acorns <b>", "network": "facebook", "team": "x" * 300})
    assert b"x" * 300 in long.content and b"these are 300" in long.content
    later = priya.post(step(request, "people"), {"lead": "nobody", "holders": ["x"], "go": "later"})
    assert later.status_code == 302
    assert b"Acorns &lt;b&gt;" in priya.get(step(request, "what")).content
    assert priya.get(step(request, "people")).status_code == 200
    assert priya.get(step(request, "send")).status_code == 200
    assert priya.post(step(request, "send")).status_code == 422
    assert priya.get(step(request, "nowhere")).status_code == 404
    for other in (cast.kofi, cast.outsider):  # a draft is its writer's own
        assert signed_in(other).get(step(request, "what")).status_code == 404
        assert signed_in(other).get(reverse("channels:request", args=[request.pk])).status_code == 404


@pytest.mark.clause("C103")
def test_signing_asks_if_it_is_still_them_and_loses_nothing(cast: Cast, settings: Any) -> None:
    settings.DEMO = False
    request = sent(cast)
    second_steps(cast.helen)
    helen = signed_in(cast.helen)
    where = reverse("channels:decide", args=[request.pk])
    answer = helen.post(where, decision(request, reason="These very words"))
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_reauthenticate"))
    request.refresh_from_db()
    assert request.state == "sent"
    page = helen.get(reverse("channels:request", args=[request.pk])).content.decode()
    assert "These very words" in page and 'value="yes" checked' in page


def test_a_decision_that_is_refused_stays_typed(cast: Cast) -> None:
    request, helen = sent(cast), signed_in(cast.helen)
    where = reverse("channels:decide", args=[request.pk])
    for more in (
        {"name": "Helen"},
        {"until": "2020-01-01"},
        {"until": "soon"},
        {"reason": ""},
        {"decision": ""},
    ):
        answer = helen.post(where, decision(request, **{"condition1": "A rota for the holidays", **more}))
        assert answer.status_code == 422 and b"A rota for the holidays" in answer.content
    assert helen.post(where, decision(request, decision="no")).status_code == 302
    assert b"Nothing was signed" in helen.post(where, decision(request), follow=True).content
    priya = signed_in(cast.priya)
    priya.post(reverse("channels:ask"), {"again": str(request.pk)})
    again = AccountRequest.objects.get(state="draft")
    assert again.form["purpose"] == request.form["purpose"] and "lead_position" not in again.form


@pytest.mark.parametrize(
    ("address", "fine"),
    [
        ("https://bsky.social", True),
        ("https://groups.willowlane.example/families", True),
        ("http://bsky.social", False),
        ("https://127.0.0.1", False),
        ("https://[::1]/", False),
        ("https://2130706433/", False),
        ("https://localhost", False),
        ("https://metadata.internal", False),
        ("https://intranet", False),
        ("https://user:secret@bsky.social", False),
        ("https://bsky.social:8443", False),
        ("https://bsky.social:x", False),
        ("https://bsky.social/?to=inside", False),
        ("file:///etc/passwd", False),
        ("javascript:alert(1)", False),
    ],
)
def test_only_a_name_out_there_is_knocked_at(address: str, fine: bool) -> None:
    assert (address_problem(address) == "") is fine


@pytest.mark.clause("C89")
def test_a_page_that_was_found_is_authorised_or_gone(cast: Cast) -> None:
    now = timezone.now()
    given: dict[str, Any] = {
        "organisation": cast.organisation,
        "address": "",
        "at": now,
        "network": "bluesky",
    }
    page = found(actor=cast.gwen, name="Willow Lane", **given)
    assert page.regularise_by == timezone.localdate() + timedelta(days=28)
    with pytest.raises(CannotDecide, match="on the list already"):
        found(actor=cast.priya, name="willow lane", **given)
    with pytest.raises(CannotDecide, match="authorised"):
        found(actor=cast.priya, name="Facebook page", **{**given, "network": "facebook"})
    with pytest.raises(NotAllowed):
        found(actor=cast.tom, name="Another", **given)
    assert not Channel.objects.filter(name="Willow Lane").exists()  # nothing can be sent to it
    priya = signed_in(cast.priya)
    assert b"Found, and not authorised" in priya.get(reverse("channels:list")).content
    priya.post(reverse("channels:ask"), {"found": str(page.pk)})
    request = AccountRequest.objects.get()
    assert request.form["name"] == "Willow Lane" and request.found == page
    request.delete()
    other = found(actor=cast.priya, name="Saplings", **given)
    with pytest.raises(NotAllowed):
        gone(actor=cast.priya, page=other, why="Taken down", at=now)
    gone(actor=cast.helen, page=other, why="Taken down", at=now)
    assert list(FoundPage.objects.filter(settled_at__isnull=True)) == [page]


@pytest.mark.clause("C98", "C102")
def test_the_evaluation_and_a_yes_open_it_again(cast: Cast) -> None:
    now, channel = timezone.now(), cast.channel
    day = timezone.localdate()
    channel.authorised_until = day - timedelta(days=1)
    channel.save()
    row = Condition.objects.create(
        channel=channel, words="A rota", due_on=day - timedelta(days=1), made_at=now
    )
    assert [one.clause for one in channel_now(channel, now).restrictions] == ["C98", "C102"]
    with pytest.raises(NotAllowed):
        meet(actor=cast.priya, condition=row, how="It hangs there", at=now)
    meet(actor=cast.helen, condition=row, how="It hangs there", at=now)
    with pytest.raises(CannotDecide, match="what you counted"):
        evaluate(actor=cast.priya, channel=channel, evaluation="Fine", at=now)
    with pytest.raises(NotAllowed):
        evaluate(actor=cast.tom, channel=channel, evaluation="Forty families came in spring.", at=now)
    asked = evaluate(actor=cast.priya, channel=channel, evaluation="Forty families came in spring.", at=now)
    given: dict[str, Any] = {"renewal": asked, "reason": "It works", "name": "Helen Example", "at": now}
    with pytest.raises(NotAllowed):
        renew(actor=cast.priya, until=day + timedelta(days=300), **given)
    with pytest.raises(CannotDecide, match="Choose a day"):
        renew(actor=cast.helen, until=day + timedelta(days=400), **given)
    renew(actor=cast.helen, until=day + timedelta(days=300), **given)
    assert channel_now(Channel.objects.get(pk=channel.pk), now).is_open
    with pytest.raises(CannotDecide, match="decided already"):
        renew(actor=cast.helen, until=None, **given)


def test_a_refusal_on_the_account_page_stays_typed(cast: Cast) -> None:
    helen, priya = signed_in(cast.helen), signed_in(cast.priya)
    place = reverse("channels:evaluate", args=[cast.channel.pk])
    assert b"Too little" in priya.post(place, {"evaluation": "Too little"}).content
    assert priya.post(place, {"evaluation": "Forty families came in spring."}).status_code == 302
    renewal = cast.channel.renewals.get()
    answer = helen.post(reverse("channels:renew", args=[renewal.pk]), {"reason": "It works", "until": "soon"})
    assert answer.status_code == 422 and b"It works" in answer.content and b"Choose a day" in answer.content
    row = Condition.objects.create(
        channel=cast.channel, words="A rota", due_on=timezone.localdate(), made_at=timezone.now()
    )
    answer = helen.post(reverse("channels:meet", args=[row.pk]), {"how": "x"})
    assert answer.status_code == 422 and b"how you know" in answer.content
    for stranger in (signed_in(cast.outsider),):
        assert stranger.post(reverse("channels:meet", args=[row.pk]), {"how": "seen"}).status_code == 404
        assert stranger.post(reverse("channels:renew", args=[renewal.pk]), {"go": "no"}).status_code == 404


def _committee(cast: Cast) -> User:
    """Return Leah, who sits on the committee and has no role on any account."""
    cast.organisation.people.filter(user=cast.leah).update(basis="committee")
    RoleHeld.objects.filter(membership=cast.member(cast.leah)).update(role=Role.STAFF)
    return cast.leah


@pytest.mark.clause("C101")
def test_somebody_of_the_committee_is_led_to_what_they_sign_second(cast: Cast) -> None:
    leah, request = _committee(cast), waiting_for_a_second(cast)
    client, there = signed_in(leah), reverse("channels:request", args=[request.pk])
    assert f'href="{there}"' in client.get("/").content.decode()
    assert "The second signature" in client.get(there).content.decode()
    assert client.get(reverse("channels:list")).status_code == 403
    answer = client.post(
        reverse("channels:cosign", args=[request.pk]), {"digest": request.digest, "name": "Leah Example"}
    )
    assert answer.status_code == 302
    page = client.get(there)  # signed, she has a part in it still
    assert page.status_code == 200 and b"See the account" not in page.content
    assert signed_in(cast.tom).get(there).status_code == 403


@pytest.mark.clause("C94")
def test_a_deputy_lead_is_led_to_what_they_sign_and_sees_no_other(cast: Cast) -> None:
    RoleHeld.objects.filter(membership=cast.member(cast.leah)).update(role=Role.DEPUTY_DSL)
    plan: Answers = {"young_plan": "Nobody under 13, and we look at each.", "audience": ["young"]}
    plan |= {"young_age": "13", "risk_young_level": "high"}
    young, other = sent(cast, changes=plan), sent(cast, cast.helen, {"name": "Something else"})
    leah = signed_in(cast.leah)
    there = reverse("channels:request", args=[young.pk])
    assert f'href="{there}"' in leah.get("/").content.decode()
    assert "Young people will read this" in leah.get(there).content.decode()
    assert leah.get(reverse("channels:request", args=[other.pk])).status_code == 403
    assert leah.get(reverse("channels:request_pdf", args=[other.pk])).status_code == 403


def test_taking_back_for_somebody_else_needs_a_reason(cast: Cast) -> None:
    request, helen = sent(cast), signed_in(cast.helen)
    where, there = (reverse(f"channels:{name}", args=[request.pk]) for name in ("withdraw", "request"))
    assert "Take it back for Priya" in helen.get(there).content.decode()
    refused = helen.post(where, {"reason": ""})
    assert refused.status_code == 422 and b"say why" in refused.content
    helen.post(where, {"reason": "Priya has left"})
    assert "Priya has left" in signed_in(cast.priya).get(there).content.decode()
    assert signed_in(cast.tom).post(where, {"reason": "because"}).status_code == 403


@pytest.mark.clause("C103")
def test_a_renewal_asks_if_it_is_still_them_and_loses_nothing(cast: Cast, settings: Any) -> None:
    settings.DEMO = False
    second_steps(cast.helen)
    now = timezone.now()
    renewal = evaluate(
        actor=cast.priya, channel=cast.channel, evaluation="Twelve more families came to see us.", at=now
    )
    helen, until = signed_in(cast.helen), (timezone.localdate() + timedelta(days=99)).isoformat()
    typed = {"reason": "These very words", "name": "Helen Example", "until": until, "go": "yes"}
    answer = helen.post(reverse("channels:renew", args=[renewal.pk]), typed)
    assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_reauthenticate"))
    renewal.refresh_from_db()
    assert renewal.decided_at is None
    page = helen.get(reverse("channels:account", args=[cast.channel.pk])).content.decode()
    assert "These very words" in page and until in page


def test_only_the_demo_says_that_it_is_one(cast: Cast, settings: Any) -> None:
    settings.PRACTICE_URL = "http://127.0.0.1:1"
    where = reverse("channels:connect", args=[cast.channel.pk])
    assert b"This is the demo" in signed_in(cast.priya).get(where).content
    settings.DEMO = False
    second_steps(cast.priya)
    page = signed_in(cast.priya).get(where).content
    assert b"This is the demo" not in page and b"To practise first" in page


@pytest.mark.clause("C48")
def test_everybody_has_words_to_pass_on_and_only_of_what_is_authorised(cast: Cast) -> None:
    Connection.objects.filter(channel=cast.channel).update(public_url="https://page.example/willow")
    leah, where = signed_in(cast.leah), reverse("channels:promote")
    RoleHeld.objects.filter(membership=cast.member(cast.leah)).delete()  # no role on anything
    page = leah.get(where).content.decode()
    assert (
        "Facebook page is a page of Willow Lane Nursery. You find it here: https://page.example/willow"
        in page
    )
    assert "do not share" in page and where in leah.get("/").content.decode()
    Channel.objects.update(authorised_until=timezone.localdate() - timedelta(days=1))
    assert "page.example" not in leah.get(where).content.decode()
    assert "page.example" not in signed_in(cast.outsider).get(where).content.decode()


@pytest.mark.clause("C106")
def test_one_more_account_asks_for_a_look_at_the_policy(cast: Cast) -> None:
    assert not Trigger.objects.exists()  # for the first one the policy was written
    request = yes(cast, sent(cast))
    assert request.channel is not None
    trigger = Trigger.objects.get()
    assert (trigger.kind, trigger.noted_by) == (Trigger.Kind.ACCOUNT, cast.helen)
    assert "Look at the policy again" in signed_in(cast.priya).get("/").content.decode()
    assert str(request.channel.name) in signed_in(cast.priya).get(reverse("policies:review")).content.decode()
