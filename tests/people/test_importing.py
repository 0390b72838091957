"""A list of people: read whatever a spreadsheet writes, refused row by row, and taken over as a whole or not at all."""

from __future__ import annotations

import io
import itertools
import random
import time
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.people.importing import services
from stairgate.people.importing.cells import Limits
from stairgate.people.importing.columns import Column, understand
from stairgate.people.importing.rows import Known, Line, Outcome, Register, lines
from stairgate.people.importing.services import CannotImport, LookAgain, keep_list, plan, sweep, take_over
from stairgate.people.importing.tables import Unreadable, read_tables
from stairgate.people.importing.values import Wrong, day
from stairgate.people.models import Check, Person, Spreadsheet, Training
from stairgate.web.terms import terms_for
from tests.cast import Cast, willow_lane

NOW = datetime(2026, 11, 24, 17, 45, tzinfo=UTC)
HEAD = "Full name,Job title,First day,Work email,DBS level,Barred list,DBS number,DBS date,Date seen,Safeguarding training"
RUTH = "Ruth Example,Apprentice,07/09/2026,ruth@willowlane.example,Enhanced,yes,001234567890,01/09/2026,2 Sep 2026,7/9/2026"


@pytest.fixture(autouse=True)
def _now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None, _now: None, settings: Any) -> Cast:
    settings.DEMO = True
    return willow_lane(NOW)


def sheet(*rows: str, head: str = HEAD) -> bytes:
    return "\n".join((head, *rows)).encode()


def kept(cast: Cast, data: bytes) -> Spreadsheet:
    return keep_list(actor=cast.priya, organisation=cast.organisation, name="list.csv", data=data, at=NOW)


def taken(cast: Cast, row: Spreadsheet, seen: str = "", actor: User | None = None, **more: Any) -> Any:
    terms = terms_for(cast.organisation)
    seen = seen or plan(row, terms=terms, at=NOW).digest
    values: dict[str, Any] = {"leave_out": False, "at": NOW} | more
    return take_over(actor=actor or cast.priya, kept=row, seen=seen, terms=terms, **values)


def read(data: bytes, *known: Known) -> list[Line]:
    listing = understand(read_tables(data))
    return lines(listing, Register(known, {}), terms=Limits(3, 2, "Priya"), today=NOW.date())


def book(*rows: tuple[Any, ...]) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        "Full name;Job title;First day\nZoë O’Brien;Cook;1/9/2026".encode("cp1252"),
        "Full name\tJob title\tFirst day\r\nZoë O’Brien\tCook\t1 September 2026\r\n".encode("utf-16"),
        "Full name\tJob title\tFirst day\nZoë O’Brien\tCook\t2026-09-01".encode("utf-16-le"),
        "sep=;\nName;Role;Start date\nZoë O’Brien;Cook;Tue 1st Sep 2026".encode("utf-8-sig"),
        'Our team 2026,,\n,,\nNAME (as on passport),Post,Started\n"Zoë  O’Brien ",Cook,01.09.2026'.encode(),
        book(("Staff name", "Position", "Date started"), ("Zoë O’Brien", "Cook", date(2026, 9, 1))),
    ],
)
def test_what_spreadsheets_write_is_read(data: bytes) -> None:
    [line] = read(data)
    assert line.outcome == Outcome.NEW and line.person is not None
    assert (line.person.full_name, line.person.first_name) == ("Zoë O’Brien", "Zoë")
    assert line.person.started_on == date(2026, 9, 1)


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, data in parts.items():
            folder.writestr(name.replace("__", "/"), data)
    return out.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><workbook>&b;</workbook>'
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"a" * (2 * 1024 * 1024 + 1), "larger than 2 MB"),
        (b"\xd0\xcf\x11\xe0rest", "old or locked"),
        (b"PK\x03\x04 not a zip", "damaged"),
        (zipped(**{"xl__workbook.xml": b" " * 17_000_000}), "far more"),
        (
            zipped(**{"xl__workbook.xml": b"<c/>" * 1_000_001, "pad": random.Random(1).randbytes(200_000)}),
            "far more",
        ),
        (zipped(**{"content.xml": b"<x/>"}), "not an Excel workbook"),
        (
            zipped(**{"xl__workbook.xml": ENTITIES, "[Content_Types].xml": ENTITIES}),
            "cannot read this workbook",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "read"),
        (b"one,two\n1,2", "no names of columns"),
        (b"Full name,DOB\nRuth,1/1/1990", "no column for “Job title” and “First day”"),
        (b"Full name,Job title,First day,Role\nRuth,a,b,c", "Two columns are “Job title”"),
        (HEAD.encode(), "nobody in the list"),
        (sheet('Ruth,"' + "x" * 200_000 + '",1/1/2026'), "damaged"),
        (sheet(*("a,b,c" for _ in range(5_200))), "more than 5,000 rows"),
    ],
)
def test_a_file_that_is_no_list_is_refused_in_words(data: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        understand(read_tables(data))


def test_a_workbook_that_claims_a_million_rows_is_read_as_far_as_we_go() -> None:
    data = book((*HEAD.split(","),), ("Ruth", "Cook", "1/9/2026"))
    with zipfile.ZipFile(io.BytesIO(data)) as folder:
        parts = {part: folder.read(part) for part in folder.namelist()}
    name = "xl/worksheets/sheet1.xml"
    parts[name] = parts[name].replace(b'<row r="2"', b'<row r="1048570"').replace(b'r="A2"', b'r="A1048570"')
    began = time.monotonic()
    with pytest.raises(Unreadable, match="nobody in the list"):
        understand(read_tables(zipped(**parts)))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("24/11/26", "four digits"),
        ("24 Nov 26", "four digits"),
        ("31/02/2026", "no day"),
        ("11/24/2026", "day comes first"),
        ("45000", "is not a day"),
        ("=TODAY()", "is not a day"),
        ("1/1/1899", "Look at the year"),
        ("25/11/2026", "not come yet"),
    ],
)
def test_a_day_that_could_be_another_is_refused(cell: str, says: str) -> None:
    with pytest.raises(Wrong, match=says):
        day(cell, latest=NOW.date())


