"""The page on the practice network: what the public does there, and what is to be seen, whatever fault is switched on."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.crash.run import Practice


class Page(Practice):
    """Asked over HTTP for deeds; looked at in its own file, where no fault strikes."""

    def __init__(self, url: str, home: Path) -> None:
        super().__init__(url, home)
        self._file = home / "practice.sqlite3"

    def deed(self, what: str, **given: Any) -> Any:
        """Do something as the public or the trainer; return the answer. Raises `urllib.error.HTTPError`."""
        request = urllib.request.Request(
            f"{self.url}/practice/{what}",
            data=json.dumps(given).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def behave(self) -> None:
        """Let every fault that still waits be over."""
        self.deed("usage", percent=3)
        with closing(sqlite3.connect(self._file, timeout=60)) as file, file:
            file.execute("UPDATE faults SET times = 0")

    def is_rung_for(self) -> bool:
        """Return whether Stairgate asked the page to ring, as the page and as its app."""
        names = self._rows(
            "SELECT value FROM meta WHERE key IN ('page_rings_for', 'app_rings_for') AND value <> ''"
        )
        return len(names) == 2

    def own_posts(self) -> list[str]:
        """Return the numbers of our posts that are there."""
        return [str(n) for n, _ in self._own()]

    def on_page(self) -> Counter[str]:
        """Return how many times each text of ours is on the page."""
        return Counter(message for _, message in self._own())

    def under(self, comment: str) -> list[str]:
        """Return a comment and the answers to it, gone or not."""
        n = comment.rpartition("_")[2]
        return [
            f"{post}_{n}"
            for post, n in self._rows("SELECT post, n FROM comments WHERE n = ? OR parent = ?", n, n)
        ]

    def _own(self) -> list[tuple[Any, ...]]:
        return self._rows("SELECT n, message FROM posts WHERE visitor = 0 AND published = 1 AND deleted = 0")

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._file, timeout=60)) as file:
            return file.execute(sql, values).fetchall()
