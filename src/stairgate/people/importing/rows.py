"""What each row of a list would do to the register, or why it cannot be taken. Pure: the register is an argument."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from stairgate.organisations.words import together
from stairgate.people.importing.cells import CheckRead, CourseRead, Limits, PersonRead, Problem, Reader
from stairgate.people.importing.columns import Column, Listing


class Outcome(enum.StrEnum):
    """What a row does when it is imported."""

    NEW = "new"
    ADDS = "adds"
    NOTHING = "nothing"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is on the register already, with the checks and courses it holds of them."""

    pk: UUID
    first_name: str
    full_name: str
    work_email: str
    ended_on: date | None = None
    checks: frozenset[tuple[str, date]] = frozenset()  # level, issued
    courses: frozenset[tuple[str, date]] = frozenset()  # course, finished


@dataclass(frozen=True, slots=True)
class Line:
    """One row: who, what it does, and what stands in the way."""

    row: int
    who: str
    outcome: Outcome
    person: PersonRead | None = None
    known: UUID | None = None
    user: UUID | None = None  # who signs in here already, with the address of the row
    check: CheckRead | None = None
    courses: tuple[CourseRead, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def says(self) -> str:
        """Return what happens, in words."""
        if self.outcome == Outcome.NOTHING:
            return "Already on the register: nothing changes"
        also = [course.words for course in self.courses]
        also = (["a DBS check"] if self.check else []) + also
        held = together(also)
        if self.outcome == Outcome.ADDS:
            return f"Already on the register: adds {held}"
        new = "New, joined to their sign-in" if self.user else "New"
        return f"{new}, with {held}" if held else f"{new}, without a check or a course"


@dataclass(slots=True)
class _Seen:
    """Who came in earlier rows of the same list: the number of the row by address, and by name."""

    addresses: dict[str, int] = field(default_factory=dict)
    names: dict[str, tuple[int, bool]] = field(default_factory=dict)  # and whether that row had an address


class Register:
    """Everybody whom the setting knows, to be found by address and by name."""

    def __init__(self, people: Iterable[Known], sign_ins: Mapping[str, UUID]) -> None:
        self.by_address: dict[str, list[Known]] = {}
        self.by_name: dict[str, list[Known]] = {}
        self.sign_ins = sign_ins  # of those who are not on the register, by address
        for known in people:
            if known.work_email:
                self.by_address.setdefault(known.work_email.lower(), []).append(known)
            self.by_name.setdefault(_same(known.full_name), []).append(known)


def lines(listing: Listing, register: Register, *, terms: Limits, today: date) -> list[Line]:
    """Return what every row of a list would do, in its order."""
    seen = _Seen()
    return [
        _line(number, Reader(listing, cells, terms, today), register, seen) for number, cells in listing.rows
    ]


def _same(name: str) -> str:
    return " ".join(name.casefold().split())


def _line(number: int, reader: Reader, register: Register, seen: _Seen) -> Line:
    person, check, courses = reader.person(), reader.check(), reader.courses()
    known: Known | None = None
    if person is not None and not reader.problems:
        try:
            _once(number, person, seen)
            known = _known(person, register)
        except _Unclear as unclear:
            reader.problems.append(unclear.problem)
    if reader.problems or person is None:
        return Line(number, reader.who, Outcome.PROBLEM, problems=tuple(reader.problems))
    if known is None:
        user = register.sign_ins.get(person.work_email)
        return Line(number, reader.who, Outcome.NEW, person, None, user, check, courses)
    check = check if check and (check.level, check.issued_on) not in known.checks else None
    courses = tuple(course for course in courses if (course.course, course.completed_on) not in known.courses)
    if not check and not courses:
        return Line(number, reader.who, Outcome.NOTHING, known=known.pk)
    if known.ended_on is not None and known.ended_on < reader.today:
        gone = Problem(Column.FULL_NAME, f"{known.first_name} has left. Take this row out of the file.")
        return Line(number, reader.who, Outcome.PROBLEM, problems=(gone,))
    return Line(number, reader.who, Outcome.ADDS, None, known.pk, None, check, courses)


class _Unclear(Exception):
    """We cannot say who a row means."""

    def __init__(self, column: Column, says: str) -> None:
        super().__init__(says)
        self.problem = Problem(column, says)


def _once(number: int, person: PersonRead, seen: _Seen) -> None:
    """Raise `_Unclear` when an earlier row is the same person; else remember this one."""
    name, address = _same(person.full_name), person.work_email
    if address and address in seen.addresses:
        raise _Unclear(
            Column.WORK_EMAIL, f"Row {seen.addresses[address]} has the same address. Leave one of them."
        )
    if name in seen.names and not (address and seen.names[name][1]):
        raise _Unclear(
            Column.FULL_NAME,
            f"Row {seen.names[name][0]} has the same name. Leave one; if they are two people, give both a work email.",
        )
    if address:
        seen.addresses[address] = number
    seen.names.setdefault(name, (number, bool(address)))


def _known(person: PersonRead, register: Register) -> Known | None:
    """Return whom of the register a row means, None for somebody new. Raises `_Unclear`."""
    at = register.by_address.get(person.work_email, []) if person.work_email else []
    named = register.by_name.get(_same(person.full_name), [])
    if at:
        same = [known for known in at if known in named]
        if len(same) == 1:
            return same[0]
        raise _Unclear(
            Column.WORK_EMAIL,
            f"On the register this is the address of {at[0].full_name}. Put the name or the address right.",
        )
    if not named:
        return None
    if len(named) > 1:
        raise _Unclear(
            Column.FULL_NAME,
            "More than one person on the register has this name. Add the work email that is on the register.",
        )
    [known] = named
    if person.work_email and known.work_email:
        raise _Unclear(
            Column.WORK_EMAIL,
            f"On the register {known.full_name} has the address {known.work_email}. If this is somebody else, "
            "add them by hand; else put the address right.",
        )
    return known


def plan_digest(found: Iterable[Line]) -> str:
    """Return what stands for exactly this plan: it changes when a row would do anything else."""
    whole = hashlib.sha256()
    for line in found:
        whole.update(repr(line).encode("utf-8", "backslashreplace"))
        whole.update(b"\n")
    return whole.hexdigest()
