"""The ЭДО operator: sending, events, answers."""

import base64
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pikepdf
import pytest

from tests.econtract.sandbox.exchange import (
    PDF,
    b64,
    box_of,
    current,
    events,
    last_key,
    message,
    our_box,
    patch,
    post,
    power_of_attorney,
    revocation,
    send,
)
from tests.support.sandbox import (
    NO_BOX,
    PARTNERS_ONLY,
    REFUSES_STRANGERS,
    ROMASHKA,
    Sandbox,
)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("X-Diadoc-ErrorCode", "")


def signature_entity(sent: Any) -> Any:
    return next(entity for entity in sent["Entities"] if entity["EntityType"] == "Signature")


def statuses(event: Any) -> tuple[str, str]:
    info = event["Patch"]["Entities"][0]["DocumentInfo"]
    return info["SenderSignatureStatus"], info["RecipientResponseStatus"]


# -- organisations


def test_we_have_a_head_office_and_a_branch_for_each_macro_region(sandbox: Sandbox) -> None:
    organisations = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"]
    assert [row["IsBranch"] for row in organisations] == [False] + [True] * 7
    assert {row["Inn"] for row in organisations} == {"7707049388"}
    assert len({row["Boxes"][0]["BoxId"] for row in organisations}) == 8


def test_a_client_without_a_box_is_not_found(sandbox: Sandbox) -> None:
    answer = sandbox.get("/edo/GetOrganizationsByInnKpp", inn=NO_BOX)
    assert answer.json() == {"Organizations": []}


def test_an_invitation_makes_partners_once(sandbox: Sandbox) -> None:
    [ours] = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"][:1]
    [other] = sandbox.get("/edo/GetOrganizationsByInnKpp", inn=PARTNERS_ONLY).json()[
        "Organizations"
    ]
    pair = {"myOrgId": ours["OrgId"], "counteragentOrgId": other["OrgId"]}
    assert other["Sociability"] == "CounteragentsOnly"
    assert refusal(post(sandbox, message(sandbox, PARTNERS_ONLY))) == (
        409,
        "Sociability.StrangersForbidden",
    )
    for _ in range(2):
        body, params = {"Inn": PARTNERS_ONLY}, {"myOrgId": ours["OrgId"]}
        task = sandbox.http.post("/edo/V2/AcquireCounteragent", params=params, json=body).json()
    result = sandbox.get("/edo/V2/AcquireCounteragentResult", taskId=task["TaskId"]).json()
    assert result["BoxId"] == other["Boxes"][0]["BoxId"]
    found = sandbox.get("/edo/V2/GetCounteragent", **pair).json()
    assert found["CurrentStatus"] == "IsMyCounteragent"
    assert len(sandbox.journal("edo", action="invited")) == 1
    assert post(sandbox, message(sandbox, PARTNERS_ONLY)).status_code == 200


def test_a_client_may_refuse_strangers(sandbox: Sandbox) -> None:
    [ours] = sandbox.get("/edo/GetMyOrganizations").json()["Organizations"][:1]
    answer = sandbox.http.post(
        "/edo/V2/AcquireCounteragent",
        params={"myOrgId": ours["OrgId"]},
        json={"Inn": REFUSES_STRANGERS},
    )
    assert refusal(answer) == (409, "Counteragent.StrangersForbidden")


# -- sending


def test_a_good_document_is_delivered(sandbox: Sandbox) -> None:
    after = last_key(sandbox)
    sent = send(sandbox)
    info = sent["Entities"][0]["DocumentInfo"]
    assert info["SenderSignatureStatus"] == "SenderSignatureUnchecked"
    first, second = events(sandbox, after)
    assert first["Message"]["MessageId"] == sent["MessageId"]
    assert statuses(second) == ("SenderSignatureCheckedAndValid", "WaitingForRecipientSignature")
    assert second["Patch"]["Entities"][0]["DocumentInfo"]["DeliveryTimestampTicks"]
    assert [entry["action"] for entry in sandbox.journal("edo")] == ["sent", "delivered"]


