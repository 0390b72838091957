"""The request that an account comes from, as a paper. The settings sheet is in `baseline.printed`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from stairgate.channels.asking.form import Step
from stairgate.channels.models import AccountRequest
from stairgate.clauses import control
from stairgate.organisations.papers import seal_words
from stairgate.printing import paper
from stairgate.printing.paper import Element, Paper


def request_paper(
    row: AccountRequest, told: Sequence[tuple[Step, list[tuple[str, str]]]], taken_back: str, *, at: datetime
) -> Paper:
    """Return a request that was sent as a paper: every answer (``told``), what was signed, the decision, its conditions.

    ``taken_back``: why somebody else than whoever asked took it back.
    """
    place = row.organisation
    local = place.local(at)
    return Paper(
        title=f"Request for an account: {row}",
        sender=place.name,
        about=f"{row.get_state_display()}. Printed {_moment(local)}.",
        foot=f"{place.name} · {row} · request · seal {row.digest[:8]} · {local.day} {local:%B %Y, %H:%M}",
        made_at=local,
        elements=[
            paper.facts(_asked(row)),
            *(one for step, lines in told for one in _step(step, lines)),
            paper.heading(2, "What was signed"),
            *_signatures(row),
            *_decision(row, taken_back),
            paper.small(f"Every signature is bound to this seal of the form: {seal_words(row.digest)}."),
        ],
    )


def _moment(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M}"


def _asked(row: AccountRequest) -> list[tuple[str, str]]:
    sent = _moment(row.organisation.local(row.sent_at)) if row.sent_at else ""
    person = getattr(row.requested_by, "person", None)
    return [("Asked for by", person.full_name if person else row.requested_by.first_name), ("Sent", sent)]


def _step(step: Step, lines: Sequence[tuple[str, str]]) -> list[Element]:
    return [paper.heading(2, step.title), paper.facts(lines)]


def _signatures(row: AccountRequest) -> Iterator[Element]:
    signed = (
        ("Safeguarding lead", row.lead_name, row.lead_at),
        ("Service manager", row.decided_name, row.decided_at),
        ("Second signature", row.cosigned_name, row.cosigned_at),
    )
    rows = [(what, name, _moment(row.organisation.local(when))) for what, name, when in signed if when]
    if rows:
        yield paper.table(("As", "Signed with the name", "When"), rows, widths=(28, 36, 36))
    else:
        yield paper.words("Nothing yet.")


@control("C103", "The request is printed whole, with each signature, its time and the seal it is bound to")
def _decision(row: AccountRequest, taken_back: str) -> Iterator[Element]:
    if row.decided_at is not None:
        until = f"{row.until.day} {row.until:%B %Y}" if row.until else ""
        decided = [("Decision", row.get_decision_display()), ("Reason", row.reason), ("Until", until)]
        yield paper.heading(2, "The decision")
        yield paper.facts(decided)
    if row.conditions:
        conditions = [(one["words"], _day(one["due_on"])) for one in row.conditions]
        yield paper.table(("Condition", "By"), conditions, widths=(72, 28))
    if taken_back:
        yield paper.facts([("Taken back, because", taken_back)])


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
