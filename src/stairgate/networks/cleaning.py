"""Making what strangers wrote fit to be stored. Nothing they type may stop a reading."""

from __future__ import annotations

from typing import Any


def clean(value: Any) -> Any:
    """Return JSON that a database takes: zero characters and half characters become the replacement sign."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean(one) for one in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): clean(one) for key, one in value.items()}
    return value


def clean_text(text: str) -> str:
    """Return text without what no database takes: NUL, and halves of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def link(address: str) -> str:
    """Return an address only when it is a link, else "": it becomes an href on our pages."""
    return address if address.startswith(("https://", "http://127.0.0.1", "http://localhost")) else ""


def plain(text: str) -> str:
    """Return words as a page may give them back: line ends and outer space do not count."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").strip().split("\n"))
