"""Messages, revocations, powers of attorney and events in Diadoc's JSON."""

import base64
from dataclasses import replace
from datetime import date
from typing import Any

from econtract.platform.common.errors import Refused
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.values import (
    OperatorEvent,
    OutgoingDocument,
    PowerFile,
    RevocationSigner,
    SentDocument,
)
from tests.support.signing.planned_http import DOCUMENT, NUMBER, POWER, PlannedHttp

SENT = SentDocument("message", "document")
SIGNER = RevocationSigner("Иванова", "Анна", "", "Менеджер", "7707049388")


def post(fake_http: PlannedHttp, document: OutgoingDocument) -> dict[str, Any]:
    """Send ``document``; the attachment of the posted message."""
    entities = [
        {"EntityId": "other", "DocumentInfo": {"CustomDocumentId": None}},
        {"EntityId": "d", "DocumentInfo": {"CustomDocumentId": str(document.custom_id).upper()}},
    ]
    fake_http.by_path = {"/V3/PostMessage": {"MessageId": "m", "Entities": entities}}
    assert DiadocGateway().send(document, NUMBER) == SentDocument("m", "d")
    call = fake_http.call("/V3/PostMessage")
    assert call["params"] == {"operationId": str(NUMBER)}
    attachment: dict[str, Any] = call["json"]["DocumentAttachments"][0]
    return attachment


def test_a_document_is_sent_as_the_protocol_requires(fake_http: PlannedHttp) -> None:
    attachment = post(fake_http, DOCUMENT)
    assert attachment["TypeNamedId"] == "Contract"
    assert attachment["NeedRecipientSignature"] is True
    assert attachment["SignedContent"]["NameOnShelf"] == "dd-api-1"
    assert {"Key": "DocumentDate", "Value": "21.11.2026"} in attachment["Metadata"]
    message = fake_http.call("/V3/PostMessage")["json"]
    assert "ToDepartmentId" not in message


def test_a_department_is_named(fake_http: PlannedHttp) -> None:
    post(fake_http, replace(DOCUMENT, to_department_id="d1"))
    assert fake_http.call("/V3/PostMessage")["json"]["ToDepartmentId"] == "d1"


def test_a_power_of_attorney_goes_as_a_file_or_as_a_number(fake_http: PlannedHttp) -> None:
    """UseDefault is required and false; exactly one of file and number is there."""
    power = post(fake_http, DOCUMENT)["SignedContent"]["PowerOfAttorney"]
    assert power["UseDefault"] is False
    assert power["Contents"] == [
        {"Content": {"Content": "PHAvPg=="}, "Signature": {"Content": "cHM="}}
    ]
    assert "FullId" not in power
    fake_http.calls.clear()
    registered = replace(DOCUMENT, power=replace(POWER, is_registered=True))
    assert post(fake_http, registered)["SignedContent"]["PowerOfAttorney"] == {
        "UseDefault": False,
        "FullId": {
            "RegistrationNumber": str(NUMBER),
            "IssuerInn": "7707049388",
            "RepresentativeInn": "770708901234",
        },
    }


def test_a_supplementary_agreement_names_its_contract(fake_http: PlannedHttp) -> None:
    """The type requires number and date of the contract."""
    supplement = replace(DOCUMENT, kind="supplement")
    assert post(fake_http, supplement)["TypeNamedId"] == "Nonformalized"
    fake_http.calls.clear()
    known = replace(supplement, contract_number="12-Д", contract_date=date(2025, 2, 1))
    attachment = post(fake_http, known)
    assert attachment["TypeNamedId"] == "SupplementaryAgreement"
    metadata = {item["Key"]: item["Value"] for item in attachment["Metadata"]}
    assert (metadata["ContractNumber"], metadata["ContractDate"]) == ("12-Д", "01.02.2025")


def test_a_revocation_request_names_its_signer(fake_http: PlannedHttp) -> None:
    fake_http.body = "<Файл/>".encode("cp1251")
    fake_http.headers = {
        "Content-Disposition": 'attachment; filename="DP_PRANNUL_1.xml"',
    }
    request = DiadocGateway().build_revocation_request("ours", SENT, "Ошибка", SIGNER)
    assert request.content == "<Файл/>".encode("cp1251")
    assert request.file_name == "DP_PRANNUL_1.xml"
    call = fake_http.call("/V2/GenerateRevocationRequestXml")
    assert call["params"]["contentTypeId"] == "revocation_request_02"
    assert call["accept"] == "application/xml"
    assert call["json"] == {
        "Comment": "Ошибка",
        "Signer": {
            "SignerDetails": {
                "Surname": "Иванова",
                "FirstName": "Анна",
                "JobTitle": "Менеджер",
                "Inn": "7707049388",
            }
        },
    }


def test_the_clients_power_of_attorney_comes_with_its_chain(fake_http: PlannedHttp) -> None:
    def file(number: str) -> dict[str, Any]:
        xml = base64.b64encode(number.encode()).decode()
        return {"Content": xml, "Signature": "c2ln", "FullId": {"RegistrationNumber": number}}

    fake_http.by_path = {
        "/V2/GetPowerOfAttorneyContent": {
            "Content": file("last"),
            "DelegationChain": [file("root")],
        }
    }
    files = DiadocGateway().fetch_recipient_power("ours", SENT, "power")
    assert files == [PowerFile("root", b"root", b"sig"), PowerFile("last", b"last", b"sig")]
    fake_http.error = Refused("edo", "http_404", status=404)
    assert DiadocGateway().fetch_recipient_power("ours", SENT, "power") == []


# --- Events --------------------------------------------------------------------------------------


def test_events_of_every_shape_move_the_cursor(fake_http: PlannedHttp) -> None:
    document = {"EntityId": "d", "DocumentInfo": {"CustomDocumentId": str(NUMBER)}}
    signature = {"EntityId": "s", "EntityType": "Signature", "ParentEntityId": "d"}
    changes = [
        {"Message": {"MessageId": "m1", "Entities": [document]}},
        {"Patch": {"MessageId": "m2", "Entities": [signature]}},
        {"Patch": {"MessageId": "m3", "MessageIsDelivered": True}},
        {"Patch": {"MessageId": "m4", "Entities": None, "MessageIsDeleted": True}},
        {"Patch": {"MessageId": "m5", "ForDraft": True, "DraftIsRecycled": True}},
        {"Patch": {"MessageId": "m6", "EntityPatches": [{"EntityId": "d"}]}},
        {},
    ]
    events = [{"EventId": f"e{i}", "IndexKey": f"k{i}", **item} for i, item in enumerate(changes)]
    fake_http.by_path = {"/V8/GetNewEvents": {"Events": events, "TotalCountType": "Equal"}}
    result, cursor = DiadocGateway().fetch_events("ours", "", 100)
    assert cursor == "k6"
    assert result[0] == OperatorEvent("e0", "m1", str(NUMBER))
    assert [event.message_id for event in result] == ["m1", "m2", "m3", "m4", "m5", "m6", ""]
    assert {event.custom_id for event in result[1:]} == {""}
