"""What differs between two versions of the policy, part by part. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from stairgate.policies.packs.document import Document, Piece, unwrapped
from stairgate.policies.packs.filling import shown
from stairgate.policies.packs.form import Named
from stairgate.policies.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Change:
    """One part that is not as it was. One of the two texts is empty when it is new, or gone."""

    chapter: str
    heading: str
    before: str
    after: str
    binding: bool  # a clause speaks in it, before or after

    @property
    def kind(self) -> str:
        """What happened to it, in a word."""
        if not self.before:
            return "New"
        return "Changed" if self.after else "Gone"


@dataclass(frozen=True, slots=True)
class NumberChange:
    """One number of the policy that is not as it was, as the text says it."""

    label: str
    before: str
    after: str


def changes(before: Document | None, after: Document) -> tuple[Change, ...]:
    """Return every part that differs, in the order of the new version; what is gone comes last."""
    old, new = dict(_parts(before)) if before else {}, dict(_parts(after))
    found = [
        _change(key, old.get(key), new.get(key)) for key in (*new, *(key for key in old if key not in new))
    ]
    return tuple(change for change in found if change.before != change.after)


def _parts(document: Document) -> Iterator[tuple[tuple[str, str, int], Piece]]:
    """Yield each part by its chapter, its heading, and which one of that name it is."""
    seen: dict[tuple[str, str], int] = {}
    for chapter in document.chapters:
        for piece in chapter.pieces:
            name = (chapter.title, piece.heading)
            seen[name] = seen.get(name, 0) + 1
            yield (*name, seen[name]), piece


def _change(key: tuple[str, str, int], old: Piece | None, new: Piece | None) -> Change:
    return Change(
        chapter=key[0],
        heading=key[1] or key[0] or "The text",
        before=_words(old),
        after=_words(new),
        binding=any(piece is not None and bool(piece.clauses) for piece in (old, new)),
    )


def _words(piece: Piece | None) -> str:
    """Return the words of a part with what it says of its clauses, but without its heading."""
    if piece is None:
        return ""
    return Piece("", unwrapped(piece.markdown), piece.clauses, piece.addition).text


def number_changes(
    before: Parameters | None, after: Parameters, named: Iterable[Named]
) -> tuple[NumberChange, ...]:
    """Return every number that differs, in the pack's order and words."""
    if before is None:
        return ()
    names = {field.name for field in fields(Parameters)}
    pairs = ((one, getattr(before, one.id), getattr(after, one.id)) for one in named if one.id in names)
    return tuple(
        NumberChange(one.label, shown(one, old), shown(one, new)) for one, old, new in pairs if old != new
    )
