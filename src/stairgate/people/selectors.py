"""What the register says of people on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Duty, Role
from stairgate.organisations.selectors import holding
from stairgate.people.models import Check, Declaration, FamilyPlan, Person, Training
from stairgate.people.rules import (
    LEAD_LEVEL,
    LEADS,
    Expiry,
    Facts,
    Reason,
    eligibility,
    fit_until,
    running_out,
)

#: what managing content is: writing it, approving it, answering what comes back
CONTENT = (Duty.WRITE, Duty.APPROVE, Duty.DECIDE)


def facts_for(
    members: QuerySet[Membership], *, signed: QuerySet[Any], unread: Any, on: date
) -> list[tuple[Membership, Facts]]:
    """Return each member with what the register says of them. ``signed`` holds signatures on the policy in force,
    ``unread`` is what somebody should have read (`policies.library.selectors.late_to_read`).

    One query, however many members.
    """
    rows = members.select_related("user__person", "organisation").annotate(
        **columns(on, {"person__user": OuterRef("user")}),
        has_signed=Exists(signed.filter(user=OuterRef("user"))),
        unread=unread,
        leads=holding(LEADS, on),
    )
    policy = not signed.query.is_empty()
    return [(member, _facts_of_member(member, policy)) for member in rows]


def _facts_of_member(member: Any, policy: bool) -> Facts:
    person: Person | None = getattr(member.user, "person", None)
    if person is None or person.organisation_id != member.organisation_id:
        return Facts(first_name=member.first_name, on_register=False)
    return facts_of(person, member, leads=member.leads, policy=policy)


def facts_of(person: Person, row: Any, *, leads: bool = False, policy: bool = True) -> Facts:
    """Return the facts of a person, with what `columns` and the signatures put on the row.

    ``leads``: they hold a role of a safeguarding lead that day. ``policy``: there is one in force, to be signed.
    """
    return Facts(
        first_name=person.first_name,
        on_register=True,
        started_on=person.started_on,
        ended_on=person.ended_on,
        enhanced_check=row.check_level == Check.Level.ENHANCED,
        barred_list_checked=bool(row.check_barred_list),
        check_review_on=row.check_review_on,
        training_expires_on=row.training_expires_on,
        signed_current_policy=row.has_signed,
        policy_in_force=policy,
        online_safety_expires_on=row.online_safety_expires_on,
        leads=leads,
        lead_level_expires_on=row.lead_level_expires_on,
        unread=row.unread,
        to_settle=bool(row.to_settle),
    )


def columns(on: date, whose: dict[str, Any]) -> dict[str, Subquery]:
    """Return what `facts_of` reads beside the person; ``whose`` says which person's rows they are."""
    check = _live_checks(on, whose)
    safeguarding = _finished(Training.Course.SAFEGUARDING, on, whose)
    online_safety = _finished(Training.Course.ONLINE_SAFETY, on, whose)
    return {
        "check_level": Subquery(check.values("level")[:1]),
        "check_barred_list": Subquery(check.values("barred_list")[:1]),
        "check_review_on": Subquery(check.values("review_on")[:1]),
        "training_expires_on": Subquery(safeguarding.values("expires_on")[:1]),
        "online_safety_expires_on": Subquery(online_safety.values("expires_on")[:1]),
        "lead_level_expires_on": Subquery(
            safeguarding.filter(level__iregex=LEAD_LEVEL).values("expires_on")[:1]
        ),
        "to_settle": Subquery(_declared(whose).values("open_plan")[:1]),
    }


def _declared(whose: dict[str, Any]) -> QuerySet[Any]:
    """Return somebody's declarations, the newest first, with whether it asks for a plan that is not agreed."""
    plan = FamilyPlan.objects.filter(declaration=OuterRef("pk")).order_by("-written_at", "-pk")
    rows = Declaration.objects.filter(**whose).annotate(agreed_at=Subquery(plan.values("agreed_at")[:1]))
    still = Case(When(needs_plan=True, agreed_at__isnull=True, then=Value(True)), default=Value(False))
    return rows.annotate(open_plan=still).order_by("-declared_at", "-pk")


def _live_checks(on: date, whose: dict[str, Any]) -> QuerySet[Check]:
    """Return somebody's checks that were seen and not withdrawn: a full one first, then the one that lasts."""
    full = Case(
        When(level=Check.Level.ENHANCED, barred_list=True, then=Value(1)),
        default=Value(0),
    )
    rows = Check.objects.filter(
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=on), seen_on__lte=on, **whose
    )
    return rows.order_by(full.desc(), "-review_on", "-issued_on")


def _finished(course: Training.Course, on: date, whose: dict[str, Any]) -> QuerySet[Training]:
    """Return somebody's courses of a kind that are finished, the one that lasts longest first."""
    return Training.objects.filter(course=course, completed_on__lte=on, **whose).order_by("-expires_on")


