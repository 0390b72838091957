"""The staff register as a paper: what the page shows, and never a certificate's number or a date of birth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from stairgate.organisations.models import Organisation
from stairgate.people.selectors import Row
from stairgate.printing import paper
from stairgate.printing.paper import Paper

_HEAD = (
    *("Name", "Job", "Works here as", "From", "DBS check seen", "Look again by"),
    *("Child protection until", "Online safety until", "Policy signed", "May manage content"),
)
_WIDTHS = (15, 16, 10, 10, 13, 10, 11, 11, 11, 14)


def register_paper(organisation: Organisation, rows: Sequence[Row], *, at: datetime) -> Paper:
    """Return the register as it stands as a paper, by name."""
    local = organisation.local(at)
    in_order = sorted(rows, key=lambda row: (row.person.full_name.casefold(), str(row.person.pk)))
    many = f"{len(rows)} {'person' if len(rows) == 1 else 'people'}"
    return Paper(
        title="Staff register",
        sender=organisation.name,
        about=f"{many}, as it stood on {local:%A} {local.day} {local:%B %Y at %H:%M}. Confidential.",
        foot=f"{organisation.name} · staff register · {local.day} {local:%B %Y, %H:%M} · confidential",
        made_at=local,
        elements=[
            paper.table(_HEAD, [_cells(row, organisation) for row in in_order], widths=_WIDTHS),
            paper.small(
                "Numbers of certificates and dates of birth are not printed. A manager sees them on screen."
            ),
        ],
        wide=True,
    )


def _cells(row: Row, organisation: Organisation) -> tuple[str, ...]:
    person, facts, found = row.person, row.facts, row.found
    full = facts.enhanced_check and facts.barred_list_checked
    kind = "" if full or not found.check_level else f" ({found.check_level}, not the full one)"
    return (
        person.full_name,
        person.job_title,
        person.get_basis_display(),
        _day(person.started_on),
        f"{_day(found.check_seen_on)}{kind}",
        _day(facts.check_review_on),
        _day(facts.training_expires_on),
        _day(facts.online_safety_expires_on),
        _day(organisation.day(found.signed_at) if found.signed_at else None),
        _may(row),
    )


def _may(row: Row) -> str:
    if row.may_manage:
        return f"Yes: {row.does.lower()}"
    return "No: " + " ".join(reason.says for reason in row.reasons) if row.reasons else "Not asked to"


def _day(day: date | None) -> str:
    return f"{day.day} {day:%b %Y}" if day else "none"
