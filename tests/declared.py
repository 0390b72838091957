"""A declaration as one row: for tests whose people have declared, and nothing of how they did it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from stairgate.people.declaring.rules import QUESTIONS
from stairgate.people.models import Declaration, Person
from stairgate.people.sealed import seal_answers


def declared(people: Iterable[Person], at: datetime) -> None:
    """Have people declare that nothing is to do. One query."""
    answers = json.dumps({question.name: str(question.wanted) for question in QUESTIONS})
    made = []
    for person in people:
        row = Declaration(
            person=person,
            declared_at=at,
            declared_on=person.organisation.day(at),
            needs_plan=False,
            needs_help=False,
        )
        row.answers_sealed = seal_answers(row, answers)
        made.append(row)
    Declaration.objects.bulk_create(made)