BAD = {
    "Ruth Example,,1/9/2026": (Column.JOB_TITLE, "Write what they do here"),
    ",Cook,1/9/2026": (Column.FULL_NAME, "Write their full name"),
    "Ruth Example,Cook,": (Column.STARTED_ON, "Write the day"),
    '"=HYPERLINK(""http://x"")",Cook,1/9/2026': (Column.FULL_NAME, "formula"),
    "@SUM(A1),Cook,1/9/2026": (Column.FULL_NAME, "formula"),
    "Ru\u202eth,Cook,1/9/2026": (Column.FULL_NAME, "nobody can see"),
    "Ru\x00th,Cook,1/9/2026": (Column.FULL_NAME, "nobody can see"),
    f"{'R' * 161},Cook,1/9/2026": (Column.FULL_NAME, "too long"),
    "Ruth Example,Cook,1/9/2026,ruth@gmail.com": (Column.WORK_EMAIL, "personal mail"),
    "Ruth Example,Cook,1/9/2026,ruth at work": (Column.WORK_EMAIL, "not an address"),
    "Ruth Example,Cook,1/9/2026,,CRB,yes,,1/9/2026,1/9/2026": (
        Column.CHECK_LEVEL,
        "enhanced, standard or basic",
    ),
    "Ruth Example,Cook,1/9/2026,,Enhanced,maybe,,1/9/2026,1/9/2026": (
        Column.BARRED_LIST,
        "neither yes nor no",
    ),
    "Ruth Example,Cook,1/9/2026,,Enhanced,yes,1234567890,1/9/2026,1/9/2026": (Column.NUMBER, "12 digits"),
    "Ruth Example,Cook,1/9/2026,,Enhanced,yes,,1/9/2026,": (Column.SEEN_ON, "Write the day"),
    "Ruth Example,Cook,1/9/2026,,Enhanced,yes,,2/9/2026,1/9/2026": (Column.SEEN_ON, "before it was issued"),
    "Ruth Example,Cook,1/9/2026,,,,,,,1/9/2027": (Column.SAFEGUARDING_DONE, "not come yet"),
    "Tom Example,Cook,1/9/2026,priya@willowlane.example": (Column.WORK_EMAIL, "the address of Priya Example"),
    "Tom Example,Cook,1/9/2026,thomas@willowlane.example": (Column.WORK_EMAIL, "has the address tom@"),
}


