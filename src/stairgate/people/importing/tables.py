"""From the bytes of a spreadsheet to rows of plain text. Nothing is worked out: a formula is the text it is written as."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from openpyxl import load_workbook

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 60
LONGEST_CELL = 500
#: a workbook is a folder of compressed files: what they may be once unpacked
_MOST_UNPACKED = 16 * 1024 * 1024
_MOST_PARTS = 200
_MOST_RATIO = 100
_MOST_TAGS = 1_000_000  # 5,000 rows with every column filled have fewer
_MOST_SHEETS = 8
_TITLE_ROWS = 10  # above the names of the columns

_XLSX, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SAVE_AS = "Save it as an Excel workbook (.xlsx) or as CSV, and choose it again."


class Unreadable(Exception):
    """The file as a whole was refused; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a spreadsheet with the numbers they have in it; empty rows are left out."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    sheet: str = ""


def read_tables(data: bytes) -> Iterator[Table]:
    """Yield each sheet of a file, a CSV once for each delimiter it may have. Judged by what is in it, not by its name.

    Raises `Unreadable`.
    """
    if not data.strip():
        raise Unreadable("The file is empty.")
    if len(data) > MOST_BYTES:
        raise Unreadable(
            f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Leave only the list in it."
        )
    if data.startswith(_OLD):
        raise Unreadable(f"This is an old or locked Excel file. Take the password off. {_SAVE_AS}")
    return _sheets(data) if data.startswith(_XLSX) else _delimited(_text(data))


def _sheets(data: bytes) -> Iterator[Table]:
    _refuse_bombs(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        seen: set[str] = set()
        for sheet in book.worksheets[:_MOST_SHEETS]:
            if sheet._worksheet_path in seen:
                continue  # the same part under another name
            seen.add(sheet._worksheet_path)
            sheet.reset_dimensions()  # what the file claims of its size is not believed
            most = MOST_ROWS + _TITLE_ROWS + 2
            rows = sheet.iter_rows(max_row=most, max_col=MOST_COLUMNS, values_only=True)
            yield _table((map(_plain, row) for row in rows), sheet.title)
    except Unreadable:
        raise
    except Exception as error:  # the library raises whatever it stumbles over: a file is never a crash
        raise Unreadable(
            f"We cannot read this workbook: it is damaged or of another kind. {_SAVE_AS}"
        ) from error


def _refuse_bombs(data: bytes) -> None:
    """Raise `Unreadable` before anything is unpacked that would fill the memory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            parts = folder.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable(f"The file is damaged. {_SAVE_AS}") from error
    # zipfile hands out no more of a part than the size it names, so the sum of them is what there can be
    unpacked = sum(part.file_size for part in parts)
    too_large = len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * len(data)
    if too_large or _tags(data) > _MOST_TAGS:  # empty cells weigh next to nothing until each is read
        raise Unreadable(
            "There is far more in this file than a list of people. Copy only the list into a new one."
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable(f"This is not an Excel workbook. {_SAVE_AS}")


def _tags(data: bytes) -> int:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as folder:
            return sum(folder.read(part).count(b"<") for part in folder.infolist())
    except Exception as error:  # whatever zipfile and its unpackers stumble over
        raise Unreadable(f"The file is damaged. {_SAVE_AS}") from error


def _plain(value: Any) -> str:
    """Return a cell as text. Days are written as 2026-11-24, whatever they look like in the workbook."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**15:
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    return "="  # a formula over many cells


def _text(data: bytes) -> str:
    """Return the text of a CSV: UTF-8, UTF-16, or what Windows wrote before."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    if data[1:40:2].count(0) > 10:
        return _decoded(data, "utf-16-le")
    if data[0:40:2].count(0) > 10:
        return _decoded(data, "utf-16-be")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _decoded(data, "cp1252")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(f"This is no text that we can read. {_SAVE_AS}") from error


def _delimited(text: str) -> Iterator[Table]:
    if text.count("\x00") * 50 > len(text):
        raise Unreadable(f"This is neither a workbook nor a CSV. {_SAVE_AS}")
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == len("sep=;"):
        text = f"\n{rest}"  # a line for Excel alone: its row stays counted
    for delimiter in (",", ";", "\t"):
        try:
            yield _table(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise Unreadable(f"The CSV is damaged: {error}. {_SAVE_AS}") from error


def _table(rows: Iterable[Iterable[str]], sheet: str = "") -> Table:
    kept = []
    for number, row in enumerate(rows, start=1):
        cells = tuple(cell.strip()[: LONGEST_CELL + 1] for cell in islice(row, MOST_COLUMNS))
        if any(cells):
            kept.append((number, cells))
        if len(kept) > MOST_ROWS + _TITLE_ROWS:
            raise Unreadable(f"There are more than {MOST_ROWS:,} rows. Split the file, and import each part.")
    return Table(tuple(kept), sheet)
