"""The room's front door: everything that the rooms above may ask of document exchange.

Actions are keyword-only. They raise Unavailable (repeat later) and Refused (final) of
econtract.platform.common.errors, and hold no transaction open during an outside call.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from econtract.platform.common import clock
from econtract.platform.outbox.registry import IncomingEvent
from edo.channels.operator.following import follow
from edo.channels.operator.preflight import preflight
from edo.channels.operator.refusals import ALREADY_SIGNED, Failure, SendRefusal, SendRefused
from edo.channels.operator.registry import operator_for
from edo.channels.operator.sending import revoke, send
from edo.models import Box, Exchange, Signatory
from edo.powers import mchd
from edo.powers.selection import find_current_power
from edo.signing import cms
from edo.signing.cms import SignatureReport
from edo.signing.trust import load_trust_store

__all__ = [
    "ALREADY_SIGNED",
    "ExchangeArtefacts",
    "Failure",
    "SendRefusal",
    "SendRefused",
    "artefacts",
    "follow",
    "is_known",
    "open_exchange",
    "poll_events",
    "preflight",
    "revoke",
    "send",
]

MOST_EVENTS = 100


@dataclass(frozen=True)
class ExchangeArtefacts:
    """What remains of a course, for the package. Moments are aware UTC.

    `sender` and `recipient` are verdicts on both signatures over the exchange's document, each
    with the details of its certificate.
    """

    sender_signature: bytes
    recipient_signature: bytes
    power_of_attorney_xml: bytes
    power_of_attorney_signature: bytes
    power_of_attorney_file_name: str
    power_of_attorney_number: str
    sender: SignatureReport
    recipient: SignatureReport
    message_id: str
    document_id: str
    sent_at: datetime
    delivered_at: datetime
    signed_at: datetime


def open_exchange(
    *,
    box: Box,
    signatory: Signatory,
    recipient_inn: str,
    recipient_kpp: str,
    document_sha256: str,
    document_number: str,
    document_kind: str,
    file_name: str,
    operation_id: UUID,
) -> Exchange:
    """Opens the course of one document; nothing goes out yet.

    ``operation_id`` is the order's id and the operator's idempotency: the same id again gives the
    exchange that is there, whatever became of it. The signatory's current МЧД is chosen now.
    """
    exchange, _ = Exchange.objects.get_or_create(
        operation_id=operation_id,
        defaults={
            "box": box,
            "signatory": signatory,
            "power_of_attorney": find_current_power(signatory, box, clock.now()),
            "recipient_inn": recipient_inn,
            "recipient_kpp": recipient_kpp,
            "document_sha256": document_sha256,
            "document_number": document_number,
            "document_kind": document_kind,
            "file_name": file_name,
        },
    )
    return exchange


def is_known(*, exchange_id: str | UUID) -> bool:
    """Whether the identifier is that of one of our exchanges."""
    try:
        wanted = UUID(str(exchange_id))
    except ValueError:
        return False
    return Exchange.objects.filter(pk=wanted).exists()


def poll_events(
    after: str, *, box: Box, limit: int = MOST_EVENTS
) -> tuple[Sequence[IncomingEvent], str]:
    """What happened in ``box`` after the cursor (empty: from the beginning), and the next cursor.

    An event is a wake-up only, never the truth: ask `follow`. Its payload has `message_id` and
    `exchange_id` (our own number of the document, empty for a document that is not ours). Events
    repeat and may come in another order; `external_id` is stable. Raises Unavailable or Refused.
    """
    found, cursor = operator_for(box).events(box.operator_box_id, after, min(limit, MOST_EVENTS))
    events = [
        IncomingEvent(
            event.event_id, {"message_id": event.message_id, "exchange_id": event.custom_id}
        )
        for event in found
    ]
    return events, cursor


def artefacts(*, exchange: Exchange) -> ExchangeArtefacts:
    """The evidence of a SIGNED exchange, read from our own rows: no outside call.

    Raises ValueError for an exchange in any other state.
    """
    power = exchange.power_of_attorney
    signatures = (exchange.sender_signature, exchange.recipient_signature)
    times = (exchange.sent_at, exchange.delivered_at, exchange.finished_at)
    if exchange.state != Exchange.State.SIGNED or power is None:
        raise ValueError("Only a signed exchange has all its artefacts.")
    sender, recipient = (bytes(item or b"") for item in signatures)
    sent_at, delivered_at, finished_at = (item or exchange.created_at for item in times)
    digest, trust = bytes.fromhex(exchange.document_sha256), load_trust_store()
    report = cms.verify_digest(recipient, digest, trust=trust)
    return ExchangeArtefacts(
        sender_signature=sender,
        recipient_signature=recipient,
        power_of_attorney_xml=bytes(power.xml),
        power_of_attorney_signature=bytes(power.signature),
        power_of_attorney_file_name=mchd.build_file_name(mchd.parse(bytes(power.xml))),
        power_of_attorney_number=str(power.registration_number),
        sender=cms.verify_digest(sender, digest, trust=trust),
        recipient=report,
        message_id=exchange.message_id,
        document_id=exchange.document_id,
        sent_at=sent_at,
        delivered_at=delivered_at,
        signed_at=report.signed_at or finished_at,
    )
