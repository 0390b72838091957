"""What a made-up nursery says of itself."""

from __future__ import annotations

from stairgate.policies.packs.filling import Facts
from stairgate.policies.packs.form import Pack


def whole(pack: Pack) -> Facts:
    """Return facts in which nothing is left open."""
    values = {one.id: f"Words for {one.id}" for one in pack.placeholders if not one.suggestion}
    values |= {one.key: f"{one.id}.example" for one in pack.directory if not one.contact}
    return Facts(values, frozenset(one.id for one in pack.placeholders if one.suggestion))
