"""Reminders of the library: what to read, what to look at again, and the list of help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from stairgate.assurance.reminding.rules import Due, Kind, step_of
from stairgate.assurance.reminding.setting import Setting, Source
from stairgate.clauses import control
from stairgate.organisations.rules import Role
from stairgate.people.rules import DAYS_TO_READ
from stairgate.policies.library.models import Receipt
from stairgate.policies.library.rules import Kind as About
from stairgate.policies.library.selectors import current, entries, must_read, stale
from stairgate.policies.reading.selectors import directory_pack

_TO_READ = timedelta(days=DAYS_TO_READ)


@control(
    "C50", "Everybody who signs in is asked, on Today and by e-mail, to read each new version they must know"
)
def to_read(setting: Setting) -> Iterator[Due]:
    """Each document that somebody must know and has not read, late after its days for reading. Two queries."""
    documents = list(must_read(setting.organisation))
    rows = Receipt.objects.filter(document__in=documents, person__user__isnull=False)
    read = set(rows.values_list("document_id", "person__user_id"))
    for document in documents:
        for member in setting.members:
            if (document.pk, member.user_id) not in read:
                day = max(document.recorded_on, member.started_on)
                says = f"Read “{document.title}”, {document.version}"
                due_at = setting.end_of(day + _TO_READ)
                yield Due(member.user_id, Kind.READ, str(document.pk), due_at, says, str(document.pk))


@control(
    "C11",
    "The day on which our safeguarding policy is looked at again is told 90, 30 and 7 days before, and after",
)
def to_look_at(setting: Setting) -> Iterator[Due]:
    """Each document whose day comes near: for managers, and the lead for the one on safeguarding. One query."""
    for document in current(setting.organisation):
        step = step_of(document.review_by, setting.day)
        if step is None:
            continue
        says = f"“{document.title}” {'is past its day' if step == 0 else 'is to be looked at again'}"
        who = (Role.MANAGER, Role.DSL) if document.kind == About.SAFEGUARDING else (Role.MANAGER,)
        for member in setting.holding(*who):
            subject = f"{document.pk}:{step}"
            due_at = setting.end_of(document.review_by)
            yield Due(member.user_id, Kind.DOCUMENT, subject, due_at, says, str(document.pk))


@control(
    "C53",
    "Entries of the list of help that nobody looked at for a term are one task of the safeguarding lead",
)
def contacts(setting: Setting) -> Iterator[Due]:
    """The list of help, while entries want a look: for the safeguarding lead, or the manager without one. One query."""
    if setting.version is None:
        return
    pack = directory_pack(setting.organisation, setting.version)
    old = stale(entries(setting.organisation, setting.version, pack, setting.day))
    if old:
        due_at = setting.end_of(min(one.check_by for one in old))
        for member in setting.holding(Role.DSL) or setting.holding(Role.MANAGER):
            says = "Check the entries of our list of help"
            yield Due(member.user_id, Kind.CONTACTS, "contacts", due_at, says, count=len(old))


SOURCES = (
    Source(frozenset({Kind.READ}), to_read),
    Source(frozenset({Kind.DOCUMENT}), to_look_at),
    Source(frozenset({Kind.CONTACTS}), contacts),
)
