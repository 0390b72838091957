#!/usr/bin/env python3
"""Check a Stairgate record offline: ``python verify.py export.zip [--checkpoint held.txt]... [--key KEY]``.

One file, on purpose: it needs Python 3.11 and the ``cryptography`` package, and nothing of Stairgate, so that
somebody who trusts neither the setting nor us can read it in one sitting and run it on their own machine.
Exit status: 0 the record is sound, 1 it has been tampered with, 2 it could not be read.

The hashing is RFC 6962 (Merkle tree), the checkpoints are C2SP signed notes. See docs/ledger.md.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import re
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn

COMMITMENT_DOMAIN = b"stairgate ledger commitment v1\x00"
VERSION = 1
ERASED = "ledger.erased"  #: the kind of a tombstone
MEMBERS = ("README.txt", "checkpoints.txt", "entries.jsonl", "key.txt", "verify.py")
HEADER_FIELDS = {"actor", "at", "commitment", "id", "index", "kind", "log", "subject", "v"}
TOLERANCE = timedelta(minutes=5)  #: how far one clock may lag another before we mention it

MAX_INTEGER = 2**53 - 1  #: beyond this, other JSON readers round
MAX_DEPTH = 32
MAX_LINE = 4 * 1024 * 1024
MAX_SMALL = 64 * 1024 * 1024  #: checkpoints.txt and the like
MAX_ENTRIES = 1024 * 1024 * 1024  #: entries.jsonl, unpacked; read as a stream, never held whole
MAX_DIRECTORY = 4096  #: bytes of a zip directory of five files, generously
MAX_SHOWN = 20


class Unusable(Exception):
    """The material cannot be read as a Stairgate record; the message says why, in plain words."""


class NotCanonical(ValueError):
    """A value that has no canonical form: a float, a huge number, an odd key, half a character."""


# --- Canonical bytes and hashes -------------------------------------------------------------------


def canonical(value: object) -> bytes:
    """Return the one way to write a value in JSON (RFC 8785 without floats), as UTF-8.

    Only str, int up to 2**53 - 1 either way, bool, None, list and dict with str keys. Raises `NotCanonical`.
    """
    try:
        text = json.dumps(_ordered(value, 0), ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("half of a surrogate pair is not a character") from error


def _ordered(value: object, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise NotCanonical(f"nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise NotCanonical(f"the number {value:.3e} is too large; write it as text")
        return int(value)
    if isinstance(value, list):
        return [_ordered(item, depth + 1) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise NotCanonical("every key must be text")
        ordered = sorted(value, key=lambda key: str.encode(key, "utf-16-be"))
        return {key: _ordered(value[key], depth + 1) for key in ordered}
    raise NotCanonical(f"a {type(value).__name__} has no place in the ledger")


def leaf_hash(data: bytes) -> bytes:
    """Return the RFC 6962 hash of a leaf: 32 bytes."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the RFC 6962 hash of an inner node: 32 bytes."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def commitment(salt: bytes, payload: bytes) -> bytes:
    """Return the salted commitment to canonical payload bytes: 32 bytes, telling nothing without the salt."""
    return hashlib.sha256(COMMITMENT_DOMAIN + salt + payload).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the roots of its perfect subtrees, largest first. Enough to append."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """Return the frontier with one more leaf hash."""
        peaks, ones = [*self.peaks, leaf], self.size
        while ones & 1:
            right = peaks.pop()
            peaks.append(node_hash(peaks.pop(), right))
            ones >>= 1
        return Frontier(self.size + 1, tuple(peaks))

    def root(self) -> bytes:
        """Return the RFC 6962 root; of the empty tree, the hash of nothing."""
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


# --- Keys and checkpoints (C2SP signed-note and tlog-checkpoint) ----------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """An Ed25519 public key and the name it signs under, which is the origin of the log."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.public).digest()[:4]

    @property
    def text(self) -> str:
        """The key as one line, ``name+id+key``, as C2SP writes it."""
        material = base64.b64encode(b"\x01" + self.public).decode()
        return f"{self.name}+{self.id.hex()}+{material}"

    @classmethod
    def parse(cls, text: str) -> Key:
        """Read ``name+id+key``. Raises `Unusable` when it is damaged."""
        name, _, rest = text.strip().partition("+")
        raw = _base64(rest.partition("+")[2])
        key = cls(name, raw[1:])
        if (
            not re.fullmatch(r"[!-~]+", name)
            or len(raw) != 33
            or raw[:1] != b"\x01"
            or key.text != text.strip()
        ):
            raise Unusable("The public key is damaged: it should be one line of the form name+id+key.")
        return key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Return whether this key made this signature."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement: this log had this many entries, and this root."""

    origin: str
    size: int
    root: bytes
    at: str
    body: str
    signatures: tuple[tuple[str, bytes], ...]

    def signed_by(self, key: Key) -> bool:
        """Return whether a signature on it is by this key. Signatures by other keys are passed over."""
        ours = [raw[4:] for name, raw in self.signatures if name == key.name and raw[:4] == key.id]
        return bool(ours) and all(key.verifies(signature, self.body.encode()) for signature in ours)