def online_safety_trained(organisation: OuterRef | Organisation, on: date) -> Coalesce:
    """Return how many people who work there that day have online safety training in date, in another query (C54)."""
    works = Q(person__started_on__lte=on) & (Q(person__ended_on__isnull=True) | Q(person__ended_on__gte=on))
    rows = Training.objects.filter(
        works,
        course=Training.Course.ONLINE_SAFETY,
        completed_on__lte=on,
        expires_on__gte=on,
        person__organisation=organisation,
    )
    counted = rows.order_by().values("person__organisation").annotate(people=Count("person", distinct=True))
    return Coalesce(Subquery(counted.values("people")[:1]), 0)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy in force asks of the register. Its room is above this one, so it is handed in (`web.terms`)."""

    signed: QuerySet[Any]  # signatures on it, in its exact text
    unread: Any  # what somebody should have read, in a query of people
    dbs_review_years: int
    child_protection_years: int
    lead_approves: bool  # the safeguarding lead, beside page administrators
    page_administrators: int = 2  # qualified ones, on whom every account depends


@dataclass(frozen=True, slots=True)
class Row:
    """One person as the matrix shows them: the duties they may do that day, and every reason why one is stopped."""

    person: Person
    facts: Facts
    found: Any  # the person again, with the days and the level that only the matrix shows
    member: Membership | None
    duties: tuple[Duty, ...]
    reasons: tuple[Reason, ...]
    runs_out: tuple[Expiry, ...]
    until: date | None
    roles: frozenset[str] = frozenset()

    @property
    def may_manage(self) -> bool:
        return bool(self.duties)

    @property
    def administers(self) -> bool:
        """Return whether they are one of the administrators on whom the accounts depend."""
        return Duty.APPROVE in self.duties and Role.PAGE_ADMINISTRATOR in self.roles

    @property
    def does(self) -> str:
        """Return what their roles let them do, in words: "Writes, approves, answers"."""
        return ", ".join(_DOES[duty] for duty in self.duties).capitalize()

    @property
    def soon(self) -> dict[str, Expiry]:
        """Return what runs out soon by what it is: "check", "safeguarding", "online_safety"."""
        return {expiry.holding.name.lower(): expiry for expiry in self.runs_out}


_DOES = {Duty.WRITE: "writes", Duty.APPROVE: "approves", Duty.DECIDE: "answers"}


def register_rows(
    organisation: Organisation, people: QuerySet[Person], *, terms: Terms, on: date
) -> list[Row]:
    """Return people of the register as they stand that day: what runs out soonest first. Three queries."""
    whose = {"person": OuterRef("pk")}
    safeguarding = _finished(Training.Course.SAFEGUARDING, on, whose)
    online_safety = _finished(Training.Course.ONLINE_SAFETY, on, whose)
    mine = terms.signed.filter(user=OuterRef("user"))
    rows = (
        people.filter(organisation=organisation)
        .select_related("user", "organisation")
        .prefetch_related("user__memberships__roles")
        .annotate(
            **columns(on, whose),
            has_signed=Exists(mine),
            unread=terms.unread,
            signed_at=Subquery(mine.values("signed_at")[:1]),
            check_seen_on=Subquery(_live_checks(on, whose).values("seen_on")[:1]),
            training_completed_on=Subquery(safeguarding.values("completed_on")[:1]),
            online_safety_completed_on=Subquery(online_safety.values("completed_on")[:1]),
            training_level=Subquery(safeguarding.values("level")[:1]),
        )
    )
    made = [_row(person, terms, on) for person in rows]
    return sorted(made, key=_urgency)


def _urgency(row: Row) -> tuple[object, ...]:
    ends = row.runs_out[0].ends_on if row.runs_out else date.max
    return (ends, not row.may_manage, row.person.first_name.lower(), str(row.person.pk))


def _row(person: Any, terms: Terms, on: date) -> Row:
    member = _place(person)
    roles = member.roles_on(on) if member else frozenset()
    facts = facts_of(person, person, leads=bool(LEADS & roles), policy=not terms.signed.query.is_empty())
    held = _content_duties(member, terms, on)
    stopped = {duty: eligibility(facts, on, duty) for duty in held}
    reasons = tuple(dict.fromkeys(reason for reasons in stopped.values() for reason in reasons))
    duties = tuple(duty for duty in held if not stopped[duty])
    return Row(
        person=person,
        facts=facts,
        found=person,
        member=member,
        duties=duties,
        reasons=reasons,
        runs_out=running_out(facts, on),
        until=fit_until(facts, on) if duties else None,
        roles=frozenset(roles),
    )


def _place(person: Person) -> Membership | None:
    if person.user is None:
        return None
    places = person.user.memberships.all()
    return next((place for place in places if place.organisation_id == person.organisation_id), None)


def _content_duties(member: Membership | None, terms: Terms, on: date) -> tuple[Duty, ...]:
    if member is None:
        return ()
    lead = terms.lead_approves and "dsl" in member.roles_on(on)
    held = member.duties_on(on) | (frozenset({Duty.APPROVE}) if lead else frozenset())
    return tuple(duty for duty in CONTENT if duty in held)


def not_on_register(organisation: Organisation, on: date) -> QuerySet[Membership]:
    """Return who signs in here and is not on the register, by first name. One query."""
    return (
        Membership.objects.filter(
            Q(ended_on__isnull=True) | Q(ended_on__gte=on),
            organisation=organisation,
            user__person__isnull=True,
        )
        .select_related("user")
        .order_by("user__first_name", "pk")
    )


def here(row: Row, on: date) -> bool:
    """Return whether somebody has not left yet."""
    return row.person.ended_on is None or row.person.ended_on >= on
