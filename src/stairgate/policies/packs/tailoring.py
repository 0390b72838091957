"""What a setting makes of a pack: its own words, lists and risks, laid over the pack's. Pure.

Kept with the draft and with the adopted version, so that the next draft starts from what is in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, TypeVar

from stairgate.clauses import control
from stairgate.policies.packs.filling import Facts
from stairgate.policies.packs.form import LEFT, Pack, Place, Responsibility, Risk, Section

T = TypeVar("T", Section, Responsibility)

_OURS = Place("the draft", 1)
#: how a risk of the setting's own is told from one of the pack
OWN = "own-"


@dataclass(frozen=True, slots=True)
class OwnRisk:
    """A risk as the setting has it. Of a risk of the pack, ``title`` stays as it is there."""

    text: str
    control: str
    owner: str
    left: str = ""
    title: str = ""


def own_risk(risk: Risk) -> OwnRisk:
    """Return a risk as the setting has it, to be changed."""
    return OwnRisk(text=risk.text, control=risk.control, owner=risk.owner, left=risk.left, title=risk.title)


@dataclass(frozen=True, slots=True)
class Tailoring:
    """Everything a setting has said about a pack, besides its numbers.

    ``texts`` are sections and responsibilities in words of its own, by id; ``lines`` responsibilities that it adds, by
    group; ``without`` risks of the pack that it does not have.
    """

    pack: str
    facts: Mapping[str, str] = field(default_factory=dict)
    confirmed: frozenset[str] = frozenset()
    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    risks: Mapping[str, OwnRisk] = field(default_factory=dict)
    without: frozenset[str] = frozenset()

    @property
    def said(self) -> Facts:
        """The facts, as they are put into the words."""
        return Facts(values=self.facts, confirmed=self.confirmed)

    def to_json(self) -> dict[str, Any]:
        """Return plain values for storing."""
        return {
            "pack": self.pack,
            "facts": dict(self.facts),
            "confirmed": sorted(self.confirmed),
            "texts": dict(self.texts),
            "lines": {group: list(lines) for group, lines in self.lines.items()},
            "risks": {name: asdict(risk) for name, risk in self.risks.items()},
            "without": sorted(self.without),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Tailoring:
        """Return what was stored."""
        return cls(
            pack=stored["pack"],
            facts=dict(stored["facts"]),
            confirmed=frozenset(stored["confirmed"]),
            texts=dict(stored["texts"]),
            lines={group: tuple(lines) for group, lines in stored["lines"].items()},
            risks={name: OwnRisk(**risk) for name, risk in stored["risks"].items()},
            without=frozenset(stored["without"]),
        )


@control("C06", "The risk to the team is in every register: it can be rated, and never taken out")
@control("C07", "The risk to the public, children first, is in every register: rated, and never taken out")
@control("C08", "The risk to the good name is in every register: it can be rated, and never taken out")
@control("C15", "“Under-18s may see this” is in every register, whoever the account is meant for")
def tailored(pack: Pack, ours: Tailoring) -> Pack:
    """Return the pack with a setting's own words, lines and risks in it. A fixed risk stays, whatever is said."""
    added = tuple(
        Responsibility(_OURS, f"{OWN}{group}-{number}", group, line, addition=True)
        for group, lines in ours.lines.items()
        for number, line in enumerate(lines, start=1)
    )
    kept = (risk for risk in pack.risks if risk.fixed or risk.id not in ours.without)
    own = (
        Risk(_OURS, name, risk.title, risk.text, risk.control, risk.owner, addition=True, left=risk.left)
        for name, risk in ours.risks.items()
        if name.startswith(OWN)
    )
    return replace(
        pack,
        sections=tuple(_worded(one, ours) for one in pack.sections),
        responsibilities=(*(_worded(one, ours) for one in pack.responsibilities), *added),
        risks=(*(_rated(risk, ours.risks.get(risk.id)) for risk in kept), *own),
    )


def _worded(one: T, ours: Tailoring) -> T:
    return replace(one, text=ours.texts.get(one.id, one.text))


def _rated(risk: Risk, own: OwnRisk | None) -> Risk:
    if own is None:
        return replace(risk, left="")
    left = own.left if own.left in LEFT else ""
    return replace(risk, text=own.text, control=own.control, owner=own.owner, left=left)


#: what is longer says more than a name or a number
MOST_DETAIL = 100


def with_details_of(ours: Tailoring, earlier: Tailoring, pack: Pack) -> Tailoring:
    """Return what we say with the details of an earlier version in it: contacts, names that bind nobody, and ratings.

    If its words are then those of the earlier version, nothing but details has changed.
    """
    details = {one.id for one in pack.placeholders if one.detail} | {one.key for one in pack.directory}
    details -= {key for key in details if len(ours.facts.get(key, "")) > MOST_DETAIL}
    facts = {key: value for key, value in ours.facts.items() if key not in details}
    facts |= {key: value for key, value in earlier.facts.items() if key in details}
    rated = {
        name: replace(risk, left=earlier.risks[name].left if name in earlier.risks else "")
        for name, risk in ours.risks.items()
    }
    return replace(ours, facts=facts, risks=rated)
