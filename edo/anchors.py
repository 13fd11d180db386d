"""Daily anchors of the evidence chains: after one, nobody can change a record unseen.

An anchor covers the chains that have grown since the anchor before, and that anchor by its hash.
"""

import hashlib
import logging

from django.db import IntegrityError, transaction
from django.db.models import Max, OuterRef, Subquery

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.archive_timestamps import has_timestamp_service, make_timestamp
from edo.evidence_chain.anchors import InclusionProof, build_anchor
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.merkle import ChainHead, build_proof, build_root
from edo.models import EvidenceAnchor, EvidenceRecord, SimpleSigning
from edo.records import export_chain
from edo.seal import seal

log = logging.getLogger(__name__)

# Transactions that were open when the last anchor read the heads may have smaller ids.
OPEN_TRANSACTIONS_MARGIN = 1000


def create_anchor() -> EvidenceAnchor | None:
    """The anchor of today (UTC); the one that exists, or None when no chain has grown.

    Makes outside calls with no transaction open. Raises Unavailable without a valid seal. Without
    a time-stamp the anchor is kept without one: no other clock takes its place.
    """
    day = clock.now().date()
    today = EvidenceAnchor.objects.filter(day=day).first()
    previous = EvidenceAnchor.objects.order_by("-day").first()
    last_record = EvidenceRecord.objects.aggregate(last=Max("pk"))["last"] or 0
    if today or last_record == (previous.last_record if previous else 0):
        return today
    heads = _read_heads(previous.last_record - OPEN_TRANSACTIONS_MARGIN if previous else 0)
    anchor = EvidenceAnchor(
        day=day,
        merkle_root=build_root(heads),
        leaves=[[head.chain, head.number, head.hash] for head in heads],
        last_record=last_record,
        previous_hash=previous.hash if previous else "",
    )
    content = build_content(anchor)
    anchor.hash = hashlib.sha256(content).hexdigest()
    anchor.signature = seal(content)
    anchor.timestamp = _make_timestamp(anchor.signature)
    try:
        with transaction.atomic():
            anchor.save(force_insert=True)
    except IntegrityError:  # another worker was faster
        return EvidenceAnchor.objects.get(day=day)
    return anchor


def build_content(anchor: EvidenceAnchor) -> bytes:
    """The bytes that the seal of ``anchor`` is over."""
    return build_anchor(
        day=anchor.day.isoformat(),
        heads=_build_heads(anchor),
        previous_hash=anchor.previous_hash,
    )


def find_proof(signing: SimpleSigning) -> tuple[EvidenceAnchor, InclusionProof] | None:
    """The first anchor that covers the signature, and the proof; None while there is none."""
    record = EvidenceRecord.objects.filter(signing=signing, kind=RecordKind.SIGNED).first()
    if record is None:
        return None
    for anchor in EvidenceAnchor.objects.filter(last_record__gte=record.pk).order_by("day")[:2]:
        heads = _build_heads(anchor)
        for index, head in enumerate(heads):
            if head.chain == str(signing.pk) and head.number >= record.number:
                records = export_chain(signing, with_values=False).records
                later = records[record.number : head.number]
                return anchor, InclusionProof(head, build_proof(heads, index), later)
    return None


def _build_heads(anchor: EvidenceAnchor) -> list[ChainHead]:
    return [ChainHead(*leaf) for leaf in anchor.leaves]


def _read_heads(after: int) -> list[ChainHead]:
    """The heads of the chains with a record whose id is larger than ``after``."""
    last_numbers = (
        EvidenceRecord.objects.filter(signing=OuterRef("signing"))
        .order_by("-number")
        .values("number")[:1]
    )
    rows = (
        EvidenceRecord.objects.filter(pk__gt=after)
        .filter(number=Subquery(last_numbers))
        .order_by("signing_id")
        .values_list("signing_id", "number", "hash")
    )
    return [ChainHead(str(signing), number, head) for signing, number, head in rows]


def _make_timestamp(signature: bytes) -> bytes | None:
    if not has_timestamp_service():
        return None
    try:
        return make_timestamp(signature).token
    except (Unavailable, Refused) as error:
        log.warning("An anchor has no time-stamp: %s", error)
        return None
