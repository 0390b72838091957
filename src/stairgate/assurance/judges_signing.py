"""Clauses about reading and signing. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stairgate.assurance.judges_people import KEEPS_REGISTER, Judge, whose
from stairgate.assurance.known import Bearer, Known
from stairgate.assurance.marks import Mark, Proof, Step, broken, met, risk
from stairgate.organisations.rules import Role
from stairgate.people.declaring.rules import is_overdue
from stairgate.people.rules import Barrier

_WHO, _MINE = Step("See who has not signed", "reading:who"), Step("Read and sign", "reading:start")


def _step(known: Known) -> Step:
    """Who keeps the register sees everybody; everybody else has a signature of their own to give."""
    return _WHO if known.names else _MINE


def signed_by_all(known: Known) -> Mark | None:
    """Clauses that hold when everybody on the staff list has signed the version in force."""
    unsigned = known.unsigned
    have, all_of = len(known.colleagues) - len(unsigned), len(known.colleagues)
    seen = Proof(
        "Signatures on the version in force",
        f"{have} of {all_of} on the staff list",
        known.last_signed,
        "reading:who",
    )
    if not unsigned:
        return met(f"{have} of {all_of} on the staff list have signed the version in force.", seen)
    late = [one for one in unsigned if known.overdue_to_sign(one)]
    waits = [one.who for one in (late or unsigned)] if known.names else known.waits_for(*KEEPS_REGISTER)
    if late:
        why = f"{known.people(one.who for one in late)} should have signed by now. {have} of {all_of} have."
        return broken(why, seen, then=_step(known), waits_for=waits)
    why = f"{known.people(one.who for one in unsigned)} still {_have(unsigned)} to sign. {have} of {all_of} have."
    return risk(why, seen, then=_step(known), waits_for=waits)


def signed_by_some(known: Known) -> Mark | None:
    """What is asked of each signature is asked again at every one: it holds for all there are."""
    have = len(known.colleagues) - len(known.unsigned)
    seen = Proof("Signatures on the version in force", f"{have}, the last", known.last_signed, "reading:who")
    return met(f"It holds for each of the {have} signatures on the version in force.", seen)


def _signed(which: Callable[[Known], Sequence[Bearer]], those: str) -> Judge:
    """Return the judge of the signatures of those who hold certain roles. The gate holds back whoever has not signed."""

    def judge(known: Known) -> Mark | None:
        bearers = which(known)
        unsigned = [one for one in bearers if one.lacks(Barrier.NOT_SIGNED)]
        have = len(bearers) - len(unsigned)
        seen = Proof(
            "Signatures on the version in force",
            f"{have} of {len(bearers)} {those}",
            known.last_signed,
            "reading:who",
        )
        if not unsigned:
            return met(f"{have} of {len(bearers)} {those} have signed the version in force.", seen)
        why = f"{known.people(whose(unsigned))} {_have(unsigned)} not signed; until then the gate holds them back."
        waits = whose(unsigned) if known.names else known.waits_for(*KEEPS_REGISTER)
        return risk(why, seen, then=_step(known), waits_for=waits)

    return judge


signed_administrators = _signed(lambda known: known.holding(Role.PAGE_ADMINISTRATOR), "page administrators")
signed_bearers = _signed(lambda known: known.touching, "who touch the account")


def before_work(known: Known) -> Mark | None:
    """C14: holds as long as the gate does, whoever has not signed yet."""
    held = [one for one in known.touching if one.lacks(Barrier.NOT_SIGNED)]
    seen = Proof("Roles and signatures", f"{len(held)} held back", known.day, "reading:who")
    if held:
        return met(f"{known.people(whose(held))} may not touch the account before signing.", seen)
    return met("Everybody who touches the account has signed first.", seen)


def declared(known: Known) -> Mark | None:
    """What everybody who has signed answers about their own accounts, once a year. What they answered is not asked here."""
    asked = [one for one in known.colleagues if one.signed_at is not None]
    late = [one for one in asked if is_overdue(one.declared_on, known.day)]
    have, last = (
        len(asked) - len(late),
        max((one.declared_on for one in asked if one.declared_on), default=None),
    )
    seen = Proof("Declarations of the last year", f"{have} of {len(asked)} who have signed", last)
    if not late:
        return met(f"{have} of {len(asked)} who have signed have declared within the year.", seen)
    why = f"{known.people(one.who for one in late)} {_have(late)} not declared within the year."
    waits = [one.who for one in late] if known.names else known.waits_for(*KEEPS_REGISTER)
    return broken(why, seen, then=Step("Make the declaration", "people:declaration"), waits_for=waits)


def _have(people: Sequence[object]) -> str:
    return "has" if len(people) == 1 else "have"


#: lines that everybody signs with the policy; while there is no line to sign, a missing signature says nothing of them
SIGNED_LINES = ("C44", "C45", "C50", "C51", "C68", "C71", "C72", "C74", "C75", "C77", "C80")
#: what is only true of whoever has signed
OF_WHO_SIGNED = ("C13", "C107", "C108", "C109", "C110", "C111")

JUDGES: dict[str, Judge] = {
    "C14": before_work,
    "C17": signed_administrators,
    "C88": signed_bearers,
    **dict.fromkeys(SIGNED_LINES, signed_by_all),
    **dict.fromkeys(OF_WHO_SIGNED, signed_by_some),
    **dict.fromkeys(("C46", "C47", "C56"), declared),
}
