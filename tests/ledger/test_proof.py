"""Trees, proofs and canonical bytes: against RFC 6962, RFC 8785 and an independent library."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from stairgate.ledger.proof import (
    Frontier,
    NotCanonical,
    canonical,
    commitment,
    consistency_proof,
    consistent,
    included,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
)

# The test leaves and roots of the certificate-transparency project, used by most implementations of RFC 6962.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]

datas = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def test_roots_are_those_of_the_known_vectors() -> None:
    assert [root_of(HASHES[:size]).hex() for size in range(1, 9)] == ROOTS
    assert root_of([]) == hashlib.sha256(b"").digest()


def test_consistency_proofs_are_those_of_the_example_in_the_rfc() -> None:
    """RFC 6962, 2.1.3: a tree of seven leaves d0 to d6, with nodes named as there."""
    a, b, c, d, e, f, j = HASHES[:7]
    g, h, i = node_hash(a, b), node_hash(c, d), node_hash(e, f)
    k, last = node_hash(g, h), node_hash(i, j)
    assert consistency_proof(HASHES[:7], 3) == [c, d, g, last]
    assert consistency_proof(HASHES[:7], 4) == [last]
    assert consistency_proof(HASHES[:7], 6) == [i, j, k]
    assert inclusion_proof(HASHES[:7], 0) == [b, h, last]
    assert inclusion_proof(HASHES[:7], 3) == [c, g, last]
    assert inclusion_proof(HASHES[:7], 4) == [f, j, k]
    assert inclusion_proof(HASHES[:7], 6) == [i, k]


@given(datas)
def test_roots_and_paths_agree_with_an_independent_library(data: list[bytes]) -> None:
    oracle: Any = InmemoryTree(algorithm="sha256")
    frontier, leaves = Frontier(), [leaf_hash(item) for item in data]
    for size, item in enumerate(data, start=1):
        oracle.append_entry(item)
        frontier = frontier.append(leaf_hash(item))
        assert frontier.root() == root_of(leaves[:size]) == oracle.get_root(size)
        assert len(frontier.peaks) == size.bit_count()
    for index in range(len(data)):
        assert inclusion_proof(leaves, index) == oracle.prove_inclusion(index + 1, len(data)).path[1:]


@given(datas, st.data())
def test_an_inclusion_proof_holds_for_one_leaf_and_place(data: list[bytes], draw: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([index]) + item) for index, item in enumerate(data)]
    size, root = len(leaves), root_of(leaves)
    index = draw.draw(st.integers(0, size - 1))
    proof = inclusion_proof(leaves, index)
    assert included(leaves[index], index=index, size=size, proof=proof, root=root)
    for other in range(size):
        if other != index:
            assert not included(leaves[other], index=index, size=size, proof=proof, root=root)
            assert not included(leaves[index], index=other, size=size, proof=proof, root=root)
    assert not included(leaves[index], index=index, size=size, proof=[*proof, root], root=root)
    if proof:
        assert not included(leaves[index], index=index, size=size, proof=proof[:-1], root=root)


@given(datas, st.data())
def test_a_consistency_proof_holds_only_for_a_tree_that_grew(data: list[bytes], draw: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([index]) + item) for index, item in enumerate(data)]
    old = draw.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(leaves, old)
    facts: dict[str, Any] = {
        "old_size": old,
        "new_size": len(leaves),
        "new_root": root_of(leaves),
        "proof": proof,
    }
    assert consistent(old_root=root_of(leaves[:old]), **facts)
    changed = list(leaves[:old])
    place = draw.draw(st.integers(0, old - 1))
    changed[place] = leaf_hash(b"another")
    assert not consistent(old_root=root_of(changed), **facts)
    old_root, longer = root_of(leaves[:old]), root_of([*leaves, leaves[0]])
    assert not consistent(old_root=old_root, **facts | {"new_root": longer})
    assert not consistent(old_root=old_root, **facts | {"proof": [*proof, longer]})


def test_a_shrunken_tree_has_no_consistency() -> None:
    with pytest.raises(IndexError):
        consistency_proof(HASHES[:3], 4)
    with pytest.raises(IndexError):
        inclusion_proof(HASHES[:3], 3)
    assert not consistent(old_size=4, old_root=b"", new_size=3, new_root=b"", proof=[])
    assert consistent(old_size=0, old_root=root_of([]), new_size=3, new_root=root_of(HASHES[:3]), proof=[])


def test_canonical_bytes_follow_rfc_8785() -> None:
    # The sorting example of RFC 8785, 3.2.3 (UTF-16 order: the smiley's surrogates come before U+FB33).
    keys = {"€": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\x80": 6, "ö": 7}
    assert canonical(keys).decode() == '{"\\r":2,"1":4,"\x80":6,"ö":7,"€":1,"😀":5,"\ufb33":3}'
    assert canonical(['€$\x0f\nA\'B"\\\\"/', True, None, -7, 0]).decode() == (
        '["€$\\u000f\\nA\'B\\"\\\\\\\\\\"/",true,null,-7,0]'
    )


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, -(2**53), b"x", (1,), {1: 2}, {"a": {2}}, "\ud800", {"\ud800": 1}]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_endless_nesting_is_refused() -> None:
    value: list[object] = []
    for _ in range(40):
        value = [value]
    with pytest.raises(NotCanonical, match="deep"):
        canonical(value)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=32, max_size=32), st.binary(max_size=64))
def test_another_salt_gives_another_commitment(one: bytes, two: bytes, payload: bytes) -> None:
    assert (commitment(one, payload) == commitment(two, payload)) == (one == two)
    assert commitment(one, payload) != leaf_hash(one + payload)
