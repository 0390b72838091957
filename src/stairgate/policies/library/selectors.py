"""What stands in the library, who has still to read it, and the list of help with the newest look at each entry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from stairgate.clauses import control
from stairgate.organisations.models import Organisation
from stairgate.people.models import Person
from stairgate.people.rules import DAYS_TO_READ
from stairgate.policies.library.models import ContactCheck, LibraryDocument, Receipt
from stairgate.policies.library.rules import Kind, addresses_in, check_contact_by, is_fresh
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.filling import Facts, contact_of
from stairgate.policies.packs.form import Contact, Pack
from stairgate.policies.packs.tailoring import Tailoring


def current(organisation: OuterRef | Organisation) -> QuerySet[LibraryDocument]:
    """Return the versions that hold: replaced by none, and not withdrawn."""
    return LibraryDocument.objects.filter(
        organisation=organisation, replaced_by__isnull=True, withdrawn_at__isnull=True
    )


def safeguarding(organisation: OuterRef | Organisation) -> QuerySet[LibraryDocument]:
    """Return the safeguarding policy that holds, the one that lasts longest first (C11)."""
    return current(organisation).filter(kind=Kind.SAFEGUARDING).order_by("-review_by")


def safeguarding_until(organisation: OuterRef | Organisation) -> Subquery:
    """Return the last day on which the safeguarding policy counts, in another query; NULL when there is none."""
    return Subquery(safeguarding(organisation).values("review_by")[:1])


def must_read(organisation: OuterRef | Organisation) -> QuerySet[LibraryDocument]:
    """Return the versions that everybody must know, the oldest first."""
    return current(organisation).filter(for_everyone=True).order_by("recorded_at", "pk")


def unread(organisation: OuterRef | Organisation, **whose: Any) -> QuerySet[LibraryDocument]:
    """Return what somebody has still to read; ``whose`` says whose receipts they are."""
    receipts = Receipt.objects.filter(document=OuterRef("pk"), **whose)
    return must_read(organisation).filter(~Exists(receipts))


def late_to_read(organisation: Organisation, on: date) -> Coalesce:
    """Return the title of what somebody should have read by that day, "" when nothing, in a query whose rows have a
    ``user``: members, or people of the register.
    """
    late = unread(organisation, person__user=OuterRef(OuterRef("user"))).filter(
        recorded_on__lt=on - timedelta(days=DAYS_TO_READ)
    )
    return Coalesce(Subquery(late.values("title")[:1]), Value(""), output_field=CharField())


def unread_of(organisation: Organisation) -> dict[str, Any]:
    """Return, for a query of people, the title of what each has still to read, and since when it is there."""
    mine = unread(organisation, person=OuterRef(OuterRef("pk")))
    return {
        "unread": Coalesce(Subquery(mine.values("title")[:1]), Value(""), output_field=CharField()),
        "unread_since": Subquery(mine.values("recorded_on")[:1]),
    }


def people_here(organisation: Organisation, on: date) -> QuerySet[Person]:
    """Return the staff list of a day by first name."""
    here = Q(ended_on__isnull=True) | Q(ended_on__gte=on)
    return Person.objects.filter(here, organisation=organisation, started_on__lte=on).order_by(
        "first_name", "pk"
    )


@control("C50", "Managers see of each document who has not read the version that holds")
def not_read(document: LibraryDocument, on: date) -> QuerySet[Person]:
    """Return who works here and has no receipt for this version. One query."""
    return people_here(document.organisation, on).filter(
        ~Exists(Receipt.objects.filter(document=document, person=OuterRef("pk")))
    )


def story(document: LibraryDocument) -> list[LibraryDocument]:
    """Return every version of a document, newest first. One query."""
    rows = list(
        LibraryDocument.objects.filter(organisation=document.organisation_id, kind=document.kind)
        .select_related("recorded_by", "withdrawn_by")
        .order_by("-recorded_at", "-pk")
    )
    known = {row.pk: row for row in rows}
    after = {row.replaces_id: row for row in rows if row.replaces_id}
    newest = known[document.pk]
    while newest.pk in after:
        newest = after[newest.pk]
    found = [newest]
    while found[-1].replaces_id:
        found.append(known[found[-1].replaces_id])
    return found


def withdrawn(organisation: Organisation) -> QuerySet[LibraryDocument]:
    """Return what was taken out of the library, the last first."""
    return LibraryDocument.objects.filter(organisation=organisation, withdrawn_at__isnull=False).order_by(
        "-withdrawn_at"
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One contact of the list of help as it is shown, and the newest look at it."""

    id: str
    name: str
    use: str
    scope: str
    contact: str
    policy_says: str
    clauses: tuple[str, ...]
    checked_on: date | None
    checked_by: str
    check_by: date
    fresh: bool

    @property
    def addresses(self) -> tuple[str, ...]:
        """The web addresses in it, to be opened."""
        return addresses_in(self.contact)

    @property
    def changed(self) -> bool:
        """Whether it has changed since the policy was written."""
        return self.contact != self.policy_says


@control(
    "C53", "The list of help shows of each entry who looked at it when, and flags what nobody did for a term"
)
@control(
    "C69", "Each entry of the list of help has a day by which it is looked at again; what was not is marked"
)
def entries(organisation: Organisation, version: PolicyVersion | None, pack: Pack, on: date) -> list[Entry]:
    """Return the list of help, what is near first; an entry that nobody filled in is left out. One query."""
    newest: dict[str, ContactCheck] = {}
    for check in ContactCheck.objects.filter(organisation=organisation).select_related("by"):
        newest.setdefault(check.entry, check)
    facts = _facts(version)
    since = organisation.day(version.adopted_at if version else organisation.created_at)
    found = [
        _entry(one, said, newest.get(one.id), since, on)
        for one in pack.directory
        if (said := contact_of(one, facts))
    ]
    return sorted(found, key=lambda one: one.scope != "local")


def _facts(version: PolicyVersion | None) -> Facts:
    return Tailoring.from_json(version.content).said if version and version.content else Facts()


def _entry(one: Contact, said: str, check: ContactCheck | None, since: date, on: date) -> Entry:
    # a look counts for the words that were looked at: once the policy says something new, nobody has looked at that
    holds = check if check and said in (check.policy_says, check.contact) else None
    checked_on = holds.on if holds else None
    return Entry(
        id=one.id,
        name=one.name,
        use=one.use[:1].upper() + one.use[1:],
        scope=one.scope,
        contact=holds.contact if holds else said,
        policy_says=said,
        clauses=one.clauses,
        checked_on=checked_on,
        checked_by=holds.by.first_name if holds else "",
        check_by=check_contact_by(checked_on, since),
        fresh=is_fresh(checked_on, on),
    )


def stale(found: Iterable[Entry]) -> list[Entry]:
    """Return the entries that nobody has looked at for a term."""
    return [one for one in found if not one.fresh]


#: what an entry serves when it is there for families and young people
FOR_FAMILIES = frozenset({"C53", "C61", "C62"})


@control(
    "C69",
    "The card for families leaves out what nobody has looked at; 999 and our own lead always stand on it",
)
def for_the_card(found: Iterable[Entry]) -> list[Entry]:
    """Return the entries that families and young people are given: only those somebody has looked at this term."""
    return [one for one in found if one.fresh and FOR_FAMILIES & set(one.clauses)]
