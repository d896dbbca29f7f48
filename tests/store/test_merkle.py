import base64
import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sijill.store.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

MOST = 64
LEAVES = [leaf_hash(b"entry %d" % i) for i in range(MOST)]
ROOTS = [root_of(LEAVES[:n]) for n in range(MOST + 1)]


def recursive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return sha256(b"\x01" + recursive_root(leaves[:k]) + recursive_root(leaves[k:])).digest()


def tampered(proof: Sequence[bytes], data: st.DataObject) -> list[bytes]:
    """A proof that is not the one given: a bit flipped, an element lost, doubled or put in, or two exchanged."""
    changed = list(proof)
    kind = data.draw(st.sampled_from(("put in", "flip", "lose", "double") if proof else ("put in",)))
    at = data.draw(st.integers(0, max(0, len(changed) - 1)))
    if kind == "put in":
        changed.insert(data.draw(st.integers(0, len(changed))), data.draw(st.binary(min_size=32, max_size=32)))
    elif kind == "flip":
        bit = data.draw(st.integers(0, 255))
        changed[at] = (int.from_bytes(changed[at], "big") ^ (1 << bit)).to_bytes(32, "big")
    elif kind == "lose":
        del changed[at]
    else:
        changed.insert(at, changed[at])
    return changed


# --- the vectors of transparency-dev/merkle, read in place ---


def vectors(shared: Path, kind: str) -> list[tuple[str, dict[str, Any]]]:
    folder = shared / "vectors" / "rfc9162" / kind
    return [(str(p.relative_to(folder)), json.loads(p.read_text())) for p in sorted(folder.rglob("*.json"))]


def decoded(value: str | None) -> bytes:
    return base64.b64decode(value or "")


def refused(verify: Any, *arguments: Any) -> bool:
    try:
        verify(*arguments)
    except ProofError:
        return True
    return False


def test_inclusion_agrees_with_every_vector(shared: Path) -> None:
    found = vectors(shared, "inclusion")
    wrong = [
        name
        for name, v in found
        if v["wantErr"]
        != refused(
            verify_inclusion,
            decoded(v["leafHash"]),
            v["leafIdx"],
            v["treeSize"],
            [decoded(p) for p in v["proof"] or []],
            decoded(v["root"]),
        )
    ]
    assert wrong == []
    assert len(found) == 98
    assert {v["wantErr"] for _, v in found} == {True, False}


def test_consistency_agrees_with_every_vector(shared: Path) -> None:
    found = vectors(shared, "consistency")
    wrong = [
        name
        for name, v in found
        if v["wantErr"]
        != refused(
            verify_consistency,
            v["size1"],
            v["size2"],
            decoded(v["root1"]),
            decoded(v["root2"]),
            [decoded(p) for p in v["proof"] or []],
        )
    ]
    assert wrong == []
    assert len(found) == 98
    assert {v["wantErr"] for _, v in found} == {True, False}


# --- laws ---


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert root_of([]) == Frontier().root() == EMPTY_ROOT == sha256(b"").digest()


def test_leaves_and_nodes_are_hashed_apart() -> None:
    assert leaf_hash(b"x") == sha256(b"\x00x").digest()
    assert root_of(LEAVES[:2]) == sha256(b"\x01" + LEAVES[0] + LEAVES[1]).digest()


@pytest.mark.parametrize("size", range(MOST + 1))
def test_the_frontier_arrives_at_the_recursive_root(size: int) -> None:
    assert ROOTS[size] == recursive_root(LEAVES[:size])


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=200), st.integers(0, 200))
def test_appending_in_two_goes_is_appending_in_one(leaves: list[bytes], at: int) -> None:
    frontier = Frontier(leaves[:at])
    for leaf in leaves[at:]:
        frontier.append(leaf)
    assert (frontier.size, frontier.root()) == (len(leaves), recursive_root(leaves))


