"""The policy, its code and a signature as papers. The words are those of the text that people sign, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from stairgate.organisations.models import Organisation
from stairgate.organisations.papers import seal_words
from stairgate.policies.models import PolicyVersion, Signature
from stairgate.policies.packs.document import Chapter, Document
from stairgate.policies.reading.rules import Means, is_text
from stairgate.printing import paper
from stairgate.printing.paper import Element, Paper

#: what the pack calls the chapter that everybody signs
CODE = "Code of conduct"

_PROVED = {
    Means.PASSWORD: "with their password",
    Means.CODE: "with a code from their app",
    Means.PASSKEY: "with their passkey",
    Means.DEMO: "not asked, because this is a demonstration",
}


def moment(place: Organisation, at: datetime | None) -> str:
    """Return a moment on the setting's own clock, with the name of that clock."""
    if at is None:
        return ""
    local = place.local(at)
    return f"{local:%A} {local.day} {local:%B %Y, %H:%M:%S} ({local:%Z})"


def policy_paper(version: PolicyVersion, *, at: datetime) -> Paper:
    """Return the whole text of a version as a paper."""
    return _paper(version, version.title, _chapters(Document.of(version.text).chapters), at)


def code_paper(version: PolicyVersion, *, at: datetime) -> Paper | None:
    """Return the code of conduct of a version as a paper, with lines to sign by hand; None when it has none."""
    ours = [chapter for chapter in Document.of(version.text).chapters if chapter.title == CODE]
    if not ours:
        return None
    pieces = [
        one for chapter in ours for piece in chapter.pieces for one in paper.from_markdown(piece.markdown)
    ]
    return _paper(version, CODE, [*pieces, paper.by_hand("Name", "Signed", "Date")], at)


def certificate(signature: Signature, *, at: datetime) -> Paper:
    """Return a signature as a paper: who signed, when, what was confirmed, and exactly the words that were signed.

    It says so when the words are no longer those that were signed.
    """
    version, reading = signature.version, signature.reading
    place = version.organisation
    intact = is_text(version.text, signature.text_digest)
    facts = [
        ("Signed as", signature.name_typed),
        ("What", f"{version.title}, version {version.label}"),
        ("Date and time", moment(place, signature.signed_at)),
        ("Opened", moment(place, reading.opened_at) if reading else "not recorded then"),
        ("Read to the end", moment(place, reading.read_at) if reading else "not recorded then"),
        ("Questions answered", moment(place, reading.passed_at) if reading else "not recorded then"),
        ("Shown to be them", _proof(signature)),
        ("Seal of the text", seal_words(signature.text_digest)),
        ("Number", str(signature.pk)),
    ]
    lines = [str(line["words"]) for line in signature.confirmed]
    elements = [
        *([] if intact else [paper.words("The words below are NOT those that were signed.", bold=True)]),
        paper.facts(facts),
        *([paper.heading(2, "Confirmed line by line"), paper.bullets(lines)] if lines else []),
        paper.words(
            "The seal is the SHA-256 of the text that follows. Whoever has that text can work it out and compare."
        ),
        paper.new_page(),
        paper.heading(2, f"{version.title}, version {version.label}"),
        *_chapters(Document.of(version.text).chapters, level=3),
    ]
    return _paper(version, "Certificate of signing", elements, at)


def _proof(signature: Signature) -> str:
    if not signature.proved_by:
        return "not recorded then"
    when = f", {moment(signature.version.organisation, signature.proved_at)}"
    means = Means(signature.proved_by)
    return _PROVED[means] + (when if means != Means.DEMO else "")


def _paper(version: PolicyVersion, title: str, elements: Sequence[Element], at: datetime) -> Paper:
    place = version.organisation
    adopted = place.local(version.adopted_at)
    return Paper(
        title=title,
        sender=place.name,
        about=f"{version.title}, version {version.label}, adopted {adopted.day} {adopted:%B %Y}",
        foot=f"{place.name} · version {version.label} · seal {version.text_digest[:8]}",
        made_at=place.local(at),
        elements=elements,
    )


def _chapters(chapters: Sequence[Chapter], *, level: int = 2) -> list[Element]:
    found: list[Element] = []
    for chapter in chapters:
        below = level + 1 if chapter.title else level
        if chapter.title:
            found.append(paper.heading(level, chapter.title))
        for piece in chapter.pieces:
            if piece.heading:
                found.append(paper.heading(below, piece.heading))
            found += paper.from_markdown(piece.markdown)
            if about := _about(piece.clauses, piece.addition):
                found.append(paper.small(about))
    return found


def _about(clauses: Sequence[str], addition: bool) -> str:
    named = ", ".join(clauses)
    if addition:
        return "An addition: no clause asks for it." + (f" It goes with {named}." if named else "")
    return f"Clauses: {named}." if named else ""
