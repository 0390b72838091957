"""How several things are said together, on every page alike."""

from __future__ import annotations

from collections.abc import Sequence


def together(names: Sequence[str], last: str = "and") -> str:
    """Return names as a sentence says them: "Ana, Bea and Cleo", or with another ``last`` word; "" without one."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
