"""Keeping an uploaded list while somebody looks at it, and taking it onto the register: all that was shown, or nothing."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from stairgate.clauses import control
from stairgate.ledger.services import record
from stairgate.organisations.access import manager_in
from stairgate.organisations.models import Organisation, User
from stairgate.people.importing.cells import CheckRead, CourseRead, Limits
from stairgate.people.importing.columns import Column, Listing, understand
from stairgate.people.importing.rows import Known, Line, Outcome, Register, lines, plan_digest
from stairgate.people.importing.tables import read_tables
from stairgate.people.models import Check, Person, Spreadsheet, Training
from stairgate.people.sealed import open_table, seal_birth_date, seal_number, seal_table
from stairgate.people.selectors import Terms, not_on_register

LIVES_HOURS = 2
_AT_ONCE = 500


class CannotImport(Exception):
    """Nothing was imported; the message says why and what to do."""


class LookAgain(CannotImport):
    """What the import would do is no longer what was shown: the person has to see it anew."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a list would do now. ``digest`` stands for exactly this."""

    lines: list[Line]
    digest: str
    counts: dict[str, int]
    ignored: tuple[str, ...]
    sheet: str

    @property
    def changes(self) -> int:
        """Return how many rows put something on the register."""
        return self.counts[Outcome.NEW] + self.counts[Outcome.ADDS]


def keep_list(
    *, actor: User, organisation: Organisation, name: str, data: bytes, at: datetime
) -> Spreadsheet:
    """Keep an uploaded list, sealed and for two hours, so that it can be looked at; return the row.

    One save and nothing else, so no transaction: on SQLite nobody could write while a large file is read.
    Raises `NotAllowed`, and `Unreadable` with what is wrong with the file as a whole.
    """
    manager_in(actor, organisation.id)
    listing = understand(read_tables(data))
    kept = Spreadsheet(
        organisation=organisation,
        uploaded_by=actor,
        uploaded_at=at,
        expires_at=at + timedelta(hours=LIVES_HOURS),
        name="".join(sign for sign in name if sign.isprintable())[-120:] or "List",
        digest=hashlib.sha256(data).hexdigest(),
    )
    kept.table_sealed = seal_table(kept, _packed(listing))
    kept.save(force_insert=True)
    return kept


def _packed(listing: Listing) -> str:
    where = {column.name: at for column, at in listing.where.items()}
    return json.dumps([where, listing.rows, listing.ignored, listing.sheet])


def _listing(kept: Spreadsheet) -> Listing:
    where, rows, ignored, sheet = json.loads(open_table(kept))
    return Listing(
        {Column[name]: at for name, at in where.items()},
        tuple((number, tuple(cells)) for number, cells in rows),
        tuple(ignored),
        sheet,
    )


def is_open(kept: Spreadsheet, at: datetime) -> bool:
    """Return whether a list can still be looked at and imported."""
    return kept.table_sealed is not None and kept.imported_at is None and at < kept.expires_at


def plan(kept: Spreadsheet, *, terms: Terms, at: datetime) -> Plan:
    """Return what importing an open list would do, judged by the register of this moment. Four queries."""
    today = kept.organisation.day(at)
    limits = Limits(terms.dbs_review_years, terms.child_protection_years, kept.uploaded_by.first_name)
    listing = _listing(kept)
    sign_ins = {row.user.email.lower(): row.user_id for row in not_on_register(kept.organisation, today)}
    found = lines(listing, Register(_known(kept.organisation), sign_ins), terms=limits, today=today)
    counts = Counter({outcome.value: 0 for outcome in Outcome})
    counts.update(line.outcome.value for line in found)
    return Plan(found, plan_digest(found), dict(counts), listing.ignored, listing.sheet)


def _known(organisation: Organisation) -> list[Known]:
    checks, courses = defaultdict(set), defaultdict(set)
    whose = {"person__organisation": organisation}
    for pk, level, issued in Check.objects.filter(**whose).values_list("person", "level", "issued_on"):
        checks[pk].add((level, issued))
    for pk, course, done in Training.objects.filter(**whose).values_list("person", "course", "completed_on"):
        courses[pk].add((course, done))
    people = Person.objects.filter(organisation=organisation).order_by("pk")
    return [
        Known(pk, first, full, email, ended, frozenset(checks[pk]), frozenset(courses[pk]))
        for pk, first, full, email, ended in people.values_list(
            "pk", "first_name", "full_name", "work_email", "ended_on"
        )
    ]


@control("C12", "A list of people is taken onto the register by a manager who saw what each row does")
def take_over(
    *, actor: User, kept: Spreadsheet, seen: str, leave_out: bool, terms: Terms, at: datetime
) -> Plan | None:
    """Import a list as it was shown, in one transaction; return what was done, None when it was done before.

    ``seen`` is the digest of the plan that the person saw; ``leave_out``: they left the rows with problems out.
    Raises `NotAllowed`, `CannotImport`, and `LookAgain` when the register is another since.
    """
    try:
        return _take_over(actor, kept, seen, leave_out, terms, at)
    except IntegrityError as error:
        raise LookAgain("The register has changed since you looked. Look at the rows again.") from error


