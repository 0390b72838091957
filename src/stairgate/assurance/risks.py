"""The risks of the policy in force with what stands behind each, as it is worth now. Pure but for the pack's words."""

from __future__ import annotations

from dataclasses import dataclass

from stairgate.assurance.known import Known
from stairgate.assurance.live import Live, LiveClause
from stairgate.assurance.marks import Worth, listed
from stairgate.clauses import Coverage, control
from stairgate.organisations.rules import Role
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.filling import Facts, fill
from stairgate.policies.packs.form import LEFT, Pack, Risk
from stairgate.policies.packs.loading import pack
from stairgate.policies.packs.tailoring import Tailoring, tailored
from stairgate.policies.reading.selectors import pack_for

#: the clauses that lower a risk, by the clause that names it
_BEHIND: dict[str, tuple[str, ...]] = {
    # the team: nobody speaks alone or in private, and what happens to them goes to the right person
    "C06": ("C28", "C29", "C31", "C58", "C61", "C62", "C63", "C64"),
    # the public, children first: screening, monitoring, and the way to the safeguarding lead
    "C07": ("C79", "C81", "C38", "C39", "C40", "C59", "C41", "C87"),
    "C08": ("C31", "C76", "C78", "C81", "C86"),
    "C15": ("C35", "C42", "C59", "C62", "C94"),
}
#: a clause that names a risk is not what lowers it
_NAMES_A_RISK = frozenset(_BEHIND)
#: clauses whose page leads to the register
ABOUT_RISKS = _NAMES_A_RISK | {"C05", "C09"}


@dataclass(frozen=True, slots=True)
class LiveRisk:
    """One risk, who answers for it, how much is left of it, and what stands behind it now."""

    title: str
    text: str
    control: str
    left: str  # in words; "" where nobody said so
    role: str
    who: str
    clauses: tuple[LiveClause, ...]

    @property
    def met(self) -> int:
        return sum(clause.worth == Worth.MET for clause in self.clauses)

    @property
    def to_mend(self) -> int:
        return sum(clause.to_mend for clause in self.clauses)

    @property
    def strip(self) -> str:
        return "".join(clause.worth.bar for clause in self.clauses)


@control(
    "C06",
    "The risk to the team stands beside the clauses that lower it, each with what it is worth now",
    coverage=Coverage.WHOLE,
)
@control(
    "C07", "The risk to the public stands beside the clauses that lower it, each with what it is worth now"
)
def live_risks(version: PolicyVersion, known: Known, live: Live) -> tuple[LiveRisk, ...]:
    """Return the risks of a version in the order of its register. One that came as a text has only the fixed ones."""
    ours = Tailoring.from_json(version.content) if version.content else None
    base = pack(ours.pack) if ours else pack_for(version)
    said = ours.said if ours else Facts()
    risks = tailored(base, ours).risks if ours else tuple(one for one in base.risks if one.fixed)
    return tuple(_live(risk, base, said, version, known, live) for risk in risks)


def _live(risk: Risk, base: Pack, said: Facts, version: PolicyVersion, known: Known, live: Live) -> LiveRisk:
    role = Role(risk.owner) if risk.owner in Role.values else None
    numbers = (number for name in risk.clauses for number in _BEHIND.get(name, (name,)))
    found = (live.clause(number) for number in dict.fromkeys(numbers) if number not in _NAMES_A_RISK)
    return LiveRisk(
        title=risk.title,
        text=fill(risk.text, base, said, version.parameters),
        control=fill(risk.control, base, said, version.parameters),
        left=risk.left.capitalize() if risk.left in LEFT else "",
        role=role.label if role else "",
        who=listed([bearer.who.name for bearer in known.holding(role)]) if role else "",
        clauses=tuple(clause for clause in found if clause is not None),
    )
