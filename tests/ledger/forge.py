"""Records made, and forged, without a database: by an outsider, and by somebody with the key."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any
from uuid import UUID

from stairgate.ledger.archive import pack
from stairgate.ledger.keys import public_key, sign_checkpoint
from stairgate.ledger.proof import (
    Checkpoint,
    Report,
    canonical,
    commitment,
    examine,
    leaf_hash,
    read_checkpoints,
    root_of,
)

Line = dict[str, Any]
ORIGIN = "stairgate/ledger/7e1d0a60-0000-4000-8000-000000000000"
AT = "2026-11-24T17:45:00.000000Z"


def made(payloads: Sequence[object]) -> list[Line]:
    """Return a sound record with these payloads."""
    lines: list[Line] = []
    for index, payload in enumerate(payloads):
        salt = hashlib.sha256(f"salt {index}".encode()).digest()
        header = {
            "actor": "tom",
            "at": AT,
            "commitment": commitment(salt, canonical(payload)).hex(),
            "id": str(UUID(int=index + 1)),
            "index": index,
            "kind": "publishing.approved",
            "log": ORIGIN,
            "subject": "post-1",
            "v": 1,
        }
        lines.append({"header": header, "leaf": "", "payload": payload, "salt": salt.hex()})
    return remade(lines)


def remade(lines: Sequence[Line]) -> list[Line]:
    """Write the record anew, as somebody with our code and our key could: numbers, commitments, leaves."""
    fresh = deepcopy(list(lines))
    for index, line in enumerate(fresh):
        header = line["header"]
        header["index"] = index
        if line["salt"] is not None:
            header["commitment"] = commitment(bytes.fromhex(line["salt"]), canonical(line["payload"])).hex()
        line["leaf"] = leaf_hash(canonical(header)).hex()
    return fresh


def with_tombstone(lines: Sequence[Line], index: int) -> list[Line]:
    """Return the record with one entry erased as the ledger does it."""
    longer = made([*(line["payload"] for line in lines), {"index": index, "reason": "asked"}])
    longer = [*deepcopy(list(lines)), longer[-1]]
    longer[-1]["header"] |= {"kind": "ledger.erased", "subject": lines[index]["header"]["id"]}
    longer[index]["salt"] = longer[index]["payload"] = None
    return [*longer[:-1], remade(longer)[-1]]


def note(lines: Sequence[Line], size: int, at: str = AT) -> str:
    """Return our signature under the first entries."""
    root = root_of([bytes.fromhex(line["leaf"]) for line in lines[:size]])
    return sign_checkpoint(origin=ORIGIN, size=size, root=root, at=at)


def signed(lines: Sequence[Line], *sizes: int) -> list[Checkpoint]:
    """Return checkpoints at these sizes; at the end when none are given."""
    return read_checkpoints("\n".join(note(lines, size) for size in sizes or (len(lines),)))


def look(lines: Sequence[Line], checkpoints: Sequence[Checkpoint], held: Sequence[Checkpoint] = ()) -> Report:
    """Verify as the verifier does."""
    written = [canonical(line) for line in lines]
    return examine(written, key=public_key(ORIGIN), signed=checkpoints, held=held)


def saved(folder: Path, lines: Sequence[Line], *notes: str) -> Path:
    """Write an export file and return its path."""
    path = folder / "export.zip"
    written = [canonical(line) for line in lines]
    path.write_bytes(
        pack(lines=written, notes=notes or [note(lines, len(lines))], key=public_key(ORIGIN), at=AT)
    )
    return path
