"""Personal mailboxes, by their domain. Pure: the list is data."""

from __future__ import annotations

from functools import cache
from importlib import resources

from stairgate.clauses import control


@cache
def personal_domains() -> frozenset[str]:
    """Return the domains where anybody gets a mailbox for themselves."""
    text = (resources.files("stairgate.organisations") / "data/personal-mail.txt").read_text("utf-8")
    return frozenset(line for line in text.split("\n") if line and not line.startswith("#"))


@control("C60", "Nobody is on the register, or signs in, with an address on a personal mail domain")
def personal_problem(address: str) -> str:
    """Return what is wrong with an address that is to be a work mailbox, or ""."""
    domain = address.rpartition("@")[2].strip().rstrip(".").lower()
    parts = domain.split(".")
    known = personal_domains()
    if not any(".".join(parts[start:]) in known for start in range(len(parts))):
        return ""
    return (
        f"{domain} is for personal mail. Use an address of your setting, which somebody else can look after."
    )
