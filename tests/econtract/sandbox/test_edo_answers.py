"""The ЭДО operator: answers of the recipient, revocation, reading and exports."""

import base64
import io
import uuid

import pikepdf
import pytest

from tests.support.sandbox import (
    ROMASHKA,
    Sandbox,
)
from tests.support.sandbox_edo import (
    PDF,
    b64,
    build_message,
    build_revocation,
    client_box,
    error_of,
    get_document_info,
    get_events,
    our_box,
    post_message,
    post_patch,
    send_contract,
    skip_events,
    statuses_of,
)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("valid", "WithRecipientSignature"),
        ("foreign", "WithRecipientSignature"),
        ("broken", "InvalidRecipientSignature"),
    ],
)
def test_the_clients_signature_is_checked(sandbox: Sandbox, how: str, status: str) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"], how)
    assert get_document_info(sandbox, message)["RecipientResponseStatus"] == status


def test_a_rejection_contains_its_reason(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_refuse(message["MessageId"], "Цена выросла")
    [event] = get_events(sandbox, key)
    assert statuses_of(event)[1] == "RecipientSignatureRequestRejected"
    rejection = event["Patch"]["Entities"][1]
    assert rejection["AttachmentType"] == "XmlSignatureRejection"
    params = {
        "boxId": message["FromBoxId"],
        "messageId": message["MessageId"],
        "entityId": rejection["EntityId"],
    }
    assert "Цена выросла" in sandbox.get("/edo/V4/GetEntityContent", **params).text


def test_a_client_can_sign_with_the_protocol(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    made = sandbox.control("client-signatures", inn=ROMASHKA, content=b64(PDF))
    body = {
        "BoxId": client_box(sandbox, ROMASHKA),
        "MessageId": message["MessageId"],
        "Signatures": [
            {"ParentEntityId": message["Entities"][0]["EntityId"], "Signature": made["signature"]}
        ],
    }
    operation = str(uuid.uuid4())
    responses = [post_patch(sandbox, body, operation, f"client-{ROMASHKA}") for _ in range(2)]
    assert responses[0].json() == responses[1].json()
    assert len(sandbox.journal("edo", action="signed")) == 1
    again = post_patch(sandbox, body, token=f"client-{ROMASHKA}")
    assert error_of(again) == (409, "Document.AlreadySigned")
    assert error_of(post_patch(sandbox, body)) == (403, "Box.Forbidden")


def test_an_unsigned_document_can_be_revoked(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    body, operation = build_revocation(sandbox, message), str(uuid.uuid4())
    assert post_patch(sandbox, body, operation).status_code == 200
    assert post_patch(sandbox, body, operation).status_code == 200
    assert get_document_info(sandbox, message)["RevocationStatus"] == "RevocationAccepted"
    assert len(get_events(sandbox, key)) == 1
    assert len(sandbox.journal("edo", action="revoked")) == 1
    assert error_of(post_patch(sandbox, body)) == (409, "Document.AlreadyRevoked")
    signing = sandbox.http.post(f"/control/v1/edo/{message['MessageId']}/sign", json={})
    assert (signing.status_code, signing.json()["code"]) == (409, "Document.AlreadyRevoked")


def test_a_signed_document_cannot_be_revoked(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"])
    response = post_patch(sandbox, build_revocation(sandbox, message))
    assert error_of(response) == (409, "Document.AlreadySigned")


def test_a_revocation_with_an_invalid_signature_is_refused(sandbox: Sandbox) -> None:
    body = build_revocation(sandbox, send_contract(sandbox))
    signed = body["RevocationRequests"][0]["SignedContent"]
    signed["Content"] = b64(base64.b64decode(signed["Content"]) + b" ")
    assert error_of(post_patch(sandbox, body)) == (400, "Signature.Invalid")


def test_a_document_revoked_at_once_is_never_delivered(sandbox: Sandbox) -> None:
    body = build_message(sandbox)
    message = post_message(sandbox, body).json()
    assert post_patch(sandbox, build_revocation(sandbox, message)).status_code == 200
    skip_events(sandbox)
    assert get_document_info(sandbox, message)["RevocationStatus"] == "RevocationAccepted"


def test_content_is_returned_unchanged(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    document = {**params, "entityId": message["Entities"][0]["EntityId"]}
    assert sandbox.get("/edo/V4/GetEntityContent", **document).content == PDF
    full = sandbox.get("/edo/V6/GetMessage", **params, injectEntityContent="true").json()
    assert base64.b64decode(full["Entities"][0]["Content"]["Data"]) == PDF
    unknown = {**params, "entityId": str(uuid.uuid4())}
    assert error_of(sandbox.get("/edo/V4/GetEntityContent", **unknown)) == (404, "Entity.NotFound")


def test_zip_print_form_and_protocol_are_generated(sandbox: Sandbox) -> None:
    buffer = io.BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.save(buffer)
    content = buffer.getvalue()
    message = post_message(sandbox, build_message(sandbox, content=content)).json()
    skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"])
    document = {
        "boxId": our_box(sandbox),
        "messageId": message["MessageId"],
        "documentId": message["Entities"][0]["EntityId"],
    }
    name = sandbox.get("/edo/GenerateDocumentZip", **document, fullDocflow="true").json()
    archive = sandbox.get("/edo/V2/ShelfDownload", nameOnShelf=name["ZipFileNameOnShelf"])
    assert archive.content.startswith(b"PK")
    form = sandbox.get("/edo/GeneratePrintForm", **document)
    with pikepdf.open(io.BytesIO(form.content)) as pdf:
        assert len(pdf.pages) == 2
    protocol = sandbox.get("/edo/GenerateDocumentProtocol", **document).json()
    assert base64.b64decode(protocol["PrintForm"]).startswith(b"%PDF")


@pytest.mark.parametrize("key", ["x", "!!!", "AAAA", "+" * 20, "%00"])
def test_an_unknown_index_key_is_refused(sandbox: Sandbox, key: str) -> None:
    params = {"boxId": our_box(sandbox), "afterIndexKey": key}
    assert error_of(sandbox.get("/edo/V8/GetNewEvents", **params)) == (400, "Request.Malformed")