def test_events_are_snapshots_and_the_feed_goes_on_from_its_key(sandbox: Sandbox) -> None:
    after = last_key(sandbox)
    sent = send(sandbox)
    sandbox.edo_sign(sent["MessageId"])
    [first] = events(sandbox, after, limit=1)
    info = first["Message"]["Entities"][0]["DocumentInfo"]
    assert info["RecipientResponseStatus"] == "RecipientResponseStatusUnknown"
    rest = events(sandbox, first["IndexKey"])
    assert [statuses(event)[1] for event in rest] == [
        "WaitingForRecipientSignature",
        "WithRecipientSignature",
    ]
    assert events(sandbox, rest[-1]["IndexKey"]) == []


def test_the_same_operation_gives_the_first_result(sandbox: Sandbox) -> None:
    operation, body = str(uuid.uuid4()), message(sandbox)
    first, second = post(sandbox, body, operation), post(sandbox, body, operation.upper())
    assert first.json() == second.json()
    [entry] = sandbox.journal("edo", action="sent")
    assert (entry["key"], entry["repeats"]) == (operation, 1)


def test_parallel_calls_of_one_operation_send_once(sandbox: Sandbox) -> None:
    operation, body = str(uuid.uuid4()), message(sandbox)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: post(sandbox, body, operation), range(8)))
    assert {answer.status_code for answer in answers} <= {200, 204}
    assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 204)
    assert len(sandbox.journal("edo", action="sent")) == 1


def test_a_failed_operation_may_be_repeated(sandbox: Sandbox) -> None:
    operation, body = str(uuid.uuid4()), message(sandbox)
    wrong = {**body, "ToBoxId": str(uuid.uuid4())}
    assert refusal(post(sandbox, wrong, operation)) == (400, "Box.NotFound")
    assert post(sandbox, body, operation).status_code == 200


def test_a_document_is_not_sent_twice_under_two_operations(sandbox: Sandbox) -> None:
    body = message(sandbox)
    assert post(sandbox, body).status_code == 200
    assert refusal(post(sandbox, body)) == (409, "Message.Duplicate")


def test_another_companys_box_cannot_send(sandbox: Sandbox) -> None:
    body = message(sandbox)
    body["FromBoxId"] = body["ToBoxId"]
    assert refusal(post(sandbox, body)) == (403, "Box.Forbidden")


@pytest.mark.parametrize(
    ("power", "expected"),
    [
        ({}, "PowerOfAttorney.ExactlyOne"),
        ({"UseDefault": False}, "PowerOfAttorney.ExactlyOne"),
        (
            {"UseDefault": True, "FullId": {"RegistrationNumber": "1", "IssuerInn": "2"}},
            "PowerOfAttorney.ExactlyOne",
        ),
        ({"UseDefault": True}, "PowerOfAttorney.NoDefault"),
        ({"Contents": [1]}, "Request.Malformed"),
    ],
)
def test_a_power_of_attorney_is_given_in_exactly_one_way(
    sandbox: Sandbox, power: Any, expected: str
) -> None:
    assert refusal(post(sandbox, message(sandbox, PowerOfAttorney=power))) == (400, expected)


def test_the_power_of_attorney_goes_along_and_is_checked(sandbox: Sandbox) -> None:
    power = power_of_attorney(sandbox)
    sent = send(sandbox, PowerOfAttorney=power)
    last_key(sandbox)
    params = {"boxId": sent["FromBoxId"], "messageId": sent["MessageId"]}
    found = signature_entity(sandbox.get("/edo/V6/GetMessage", **params).json())
    assert found["PowerOfAttorneyAttachmentStatus"]["StatusName"] == "PowerOfAttorneyAttached"
    assert found["PowerOfAttorney"]["Status"]["StatusNamedId"] == "IsValid"
    assert found["PowerOfAttorney"]["FullId"]["IssuerInn"] == "7707049388"
    params["entityId"] = found["PowerOfAttorney"]["Entity"]["EntityId"]
    [pair] = sandbox.get("/edo/V2/GetPowerOfAttorneyContent", **params).json()["Contents"]
    assert pair["Content"] == power["Contents"][0]["Content"]["Content"]