def checkpoint_body(origin: str, size: int, root: bytes, at: str) -> str:
    """Return the text that is signed: origin, size, root, and the time as an extension line."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\ntime {at}\n"


def read_checkpoints(text: str) -> list[Checkpoint]:
    """Read signed notes standing one after another. Raises `Unusable` when one is not a checkpoint.

    Forgiving about what a mail program does to a text: line ends, blank lines around it.
    """
    plain = "\n".join(line.rstrip(" ") for line in text.lstrip("\ufeff").splitlines()).strip("\n")
    blocks = re.split(r"\n\n+", plain) if plain else []
    if len(blocks) % 2:
        raise Unusable(
            "A checkpoint is incomplete: it should be a few lines, a blank line, and a signature line."
        )
    return [_checkpoint(body + "\n", lines) for body, lines in zip(blocks[::2], blocks[1::2], strict=True)]


def _checkpoint(body: str, signature_lines: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) < 4 or not re.fullmatch(r"0|[1-9][0-9]{0,15}", lines[1]):
        raise Unusable("A checkpoint is not in the form Stairgate writes: name of the log, size, root.")
    signatures = []
    for line in signature_lines.split("\n"):
        found = re.fullmatch(r"— ([!-~]+) ([A-Za-z0-9+/=]+)", line)
        if not found:
            raise Unusable("A checkpoint has a signature line that cannot be read.")
        signatures.append((found[1], _base64(found[2])))
    at = next((line[5:] for line in lines[3:] if line.startswith("time ")), "")
    return Checkpoint(lines[0], int(lines[1]), _base64(lines[2]), at, body, tuple(signatures))


def _base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Unusable("A key, root or signature is not in base64.") from None


# --- Entries --------------------------------------------------------------------------------------


@dataclass(slots=True)
class Report:
    """What was found. Sound when there are no problems; warnings are for a person to think about."""

    facts: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Reading:
    """One pass over the entries, in order, keeping only what later checks need."""

    def __init__(self, origin: str, sizes: Iterable[int]) -> None:
        self.origin = origin
        self.report = Report()
        self.frontier = Frontier()
        self.roots = {0: self.frontier.root()}
        self.erased: dict[str, int] = {}
        self.tombstones: dict[str, int] = {}
        self._wanted = frozenset(sizes)
        self._places: dict[str, int] = {}
        self._latest: datetime | None = None

    def take(self, line: bytes) -> None:
        """Check one line of entries.jsonl and add it to the tree. Raises `Unusable` when it is no entry."""
        place = self.frontier.size
        entry, as_written = _parse(line, place)
        if not as_written:
            self._problem(
                f"Entry {place} is not written the way Stairgate writes it: the file has been edited."
            )
        header = entry["header"]
        leaf = leaf_hash(canonical(header))
        self._check_place(header, place)
        if leaf.hex() != entry["leaf"]:
            self._problem(f"Entry {place} no longer matches its fingerprint: who, what or when was changed.")
        self._check_payload(entry, place)
        self._check_time(header["at"], place)
        self.frontier = self.frontier.append(leaf)
        if self.frontier.size in self._wanted:
            self.roots[self.frontier.size] = self.frontier.root()

    def finish(self) -> Report:
        """Check what can only be seen at the end: erasures and their tombstones."""
        for identifier, place in self.erased.items():
            if self.tombstones.get(identifier, -1) <= place:
                self._problem(f"Entry {place} has been blanked, but no later entry says that it was erased.")
        for identifier, place in self.tombstones.items():
            if self._places.get(identifier, place) >= place:
                self._problem(f"Entry {place} records an erasure of something that is not in this record.")
            elif identifier not in self.erased:
                which = self._places[identifier]
                self.report.warnings.append(f"Entry {place} erased entry {which}, which can still be read.")
        return self.report

    def _problem(self, text: str) -> None:
        self.report.problems.append(text)

    def _check_place(self, header: dict[str, Any], place: int) -> None:
        if header["index"] != place:
            number = header["index"]
            self._problem(f"Entry {place} is numbered {number}: entries were removed, added or moved.")
        if header["log"] != self.origin:
            self._problem(f"Entry {place} belongs to another log ({shown(header['log'])}).")
        if self._places.setdefault(header["id"], place) != place:
            self._problem(f"Entry {place} appears twice: it is also entry {self._places[header['id']]}.")

    def _check_payload(self, entry: dict[str, Any], place: int) -> None:
        header, salt, payload = entry["header"], entry["salt"], entry["payload"]
        if header["kind"] == ERASED:
            self.tombstones.setdefault(header["subject"], place)
        if salt is None and payload is None:
            self.erased[header["id"]] = place
            if header["kind"] == ERASED:
                self._problem(f"Entry {place} records an erasure and has itself been blanked.")
        elif salt is None or payload is None:
            self._problem(f"Entry {place} has been blanked in part.")
        elif commitment(bytes.fromhex(salt), canonical(payload)).hex() != header["commitment"]:
            self._problem(f"Entry {place} has had its contents changed.")

    def _check_time(self, text: str, place: int) -> None:
        at = datetime.fromisoformat(text)
        if self._latest is not None and at < self._latest - TOLERANCE:
            early = f"Entry {place} is dated {text}, earlier than one before it: a clock was wrong."
            self.report.warnings.append(early)
        self._latest = max(self._latest or at, at)


def _parse(line: bytes, place: int) -> tuple[dict[str, Any], bool]:
    """Return the entry, and whether the line is its canonical form."""
    try:
        entry = json.loads(
            line.decode("utf-8"),
            object_pairs_hook=_without_twins,
            parse_float=_refuse,
            parse_constant=_refuse,
        )
        as_written = canonical(entry) == line
    except (ValueError, RecursionError):
        raise Unusable(f"Line {place + 1} of entries.jsonl cannot be read.") from None
    if not _is_entry(entry):
        raise Unusable(f"Line {place + 1} of entries.jsonl is not an entry of a Stairgate record.")
    return entry, as_written


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise NotCanonical("a key appears twice")
    return result


def _refuse(text: str) -> NoReturn:
    raise NotCanonical(f"{text} is not a whole number")


def _is_entry(entry: object) -> bool:
    if not isinstance(entry, dict) or set(entry) != {"header", "leaf", "payload", "salt"}:
        return False
    header = entry["header"]
    if not isinstance(header, dict) or set(header) != HEADER_FIELDS:
        return False
    texts = {name: value for name, value in header.items() if name not in ("index", "v")}
    return (
        all(isinstance(value, str) for value in texts.values())
        and type(header["index"]) is int
        and header["v"] == VERSION
        and _is_hash(header["commitment"])
        and _is_hash(entry["leaf"])
        and (entry["salt"] is None or _is_hash(entry["salt"]))
        and _is_time(header["at"])
    )


def _is_hash(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def _is_time(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z", text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


# --- The verdict ----------------------------------------------------------------------------------


def examine(
    lines: Iterable[bytes],
    *,
    key: Key,
    signed: Sequence[Checkpoint],
    held: Sequence[Checkpoint] = (),
    complete: bool = True,
) -> Report:
    """Read every entry (canonical lines, no newline) once and return what was found.

    ``signed`` are the checkpoints that travel with the record, ``held`` those kept outside it. With
    ``complete``, entries after the last signed checkpoint are a problem. Raises `Unusable`.
    """
    reading = Reading(key.name, [checkpoint.size for checkpoint in (*signed, *held)])
    for line in lines:
        reading.take(line)
    report = reading.finish()
    size = reading.frontier.size
    report.facts.append(f"Entries: {size:,}, of which {len(reading.erased):,} erased (their place is kept).")
    sound = [point for point in signed if _agrees(point, "A signed checkpoint", reading, key)]
    report.facts.append(f"Signed checkpoints that agree with the entries: {len(sound):,} of {len(signed):,}.")
    for point in held:
        if _agrees(point, "The checkpoint you hold", reading, key):
            report.facts.append(
                f"The checkpoint you hold ({point.size:,} entries, {shown(point.at)}) is part of this record."
            )
    reach = max((point.size for point in sound), default=0)
    if complete and (reach < size or not signed):
        report.problems.append(f"Signed checkpoints that agree reach only to entry {reach:,} of {size:,}.")
    return report


def _agrees(point: Checkpoint, name: str, reading: Reading, key: Key) -> bool:
    """Check one checkpoint against the entries; a disagreement goes into the report."""
    size = reading.frontier.size
    which = f"{name} for {point.size:,} entries"
    problem = None
    if point.origin != key.name:
        problem = f"{which} belongs to another log ({shown(point.origin)})."
    elif not point.signed_by(key):
        problem = f"{which} does not carry a good signature by the key of this record."
    elif point.size > size:
        problem = f"{which} does not fit: only {size:,} are here. Entries have been cut off."
    elif point.root != reading.roots[point.size]:
        problem = f"{which} gives another root: those entries are not the ones that were signed."
    if problem:
        reading.report.problems.append(problem)
    return problem is None


def shown(text: object) -> str:
    """Return untrusted text safe for a terminal: printable, and short."""
    return "".join(letter if letter.isprintable() else "?" for letter in str(text)[:80])


# --- The export -----------------------------------------------------------------------------------


def examine_export(path: Path, *, held: Sequence[Checkpoint] = (), key: Key | None = None) -> Report:
    """Check an export file and return what was found. Nothing is unpacked to disk. Raises `Unusable`."""
    try:
        _check_directory(path)
        with zipfile.ZipFile(path) as archive:
            _check_members(archive)
            theirs = Key.parse(_small(archive, "key.txt"))
            signed = read_checkpoints(_small(archive, "checkpoints.txt"))
            report = examine(_lines(archive), key=key or theirs, signed=signed, held=held)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        UnicodeDecodeError,
    ) as error:
        raise Unusable(f"{shown(path)} is damaged or is not an export: {shown(error)}.") from None
    if key and key != theirs:
        report.problems.append("The key in the export is not the key you gave.")
    return report


def _check_directory(path: Path) -> None:
    """Refuse a zip whose list of files is odd or huge before the zip library reads it into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 42))
        tail = file.read()
    end = tail[-22:]
    if not end.startswith(b"PK\x05\x06") or end[20:] != b"\0\0" or b"PK\x06\x07" in tail[:-22]:
        raise Unusable(f"{shown(path)} is not an export: it is not a whole zip file as Stairgate writes it.")
    if int.from_bytes(end[12:16], "little") > MAX_DIRECTORY:
        raise Unusable(f"{shown(path)} is not an export: it holds too many files.")


