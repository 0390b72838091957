"""The screens of urgent posts over HTTP: what is asked for, refused, kept as typed, and truly said."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from stairgate.publishing.models import Post, SecondLook, UrgentVersion
from stairgate.web.today import today_page
from tests.cast import PURPOSE
from tests.publishing.conftest import Desk
from tests.publishing.test_pages import signed_in
from tests.publishing.urgent_desk import Urgent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_needs_a_second_step(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]


@pytest.fixture
def urgent(desk: Desk) -> Urgent:
    return Urgent(desk)


def typed(urgent: Urgent, **more: str) -> dict[str, object]:
    values = {f"slot-{name}": value for name, value in urgent.values.items()}
    return {"channels": [str(urgent.desk.cast.channel.pk)], **values, **more}


def page_of(client: Client, name: str, pk: object) -> str:
    return " ".join(client.get(reverse(f"publishing:{name}", args=[pk])).content.decode().split())


def test_a_gap_nobody_has_said_anything_about_is_asked_for(desk: Desk) -> None:
    tom = signed_in(desk.cast.tom)
    words = {
        "title": "Water",
        "kind": "other",
        "purpose": PURPOSE,
        "text": "No water {day}. {minutes} minutes.",
    }
    answer = tom.post(reverse("publishing:urgent_new"), words)
    page = answer.content.decode()
    assert answer.status_code == 422 and "Say below what each gap takes: Day, Minutes." in page
    assert 'id="kind-day"' in page and "No water {day}." in page and not UrgentVersion.objects.exists()
    gaps = {"kind-day": "day", "kind-minutes": "number", "low-minutes": "5", "high-minutes": "9000"}
    answer = tom.post(reverse("publishing:urgent_new"), words | gaps)
    assert answer.status_code == 422 and 'value="9000"' in answer.content.decode()
    answer = tom.post(reverse("publishing:urgent_new"), words | gaps | {"high-minutes": "90"})
    version = UrgentVersion.objects.get()
    assert answer.status_code == 302 and [slot.high for slot in version.wording.slots] == [999, 90]
    page = page_of(tom, "urgent_edit", version.template_id)
    assert 'value="90"' in page and '<option value="number" selected>' in page


def test_the_list_begins_with_four_for_an_empty_one(desk: Desk) -> None:
    tom = signed_in(desk.cast.tom)
    assert "Begin with these four" in tom.get(reverse("publishing:urgent")).content.decode()
    page = tom.post(reverse("publishing:urgent_starters"), follow=True).content.decode()
    assert page.count("This template is not approved yet.") == 4 and "Send this" not in page
    assert "Templates are on the list already" not in page


@pytest.mark.clause("C78")
def test_who_may_decide_is_asked_to_and_nobody_else(urgent: Urgent, desk: Desk) -> None:
    pk = urgent.template.pk
    assert "Your decision" in page_of(signed_in(desk.cast.priya), "urgent_template", pk)
    assert "You wrote this, so someone else decides" in page_of(
        signed_in(desk.cast.tom), "urgent_template", pk
    )
    assert "Somebody else decides" in page_of(signed_in(desk.cast.gwen), "urgent_template", pk)
    priya = signed_in(desk.cast.priya)
    where = reverse("publishing:urgent_approve", args=[pk])
    answer = priya.post(where, {"digest": urgent.version.digest})
    assert answer.status_code == 422 and "tick that each line above the tick is so" in answer.content.decode()
    page = priya.post(where, {"digest": urgent.version.digest, "read": "1"}, follow=True).content.decode()
    assert "It can be sent at once when it is needed." in page and "Your decision" not in page


def test_what_goes_out_is_shown_first_and_what_is_not_filled_in_is_said(urgent: Urgent, desk: Desk) -> None:
    kofi, where = signed_in(desk.cast.kofi), reverse("publishing:urgent_send", args=[urgent.template.pk])
    assert "Nothing can be sent from it." in kofi.get(where).content.decode()
    urgent.approve()
    answer = kofi.post(where, typed(urgent, go="see") | {"slot-opens_at": "", "channels": []})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Opens at: choose a time" in page and "Choose where it goes." in page
    assert re.search(r'value="of snow" checked', page), "what was chosen is still there"
    page = kofi.post(where, typed(urgent, go="see")).content.decode()
    assert "because of snow. We open again at 08:00." in page and "Priya approved its words ahead." in page
    assert not Post.objects.exists()
    change = kofi.post(where, typed(urgent, go="change")).content.decode()
    assert re.search(r'value="of snow" checked', change) and 'value="08:00"' in change


@pytest.mark.clause("C78")
def test_who_sent_it_and_who_approved_its_words_is_said(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    where = reverse("publishing:urgent_send", args=[urgent.template.pk])
    kofi = signed_in(desk.cast.kofi)
    seen = kofi.post(where, typed(urgent, go="see")).content.decode()
    press = re.findall(r'name="press" value="([^"]+)"', seen)[0]
    send = typed(urgent, go="send", press=press, digest=urgent.version.digest)
    first, second = (kofi.post(where, send) for _ in range(2))
    post = Post.objects.get()
    assert first["Location"] == second["Location"] == reverse("publishing:review", args=[post.pk])
    page = page_of(kofi, "review", post.pk)
    for words in ("Sent it", "Approved its words ahead", "Wrote its words", "These can: Priya."):
        assert words in page
    assert "Two people have always looked" not in page and "so two people have always looked" not in page
    assert "It was right" not in page and "It was right" in page_of(
        signed_in(desk.cast.priya), "review", post.pk
    )


def test_a_refused_sending_keeps_what_was_typed(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    where = reverse("publishing:urgent_send", args=[urgent.template.pk])
    answer = signed_in(desk.cast.kofi).post(where, typed(urgent, go="send", digest="old"))
    page = answer.content.decode()
    assert answer.status_code == 422 and "changed while you were reading" in page
    assert re.search(r'value="of snow" checked', page) and not Post.objects.exists()


def test_the_second_look_asks_what_is_wrong_and_keeps_the_choice(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    post = urgent.send()
    priya, where = signed_in(desk.cast.priya), reverse("publishing:second_look", args=[post.pk])
    answer = priya.post(where, {"verdict": "wrong", "look_note": "x"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "Say in a few words what is wrong." in page
    assert re.search(r'value="wrong" checked', page)
    page = priya.post(where, {"verdict": "wrong", "look_note": "We were open."}, follow=True).content.decode()
    assert "“We were open.”" in page and "Something is wrong" in page and "Write it down" not in page


def _tasks(desk: Desk, days: float) -> dict[str, list[str]]:
    """Return whose Today speaks of a second look, and how."""
    now = desk.now + timedelta(days=days)
    found = {}
    for name in ("priya", "kofi", "tom", "gwen", "leah", "helen"):
        page = today_page(desk.cast.member(getattr(desk.cast, name)), now)
        said = [f"{t.status_words}: {t.button}" for t in page.tasks if "econd look" in t.status_words]
        if said:
            found[name] = said
    return found


@pytest.mark.clause("C78")
def test_a_second_look_is_on_the_today_of_who_may_take_it_and_missed_of_all_in_charge(
    urgent: Urgent, desk: Desk
) -> None:
    urgent.approve()
    post = urgent.send()
    assert _tasks(desk, 0) == {"priya": ["Second look: Look at it"]}
    SecondLook.objects.update(due_at=desk.now + timedelta(hours=1))
    late, see = ["Second look missed: Look at it"], ["Second look missed: See who can look"]
    assert _tasks(desk, 0.1) == {"priya": late, "kofi": see, "gwen": see, "helen": see}
    SecondLook.objects.update(done_at=timezone.now(), done_by=desk.cast.priya, verdict="right")
    assert _tasks(desk, 0.1) == {}
    assert "too late" not in page_of(signed_in(desk.cast.helen), "review", post.pk)


def test_an_old_missed_look_is_not_hidden_behind_new_ones(urgent: Urgent, desk: Desk) -> None:
    urgent.approve()
    first = urgent.send()
    for _ in range(6):
        urgent.send()
    SecondLook.objects.filter(sending__revision__post=first).update(due_at=desk.now)
    page = today_page(desk.cast.member(desk.cast.priya), desk.now)
    assert any(task.status_words == "Second look missed" for task in page.tasks)
    assert len([task for task in page.tasks if task.status_words.startswith("Second look")]) == 5
