"""Clauses about looking at our pages: a rota, a check in time, and an answer under every heading. Pure."""

from __future__ import annotations

from stairgate.assurance.judges_people import Judge
from stairgate.assurance.judges_work import looked_through
from stairgate.assurance.known import Account, Known
from stairgate.assurance.marks import Mark, Proof, Step, Worth, broken, met, off, risk
from stairgate.monitoring.checking.rules import GAP_TOLD, TOLD
from stairgate.organisations.rules import Role

_ROTA = Step("See the rota", "checking:rota")
_CHECK = Step("Do the weekly check", "checking:check")
_ROTA_PEOPLE = (Role.MANAGER, Role.PAGE_ADMINISTRATOR)
_CHECKERS = (Role.PAGE_ADMINISTRATOR, Role.DSL)


def _connected(known: Known) -> list[Account]:
    return [one for one in known.accounts if one.connected]


def rota(known: Known) -> Mark | None:
    """C37: two people are on the rota, and somebody is there each day of the weeks ahead."""
    if not _connected(known):
        return off("No account is connected yet. It needs a rota before anything goes out.")
    until = known.rota_until
    said = f"to {until.day} {until:%B}" if until else "no"
    seen = Proof("The rota", f"Covers each day {said}" if until else "Has nobody", None, "checking:rota")
    waits = known.waits_for(*_ROTA_PEOPLE)
    if until is None or until < known.day:
        why = "The rota of the weekly check has not two people of whom one is there today."
        return broken(why, seen, then=_ROTA, waits_for=waits)
    if until < known.day + GAP_TOLD:
        return risk(f"The rota has nobody after {until.day} {until:%B}.", seen, then=_ROTA, waits_for=waits)
    return met("A rota says who looks, and who steps in, holidays included.", seen)


def _judge(says: str) -> Judge:
    """Return the judge of a clause that each check serves: that the last one was in time."""

    def judge(known: Known) -> Mark | None:
        connected = _connected(known)
        if not connected:
            return off("No account is connected yet. It is checked once it is.")
        first = min(connected, key=lambda one: (one.check is not None, one.check and one.check.until))
        done = [one.checked_at for one in connected if one.checked_at]
        seen = Proof(
            "The weekly check",
            f"{len(done)} of {len(connected)} accounts checked",
            min(done, default=None),
            "checking:check",
        )
        waits = known.waits_for(*_CHECKERS)
        if first.check is None or known.at >= first.check.until:
            return broken(f"{first.name}: nobody has checked it in time.", seen, then=_CHECK, waits_for=waits)
        if len(done) < len(connected):
            return risk(f"{first.name}: it has not been checked yet.", seen, then=_CHECK, waits_for=waits)
        if known.day >= first.check.on - TOLD:
            on = f"{first.check.on.day} {first.check.on:%B}"
            return risk(f"The weekly check is due by {on}.", seen, then=_CHECK, waits_for=waits)
        return met(says, seen)

    return judge


_answered = _judge("The last check answered every heading, also where nothing was found.")


def looked_for(known: Known) -> Mark | None:
    """C39: what came in is decided in time, and the last check in time answered every heading."""
    came_in = looked_through(known)
    if came_in is not None and came_in.worth != Worth.MET:
        return came_in
    return _answered(known)


JUDGES: dict[str, Judge] = {
    "C37": rota,
    "C38": _judge("Each account was checked in time; the receipt says who, when and what was found."),
    "C39": looked_for,
}
