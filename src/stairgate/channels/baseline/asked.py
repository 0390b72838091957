"""What asks for a new settings sheet before its month is over: read along with the account."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from stairgate.channels.access_list.rules import MAY_REACH
from stairgate.channels.baseline.rules import Asked, first_asked
from stairgate.channels.models import AccessFinding, Envelope, SheetReach
from stairgate.organisations.models import Organisation, RoleHeld
from stairgate.policies.models import Trigger

#: what was noted for the policy and may have changed a page too
_NOTED = (Trigger.Kind.INCIDENT, Trigger.Kind.PLATFORM)
_INCIDENTS = ("asked_stranger", "asked_envelope", "asked_noted")
ASKED = ("asked_newcomer", "asked_gone", *_INCIDENTS)


def asked_columns(on: date) -> dict[str, Subquery]:
    """Return what asks, to be read along with a query of accounts that has the newest sheet as ``settings_sheet``, and when
    that was signed as ``settings_signed``. See `asked_of`.
    """
    return {
        "asked_newcomer": Subquery(_newcomers(on).values("starts_on")[:1]),
        "asked_gone": Subquery(_gone(on).values("over_on")[:1]),
        "asked_stranger": Subquery(_strangers().values("found_at")[:1]),
        "asked_envelope": Subquery(_envelopes().values("opened_at")[:1]),
        "asked_noted": Subquery(_noted().values("noted_at")[:1]),
    }


def asked_of(place: Organisation, row: Mapping[str, Any]) -> Asked | None:
    """Return what asks for a new sheet first, from what `asked_columns` read along."""
    days = [row[name] for name in ("asked_newcomer", "asked_gone") if row[name]]
    moments = [row[name] for name in _INCIDENTS if row[name]]
    reach = datetime.combine(min(days), time.min, tzinfo=ZoneInfo(place.timezone)) if days else None
    return first_asked(row["settings_signed"], reach=reach, incident=min(moments, default=None))


def _roles() -> QuerySet[RoleHeld]:
    """Return every role on our accounts that anybody of the setting holds or held."""
    return RoleHeld.objects.filter(role__in=MAY_REACH, membership__organisation=OuterRef("organisation"))


def _held(on: date) -> Q:
    """Return the condition of a role that carries something that day."""
    ends = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
    left = Q(membership__ended_on__isnull=True) | Q(membership__ended_on__gte=on)
    return ends & left & Q(starts_on__lte=on, membership__user__is_active=True)


def _on_sheet(**whose: Any) -> Exists:
    """Return the condition of having held such a role when the newest sheet was signed; without ``whose`` of anybody."""
    return Exists(SheetReach.objects.filter(sheet=OuterRef(OuterRef("settings_sheet")), **whose))


def _newcomers(on: date) -> QuerySet[RoleHeld]:
    """Return the roles of who did not hold one when the sheet was signed. A sheet from before that was noted asks nothing."""
    rows = _roles().filter(_held(on), _on_sheet(), ~_on_sheet(user=OuterRef("membership__user")))
    return rows.order_by("starts_on")


def _gone(on: date) -> QuerySet[Any]:
    """Return the roles of who held one when the sheet was signed, and holds none any more."""
    still = RoleHeld.objects.filter(_held(on), role__in=MAY_REACH, membership=OuterRef("membership"))
    over = Coalesce(F("ends_on"), F("membership__ended_on"), Value(on, output_field=DateField()))
    rows = _roles().filter(_on_sheet(user=OuterRef("membership__user")), ~Exists(still))
    # of each only the role that ended last; the first of them who left is who asks
    roles = RoleHeld.objects.filter(role__in=MAY_REACH, membership=OuterRef("membership"))
    later = roles.annotate(over_on=over).filter(over_on__gt=OuterRef("over_on"))
    return rows.annotate(over_on=over).filter(~Exists(later)).order_by("over_on")


def _strangers() -> QuerySet[AccessFinding]:
    """Return who was found on the access list since; not whom somebody only had to name as a colleague."""
    rows = AccessFinding.objects.filter(
        person__channel=OuterRef("pk"), found_at__gt=OuterRef("settings_signed")
    )
    return rows.exclude(closed_at__isnull=False, closed_at=F("person__matched_at")).order_by("found_at")


def _envelopes() -> QuerySet[Envelope]:
    rows = Envelope.objects.filter(channel=OuterRef("pk"), opened_at__gt=OuterRef("settings_signed"))
    return rows.order_by("opened_at")


def _noted() -> QuerySet[Trigger]:
    rows = Trigger.objects.filter(organisation=OuterRef("organisation"), kind__in=_NOTED)
    return rows.filter(noted_at__gt=OuterRef("settings_signed")).order_by("noted_at")
