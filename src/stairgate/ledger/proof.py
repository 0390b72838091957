"""The mathematics of the ledger: RFC 6962 trees, with proofs of inclusion and of consistency. Pure.

Hashing, canonical bytes and checkpoints live once, in `verifier`, which must stand alone as a file; they are
handed on from here. Leaves are given as their 32-byte leaf hashes, oldest first.
"""

from __future__ import annotations

from collections.abc import Sequence

from stairgate.ledger.verifier import (
    ERASED,
    Checkpoint,
    Frontier,
    Key,
    NotCanonical,
    Report,
    Unusable,
    canonical,
    checkpoint_body,
    commitment,
    examine,
    examine_export,
    leaf_hash,
    node_hash,
    read_checkpoints,
)

__all__ = [
    "ERASED",
    "Checkpoint",
    "Frontier",
    "Key",
    "NotCanonical",
    "Report",
    "Unusable",
    "canonical",
    "checkpoint_body",
    "commitment",
    "consistency_proof",
    "consistent",
    "examine",
    "examine_export",
    "included",
    "inclusion_proof",
    "leaf_hash",
    "node_hash",
    "read_checkpoints",
    "root_of",
]


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root of these leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """Return the largest power of two below size (size > 1): where RFC 6962 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the audit path of one leaf, from the leaf upwards. Raises IndexError when there is none."""
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    if len(leaves) == 1:
        return []
    middle = _split(len(leaves))
    if index < middle:
        return [*inclusion_proof(leaves[:middle], index), root_of(leaves[middle:])]
    return [*inclusion_proof(leaves[middle:], index - middle), root_of(leaves[:middle])]


def included(leaf: bytes, *, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Return whether the proof shows the leaf at this index of a tree with this size and root (RFC 9162)."""
    if not 0 <= index < size:
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(leaves: Sequence[bytes], old: int) -> list[bytes]:
    """Return the proof that the tree of these leaves continues the tree of the first ``old`` of them.

    Raises IndexError unless 0 < old <= len(leaves).
    """
    if not 0 < old <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} does not continue a tree of {old}")
    return _subproof(leaves, old, whole=True)


def _subproof(leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root_of(leaves)]
    middle = _split(len(leaves))
    if old <= middle:
        return [*_subproof(leaves[:middle], old, whole=whole), root_of(leaves[middle:])]
    return [*_subproof(leaves[middle:], old - middle, whole=False), root_of(leaves[:middle])]


def consistent(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether the proof shows that the new tree begins with the whole old tree (RFC 9162, 2.1.4.2).

    Every tree continues the empty one; that needs no proof.
    """
    if old_size == 0:
        return not proof and old_root == root_of([])
    if old_size == new_size:
        return not proof and old_root == new_root
    if not 0 < old_size < new_size:
        return False
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    return bool(path) and _replay(path, old_size - 1, new_size - 1) == (old_root, new_root)


def _replay(path: Sequence[bytes], place: int, last: int) -> tuple[bytes, bytes] | None:
    """Rebuild both roots from a consistency path; None when the path has the wrong length."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None
