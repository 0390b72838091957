"""A whole policy as a document: one text that people sign, and the chapters and sections a page shows. Pure.

The text is the truth. What a page shows is read from it, so that nobody signs one thing and is shown another.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt

#: how a text says that a section is ours alone
ADDED = "An addition: no clause asks for it."
_ABOUT = re.compile(
    rf"(?:Clauses: (?P<served>C[\dC, ]*)\.|(?P<added>{re.escape(ADDED)})(?: It goes with (?P<near>C[\dC, ]*)\.)?)"
)
_STARTS = re.compile(r"\s*(?:[-*+>]|\d+[.)])\s")
_HEADING = re.compile(r"^(#{1,3}) (.*)$", re.MULTILINE)
_MARKDOWN = MarkdownIt("commonmark", {"html": False})
_TAGS = {"p", "ul", "ol", "li", "strong", "em", "blockquote", "br"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One section with everything filled in."""

    heading: str
    markdown: str
    clauses: tuple[str, ...] = ()
    addition: bool = False

    @property
    def html(self) -> str:
        """The words as HTML that holds text and nothing else: no link, picture, style or script."""
        return to_html(self.markdown)

    @property
    def text(self) -> str:
        """The section as it stands in the whole text."""
        named = ", ".join(self.clauses)
        about = f"Clauses: {named}." if named else ""
        if self.addition:
            about = f"{ADDED} It goes with {named}." if named else ADDED
        heading = f"### {self.heading}" if self.heading else ""
        return "\n\n".join(part for part in (heading, self.markdown, about) if part)


@dataclass(frozen=True, slots=True)
class Chapter:
    """Some sections under one title."""

    title: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The chapter as it stands in the whole text."""
        heading = (f"## {self.title}",) if self.title else ()
        return "\n\n".join([*heading, *(piece.text for piece in self.pieces)])


@dataclass(frozen=True, slots=True)
class Document:
    """A whole policy, as one setting adopts it."""

    title: str
    chapters: tuple[Chapter, ...]

    @property
    def text(self) -> str:
        """The whole text, which people sign."""
        title = (f"# {self.title}",) if self.title else ()
        return "\n\n".join([*title, *(chapter.text for chapter in self.chapters)])

    @property
    def digest(self) -> str:
        """The SHA-256 of the whole text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def of(cls, text: str) -> Document:
        """Return the document whose text this is. Words before any heading are a section without one."""
        title = ""
        chapters: list[tuple[str, list[Piece]]] = []
        for level, heading, body in _cut(text):
            if level == 1:
                title = heading
            elif level == 2:
                chapters.append((heading, []))
            if body or level == 3:
                if not chapters:
                    chapters.append(("", []))
                chapters[-1][1].append(_piece(heading if level == 3 else "", body))
        return cls(title, tuple(Chapter(name, tuple(pieces)) for name, pieces in chapters))


def unwrapped(markdown: str) -> str:
    """Return Markdown with each paragraph and each item of a list on one line: how it was wrapped says nothing."""
    lines: list[str] = []
    for line in markdown.split("\n"):
        if lines and lines[-1] and line.strip() and not _STARTS.match(line):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line.rstrip())
    return "\n".join(lines)


def to_html(markdown: str) -> str:
    """Return Markdown as HTML in which only the plainest tags are left."""
    return nh3.clean(_MARKDOWN.render(markdown), tags=_TAGS, attributes={})


def hides(markdown: str) -> bool:
    """Return whether some of the words would be signed and never shown: a picture, a link, what a fence is called."""
    env: dict[str, object] = {}
    tokens = [token for one in _MARKDOWN.parse(markdown, env) for token in (one, *(one.children or ()))]
    return bool(env.get("references")) or any(
        token.type == "image"
        or (token.type == "link_open" and token.markup != "autolink")
        or (token.type == "fence" and bool(token.info))
        for token in tokens
    )


def _cut(text: str) -> list[tuple[int, str, str]]:
    """Return the text cut at its headings: the level, the heading, and what stands below it."""
    before, *rest = _HEADING.split(text)
    parts = [(0, "", before.strip())]
    for marks, heading, body in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        parts.append((len(marks), heading, body.strip()))
    return parts


def _piece(heading: str, body: str) -> Piece:
    words, _, last = body.rpartition("\n\n")
    about = _ABOUT.fullmatch(last)
    if about is None:
        return Piece(heading, body)
    clauses = (about["served"] or about["near"] or "").split(", ")
    return Piece(heading, words, tuple(filter(None, clauses)), about["added"] is not None)
