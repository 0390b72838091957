"""The receipt of a weekly check as a paper: what was looked at, every answer, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from stairgate.clauses import control
from stairgate.ledger.models import Checkpoint
from stairgate.monitoring.checking.models import CheckAnswer, PageCheck
from stairgate.monitoring.checking.rules import Answer, Heading
from stairgate.organisations.models import Organisation
from stairgate.organisations.papers import seal_words
from stairgate.printing import paper
from stairgate.printing.paper import Element, Paper


@control(
    "C38",
    "Each check is printed with who, when, what was looked at and what was found, and its place in the record",
)
def receipt_paper(
    row: PageCheck,
    lines: Sequence[tuple[Heading, CheckAnswer]],
    sealed: Checkpoint | None,
    *,
    at: datetime,
) -> Paper:
    """Return a signed check as a paper. ``sealed``: the signed statement of the record that covers it, if there is one."""
    place = row.organisation
    local = place.local(at)
    return Paper(
        title="Nothing found: a quiet week" if row.is_nil else "Weekly check",
        sender=place.name,
        about=f"Signed {_moment(place, row.signed_at)}. Printed {local:%A} {local.day} {local:%B %Y, %H:%M}.",
        foot=f"{place.name} · weekly check · seal {row.digest[:8]} · {local.day} {local:%B %Y, %H:%M}",
        made_at=local,
        elements=[
            paper.facts(_signed(row)),
            paper.heading(2, "What was looked at"),
            paper.table(
                ("Account", "Address", "Last read by us"),
                [(one["name"], one["address"], _read(place, one)) for one in row.receipt["accounts"]],
                widths=(30, 40, 30),
            ),
            paper.heading(2, "What was found"),
            paper.table(
                ("Heading", "Answer", "What was found and done", "By"),
                [_line(heading, one) for heading, one in lines],
                widths=(28, 18, 38, 16),
            ),
            *_anew(row),
            *_note(row),
            *_proof(row, sealed),
        ],
    )


def _moment(place: Organisation, when: datetime | None) -> str:
    if when is None:
        return ""
    local = place.local(when)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _signed(row: PageCheck) -> list[tuple[str, str]]:
    place, by = row.organisation, row.signed_by
    came = row.receipt["came_in"]
    return [
        ("Signed by", by.first_name if by else ""),
        ("Signed", _moment(place, row.signed_at)),
        ("Covers what came in from", _moment(place, row.since)),
        ("Was due by", f"{row.due_on.day} {row.due_on:%B %Y}" if row.due_on else ""),
        ("Came in", str(sum(came.values())) if came else "nothing"),
    ]


def _read(place: Organisation, account: dict[str, Any]) -> str:
    if account["by_hand"]:
        return "read there by whoever checked"
    return _moment(place, datetime.fromisoformat(account["read"])) if account["read"] else ""


def _line(heading: Heading, one: CheckAnswer) -> tuple[str, str, str, str]:
    said = heading.none if one.answer == Answer.NONE else heading.found
    return (heading.short or heading.asks, said, one.note, one.by.first_name)


def _anew(row: PageCheck) -> Iterator[Element]:
    found = row.receipt.get("answered_anew", [])
    if found:
        yield paper.heading(2, "Found, and answered anew later")
        rows = [(one["heading"], one["note"], one["by"]) for one in found]
        yield paper.table(("Heading", "What was found and done", "By"), rows, widths=(28, 52, 20))


def _note(row: PageCheck) -> Iterator[Element]:
    if row.note:
        yield paper.heading(2, "Noted")
        yield paper.words(row.note)


def _proof(row: PageCheck, sealed: Checkpoint | None) -> Iterator[Element]:
    yield paper.heading(2, "What proves it")
    rows = [
        ("Seal of this check", seal_words(row.digest)),
        ("Place in the record", str(row.entry)),
        ("Covered by the signed record of", _moment(row.organisation, sealed.at) if sealed else "not yet"),
    ]
    if sealed is not None:
        rows.append(("Entries then", str(sealed.size)))
        rows.append(("Fingerprint of the record", seal_words(bytes(sealed.root).hex())))
    yield paper.facts(rows)
    yield paper.small("Export the record and run “stairgate verify”: it needs nothing of ours to check this.")
