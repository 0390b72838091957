"""Who may answer a second look, and when an answer closes an item again. Pure."""

from __future__ import annotations

from uuid import UUID


def why_not_answer(*, actor: UUID, decided_by: UUID) -> str:
    """Return why somebody may not answer; "" when they may."""
    return "Somebody asked for a second look at your decision, so somebody else answers." * (
        actor == decided_by
    )


def why_not_agree(*, words_then: str, words_now: str) -> str:
    """Return why nobody can agree any more; "" when they can. What was decided on has to be what is there."""
    return "" if words_then == words_now else "It was changed after that decision. Decide anew."


def closes(*, was_decided: bool, undone: bool) -> bool:
    """Return whether to agree closes an item: it was closed before, and nothing has to be done by hand."""
    return was_decided and not undone
