"""The digests of a sent document, by which the client's signature is verified without the file."""

import hashlib

from edo.channels.operator.gateway import OperatorGateway
from edo.crypto.digests import NAMES_BY_OID, digest_chunks
from edo.models import Exchange


def compute_digests(pdf: bytes) -> dict[str, str]:
    """The value of `Exchange.document_digests`: what any signature that we accept may need."""
    digests = digest_chunks([pdf], NAMES_BY_OID.values())
    return {name: value.hex() for name, value in digests.items()}


def get_digests(exchange: Exchange) -> dict[str, bytes]:
    """The stored digests by algorithm; there is at least the SHA-256."""
    digests = {name: bytes.fromhex(value) for name, value in exchange.document_digests.items()}
    return {**digests, "sha256": bytes.fromhex(exchange.document_sha256)}


def ensure_digests(exchange: Exchange, gateway: OperatorGateway) -> None:
    """Compute the digests of a document that was sent before they were stored."""
    if exchange.document_digests:
        return
    box_id = exchange.box.operator_box_id
    pdf = gateway.fetch_content(box_id, exchange.message_id, exchange.document_id)
    if hashlib.sha256(pdf).hexdigest() == exchange.document_sha256:
        exchange.update_if({"document_digests": compute_digests(pdf)})
