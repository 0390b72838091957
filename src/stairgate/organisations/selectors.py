"""Reads about a setting and its people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Role
from stairgate.screening import NameIndex, OrganisationFacts


def holders(organisation: Organisation, roles: Iterable[Role], on: date) -> list[Membership]:
    """Return who holds any of the roles that day, in order of first name. Two queries."""
    wanted = {role.value for role in roles}
    rows = (
        Membership.objects.filter(organisation=organisation)
        .select_related("user", "organisation")
        .prefetch_related("roles")
        .order_by("user__first_name")
    )
    return [row for row in rows if wanted & row.roles_on(on)]


def screening_facts(organisation: Organisation) -> OrganisationFacts:
    """Return what screening needs to know of the setting. Three queries."""
    digests = frozenset(bytes(row) for row in organisation.child_names.values_list("digest", flat=True))
    staff = organisation.memberships.filter(ended_on__isnull=True).values_list("user__first_name", flat=True)
    contacts = frozenset(filter(None, (organisation.office_phone, organisation.office_email)))
    return OrganisationFacts(
        names=NameIndex(settings.NAMES_KEY, digests),
        staff_names=frozenset(staff),
        group_names=frozenset(organisation.groups.values_list("name", flat=True)),
        allowed_contacts=contacts,
        office_phone=organisation.office_phone,
    )