def test_somebody_elses_power_of_attorney_is_not_valid(sandbox: Sandbox) -> None:
    sent = send(sandbox, PowerOfAttorney=power_of_attorney(sandbox, "signer-petrov"))
    last_key(sandbox)
    params = {"boxId": sent["FromBoxId"], "messageId": sent["MessageId"]}
    found = signature_entity(sandbox.get("/edo/V6/GetMessage", **params).json())
    assert found["PowerOfAttorney"]["Status"]["StatusNamedId"] == "IsNotValid"


def test_a_missing_power_of_attorney_is_said_to_be_required(sandbox: Sandbox) -> None:
    found = signature_entity(send(sandbox))
    assert found["PowerOfAttorneyAttachmentStatus"]["StatusName"] == "PowerOfAttorneyRequired"


@pytest.mark.parametrize("key_ref", ["signer-egorov", "signer-volkova"])
def test_a_bad_certificate_is_told_later_and_the_document_is_not_delivered(
    sandbox: Sandbox, key_ref: str
) -> None:
    after = last_key(sandbox)
    sent = send(sandbox, Signature=b64(sandbox.signature(key_ref, PDF)))
    [_, event] = events(sandbox, after)
    assert statuses(event) == (
        "SenderSignatureCheckedAndInvalid",
        "RecipientResponseStatusUnknown",
    )
    assert [entry["action"] for entry in sandbox.journal("edo")] == ["sent"]
    params = {"boxId": sent["ToBoxId"], "messageId": sent["MessageId"]}
    client = {"Authorization": f"Bearer client-{ROMASHKA}"}
    answer = sandbox.http.get("/edo/V6/GetMessage", params=params, headers=client)
    assert answer.status_code == 404


@pytest.mark.parametrize("signature", [b"nonsense", b"\x30\x80", b"\x30\x03\x02\x01\x01"])
def test_a_signature_that_cannot_be_read_is_told_later_too(
    sandbox: Sandbox, signature: bytes
) -> None:
    after = last_key(sandbox)
    send(sandbox, Signature=b64(signature))
    assert statuses(events(sandbox, after)[1])[0] == "SenderSignatureCheckedAndInvalid"


def test_a_signature_of_other_bytes_is_invalid(sandbox: Sandbox) -> None:
    after = last_key(sandbox)
    send(sandbox, Signature=b64(sandbox.signature("signer-ivanova", PDF + b" ")))
    assert statuses(events(sandbox, after)[1])[0] == "SenderSignatureCheckedAndInvalid"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"DocumentAttachments": []}, "Request.Malformed"),
        ({"DocumentAttachments": [1]}, "Request.Malformed"),
        ({"DocumentAttachments": None}, "Request.Malformed"),
        ({"FromBoxId": 5}, "Request.Malformed"),
        ({"LockMode": "Maybe"}, "Request.Malformed"),
    ],
)
def test_a_malformed_message_is_refused(sandbox: Sandbox, change: Any, code: str) -> None:
    assert refusal(post(sandbox, message(sandbox) | change)) == (400, code)


def test_more_than_40_documents_are_refused(sandbox: Sandbox) -> None:
    body = message(sandbox)
    body["DocumentAttachments"] *= 41
    assert refusal(post(sandbox, body)) == (400, "Request.Malformed")


# -- the shelf


def test_a_large_document_goes_by_the_shelf(sandbox: Sandbox) -> None:
    content = PDF + b"0" * 600_000
    signature = b64(sandbox.signature("signer-ivanova", content))
    assert refusal(post(sandbox, message(sandbox, content=content, Signature=signature))) == (
        400,
        "Content.TooLarge",
    )
    for index, part in enumerate((content[:400_000], content[400_000:])):
        params: dict[str, Any] = {
            "nameOnShelf": "__userId__/big",
            "partIndex": index,
            "isLastPart": index,
        }
        answer = sandbox.http.post("/edo/V2/ShelfUpload", params=params, content=part)
        assert answer.json() == []
    sent = send(sandbox, Content=None, NameOnShelf="big", Signature=signature)
    assert sent["Entities"][0]["Content"]["Size"] == len(content)
    shelf = sandbox.get("/edo/V2/ShelfDownload", nameOnShelf="__userId__/big")
    assert shelf.content == content


