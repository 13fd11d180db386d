"""Sending documents through the sandbox's ЭДО operator, as the product would."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import httpx

from tests.support.sandbox import ROMASHKA, Sandbox

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SIGNER = "signer-ivanova"


def b64(data: bytes) -> str:
    """Bytes as the protocol writes them."""
    return base64.b64encode(data).decode()


def our_box(sandbox: Sandbox) -> str:
    """The head office's box."""
    organisations = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"]
    box: str = organisations[0]["Boxes"][0]["BoxId"]
    return box


def box_of(sandbox: Sandbox, inn: str) -> str:
    """A client's box."""
    found = sandbox.get("/edo/GetOrganizationsByInnKpp", inn=inn).json()["Organizations"]
    box: str = found[0]["Boxes"][0]["BoxId"]
    return box


def power_of_attorney(sandbox: Sandbox, key_ref: str = SIGNER) -> dict[str, Any]:
    """A power of attorney for that signatory, signed by the head."""
    keys = {key["key_ref"]: key for key in sandbox.get("/signing/v1/keys").json()["keys"]}
    xml = (
        f'<Доверенность><СвДов НомДовер="{uuid.uuid4()}"/><СвДоверит ИННЮЛ="7707049388"/>'
        f'<СвУпПред ИННФЛ="{keys[key_ref]["inn"]}"/></Доверенность>'
    ).encode()
    signature = sandbox.signature("head", xml)
    return {
        "Contents": [{"Content": {"Content": b64(xml)}, "Signature": {"Content": b64(signature)}}]
    }


def message(sandbox: Sandbox, inn: str = ROMASHKA, content: bytes = PDF, **signed: Any) -> Any:
    """A `MessageToPost` with one contract; `signed` overrides parts of `SignedContent`."""
    signed_content = {"Content": b64(content)} | signed
    if "Signature" not in signed_content:
        signed_content["Signature"] = b64(sandbox.signature(SIGNER, content))
    return {
        "FromBoxId": our_box(sandbox),
        "ToBoxId": box_of(sandbox, inn),
        "DocumentAttachments": [
            {
                "TypeNamedId": "Contract",
                "NeedRecipientSignature": True,
                "CustomDocumentId": str(uuid.uuid4()),
                "Metadata": [
                    {"Key": "FileName", "Value": "dogovor.pdf"},
                    {"Key": "DocumentNumber", "Value": "850770100110"},
                ],
                "SignedContent": signed_content,
            }
        ],
    }


def post(sandbox: Sandbox, body: Any, operation: str = "") -> httpx.Response:
    """PostMessage under an operation id, fresh unless given."""
    return sandbox.http.post(
        "/edo/V3/PostMessage", params={"operationId": operation or str(uuid.uuid4())}, json=body
    )


def send(sandbox: Sandbox, inn: str = ROMASHKA, **signed: Any) -> Any:
    """Send a contract; the `Message`."""
    answer = post(sandbox, message(sandbox, inn, **signed))
    assert answer.status_code == 200, answer.text
    return answer.json()


def patch(sandbox: Sandbox, body: Any, operation: str = "", token: str = "") -> httpx.Response:
    """PostMessagePatch, ours or (`client-<inn>`) a client's."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return sandbox.http.post(
        "/edo/V4/PostMessagePatch",
        params={"operationId": operation or str(uuid.uuid4())},
        json=body,
        headers=headers,
    )


def revocation(sandbox: Sandbox, sent: Any) -> Any:
    """The patch by which we revoke a sent message."""
    document = sent["Entities"][0]["EntityId"]
    params = {"boxId": sent["FromBoxId"], "messageId": sent["MessageId"], "attachmentId": document}
    xml = sandbox.http.post(
        "/edo/V2/GenerateRevocationRequestXml", params=params, json={"Comment": "Ошибка"}
    ).content
    signed = {"Content": b64(xml), "Signature": b64(sandbox.signature(SIGNER, xml))}
    return {
        "BoxId": sent["FromBoxId"],
        "MessageId": sent["MessageId"],
        "RevocationRequests": [{"ParentEntityId": document, "SignedContent": signed}],
    }


def events(sandbox: Sandbox, after: str = "", limit: int = 100) -> Any:
    """Our box's events."""
    params = {"boxId": our_box(sandbox), "afterIndexKey": after, "limit": limit}
    return sandbox.get("/edo/V8/GetNewEvents", **params).json()["Events"]


def last_key(sandbox: Sandbox) -> str:
    """The cursor after everything that has happened."""
    found, key = events(sandbox), ""
    while found:
        key = found[-1]["IndexKey"]
        found = events(sandbox, key)
    return key


def current(sandbox: Sandbox, sent: Any) -> Any:
    """`DocumentInfo` of a sent message as it is now."""
    params = {"boxId": sent["FromBoxId"], "messageId": sent["MessageId"]}
    return sandbox.get("/edo/V6/GetMessage", **params).json()["Entities"][0]["DocumentInfo"]
