"""The anchor of a day over the records of a sample package."""

from collections.abc import Callable

from archive.package.anchors import AnchorFolder
from edo.evidence_chain.anchors import InclusionProof, build_anchor
from edo.evidence_chain.chains import ExportedChain
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.merkle import ChainHead, build_proof
from tests.support.documents.packages import seal
from tests.support.documents.verification import Files
from tests.support.evidence_chains import link_record
from tests.support.signing.pki import NOW

DAY = "2026-11-21"


def build_anchor_files(
    chain: ExportedChain, *, make_seal: Callable[[bytes], bytes] = seal, later: int = 0
) -> Files:
    """An anchor over ``chain`` with ``later`` more records, and over two other chains."""
    records = [*chain.records]
    for _ in range(later):
        last = records[-1]
        records.append(
            link_record(
                last.hash,
                chain_id=chain.id,
                number=last.number + 1,
                at=last.at,
                kind=RecordKind.CODE_DELIVERED,
                facts={"message": "m2"},
                values={},
            )
        )
    head = ChainHead(chain.id, records[-1].number, records[-1].hash)
    heads = [ChainHead("a", 1, "1" * 64), head, ChainHead("b", 2, "2" * 64)]
    content = build_anchor(day=DAY, heads=heads, previous_hash="")
    signed = chain.find(RecordKind.SIGNED)[0].number
    proof = InclusionProof(head, build_proof(heads, 1), records[signed:])
    folder = AnchorFolder(
        content=content, seal=make_seal(content), proof=proof.to_json(), made_at=NOW
    )
    return dict(folder.list_files())