@given(st.integers(0, MOST), st.integers(1, 8))
def test_a_copy_shares_nothing(size: int, more: int) -> None:
    frontier = Frontier(LEAVES[:size])
    copy = frontier.copy()
    for leaf in LEAVES[:more]:
        copy.append(leaf)
    assert (frontier.size, frontier.root()) == (size, ROOTS[size])
    assert copy.root() == root_of(LEAVES[:size] + LEAVES[:more])


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_leaf_of_every_tree_is_proved_and_at_its_place_alone(size: int) -> None:
    for index in range(size):
        proof = inclusion_proof(LEAVES[:size], index)
        verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
        for other in {index - 1, index + 1, index ^ 1, size - 1} - {index}:
            with pytest.raises(ProofError, match=r"proof|not in a tree"):
                verify_inclusion(LEAVES[index], other, size, proof, ROOTS[size])


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_tree_is_proved_to_begin_with_every_smaller_one(size: int) -> None:
    for smaller in range(1, size + 1):
        proof = consistency_proof(LEAVES[:size], smaller)
        verify_consistency(smaller, size, ROOTS[smaller], ROOTS[size], proof)
        with pytest.raises(ProofError, match=r"proof|roots|beginning"):
            verify_consistency(smaller, size, ROOTS[smaller - 1], ROOTS[size], proof)
        with pytest.raises(ProofError, match=r"proof|roots|beginning"):
            verify_consistency(smaller, size, ROOTS[smaller], ROOTS[smaller - 1], proof)


@given(st.integers(1, MOST), st.data())
def test_a_tampered_inclusion_proof_fails(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(LEAVES[:size], index)
    with pytest.raises(ProofError, match="proof"):
        verify_inclusion(LEAVES[index], index, size, tampered(proof, data), ROOTS[size])


@given(st.integers(1, MOST), st.data())
def test_a_tampered_consistency_proof_fails(size: int, data: st.DataObject) -> None:
    smaller = data.draw(st.integers(1, size))
    proof = consistency_proof(LEAVES[:size], smaller)
    with pytest.raises(ProofError, match="proof"):
        verify_consistency(smaller, size, ROOTS[smaller], ROOTS[size], tampered(proof, data))


@given(st.integers(2, MOST), st.data())
def test_a_rewritten_past_cannot_be_proved(size: int, data: st.DataObject) -> None:
    smaller = data.draw(st.integers(1, size))
    at = data.draw(st.integers(0, smaller - 1))
    rewritten = [*LEAVES[:at], leaf_hash(b"another past"), *LEAVES[at + 1 : size]]
    proof = consistency_proof(rewritten, smaller)
    with pytest.raises(ProofError, match=r"proof|roots"):
        verify_consistency(smaller, size, ROOTS[smaller], root_of(rewritten), proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (4, 3), (0, 0)])
def test_there_is_no_proof_of_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(IndexError, match=f"leaf {index} of {size}"):
        inclusion_proof(LEAVES[:size], index)
    with pytest.raises(ProofError, match="not in a tree"):
        verify_inclusion(LEAVES[0], index, size, [], ROOTS[size])


@pytest.mark.parametrize("size", [-1, 4])
def test_there_is_no_proof_of_a_size_beyond_the_tree(size: int) -> None:
    with pytest.raises(IndexError, match=f"size {size} of 3"):
        consistency_proof(LEAVES[:3], size)
    with pytest.raises(ProofError, match="no beginning"):
        verify_consistency(size, 3, ROOTS[1], ROOTS[3], [])


@pytest.mark.parametrize("damaged", [b"", b"short", LEAVES[0] + b"x"])
def test_a_hash_has_32_bytes(damaged: bytes) -> None:
    with pytest.raises(ProofError, match="32 bytes"):
        verify_inclusion(damaged, 0, 1, [], damaged)
    with pytest.raises(ProofError, match="32 bytes"):
        verify_consistency(1, 2, ROOTS[1], ROOTS[2], [damaged])