def test_the_shelf_tells_missing_parts_and_gives_out_only_whole_items(sandbox: Sandbox) -> None:
    params: dict[str, Any] = {"nameOnShelf": "__userId__/gap", "partIndex": 2, "isLastPart": 1}
    assert sandbox.http.post("/edo/V2/ShelfUpload", params=params, content=b"3").json() == [0, 1]
    answer = sandbox.get("/edo/V2/ShelfDownload", nameOnShelf="__userId__/gap")
    assert refusal(answer) == (404, "Shelf.NotFound")


def test_a_callers_own_shelf_is_closed_to_others(sandbox: Sandbox) -> None:
    params: dict[str, Any] = {"nameOnShelf": "__userId__/mine", "partIndex": 0, "isLastPart": 1}
    sandbox.http.post("/edo/V2/ShelfUpload", params=params, content=b"secret")
    client = {"Authorization": f"Bearer client-{ROMASHKA}"}
    params = {"nameOnShelf": "__userId__/mine"}
    answer = sandbox.http.get("/edo/V2/ShelfDownload", params=params, headers=client)
    assert answer.status_code == 404


# -- answers


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ("valid", "WithRecipientSignature"),
        ("foreign", "WithRecipientSignature"),
        ("broken", "InvalidRecipientSignature"),
    ],
)
def test_the_clients_signature_is_told_as_checked(sandbox: Sandbox, how: str, status: str) -> None:
    sent = send(sandbox)
    last_key(sandbox)
    sandbox.edo_sign(sent["MessageId"], how)
    assert current(sandbox, sent)["RecipientResponseStatus"] == status


def test_a_refusal_carries_its_reason(sandbox: Sandbox) -> None:
    sent = send(sandbox)
    key = last_key(sandbox)
    sandbox.edo_refuse(sent["MessageId"], "Цена выросла")
    [event] = events(sandbox, key)
    assert statuses(event)[1] == "RecipientSignatureRequestRejected"
    rejection = event["Patch"]["Entities"][1]
    assert rejection["AttachmentType"] == "XmlSignatureRejection"
    params = {
        "boxId": sent["FromBoxId"],
        "messageId": sent["MessageId"],
        "entityId": rejection["EntityId"],
    }
    assert "Цена выросла" in sandbox.get("/edo/V4/GetEntityContent", **params).text


