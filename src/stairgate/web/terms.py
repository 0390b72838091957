"""What the policy in force asks of the register: the register's room is below the policy's, so it is handed in."""

from __future__ import annotations

from django.utils import timezone

from stairgate.organisations.models import Organisation
from stairgate.people.selectors import Terms
from stairgate.policies.library.selectors import late_to_read
from stairgate.policies.parameters import Parameters
from stairgate.policies.selectors import in_force, signatures


def terms_for(organisation: Organisation) -> Terms:
    """Return what the policy in force asks; without one, what we ship asks, and nobody has signed. One query."""
    version = in_force(organisation)
    parameters = version.parameters if version else Parameters()
    return Terms(
        signed=signatures(version),
        unread=late_to_read(organisation, organisation.day(timezone.now())),
        dbs_review_years=parameters.dbs_review_years,
        child_protection_years=parameters.child_protection_years,
        lead_approves=parameters.safeguarding_lead_approves,
        page_administrators=parameters.page_administrators,
    )
