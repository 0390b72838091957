"""A paper as plain values: what stands on it, in order. Every word stays a word; nothing in it is markup."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

Element = dict[str, object]
Run = dict[str, object]

_MARKDOWN = MarkdownIt("commonmark", {"html": False})
#: marks that turn the direction of writing round, so that words look like other words
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. ``sender`` is whose it is, ``foot`` stands on every page, ``made_at`` is the sender's own time."""

    title: str
    sender: str
    about: str
    foot: str
    made_at: datetime
    elements: Sequence[Element] = field(default_factory=tuple)
    wide: bool = False

    def to_data(self) -> dict[str, object]:
        """Return the paper as the printer takes it."""
        when = self.made_at
        return {
            "title": plain(self.title) or "Paper",
            "from": plain(self.sender),
            "about": plain(self.about),
            "foot": plain(self.foot),
            "wide": self.wide,
            "date": [when.year, when.month, when.day, when.hour, when.minute, when.second],
            "elements": list(self.elements),
        }


def plain(words: str) -> str:
    """Return words without what no paper can show: control characters, and marks that turn the direction round."""
    spaced = words.replace("\r\n", "\n").replace("\t", " ")
    return "".join(
        one
        for one in spaced
        if one == "\n" or (one not in _TURNS and unicodedata.category(one) not in _UNPRINTABLE)
    )


def heading(level: int, words: str) -> Element:
    return {"kind": "heading", "level": level, "text": plain(words)}


def words(text: str, *, bold: bool = False) -> Element:
    return {"kind": "words", "runs": [_run(text, bold=bold)]}


def small(text: str) -> Element:
    return {"kind": "small", "text": plain(text)}


def bullets(items: Iterable[str]) -> Element:
    return {"kind": "bullets", "items": [[words(item)] for item in items]}


def facts(rows: Iterable[tuple[str, str]]) -> Element:
    """Return labels with what belongs to them; one without anything is left out."""
    return {"kind": "facts", "rows": [[plain(label), plain(said)] for label, said in rows if said.strip()]}


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, widths: Sequence[int]) -> Element:
    cells = [[plain(cell) for cell in row] for row in rows]
    return {"kind": "table", "head": list(head), "rows": cells, "widths": list(widths)}


def by_hand(*labels: str) -> Element:
    """Return lines on which people write with a pen."""
    return {"kind": "by_hand", "labels": list(labels)}


def new_page() -> Element:
    return {"kind": "new_page"}


def from_markdown(text: str) -> list[Element]:
    """Return Markdown as elements: paragraphs, lists, quotes, bold and italic. Links and pictures are only words."""
    return _blocks(SyntaxTreeNode(_MARKDOWN.parse(text)).children)


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> list[Element]:
    found: list[Element] = []
    for node in nodes:
        if node.type in {"paragraph", "heading"}:
            found.append({"kind": "words", "runs": _runs(node.children)})
        elif node.type == "bullet_list":
            found.append({"kind": "bullets", "items": [_blocks(item.children) for item in node.children]})
        elif node.type == "ordered_list":
            start = int(node.attrs.get("start", 1))
            items = [_blocks(item.children) for item in node.children]
            found.append({"kind": "numbers", "start": start, "items": items})
        elif node.type == "blockquote":
            found.append({"kind": "quote", "inside": _blocks(node.children)})
        elif node.type in {"fence", "code_block"}:
            found.append(words(node.content))
    return found


def _runs(nodes: Iterable[SyntaxTreeNode], *, bold: bool = False, italic: bool = False) -> list[Run]:
    found: list[Run] = []
    for node in nodes:
        if node.type == "hardbreak":
            found.append({"break": True})
        elif node.type == "softbreak":
            found.append(_run(" ", bold=bold, italic=italic))
        elif node.type != "image" and node.children:
            found += _runs(
                node.children, bold=bold or node.type == "strong", italic=italic or node.type == "em"
            )
        elif node.type != "image" and node.content:
            found.append(_run(node.content, bold=bold, italic=italic))
    return found


def _run(text: str, *, bold: bool = False, italic: bool = False) -> Run:
    return {"text": plain(text), "bold": bold, "italic": italic}
