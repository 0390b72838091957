"""How much a network takes. Plain data, and the sentences for an author who wants more."""

from __future__ import annotations

from dataclasses import dataclass

from stairgate.networks.base import Outgoing


@dataclass(frozen=True, slots=True)
class Limits:
    """What one post may be: characters of text, pictures, characters of a description, bytes of a picture."""

    text: int
    pictures: int
    alt: int
    megabytes: int

    def problems(self, label: str, outgoing: Outgoing, length: int) -> list[str]:
        """Return what a network would refuse, as sentences. ``length`` is that of the text, as the network counts."""
        found = []
        if length > self.text:
            found.append(f"too long for {label}: {length} characters, and {self.text} are allowed")
        if len(outgoing.pictures) > self.pictures:
            found.append(f"{label} takes {self.pictures} pictures at most")
        if any(len(picture.alt) > self.alt for picture in outgoing.pictures):
            found.append(f"a description is too long for {label} ({self.alt} characters at most)")
        if any(len(picture.data) > self.megabytes * 1_000_000 for picture in outgoing.pictures):
            found.append(f"a picture is too big for {label} ({self.megabytes} MB at most)")
        return found
