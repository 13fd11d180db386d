"""The ЭДО operator: checks of the sender's signature and of powers of attorney."""

from typing import Any

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
    build_power_of_attorney,
    error_of,
    get_document_info,
    get_events,
    get_statuses,
    post_message,
    send_contract,
    skip_events,
)


def get_signature(message: Any) -> Any:
    """The first signature among the entities of a message."""
    return next(entity for entity in message["Entities"] if entity["EntityType"] == "Signature")


def get_attachment(message: Any, attachment_type: str) -> Any:
    """The attachment of that type among the entities of a message."""
    return next(
        entity for entity in message["Entities"] if entity.get("AttachmentType") == attachment_type
    )


def get_general_status(sandbox: Sandbox, message: Any) -> Any:
    """The status over all powers of attorney of the message's document."""
    status = get_document_info(sandbox, message)["DocflowStatus"]["PowerOfAttorneyGeneralStatus"]
    return status["StatusNamedId"]


@pytest.mark.parametrize(
    "power",
    [
        {},
        {"UseDefault": False},
        {"UseDefault": True, "FullId": {"RegistrationNumber": "1", "IssuerInn": "2"}},
        {"UseDefault": True},
        {"Contents": [1]},
    ],
)
def test_a_power_of_attorney_must_be_sent_in_exactly_one_way(sandbox: Sandbox, power: Any) -> None:
    refusal = post_message(sandbox, build_message(sandbox, PowerOfAttorney=power))
    assert error_of(refusal) == (400, "DiadocApi.BadRequest")
    assert "PowerOfAttorney" in refusal.text


