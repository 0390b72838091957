"""Which column is which, by what is written above it: the names we use, and those that people use. Pure."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from stairgate.people.importing.tables import Table, Unreadable

_TITLE_ROWS = 10


class Column(enum.StrEnum):
    """What a column holds; the value is its name in the template."""

    FULL_NAME = "Full name"
    FIRST_NAME = "First name"
    LAST_NAME = "Last name"
    JOB_TITLE = "Job title"
    BASIS = "Staff, volunteer, student or committee"
    STARTED_ON = "First day"
    WORK_EMAIL = "Work email"
    BIRTH_DATE = "Date of birth"
    CHECK_LEVEL = "DBS level"
    BARRED_LIST = "Barred list checked"
    NUMBER = "DBS number"
    ISSUED_ON = "DBS issued"
    SEEN_ON = "DBS seen"
    SEEN_BY = "DBS seen by"
    UPDATE_SERVICE = "Update service"
    STATUS_ON = "Update service looked at"
    SAFEGUARDING_PROVIDER = "Child protection: who gave it"
    SAFEGUARDING_LEVEL = "Child protection: level"
    SAFEGUARDING_DONE = "Child protection: finished"
    SAFEGUARDING_ENDS = "Child protection: runs out"
    ONLINE_PROVIDER = "Online safety: who gave it"
    ONLINE_DONE = "Online safety: finished"
    ONLINE_ENDS = "Online safety: runs out"


#: what else people call them, in small letters and single spaces
_ALSO: dict[Column, str] = {
    Column.FULL_NAME: "name, staff name, employee name, employee, staff member, person",
    Column.FIRST_NAME: "forename, given name, known as, preferred name, firstname",
    Column.LAST_NAME: "surname, family name, lastname, second name",
    Column.JOB_TITLE: "job, role, position, post, job role",
    Column.BASIS: "they are, type, basis, staff type, employment type, category, staff or volunteer",
    Column.STARTED_ON: "start date, started, date started, date of start, employment start, employment start date, "
    "date of appointment, joined, start, started on",
    Column.WORK_EMAIL: "email, e mail, email address, work e mail, work email address, e mail address",
    Column.BIRTH_DATE: "dob, d o b, birth date, birthday, date of birth dob",
    Column.CHECK_LEVEL: "dbs type, level of check, check level, dbs check level, type of check, level of dbs",
    Column.BARRED_LIST: "barred list, barred list check, childrens barred list, barred list seen, list 99",
    Column.NUMBER: "dbs certificate number, certificate number, disclosure number, dbs no, dbs certificate no, dbs ref",
    Column.ISSUED_ON: "dbs date, dbs issue date, date of issue, dbs date of issue, issue date, issued, date issued, "
    "dbs certificate date, issued on",
    Column.SEEN_ON: "date seen, dbs date seen, dbs check seen, date dbs seen, seen on, certificate seen, "
    "dbs certificate seen, dbs seen on, seen",
    Column.SEEN_BY: "seen by, checked by, dbs checked by, who saw it, verified by",
    Column.UPDATE_SERVICE: "dbs update service, in update service, on update service",
    Column.STATUS_ON: "update service check, update service date, date of status check, status check, "
    "update service last looked at, update service check date",
    Column.SAFEGUARDING_PROVIDER: "child protection provider, safeguarding provider, safeguarding training provider",
    Column.SAFEGUARDING_LEVEL: "child protection level, safeguarding level, safeguarding training level",
    Column.SAFEGUARDING_DONE: "child protection, child protection training, child protection date, safeguarding, "
    "safeguarding training, safeguarding date, safeguarding training date, child protection finished, "
    "safeguarding completed, child protection completed",
    Column.SAFEGUARDING_ENDS: "child protection expires, child protection expiry, child protection runs out, "
    "safeguarding expires, safeguarding expiry, safeguarding renewal, safeguarding training expiry",
    Column.ONLINE_PROVIDER: "online safety provider, e safety provider, esafety provider",
    Column.ONLINE_DONE: "online safety, online safety training, e safety, esafety, e safety training, "
    "online safety date, online safety finished, online safety completed, e safety date",
    Column.ONLINE_ENDS: "online safety expires, online safety expiry, online safety runs out, e safety expires, "
    "e safety expiry, esafety expiry, online safety renewal",
}


def plain(words: str) -> str:
    """Return words as they are compared: small letters, no signs, single spaces, no (notes in brackets)."""
    bare = re.sub(r"\([^)]*\)", " ", words.lower().replace("’", "").replace("'", ""))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


_KNOWN = {plain(column): column for column in Column} | {
    plain(name): column for column, names in _ALSO.items() for name in names.split(",")
}
#: without these no row says enough for a person: one at least of each
_NEEDED = (
    (Column.FULL_NAME, Column.FIRST_NAME),
    (Column.JOB_TITLE,),
    (Column.STARTED_ON,),
)


@dataclass(frozen=True, slots=True)
class Listing:
    """A table whose columns are known. ``ignored`` are the names above columns that we leave alone."""

    where: dict[Column, int]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    ignored: tuple[str, ...]
    sheet: str

    def cell(self, cells: tuple[str, ...], column: Column) -> str:
        """Return what a row holds in a column, "" when it has none."""
        at = self.where.get(column)
        return cells[at] if at is not None and at < len(cells) else ""


def understand(tables: Iterable[Table]) -> Listing:
    """Return the table in which most columns are known, the first of equals. Raises `Unreadable` naming what is missing."""
    best = max((_listing(table) for table in tables), key=lambda found: len(found.where), default=None)
    if best is None or not best.where:
        raise Unreadable(
            "We found no names of columns. The first row has to name them, such as Full name, Job title, First day. "
            "Use the template, or change the names in your file."
        )
    missing = [wanted[0] for wanted in _NEEDED if not set(wanted) & set(best.where)]
    if missing:
        raise Unreadable(
            f"There is no column for {' and '.join(f'“{name}”' for name in missing)}. "
            "Add it to your file, or change the name of the one that holds it."
        )
    if not best.rows:
        raise Unreadable("There is nobody in the list: only the names of the columns.")
    return best


def _listing(table: Table) -> Listing:
    """Return the table with the row of its first rows that names most columns as their names."""
    heads = [_names(cells) for _, cells in table.rows[:_TITLE_ROWS]]
    at = max(range(len(heads)), key=lambda index: len(heads[index]), default=0)
    names = heads[at] if heads else {}
    twice = [name for name, places in names.items() if len(places) > 1]
    if twice and len(names) > 1:
        raise Unreadable(f"Two columns are “{twice[0]}”. Give one of them another name, or take it out.")
    where = {name: places[0] for name, places in names.items()}
    head = table.rows[at][1] if table.rows else ()
    ignored = tuple(cell[:60] for index, cell in enumerate(head) if cell and index not in where.values())
    return Listing(where, table.rows[at + 1 :], ignored, table.sheet)


def _names(cells: tuple[str, ...]) -> dict[Column, list[int]]:
    found: dict[Column, list[int]] = {}
    for index, cell in enumerate(cells):
        if (column := _KNOWN.get(plain(cell))) is not None:
            found.setdefault(column, []).append(index)
    return found
