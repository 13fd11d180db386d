"""Calls of the sandbox's ЭДО operator, as the product makes them."""

from __future__ import annotations

import base64
import uuid
from typing import Any

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import load_pem_x509_certificate

from tests.support.sandbox import ROMASHKA, Sandbox

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SIGNER = "signer-ivanova"


def b64(data: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(data).decode()


def our_box(sandbox: Sandbox) -> str:
    """Id of the head office's box."""
    organisations = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"]
    box: str = organisations[0]["Boxes"][0]["BoxIdGuid"]
    return box


def client_box(sandbox: Sandbox, inn: str) -> str:
    """Id of a client's box."""
    answer = sandbox.get("/edo/GetOrganizationsByInnKpp", inn=inn).json()
    box: str = answer["Organizations"][0]["Boxes"][0]["BoxIdGuid"]
    return box


def build_power_of_attorney(sandbox: Sandbox, key_ref: str = SIGNER) -> dict[str, Any]:
    """`PowerOfAttorney` for that signatory, signed by the head."""
    keys = {key["key_ref"]: key for key in sandbox.get("/signing/v1/keys").json()["keys"]}
    xml = (
        f'<Доверенность><СвДов НомДовер="{uuid.uuid4()}"/><СвДоверит ИННЮЛ="7707049388"/>'
        f'<СвУпПред ИННФЛ="{keys[key_ref]["inn"]}"/></Доверенность>'
    ).encode()
    signature = sandbox.signature("head", xml)
    content = {"Content": {"Content": b64(xml)}, "Signature": {"Content": b64(signature)}}
    return {"UseDefault": False, "Contents": [content]}


def build_message(
    sandbox: Sandbox, inn: str = ROMASHKA, content: bytes = PDF, **signed: Any
) -> Any:
    """`MessageToPost` with one contract; `signed` overrides fields of `SignedContent`."""
    signed_content = {"Content": b64(content)} | signed
    if "Signature" not in signed_content:
        signed_content["Signature"] = b64(sandbox.signature(SIGNER, content))
    return {
        "FromBoxId": our_box(sandbox),
        "ToBoxId": client_box(sandbox, inn),
        "DocumentAttachments": [
            {
                "TypeNamedId": "Contract",
                "NeedRecipientSignature": True,
                "CustomDocumentId": str(uuid.uuid4()),
                "Metadata": [
                    {"Key": "FileName", "Value": "dogovor.pdf"},
                    {"Key": "DocumentNumber", "Value": "850770100110"},
                    {"Key": "DocumentDate", "Value": "21.11.2026"},
                ],
                "SignedContent": signed_content,
            }
        ],
    }


def post_message(sandbox: Sandbox, body: Any, operation: str = "") -> httpx.Response:
    """PostMessage; the operation id is new unless given."""
    return sandbox.http.post(
        "/edo/V3/PostMessage", params={"operationId": operation or str(uuid.uuid4())}, json=body
    )


def send_contract(sandbox: Sandbox, inn: str = ROMASHKA, **signed: Any) -> Any:
    """Send a contract; returns the `Message`."""
    response = post_message(sandbox, build_message(sandbox, inn, **signed))
    assert response.status_code == 200, response.text
    return response.json()


def post_patch(sandbox: Sandbox, body: Any, operation: str = "", token: str = "") -> httpx.Response:
    """PostMessagePatch, as our organisation or with the token `client-<inn>` as a client."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return sandbox.http.post(
        "/edo/V4/PostMessagePatch",
        params={"operationId": operation or str(uuid.uuid4())},
        json=body,
        headers=headers,
    )


def build_revocation(sandbox: Sandbox, message: Any) -> Any:
    """The patch with which we revoke a message."""
    document = message["Entities"][0]["EntityId"]
    params = {
        "boxId": message["FromBoxId"],
        "messageId": message["MessageId"],
        "attachmentId": document,
        "contentTypeId": "revocation_request_02",
    }
    xml = sandbox.http.post(
        "/edo/V2/GenerateRevocationRequestXml", params=params, json={"Comment": "Ошибка"}
    ).content
    signed = {"Content": b64(xml), "Signature": b64(sandbox.signature(SIGNER, xml))}
    return {
        "BoxId": message["FromBoxId"],
        "MessageId": message["MessageId"],
        "RevocationRequests": [{"ParentEntityId": document, "SignedContent": signed}],
    }


def get_events(sandbox: Sandbox, after: str = "", limit: int = 100) -> Any:
    """Events of our box after that `IndexKey`."""
    params = {"boxId": our_box(sandbox), "afterIndexKey": after, "limit": limit}
    return sandbox.get("/edo/V8/GetNewEvents", **params).json()["Events"]


def skip_events(sandbox: Sandbox) -> str:
    """Read all events of our box; returns the last `IndexKey`, empty without events."""
    events, key = get_events(sandbox), ""
    while events:
        key = events[-1]["IndexKey"]
        events = get_events(sandbox, key)
    return key


def get_document_info(sandbox: Sandbox, message: Any) -> Any:
    """The current `DocumentInfo` of the message's document."""
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    return sandbox.get("/edo/V6/GetMessage", **params).json()["Entities"][0]["DocumentInfo"]


def upload_to_shelf(sandbox: Sandbox, content: bytes) -> str:
    """Put content of at most 3 MB on our shelf; its name there."""
    headers = {"Content-Type": "application/octet-stream"}
    response = sandbox.http.post("/edo/V2/ShelfUpload", content=content, headers=headers)
    response.raise_for_status()
    return response.text


def error_of(response: httpx.Response) -> tuple[int, str]:
    """Status and error code of a response."""
    return response.status_code, response.headers.get("X-Diadoc-ErrorCode", "")


def get_statuses(sandbox: Sandbox, message: Any) -> tuple[str, str]:
    """The sender's signature status and the recipient's response status, as we see them."""
    info = get_document_info(sandbox, message)
    return info["SenderSignatureStatus"], info["RecipientResponseStatus"]


def added_types(event: Any) -> list[str]:
    """What a patch adds: `Signature`, or the types of its attachments."""
    return [
        entity.get("AttachmentType", entity["EntityType"]) for entity in event["Patch"]["Entities"]
    ]


def start_cloud_signature(sandbox: Sandbox, **changes: Any) -> httpx.Response:
    """V2/DssSign of one file with the certificate of SIGNER; `changes` override the body."""
    keys = {key["key_ref"]: key for key in sandbox.get("/signing/v1/keys").json()["keys"]}
    certificate = load_pem_x509_certificate(keys[SIGNER]["certificate"].encode())
    body = {
        "Files": [{"Content": {"Content": b64(PDF)}, "FileName": "a.pdf"}],
        "SignDataSource": "CertificateSign",
        "CertificateData": {"Thumbprint": certificate.fingerprint(hashes.SHA1()).hex().upper()},  # noqa: S303
        **changes,
    }
    params, headers = {"boxId": our_box(sandbox)}, {"Accept": "application/json"}
    return sandbox.http.post("/edo/V2/DssSign", json=body, params=params, headers=headers)


def ask_signatory(sandbox: Sandbox) -> str:
    """Start a cloud signature; the id of its task."""
    task_id: str = start_cloud_signature(sandbox).json()["TaskId"]
    return task_id


def get_cloud_signature(sandbox: Sandbox, task_id: str) -> Any:
    """DssSignResult."""
    params = {"boxId": our_box(sandbox), "taskId": task_id}
    headers = {"Accept": "application/json"}
    return sandbox.http.get("/edo/DssSignResult", params=params, headers=headers).json()
