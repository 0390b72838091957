"""Deeds on the library: record a version, withdraw one, say that one read it, look at a contact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from stairgate.clauses import Coverage, control
from stairgate.ledger.services import record
from stairgate.organisations.access import NotAllowed, actor_in, manager_in
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.organisations.rules import Duty, Role
from stairgate.people.models import Person
from stairgate.policies.library.models import ContactCheck, LibraryDocument, Receipt
from stairgate.policies.library.rules import LONGEST_CONTACT, Details, Kind, details_problem
from stairgate.policies.library.selectors import Entry, current, unread

#: who looks at the list of help
CHECKERS = frozenset({Role.MANAGER, Role.DSL, Role.DEPUTY_DSL})
LONGEST_REASON = 300


class CannotKeep(Exception):
    """Nothing was kept; the message says why and what to do."""


def may_record(member: Membership, kind: str, at: datetime) -> bool:
    """Return whether somebody records versions of such a document: managers do, and the lead the one on safeguarding."""
    on = member.organisation.day(at)
    leads = kind == Kind.SAFEGUARDING and Role.DSL in member.roles_on(on)
    return leads or Duty.MANAGE in member.duties_on(on)


@control("C11", "Our safeguarding policy is kept in the library, version by version")
@transaction.atomic
def record_document(
    *,
    actor: User,
    organisation: Organisation,
    kind: Kind,
    details: Details,
    at: datetime,
    replaces: LibraryDocument | None = None,
) -> LibraryDocument:
    """Keep a version of a document, a new one or the next of ``replaces``; return it. Receipts of that one stay its own.

    Raises `NotAllowed`, and `CannotKeep` when something in it cannot be, or the version is not the newest any more.
    """
    member = actor_in(actor, organisation.id)
    _require(member, kind, at)
    on = organisation.day(at)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    there = current(organisation).filter(kind=kind)
    if replaces is not None and not there.filter(pk=replaces.pk).exists():
        raise CannotKeep("There is a newer version already, or it was withdrawn. Look at the library.")
    if replaces is None and kind == Kind.SAFEGUARDING and there.exists():
        raise CannotKeep("There is one already. Record the next version of it.")
    if there.filter(title__iexact=details.title, version__iexact=details.version).exists():
        raise CannotKeep(
            "This version is there already. Call another one by another name, such as its month."
        )
    if problem := details_problem(kind, details, on):
        raise CannotKeep(problem)
    row = LibraryDocument.objects.create(
        organisation=organisation,
        kind=kind,
        title=details.title,
        version=details.version,
        adopted_on=details.adopted_on,
        review_by=details.review_by,
        link=details.link,
        place=details.place,
        for_everyone=details.for_everyone or kind == Kind.SAFEGUARDING,
        recorded_by=actor,
        recorded_at=at,
        recorded_on=on,
        replaces=replaces,
    )
    _write(row, actor, "policies.document_recorded", _said(row), at)
    return row


def _said(row: LibraryDocument) -> dict[str, object]:
    return {
        "kind": row.kind,
        "title": row.title,
        "version": row.version,
        "adopted_on": row.adopted_on.isoformat(),
        "review_by": row.review_by.isoformat(),
        "for_everyone": row.for_everyone,
        "replaces": str(row.replaces_id or ""),
    }


@transaction.atomic
def withdraw_document(*, actor: User, document: LibraryDocument, reason: str, at: datetime) -> None:
    """Take a document out of the library; it stays on record. Raises `NotAllowed`, `CannotKeep`."""
    member = actor_in(actor, document.organisation_id)
    _require(member, document.kind, at)
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise CannotKeep(f"Say why, in {LONGEST_REASON} letters at most.")
    rows = current(document.organisation).filter(pk=document.pk)
    if not rows.update(withdrawn_at=at, withdrawn_by=actor, withdrawn_because=reason):
        raise CannotKeep("It was withdrawn or replaced already.")
    _write(document, actor, "policies.document_withdrawn", {"reason": reason}, at)


def _require(member: Membership, kind: str, at: datetime) -> None:
    if not may_record(member, kind, at):
        raise NotAllowed(
            "A manager records the documents of the library; the safeguarding lead the one on safeguarding."
        )


@control(
    "C50",
    "Each says of each version that they read it, and that is kept with its time; a receipt is for that version only",
    coverage=Coverage.WHOLE,
)
@transaction.atomic
def say_read(*, actor: User, document: LibraryDocument, at: datetime) -> None:
    """Keep that somebody has read the version that holds. Twice is once. Raises `NotAllowed`, `CannotKeep`."""
    actor_in(actor, document.organisation_id)
    person = Person.objects.filter(user=actor, organisation=document.organisation_id).first()
    if person is None:
        raise CannotKeep("You are not on the staff register yet. Ask your manager to add you.")
    _require_current(document)
    _receipts([document], person, Receipt.Means.LIBRARY, actor, at)


@transaction.atomic
def say_read_for(*, actor: User, person: Person, document: LibraryDocument, at: datetime) -> None:
    """Keep that a manager gave a document to somebody who does not sign in, and they read it.

    Raises `NotAllowed`, also for whoever signs in: they say it themselves. `CannotKeep` for a version that is over.
    """
    manager_in(actor, document.organisation_id)
    if person.organisation_id != document.organisation_id or person.user_id is not None:
        raise NotAllowed("They sign in, and say it themselves.")
    _require_current(document)
    _receipts([document], person, Receipt.Means.TOLD, actor, at)


def keep_receipts_of_signing(*, person: Person, documents: Iterable[LibraryDocument], at: datetime) -> None:
    """Keep the receipts of what somebody confirmed by name with their signature, which is authorised there.

    ``documents``: those whose names they had before them. What came in meanwhile they have still to read.
    """
    assert person.user is not None
    new = unread(person.organisation, person=person).filter(pk__in=[one.pk for one in documents])
    _receipts(new, person, Receipt.Means.SIGNING, person.user, at)


def _require_current(document: LibraryDocument) -> None:
    if not current(document.organisation).filter(pk=document.pk).exists():
        raise CannotKeep("There is a newer version of it. Please read that one.")


def _receipts(
    documents: Iterable[LibraryDocument], person: Person, means: Receipt.Means, by: User, at: datetime
) -> None:
    for document in documents:
        _, new = Receipt.objects.get_or_create(
            document=document, person=person, defaults={"at": at, "means": means, "noted_by": by}
        )
        if new:
            said = {"person": str(person.pk), "means": means.value, "version": document.version}
            _write(document, by, "policies.document_read", said, at)


@control(
    "C69", "Who looks at the list of help, a lead, a deputy or a manager, is kept with each look at an entry"
)
@transaction.atomic
def check_contact(
    *, actor: User, organisation: Organisation, entry: Entry, seen: str, changed_to: str, at: datetime
) -> ContactCheck:
    """Keep that somebody looked at an entry today: it is as they saw it, or it has changed. Return the look.

    Raises `NotAllowed`, and `CannotKeep` when they saw other words than those shown now, or the new ones are too long.
    """
    member = actor_in(actor, organisation.id)
    on = organisation.day(at)
    if not member.roles_on(on) & CHECKERS:
        raise NotAllowed("The safeguarding lead, a deputy or a manager looks at the list of help.")
    if seen != entry.contact:
        raise CannotKeep(f"{entry.name} has changed since you opened the page. Please look again.")
    contact = " ".join(changed_to.split()) or entry.contact
    if len(contact) > max(LONGEST_CONTACT, len(entry.contact)):
        raise CannotKeep(f"That is too long: {LONGEST_CONTACT} letters fit.")
    row = ContactCheck.objects.create(
        organisation=organisation,
        entry=entry.id,
        policy_says=entry.policy_says,
        contact=contact,
        by=actor,
        on=on,
        at=at,
    )
    said = {"entry": entry.id, "contact": contact, "changed": contact != entry.contact}
    _ledger(organisation.id, actor, "policies.contact_checked", row.pk, said, at)
    return row


def _write(
    document: LibraryDocument, actor: User, kind: str, said: Mapping[str, object], at: datetime
) -> None:
    _ledger(document.organisation_id, actor, kind, document.pk, said, at)


def _ledger(
    organisation: UUID, actor: User, kind: str, subject: object, said: Mapping[str, object], at: datetime
) -> None:
    record(
        organisation_id=organisation,
        kind=kind,
        actor=str(actor.pk),
        subject=str(subject),
        payload=said,
        at=at,
    )
