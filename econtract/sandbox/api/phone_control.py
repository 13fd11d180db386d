"""Control of the signatories' phones (docs/protocols.md, section 11)."""

from __future__ import annotations

from econtract.sandbox import clock, phone
from econtract.sandbox.api.control import control_command
from econtract.sandbox.api.protocol import ApiCall, Json, bad_request, query


@query
def list_requests(call: ApiCall) -> Json:
    """GET phones: the requests that wait for an answer, oldest first."""
    return {
        "requests": [
            {
                "ref": row.ref,
                "system": row.system,
                "key_ref": row.key.key_ref,
                "documents": [document.name for document in row.documents.all()],
                "asked_at": row.asked_at and clock.iso(row.asked_at),
                "expires_at": row.expires_at and clock.iso(row.expires_at),
            }
            for row in phone.find_waiting().select_related("key")
        ]
    }


@control_command
def answer_requests(call: ApiCall, key_ref: str) -> Json:
    """POST phones/<key_ref>: the signatory answers everything that waits on their phone."""
    answer = call.fields.text("answer")
    rows = phone.find_waiting(key_ref)
    if answer == "silent":
        return {"count": phone.mark_silent(rows)}
    if answer not in ("confirm", "decline"):
        raise bad_request("answer: confirm, decline or silent expected")
    requests = list(rows)
    for row in requests:
        if answer == "confirm":
            phone.confirm(row, "signatory", call.now)
        else:
            phone.decline(row, "signatory", call.now)
    return {"count": len(requests)}
