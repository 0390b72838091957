"""Deeds in the same moment never wait for each other in a circle: on a real PostgreSQL one of them would be thrown out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from stairgate.organisations.models import RoleHeld
from stairgate.organisations.roles import end_role
from stairgate.policies.services import adopt
from stairgate.publishing import services
from stairgate.publishing.services import common, decisions
from stairgate.publishing.states import PostState
from tests.ledger.flushing import allow_flush
from tests.publishing.conftest import Desk
from tests.publishing.test_pause_at_once import Held, beside, many_writers, until_somebody_waits

__all__ = ["many_writers"]
allow_flush()
pytestmark = pytest.mark.django_db(transaction=True)


def _adopts(desk: Desk) -> object:
    old = desk.cast.policy
    return adopt(
        actor=desk.cast.priya,
        organisation=desk.cast.organisation,
        title="New",
        text="Anew.",
        parameters=old.parameters,
        at=desk.now,
    )


def _ends_a_role(desk: Desk) -> object:
    held = RoleHeld.objects.select_related("membership__organisation").get(
        membership__user=desk.cast.kofi, ends_on=None
    )
    return end_role(actor=desk.cast.priya, held=held, at=desk.now)


@pytest.mark.parametrize("meanwhile", [_adopts, _ends_a_role])
def test_an_approval_makes_its_deliveries_while_the_setting_is_being_changed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[Desk], object]
) -> None:
    revision = desk.submitted()
    held = Held(common.write_down)
    monkeypatch.setattr(decisions, "write_down", held)

    def approves() -> object:
        return services.approve(
            actor=desk.cast.kofi, post=revision.post, digest=revision.digest, confirmed=True, at=desk.now
        )

    with ThreadPoolExecutor(2) as pool:
        yes = beside(pool, approves)
        assert held.reached.wait(120)
        other = beside(pool, lambda: meanwhile(desk))
        until_somebody_waits()
        held.go.set()
        yes.result(), other.result()
    revision.post.refresh_from_db()
    assert revision.post.state == PostState.APPROVED
