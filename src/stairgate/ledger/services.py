"""The deeds of the ledger: record, sign, erase, hand out, check. Other rooms mostly need `record`.

Appends to one log are serialised by its row: locked with SELECT ... FOR UPDATE on PostgreSQL; on SQLite every
writing transaction is IMMEDIATE and holds the whole database already. There is no clock here: "at" is given.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from stairgate.clauses import Coverage, control
from stairgate.ledger import guards
from stairgate.ledger.archive import pack
from stairgate.ledger.keys import public_key, sign_checkpoint
from stairgate.ledger.models import Checkpoint, Entry, Log, written
from stairgate.ledger.proof import (
    ERASED,
    Unusable,
    canonical,
    commitment,
    examine,
    leaf_hash,
    read_checkpoints,
)

SALT_BYTES = 32
MAX_PAYLOAD = 1024 * 1024  #: bytes; well under the longest line the verifier reads
_OWN_KINDS = "ledger."
_KIND = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_NAME = re.compile(r"[!-~]+")


class LedgerError(Exception):
    """The ledger was asked for something it must not do. Nothing was written."""


@control(
    "C28",
    "What was done is kept with person and time, and the database refuses to change or remove it",
    coverage=Coverage.WHOLE,
)
def record(
    *,
    organisation_id: UUID,
    kind: str,
    actor: str,
    subject: str,
    payload: Mapping[str, object],
    at: datetime,
) -> Entry:
    """Append one entry to a setting's log, inside the caller's transaction, and return it.

    ``kind`` is "room.deed"; ``actor`` a user's id, "worker", "public" or "system"; ``subject`` the id of the
    record concerned. These, and ``at``, can never be erased, so they hold no personal words; the payload can.
    Raises `LedgerError` outside a transaction, and for anything that has no canonical form.
    """
    if kind.startswith(_OWN_KINDS):
        raise LedgerError(f"{kind!r} is written by the ledger itself")
    return _append(organisation_id, kind, actor, subject, payload, at)


def _append(
    organisation_id: UUID, kind: str, actor: str, subject: str, payload: Mapping[str, object], at: datetime
) -> Entry:
    _require_transaction()
    _check_header(kind, actor, subject, at)
    body = _canonical_payload(payload)
    log = _locked_log(organisation_id)
    salt = secrets.token_bytes(SALT_BYTES)
    entry = Entry(
        id=uuid4(),
        log=log,
        index=log.size,
        kind=kind,
        actor=actor,
        subject=subject,
        at=at,
        commitment=commitment(salt, body),
        salt=salt,
        payload=body.decode(),
    )
    entry.leaf_hash = leaf_hash(entry.header(log.origin))
    entry.save(force_insert=True)
    log.frontier = log.frontier.append(entry.leaf_hash)
    log.save(update_fields=["size", "peaks"])
    return entry


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise LedgerError("the ledger is written in the same transaction as the deed: use transaction.atomic")


def _check_header(kind: str, actor: str, subject: str, at: datetime) -> None:
    if not _KIND.fullmatch(kind) or len(kind) > 100:
        raise LedgerError(f"{kind!r} is not a kind of entry: write it as room.deed")
    for name, value, longest in (("actor", actor, 100), ("subject", subject, 200)):
        if not _NAME.fullmatch(value) or len(value) > longest:
            raise LedgerError(f"the {name} must be an id of 1 to {longest} plain characters, not {value!r}")
    if at.tzinfo is None:
        raise LedgerError("the time of an entry needs its zone")


def _canonical_payload(payload: Mapping[str, object]) -> bytes:
    try:
        body = canonical(dict(payload))
    except ValueError as error:
        raise LedgerError(f"this payload cannot be kept: {error}") from error
    if len(body) > MAX_PAYLOAD:
        raise LedgerError(
            f"this payload is {len(body):,} bytes; the most is {MAX_PAYLOAD:,}: keep its digest instead"
        )
    return body


def _locked_log(organisation_id: UUID) -> Log:
    """Return the log, made on first use, held against other appends until the transaction ends."""
    locked = Log.objects.select_for_update()
    found = locked.filter(organisation_id=organisation_id).first()
    if found:
        return found
    origin = f"stairgate/ledger/{organisation_id}"
    Log.objects.get_or_create(organisation_id=organisation_id, defaults={"origin": origin})
    return locked.get(organisation_id=organisation_id)


@transaction.atomic
def checkpoint(*, organisation_id: UUID, at: datetime) -> Checkpoint:
    """Sign how long the log is and what is in it; return the checkpoint. Its note is kept elsewhere."""
    log = _locked_log(organisation_id)
    note = _sign(log, written(at))
    return Checkpoint.objects.create(log=log, size=log.size, root=log.frontier.root(), at=at, note=note)


def _sign(log: Log, at: str) -> str:
    return sign_checkpoint(origin=log.origin, size=log.size, root=log.frontier.root(), at=at)


@transaction.atomic
def erase(*, entry: Entry, actor: str, reason: str, at: datetime) -> Entry:
    """Destroy the salt and payload of an entry and return the tombstone that says so.

    The leaf stays, so every root and proof holds. The reason is kept for good: name nobody in it. Raises
    `LedgerError` for a tombstone and for what is already erased. Backups and earlier exports are not reached.
    """
    log = _locked_log(entry.log.organisation_id)
    kept = Entry.objects.get(log=log, pk=entry.pk)
    if kept.kind == ERASED:
        raise LedgerError("a tombstone cannot be erased")
    if kept.erased:
        raise LedgerError("this entry is erased already")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:  # overwrite with zeros instead of leaving the words in free pages
            cursor.execute("PRAGMA secure_delete = ON")
    kept.salt = kept.payload = None
    kept.save(update_fields=["salt", "payload"])
    entry.salt = entry.payload = None
    return _append(
        log.organisation_id, ERASED, actor, str(kept.id), {"index": kept.index, "reason": reason}, at
    )


@control(
    "C82",
    "An outsider with a checkpoint kept elsewhere can check offline that nothing was changed or removed",
)
@transaction.atomic
def export(*, organisation_id: UUID, at: datetime) -> bytes:
    """Sign the log as it stands and return a zip: entries, checkpoints, public key, verifier, explanation."""
    checkpoint(organisation_id=organisation_id, at=at)
    log = _locked_log(organisation_id)
    return pack(lines=_lines(log), notes=_notes(log), key=public_key(log.origin), at=written(at))


def _notes(log: Log) -> list[str]:
    return list(Checkpoint.objects.filter(log=log).order_by("id").values_list("note", flat=True))


def _lines(log: Log) -> Iterator[bytes]:
    """Yield each entry as a canonical line, made from the columns as they are now."""
    for entry in Entry.objects.filter(log=log).order_by("index").iterator(chunk_size=1000):
        yield canonical(
            {
                "header": entry.header_fields(log.origin),
                "leaf": bytes(entry.leaf_hash).hex(),
                "payload": _payload(entry.payload),
                "salt": None if entry.salt is None else bytes(entry.salt).hex(),
            }
        )


def _payload(text: str | None) -> object:
    """Return the payload as values; as bare text when no longer canonical, which no verifier accepts."""
    if text is None:
        return None
    try:
        values = json.loads(text)
        return values if canonical(values) == text.encode() else text
    except (ValueError, RecursionError):
        return text


def verify_log(organisation_id: UUID) -> list[str]:
    """Check a setting's log in this database and return what is wrong with it, in plain sentences.

    Also says when the triggers that guard the ledger are missing. A setting without a log has no problems.
    Takes no lock: checkpoints are read before entries, and both only grow.
    """
    unguarded = guards.missing(connection)
    problems = [f"The database guard {name} is missing: the ledger could be changed." for name in unguarded]
    log = Log.objects.filter(organisation_id=organisation_id).first()
    if log is None:
        return problems
    try:
        notes = "\n".join([*_notes(log), _sign(log, "now")])  # what would be signed now must hold as well
        signed = read_checkpoints(notes)
        report = examine(_lines(log), key=public_key(log.origin), signed=signed, complete=False)
    except (Unusable, ValueError) as error:
        return [*problems, f"The ledger cannot be read: {error}"]
    return [*problems, *report.problems]


def signed_here() -> bool:
    """Return whether the key of this installation signed the newest checkpoint, if there is one."""
    newest = Checkpoint.objects.select_related("log").order_by("-id").first()
    if newest is None:
        return True
    return all(point.signed_by(public_key(newest.log.origin)) for point in read_checkpoints(newest.note))
