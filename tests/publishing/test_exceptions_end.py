"""A role that an exception gave is over with its last day, at the gate too, and nobody has to do anything."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from stairgate.assurance.excepting.models import PolicyException
from stairgate.assurance.excepting.services import allow, ask
from stairgate.publishing import services
from stairgate.publishing.gate import Closed, open_gate
from stairgate.publishing.models import Delivery
from tests.publishing.conftest import Desk, Scripted


def lent(desk: Desk) -> PolicyException:
    """Return an exception by which Gwen may approve until the end of today."""
    row = ask(
        actor=desk.cast.kofi,
        organisation=desk.cast.organisation,
        topic="access",
        what="Gwen approves posts while I am at the dentist",
        why="Nobody else can approve this afternoon",
        child=False,
        until=desk.cast.organisation.day(desk.now),
        role="page_administrator",
        role_for=desk.cast.gwen,
        at=desk.now,
    )
    allow(actor=desk.cast.priya, exception=row, at=desk.now)
    row.refresh_from_db()
    return row


@pytest.mark.clause("C85")
def test_what_somebody_approved_on_lent_access_goes_out_until_its_end_and_not_an_instant_later(
    desk: Desk, network: Scripted
) -> None:
    row = lent(desk)
    assert row.role_held is not None and row.role_held.ends_on == row.until
    zone = ZoneInfo(desk.cast.organisation.timezone)
    over = datetime.combine(row.until + timedelta(days=1), time.min, tzinfo=zone)
    last, late = (_refused(desk, at) for at in (over - timedelta(seconds=1), over))
    assert "Gwen" not in last and "Gwen" in late
    assert network.published == []


def _refused(desk: Desk, at: datetime) -> str:
    """Return what the gate says at a moment to a post that Gwen approved now."""
    revision = desk.submitted()
    services.approve(
        actor=desk.cast.gwen, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
    )
    row = desk.delivery(revision.post)
    Delivery.objects.filter(pk=row.pk).update(send_at=at, due_at=at)
    answer = open_gate(delivery_id=row.pk, worker="w", now=at)
    return " ".join(one.says for one in answer.barriers) if isinstance(answer, Closed) else ""
