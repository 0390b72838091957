"""The worker's two hands, and a person's, as the tests of the inbox use them."""

from __future__ import annotations

from django.utils import timezone

from stairgate.ledger.selectors import history
from stairgate.monitoring import actions, collect, services
from stairgate.monitoring.models import Action, Decision, Item, Sweep
from stairgate.organisations.models import User
from tests.cast import Cast


def read() -> None:
    """Read every account now."""
    Sweep.objects.update(due_at=timezone.now())
    collect.sweep(timezone.now(), "test")


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
