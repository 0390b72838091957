"""Where somebody is with reading and signing, and who has not opened, read or signed the version in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from stairgate.clauses import control
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import holders
from stairgate.people.declaring.selectors import with_declared_on
from stairgate.people.models import Person
from stairgate.policies.library.selectors import must_read
from stairgate.policies.models import LibraryDocument, PolicyVersion, Questions, Reading, Signature
from stairgate.policies.packs.form import Pack, Question
from stairgate.policies.packs.loading import pack, shipped_packs
from stairgate.policies.reading.rules import (
    Confirmation,
    Step,
    confirmations,
    ends_of,
    question_from,
    step_of,
)
from stairgate.policies.selectors import signatures


def pack_for(version: PolicyVersion) -> Pack:
    """Return the pack whose questions go with a version: the one it was made from. One that came as a text has the
    questions of the pack for that kind of setting.
    """
    return directory_pack(version.organisation, version)


def directory_pack(organisation: Organisation, version: PolicyVersion | None) -> Pack:
    """Return the pack whose list of help is a setting's: that of its version, else that for its kind."""
    packs = [pack(name) for name in shipped_packs()]
    if version and version.content and version.content.get("pack") in shipped_packs():
        return pack(version.content["pack"])
    fitting = (one for one in packs if organisation.kind in one.kinds)
    return next(fitting, packs[0])


def confirmations_today(
    version: PolicyVersion, at: datetime, documents: Sequence[LibraryDocument] | None = None
) -> tuple[Confirmation, ...]:
    """Return the lines to be ticked under a version, with the safeguarding lead, the deputies and the library of that
    moment. Three queries, one less when it is known what everybody must know.
    """
    organisation = version.organisation
    day = organisation.day(at)
    people = list(holders(organisation, (Role.DSL, Role.DEPUTY_DSL), day).prefetch_related("roles"))
    lead = [one.first_name for one in people if Role.DSL in one.roles_on(day)]
    deputies = [one.first_name for one in people if Role.DSL not in one.roles_on(day)]
    must_know = must_read(organisation) if documents is None else documents
    named = [f"“{one.title}” ({one.version})" for one in must_know]
    sharing = version.parameters.share_from_own_accounts
    return confirmations(lead=lead, deputies=deputies, documents=named, sharing=sharing)


def questions_of(version: PolicyVersion) -> tuple[Question, ...]:
    """Return the questions bound to a version; none before somebody opened it."""
    bound = Questions.objects.filter(version=version).first()
    return tuple(question_from(one) for one in bound.asked) if bound else ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one person is with the version in force."""

    step: Step
    version: PolicyVersion | None
    person: Person | None
    reading: Reading | None
    signature: Signature | None
    parts_read: int = 0
    declared_on: date | None = None  # about their own accounts, for the last time


def progress_of(member: Membership, version: PolicyVersion | None) -> Progress:
    """Return how far a member is. Three queries at most."""
    mine = Person.objects.filter(user=member.user_id, organisation=member.organisation_id)
    person = with_declared_on(mine).first()
    if version is None:
        return Progress(Step.OPEN, None, person, None, None)
    reading = (
        Reading.objects.filter(version=version, user=member.user_id)
        .annotate(done=_parts_read(version))
        .first()
    )
    if reading is not None:
        reading.version = version  # nobody has to ask for it again
    signed = signatures(version).filter(user=member.user_id).select_related("version").first()
    step = step_of(
        opened=reading is not None,
        read_to_the_end=reading is not None and reading.read_at is not None,
        passed=reading is not None and reading.passed_at is not None,
        signed=signed is not None,
    )
    return Progress(
        step,
        version,
        person,
        reading,
        signed,
        parts_read=getattr(reading, "done", 0),
        declared_on=person.declared_on if person else None,
    )


def _parts_read(version: PolicyVersion) -> Count:
    """Count the parts that were read just as the version is cut into parts today."""
    return Count("parts", filter=Q(parts__so_far__in=ends_of(version.text)))


def must_sign(member: Membership, version: PolicyVersion | None, *, on: date) -> bool:
    """Return whether somebody on the register has no signature that holds under a version. One query."""
    return unsigned(member, version, on=on).exists()


def unsigned(member: Membership, version: PolicyVersion | None, *, on: date) -> QuerySet[Person]:
    """Return somebody's own row of the register while no signature of theirs holds under a version, else nothing."""
    if version is None:
        return Person.objects.none()
    mine = Person.objects.filter(user=member.user_id, organisation=member.organisation_id)
    return _here(mine, on).filter(~Exists(signatures(version).filter(user=member.user_id)))


def _here(people: QuerySet[Person], on: date) -> QuerySet[Person]:
    """Return who works here on a day, or will: whoever has not left."""
    return people.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=on))


@dataclass(frozen=True, slots=True)
class Reader:
    """One person of the register, and how far they are with one version."""

    person: Person
    step: Step
    opened_at: datetime | None
    signed_at: datetime | None
    signature: UUID | None
    parts_read: int
    read_at: datetime | None = None  # to the end

    @property
    def signs_in(self) -> bool:
        return self.person.user_id is not None


@control("C50", "Managers see who has not opened, not read or not signed the version in force")
@control("C44", "The list of who has still to sign is the staff register, not the list of accounts")
def readers(organisation: Organisation, version: PolicyVersion, *, on: date) -> list[Reader]:
    """Return everybody on the register who has not left, with how far they are: who is least far first. One query."""
    mine = Reading.objects.filter(version=version, user=OuterRef("user"))
    counted = mine.annotate(done=_parts_read(version)).values("done")
    signed = signatures(version).filter(user=OuterRef("user"))
    rows: QuerySet[Any] = _here(organisation.people.all(), on).annotate(
        opened_at=Subquery(mine.values("opened_at")[:1]),
        finished_at=Subquery(mine.values("read_at")[:1]),
        passed_at=Subquery(mine.values("passed_at")[:1]),
        parts_read=Subquery(counted[:1]),
        signed_at=Subquery(signed.values("signed_at")[:1]),
        signature=Subquery(signed.values("pk")[:1]),
    )
    found = [
        Reader(
            person=row,
            step=step_of(
                opened=row.opened_at is not None,
                read_to_the_end=row.finished_at is not None,
                passed=row.passed_at is not None,
                signed=row.signed_at is not None,
            ),
            opened_at=row.opened_at,
            signed_at=row.signed_at,
            signature=row.signature,
            parts_read=row.parts_read or 0,
            read_at=row.finished_at,
        )
        for row in rows
    ]
    order = list(Step)
    return sorted(
        found,
        key=lambda one: (
            one.signs_in,
            order.index(one.step),
            one.person.first_name.lower(),
            str(one.person.pk),
        ),
    )


def signatures_in(organisation: Organisation) -> QuerySet[Signature]:
    """Return everything that was ever signed in a setting, the newest first."""
    return (
        Signature.objects.filter(version__organisation=organisation)
        .select_related("version__organisation", "reading")
        .order_by("-signed_at")
    )
