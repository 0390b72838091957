"""The form of a policy pack: everything a setting adopts, as plain frozen values. Pure.

A pack is a folder of Markdown and TOML. `loading` reads one, `checking` judges it, `filling` puts a setting's own
facts and numbers into its words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from stairgate.policies.parameters import Parameters


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something is written."""

    file: str
    line: int


@dataclass(frozen=True, slots=True, order=True)
class Trouble:
    """One mistake in a pack: where it is, what is wrong, and what to do."""

    place: Place
    what: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place.file}, line {self.place.line}, {self.what}: {self.wrong} {self.remedy}"


class PackError(ValueError):
    """A pack cannot be used. `troubles` says each mistake."""

    def __init__(self, troubles: tuple[Trouble, ...]) -> None:
        super().__init__("\n".join(map(str, troubles)))
        self.troubles = troubles


class Entry(Protocol):
    """What every part of a pack that has an id has in common."""

    @property
    def place(self) -> Place: ...
    @property
    def id(self) -> str: ...
    @property
    def clauses(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Something only the setting can say. A ``suggestion`` stands in the text until it is changed or confirmed.

    A ``detail`` binds nobody: putting it right needs no new signatures (decision 0011).
    """

    place: Place
    id: str
    label: str
    help: str
    suggestion: str = ""
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter as a person meets it. Its value and its limits are in `parameters`; nothing repeats them here.

    ``one`` and ``many`` show a number: "#" stands for it, "##" for it in two digits. ``yes`` and ``no`` show a choice.
    ``never_say`` are words that would be untrue once a setting is stricter. ``value`` is the pack's own stricter one.
    Without a ``clause`` it is an addition.
    """

    place: Place
    id: str
    label: str
    help: str
    clause: str = ""
    one: str = ""
    many: str = ""
    yes: str = ""
    no: str = ""
    never_say: tuple[str, ...] = ()
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the policy. ``clauses`` have their home here; ``also`` are spoken of, but live elsewhere."""

    place: Place
    id: str
    chapter: str
    heading: str
    text: str
    clauses: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    addition: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the code of conduct; the home of its clauses."""

    place: Place
    id: str
    text: str
    clauses: tuple[str, ...] = ()
    addition: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule for whoever uses the account."""

    place: Place
    id: str
    text: str
    clauses: tuple[str, ...] = ()
    addition: bool = False


@dataclass(frozen=True, slots=True)
class Responsibility:
    """One thing that managers, staff or followers answer for. Those of followers are the page's house rules."""

    place: Place
    id: str
    group: str
    text: str
    clauses: tuple[str, ...] = ()
    addition: bool = False


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk, what is done about it, and the role that answers for it. A ``fixed`` one cannot be removed.

    ``left`` is how much risk remains all the same, one of `LEFT`. A setting says it for itself (C09): a pack never does.
    """

    place: Place
    id: str
    title: str
    text: str
    control: str
    owner: str
    clauses: tuple[str, ...] = ()
    fixed: bool = False
    addition: bool = False
    left: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that a question offers."""

    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """One question of the understanding check, with exactly one right answer and why it is right."""

    place: Place
    id: str
    text: str
    explanation: str
    answers: tuple[Answer, ...]
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to turn to. Without a ``contact`` the setting fills it in; a local one always."""

    place: Place
    id: str
    name: str
    use: str
    scope: str
    contact: str = ""
    optional: bool = False
    clauses: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The name of the fact that fills it in."""
        return f"contact.{self.id}"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist, and what should be found."""

    id: str
    text: str
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    """What is looked at, line by line. ``every`` names the parameter that says how often."""

    place: Place
    id: str
    version: str
    title: str
    intro: str
    items: tuple[Item, ...]
    every: str = ""
    clauses: tuple[str, ...] = ()
    addition: bool = False


@dataclass(frozen=True, slots=True)
class Retention:
    """How long one kind of record is kept: a number and a unit, a parameter, or ``until`` something happens.

    ``starts`` is from when a number counts, ``then`` what follows.
    """

    place: Place
    id: str
    what: str
    then: str
    starts: str = ""
    keep: int | None = None
    unit: str = ""
    parameter: str = ""
    until: str = ""
    note: str = ""
    clauses: tuple[str, ...] = ()
    addition: bool = False


GROUPS = {"managers": "Managers", "staff": "Staff", "followers": "People who join or follow our page"}
LEFT = ("low", "medium", "high")
SCOPES = ("national", "local")
UNITS = ("days", "months", "years")
ENDS = {"destroy": "then destroyed", "review": "then looked at again"}


@dataclass(frozen=True, slots=True)
class Words:
    """One text of a pack, where it stands, and the clauses it speaks of."""

    place: Place
    what: str
    text: str
    clauses: tuple[str, ...]
    heading: bool


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole pack."""

    id: str
    version: str
    title: str
    summary: str
    kinds: tuple[str, ...]
    based_on: str = ""
    leaves_out: tuple[str, ...] = ()
    placeholders: tuple[Placeholder, ...] = ()
    parameters: tuple[Named, ...] = ()
    sections: tuple[Section, ...] = ()
    conduct: tuple[Line, ...] = ()
    rules: tuple[Rule, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()
    risks: tuple[Risk, ...] = ()
    questions: tuple[Question, ...] = ()
    directory: tuple[Contact, ...] = ()
    checklists: tuple[Checklist, ...] = ()
    retention: tuple[Retention, ...] = ()
    place: Place = field(default=Place("pack.toml", 1))

    def entries(self) -> Iterator[tuple[str, Entry]]:
        """Yield everything that has an id and may serve clauses, with what to call it."""
        for kind, entries in (
            ("section", self.sections),
            ("line", self.conduct),
            ("rule", self.rules),
            ("responsibility", self.responsibilities),
            ("risk", self.risks),
            ("question", self.questions),
            ("contact", self.directory),
            ("checklist", self.checklists),
            ("record", self.retention),
        ):
            for entry in entries:
                yield f"{kind} “{entry.id}”", entry

    def homes(self) -> Iterator[tuple[str, Section | Line]]:
        """Yield what may be a clause's home: the sections, and the lines of the code."""
        for section in self.sections:
            yield f"section “{section.id}”", section
        for line in self.conduct:
            yield f"line “{line.id}”", line

    def words(self) -> Iterator[Words]:
        """Yield every text that a setting adopts or reads."""
        for what, entry in self.entries():
            also = entry.also if isinstance(entry, Section) else ()
            for text, heading in _texts(entry):
                yield Words(entry.place, what, text, (*entry.clauses, *also), heading)

    def shipped(self) -> Parameters:
        """Return the parameters with the pack's own values. Raises `TooLoose` when one is below its floor."""
        own = {named.id: named.value for named in self.parameters if named.value is not None}
        return Parameters.from_json(own)

    def list_for(self, group: str) -> tuple[Responsibility, ...]:
        """Return what one of the three groups answers for."""
        return tuple(one for one in self.responsibilities if one.group == group)

    @property
    def house_rules(self) -> tuple[Responsibility, ...]:
        """What the page asks of whoever follows it (C02, C16)."""
        return self.list_for("followers")


#: the fields that people read, and which of them are shown as they stand: as headings, not as Markdown
_TEXTS = (
    *("chapter", "heading", "title", "name", "text", "control", "use", "intro", "explanation"),
    *("what", "note", "starts", "until"),
)
_HEADINGS = frozenset({"chapter", "heading", "title", "what"})


def _texts(entry: Entry) -> Iterator[tuple[str, bool]]:
    """Yield every text in an entry that people read, and whether it is a heading."""
    own = ((getattr(entry, name, ""), name in _HEADINGS) for name in _TEXTS)
    inner: tuple[str, ...] = ()
    if isinstance(entry, Question):
        inner = tuple(answer.text for answer in entry.answers)
    if isinstance(entry, Checklist):
        inner = tuple(text for item in entry.items for text in (item.text, item.expected))
    yield from ((text, heading) for text, heading in (*own, *((text, False) for text in inner)) if text)
