"""The papers themselves: the policy, its code, a certificate, the register, a settings sheet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.channels.asking import form
from stairgate.channels.asking.deciding import Wanted
from stairgate.cli.demo_library import look_at_help
from stairgate.organisations.models import User
from stairgate.people.models import Person
from stairgate.policies.models import PolicyVersion, Signature
from stairgate.policies.packs.document import Document
from stairgate.policies.parameters import Parameters
from stairgate.policies.printed import code_paper
from stairgate.policies.services import adopt
from stairgate.printing import press
from stairgate.printing.press import PrinterTrouble
from tests.cast import Cast, willow_lane
from tests.channels.test_asking import sent, yes
from tests.printing.test_press import HOSTILE, has_ink_and_white_round_it, pictures, read


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime, settings: object) -> Cast:
    settings.DEMO = True  # type: ignore[attr-defined]
    return willow_lane(now)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def said(client: Client, name: str, *args: object) -> str:
    """Return what a paper says."""
    answer = client.get(reverse(name, args=args))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    return read(answer.content)


def test_the_policy_on_paper_has_every_heading_and_clause(cast: Cast) -> None:
    words = said(browser(cast.leah), "policies:policy_pdf")
    for chapter in Document.of(cast.policy.text).chapters:
        assert chapter.title in words and all(piece.heading in words for piece in chapter.pieces)
    assert "version 1, adopted" in words and f"seal {cast.policy.text_digest[:8]}" in words
    assert all(f"C{number:02}" in words for number in range(1, 112))


def test_the_code_on_paper_has_a_place_to_sign_by_hand(cast: Cast, now: datetime) -> None:
    words = said(browser(cast.leah), "policies:code_pdf")
    assert "I answer for what I do, at work and online." in words and "Name Signed Date" in words
    other = adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Ours",
        text=f"# Ours\n\n## Part\n\n{HOSTILE}",
        parameters=Parameters(),
        at=now,
    )
    assert code_paper(other, at=now) is None
    assert browser(cast.leah).get(reverse("policies:code_pdf")).status_code == 404
    assert "#panic(" in said(browser(cast.leah), "policies:policy_pdf")


@pytest.mark.clause("C107")
def test_a_certificate_holds_the_signature_and_the_words_of_its_version(cast: Cast, now: datetime) -> None:
    signature = Signature.objects.get(user=cast.tom)
    signature.name_typed = HOSTILE[:160]
    signature.save()
    adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Newer",
        text="Newer words",
        parameters=Parameters(),
        at=now,
    )
    words = said(browser(cast.tom), "reading:certificate", signature.pk)
    assert HOSTILE[:60].replace(" ", "") in words.replace(" ", "")
    assert signature.text_digest in words.replace(" ", "") and "NOT those that were signed" not in words
    assert (
        "I know my duty of care" in words
        and "Why we have this policy" in words
        and "Newer words" not in words
    )
    assert said(browser(cast.priya), "reading:certificate", signature.pk)  # who sees the register
    for other in (cast.leah, cast.outsider):
        assert browser(other).get(reverse("reading:certificate", args=[signature.pk])).status_code == 404
    PolicyVersion.objects.filter(pk=signature.version_id).update(text="Other words")
    assert "NOT those that were signed" in said(browser(cast.tom), "reading:certificate", signature.pk)


def test_the_register_on_paper_has_everybody_and_no_secret(
    cast: Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    Person.objects.filter(user=cast.tom).update(full_name=f"Tom {HOSTILE}"[:160])
    client = browser(cast.gwen)
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        words = said(client, "people:register_pdf")
    assert all(f"{name} Example" in words for name in ("Priya", "Kofi", "Gwen", "Leah", "Helen"))
    assert "Confidential" in words and "#panic" in words and "Oona" not in words
    assert browser(cast.leah).get(reverse("people:register_pdf")).status_code == 403


@pytest.mark.clause("C33")
def test_the_settings_sheet_names_each_setting_and_who_looked(
    cast: Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    client = browser(cast.priya)
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        words = said(client, "channels:sheet_pdf", cast.channel.pk)
    assert (
        "Two-step sign-in for everybody with access" in words
        and "Second person Signed Date and time" in words
    )
    assert "People can tag the page Off Off (read" in words and "It is the sheet above." in words
    assert "Printed" in words and str(timezone.localdate().year) in words and "not-a-token" not in words


@pytest.mark.clause("C103")
def test_a_request_on_paper_is_whole(cast: Cast, now: datetime) -> None:
    request = sent(cast, changes={"purpose": f"To tell families {HOSTILE}"[:1500]})
    conditions = [Wanted("A rota for the holidays", now.date() + timedelta(days=9))]
    row = yes(cast, request, decision="conditions", conditions=conditions)
    client = browser(cast.priya)
    words = said(client, "channels:request_pdf", row.pk)
    for page in form.STEPS:
        asked = [field.label for field in page.fields if row.form.get(field.name)]
        assert page.title in words and all(label.split(",")[0] in words for label in asked), page.title
    assert "Priya Example, Nursery manager" in words and "Kofi Example" in words and "#panic" in words
    assert "Helen Example" in words and "A rota for the holidays" in words and "Well thought out" in words
    assert row.digest in words.replace(" ", "") and "Authorise with conditions" in words
    pages = pictures(client.get(reverse("channels:request_pdf", args=[row.pk])).content)
    assert len(pages) > 1 and all(has_ink_and_white_round_it(page) for page in pages)
    assert browser(cast.leah).get(reverse("channels:request_pdf", args=[row.pk])).status_code == 403
    assert browser(cast.outsider).get(reverse("channels:request_pdf", args=[row.pk])).status_code == 404


@pytest.mark.clause("C53")
@pytest.mark.clause("C69")
def test_the_card_for_families_has_our_lead_and_only_what_was_looked_at(
    cast: Cast, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    words = said(browser(cast.tom), "library:card")
    assert "999" in words and "01632 960119" in words and "0800 1111" not in words
    look_at_help(cast.organisation, cast.policy, {"Gwen": cast.gwen}, timezone.now())
    client = browser(cast.tom)
    with django_assert_max_num_queries(15):  # type: ignore[attr-defined]
        words = said(client, "library:card")
    assert "0800 1111, childline.org.uk" in words and "help card" in words
    assert "online-safety.fenmoor.example" not in words, "nobody has looked at it"


def test_a_printer_that_fails_is_a_page_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        raise PrinterTrouble("The printer stopped without a word.")

    monkeypatch.setattr("stairgate.organisations.papers.print_paper", fails)
    assert press.SECONDS <= 30
    answer = browser(cast.leah).get(reverse("policies:policy_pdf"))
    assert answer.status_code == 503 and "No paper came out" in answer.content.decode()
