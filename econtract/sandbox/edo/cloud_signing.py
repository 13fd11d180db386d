"""The cloud signature of the operator: V2/DssSign and DssSignResult (docs/protocols.md, 9.8)."""

from __future__ import annotations

import hashlib

from econtract.sandbox import phone
from econtract.sandbox.api.protocol import Json, JsonFields, encode_base64
from econtract.sandbox.edo import shelf
from econtract.sandbox.edo.protocol import EdoCall, EdoError, endpoint, invalid_request
from econtract.sandbox.models import PhoneRequest, PhoneRequestState, SigningKey

_STATUSES = {
    # It never reached the phone, because another one was there.
    PhoneRequestState.PREPARED: "UserHasUnconfirmedOperation",
    PhoneRequestState.WAITING: "InProgress",
    PhoneRequestState.CONFIRMED: "Completed",
    PhoneRequestState.DECLINED: "CanceledByUser",
    PhoneRequestState.EXPIRED: "Timeout",
}


@endpoint("POST", body="Dss.DssSignRequestV2", answer="AsyncMethodResult")
def dss_sign(call: EdoCall) -> Json:
    """POST /V2/DssSign?boxId=: ask the owner of the certificate to sign the files.

    A certificate whose owner has an unconfirmed operation is not asked a second time.
    """
    call.caller.box(call.argument("boxId"))
    if call.fields.text("SignDataSource") != "CertificateSign":
        raise invalid_request("SignDataSource: only CertificateSign is simulated")
    key = _find_key(call.fields.subfields("CertificateData").text("Thumbprint"))
    files = call.fields.data.get("Files")
    if not isinstance(files, list) or not files:
        raise invalid_request("Files is required")
    documents = [_read_file(JsonFields(file), call) for file in files]
    is_busy = phone.find_waiting(key.key_ref).filter(system="edo").exists()
    row = phone.create_request("edo", key, documents)
    if not is_busy:
        phone.ask(row, call.request, call.now)
    return {"TaskId": row.ref}


@endpoint("GET", answer="Dss.DssSignResult")
def dss_sign_result(call: EdoCall) -> Json:
    """GET /DssSignResult?boxId=&taskId=: whether the owner has answered, and the signatures."""
    call.caller.box(call.argument("boxId"))
    phone.expire_requests(call.now)
    row = PhoneRequest.objects.filter(ref=call.argument("taskId"), system="edo").first()
    if row is None:
        raise EdoError(404, "DiadocApi.NotFound", "No such operation")
    results = []
    if row.state == PhoneRequestState.CONFIRMED:
        results = [
            {
                "FileSigningStatus": "SigningCompleted",
                "Signature": encode_base64(document.signature or b""),
            }
            for document in row.documents.all()
        ]
    return {
        "OperationStatus": _STATUSES[PhoneRequestState(row.state)],
        "FileSigningResults": results,
        "ConfirmType": "MobileSdk",
        "Operator": "Kontur",
        "PhoneLastNumbers": "4567",
    }


def _read_file(fields: JsonFields, call: EdoCall) -> tuple[str, bytes]:
    content = shelf.read_content_field(fields.subfields("Content"), call.caller.shelf)
    return fields.text("FileName", required=False), content


def _find_key(thumbprint: str) -> SigningKey:
    for key in SigningKey.objects.filter(role__in=("head", "signatory"), blocked=False):
        # SHA-1 is how certificates are named; nothing depends on it.
        digest = hashlib.sha1(bytes(key.certificate), usedforsecurity=False).hexdigest()
        if digest == thumbprint.lower():
            return key
    raise EdoError(404, "DiadocApi.NotFound", "No such certificate without a token")
