"""Our own screener as the benchmark asks it: a message in, the categories worth a look out."""

from __future__ import annotations

from collections.abc import Iterable

from bench.screening.messages import Message

from stairgate.screening import Action, Author, Context, Direction, Finding, Screener, Severity, default_pack


class Ours:
    """The screener with the pack it ships and no setting's own facts."""

    name = "stairgate"

    def __init__(self) -> None:
        self.screener = Screener(default_pack())

    def findings(self, message: Message) -> list[Finding]:
        """Return what is worth a person's look; a mere note is not."""
        context = Context(
            has_picture=bool(message.context.get("has_picture")),
            is_reply=bool(message.context.get("is_reply")),
            author=Author(message.context.get("author", "stranger")),
        )
        screening = self.screener.screen(
            message.text, direction=Direction(message.direction), context=context
        )
        if screening.action is Action.PASS:
            return []
        return [finding for finding in screening.findings if finding.severity >= Severity.LOOK]

    def categories(self, message: Message) -> frozenset[str]:
        """Return the categories found."""
        return frozenset(finding.category.value for finding in self.findings(message))

    def all_categories(self, messages: Iterable[Message]) -> list[frozenset[str]]:
        """Return the categories of every message."""
        return [self.categories(message) for message in messages]
