"""The ЭДО operator: answers of the recipient, reading and exports."""

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
    added_types,
    b64,
    build_message,
    client_box,
    error_of,
    get_events,
    get_statuses,
    our_box,
    post_message,
    post_patch,
    send_contract,
    skip_events,
)

NOT_FOUND = (404, "DocumentService.DocumentNotFound")


@pytest.mark.parametrize("how", ["valid", "foreign"])
def test_a_clients_signature_that_fits_the_document_is_valid(sandbox: Sandbox, how: str) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"], how)
    assert get_statuses(sandbox, message)[1] == "WithRecipientSignature"
    assert [added_types(event) for event in get_events(sandbox, key)] == [["Signature"]]


def test_only_the_client_sees_that_their_signature_is_invalid(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"], "broken")
    assert get_events(sandbox, key) == []
    assert get_statuses(sandbox, message)[1] == "WaitingForRecipientSignature"
    params = {"boxId": message["ToBoxId"], "messageId": message["MessageId"]}
    client = {"Authorization": f"Bearer client-{ROMASHKA}"}
    theirs = sandbox.http.get("/edo/V6/GetMessage", params=params, headers=client).json()
    document, ours, signature = theirs["Entities"]
    assert document["DocumentInfo"]["RecipientResponseStatus"] == "InvalidRecipientSignature"
    ours = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    ours["entityId"] = signature["EntityId"]
    assert error_of(sandbox.get("/edo/V4/GetEntityContent", **ours)) == NOT_FOUND
    sandbox.edo_sign(message["MessageId"])
    assert get_statuses(sandbox, message)[1] == "WithRecipientSignature"


def test_a_client_has_few_tries_to_sign(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    path = f"/control/v1/edo/{message['MessageId']}/sign"
    answers = [sandbox.http.post(path, json={"how": "broken"}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 409]


def test_an_approval_is_no_signature_of_the_client(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_act(message["MessageId"], "approve")
    [event] = get_events(sandbox, key)
    assert event["Patch"]["Entities"][0]["IsApprovementSignature"] is True
    assert get_statuses(sandbox, message)[1] == "WaitingForRecipientSignature"
    sandbox.edo_sign(message["MessageId"])
    assert get_statuses(sandbox, message)[1] == "WithRecipientSignature"


def test_a_rejection_contains_its_reason(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_refuse(message["MessageId"], "Цена выросла")
    [event] = get_events(sandbox, key)
    assert get_statuses(sandbox, message)[1] == "RecipientSignatureRequestRejected"
    assert added_types(event) == ["XmlSignatureRejection", "Signature"]
    rejection = event["Patch"]["Entities"][0]
    params = {
        "boxId": message["FromBoxId"],
        "messageId": message["MessageId"],
        "entityId": rejection["EntityId"],
    }
    content = sandbox.get("/edo/V4/GetEntityContent", **params).content
    assert "Цена выросла" in content.decode("windows-1251")


def test_a_client_can_refuse_by_a_universal_message(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_act(message["MessageId"], "refuse-by-message", reason="Цена выросла")
    [event] = get_events(sandbox, key)
    assert get_statuses(sandbox, message)[1] == "RecipientSignatureRequestRejected"
    assert added_types(event) == ["UniversalMessage"]
    info = event["Patch"]["Entities"][0]["UniversalMessageInfo"]
    assert info["CodeGroup"] == "Rejection"
    assert info["Events"] == [{"StatusCode": 3999, "PlainText": "Цена выросла"}]


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
    assert error_of(again) == (409, "DocumentService.InvalidDocumentState")
    assert error_of(post_patch(sandbox, body)) == (403, "DiadocApi.Forbidden")


def test_content_is_returned_unchanged(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    document = {**params, "entityId": message["Entities"][0]["EntityId"]}
    assert sandbox.get("/edo/V4/GetEntityContent", **document).content == PDF
    full = sandbox.get("/edo/V6/GetMessage", **params, injectEntityContent="true").json()
    assert base64.b64decode(full["Entities"][0]["Content"]["Data"]) == PDF
    unknown = {**params, "entityId": str(uuid.uuid4())}
    assert error_of(sandbox.get("/edo/V4/GetEntityContent", **unknown)) == NOT_FOUND


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
    archive = sandbox.get("/edo/V2/ShelfDownload", fileName=name["ZipFileNameOnShelf"])
    assert archive.content.startswith(b"PK")
    form = sandbox.get("/edo/GeneratePrintForm", **document)
    with pikepdf.open(io.BytesIO(form.content)) as pdf:
        assert len(pdf.pages) == 2
    protocol = sandbox.get("/edo/GenerateDocumentProtocol", **document).json()
    assert base64.b64decode(protocol["PrintForm"]).startswith(b"%PDF")


@pytest.mark.parametrize("key", ["x", "!!!", "AAAA", "+" * 20, "%00"])
def test_an_unknown_index_key_is_refused(sandbox: Sandbox, key: str) -> None:
    params = {"boxId": our_box(sandbox), "afterIndexKey": key}
    assert error_of(sandbox.get("/edo/V8/GetNewEvents", **params)) == (400, "DiadocApi.BadRequest")
