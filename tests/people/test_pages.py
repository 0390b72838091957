"""The register's pages: who is on which list, every reason why not, and what stays sealed until it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stairgate.organisations.models import Membership, RoleHeld, User
from stairgate.organisations.rules import Role
from stairgate.people.models import Check, Person, Training
from stairgate.people.services import record_training, register
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def priya(cast: Cast) -> Client:
    return signed_in(cast.priya)


def shown(client: Client, show: str = "") -> list[str]:
    page = client.get(reverse("people:list"), {"show": show})
    return [row.person.first_name for row in page.context["page"]]


def of(cast: Cast, user: User) -> Person:
    return Person.objects.get(user=user)


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_lists(cast: Cast, priya: Client) -> None:
    of(cast, cast.tom).training.update(expires_on=DAY + timedelta(days=90))
    of(cast, cast.helen).training.update(expires_on=DAY + timedelta(days=91))
    Person.objects.filter(user=cast.leah).update(ended_on=DAY - timedelta(days=1))
    assert shown(priya) == ["Tom", "Gwen", "Kofi", "Priya", "Helen"]
    assert shown(priya, "content") == ["Tom", "Gwen", "Kofi", "Priya"]
    assert shown(priya, "soon") == ["Tom"]
    assert shown(priya, "left") == ["Leah"]
    assert shown(priya, "nonsense") == shown(priya)


def test_whoever_has_no_duty_to_see_it_sees_themselves(cast: Cast) -> None:
    tom = signed_in(cast.tom)
    assert shown(tom) == ["Tom"]
    page = words(tom.get(reverse("people:list")))
    assert "Priya" not in page and "Add a person" not in page and "Everyone" not in page


@pytest.mark.clause("C19")
@pytest.mark.clause("C20")
def test_every_reason_why_not_is_said_as_the_one_rule_says_it(cast: Cast, priya: Client) -> None:
    of(cast, cast.leah).checks.update(level=Check.Level.STANDARD)
    of(cast, cast.leah).training.update(expires_on=DAY - timedelta(days=1))
    for page in (reverse("people:list"), reverse("people:person", args=[of(cast, cast.leah).pk])):
        said = words(priya.get(page))
        assert "We have not recorded an enhanced DBS check with the barred list for Leah." in said
        assert "Leah’s safeguarding training has run out." in said
        assert "Leah has not signed the policy in force." in said


@pytest.mark.clause("C12")
def test_a_role_that_ended_is_not_managing_content(cast: Cast, priya: Client) -> None:
    row = RoleHeld.objects.get(membership__user=cast.tom)
    assert priya.post(reverse("people:end_role", args=[row.pk])).status_code == 302
    assert "Tom" not in shown(priya, "content") and "Tom" in shown(priya)


def test_somebody_who_signs_in_and_is_not_on_the_register_is_shown_and_added(
    cast: Cast, priya: Client
) -> None:
    tom = of(cast, cast.tom)
    Check.objects.filter(person=tom).delete()
    Training.objects.filter(person=tom).delete()
    tom.declarations.all().delete()
    tom.receipts.all().delete()
    tom.delete()
    place = Membership.objects.get(user=cast.tom)
    page = priya.get(reverse("people:list"))
    assert [row.pk for row in page.context["missing"]] == [place.pk]
    where = f"{reverse('people:new')}?for={place.pk}"
    assert 'value="tom@willowlane.example"' in words(priya.get(where))
    typed = {
        "first_name": "Tom",
        "full_name": "Tom Example",
        "job_title": "Room leader",
        "basis": "staff",
        "started_on": "2026-01-05",
        "work_email": "tom@willowlane.example",
    }
    assert priya.post(where, typed).status_code == 302
    assert of(cast, cast.tom).full_name == "Tom Example"


def test_another_settings_sign_in_cannot_be_claimed(cast: Cast, priya: Client) -> None:
    theirs = Membership.objects.get(user=cast.outsider)
    page = priya.get(f"{reverse('people:new')}?for={theirs.pk}")
    assert page.status_code == 200 and "oona@fernbank.example" not in words(page)


CHECK = {
    "level": "enhanced",
    "barred_list": "on",
    "number": "0011 2233 4455",
    "issued_on": "2026-11-02",
    "seen_on": "2026-11-24",
}


@pytest.mark.clause("C19")
def test_a_check_is_due_again_when_the_policy_says(cast: Cast, priya: Client) -> None:
    leah = of(cast, cast.leah)
    assert priya.post(reverse("people:check", args=[leah.pk]), CHECK).status_code == 302
    made = leah.checks.order_by("-issued_on").first()
    assert made is not None and made.review_on == date(2029, 11, 24) and made.seen_by == "Priya"


@pytest.mark.clause("C19")
def test_a_number_is_seen_by_pressing_show_and_at_no_other_time(cast: Cast, priya: Client) -> None:
    leah = of(cast, cast.leah)
    priya.post(reverse("people:check", args=[leah.pk]), CHECK)
    check = leah.checks.exclude(number_sealed=None).get()
    page = reverse("people:person", args=[leah.pk])
    answer = priya.post(reverse("people:show_number", args=[check.pk]))
    assert "001122334455" in words(answer) and "no-store" in answer["Cache-Control"]
    assert "001122334455" not in words(priya.get(page))
    gwen = signed_in(cast.gwen)
    assert "Show the number" not in words(gwen.get(page))
    assert gwen.post(reverse("people:show_number", args=[check.pk])).status_code == 403


@pytest.mark.parametrize(
    ("page", "typed", "field"),
    [
        ("check", CHECK | {"number": "12345"}, "number"),
        ("check", CHECK | {"seen_on": "2026-11-25"}, "seen_on"),
        ("check", CHECK | {"seen_on": "2026-11-01"}, "seen_on"),
        ("check", CHECK | {"status_on": "2026-11-24"}, "update_service"),
        ("check", CHECK | {"issued_on": "0026-11-02"}, "issued_on"),
        (
            "training",
            {
                "course": "safeguarding",
                "provider": "Fenmoor",
                "completed_on": "2026-11-24",
                "expires_on": "2026-11-23",
            },
            "expires_on",
        ),
        (
            "training",
            {
                "course": "safeguarding",
                "provider": "Fenmoor",
                "completed_on": "2026-11-24",
                "expires_on": "2028-11-25",
            },
            "expires_on",
        ),
        (
            "reference",
            {"given_by": "Oak", "received_on": "2026-11-24", "verified_on": "2026-11-20"},
            "verified_on",
        ),
        ("role", {"role": "owner", "starts_on": "2026-11-24"}, "role"),
        ("leaving", {"last_day": ""}, "last_day"),
    ],
)
def test_what_makes_no_sense_is_not_recorded(
    cast: Cast, priya: Client, page: str, typed: dict[str, str], field: str
) -> None:
    tom = of(cast, cast.tom)
    answer = priya.post(reverse(f"people:{page}", args=[tom.pk]), typed)
    assert answer.status_code == 422 and field in answer.context["form"].errors
    assert tom.checks.count() == tom.training.count() == 1 and not tom.references.exists()


@pytest.mark.clause("C60")
def test_a_personal_mailbox_is_refused_where_it_is_typed(cast: Cast, priya: Client) -> None:
    typed = {
        "first_name": "Ruth",
        "full_name": "Ruth Example",
        "job_title": "Cook",
        "basis": "staff",
        "started_on": "2026-11-24",
        "work_email": "Ruth@Gmail.com",
    }
    answer = priya.post(reverse("people:new"), typed)
    assert answer.status_code == 422 and "gmail.com is for personal mail" in words(answer)


def test_what_the_register_says_is_put_right_where_it_is_typed(cast: Cast, priya: Client) -> None:
    tom = of(cast, cast.tom)
    kept = ("first_name", "full_name", "job_title", "basis", "started_on", "work_email")
    typed = {name: str(getattr(tom, name)) for name in kept}
    typed |= {"basis": "student", "job_title": "Student on placement"}
    where = reverse("people:change", args=[tom.pk])
    answer = priya.post(where, typed)
    assert answer.status_code == 302 and answer["Location"] == reverse("people:person", args=[tom.pk])
    tom = of(cast, cast.tom)
    assert (tom.basis, tom.job_title) == ("student", "Student on placement")
    refused = priya.post(where, typed | {"basis": "nobody"})
    assert refused.status_code == 422 and "basis" in refused.context["form"].errors


def test_days_stand_in_the_fields_as_a_browser_takes_them(cast: Cast, priya: Client) -> None:
    tom = of(cast, cast.tom)
    for page, day in (("leaving", DAY), ("check", DAY), ("role", DAY), ("change", tom.started_on)):
        assert f'value="{day.isoformat()}"' in words(priya.get(reverse(f"people:{page}", args=[tom.pk])))


def test_without_a_work_email_nobody_is_let_in(cast: Cast, priya: Client) -> None:
    ruth = register(
        actor=cast.priya,
        organisation=cast.organisation,
        user=None,
        first_name="Ruth",
        full_name="Ruth Example",
        job_title="Cook",
        started_on=DAY,
        at=NOW,
    )
    answer = priya.get(reverse("people:sign_in", args=[ruth.pk]))
    assert answer.status_code == 302 and answer["Location"] == reverse("people:change", args=[ruth.pk])


def test_the_only_manager_reads_why_they_cannot_go(cast: Cast, priya: Client) -> None:
    me = of(cast, cast.priya)
    answer = priya.post(reverse("people:leaving", args=[me.pk]), {"last_day": "2026-12-24"})
    assert answer.status_code == 422 and "is the only manager" in words(answer)


@pytest.mark.clause("C20")
def test_lead_level_is_shown_with_the_course(cast: Cast, priya: Client) -> None:
    record_training(
        actor=cast.priya,
        person=of(cast, cast.gwen),
        course=Training.Course.SAFEGUARDING,
        provider="Fenmoor Council",
        level="Lead level",
        completed_on=DAY,
        expires_on=DAY + timedelta(days=720),
        at=NOW,
    )
    assert "Lead level, 24 Nov 2026" in words(priya.get(reverse("people:list")))


@pytest.mark.parametrize(
    ("days", "says"), [(7, "7 days left"), (1, "1 day left"), (0, "Last day today"), (-1, "Run out")]
)
def test_what_runs_out_says_for_how_long_it_holds(cast: Cast, priya: Client, days: int, says: str) -> None:
    of(cast, cast.tom).training.update(expires_on=DAY + timedelta(days=days))
    assert says in words(priya.get(reverse("people:list")))


def test_a_role_in_the_policy_that_lets_the_lead_approve_shows(cast: Cast, priya: Client) -> None:
    stored = cast.policy.parameters_json | {"safeguarding_lead_approves": True}
    type(cast.policy).objects.filter(pk=cast.policy.pk).update(parameters_json=stored)
    rows = {row.person.first_name: row.does for row in priya.get(reverse("people:list")).context["page"]}
    assert rows["Gwen"] == "Approves, answers" and rows["Tom"] == "Writes"
    assert Role.DSL in cast.member(cast.gwen).roles_on(DAY)
