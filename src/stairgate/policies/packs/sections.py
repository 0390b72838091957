"""Reading the sections of ``policy.md``::

# Chapter

## Heading {#its-id}
Serves: C18, C21
Also: C101
Addition: yes

The words, in Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from stairgate.policies.packs.form import Place, Section, Trouble

_HEADING = re.compile(r"##\s+(?P<heading>.+?)\s*\{#(?P<id>[^}]*)\}\s*")
_FIELD = re.compile(r"(?P<name>[A-Z]\w*):\s*(?P<value>.*)")
_FIELDS = ("Serves", "Also", "Addition")


@dataclass(slots=True)
class _Open:
    """A section whose end has not been met."""

    place: Place
    chapter: str
    heading: str
    id: str
    fields: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        return f"section “{self.id}”"


def read_sections(file: str, text: str, troubles: list[Trouble]) -> list[Section]:
    """Return the sections in a text; what is wrong is added to the troubles."""
    chapter, found, now = "", [], None
    for number, line in enumerate(text.splitlines(), start=1):
        place = Place(file, number)
        if line.startswith("# "):
            chapter, now = line[2:].strip(), None
        elif line.startswith("## "):
            now = _opened(place, chapter, line, troubles)
            found.append(now)
        elif now is not None:
            _take(now, place, line, troubles)
        elif line.strip():
            troubles.append(
                Trouble(place, "text", "These words stand in no section.", "Put them under a “## ” heading.")
            )
    return [_section(one, troubles) for one in found]


def _opened(place: Place, chapter: str, line: str, troubles: list[Trouble]) -> _Open:
    match = _HEADING.fullmatch(line)
    if not match:
        remedy = "Write it as in: ## Who looks after the page {#who-looks-after}"
        troubles.append(Trouble(place, "section", "The heading has no id.", remedy))
        return _Open(place, chapter, line[3:].strip(), f"line-{place.line}")
    opened = _Open(place, chapter, match["heading"], match["id"])
    if not chapter:
        troubles.append(
            Trouble(place, opened.what, "It stands in no chapter.", "Put a “# ” heading above it.")
        )
    return opened


def _take(now: _Open, place: Place, line: str, troubles: list[Trouble]) -> None:
    """Take one more line into a section: a field while nothing else has come, else words."""
    if line.startswith("###"):
        wrong = "There is a heading inside it."
        troubles.append(Trouble(place, now.what, wrong, "Make two sections of it, or leave the heading out."))
    match = _FIELD.fullmatch(line) if not now.lines else None
    if match is None:
        now.lines.append(line)
    elif match["name"] not in _FIELDS:
        remedy = f"A section has: {', '.join(_FIELDS)}. Words come after an empty line."
        troubles.append(Trouble(place, now.what, f"There is no “{match['name']}” here.", remedy))
    else:
        now.fields[match["name"]] = match["value"]


def _section(one: _Open, troubles: list[Trouble]) -> Section:
    words = "\n".join(one.lines).strip()
    if not words:
        troubles.append(
            Trouble(one.place, one.what, "Its text is empty.", "Write it, or take the section out.")
        )
    addition = one.fields.get("Addition", "no")
    if addition not in ("yes", "no"):
        troubles.append(
            Trouble(one.place, one.what, f"“Addition” is “{addition}”.", "Write yes, or leave it out.")
        )
    return Section(
        place=one.place,
        id=one.id,
        chapter=one.chapter,
        heading=one.heading,
        text=words,
        clauses=_clauses(one.fields.get("Serves", "")),
        also=_clauses(one.fields.get("Also", "")),
        addition=addition == "yes",
    )


def _clauses(value: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[,\s]+", value) if part)
