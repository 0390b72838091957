"""The pages for what looks illegal, over HTTP: nothing to upload, nothing shown, another setting's case is a 404."""

from __future__ import annotations

import re

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.monitoring.models import Item, Serious
from stairgate.monitoring.serious import services
from stairgate.monitoring.serious.rules import Step
from tests.cast import Cast
from tests.monitoring.hands import read
from tests.monitoring.pages import signed_in
from tests.practice.fixtures import Practice

WORDS = "Look at what I have got, the link is below"


@pytest.fixture(autouse=True)
def demo(settings: LazySettings) -> None:
    settings.DEMO = True


@pytest.fixture
def item(cast: Cast, practice: Practice, on_page: str) -> Item:
    practice.comment(on_page, "vouchers4u", WORDS)
    read()
    return Item.objects.get()


def stopped(cast: Cast, item: Item | None) -> Serious:
    return services.stop(actor=cast.kofi, organisation=cast.organisation, item=item, at=timezone.now())


@pytest.mark.clause("C43")
def test_from_the_comment_one_press_locks_it_and_leads_to_the_steps(cast: Cast, item: Item) -> None:
    client = signed_in(cast.kofi)
    page = client.get(reverse("monitoring:item", args=[item.pk])).content.decode()
    assert "Stop and report it" in page
    answer = client.post(reverse("monitoring:serious_stop", args=[item.pk]))
    case = Serious.objects.get()
    assert answer.status_code == 302 and answer["Location"] == reverse("monitoring:serious", args=[case.pk])
    assert case.item == item and "Don’t open" in client.get(answer["Location"]).content.decode()


@pytest.mark.clause("C43")
def test_what_was_stopped_is_shown_nowhere_and_nothing_can_be_sent_to_us(cast: Cast, item: Item) -> None:
    case = stopped(cast, item)
    client = signed_in(cast.gwen)
    where = [reverse(name) for name in ("monitoring:inbox", "today", "monitoring:serious_begin")]
    where += [reverse("monitoring:item", args=[item.pk]), reverse("monitoring:serious", args=[case.pk])]
    for address in where:
        page = client.get(address).content.decode()
        assert WORDS not in page and item.permalink not in re.findall(r'href="([^"]*)"', page), address
        assert 'type="file"' not in page and "multipart" not in page, address
    locked = client.get(reverse("monitoring:item", args=[item.pk])).content.decode()
    assert "Go on with the steps" in locked and 'name="reason"' not in locked


@pytest.mark.clause("C43")
def test_a_hand_made_decision_is_refused_with_the_reason(cast: Cast, item: Item) -> None:
    stopped(cast, item)
    deed = {"kind": "delete", "reason": "Away with it", "version": item.version}
    answer = signed_in(cast.kofi).post(reverse("monitoring:decide", args=[item.pk]), deed)
    assert answer.status_code == 422 and "looks illegal" in answer.content.decode()
    assert not item.actions.filter(kind="delete").exists()


@pytest.mark.clause("C43")
def test_the_whole_way_by_its_forms(cast: Cast, item: Item) -> None:
    kofi, gwen = signed_in(cast.kofi), signed_in(cast.gwen)
    case = stopped(cast, item)

    def write(client: Client, step: str, **typed: object) -> int:
        return client.post(reverse("monitoring:serious_step", args=[case.pk, step]), typed).status_code

    assert write(kofi, "danger", how="no") == 302
    assert write(kofi, "words", address=item.permalink, seen_by="Nobody") == 302
    assert write(kofi, "told", lead=str(cast.gwen.pk)) == 302
    assert write(kofi, "reported", to="iwf", reference="a boy in a") == 422
    page = kofi.post(
        reverse("monitoring:serious_step", args=[case.pk, "reported"]), {"to": "iwf", "because": "no"}
    )
    assert page.status_code == 422 and 'value="no"' in page.content.decode(), "what was typed is still there"
    assert write(kofi, "reported", to="iwf", reference="IWF 12") == 302
    for to in ("police", "ceop", "platform"):
        assert write(kofi, "reported", to=to, because="The IWF passes it on") == 302
    assert write(kofi, "hidden", how="asked") == 302
    assert write(kofi, "support", words="Gwen, this afternoon") == 302
    assert "The safeguarding lead or a deputy finishes it" in page_of(kofi, case)
    assert write(kofi, "closed") == 403
    assert "Finish this" in page_of(gwen, case) and write(gwen, "closed") == 302
    assert "Finished by Gwen" in page_of(kofi, case)
    assert case.steps.latest("pk").step == Step.CLOSED


def page_of(client: Client, case: Serious) -> str:
    return client.get(reverse("monitoring:serious", args=[case.pk])).content.decode()


def test_without_a_comment_it_begins_from_the_inbox(cast: Cast) -> None:
    client = signed_in(cast.kofi)
    begin = reverse("monitoring:serious_begin")
    assert begin in client.get(reverse("monitoring:inbox")).content.decode()
    assert client.post(reverse("monitoring:serious_start")).status_code == 302
    case = Serious.objects.get()
    page = client.get(reverse("monitoring:inbox")).content.decode()
    assert case.item is None and reverse("monitoring:serious", args=[case.pk]) in page


def test_a_step_that_does_not_exist_is_a_404(cast: Cast) -> None:
    case = stopped(cast, None)
    for name in ("stopped", "nonsense"):
        where = reverse("monitoring:serious_step", args=[case.pk, name])
        assert signed_in(cast.gwen).post(where).status_code == 404


def test_another_settings_case_does_not_exist(cast: Cast, item: Item) -> None:
    case = stopped(cast, item)
    stranger = signed_in(cast.outsider)
    assert stranger.get(reverse("monitoring:serious", args=[case.pk])).status_code == 404
    for where in (
        reverse("monitoring:serious_step", args=[case.pk, "support"]),
        reverse("monitoring:serious_stop", args=[item.pk]),
    ):
        assert stranger.post(where, {"words": "Hello there"}).status_code == 404
