"""One request to the Graph API, as the handlers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from stairgate.practice.store import Row, Store

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file sent with a request."""

    name: str
    data: bytes


@dataclass(slots=True)
class Call:
    """One request as the handlers see it."""

    store: Store
    method: str
    base_url: str
    params: Mapping[str, str]
    files: Mapping[str, Upload] = field(default_factory=dict)
    token: Row | None = None

    @property
    def page(self) -> str:
        return self.store.meta("page_id")

    def text(self, key: str, default: str = "") -> str:
        return str(self.params.get(key, default))

    def flag(self, key: str, default: bool) -> bool:
        value = self.text(key)
        return default if not value else value.lower() in {"true", "1"}