@pytest.mark.parametrize(("row", "problem"), BAD.items())
def test_a_row_that_cannot_be_taken_says_where_and_what_to_do(row: str, problem: tuple[Column, str]) -> None:
    tom = Known(uuid4(), "Tom", "Tom Example", "tom@willowlane.example")
    priya = Known(uuid4(), "Priya", "Priya Example", "Priya@willowlane.example")
    [line] = read(sheet(row), tom, priya)
    assert line.row == 2 and line.outcome == Outcome.PROBLEM
    assert [p.column for p in line.problems] == [problem[0]] and problem[1] in line.problems[0].says


def test_one_person_in_two_rows_and_one_row_that_may_be_two_people() -> None:
    twice = read(sheet(RUTH, RUTH, "ruth EXAMPLE,Cook,1/9/2026", RUTH.replace("ruth@", "ruth.two@")))
    assert [line.outcome for line in twice] == [Outcome.NEW, Outcome.PROBLEM, Outcome.PROBLEM, Outcome.NEW]
    assert "Row 2 has the same address" in twice[1].problems[0].says
    two = [Known(uuid4(), "Ruth", "Ruth Example", ""), Known(uuid4(), "Ruth", "Ruth Example", "")]
    [line] = read(sheet(RUTH), *two)
    assert "More than one person on the register" in line.problems[0].says
    gone = Known(uuid4(), "Ruth", "Ruth Example", "", ended_on=date(2026, 11, 23))
    [line] = read(sheet(RUTH), gone)
    assert "has left" in line.problems[0].says


@pytest.mark.clause("C12")
@pytest.mark.clause("C19")
def test_a_list_is_taken_over_once_with_what_it_holds(cast: Cast) -> None:
    before = Person.objects.count()
    tom = Person.objects.get(user=cast.tom)
    held = tom.checks.get()
    same = f"tom  example,x,1/1/2026,,Enhanced,yes,,{held.issued_on},{held.seen_on}"
    gwen = "Gwen Example,x,1/1/2026,,Enhanced with barred list,,,1/11/2026,2/11/2026,3/11/2026"
    row = kept(cast, sheet(RUTH, same, gwen))
    found = plan(row, terms=terms_for(cast.organisation), at=NOW)
    assert [line.outcome for line in found.lines] == [Outcome.NEW, Outcome.NOTHING, Outcome.ADDS]
    assert found.lines[2].says == "Already on the register: adds a DBS check and child protection"
    assert Person.objects.count() == before
    assert taken(cast, row, found.digest).changes == 2
    assert taken(cast, row, found.digest) is None, "the same press twice"
    assert Person.objects.count() == before + 1
    ruth = Person.objects.get(full_name="Ruth Example")
    check = ruth.checks.get()
    assert (check.barred_list, check.seen_by, check.review_on) == (True, "Priya", date(2029, 9, 2))
    assert b"001234567890" not in bytes(check.number_sealed or b"")
    assert ruth.training.get().expires_on == date(2028, 9, 7), "as long as the policy counts it"
    assert Check.objects.filter(person__user=cast.gwen).count() == 2
    assert tom.checks.count() == 1 and Person.objects.get(pk=tom.pk).job_title == tom.job_title
    [entry] = Entry.objects.filter(kind="people.imported")
    assert "001234567890" not in str(entry.payload) and row.digest in str(entry.payload)
    row.refresh_from_db()
    assert row.table_sealed is None, "what it held is forgotten"


def test_nothing_is_imported_but_what_was_shown(cast: Cast) -> None:
    row = kept(cast, sheet(RUTH, "Ann Example,Cook,31/02/2026"))
    shown = plan(row, terms=terms_for(cast.organisation), at=NOW).digest
    with pytest.raises(CannotImport, match="left out"):
        taken(cast, row, shown)
    other = kept(cast, sheet(RUTH))
    taken(cast, other)
    with pytest.raises(LookAgain):
        taken(cast, row, shown, leave_out=True)
    assert Person.objects.filter(full_name="Ruth Example").count() == 1
    with pytest.raises(NotAllowed):
        taken(cast, row, actor=cast.kofi, leave_out=True)
    late = kept(cast, sheet(RUTH.replace("Ruth", "Ann").replace("ruth", "ann")))
    shown = plan(late, terms=terms_for(cast.organisation), at=NOW).digest
    with pytest.raises(CannotImport, match="no longer kept"):
        taken(cast, late, shown, at=NOW + timedelta(hours=2))
    assert sweep(NOW + timedelta(hours=2), "w") == 2 and sweep(NOW + timedelta(hours=2), "w") == 0


