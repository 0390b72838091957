"""Which clauses a page shows, and which of the pages they point to somebody may open."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from stairgate.assurance.live import Live, LiveClause, Section
from stairgate.assurance.marks import Worth
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty

#: what it takes to open the pages that marks point to; those that are not here are everybody's
_ASKS = {
    "channels:list": Duty.SEE_ACCOUNTS,
    "assurance:record": Duty.SEE_ACCOUNTS,
    "monitoring:inbox": Duty.DECIDE,
    "policies:next": Duty.MANAGE,
    "library:new": Duty.MANAGE,
    "reading:who": Duty.SEE_PEOPLE,
    "reminding:rounds": Duty.SEE_PEOPLE,
}
_EVERYBODYS = frozenset(
    {
        "library:help",
        "library:index",
        "people:list",
        "policies:words",
        "policies:review",
        "publishing:list",
        "publishing:suggestions",
        "reading:start",
        "reminding:exceptions",
        "reminding:told",
        "reminding:activity",
    }
)
_LONGEST = 80


def may_open(duties: frozenset[Duty]) -> frozenset[str]:
    """Return the pages that marks may point somebody to."""
    return _EVERYBODYS | {page for page, duty in _ASKS.items() if duty in duties}


@dataclass(frozen=True, slots=True)
class Chip:
    """One choice of what to show, with how many clauses that is."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Mend:
    """One thing to mend: a clause, and the others that say so for the same reason."""

    clause: LiveClause
    others: tuple[LiveClause, ...]

    @property
    def same(self) -> SafeString:
        """The others as links, in a sentence."""
        links = [
            format_html('<a href="{}">{}</a>', reverse("assurance:clause", args=[o.id]), o.id)
            for o in self.others
        ]
        last = format_html(" and {}", links[-1]) if len(links) > 1 else ""
        return format_html("{}{}", mark_safe(", ".join(links[:-1] or links)), last)  # noqa: S308 - made just above


def to_mend(live: Live) -> tuple[Mend, ...]:
    """Return what is to mend, what is broken first; clauses with one reason and one remedy are told as one."""
    groups: dict[tuple[object, ...], list[LiveClause]] = {}
    for clause in live.to_mend:
        groups.setdefault((clause.worth, clause.why, clause.mark.next_action), []).append(clause)
    return tuple(Mend(clauses[0], tuple(clauses[1:])) for clauses in groups.values())


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asked to see: which kind, and which words are in it."""

    show: str
    words: str
    chips: tuple[Chip, ...]
    mend: tuple[Mend, ...]
    sections: tuple[Section, ...]

    @property
    def narrowed(self) -> bool:
        return self.show != "all" or bool(self.words)

    @property
    def found(self) -> int:
        return sum(len(section.clauses) for section in self.sections)

    @classmethod
    def of(cls, asked: Mapping[str, str], live: Live, member: Membership) -> Filter:
        """Return what the address asks for; what it cannot mean is "all"."""
        kinds: dict[str, tuple[str, Callable[[LiveClause], bool]]] = {
            "all": ("All", lambda clause: True),
            "mend": ("To mend", lambda clause: clause.to_mend),
            "mine": ("Waiting for me", lambda clause: clause.waits_for(member.user_id)),
            **{
                worth.value: (worth.words, lambda clause, worth=worth: clause.worth == worth)  # type: ignore[misc]
                for worth in (Worth.MET, Worth.OFF, Worth.NOT_YET)
            },
        }
        asked_for = asked.get("show", "all")
        show = asked_for if asked_for in kinds else "all"
        words = " ".join(asked.get("q", "").replace("\x00", "").split())[:_LONGEST]
        wanted = kinds[show][1]
        sections = tuple(
            Section(section.name, kept)
            for section in live.sections
            if (kept := tuple(c for c in section.clauses if wanted(c) and _has(c, section, words)))
        )
        chips = tuple(
            Chip(key, label, sum(keeps(clause) for clause in live.clauses))
            for key, (label, keeps) in kinds.items()
        )
        mend = to_mend(live) if show == "all" and not words else ()
        return cls(show, words, tuple(c for c in chips if c.count or c.key == show), mend, sections)


def _has(clause: LiveClause, section: Section, words: str) -> bool:
    where = f"{clause.id} {clause.row.clause.title} {clause.why} {section.name}".casefold()
    return all(word in where for word in words.casefold().split())
