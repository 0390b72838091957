"""Giving a published post other words: what must be true of its page, and what became of it. Pure.

A change is a post of its own (docs/decisions/0006): its versions, approvals and deliveries are like every other's. Each
of its deliveries names the one whose words on the page it replaces.
"""

from __future__ import annotations

from dataclasses import dataclass

from stairgate.clauses import control
from stairgate.networks.base import Absent, CannotTell, Found, LivePost, Reconciled
from stairgate.publishing.comparing import plain
from stairgate.publishing.rules import Barrier


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """What is on one page and is to get other words, as it stands at this moment."""

    is_its_own: bool  # it is of the post that the change was approved for, on this very account
    is_there: bool
    is_leaving: bool  # somebody asked for it to be taken down
    differs: bool  # a finding about it is open
    can_edit: bool
    same_pictures: bool
    has_number: bool  # Stairgate knows its number there: without it the words would go out as a second post


@control(
    "C78", "What is on a page gets other words only while it is there, as approved, and nobody takes it down"
)
def change_barriers(facts: ChangeFacts) -> tuple[Barrier, ...]:
    """Return every reason why these words may not take the place of those on the page."""
    found = []
    if not facts.is_its_own:
        found.append("What it would change is not what it was approved for.")
    elif not facts.is_there:
        found.append("What it would change is not on the page any more.")
    if facts.is_leaving:
        found.append("The post is being taken down, so nothing in it is changed.")
    if facts.differs:
        found.append(
            "What is on the page is not what was approved. Look at that first, and close what was found."
        )
    if not facts.can_edit:
        found.append("This network can’t change a post that is out. Take it down there, and write a new one.")
    if not facts.has_number:
        found.append(
            "Only a person can find it on the page. Take it down there by hand, and write a new one."
        )
    if not facts.same_pictures:
        found.append("Photos can’t be changed on a page. Take the post down, and write a new one.")
    return tuple(Barrier("C78", says) for says in found)


def what_became(live: LivePost | None, *, new: str, old: str) -> Reconciled:
    """Return what a look at the post says about a change whose outcome is unknown.

    Only the old words, or no post at all, prove that the new ones did not arrive.
    """
    if live is None:
        return Absent(0)
    if plain(live.text) == plain(new):
        return Found(live.external_id)
    if plain(live.text) == plain(old):
        return Absent(1)
    return CannotTell("Other words are there than the old ones and the new ones. Look at the page.")
