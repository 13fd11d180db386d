"""The anchor of a day, as it is sealed, and the proof that it covers a chain."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from edo.evidence_chain.canonical import canonicalize
from edo.evidence_chain.chains import (
    ChainRecord,
    ChainUnreadable,
    ExportedChain,
    find_problems,
    parse_chain,
)
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
    """That an anchor covers the chain whose last record was ``head``.

    ``later`` are the records of that chain after the signature, without personal values: a report
    of a delivery may have come when the package was built already.
    """

    head: ChainHead
    steps: Sequence[ProofStep]
    later: Sequence[ChainRecord] = ()

    def to_json(self) -> bytes:
        content = {
            "format": PROOF_FORMAT,
            "head": [self.head.chain, self.head.number, self.head.hash],
            "steps": [{"is_left": step.is_left, "hash": step.hash} for step in self.steps],
            "later": json.loads(ExportedChain(self.head.chain, self.later).to_json()),
        }
        return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()

    def find_problem(self, anchor: bytes, chain: ExportedChain) -> str | None:
        """Why ``anchor`` does not cover ``chain``, in Russian; None when it does.

        ``chain`` is one in which `find_problems` finds none. Raises ProofUnreadable for an anchor
        that is none.
        """
        missing = [record for record in self.later if record.number > len(chain.records)]
        whole = replace(chain, records=[*chain.records, *missing])
        index = self.head.number - 1
        if self.head.chain != chain.id or not 0 <= index < len(whole.records):
            return "доказательство – о другой цепочке записей."
        if find_problems(whole) or whole.records[index].hash != self.head.hash:
            return "записи не те, что были заверены."
        try:
            root = apply_proof(self.head, self.steps)
        except ValueError:
            return "доказательство повреждено."
        if read_anchor(anchor).merkle_root != root:
            return "заверение дня не охватывает этих записей."
        return None


@dataclass(frozen=True)
class AnchorContent:
    """What an anchor says: its day (ISO 8601) and the root (hexadecimal) of the chains."""

    day: str
    merkle_root: str


def read_anchor(content: bytes) -> AnchorContent:
    """Raises ProofUnreadable."""
    data = _load(content, FORMAT)
    return AnchorContent(str(data.get("day")), str(data.get("merkle_root")))


def parse_proof(content: bytes) -> InclusionProof:
    """Raises ProofUnreadable."""
    data = _load(content, PROOF_FORMAT)
    try:
        chain, number, head_hash = data["head"]
        steps = [ProofStep(bool(item["is_left"]), str(item["hash"])) for item in data["steps"]]
        later = parse_chain(json.dumps(data["later"]).encode()).records
        return InclusionProof(ChainHead(str(chain), int(number), str(head_hash)), steps, later)
    except (KeyError, TypeError, ValueError, ChainUnreadable) as error:
        raise ProofUnreadable("доказательство повреждено.") from error


def _load(content: bytes, expected_format: str) -> dict[str, Any]:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProofUnreadable("файл поврежден.") from error
    if not isinstance(data, dict) or data.get("format") != expected_format:
        raise ProofUnreadable("файл другого формата.")
    return data
