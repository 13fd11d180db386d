"""The anchor of a day, as it is sealed, and the proof that it covers a chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from edo.evidence_chain.canonical import canonicalize
from edo.evidence_chain.merkle import ChainHead, ProofStep, apply_proof, build_root

FORMAT = "e-contract-evidence-anchor/1"
PROOF_FORMAT = "e-contract-evidence-proof/1"


class ProofUnreadable(ValueError):
    """The file is no anchor or no proof. The text says why, in Russian."""


def build_anchor(*, day: str, heads: Sequence[ChainHead], previous_hash: str) -> bytes:
    """The bytes that the seal is over: day (ISO 8601), Merkle root, hash of the anchor before."""
    return canonicalize(
        {
            "format": FORMAT,
            "day": day,
            "heads": len(heads),
            "merkle_root": build_root(heads),
            "previous_hash": previous_hash,
        }
    )


@dataclass(frozen=True)
class InclusionProof:
    """That an anchor with ``merkle_root`` covers the chain whose last record was ``head``."""

    head: ChainHead
    steps: Sequence[ProofStep]

    def to_json(self) -> bytes:
        content = {
            "format": PROOF_FORMAT,
            "head": [self.head.chain, self.head.number, self.head.hash],
            "steps": [{"is_left": step.is_left, "hash": step.hash} for step in self.steps],
        }
        return (json.dumps(content, indent=1) + "\n").encode()

    def find_problem(self, anchor: bytes, hashes: Sequence[str], chain_id: str) -> str | None:
        """Why ``anchor`` does not cover the chain with these record ``hashes``, in Russian."""
        index = self.head.number - 1
        if self.head.chain != chain_id or not 0 <= index < len(hashes):
            return "Доказательство – о другой цепочке записей."
        if hashes[index] != self.head.hash:
            return "Записи не те, что были заверены."
        try:
            root = apply_proof(self.head, self.steps)
        except ValueError:
            return "Доказательство повреждено."
        if read_merkle_root(anchor) != root:
            return "Заверение дня не охватывает этих записей."
        return None


def read_merkle_root(anchor: bytes) -> str:
    """Raises ProofUnreadable."""
    data = _load(anchor, FORMAT)
    return str(data.get("merkle_root"))


def parse_proof(content: bytes) -> InclusionProof:
    """Raises ProofUnreadable."""
    data = _load(content, PROOF_FORMAT)
    try:
        chain, number, head_hash = data["head"]
        steps = [ProofStep(bool(item["is_left"]), str(item["hash"])) for item in data["steps"]]
        return InclusionProof(ChainHead(str(chain), int(number), str(head_hash)), steps)
    except (KeyError, TypeError, ValueError) as error:
        raise ProofUnreadable("Доказательство повреждено.") from error


def _load(content: bytes, expected_format: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProofUnreadable("Заверение или доказательство повреждено.") from error
    if not isinstance(data, dict) or data.get("format") != expected_format:
        raise ProofUnreadable("Заверение или доказательство другого формата.")
    return data
