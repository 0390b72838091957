"""Who can reach Willow Lane's page on the practice network: read there, and Priya says who each of them is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stairgate.channels.access_list.services import read_now, say_who
from stairgate.channels.models import Channel, PlatformPerson

if TYPE_CHECKING:
    from stairgate.cli.demo import Nursery


def compare_access(place: Nursery, channel: Channel, now: datetime) -> None:
    """Have the list read, and say which colleague each one on it is."""
    priya = place.people["Priya"]
    read_now(actor=priya, channel=channel, at=now)
    for row in PlatformPerson.objects.filter(channel=channel):
        user = place.people[row.name.split()[0]].pk
        say_who(actor=priya, channel=channel, person=row.pk, user=user, at=now)
