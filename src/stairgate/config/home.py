"""The data folder: where an installation keeps its database, keys and pictures.

One folder holds everything (mode 0700); keys are files of mode 0600 inside it. Nothing here touches Django,
so that the command line can explain trouble before settings are read.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import os
import re
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import platformdirs

KEY_BYTES = 32
_VAULT_KEY = re.compile(r"vault-([1-9][0-9]{0,5})\.key")


class HomeTrouble(Exception):
    """Something about the data folder that a person must put right; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Home:
    """The layout of the data folder. Building one creates nothing."""

    path: Path

    @property
    def database(self) -> Path:
        return self.path / "stairgate.sqlite3"

    @property
    def media(self) -> Path:
        return self.path / "pictures"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def heartbeat(self) -> Path:
        """Touched by the worker at each turn: where it is, Stairgate has run."""
        return self.path / "worker-heartbeat"

    @property
    def outbox(self) -> Path:
        """Where the demo puts its e-mails."""
        return self.path / "outbox"

    @property
    def practice(self) -> Path:
        return self.path / "practice"

    @property
    def restoring(self) -> Path:
        """Where a restore unpacks. It is there until all is in place."""
        return self.path / "restoring"

    def check_whole(self) -> None:
        """Raises `HomeTrouble` when a restore into this folder has not come to its end."""
        if self.restoring.exists():
            raise HomeTrouble(
                f"A restore into {self.path} has not finished. Wait for it; if it was cut short, run "
                "“stairgate restore --force” with the same backup again. Nothing was changed."
            )

    def key(self, name: str) -> bytes:
        """Return the 32 bytes of a key. Raises `HomeTrouble` when it is lost or damaged."""
        path = self.keys / f"{name}.key"
        try:
            raw = base64.b64decode(path.read_text("ascii").strip(), validate=True)
        except FileNotFoundError:
            raise HomeTrouble(
                f"The key “{name}” is missing ({path}). Put it back from your backup: "
                "without it, sealed records cannot be opened. Nothing was changed."
            ) from None
        except (ValueError, OSError) as error:
            raise HomeTrouble(
                f"The key file {path} cannot be read ({error}). Put it back from your backup."
            ) from None
        if len(raw) != KEY_BYTES:
            raise HomeTrouble(f"The key file {path} is damaged. Put it back from your backup.")
        return raw

    @property
    def vault_key_names(self) -> list[str]:
        """The files with keys of the vault, the newest first; none until somebody asked for a new key."""
        found = (_VAULT_KEY.fullmatch(path.name) for path in self.keys.glob("vault-*.key"))
        return [f"vault-{n}" for n in sorted((int(one[1]) for one in found if one), reverse=True)]

    def vault_keys(self) -> list[bytes]:
        """Return every key that may open the vault, the newest first: it is the one that seals. Raises `HomeTrouble`.

        The last is made from the key for fields: with it every installation begins. They are read each time, so that a
        new key counts at once in every process.
        """
        return [*(self.key(name) for name in self.vault_key_names), subkey(self.key("fields"), "vault")]

    def add_vault_key(self) -> None:
        """Make a newer key for the vault; the older ones stay."""
        newest = next(iter(self.vault_key_names), "vault-0")
        _write_key(self.keys / f"vault-{int(newest.removeprefix('vault-')) + 1}.key")

    def drop_older_vault_keys(self) -> None:
        """Throw away every key file of the vault but the newest. Only for when nothing is sealed with them any more."""
        for name in self.vault_key_names[1:]:
            (self.keys / f"{name}.key").unlink()


#: one key for each purpose, so that one can change without the others
KEY_NAMES = ("session", "fields", "ledger", "names")


def subkey(key: bytes, purpose: str) -> bytes:
    """Return a key of its own for a purpose, made from a key file (HKDF-Expand, RFC 5869, of one block).

    For a purpose that came after installations had their key files: an installation is never given a new file.
    """
    return hmac.digest(key, f"stairgate/{purpose}/1".encode() + b"\x01", hashlib.sha256)


def locate() -> Home:
    """Return the data folder: ``STAIRGATE_HOME``, else the platform's place for a user's data."""
    given = os.environ.get("STAIRGATE_HOME", "").strip()
    path = Path(given).expanduser() if given else platformdirs.user_data_path("stairgate", appauthor=False)
    return Home(path.absolute())


def prepare(home: Home, database_url: str = "") -> bool:
    """Create the folder and its keys on a first start; True when there is no data yet.

    ``database_url`` is the PostgreSQL that holds the data, when it is not the file in the folder. Whether
    there is data decides: an installation that lost a key is never given a new one, which would hide the
    loss, and before there is data a key that is missing is simply made. Where Stairgate has run, a database
    without data is a lost one. Raises `HomeTrouble`.
    """
    home.check_whole()
    fresh = not (_postgres_has_data(database_url) if database_url else _file_has_data(home.database))
    if not fresh:
        _check_keys(home)
    elif home.heartbeat.exists():
        raise HomeTrouble(
            f"Stairgate has run in {home.path}, but its database is missing or empty. Put it back from your backup, "
            "or set STAIRGATE_HOME to another folder to begin anew. Nothing was changed."
        )
    try:
        for folder in (home.path, home.keys, home.media):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        if fresh:
            for name in KEY_NAMES:
                _write_key(home.keys / f"{name}.key")
    except OSError as error:
        raise HomeTrouble(
            f"Stairgate cannot write to its data folder {home.path} ({error.strerror or error}). "
            "Choose a folder you own with STAIRGATE_HOME=/path/to/folder, or give yourself "
            "the right to write there."
        ) from None
    _check_keys(home)
    return fresh


def _check_keys(home: Home) -> None:
    for name in KEY_NAMES:
        home.key(name)


def _file_has_data(database: Path) -> bool:
    """Return whether the file holds any table. One that cannot be read is never taken for empty."""
    if not database.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return True


def _postgres_has_data(url: str) -> bool:
    """Return whether Stairgate's tables are there. Raises `HomeTrouble` when nobody can tell."""
    try:
        import psycopg
    except ImportError:
        raise HomeTrouble(
            "STAIRGATE_DATABASE_URL names a PostgreSQL, but the part that speaks to it is not installed. "
            "Run: pip install 'stairgate[postgres]'. Nothing was changed."
        ) from None
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise HomeTrouble(
            f"The database in STAIRGATE_DATABASE_URL cannot be opened ({reason}). Start it, or mend the address. "
            "Nothing was changed."
        ) from None
    return bool(row and row[0])


def _write_key(path: Path) -> None:
    """Make a key, whole or not at all. One that is there, or that another start made just now, stays."""
    part = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(part)
    finally:
        part.unlink()
