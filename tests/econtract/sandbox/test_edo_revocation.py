"""The ЭДО operator: revocation by one side and by agreement."""

import base64
import uuid
from typing import Any

import httpx
from defusedxml import ElementTree

from tests.support.sandbox import DECIDES_REVOCATION, SLOW_DELIVERY, Sandbox
from tests.support.sandbox_edo import (
    added_types,
    b64,
    build_message,
    build_revocation,
    error_of,
    get_document_info,
    get_events,
    post_message,
    post_patch,
    send_contract,
    skip_events,
)

REVOKED = (409, "DocumentService.DocumentIsRevokedOrRevocationIsInProgress")
SIGNER = {"Surname": "Иванова", "FirstName": "Елена", "Patronymic": "Викторовна"}


def get_status(sandbox: Sandbox, message: Any) -> Any:
    """Our `RevocationStatus` of the message's document."""
    return get_document_info(sandbox, message)["RevocationStatus"]


def send_and_sign(sandbox: Sandbox) -> Any:
    """A contract that the client has signed."""
    message = send_contract(sandbox)
    skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"])
    return message


def act(sandbox: Sandbox, message: Any, name: str) -> httpx.Response:
    """The client does something with the document."""
    return sandbox.http.post(f"/control/v1/edo/{message['MessageId']}/{name}", json={})