@transaction.atomic
def _take_over(
    actor: User, kept: Spreadsheet, seen: str, leave_out: bool, terms: Terms, at: datetime
) -> Plan | None:
    manager_in(actor, kept.organisation_id)
    # one list at a time in a setting; its key stays free for whoever writes a row that names it
    Organisation.objects.select_for_update(no_key=True).get(pk=kept.organisation_id)
    rows = Spreadsheet.objects.select_for_update(of=("self",)).select_related("organisation", "uploaded_by")
    kept = rows.get(pk=kept.pk)
    if kept.imported_at is not None:
        return None
    if not is_open(kept, at):
        raise CannotImport("This list is no longer kept. Choose the file again.")
    found = plan(kept, terms=terms, at=at)
    if found.digest != seen:
        raise LookAgain("The register has changed since you looked. Look at the rows again.")
    if found.counts[Outcome.PROBLEM] and not leave_out:
        raise CannotImport(
            "Some rows have a problem. Put them right in the file, or say that they are left out."
        )
    if not found.changes:
        raise CannotImport("There is nothing to import: no row changes anything.")
    _write(actor, kept, found, at)
    kept.imported_at, kept.table_sealed = at, None
    kept.save(update_fields=["imported_at", "table_sealed"])
    return found


def _write(actor: User, kept: Spreadsheet, found: Plan, at: datetime) -> None:
    people, checks, courses, notes = [], [], [], []
    for line in found.lines:
        if line.outcome not in {Outcome.NEW, Outcome.ADDS}:
            continue
        person = _person(kept, line)
        if line.known is None:
            people.append(person)
        if line.check is not None:
            checks.append(_check(person, line.check))
        courses += [_course(person, read) for read in line.courses]
        notes.append(_note(person.pk, line))
    Person.objects.bulk_create(people, batch_size=_AT_ONCE)
    Check.objects.bulk_create(checks, batch_size=_AT_ONCE)
    Training.objects.bulk_create(courses, batch_size=_AT_ONCE)
    for start in range(0, len(notes), _AT_ONCE):
        record(
            organisation_id=kept.organisation_id,
            kind="people.imported",
            actor=str(actor.id),
            subject=str(kept.pk),
            payload={"file": kept.digest, "people": notes[start : start + _AT_ONCE]},
            at=at,
        )


def _person(kept: Spreadsheet, line: Line) -> Person:
    if line.person is None:
        return Person(pk=line.known, organisation=kept.organisation)
    read = line.person
    person = Person(
        organisation=kept.organisation,
        user_id=line.user,
        first_name=read.first_name,
        full_name=read.full_name,
        job_title=read.job_title,
        basis=read.basis,
        started_on=read.started_on,
        work_email=read.work_email,
    )
    if read.birth_date is not None:
        person.birth_date_sealed = seal_birth_date(person, read.birth_date.isoformat())
    return person


def _check(person: Person, read: CheckRead) -> Check:
    check = Check(
        person=person,
        level=read.level,
        barred_list=read.barred_list,
        issued_on=read.issued_on,
        seen_on=read.seen_on,
        seen_by=read.seen_by,
        update_service=read.update_service,
        status_on=read.status_on,
        review_on=read.review_on,
    )
    if read.number:
        check.number_sealed = seal_number(check, read.number)
    return check


def _course(person: Person, read: CourseRead) -> Training:
    return Training(
        person=person,
        course=read.course,
        provider=read.provider,
        level=read.level,
        completed_on=read.completed_on,
        expires_on=read.expires_on,
    )


def _note(pk: UUID, line: Line) -> dict[str, Any]:
    """Return what the ledger keeps of a row: what the deeds one by one would have kept."""
    note: dict[str, Any] = {"person": str(pk)}
    if line.person is not None:
        note |= {"first_name": line.person.first_name, "job_title": line.person.job_title}
    if line.check is not None:
        read = line.check
        note["check"] = {
            "level": read.level,
            "barred_list": read.barred_list,
            "review_on": read.review_on.isoformat(),
        }
    note["training"] = [
        {"course": read.course, "expires_on": read.expires_on.isoformat()} for read in line.courses
    ]
    return note


@transaction.atomic
def throw_away(*, actor: User, kept: Spreadsheet) -> None:
    """Forget what an uploaded list holds; nothing of it was imported. Raises `NotAllowed`."""
    manager_in(actor, kept.organisation_id)
    Spreadsheet.objects.filter(pk=kept.pk, imported_at__isnull=True).update(table_sealed=None)


def sweep(now: datetime, worker: str) -> int:
    """Forget what the lists hold that nobody imported in time; return how many."""
    old = Spreadsheet.objects.filter(Q(table_sealed__isnull=False), expires_at__lte=now)
    return old.update(table_sealed=None)
