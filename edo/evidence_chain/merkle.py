"""A Merkle tree (RFC 6962): one hash for many heads, and a short proof that it covers one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from edo.evidence_chain.canonical import canonicalize


@dataclass(frozen=True)
class ChainHead:
    """The last record of a chain, as an anchor has it: a leaf of the tree."""

    chain: str
    number: int
    hash: str

    def hash_leaf(self) -> bytes:
        content = canonicalize([self.chain, self.number, self.hash])
        return hashlib.sha256(b"\0" + content).digest()


@dataclass(frozen=True)
class ProofStep:
    """The hash (hexadecimal) of the neighbour on one level; `is_left` when it stands left."""

    is_left: bool
    hash: str


def build_root(leaves: Sequence[ChainHead]) -> str:
    """The root (hexadecimal) of the tree over ``leaves`` in their order."""
    return _hash_subtree([leaf.hash_leaf() for leaf in leaves]).hex()


def build_proof(leaves: Sequence[ChainHead], index: int) -> list[ProofStep]:
    """What leads from the leaf ``index`` to the root, from the bottom up."""
    return _prove([leaf.hash_leaf() for leaf in leaves], index)


def apply_proof(leaf: ChainHead, steps: Sequence[ProofStep]) -> str:
    """The root (hexadecimal) that ``steps`` lead to. Raises ValueError for malformed steps."""
    value = leaf.hash_leaf()
    for step in steps:
        neighbour = bytes.fromhex(step.hash)
        pair = neighbour + value if step.is_left else value + neighbour
        value = hashlib.sha256(b"\1" + pair).digest()
    return value.hex()


def _hash_subtree(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    middle = _split(len(hashes))
    left, right = _hash_subtree(hashes[:middle]), _hash_subtree(hashes[middle:])
    return hashlib.sha256(b"\1" + left + right).digest()


def _prove(hashes: Sequence[bytes], index: int) -> list[ProofStep]:
    if len(hashes) == 1:
        return []
    middle = _split(len(hashes))
    if index < middle:
        neighbour = ProofStep(is_left=False, hash=_hash_subtree(hashes[middle:]).hex())
        return [*_prove(hashes[:middle], index), neighbour]
    neighbour = ProofStep(is_left=True, hash=_hash_subtree(hashes[:middle]).hex())
    return [*_prove(hashes[middle:], index - middle), neighbour]


def _split(count: int) -> int:
    """The largest power of two below ``count``, which is 2 or more."""
    return 1 << ((count - 1).bit_length() - 1)