def test_a_failure_half_way_leaves_nothing(cast: Cast) -> None:
    before = Person.objects.count()
    row = kept(cast, sheet(RUTH))
    with patch.object(services, "record", side_effect=RuntimeError), pytest.raises(RuntimeError):
        taken(cast, row)
    row.refresh_from_db()
    assert Person.objects.count() == before and row.table_sealed and not row.imported_at


def test_who_signs_in_already_is_joined_to_their_row(cast: Cast) -> None:
    leah = Person.objects.get(user=cast.leah)
    Check.objects.filter(person=leah).delete()
    Training.objects.filter(person=leah).delete()
    leah.declarations.all().delete()
    leah.receipts.all().delete()
    leah.delete()
    taken(cast, kept(cast, sheet("Leah Example,Practitioner,1/9/2026,LEAH@willowlane.example")))
    assert Person.objects.get(user=cast.leah).full_name == "Leah Example"


def test_five_thousand_hostile_rows_within_seconds(cast: Cast) -> None:
    bad = [
        *BAD,
        '=cmd|"/c calc"!A1,Cook,1/9/2026',
        "Robert'); DROP TABLE people;--,Cook,1/9/2026",
        f"Ruth,{'=1+1,' * 40}",
    ]
    good = [f"<script>alert({n})</script>,Cook,1/9/2026,p{n}@willowlane.example" for n in range(2_500)]
    text = "\n".join((HEAD, *good, *itertools.islice(itertools.cycle(bad), 2_490)))
    began = time.monotonic()
    row = kept(cast, text.encode("utf-8"))
    found = plan(row, terms=terms_for(cast.organisation), at=NOW)
    done = taken(cast, row, found.digest, leave_out=True)
    took = time.monotonic() - began
    assert (done.counts[Outcome.NEW], done.counts[Outcome.PROBLEM]) == (2_501, 2_487)
    assert Person.objects.filter(full_name__startswith="<script>").count() == 2_500
    assert took < 15, f"{took:.1f} s"
    page = signed_in(cast.priya).get(reverse("people:list"))
    assert b"<script>alert" not in page.content


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_way_through_the_pages(cast: Cast) -> None:
    priya = signed_in(cast.priya)
    template = priya.get(reverse("people:import_template")).content
    assert openpyxl.load_workbook(io.BytesIO(template)).sheetnames[0] == "People"
    assert "Choose a file first" in priya.post(reverse("people:import")).content.decode()
    refused = priya.post(reverse("people:import"), {"list": SimpleUploadedFile("a.xlsx", template)})
    assert refused.status_code == 422 and "nobody in the list" in refused.content.decode()
    filled = openpyxl.load_workbook(io.BytesIO(template))
    filled["People"].append(["Ruth Example", None, None, "Apprentice", "student", date(2026, 9, 7)])
    filled["People"].append(["<b>Ann</b>", None, None, "Cook", None, "7/9/26"])
    out = io.BytesIO()
    filled.save(out)
    answer = priya.post(reverse("people:import"), {"list": SimpleUploadedFile("<i>.xlsx", out.getvalue())})
    [row] = Spreadsheet.objects.all()
    where = reverse("people:import_look", args=[row.pk])
    assert answer["Location"] == where
    page = priya.get(where)
    said = page.content.decode()
    assert (
        "1 row has a problem" in said and "Row 3" in said and "four digits" in said and "<b>Ann" not in said
    )
    assert "Ruth" in priya.get(where, {"show": "new"}).content.decode()
    typed = {"seen": page.context["plan"].digest}
    take = reverse("people:import_take", args=[row.pk])
    assert "left out" in priya.post(take, typed, follow=True).content.decode()
    assert "1 person is new" in priya.post(take, typed | {"leave_out": "1"}, follow=True).content.decode()
    assert "imported already" in priya.post(take, typed | {"leave_out": "1"}, follow=True).content.decode()
    assert Person.objects.get(full_name="Ruth Example").basis == Person.Basis.STUDENT
    assert "Imported already" in priya.get(where).content.decode()
    oona = signed_in(cast.outsider)
    assert oona.get(where).status_code == oona.post(take, typed).status_code == 404