def test_a_client_can_sign_by_the_protocol_itself(sandbox: Sandbox) -> None:
    sent = send(sandbox)
    last_key(sandbox)
    made = sandbox.control("client-signatures", inn=ROMASHKA, content=b64(PDF))
    body = {
        "BoxId": box_of(sandbox, ROMASHKA),
        "MessageId": sent["MessageId"],
        "Signatures": [
            {"ParentEntityId": sent["Entities"][0]["EntityId"], "Signature": made["signature"]}
        ],
    }
    operation = str(uuid.uuid4())
    answers = [patch(sandbox, body, operation, f"client-{ROMASHKA}") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len(sandbox.journal("edo", action="signed")) == 1
    again = patch(sandbox, body, token=f"client-{ROMASHKA}")
    assert refusal(again) == (409, "Document.AlreadySigned")
    assert refusal(patch(sandbox, body)) == (403, "Box.Forbidden")


def test_we_can_revoke_until_the_client_signs(sandbox: Sandbox) -> None:
    sent = send(sandbox)
    key = last_key(sandbox)
    body, operation = revocation(sandbox, sent), str(uuid.uuid4())
    assert patch(sandbox, body, operation).status_code == 200
    assert patch(sandbox, body, operation).status_code == 200
    assert current(sandbox, sent)["RevocationStatus"] == "RevocationAccepted"
    assert len(events(sandbox, key)) == 1
    assert len(sandbox.journal("edo", action="revoked")) == 1
    assert refusal(patch(sandbox, body)) == (409, "Document.AlreadyRevoked")
    signing = sandbox.http.post(f"/control/v1/edo/{sent['MessageId']}/sign", json={})
    assert (signing.status_code, signing.json()["code"]) == (409, "Document.AlreadyRevoked")


def test_a_signed_document_is_not_revoked(sandbox: Sandbox) -> None:
    sent = send(sandbox)
    last_key(sandbox)
    sandbox.edo_sign(sent["MessageId"])
    answer = patch(sandbox, revocation(sandbox, sent))
    assert refusal(answer) == (409, "Document.AlreadySigned")


def test_a_revocation_must_be_signed_well(sandbox: Sandbox) -> None:
    body = revocation(sandbox, send(sandbox))
    signed = body["RevocationRequests"][0]["SignedContent"]
    signed["Content"] = b64(base64.b64decode(signed["Content"]) + b" ")
    assert refusal(patch(sandbox, body)) == (400, "Signature.Invalid")


def test_a_document_revoked_at_once_is_never_delivered(sandbox: Sandbox) -> None:
    body = message(sandbox)
    sent = post(sandbox, body).json()
    assert patch(sandbox, revocation(sandbox, sent)).status_code == 200
    last_key(sandbox)
    assert current(sandbox, sent)["RevocationStatus"] == "RevocationAccepted"


# -- fetching


def test_the_bytes_come_back_as_they_were(sandbox: Sandbox) -> None:
    sent = send(sandbox)
    params = {"boxId": sent["FromBoxId"], "messageId": sent["MessageId"]}
    document = {**params, "entityId": sent["Entities"][0]["EntityId"]}
    assert sandbox.get("/edo/V4/GetEntityContent", **document).content == PDF
    full = sandbox.get("/edo/V6/GetMessage", **params, injectEntityContent="true").json()
    assert base64.b64decode(full["Entities"][0]["Content"]["Data"]) == PDF
    unknown = {**params, "entityId": str(uuid.uuid4())}
    assert refusal(sandbox.get("/edo/V4/GetEntityContent", **unknown)) == (404, "Entity.NotFound")


def test_zip_print_form_and_protocol_are_made(sandbox: Sandbox) -> None:
    buffer = io.BytesIO()
    with pikepdf.new() as blank:
        blank.add_blank_page()
        blank.save(buffer)
    content = buffer.getvalue()
    sent = post(sandbox, message(sandbox, content=content)).json()
    last_key(sandbox)
    sandbox.edo_sign(sent["MessageId"])
    place = {
        "boxId": our_box(sandbox),
        "messageId": sent["MessageId"],
        "documentId": sent["Entities"][0]["EntityId"],
    }
    name = sandbox.get("/edo/GenerateDocumentZip", **place, fullDocflow="true").json()
    archive = sandbox.get("/edo/V2/ShelfDownload", nameOnShelf=name["ZipFileNameOnShelf"])
    assert archive.content.startswith(b"PK")
    form = sandbox.get("/edo/GeneratePrintForm", **place)
    with pikepdf.open(io.BytesIO(form.content)) as pdf:
        assert len(pdf.pages) == 2
    protocol = sandbox.get("/edo/GenerateDocumentProtocol", **place).json()
    assert base64.b64decode(protocol["PrintForm"]).startswith(b"%PDF")


@pytest.mark.parametrize("key", ["x", "!!!", "AAAA", "+" * 20, "%00"])
def test_a_foreign_cursor_is_refused(sandbox: Sandbox, key: str) -> None:
    params = {"boxId": our_box(sandbox), "afterIndexKey": key}
    assert refusal(sandbox.get("/edo/V8/GetNewEvents", **params)) == (400, "Request.Malformed")
