"""The worker's two hands, and a person's, as the tests of the inbox use them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from stairgate.ledger.selectors import history
from stairgate.monitoring import actions, collect, older, services
from stairgate.monitoring.models import Action, Decision, Item, Sweep, Walk
from stairgate.networks.facebook import Facebook, collecting
from stairgate.organisations.models import User
from tests.cast import Cast
from tests.networks.test_facebook import post as publish
from tests.practice.fixtures import Practice


def read() -> None:
    """Read every account now."""
    Sweep.objects.update(due_at=timezone.now())
    collect.sweep(timezone.now(), "test")


def push_down(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Publish something newer, and read only the very newest: what was there is far down the page now."""
    monkeypatch.setattr(collecting, "NEWEST_POSTS", 1)
    publish(Facebook(), practice, "Newer than all")


def go_through(turns: int = 1) -> None:
    """Give going through everything older its turns."""
    for _ in range(turns):
        Walk.objects.update(due_at=timezone.now())
        older.sweep(timezone.now(), "test")


def act() -> None:
    """Do on the page what waits to be done."""
    Action.objects.filter(state=Action.State.WAITING).update(due_at=timezone.now())
    actions.sweep(timezone.now(), "test")


def decide(actor: User, item: Item, kind: Decision.Kind, reason: str = "Looked at it") -> Decision:
    """Decide about an item as it is given."""
    return services.decide(
        actor=actor, item=item, version=item.version, kind=kind, reason=reason, at=timezone.now()
    )


def kinds(cast: Cast) -> list[str]:
    """Return what the ledger says of the inbox, newest first."""
    return [entry.kind for entry in history(cast.organisation.id) if entry.kind.startswith("monitoring.")]
