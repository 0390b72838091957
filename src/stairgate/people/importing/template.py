"""The workbook to fill in: our columns, as text so that zeros in front of a number stay, and how to fill it in."""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from stairgate.people.importing.columns import Column

_HELP = (
    "Write one person in each row of the sheet “People”. Full name, job title and first day are needed.",
    "Days: 24/11/2026, the day first. Years have four digits.",
    "Yes or no: Barred list checked, Update service.",
    "DBS level: enhanced, standard or basic. Write the day somebody saw the certificate, and who. Do not keep it.",
    "Staff, volunteer, student or committee: empty means staff.",
    "Child protection counts for as long as our policy says; leave “runs out” empty to have it worked out.",
    "Who is on the register already is found by work email, or by full name. Nothing of theirs is changed; "
    "a check or a course that is new is added.",
    "Nothing is kept before you have seen each row with its problem, and said yes.",
)


def workbook() -> bytes:
    """Return the template as an Excel workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("People")
    for index, column in enumerate(Column, start=1):
        letters = sheet.column_dimensions[_letters(index)]
        letters.width = max(14, len(column) + 2)
        letters.number_format = "@"
    head = []
    for column in Column:
        cell = WriteOnlyCell(sheet, value=column.value)
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    guide = book.create_sheet("How to fill it in")
    guide.column_dimensions["A"].width = 110
    for line in _HELP:
        guide.append([line])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _letters(index: int) -> str:
    return chr(64 + index) if index <= 26 else f"A{chr(64 + index - 26)}"
