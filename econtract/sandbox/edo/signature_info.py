"""GetSignatureInfo: the operator's verdict on a signature (docs/protocols.md, section 9.5)."""

from __future__ import annotations

import hashlib

from django.db.models import Q

from econtract.sandbox import cms
from econtract.sandbox.api.protocol import Json, encode_base64
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo import delivery, entities
from econtract.sandbox.edo.protocol import EdoCall, document_not_found, endpoint
from econtract.sandbox.models import EdoEntity

# X509ChainStatusFlags: NoError, and NotTimeValid for any problem of the certificate.
_NO_PROBLEM, CHAIN_PROBLEM = 0, 1


@endpoint("GET", answer="SignatureInfo")
def get_signature_info(call: EdoCall) -> Json:
    """GET /GetSignatureInfo?boxId=&messageId=&entityId=."""
    box_id = call.caller.box(call.argument("boxId")).box_id or ""
    message_id = call.argument("messageId")
    rows = EdoEntity.objects.filter(
        Q(only_box="") | Q(only_box=box_id),
        entity_type="Signature",
        entity_id=call.argument("entityId"),
        document__message__message_id=message_id,
    )
    signature = rows.select_related("document__message").first()
    if signature is None or box_id not in delivery.boxes_with_access(signature.document):
        raise document_not_found(message_id)
    return _render(signature)


def _render(signature: EdoEntity) -> Json:
    """`SignatureInfo`, as it was when the signature came."""
    content = entities.read_content(signature.parent_entity_id)
    check = cms.verify(content, entities.read_content(signature.entity_id), signature.at)
    moment = {"Ticks": ticks(signature.at)}
    chain = [
        {
            "CertificateChainStatusFlags": _NO_PROBLEM if check.valid else CHAIN_PROBLEM,
            "DerCertificate": encode_base64(check.certificate),
        }
    ]
    status = {
        "IsValid": check.valid,
        "CertificateChain": chain,
        "VerificationTime": moment,
    }
    surname, _, given_names = check.owner.partition(" ")
    fields = {
        "SigningTime": {"Ticks": ticks(check.signed_at)} if check.signed_at else moment,
        "SignatureVerificationTime": moment,
        "SignatureVerificationResult": {"IsValid": check.valid, "CertificateStatus": status},
        # SHA-1 is how certificates are named; nothing depends on it.
        "Thumbprint": hashlib.sha1(check.certificate, usedforsecurity=False).hexdigest().upper(),
        "SerialNumber": check.serial,
        "StartDate": f"{check.not_before:%d.%m.%Y}" if check.not_before else None,
        "EndDate": f"{check.not_after:%d.%m.%Y}" if check.not_after else None,
        "OrgInn": check.company_inn or None,
        "Surname": None if check.company_inn else surname,
        "FirstName": None if check.company_inn else given_names,
        "CertificateSubjectType": "LegalEntity" if check.company_inn else "PhysicalPerson",
    }
    return {name: value for name, value in fields.items() if value is not None}
