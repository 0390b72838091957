"""Who to ring about a child: on the pages in front of the door too, for help comes before signing in."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import Role
from stairgate.organisations.selectors import holders


@dataclass(frozen=True, slots=True)
class Help:
    """The setting, and its safeguarding lead and deputies today. No setting before it is founded."""

    place: Organisation | None = None
    leads: tuple[Membership, ...] = ()


def help_for(membership: Membership | None) -> Help:
    """Return who somebody of this setting rings; for a visitor, whom this installation's setting names."""
    place = membership.organisation if membership else Organisation.objects.order_by("created_at").first()
    if place is None:
        return Help()
    leads = holders(place, [Role.DSL, Role.DEPUTY_DSL], place.day(timezone.now()))
    return Help(place, tuple(leads))
