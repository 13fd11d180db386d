"""Storing how the client has answered a document without signing it."""

from datetime import datetime

from econtract.platform.common import clock
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.values import DocumentStatus, SentDocument
from edo.models import Exchange

NO_REASON = "Клиент не указал причину."


def store_refusal(exchange: Exchange, gateway: OperatorGateway, status: DocumentStatus) -> None:
    """Close as REFUSED, with the client's reason."""
    reason = status.refusal_text
    if not reason and status.refusal_id:
        sent = SentDocument(exchange.message_id, exchange.document_id)
        reason = gateway.fetch_reason(exchange.box.operator_box_id, sent, status.refusal_id)
    changes = {"reason": reason or NO_REASON, "delivered_at": get_delivery_time(exchange, status)}
    exchange.close(Exchange.State.REFUSED, changes)


def get_delivery_time(exchange: Exchange, status: DocumentStatus) -> datetime:
    """When the client has got the document: at the latest now, if they have answered it."""
    return exchange.delivered_at or status.delivered_at or clock.now()
