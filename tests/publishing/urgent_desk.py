"""Short words for what the tests of urgent templates do over and over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from stairgate.organisations.models import User
from stairgate.publishing import services
from stairgate.publishing.models import (
    Delivery,
    Post,
    SecondLook,
    UrgentApproval,
    UrgentTemplate,
    UrgentVersion,
)
from stairgate.publishing.slots import Slot, SlotKind, Wording
from tests.cast import PURPOSE
from tests.publishing.conftest import Desk

WORDING = Wording(
    "closure",
    "We have to close",
    "We are closed on {day} because {reason}. We open again at {opens_at}.",
    PURPOSE,
    (
        Slot("day", SlotKind.DAY),
        Slot("reason", SlotKind.CHOICE, choices=("of snow", "the heating has failed")),
        Slot("opens_at", SlotKind.TIME),
    ),
)


@dataclass
class Urgent:
    """One template Tom wrote; Priya approves it ahead, Kofi sends from it unless somebody else is named."""

    desk: Desk
    template: UrgentTemplate = field(init=False)

    def __post_init__(self) -> None:
        self.template = self.keep().template

    @property
    def version(self) -> UrgentVersion:
        return self.template.versions.order_by("-number")[0]

    @property
    def values(self) -> dict[str, str]:
        tomorrow = self.desk.cast.organisation.day(self.desk.now) + timedelta(days=1)
        return {"day": tomorrow.isoformat(), "reason": "of snow", "opens_at": "08:00"}

    def keep(
        self, wording: Wording = WORDING, *, by: User | None = None, template: UrgentTemplate | None = None
    ) -> UrgentVersion:
        return services.keep_urgent(
            actor=by or self.desk.cast.tom,
            organisation=self.desk.cast.organisation,
            template=template,
            wording=wording,
            at=self.desk.now,
        )

    def approve(self, by: User | None = None) -> UrgentApproval:
        return services.approve_urgent(
            actor=by or self.desk.cast.priya,
            template=self.template,
            digest=self.version.digest,
            confirmed=True,
            at=self.desk.now,
        )

    def send(
        self,
        *,
        by: User | None = None,
        values: Mapping[str, str] | None = None,
        channels: list[UUID] | None = None,
        press: UUID | None = None,
        after: float = 0,
    ) -> Post:
        return services.send_urgent(
            actor=by or self.desk.cast.kofi,
            template=self.template,
            digest=self.version.digest,
            values=self.values if values is None else values,
            channel_ids=[self.desk.cast.channel.pk] if channels is None else channels,
            press=press or uuid4(),
            at=self.desk.now + timedelta(seconds=after),
        )

    def sent(self) -> Delivery:
        """Approve it, send from it, and return the delivery that is due."""
        self.approve()
        return Delivery.objects.select_related("post", "revision").get(post=self.send())

    def look(self) -> SecondLook:
        return SecondLook.objects.select_related("sending__revision__post").get()
