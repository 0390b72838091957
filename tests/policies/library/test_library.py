"""The library: what may stand in it, what its lack shuts, who has read what, and the list of help."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from stairgate.assurance.gathering import known_now
from stairgate.assurance.judging import marks
from stairgate.assurance.marks import Worth
from stairgate.assurance.reminding.keeping import keep
from stairgate.assurance.reminding.models import Reminder
from stairgate.assurance.reminding.rules import Kind as Reminding
from stairgate.channels.selectors import accounts_now, channel_now
from stairgate.cli.demo_library import look_at_help
from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.rules import Duty
from stairgate.people.models import Person
from stairgate.people.services import register
from stairgate.policies.drafting import open_draft
from stairgate.policies.library.models import LibraryDocument, Receipt
from stairgate.policies.library.rules import Details, Kind, addresses_in, details_problem, is_link
from stairgate.policies.library.selectors import Entry as HelpEntry
from stairgate.policies.library.selectors import entries, for_the_card, not_read, stale
from stairgate.policies.library.services import (
    CannotKeep,
    check_contact,
    record_document,
    say_read,
    say_read_for,
    withdraw_document,
)
from stairgate.policies.reading.selectors import pack_for
from stairgate.policies.selectors import in_force, why_not
from stairgate.web.reminder_tasks import with_reminders
from stairgate.web.today import today_page
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DAY = date(2026, 11, 24)
NEXT = Details("Keeping children safe", "January 2027", DAY, DAY + timedelta(days=300), place="On the shelf")


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None) -> Cast:
    return willow_lane(NOW)


@pytest.fixture
def ours(cast: Cast) -> LibraryDocument:
    return LibraryDocument.objects.select_related("organisation").get()


def later(cast: Cast, ours: LibraryDocument, who: User, at: datetime = NOW) -> LibraryDocument:
    return record_document(
        actor=who,
        organisation=cast.organisation,
        kind=Kind.SAFEGUARDING,
        details=replace(NEXT, adopted_on=cast.organisation.day(at)),
        replaces=ours,
        at=at,
    )


def shut(cast: Cast, at: datetime) -> list[str]:
    found = [r.says for r in channel_now(cast.channel, at).restrictions if r.clause == "C11"]
    [account] = accounts_now(cast.organisation, at)
    assert [r.says for r in account.restrictions if r.clause == "C11"] == found
    return found


def of(user: User, kind: Reminding) -> list[str]:
    return [row.says for row in Reminder.objects.filter(user=user, kind=kind, done_at=None)]


def worth(cast: Cast, clause: str, at: datetime = NOW) -> Worth:
    return marks(known_now(cast.organisation, at, version=in_force(cast.organisation)))[clause].worth


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"version": ""},
        {"title": "x" * 121},
        {"adopted_on": DAY + timedelta(days=1)},
        {"review_by": DAY},
        {"review_by": DAY + timedelta(days=366)},
        {"place": ""},
        {"link": "http://files.example/safe"},
        {"link": "javascript:alert(1)"},
    ],
)
@pytest.mark.clause("C11")
def test_a_document_is_dated_and_can_be_found(change: dict[str, object]) -> None:
    assert details_problem(Kind.SAFEGUARDING, NEXT, DAY) == ""
    assert details_problem(Kind.SAFEGUARDING, replace(NEXT, **change), DAY)  # type: ignore[arg-type]


def test_only_a_safe_address_is_a_link() -> None:
    assert is_link("https://files.example/safe.pdf")
    wrong = ("https://", "https://a b.example", "https://me:pw@files.example", "https://[", "ftp://x.example")
    assert not any(map(is_link, wrong))


@pytest.mark.clause("C53")
def test_whoever_looks_at_a_contact_can_open_its_addresses() -> None:
    assert addresses_in("0800 1111, childline.org.uk") == ("childline.org.uk",)
    assert addresses_in("01632 960150, lado.office@fenmoor.example") == ()
    assert addresses_in("The board (procedures.fenmoor.example/online).") == (
        "procedures.fenmoor.example/online",
    )
    assert addresses_in("Open 9.30 to 5, javascript:alert(1)") == ()


@pytest.mark.clause("C11")
def test_without_a_current_safeguarding_policy_the_account_is_shut_and_opens_by_itself(
    cast: Cast, ours: LibraryDocument
) -> None:
    assert shut(cast, NOW) == [] and worth(cast, "C11") == Worth.MET
    last = datetime(2027, 11, 24, 23, 59, tzinfo=UTC)
    assert shut(cast, last) == []
    [said] = shut(cast, last + timedelta(minutes=1))
    assert "past the day" in said and worth(cast, "C11", last + timedelta(minutes=1)) == Worth.BROKEN
    withdraw_document(actor=cast.gwen, document=ours, reason="It names the wrong lead", at=NOW)
    [said] = shut(cast, NOW)
    assert "There is no safeguarding" in said and worth(cast, "C11") == Worth.BROKEN
    record_document(
        actor=cast.gwen, organisation=cast.organisation, kind=Kind.SAFEGUARDING, details=NEXT, at=NOW
    )
    assert shut(cast, NOW) == []


@pytest.mark.clause("C11")
def test_its_day_is_told_90_30_and_7_days_before_and_when_it_is_over(
    cast: Cast, ours: LibraryDocument
) -> None:
    expected = {91: [], 90: ["is to be"], 30: ["is to be"], 7: ["is to be"], -1: ["is past"]}
    for days, says in expected.items():
        at = datetime(2027, 11, 24, 9, 30, tzinfo=UTC) - timedelta(days=days)
        keep(cast.organisation, at)
        for who in (cast.priya, cast.gwen):
            assert [row[24:31].strip() for row in of(who, Reminding.DOCUMENT)] == [
                s[:7].strip() for s in says
            ]
        assert of(cast.tom, Reminding.DOCUMENT) == []
    subjects = Reminder.objects.filter(user=cast.priya, kind=Reminding.DOCUMENT).values_list("subject")
    assert len(set(subjects)) == 4
    assert worth(cast, "C11", datetime(2027, 10, 30, tzinfo=UTC)) == Worth.RISK


@pytest.mark.clause("C11")
def test_a_new_version_is_a_new_row_and_who_may_record_it(cast: Cast, ours: LibraryDocument) -> None:
    put = {"organisation": cast.organisation, "at": NOW}
    for who in (cast.tom, cast.kofi, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            later(cast, ours, who)
        with pytest.raises(NotAllowed):
            withdraw_document(actor=who, document=ours, reason="x", at=NOW)
    with pytest.raises(NotAllowed):
        record_document(actor=cast.gwen, kind=Kind.DATA, details=NEXT, **put)  # type: ignore[arg-type]
    with pytest.raises(CannotKeep, match="one already"):
        record_document(actor=cast.gwen, kind=Kind.SAFEGUARDING, details=NEXT, **put)  # type: ignore[arg-type]
    newest = later(cast, ours, cast.gwen)
    assert newest.for_everyone and newest.replaces == ours and LibraryDocument.objects.count() == 2
    with pytest.raises(CannotKeep, match="newer version"):
        later(cast, ours, cast.gwen)
    with pytest.raises(CannotKeep, match="withdrawn or replaced"):
        withdraw_document(actor=cast.gwen, document=ours, reason="x", at=NOW)
    copied = {
        field.attname: getattr(newest, field.attname) for field in LibraryDocument._meta.concrete_fields
    }
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):  # one version has one after it, says the database
        LibraryDocument.objects.create(**(copied | {"id": uuid4()}))
    assert Entry.objects.filter(kind="policies.document_recorded").count() == 2


@pytest.mark.clause("C50")
def test_each_new_version_is_read_by_everybody_and_blocks_who_has_not_after_seven_days(
    cast: Cast, ours: LibraryDocument
) -> None:
    tom, policy = cast.member(cast.tom), cast.policy
    newest = later(cast, ours, cast.priya)
    assert not Receipt.objects.filter(document=newest).exists()
    assert why_not(tom, Duty.WRITE, version=policy, on=DAY + timedelta(days=7)) == ()
    [said] = why_not(tom, Duty.WRITE, version=policy, on=DAY + timedelta(days=8))
    assert "Tom has not read “Keeping children safe”" in said
    late = NOW + timedelta(days=8)
    assert "C18" in {r.clause for r in channel_now(cast.channel, late).restrictions}
    assert worth(cast, "C50", late) == Worth.BROKEN
    for _ in range(2):
        say_read(actor=cast.tom, document=newest, at=NOW)
    assert Entry.objects.filter(kind="policies.document_read", subject=str(newest.pk)).count() == 1
    assert why_not(tom, Duty.WRITE, version=policy, on=DAY + timedelta(days=8)) == ()
    with pytest.raises(CannotKeep, match="newer version"):
        say_read(actor=cast.kofi, document=ours, at=NOW)
    with pytest.raises(NotAllowed):
        say_read(actor=cast.outsider, document=newest, at=NOW)


@pytest.mark.clause("C50")
def test_managers_see_who_has_not_read_and_each_is_asked_on_today(cast: Cast, ours: LibraryDocument) -> None:
    newest = later(cast, ours, cast.priya)
    say_read(actor=cast.priya, document=newest, at=NOW)
    assert [p.first_name for p in not_read(newest, DAY)] == ["Gwen", "Helen", "Kofi", "Leah", "Tom"]
    keep(cast.organisation, NOW)
    wanted = "Read “Keeping children safe”, January 2027"
    assert of(cast.tom, Reminding.READ) == [wanted] and of(cast.priya, Reminding.READ) == []
    me = cast.member(cast.tom)
    assert wanted in [task.title for task in with_reminders(today_page(me, NOW), me, NOW).tasks]
    say_read(actor=cast.tom, document=newest, at=NOW)
    keep(cast.organisation, NOW)
    assert of(cast.tom, Reminding.READ) == []


@pytest.mark.clause("C50")
def test_whoever_does_not_sign_in_gets_it_from_a_manager_and_a_new_colleague_has_seven_days(
    cast: Cast, ours: LibraryDocument
) -> None:
    at = NOW + timedelta(days=60)
    grace = register(
        actor=cast.priya,
        organisation=cast.organisation,
        user=None,
        first_name="Grace",
        full_name="Grace Example",
        job_title="Cook",
        started_on=DAY,
        at=NOW,
    )
    for who in (cast.gwen, cast.outsider):
        with pytest.raises(NotAllowed):
            say_read_for(actor=who, person=grace, document=ours, at=NOW)
    tom = Person.objects.get(user=cast.tom)
    with pytest.raises(NotAllowed):
        say_read_for(actor=cast.priya, person=tom, document=ours, at=NOW)
    assert grace in not_read(ours, DAY)
    say_read_for(actor=cast.priya, person=grace, document=ours, at=NOW)
    assert grace not in not_read(ours, DAY)
    Receipt.objects.filter(person=tom).delete()
    Person.objects.filter(user=cast.tom).update(started_on=cast.organisation.day(at))
    for days, reads in ((7, False), (8, True)):
        on = cast.organisation.day(at) + timedelta(days=days)
        said = why_not(cast.member(cast.tom), Duty.WRITE, version=cast.policy, on=on)
        assert any("has not read" in one for one in said) is reads


def looked(cast: Cast, at: datetime = NOW) -> dict[str, HelpEntry]:
    version = in_force(cast.organisation)
    assert version is not None
    found = entries(cast.organisation, version, pack_for(version), cast.organisation.day(at))
    return {one.id: one for one in found}


@pytest.mark.clause("C53")
@pytest.mark.clause("C69")
def test_an_entry_of_the_list_of_help_counts_for_a_term_after_somebody_looked(cast: Cast) -> None:
    put = {"organisation": cast.organisation, "changed_to": "", "at": NOW}
    child = looked(cast)["childline"]
    assert not child.fresh and child.check_by == DAY + timedelta(days=42)
    for who in (cast.tom, cast.kofi, cast.helen, cast.outsider):
        with pytest.raises(NotAllowed):
            check_contact(actor=who, entry=child, seen=child.contact, **put)  # type: ignore[arg-type]
    with pytest.raises(CannotKeep, match="look again"):
        check_contact(actor=cast.gwen, entry=child, seen="0800 0000", **put)  # type: ignore[arg-type]
    check_contact(actor=cast.gwen, entry=child, seen=child.contact, **put)  # type: ignore[arg-type]
    child = looked(cast)["childline"]
    assert child.fresh and child.checked_by == "Gwen" and child.checked_on == DAY
    assert looked(cast, NOW + timedelta(days=122))["childline"].fresh
    assert not looked(cast, NOW + timedelta(days=123))["childline"].fresh


@pytest.mark.clause("C53")
def test_an_entry_that_has_changed_is_shown_as_it_is_until_the_policy_says_something_new(cast: Cast) -> None:
    lado = looked(cast)["lado"]
    check_contact(
        actor=cast.priya,
        organisation=cast.organisation,
        entry=lado,
        seen=lado.contact,
        changed_to=" 01632  960159 ",
        at=NOW,
    )
    now = looked(cast)["lado"]
    assert now.contact == "01632 960159" and now.changed and now.fresh
    content = cast.policy.content
    assert content is not None
    content["facts"]["contact.lado"] = "01632 960158"
    cast.policy.save()
    now = looked(cast)["lado"]
    assert now.contact == "01632 960158" and not now.fresh


@pytest.mark.clause("C53")
@pytest.mark.clause("C69")
def test_stale_entries_are_one_task_of_the_lead_and_not_on_the_card(cast: Cast) -> None:
    keep(cast.organisation, NOW)
    [task] = Reminder.objects.filter(kind=Reminding.CONTACTS, done_at=None)
    assert task.user == cast.gwen and task.count == len(looked(cast))
    assert for_the_card(looked(cast).values()) == [] and worth(cast, "C53") == Worth.RISK
    look_at_help(cast.organisation, cast.policy, {"Gwen": cast.gwen}, NOW)
    assert {one.id for one in stale(looked(cast).values())} == {"ceop", "council-online"}
    card = {one.id for one in for_the_card(looked(cast).values())}
    assert "childline" in card and "council-online" not in card and "insurer" not in card
    assert worth(cast, "C53", NOW + timedelta(days=43)) == worth(cast, "C69", NOW + timedelta(days=43))
    assert worth(cast, "C53", NOW + timedelta(days=43)) == Worth.BROKEN


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_pages_do_it_and_keep_what_was_typed(cast: Cast, ours: LibraryDocument, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    priya, tom = browser(cast.priya), browser(cast.tom)
    typed = {
        "kind": "data",
        "title": "Data",
        "version": "2",
        "adopted_on": "2026-11-01",
        "review_by": "2027-11-01",
    }
    answer = priya.post(reverse("library:new"), typed)
    assert answer.status_code == 422 and "Say where it can be read" in answer.content.decode()
    typed |= {"link": "https://files.example/data", "for_everyone": "on"}
    answer = priya.post(reverse("library:new"), typed)
    row = LibraryDocument.objects.get(kind="data")
    assert answer["Location"] == reverse("library:document", args=[row.pk]) and row.for_everyone
    assert "Leah" in priya.get(answer["Location"]).content.decode()
    assert "Leah" not in tom.get(answer["Location"]).content.decode()
    tom.post(reverse("library:read", args=[row.pk]))
    assert Receipt.objects.get(document=row).person.user == cast.tom
    priya.post(reverse("library:withdraw", args=[row.pk]), {"reason": "Twice there"})
    assert "Twice there" in tom.get(reverse("library:index")).content.decode()
    assert "Twice there" in tom.get(reverse("library:document", args=[row.pk])).content.decode()
    typed |= {"kind": "safeguarding", "review_by": "2027-10-01"}
    priya.post(reverse("library:again", args=[ours.pk]), typed)
    words = tom.get(reverse("library:document", args=[ours.pk])).content.decode()
    assert "This version was replaced" in words
    assert browser(cast.outsider).get(reverse("library:document", args=[ours.pk])).status_code == 404


@pytest.mark.clause("C11")
def test_it_is_easy_to_find_and_whoever_may_is_asked_for_it(
    cast: Cast, ours: LibraryDocument, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    client = browser(cast.tom)
    for page in ("assurance:live", "policies:words", "help_now", "library:help"):
        assert reverse("library:index") in client.get(reverse(page)).content.decode(), page
    withdraw_document(actor=cast.priya, document=ours, reason="x", at=NOW)
    wanted = "Add your safeguarding and child protection policy"
    for user, asked in ((cast.priya, True), (cast.gwen, True), (cast.tom, False)):
        assert (wanted in browser(user).get(reverse("today")).content.decode()) is asked


def test_a_new_setting_goes_straight_on_from_its_safeguarding_policy_to_its_own(
    cast: Cast, settings: object
) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    typed = {"kind": "safeguarding", "title": "Safe", "version": "1", "place": "Office", "then": "begin"}
    typed |= {"adopted_on": "2026-11-01", "review_by": "2027-11-01"}
    client = browser(cast.outsider)
    assert "begin our policy" in client.get(reverse("library:new")).content.decode()
    assert client.post(reverse("library:new"), typed)["Location"] == reverse("policies:facts")
    assert "Safe" in client.get(reverse("library:index")).content.decode()
    assert open_draft(cast.elsewhere) is not None
    typed |= {"kind": "data"}
    answer = browser(cast.priya).post(reverse("library:new"), typed)
    assert "/policy/library/" in answer["Location"] and open_draft(cast.organisation) is None