def _check_members(archive: zipfile.ZipFile) -> None:
    names = sorted(member.filename for member in archive.infolist())
    strange = [name for name in names if name not in MEMBERS]
    if strange:
        raise Unusable(f"The zip holds a file that Stairgate does not write: {shown(strange[0])}.")
    if names != sorted(MEMBERS):
        raise Unusable(f"The zip should hold exactly these files, once each: {', '.join(MEMBERS)}.")
    for member in archive.infolist():
        limit = MAX_ENTRIES if member.filename == "entries.jsonl" else MAX_SMALL
        if member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unusable(f"{member.filename} is locked or packed in a way Stairgate does not use.")
        if member.file_size > limit:
            raise Unusable(f"{member.filename} is too large when unpacked ({member.file_size:,} bytes).")


def _small(archive: zipfile.ZipFile, name: str) -> str:
    return archive.read(name).decode("utf-8")


def _lines(archive: zipfile.ZipFile) -> Iterator[bytes]:
    with archive.open("entries.jsonl") as file:
        while line := file.readline(MAX_LINE):
            if not line.endswith(b"\n"):
                raise Unusable("entries.jsonl has a line that is too long or was cut off.")
            yield line[:-1]


# --- The command ----------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("export", type=Path, metavar="FILE.zip", help="the export to check")
    parser.add_argument(
        "--checkpoint",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="a checkpoint kept outside the record; may be given more than once",
    )
    parser.add_argument("--key", default=None, help="the public key, if you were given it another way")


