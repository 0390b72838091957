"""One sentence, tried: what would happen to it, and for each finding why, in words for a tired person. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stairgate.screening import (
    Action,
    Author,
    Context,
    Direction,
    Finding,
    OrganisationFacts,
    Screener,
    Screening,
    Severity,
    default_pack,
)

_LONGEST_QUOTE = 80
#: what would happen, by the gravest finding: the kind of status, and its words
VERDICTS = {
    Action.HOLD: ("held", "Held"),
    Action.LOOK: ("risk", "Somebody should look"),
    Action.PASS: ("ok", "Nothing found"),
}
_BECAUSE = {
    Severity.HARM: "We held this because of",
    Severity.HOLD: "We held this because of",
    Severity.LOOK: "Somebody should look at this because of",
    Severity.NOTE: "We only point this out. It would pass, with",
}
_TO_DO = {
    Direction.OUTBOUND_POST: {
        Severity.HARM: "Take it out: a post can’t go out with it.",
        Severity.HOLD: "Change it: a post can’t go out with it.",
        Severity.LOOK: "Whoever writes it changes it, or says why it is safe. Whoever approves reads that.",
        Severity.NOTE: "Nothing has to be done.",
    },
    Direction.INBOUND_COMMENT: {
        Severity.HARM: "Where the network lets us, we hide it at once. It stands first in the inbox, for a person to decide.",
        Severity.HOLD: "It stands near the top of the inbox. Somebody reads it and decides.",
        Severity.LOOK: "It is in the inbox, above what seems harmless. Somebody reads it and decides.",
        Severity.NOTE: "It is in the inbox like any other comment.",
    },
    Direction.PRIVATE_MESSAGE: {
        Severity.HARM: "Answer nothing yet. Tell the safeguarding lead, who decides what happens.",
        Severity.HOLD: "Answer nothing yet. Let the safeguarding lead read it first.",
        Severity.LOOK: "Read it with care, and answer as the team.",
        Severity.NOTE: "Answer as the team, like any other message.",
    },
}


@dataclass(frozen=True, slots=True)
class Note:
    """One finding as it is told."""

    number: int  # of its mark in the sentence
    finding: Finding
    quote: str
    because: str
    to_do: str

    @property
    def what(self) -> str:
        """What was found, to be read on in a sentence."""
        title = self.finding.title
        return title[0].lower() + title[1:]


@dataclass(frozen=True, slots=True)
class Tried:
    """What screening says of one sentence."""

    text: str
    screening: Screening
    notes: tuple[Note, ...]

    @property
    def status(self) -> str:
        return VERDICTS[self.screening.action][0]

    @property
    def verdict(self) -> str:
        if self.screening.action is Action.PASS and self.notes:
            return "Nothing that stops it"
        return VERDICTS[self.screening.action][1]


def try_sentence(
    text: str, facts: OrganisationFacts, *, direction: Direction, has_picture: bool, author: Author
) -> Tried:
    """Return what screening says of a sentence, with what the setting knows. What we write is by the staff."""
    if direction is Direction.OUTBOUND_POST:
        author = Author.STAFF
    context = Context(has_picture=has_picture, author=author)
    screening = Screener(default_pack(), facts).screen(text, direction=direction, context=context)
    return Tried(text, screening, tuple(_notes(text, screening, direction)))


def _notes(text: str, screening: Screening, direction: Direction) -> Iterator[Note]:
    """Yield the gravest first; each keeps the number of its mark."""
    numbered = list(enumerate(screening.findings, start=1))
    for number, finding in sorted(numbered, key=lambda pair: -pair[1].severity):
        quote = " ".join(text[finding.start : finding.end].split())
        if len(quote) > _LONGEST_QUOTE:
            quote = f"{quote[:_LONGEST_QUOTE].rstrip()} …"
        yield Note(number, finding, quote, _BECAUSE[finding.severity], _TO_DO[direction][finding.severity])
