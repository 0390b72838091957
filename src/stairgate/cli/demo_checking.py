"""Willow Lane's rota, and its last weekly checks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stairgate.monitoring.checking.receipts import seal, step_seal
from stairgate.monitoring.checking.rota import set_rota
from stairgate.monitoring.checking.rules import Answer, Given, Step, headings_of
from stairgate.monitoring.checking.selectors import check_now
from stairgate.monitoring.checking.services import answer, sign

if TYPE_CHECKING:
    from stairgate.cli.demo import Nursery


def make_rota(place: Nursery, now: datetime) -> None:
    """Let Kofi do the check, Priya step in, and Gwen when both are away."""
    users = [place.people[name].pk for name in ("Kofi", "Priya", "Gwen")]
    set_rota(actor=place.people["Priya"], organisation=place.organisation, users=users, at=now)


def go_through(place: Nursery, now: datetime) -> None:
    """Let Kofi go through a check of the accounts as they are: a quiet week."""
    kofi = place.people["Kofi"]
    for step in Step:
        given = {heading.id: Given(Answer.NONE) for heading in headings_of(step)}
        check = answer(
            actor=kofi,
            organisation=place.organisation,
            step=step,
            given=given,
            seen=step_seal(step, {}),
            at=now,
        )
    seen = seal(check_now(place.organisation, now))
    sign(actor=kofi, check=check, seen=seen, note="", at=now)