def test_an_unsigned_document_is_revoked_at_once(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    key = skip_events(sandbox)
    body, operation = build_revocation(sandbox, message), str(uuid.uuid4())
    assert post_patch(sandbox, body, operation).status_code == 200
    assert post_patch(sandbox, body, operation).status_code == 200
    assert get_status(sandbox, message) == "RevocationAccepted"
    [event] = get_events(sandbox, key)
    assert added_types(event) == ["RevocationRequest", "Signature"]
    initiator = event["Patch"]["Entities"][0]["RevocationRequestInfo"]["InitiatorBoxId"]
    assert initiator == message["FromBoxId"]
    assert len(sandbox.journal("edo", action="revoked")) == 1
    assert error_of(post_patch(sandbox, body)) == REVOKED
    signing = act(sandbox, message, "sign")
    assert (signing.status_code, signing.json()["code"]) == REVOKED


def test_a_document_revoked_before_its_delivery_is_never_delivered(sandbox: Sandbox) -> None:
    message = post_message(sandbox, build_message(sandbox, SLOW_DELIVERY)).json()
    skip_events(sandbox)
    assert post_patch(sandbox, build_revocation(sandbox, message)).status_code == 200
    sandbox.clock(advance_seconds=3601)
    assert get_status(sandbox, message) == "RevocationAccepted"
    assert "DeliveryTimestampTicks" not in get_document_info(sandbox, message)


def test_a_signed_document_is_revoked_with_the_clients_consent(sandbox: Sandbox) -> None:
    message = send_and_sign(sandbox)
    assert post_patch(sandbox, build_revocation(sandbox, message)).status_code == 200
    assert get_status(sandbox, message) == "RevocationIsRequestedByMe"
    assert error_of(post_patch(sandbox, build_revocation(sandbox, message))) == REVOKED
    key = skip_events(sandbox)
    sandbox.edo_act(message["MessageId"], "accept-revocation")
    assert get_status(sandbox, message) == "RevocationAccepted"
    assert [added_types(event) for event in get_events(sandbox, key)] == [["Signature"]]


def test_the_client_can_refuse_a_revocation(sandbox: Sandbox) -> None:
    message = send_and_sign(sandbox)
    post_patch(sandbox, build_revocation(sandbox, message))
    key = skip_events(sandbox)
    sandbox.edo_act(message["MessageId"], "refuse-revocation", reason="Договор действует")
    assert get_status(sandbox, message) == "RevocationRejected"
    [event] = get_events(sandbox, key)
    assert added_types(event) == ["XmlSignatureRejection", "Signature"]
    assert post_patch(sandbox, build_revocation(sandbox, message)).status_code == 200


def test_some_clients_decide_on_the_revocation_of_unsigned_documents(sandbox: Sandbox) -> None:
    message = send_contract(sandbox, DECIDES_REVOCATION)
    skip_events(sandbox)
    post_patch(sandbox, build_revocation(sandbox, message))
    assert get_status(sandbox, message) == "RevocationIsRequestedByMe"
    sandbox.autopilot(on=True)
    skip_events(sandbox)
    assert get_status(sandbox, message) == "RevocationAccepted"


def test_the_client_can_ask_for_a_revocation(sandbox: Sandbox) -> None:
    message = send_and_sign(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_act(message["MessageId"], "revoke", reason="Ошибка")
    assert get_status(sandbox, message) == "RequestsMyRevocation"
    [event] = get_events(sandbox, key)
    request = event["Patch"]["Entities"][0]
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    content = sandbox.get("/edo/V4/GetEntityContent", **params, entityId=request["EntityId"])
    signature = {
        "ParentEntityId": request["EntityId"],
        "Signature": b64(sandbox.signature("signer-ivanova", content.content)),
    }
    body = {"BoxId": message["FromBoxId"], "MessageId": message["MessageId"]}
    answer = post_patch(sandbox, body | {"Signatures": [signature]})
    assert answer.status_code == 200, answer.text
    assert get_status(sandbox, message) == "RevocationAccepted"


def test_we_can_refuse_the_clients_revocation(sandbox: Sandbox) -> None:
    message = send_and_sign(sandbox)
    key = skip_events(sandbox)
    sandbox.edo_act(message["MessageId"], "revoke", reason="Ошибка")
    [event] = get_events(sandbox, key)
    request_id = event["Patch"]["Entities"][0]["EntityId"]
    xml = sandbox.http.post(
        "/edo/V2/GenerateSignatureRejectionXml",
        params={"boxId": message["FromBoxId"]},
        json={
            "ErrorMessage": "Договор действует",
            "MessageId": message["MessageId"],
            "AttachmentId": request_id,
            "SignerContent": b64(b'<Signer SignerStatus="1"/>'),
        },
    ).content
    root = ElementTree.fromstring(xml)
    assert root.findtext("Документ/СвУведУточ/ТекстУведУточ") == "Договор действует"
    assert [part.tag for part in root[0]] == ["УчастЭДО", "СвУведУточ", "ОтпрДок", "Подписант"]
    signed = {"Content": b64(xml), "Signature": b64(sandbox.signature("signer-ivanova", xml))}
    body = {
        "BoxId": message["FromBoxId"],
        "MessageId": message["MessageId"],
        "XmlSignatureRejections": [{"ParentEntityId": request_id, "SignedContent": signed}],
    }
    assert post_patch(sandbox, body).status_code == 200
    assert get_status(sandbox, message) == "RevocationRejected"


def test_a_revocation_with_an_invalid_signature_is_refused(sandbox: Sandbox) -> None:
    body = build_revocation(sandbox, send_contract(sandbox))
    signed = body["RevocationRequests"][0]["SignedContent"]
    signed["Content"] = b64(base64.b64decode(signed["Content"]) + b" ")
    assert error_of(post_patch(sandbox, body)) == (400, "DiadocApi.BadRequest")


def test_a_revocation_request_names_its_version_and_signer(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    params = {
        "boxId": message["FromBoxId"],
        "messageId": message["MessageId"],
        "attachmentId": message["Entities"][0]["EntityId"],
    }
    body = {"Comment": "Ошибка", "Signer": {"SignerDetails": SIGNER}}
    path = "/edo/V2/GenerateRevocationRequestXml"
    assert sandbox.http.post(path, params=params, json=body).status_code == 400
    params["contentTypeId"] = "revocation_request_01"
    response = sandbox.http.post(path, params=params, json=body)
    assert b"encoding='windows-1251'" in response.content[:60]
    root = ElementTree.fromstring(response.content)
    assert (root.tag, root.attrib["ВерсФорм"]) == ("Файл", "1.01")
    assert [part.tag for part in root[0]] == ["УчастЭДО", "СвПредАн", "НапрПредАн", "Подписант"]
    assert root.findtext("Документ/СвПредАн/ТекстПредАн") == "Ошибка"
    assert root.findtext("Документ/СвПредАн/СведАнФайл/ЭЦПАнФайл")
    assert root[0][3][0].attrib["Фамилия"] == "Иванова"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="DP_PRANNUL_')