def test_a_power_of_attorney_is_delivered_and_checked(sandbox: Sandbox) -> None:
    power = build_power_of_attorney(sandbox)
    message = send_contract(sandbox, PowerOfAttorney=power)
    skip_events(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    body = sandbox.get("/edo/V6/GetMessage", **params).json()
    signature = get_signature(body)
    status = signature["PowerOfAttorneyAttachmentStatus"]
    assert status == {"StatusName": "PowerOfAttorneyAttached"}
    entity = get_attachment(body, "PowerOfAttorney")
    assert entity["ParentEntityId"] == signature["EntityId"]
    assert entity["PowerOfAttorneyInfo"]["FullId"]["IssuerInn"] == "7707049388"
    check = get_attachment(body, "PowerOfAttorneyStatus")
    assert check["ParentEntityId"] == entity["EntityId"]
    assert check["PowerOfAttorneyInfo"]["Status"]["StatusNamedId"] == "IsValid"
    assert get_general_status(sandbox, message) == "IsValid"
    params["entityId"] = entity["EntityId"]
    answer = sandbox.get("/edo/V2/GetPowerOfAttorneyContent", **params).json()
    assert answer["Content"]["Content"] == power["Contents"][0]["Content"]["Content"]
    assert answer["DelegationChain"] == []


def test_another_persons_power_of_attorney_is_not_valid(sandbox: Sandbox) -> None:
    message = send_contract(
        sandbox, PowerOfAttorney=build_power_of_attorney(sandbox, "signer-petrov")
    )
    skip_events(sandbox)
    assert get_general_status(sandbox, message) == "IsNotValid"


def test_the_result_of_a_late_check_comes_as_an_event_of_its_own(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "power_of_attorney_late")
    message = send_contract(sandbox, PowerOfAttorney=build_power_of_attorney(sandbox))
    key = skip_events(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    body = sandbox.get("/edo/V6/GetMessage", **params).json()
    info = body["Entities"][0]["DocumentInfo"]
    assert info["SenderSignatureStatus"] == "SenderSignatureCheckedAndValid"
    assert get_signature(body)["PowerOfAttorneyAttachmentStatus"] == {"StatusName": "Unknown"}
    assert "PowerOfAttorneyGeneralStatus" not in info["DocflowStatus"]
    sandbox.clock(advance_seconds=61)
    [event] = get_events(sandbox, key)
    assert added_types(event) == ["PowerOfAttorneyStatus"]
    assert get_general_status(sandbox, message) == "IsValid"


def test_a_power_of_attorney_can_be_found_invalid(sandbox: Sandbox) -> None:
    sandbox.fault("edo", "power_of_attorney_invalid")
    message = send_contract(sandbox, PowerOfAttorney=build_power_of_attorney(sandbox))
    skip_events(sandbox)
    assert get_general_status(sandbox, message) == "IsNotValid"


def test_a_power_of_attorney_sent_by_number_cannot_be_checked(sandbox: Sandbox) -> None:
    full_id = {"RegistrationNumber": "1", "IssuerInn": "7707049388"}
    power = {"UseDefault": False, "FullId": full_id}
    message = send_contract(sandbox, PowerOfAttorney=power)
    skip_events(sandbox)
    assert get_general_status(sandbox, message) == "CanNotBeValidated"


def test_a_missing_power_of_attorney_is_reported_as_required(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    entity = get_signature(sandbox.get("/edo/V6/GetMessage", **params).json())
    assert entity["PowerOfAttorneyAttachmentStatus"]["StatusName"] == "PowerOfAttorneyRequired"
    assert get_general_status(sandbox, message) == "IsNotAttached"


@pytest.mark.parametrize("key_ref", ["signer-egorov", "signer-volkova"])
def test_a_document_signed_with_an_invalid_certificate_is_not_delivered(
    sandbox: Sandbox, key_ref: str
) -> None:
    after = skip_events(sandbox)
    message = send_contract(sandbox, Signature=b64(sandbox.signature(key_ref, PDF)))
    [_, event] = get_events(sandbox, after)
    assert added_types(event) == ["SignatureVerificationReport"]
    statuses = ("SenderSignatureCheckedAndInvalid", "RecipientResponseStatusUnknown")
    assert get_statuses(sandbox, message) == statuses
    assert [entry["action"] for entry in sandbox.journal("edo")] == ["sent"]
    params = {"boxId": message["ToBoxId"], "messageId": message["MessageId"]}
    client = {"Authorization": f"Bearer client-{ROMASHKA}"}
    response = sandbox.http.get("/edo/V6/GetMessage", params=params, headers=client)
    assert response.status_code == 404


@pytest.mark.parametrize("signature", [b"nonsense", b"\x30\x80", b"\x30\x03\x02\x01\x01"])
def test_a_signature_that_cannot_be_parsed_is_invalid(sandbox: Sandbox, signature: bytes) -> None:
    message = send_contract(sandbox, Signature=b64(signature))
    skip_events(sandbox)
    assert get_statuses(sandbox, message)[0] == "SenderSignatureCheckedAndInvalid"


def test_a_signature_over_other_bytes_is_invalid(sandbox: Sandbox) -> None:
    signature = sandbox.signature("signer-ivanova", PDF + b" ")
    message = send_contract(sandbox, Signature=b64(signature))
    skip_events(sandbox)
    assert get_statuses(sandbox, message)[0] == "SenderSignatureCheckedAndInvalid"


def test_the_operator_says_whose_signature_it_is_and_whether_it_is_valid(sandbox: Sandbox) -> None:
    message = send_contract(sandbox)
    skip_events(sandbox)
    sandbox.edo_sign(message["MessageId"])
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    signatures = [
        entity
        for entity in sandbox.get("/edo/V6/GetMessage", **params).json()["Entities"]
        if entity["EntityType"] == "Signature"
    ]
    params["entityId"] = signatures[-1]["EntityId"]
    info = sandbox.get("/edo/GetSignatureInfo", **params).json()
    assert info["SignatureVerificationResult"]["IsValid"] is True
    assert (info["OrgInn"], info["CertificateSubjectType"]) == (ROMASHKA, "LegalEntity")
    params["entityId"] = message["Entities"][0]["EntityId"]
    assert sandbox.get("/edo/GetSignatureInfo", **params).status_code == 404
