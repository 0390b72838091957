"""Declaring, reading a declaration, and agreeing a plan. The ledger keeps who did what, never an answer or a word of a plan."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from stairgate.clauses import control
from stairgate.organisations.access import NotAllowed, actor_in
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Role
from stairgate.people.declaring.rules import QUESTIONS, Answer, follow_up
from stairgate.people.models import Declaration, FamilyPlan, Person
from stairgate.people.sealed import open_answers, open_plan, seal_answers, seal_plan
from stairgate.people.services import write_down

#: who reads what others declared, and agrees plans with them
READERS = frozenset({Role.MANAGER, Role.DSL})
LONGEST_PLAN = 2_000


class CannotDeclare(Exception):
    """Nothing was kept; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A declaration as it is read: each question with its answer, and the plan in force."""

    declaration: Declaration
    answers: tuple[tuple[str, str], ...]
    plan: str
    by: str  # who wrote the plan
    agreed: bool
    which: str  # of the plan, so that nobody agrees to a newer one unseen


@control(
    "C68",
    "What somebody declared of families is read by a manager, the lead and themselves; each look is recorded",
)
def reads(member: Membership, person: Person, at: datetime) -> bool:
    """Return whether somebody may read what this person declared."""
    if person.organisation_id != member.organisation_id:
        return False
    return person.user_id == member.user_id or bool(READERS & member.roles_on(member.organisation.day(at)))


@transaction.atomic
def declare(
    *, actor: User, organisation: Organisation, answers: Mapping[str, Answer], at: datetime
) -> Declaration:
    """Keep what somebody declares of themselves, sealed; return the row. Raises `NotAllowed`, `CannotDeclare`."""
    actor_in(actor, organisation.id)
    person = (
        Person.objects.select_for_update(of=("self",)).filter(user=actor, organisation=organisation).first()
    )
    if person is None:
        raise CannotDeclare("You are not on the staff register yet. Ask your manager to add you.")
    if set(answers) != {question.name for question in QUESTIONS}:
        raise CannotDeclare("Answer every question. “I need help” is an answer too.")
    said = json.dumps({name: str(answers[name]) for name in sorted(answers)})
    last, on = newest(person), organisation.day(at)
    if last is not None and last.declared_on == on and open_answers(last) == said:
        return last  # the same press twice: what was agreed on it stays
    todo = follow_up(answers)
    made = Declaration(
        person=person,
        declared_at=at,
        declared_on=on,
        needs_plan=todo.plan or _unsettled(last),
        needs_help=todo.help,
    )
    made.answers_sealed = seal_answers(made, said)
    made.save(force_insert=True)
    write_down(actor, person, "people.declared", {"declaration": str(made.pk)}, at)
    return made


@control("C68", "What was disclosed is settled with somebody else: another answer does not take it away")
def _unsettled(last: Declaration | None) -> bool:
    """Return whether what was declared last waits for a plan, or for the yes to one."""
    if last is None or not last.needs_plan:
        return False
    plan = last.plans.first()
    return plan is None or plan.agreed_at is None


def newest(person: Person) -> Declaration | None:
    """Return what a person declared last. One query."""
    return Declaration.objects.filter(person=person).order_by("-declared_at", "-pk").first()


@transaction.atomic
def read(*, actor: User, person: Person, at: datetime) -> Opened | None:
    """Return what a person declared last with the plan; the look is recorded, but for one's own. None without one.

    Raises `NotAllowed`, `CannotOpen`.
    """
    member = actor_in(actor, person.organisation_id)
    if not reads(member, person, at):
        raise NotAllowed(
            "Only a manager, the safeguarding lead and the person themselves read a declaration."
        )
    found = newest(person)
    if found is None:
        return None
    if person.user_id != actor.pk:
        write_down(actor, person, "people.declaration_read", {"declaration": str(found.pk)}, at)
    plan = found.plans.select_related("written_by").first()
    said = json.loads(open_answers(found))
    return Opened(
        declaration=found,
        answers=tuple((q.asks, _WORDS[said[q.name]]) for q in QUESTIONS if q.name in said),
        plan=open_plan(plan) if plan else "",
        by=plan.written_by.first_name if plan else "",
        agreed=plan is not None and plan.agreed_at is not None,
        which=str(plan.pk) if plan else "",
    )


_WORDS = {Answer.YES: "Yes", Answer.NO: "No", Answer.HELP: "I need help"}


@control(
    "C68",
    "The plan for a connection with a family is written by a manager or the lead, and agreed by the person",
)
@transaction.atomic
def write_plan(*, actor: User, declaration: Declaration, words: str, at: datetime) -> FamilyPlan:
    """Keep a plan for a connection with a family, sealed; return it. The person still has to agree.

    Raises `NotAllowed`, also for one's own; `CannotDeclare` where there is no connection, or a newer declaration.
    """
    declaration = _held(actor, declaration, at)
    words = words.strip()
    if not declaration.needs_plan:
        raise CannotDeclare("No connection with a family was declared, so there is nothing to plan.")
    if not words or len(words) > LONGEST_PLAN:
        raise CannotDeclare(f"Write what you agreed, in {LONGEST_PLAN:,} letters at most.")
    plan = FamilyPlan(declaration=declaration, written_by=actor, written_at=at)
    plan.words_sealed = seal_plan(plan, words)
    plan.save(force_insert=True)
    write_down(actor, declaration.person, "people.plan_written", {"declaration": str(declaration.pk)}, at)
    return plan


@transaction.atomic
def agree(*, actor: User, organisation: Organisation, seen: str, at: datetime) -> None:
    """Record that somebody has read the plan they saw, which is the newest, and keeps to it. Twice is once.

    Raises `NotAllowed`, and `CannotDeclare` when there is none, or a newer one.
    """
    actor_in(actor, organisation.id)
    person = Person.objects.filter(user=actor, organisation=organisation).first()
    found = newest(person) if person else None
    plan = found.plans.first() if found else None
    if person is None or plan is None:
        raise CannotDeclare("There is no plan to agree to.")
    if str(plan.pk) != seen:
        raise CannotDeclare("The plan has changed since you read it. Please read it again.")
    if FamilyPlan.objects.filter(pk=plan.pk, agreed_at__isnull=True).update(agreed_at=at):
        write_down(actor, person, "people.plan_agreed", {"declaration": str(plan.declaration_id)}, at)


@transaction.atomic
def helped(*, actor: User, declaration: Declaration, at: datetime) -> None:
    """Record that somebody who needed help got it. Twice is once. Raises `NotAllowed`, `CannotDeclare`."""
    declaration = _held(actor, declaration, at)
    if declaration.needs_help and declaration.helped_at is None:
        declaration.helped_at, declaration.helped_by = at, actor
        declaration.save(update_fields=["helped_at", "helped_by"])
        write_down(
            actor, declaration.person, "people.declaration_helped", {"declaration": str(declaration.pk)}, at
        )


def _held(actor: User, declaration: Declaration, at: datetime) -> Declaration:
    """Return the declaration, locked, when the actor may act on it. Raises `NotAllowed`, `CannotDeclare`."""
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("person__organisation")
    found = rows.get(pk=declaration.pk)
    member = actor_in(actor, found.person.organisation_id)
    if not reads(member, found.person, at):
        raise NotAllowed("Only a manager or the safeguarding lead does this.")
    if found.person.user_id == actor.pk:
        raise NotAllowed("Somebody else has to do this for you: a manager or the safeguarding lead.")
    last = newest(found.person)
    if last is None or last.pk != found.pk:
        raise CannotDeclare("There is a newer declaration. Read that one.")
    return found
