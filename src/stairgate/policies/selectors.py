"""The policy in force, and who is fit for a duty under it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from stairgate.clauses import Coverage, control
from stairgate.organisations.models import Membership, Organisation, RoleHeld
from stairgate.organisations.rules import ACCOUNT_DUTIES, Duty, Role, roles_that_approve, roles_with
from stairgate.organisations.selectors import holders, holding
from stairgate.people.rules import eligibility
from stairgate.people.selectors import facts_for
from stairgate.policies.library.selectors import late_to_read
from stairgate.policies.models import PolicyVersion, Signature, Trigger
from stairgate.policies.parameters import Parameters


def in_force(organisation: Organisation) -> PolicyVersion | None:
    """Return the adopted version with the highest number, with what asks for a look at it; or None. One query."""
    version = with_what_asks(_versions(organisation)).first()
    if version is not None:
        version.organisation = organisation
    return version


def with_what_asks(versions: QuerySet[PolicyVersion]) -> QuerySet[PolicyVersion]:
    """Return versions with what has asked for a look since the last one (C106): when the first thing was noted, the
    day from which another safeguarding lead holds the role, and the last day of one who held it.
    """
    noted = Trigger.objects.filter(
        organisation=OuterRef("organisation"), noted_at__gt=OuterRef("reviewed_at")
    )
    leads = RoleHeld.objects.filter(role=Role.DSL, membership__organisation=OuterRef("organisation"))
    begun = leads.filter(Q(starts_on__gt=OuterRef("reviewed_on")) | Q(pk__gt=OuterRef("leads_seen")))
    ended = leads.filter(ends_on__gte=OuterRef("reviewed_on"))
    return versions.annotate(
        asked_at=Subquery(noted.order_by("noted_at").values("noted_at")[:1]),
        lead_from=Subquery(begun.order_by("starts_on").values("starts_on")[:1]),
        lead_until=Subquery(ended.order_by("ends_on").values("ends_on")[:1]),
    )


def _versions(organisation: Organisation) -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.filter(organisation=organisation).order_by("-number")


@control(
    "C14", "Whoever signed the major version is bound by it; its corrections inform and ask for no new name"
)
def signatures(version: PolicyVersion | None) -> QuerySet[Signature]:
    """Return the signatures that hold under this version, newest first: on its major version or on any correction
    of that, each in the exact text of the version that was signed.
    """
    if version is None:
        return Signature.objects.none()
    return _unchanged().filter(
        version__organisation=version.organisation_id, version__major_number=version.major_number
    )


def asked_to_sign_at(version: PolicyVersion) -> datetime:
    """Return when people were asked to sign what is in force: with its major version. One query for a correction, else
    none.
    """
    if version.is_major:
        return version.adopted_at
    major = PolicyVersion.objects.filter(
        organisation=version.organisation_id, major_number=version.major_number, minor_number=0
    )
    return major.values_list("adopted_at", flat=True).first() or version.adopted_at


def signatures_now(organisation: Organisation) -> QuerySet[Signature]:
    """Return the signatures that hold under the version in force, without reading the version first."""
    newest = _versions(organisation).values("major_number")[:1]
    return _unchanged().filter(version__organisation=organisation, version__major_number__in=newest)


def _unchanged() -> QuerySet[Signature]:
    """Return the signatures whose text is still the one that was signed."""
    return Signature.objects.filter(text_digest=F("version__text_digest")).order_by("-signed_at")


def parameters_now(organisation: OuterRef) -> Subquery:
    """Return the stored parameters in force in a setting, to be read along with something else."""
    newest = PolicyVersion.objects.filter(organisation=organisation).order_by("-number")
    return Subquery(newest.values("parameters_json")[:1])


def roles_for(duty: Duty, parameters: Parameters | None) -> frozenset[Role]:
    """Return the roles that carry a duty under a policy: it may let the lead approve too."""
    if duty != Duty.APPROVE:
        return roles_with(duty)
    return roles_that_approve(
        safeguarding_lead=parameters is not None and parameters.safeguarding_lead_approves
    )


def carries(member: Membership, duty: Duty, *, version: PolicyVersion | None, on: date) -> bool:
    """Return whether a role held that day carries the duty. The register may still say no."""
    parameters = version.parameters if version else None
    return bool(member.roles_on(on) & roles_for(duty, parameters))


def holds(member: Membership, duty: Duty, *, on: date) -> bool:
    """Return whether a role held that day carries the duty under the policy in force.

    One query, and only for a safeguarding lead who asks about approving, of whom `with_parameters` did not read it.
    """
    if duty in member.duties_on(on):
        return True
    if duty != Duty.APPROVE or Role.DSL not in member.roles_on(on):
        return False
    return bool(member.roles_on(on) & roles_for(duty, _parameters_of(member)))


def with_parameters(members: QuerySet[Membership]) -> QuerySet[Any]:
    """Return members with the stored parameters in force where they work: `holds` asks them of each page many times."""
    return members.annotate(parameters_json=parameters_now(OuterRef("organisation")))


def _parameters_of(member: Any) -> Parameters | None:
    if hasattr(member, "parameters_json"):
        return Parameters.from_json(member.parameters_json) if member.parameters_json else None
    version = in_force(member.organisation)
    return version.parameters if version else None


def fit_for(
    organisation: Organisation, duty: Duty, *, parameters: Parameters | None, on: date
) -> list[Membership]:
    """Return the members whose role carries the duty under these parameters, and whom the register does
    not stop, by first name. One query.
    """
    members = holders(organisation, roles_for(duty, parameters), on)
    return fit_among(members, organisation, on=on, duty=duty) if duty in ACCOUNT_DUTIES else list(members)


def fit_among(
    members: QuerySet[Membership], organisation: Organisation, *, on: date, duty: Duty | None = None
) -> list[Membership]:
    """Return those whom neither the register nor a missing signature stops from a duty; without one, from touching
    the account at all. One query.
    """
    late = late_to_read(organisation, on)
    facts = facts_for(members, signed=signatures_now(organisation), unread=late, on=on)
    return [member for member, found in facts if not eligibility(found, on, duty)]


#: whom the policy names, in the order in which it names them (C21)
RESPONSIBLE = (
    *(Role.PAGE_ADMINISTRATOR, Role.DSL, Role.DEPUTY_DSL),
    *(Role.SERVICE_MANAGER, Role.MANAGER),
)


@control(
    "C21",
    "The people the policy names are read from the roles of today; nobody types them",
    coverage=Coverage.WHOLE,
)
def responsible(organisation: Organisation, *, on: date) -> list[tuple[str, list[str]]]:
    """Return each role that the policy names with who holds it that day, by first name. Two queries."""
    named = named_people(organisation, RESPONSIBLE, on=on)
    return [(role.label, named[role]) for role in RESPONSIBLE]


def named_people(
    organisation: Organisation, roles: Iterable[Role] = Role, *, on: date
) -> dict[Role, list[str]]:
    """Return who holds each of the roles that day, by first name. Two queries."""
    wanted = tuple(roles)
    members = list(holders(organisation, wanted, on).prefetch_related("roles"))
    held = [(member.first_name, member.roles_on(on)) for member in members]
    return {role: [name for name, roles in held if role in roles] for role in wanted}


def standing(
    organisation: Organisation, groups: Mapping[str, Collection[Role]], *, on: date
) -> dict[str, list[tuple[Membership, bool]]]:
    """Return, for each group of roles, who holds one of them, by first name, and whether they are fit to touch
    the account: neither the register nor a missing signature stops them. One query for all groups.
    """
    everyone = holders(organisation, frozenset().union(*groups.values()), on)
    marked = everyone.annotate(**{f"in_{name}": holding(roles, on) for name, roles in groups.items()})
    late = late_to_read(organisation, on)
    facts = facts_for(marked, signed=signatures_now(organisation), unread=late, on=on)
    found = [(member, not eligibility(known, on)) for member, known in facts]
    return {name: [row for row in found if getattr(row[0], f"in_{name}")] for name in groups}


def why_not(member: Membership, duty: Duty, *, version: PolicyVersion | None, on: date) -> tuple[str, ...]:
    """Return sentences why a member may not do this today; empty means they may. One query."""
    if not carries(member, duty, version=version, on=on):
        return (f"{member.first_name} does not hold a role that may do this.",)
    if duty not in ACCOUNT_DUTIES:
        return ()
    mine, late = Membership.objects.filter(pk=member.pk), late_to_read(member.organisation, on)
    rows = facts_for(mine, signed=signatures(version), unread=late, on=on)
    if not rows:
        return (f"{member.first_name} no longer works here.",)
    return tuple(reason.says for _, facts in rows for reason in eligibility(facts, on, duty))
