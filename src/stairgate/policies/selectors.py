"""The policy in force, and who is fit for a duty under it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import ACCOUNT_DUTIES, Duty, Role
from stairgate.organisations.selectors import holders
from stairgate.people.rules import Reason, eligibility
from stairgate.people.selectors import facts_for
from stairgate.policies.models import PolicyVersion, Signature


def in_force(organisation: Organisation) -> PolicyVersion | None:
    """Return the adopted version with the highest number, or None. One query."""
    return PolicyVersion.objects.filter(organisation=organisation).order_by("-number").first()


def signers(version: PolicyVersion | None) -> frozenset[UUID]:
    """Return the ids of users who signed exactly this version, in its exact text."""
    if version is None:
        return frozenset()
    rows = Signature.objects.filter(version=version, text_digest=version.text_digest)
    return frozenset(rows.values_list("user_id", flat=True))


def barriers(
    members: Iterable[Membership], *, version: PolicyVersion | None, on: date
) -> dict[UUID, tuple[Reason, ...]]:
    """Return, by user id, every reason why each member may not touch the account that day. Four queries."""
    facts = facts_for(members, signed=signers(version), on=on)
    return {user: eligibility(found, on) for user, found in facts.items()}


def fit_for(
    organisation: Organisation, duty: Duty, *, version: PolicyVersion | None, on: date
) -> list[Membership]:
    """Return the members whose role carries the duty and whom the register does not stop, by first name."""
    members = [m for m in holders(organisation, Role, on) if duty in m.duties_on(on)]
    if duty not in ACCOUNT_DUTIES:
        return members
    stopped = barriers(members, version=version, on=on)
    return [m for m in members if not stopped[m.user_id]]


def why_not(member: Membership, duty: Duty, *, version: PolicyVersion | None, on: date) -> tuple[str, ...]:
    """Return sentences why a member may not do this today; empty means they may."""
    if duty not in member.duties_on(on):
        return (f"{member.first_name} does not hold a role that may do this.",)
    if duty not in ACCOUNT_DUTIES:
        return ()
    return tuple(r.says for r in barriers([member], version=version, on=on)[member.user_id])
