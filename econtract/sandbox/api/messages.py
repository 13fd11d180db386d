"""SMS and e-mail over HTTP (docs/protocols.md, section 8)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from econtract.sandbox.api.protocol import ApiCall, ApiError, CommandResult, View, command
from econtract.sandbox.models import TextMessage
from econtract.sandbox.numbers import is_email, is_phone


def _make_view(channel: str, is_address: Callable[[str], bool]) -> View:
    @command("messages")
    def send(call: ApiCall) -> CommandResult:
        fields, ref = call.fields, str(uuid.uuid4())
        to, text = fields.text("to"), fields.text("text", limit=10_000)
        reference = fields.text("reference", required=False, limit=100)
        if not is_address(to):
            raise ApiError(422, "bad_address", "The address is malformed")
        TextMessage.objects.create(
            ref=ref,
            channel=channel,
            to=to,
            subject=fields.text("subject", required=channel == "email"),
            text=text,
            reference=reference,
            at=call.now,
        )
        return CommandResult(channel, {"ref": ref}, reference, ref)

    return send


send_sms = _make_view("sms", is_phone)
send_email = _make_view("email", is_email)
