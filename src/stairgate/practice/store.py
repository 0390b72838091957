"""What the practice network remembers, in an SQLite file of its own."""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = sqlite3.Row

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, scopes TEXT NOT NULL, expires REAL NOT NULL, valid INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS codes (code TEXT PRIMARY KEY, redirect_uri TEXT NOT NULL, scopes TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS posts (
    n INTEGER PRIMARY KEY, visitor INTEGER NOT NULL, message TEXT NOT NULL, link TEXT NOT NULL,
    from_id TEXT NOT NULL, from_name TEXT NOT NULL, created REAL NOT NULL, scheduled REAL NOT NULL,
    published INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS photos (
    n INTEGER PRIMARY KEY, post INTEGER, position INTEGER NOT NULL DEFAULT 0, data BLOB NOT NULL,
    media_type TEXT NOT NULL, alt TEXT NOT NULL, caption TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS comments (
    n INTEGER PRIMARY KEY, post INTEGER NOT NULL, parent INTEGER, message TEXT NOT NULL, from_id TEXT NOT NULL,
    from_name TEXT NOT NULL, created REAL NOT NULL, own INTEGER NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS comments_of_a_post ON comments (post, n);
CREATE TABLE IF NOT EXISTS insta_containers (
    n INTEGER PRIMARY KEY, caption TEXT NOT NULL, alt TEXT NOT NULL, photo BLOB, children TEXT NOT NULL,
    of_many INTEGER NOT NULL, ready REAL NOT NULL, failed TEXT NOT NULL, post INTEGER);
CREATE TABLE IF NOT EXISTS insta_posts (
    n INTEGER PRIMARY KEY, caption TEXT NOT NULL, created REAL NOT NULL, comments_on INTEGER NOT NULL DEFAULT 1,
    deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS insta_photos (
    n INTEGER PRIMARY KEY, post INTEGER NOT NULL, position INTEGER NOT NULL, data BLOB NOT NULL, alt TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS insta_comments (
    n INTEGER PRIMARY KEY, post INTEGER NOT NULL, parent INTEGER, text TEXT NOT NULL, from_id TEXT NOT NULL,
    username TEXT NOT NULL, created REAL NOT NULL, hidden INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS insta_tags (
    n INTEGER PRIMARY KEY, caption TEXT NOT NULL, username TEXT NOT NULL, created REAL NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS blocked (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS people (n INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, match TEXT NOT NULL, times INTEGER NOT NULL, more TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, params TEXT NOT NULL,
    outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY, body TEXT NOT NULL, due REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    forged INTEGER NOT NULL DEFAULT 0, delivered REAL);
"""

#: columns that were not there from the beginning: a demo's folder may be older than they are
_ADDED = (
    ("tokens", "about", "TEXT NOT NULL DEFAULT ''"),  # the page a token is of, or the token of the person
    ("tokens", "broken", "INTEGER NOT NULL DEFAULT 460"),  # the subcode with which a dead one is refused
)

_SETTINGS = {
    "USERS_CAN_POST": "true",
    "USERS_CAN_POST_PHOTOS": "true",
    "USERS_CAN_MESSAGE": "true",
    "USERS_CAN_TAG_PHOTOS": "true",
    "REVIEW_POSTS_BY_OTHER": "false",
    "PROFANITY_FILTER": "Off",
    "IS_PUBLISHED": "true",
    "PAGE_MODERATION_BLACKLIST": "",
}

#: who can reach the page when nobody has changed that
_PEOPLE = (("100000000000001", "Priya Example"), ("100000000000002", "Kofi Example"))

SCOPES = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
    "pages_manage_metadata",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_contents",
)
_SECRETS = frozenset(
    {
        *("access_token", "appsecret_proof", "input_token", "client_secret"),
        *("code", "fb_exchange_token", "verify_token"),
    }
)
_CREDENTIALS = (
    *("app_id", "app_secret", "page_id", "page_token", "user_token", "verify_token"),
    *("instagram_id", "instagram_name"),
)


class Store:
    """One SQLite connection, used by one thread at a time."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(home / "practice.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "PRAGMA synchronous=NORMAL"
        )  # a pretend page may lose its last second with the power
        self._db.executescript(_SCHEMA)
        self._add_columns()
        self._seed()
        self._seed_people()
        self._write_credentials(home / "credentials.json")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the database for several statements that belong together."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def rows(self, sql: str, *values: object) -> list[Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> Row | None:
        found = self.rows(sql, *values)
        return found[0] if found else None

    def do(self, sql: str, *values: object) -> int:
        """Run one writing statement; return the number of the row it made."""
        with self._lock:
            return self._db.execute(sql, values).lastrowid or 0

    def meta(self, key: str) -> str:
        found = self.row("SELECT value FROM meta WHERE key = ?", key)
        return str(found["value"]) if found else ""

    def set_meta(self, key: str, value: str) -> None:
        self.do(
            "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key,
            value,
        )

    def set_setting(self, key: str, value: str) -> None:
        """Change a setting of the page. Raises ValueError for one that it does not have."""
        if self.row("SELECT key FROM settings WHERE key = ?", key) is None:
            raise ValueError(f"{key} is not a setting of this page")
        self.do("UPDATE settings SET value = ? WHERE key = ?", value, key)

    def settings(self) -> dict[str, str]:
        """Return every setting of the page as it is stored."""
        return {row["key"]: row["value"] for row in self.rows("SELECT * FROM settings ORDER BY key")}

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def reset(self) -> None:
        """Empty the page; app, tokens and address stay."""
        with self.transaction():
            for table in (
                "posts",
                "photos",
                "comments",
                "blocked",
                "people",
                "settings",
                "faults",
                "log",
                "webhooks",
                "codes",
                "insta_containers",
                "insta_posts",
                "insta_photos",
                "insta_comments",
                "insta_tags",
            ):
                self._db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the line above
            self._db.execute("UPDATE tokens SET valid = 1")
            self._db.execute("DELETE FROM meta WHERE key IN ('app_mode', 'tasks', 'instagram_quota')")
            self._seed_settings()
            self._seed_people()

    def log(self, method: str, path: str, params: Mapping[str, Any], outcome: str) -> None:
        kept = {key: value for key, value in params.items() if key not in _SECRETS}
        sql = "INSERT INTO log (at, method, path, params, outcome) VALUES (?, ?, ?, ?, ?)"
        self.do(sql, time.time(), method, path, json.dumps(kept), outcome)

    def _seed(self) -> None:
        self._seed_page()
        if not self.meta("instagram_id"):  # a page from before there was an Instagram beside it gets one
            with self.transaction():
                self.set_meta("instagram_id", "17841" + _digits(12))
                self.set_meta("instagram_name", "willowlane.nursery")
                self.do(
                    "UPDATE tokens SET scopes = ? WHERE token = ?", ",".join(SCOPES), self.meta("page_token")
                )

    def _seed_page(self) -> None:
        if self.meta("app_id"):
            return
        with self.transaction():
            values = {
                "app_id": _digits(15),
                "app_secret": secrets.token_hex(16),
                "page_id": _digits(15),
                "page_token": "EAAP" + secrets.token_hex(40),
                "user_token": "EAAU" + secrets.token_hex(40),
                "verify_token": secrets.token_hex(16),
                "page_name": "Willow Lane Nursery",
            }
            for key, value in values.items():
                self.set_meta(key, value)
            scopes = ",".join(SCOPES)
            for kind in ("page", "user"):
                self.new_token(values[f"{kind}_token"], kind, scopes, 0)
            self._seed_settings()

    def _seed_people(self) -> None:
        if self.row("SELECT id FROM people LIMIT 1") is None:
            for number, name in _PEOPLE:
                self.do("INSERT INTO people (id, name) VALUES (?, ?)", number, name)

    def new_token(self, token: str, kind: str, scopes: str, expires: float, about: str = "") -> None:
        """Remember a token; one that is known already stays what it is."""
        sql = "INSERT OR IGNORE INTO tokens (token, kind, scopes, expires, valid, about) VALUES (?, ?, ?, ?, 1, ?)"
        self.do(sql, token, kind, scopes, expires, about)

    def _add_columns(self) -> None:
        for table, name, kind in _ADDED:
            known = {row["name"] for row in self.rows(f"PRAGMA table_info({table})")}
            if name not in known:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")

    def _seed_settings(self) -> None:
        for key, value in _SETTINGS.items():
            self._db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (key, value))

    def _write_credentials(self, path: Path) -> None:
        path.touch(mode=0o600)
        path.chmod(0o600)
        path.write_text(json.dumps({key: self.meta(key) for key in _CREDENTIALS}, indent=1))


def _digits(count: int) -> str:
    return "1" + "".join(str(secrets.randbelow(10)) for _ in range(count - 1))


def placeholders(values: Iterable[object]) -> str:
    """Return "?, ?, ?" for as many values."""
    return ", ".join("?" for _ in values)