def run(args: argparse.Namespace) -> int:
    """Check, print plain sentences, and return the exit status."""
    try:
        key = Key.parse(args.key) if args.key else None
        held = [point for path in args.checkpoint for point in _held(path)]
        report = examine_export(args.export, held=held, key=key)
    except (Unusable, ImportError) as error:
        missing = isinstance(error, ImportError)
        print("Install one package first: python -m pip install cryptography" if missing else f"{error}")
        print("UNUSABLE. Nothing can be said about this record.")
        return 2
    _print(report, bool(held))
    return 1 if report.problems else 0


def _held(path: Path) -> list[Checkpoint]:
    try:
        if path.stat().st_size > MAX_SMALL:
            raise Unusable(f"{shown(path)} is too large to be a checkpoint.")
        points = read_checkpoints(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unusable(f"{shown(path)} cannot be read: {shown(error)}.") from None
    if not points:
        raise Unusable(f"{shown(path)} holds no checkpoint.")
    return points


def _print(report: Report, outside: bool) -> None:
    for title, lines in (("", report.facts), ("Note: ", report.warnings), ("PROBLEM: ", report.problems)):
        for line in lines[:MAX_SHOWN]:
            print(f"{title}{line}")
        if len(lines) > MAX_SHOWN:
            print(f"{title}… and {len(lines) - MAX_SHOWN:,} more of the kind.")
    if report.problems:
        print("TAMPERED. This is not the record as it was signed.")
    elif outside:
        print("GOOD. The record is whole, and it continues the checkpoint you held outside it.")
    else:
        print("GOOD. The record agrees with itself and its signatures.")
        print("No checkpoint from outside was given, so this cannot show that it was never written anew.")


def main() -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = argparse.ArgumentParser(description="Check a Stairgate record offline.")
    add_arguments(parser)
    return run(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
