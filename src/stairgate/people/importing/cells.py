"""One row of a list, read cell by cell: each that cannot be taken is a problem with its column and what to do. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from stairgate.organisations.mailboxes import personal_problem
from stairgate.people.importing.columns import Column, Listing
from stairgate.people.importing.values import NO, Wrong, day, empty, shown, words, yes
from stairgate.people.models import Check, Person, Training
from stairgate.people.rules import is_certificate_number, review_after

_LONGEST_NAME, _LONGEST_ADDRESS = 160, 254  # what the register keeps

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What the policy asks of what is imported."""

    dbs_review_years: int
    child_protection_years: int
    seen_by: str  # who imports, where a list does not say who saw a check


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: the column, and what to do."""

    column: Column
    says: str


@dataclass(frozen=True, slots=True)
class PersonRead:
    """Who somebody is."""

    first_name: str
    full_name: str
    job_title: str
    basis: str
    started_on: date
    work_email: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class CheckRead:
    """A check that somebody saw."""

    level: str
    barred_list: bool
    number: str
    issued_on: date
    seen_on: date
    seen_by: str
    update_service: bool
    status_on: date | None
    review_on: date


@dataclass(frozen=True, slots=True)
class CourseRead:
    """A finished course."""

    course: str
    provider: str
    level: str
    completed_on: date
    expires_on: date

    @property
    def words(self) -> str:
        return Training.Course(self.course).label.lower()


_CHECK = (
    *(Column.CHECK_LEVEL, Column.BARRED_LIST, Column.NUMBER, Column.ISSUED_ON, Column.SEEN_ON),
    *(Column.SEEN_BY, Column.UPDATE_SERVICE, Column.STATUS_ON),
)
_LEVELS = {
    **{level.value: level.value for level in Check.Level},
    "enhanced dbs": "enhanced",
    "standard dbs": "standard",
    "basic dbs": "basic",
}
_WITH_LIST = (
    "with barred list",
    "with barred lists",
    "+ barred list",
    "and barred list",
    "with children’s barred list",
)
_BASES = {
    **{basis.value: basis.value for basis in Person.Basis},
    **dict.fromkeys(("employee", "staff member", "permanent", "bank", "apprentice"), "staff"),
    **dict.fromkeys(("volunteers", "helper"), "volunteer"),
    **dict.fromkeys(("students", "placement"), "student"),
    **dict.fromkeys(("committee member", "trustee"), "committee"),
}


class Reader:
    """One row. What cannot be taken is in ``problems``; `person`, `check` and `courses` then say None or nothing."""

    def __init__(self, listing: Listing, cells: tuple[str, ...], terms: Limits, today: date) -> None:
        self._cell: Callable[[Column], str] = partial(listing.cell, cells)
        self.terms = terms
        self.today = today
        self.problems: list[Problem] = []

    @property
    def who(self) -> str:
        """Return whom the row is about, as far as it can be read."""
        names = (self._cell(Column.FULL_NAME), self._cell(Column.FIRST_NAME), self._cell(Column.LAST_NAME))
        return shown(names[0] or " ".join(name for name in names[1:] if name)) or "No name"

    def person(self) -> PersonRead | None:
        """Return who the row says somebody is."""
        before = len(self.problems)
        full, first, last = (
            self._words(column, most)
            for column, most in (
                (Column.FULL_NAME, _LONGEST_NAME),
                (Column.FIRST_NAME, 80),
                (Column.LAST_NAME, 80),
            )
        )
        full = full or " ".join(name for name in (first, last) if name)
        if len(full) > _LONGEST_NAME:
            self._problem(Column.LAST_NAME, f"The whole name has more than {_LONGEST_NAME} letters.")
        if not full and len(self.problems) == before:
            self._problem(Column.FULL_NAME, "Write their full name, as they sign.")
        job = self._words(Column.JOB_TITLE, 120)
        if not job and not self._cell(Column.JOB_TITLE):
            self._problem(Column.JOB_TITLE, "Write what they do here.")
        started = self._day(Column.STARTED_ON, needed=True)
        birth = self._day(Column.BIRTH_DATE, past=True)
        address, basis = self._address(), self._one_of(Column.BASIS, _BASES, Person.Basis.STAFF)
        if len(self.problems) > before or started is None:
            return None
        return PersonRead(first or full.split()[0][:80], full, job, basis, started, address, birth)

    def check(self) -> CheckRead | None:
        """Return the check that the row holds, None without one."""
        if not any(self._says(column) for column in _CHECK):
            return None
        before = len(self.problems)
        said, listed = self._level()
        level = said if said in _LEVELS.values() else ""
        barred = self._yes(Column.BARRED_LIST) or listed
        issued, seen = (
            self._day(name, past=True, needed=True) for name in (Column.ISSUED_ON, Column.SEEN_ON)
        )
        status = self._day(Column.STATUS_ON, past=True)
        update = self._yes(Column.UPDATE_SERVICE)
        number, seen_by = self._number(), self._words(Column.SEEN_BY, 80) or self.terms.seen_by
        self._ordered(issued, seen, Column.SEEN_ON, "Nobody can have seen it before it was issued.")
        if status and not update:
            self._problem(
                Column.UPDATE_SERVICE, "Looking there needs their agreement: write yes, or take the day out."
            )
        if len(self.problems) > before or issued is None or seen is None:
            return None
        review = review_after(status or seen, self.terms.dbs_review_years)
        return CheckRead(level, barred, number, issued, seen, seen_by, update, status, review)

    def courses(self) -> tuple[CourseRead, ...]:
        """Return the finished courses that the row holds."""
        found = (
            self._course(
                Training.Course.SAFEGUARDING,
                (Column.SAFEGUARDING_PROVIDER, Column.SAFEGUARDING_LEVEL),
                (Column.SAFEGUARDING_DONE, Column.SAFEGUARDING_ENDS),
            ),
            self._course(
                Training.Course.ONLINE_SAFETY,
                (Column.ONLINE_PROVIDER, None),
                (Column.ONLINE_DONE, Column.ONLINE_ENDS),
            ),
        )
        return tuple(course for course in found if course is not None)

    def _course(
        self,
        course: Training.Course,
        about: tuple[Column, Column | None],
        days: tuple[Column, Column],
    ) -> CourseRead | None:
        if all(empty(self._cell(column)) for column in (*about, *days) if column):
            return None
        before = len(self.problems)
        provider, level = (
            self._words(name, most) if name else "" for name, most in zip(about, (120, 60), strict=True)
        )
        done = self._day(days[0], past=True, needed=True)
        latest = self._latest(course, done)
        ends = latest if empty(self._cell(days[1])) else self._day(days[1])
        if empty(self._cell(days[1])) and course != Training.Course.SAFEGUARDING:
            self._problem(days[1], "Write the last day that it counts.")
        self._ordered(done, ends, days[1], "It cannot run out before it was finished.")
        if latest and ends and ends > latest:
            most = f"Our policy counts it until {latest:%d/%m/%Y} at most."
            self._problem(days[1], f"{most} Write that day or an earlier one.")
        if len(self.problems) > before or done is None or ends is None:
            return None
        return CourseRead(course.value, provider, level, done, ends)

    def _latest(self, course: Training.Course, done: date | None) -> date | None:
        """Return until when a course counts at most, None where the policy says nothing."""
        if done is None or course != Training.Course.SAFEGUARDING:
            return None
        return review_after(done, self.terms.child_protection_years)

    def _says(self, column: Column) -> bool:
        """Return whether a cell says that there is something; "no" where yes and no are asked says that there is not."""
        cell = self._cell(column).lower()
        return not empty(cell) and not (column in {Column.BARRED_LIST, Column.UPDATE_SERVICE} and cell in NO)

    def _problem(self, column: Column, says: str) -> None:
        self.problems.append(Problem(column, says))

    def _try(self, column: Column, read: Callable[[str], T]) -> T | None:
        try:
            return read(self._cell(column))
        except Wrong as wrong:
            self._problem(column, str(wrong))
            return None

    def _words(self, column: Column, most: int) -> str:
        if empty(self._cell(column)):
            return ""
        return self._try(column, partial(words, most=most)) or ""

    def _day(self, column: Column, *, past: bool = False, needed: bool = False) -> date | None:
        if empty(self._cell(column)):
            if needed:
                self._problem(column, "Write the day, such as 24/11/2026.")
            return None
        return self._try(column, partial(day, latest=self.today if past else None))

    def _yes(self, column: Column) -> bool:
        return bool(self._try(column, yes))

    def _ordered(self, first: date | None, then: date | None, column: Column, says: str) -> None:
        if first and then and then < first:
            self._problem(column, says)

    def _one_of(self, column: Column, known: dict[str, str], otherwise: str) -> str:
        cell = self._cell(column)
        if empty(cell):
            return otherwise
        if (found := known.get(" ".join(cell.lower().split()))) is None:
            names = ", ".join(dict.fromkeys(known.values()))
            self._problem(column, f"We don’t know “{shown(cell)}”. Write one of: {names}.")
            return otherwise
        return found

    def _level(self) -> tuple[str, bool]:
        """Return the level of a check, and whether the same cell says that the barred list was checked."""
        cell = " ".join(self._cell(Column.CHECK_LEVEL).lower().replace("'", "’").split())
        listed = next((ending for ending in _WITH_LIST if cell.endswith(ending)), "")
        said = cell.removesuffix(listed).rstrip(" ,")
        if said in _LEVELS:
            return _LEVELS[said], bool(listed)
        problem = "Write the level: enhanced, standard or basic."
        self._problem(Column.CHECK_LEVEL, problem)
        return "", False

    def _number(self) -> str:
        cell = "".join(self._cell(Column.NUMBER).split())
        if empty(cell):
            return ""
        if not is_certificate_number(cell):
            self._problem(
                Column.NUMBER,
                "A certificate number has 12 digits. If zeros are missing in front, make the column text; else leave it empty.",
            )
        return cell

    def _address(self) -> str:
        cell = self._cell(Column.WORK_EMAIL).lower()
        if empty(cell):
            return ""
        if len(cell) > _LONGEST_ADDRESS:
            self._problem(
                Column.WORK_EMAIL, "That is too long for an address. Put it right, or leave it empty."
            )
            return ""
        try:
            validate_email(cell)
        except ValidationError:
            self._problem(
                Column.WORK_EMAIL, f"“{shown(cell)}” is not an address. Put it right, or leave it empty."
            )
            return ""
        if problem := personal_problem(cell):
            self._problem(Column.WORK_EMAIL, f"{problem} Or leave it empty.")
        return cell
