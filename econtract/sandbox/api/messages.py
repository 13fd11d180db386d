"""SMS and e-mail over HTTP (docs/protocols.md, section 8).

As at real providers, a request that is sent again is a second message. The sender gives every
message a number of its own and can ask for its state by it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from econtract.sandbox import faults
from econtract.sandbox.api.protocol import (
    ApiCall,
    ApiError,
    CommandResult,
    Json,
    View,
    keyless_command,
    query,
)
from econtract.sandbox.models import FaultKind, FeedEvent, TextMessage
from econtract.sandbox.numbers import is_email, is_phone

_MAX_SENDER = 11


@query
def get_message(call: ApiCall, message_id: str) -> Json:
    """GET messages/<id>: the first message that was sent under this number."""
    row = TextMessage.objects.filter(message_id=message_id).order_by("id").first()
    if row is None:
        raise ApiError(404, "not_found")
    return {**_render(row), "state": row.state, "reason": row.reason or None}


def _make_view(channel: str, is_address: Callable[[str], bool]) -> View:
    @keyless_command("messages")
    def send(call: ApiCall) -> CommandResult:
        fields = call.fields
        to, text = fields.text("to"), fields.text("text", limit=10_000)
        if not is_address(to):
            raise ApiError(422, "bad_address", "The address is malformed")
        row = TextMessage(
            ref=str(uuid.uuid4()),
            message_id=fields.text("id", limit=40),
            channel=channel,
            to=to,
            subject=fields.text("subject", required=channel == "email"),
            text=text,
            sender=fields.text("sender", required=False, limit=_MAX_SENDER),
            template=fields.text("template", required=False, limit=60),
            reference=fields.text("reference", required=False, limit=100),
            at=call.now,
        )
        _deliver(row, call)
        return CommandResult(channel, {**_render(row), "state": "accepted"}, row.reference, row.ref)

    return send


def _deliver(row: TextMessage, call: ApiCall) -> None:
    """Deliver the message at once, or fail to, and write the reports about it."""
    fault = faults.consume_fault(call.request, FaultKind.UNDELIVERED)
    if fault is not None:
        row.state, row.reason = "failed", fault.code
    row.save()
    if faults.consume_fault(call.request, FaultKind.REPORT_LOST):
        return
    for state in ("sent", row.state):
        payload = {
            "message_id": row.message_id,
            "reason": row.reason or None if state == "failed" else None,
        }
        FeedEvent.objects.create(
            system="messages", type=state, ref=row.ref, at=call.now, payload=payload
        )


def _render(row: TextMessage) -> Json:
    return {"id": row.message_id, "ref": row.ref}


send_sms = _make_view("sms", is_phone)
send_email = _make_view("email", is_email)
