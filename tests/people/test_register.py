"""Deeds on the register: who works here, what was seen of them, and what is shown of it to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import Membership, User
from stairgate.organisations.rules import Role
from stairgate.organisations.sealing import CannotOpen
from stairgate.people import services
from stairgate.people.disclosure import show_birth_date, show_number
from stairgate.people.models import Check, Person
from stairgate.people.sealed import open_number
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
DAY = date(2026, 11, 24)
NUMBER = "001122334455"
BORN = date(1991, 4, 23)


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


def register(cast: Cast, **more: Any) -> Person:
    values: dict[str, Any] = {
        "actor": cast.priya,
        "organisation": cast.organisation,
        "user": None,
        "first_name": "Ruth",
        "full_name": "Ruth Example",
        "job_title": "Apprentice",
        "started_on": DAY,
        "basis": Person.Basis.STUDENT,
        "work_email": "ruth@willowlane.example",
        "birth_date": BORN,
        "at": NOW,
    }
    return services.register(**values | more)


@pytest.fixture
def ruth(cast: Cast) -> Person:
    return register(cast)


def check(cast: Cast, person: Person, **more: Any) -> Check:
    values: dict[str, Any] = {
        "actor": cast.priya,
        "person": person,
        "level": Check.Level.ENHANCED,
        "barred_list": True,
        "issued_on": DAY,
        "seen_on": DAY,
        "review_on": DAY + timedelta(days=1000),
        "number": NUMBER,
        "at": NOW,
    }
    return services.record_check(**values | more)


def everything_kept() -> bytes:
    """Return every value of every table of ours, as one heap of bytes."""
    heap = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            heap += [value for row in cursor.fetchall() for value in row]
    return b"\n".join(bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in heap)


@pytest.mark.clause("C19")
def test_numbers_and_birth_dates_are_readable_nowhere_also_after_a_look(cast: Cast, ruth: Person) -> None:
    seen = check(cast, ruth)
    assert show_number(actor=cast.priya, check=seen, at=NOW) == NUMBER
    assert show_birth_date(actor=cast.priya, person=ruth, at=NOW) == BORN
    kept = everything_kept()
    assert b"Ruth Example" in kept
    assert NUMBER.encode() not in kept and BORN.isoformat().encode() not in kept


@pytest.mark.clause("C19")
def test_each_look_is_written_down_with_who_looked(cast: Cast, ruth: Person) -> None:
    seen = check(cast, ruth)
    for _ in range(2):
        show_number(actor=cast.priya, check=seen, at=NOW)
    show_birth_date(actor=cast.priya, person=ruth, at=NOW)
    looks = Entry.objects.filter(kind__endswith="_shown").values_list("kind", "actor", "subject")
    assert list(looks.order_by("index")) == [
        *[("people.number_shown", str(cast.priya.pk), str(ruth.pk))] * 2,
        ("people.birth_date_shown", str(cast.priya.pk), str(ruth.pk)),
    ]


@pytest.mark.clause("C19")
def test_a_sealed_number_opens_in_its_own_row_only(cast: Cast, ruth: Person) -> None:
    seen, other = check(cast, ruth), check(cast, ruth)
    other.number_sealed = seen.number_sealed
    with pytest.raises(CannotOpen):
        open_number(other)
    other.number_sealed = None
    with pytest.raises(CannotOpen):
        open_number(other)


def test_the_register_has_a_key_of_its_own(cast: Cast, ruth: Person, settings: Any) -> None:
    seen = check(cast, ruth)
    assert settings.REGISTER_KEY not in {settings.FIELD_KEY, settings.NAMES_KEY, settings.LEDGER_KEY}
    settings.REGISTER_KEY = settings.FIELD_KEY
    with pytest.raises(CannotOpen):
        open_number(seen)


DEEDS: dict[str, Callable[[Cast, Person, User], object]] = {
    "show_number": lambda c, p, a: show_number(actor=a, check=check(c, p), at=NOW),
    "show_birth_date": lambda c, p, a: show_birth_date(actor=a, person=p, at=NOW),
    "change": lambda c, p, a: services.change(
        actor=a,
        person=p,
        first_name="R",
        full_name="R",
        job_title="Cook",
        basis=Person.Basis.STAFF,
        started_on=DAY,
        work_email="",
        birth_date=None,
        at=NOW,
    ),
    "look_again": lambda c, p, a: services.look_again(
        actor=a, check=check(c, p, update_service=True), on=DAY, review_on=DAY, at=NOW
    ),
    "record_reference": lambda c, p, a: services.record_reference(
        actor=a, person=p, given_by="Fernbank", received_on=DAY, verified_on=None, at=NOW
    ),
    "let_sign_in": lambda c, p, a: services.let_sign_in(actor=a, person=p, roles=[Role.STAFF], at=NOW),
}


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_only_a_manager_of_the_setting_does_it(cast: Cast, ruth: Person, deed: str) -> None:
    for actor in (cast.kofi, cast.tom, cast.gwen, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            DEEDS[deed](cast, ruth, actor)
    DEEDS[deed](cast, ruth, cast.priya)


@pytest.mark.clause("C60")
def test_nobody_is_registered_or_changed_to_a_personal_mailbox(cast: Cast, ruth: Person) -> None:
    with pytest.raises(services.CannotRegister, match="personal mail"):
        register(cast, work_email="ruth@gmail.com")
    Person.objects.filter(pk=ruth.pk).update(work_email="ruth@gmail.com")
    with pytest.raises(services.CannotRegister, match="personal mail"):
        services.let_sign_in(actor=cast.priya, person=ruth, roles=[Role.STAFF], at=NOW)
    assert Person.objects.filter(first_name="Ruth").count() == 1 and not User.objects.filter(
        first_name="Ruth"
    )


@pytest.mark.clause("C12")
def test_a_sign_in_belongs_to_one_person_of_the_same_setting(cast: Cast) -> None:
    with pytest.raises(services.CannotRegister, match="already"):
        register(cast, user=cast.tom)
    with pytest.raises(services.CannotRegister, match="Nobody of your setting"):
        register(cast, user=cast.outsider)


def test_what_was_changed_is_kept_with_what_it_was(cast: Cast) -> None:
    tom = Person.objects.get(user=cast.tom)
    services.change(
        actor=cast.priya,
        person=tom,
        first_name="Thomas",
        full_name=tom.full_name,
        job_title="Deputy manager",
        basis=Person.Basis.STAFF,
        started_on=tom.started_on,
        work_email="",
        birth_date=BORN,
        at=NOW,
    )
    member = Membership.objects.select_related("user").get(user=cast.tom)
    assert (member.first_name, member.job_title) == ("Thomas", "Deputy manager")
    entry = Entry.objects.latest("index")
    assert entry.kind == "people.changed"
    assert show_birth_date(actor=cast.priya, person=Person.objects.get(pk=tom.pk), at=NOW) == BORN


@pytest.mark.clause("C19")
@pytest.mark.parametrize("service", [True, False])
def test_a_look_at_the_update_service_needs_their_agreement(cast: Cast, ruth: Person, service: bool) -> None:
    seen = check(cast, ruth, update_service=service)
    later = DAY + timedelta(days=1096)
    if not service:
        with pytest.raises(services.CannotLookAgain):
            services.look_again(actor=cast.priya, check=seen, on=DAY, review_on=later, at=NOW)
        return
    services.look_again(actor=cast.priya, check=seen, on=DAY, review_on=later, at=NOW)
    seen.refresh_from_db()
    assert (seen.status_on, seen.review_on) == (DAY, later)
    for on in (DAY, DAY + timedelta(days=9)):  # the day stays that of the first time
        services.withdraw_check(actor=cast.priya, check=seen, on=on, at=NOW)
    seen.refresh_from_db()
    assert seen.withdrawn_on == DAY
    with pytest.raises(services.CannotLookAgain):
        services.look_again(actor=cast.priya, check=seen, on=DAY, review_on=later, at=NOW)


def test_a_reference_is_verified_once_by_whoever_did_it(cast: Cast, ruth: Person) -> None:
    reference = services.record_reference(
        actor=cast.priya, person=ruth, given_by="Fernbank", received_on=DAY, verified_on=None, at=NOW
    )
    for on in (DAY, DAY + timedelta(days=1)):
        services.verify_reference(actor=cast.priya, reference=reference, on=on, at=NOW)
    reference.refresh_from_db()
    assert (reference.verified_on, reference.verified_by) == (DAY, "Priya")
    assert Entry.objects.filter(kind="people.reference_verified").count() == 1


@pytest.mark.clause("C12")
def test_whoever_is_let_in_has_exactly_the_roles_given(cast: Cast, ruth: Person) -> None:
    services.let_sign_in(actor=cast.priya, person=ruth, roles=[Role.AUTHOR], at=NOW)
    ruth.refresh_from_db()
    assert ruth.user is not None and cast.member(ruth.user).roles_on(DAY) == {Role.AUTHOR}
    with pytest.raises(services.CannotRegister, match="already"):
        services.let_sign_in(actor=cast.priya, person=ruth, roles=[Role.MANAGER], at=NOW)
