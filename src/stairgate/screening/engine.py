"""Read a text and say what was found, where and why. It explains and holds; it never accuses or deletes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from stairgate.screening.case import Case
from stairgate.screening.contacts import find_contacts
from stairgate.screening.evidence import find_evidence
from stairgate.screening.facts import OrganisationFacts
from stairgate.screening.folding import Folded
from stairgate.screening.identity import find_identity, find_names
from stairgate.screening.kinds import Category, Context, Direction, Finding, Screening, action_for
from stairgate.screening.language import find_bad_language
from stairgate.screening.learned import weigh_findings
from stairgate.screening.own_words import find_own_words, without_excepted
from stairgate.screening.pack import Pack
from stairgate.screening.reading import Reading
from stairgate.screening.signoff import find_sign_off

ENGINE_VERSION = "2"
LONGEST_TEXT = 20_000  # characters; longer than any post, and a bound on the work one text can ask for
MOST_WORDS = 5_000  # of a text of that length; ordinary ones have under 4,000
MOST_FINDINGS = 100
_TAKEN_IN = (Category.STAFF_BOUNDARY, Category.CONTACT_DETAILS)

Finder = Callable[[Case], Iterator[Finding]]
_FINDERS: tuple[Finder, ...] = (
    *(find_contacts, find_identity, find_bad_language, find_sign_off, find_evidence),
    find_own_words,
)


class Screener:
    """Screens texts with one pack for one setting. Holds no state between texts; safe to share."""

    def __init__(self, pack: Pack, facts: OrganisationFacts | None = None) -> None:
        self.pack = pack
        self.facts = facts or OrganisationFacts()
        self.version = f"{ENGINE_VERSION}/{pack.version}"

    def screen(self, text: str, *, direction: Direction, context: Context | None = None) -> Screening:
        """Return everything found in ``text``, in reading order, and the action it calls for.

        Never raises on any text. What lies beyond ``LONGEST_TEXT`` is not read, and that is itself held.
        """
        reading = _read(_start_of(text), self.pack)
        case = Case(
            reading,
            pack=self.pack,
            facts=self.facts,
            direction=direction,
            context=context or Context(),
        )
        case.cues.add(find_names(case))
        found = [finding for finder in _FINDERS for finding in finder(case)]
        found = weigh_findings(case, found)
        read = reading.read_to
        if read < len(text):
            found.append(_unread(case, reading.folded.whole(read, read)[0], len(text)))
        findings = _settle(without_excepted(case, found))
        return Screening(findings=findings, action=action_for(findings), version=self.version)


def _start_of(text: str) -> str:
    """Return as much of ``text`` as is read, cut where no sign is parted."""
    if len(text) <= LONGEST_TEXT:
        return text
    end = Folded(text[: LONGEST_TEXT + 1]).whole(LONGEST_TEXT, LONGEST_TEXT)[0]
    return text[: end or LONGEST_TEXT]


def _read(text: str, pack: Pack) -> Reading:
    """Read ``text``, or as much of it as holds ``MOST_WORDS``."""
    reading = pack.read(text)
    if len(reading.raw) <= MOST_WORDS:
        return reading
    return pack.read(text[: reading.folded.origins[reading.spans[MOST_WORDS][0]]])


def _unread(case: Case, start: int, end: int) -> Finding:
    return replace(case.finding("text.too-long", 0, 0), start=start, end=end)


def _repeats(finding: Finding, wider: Finding) -> bool:
    return finding.end <= wider.end and finding.severity <= wider.severity


def _settle(found: list[Finding]) -> tuple[Finding, ...]:
    """Put findings in reading order and drop those that only repeat a wider one. The gravest are kept.

    A contact detail inside an invitation is told beside it; an invitation that a detail takes in is not.
    """
    kept: list[Finding] = []
    reach: dict[str, Finding] = {}
    for finding in sorted(found, key=lambda item: (item.start, -item.end, -item.severity, item.rule)):
        wider = reach.get(finding.category)
        matters = _TAKEN_IN if finding.category is Category.STAFF_BOUNDARY else (finding.category,)
        if any(_repeats(finding, reach[matter]) for matter in matters if matter in reach):
            continue
        if wider is None or finding.end > wider.end:
            reach[finding.category] = finding
        kept.append(finding)
    if len(kept) > MOST_FINDINGS:
        gravest = sorted(kept, key=lambda item: -item.severity)[:MOST_FINDINGS]
        kept = sorted(gravest, key=lambda item: (item.start, -item.end))
    return tuple(kept)
