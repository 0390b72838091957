"""What the register keeps sealed: numbers of certificates and dates of birth, which only `disclosure` opens; and uploaded lists."""

from __future__ import annotations

from django.conf import settings

from stairgate.networks.base import Secret
from stairgate.organisations.sealing import seal, unseal
from stairgate.people.models import Check, Person, Spreadsheet


def seal_number(check: Check, number: str) -> bytes:
    """Return a certificate's number, sealed for exactly this row."""
    place = check.person.organisation_id
    return seal(number, settings.REGISTER_KEY, organisation=place, row=check.pk, field="number")


def open_number(check: Check) -> Secret:
    """Return a certificate's number. Raises `sealing.CannotOpen`."""
    place, sealed = check.person.organisation_id, check.number_sealed or b""
    return unseal(sealed, settings.REGISTER_KEY, organisation=place, row=check.pk, field="number")


def seal_birth_date(person: Person, birth_date: str) -> bytes:
    """Return a date of birth, sealed for exactly this row."""
    place = person.organisation_id
    return seal(birth_date, settings.REGISTER_KEY, organisation=place, row=person.pk, field="birth_date")


def open_birth_date(person: Person) -> Secret:
    """Return a date of birth as YYYY-MM-DD. Raises `sealing.CannotOpen`."""
    place, sealed = person.organisation_id, person.birth_date_sealed or b""
    return unseal(sealed, settings.REGISTER_KEY, organisation=place, row=person.pk, field="birth_date")


def seal_table(sheet: Spreadsheet, table: str) -> bytes:
    """Return what an uploaded list holds, sealed for exactly this row."""
    place = sheet.organisation_id
    return seal(table, settings.REGISTER_KEY, organisation=place, row=sheet.pk, field="table")


def open_table(sheet: Spreadsheet) -> str:
    """Return what an uploaded list holds. Raises `sealing.CannotOpen`."""
    place, sealed = sheet.organisation_id, sheet.table_sealed or b""
    return str(unseal(sealed, settings.REGISTER_KEY, organisation=place, row=sheet.pk, field="table"))
