"""The ЭДО operator: checks of the sender's signature and of powers of attorney."""

from typing import Any

import pytest

from tests.support.sandbox import (
    ROMASHKA,
    Sandbox,
)
from tests.support.sandbox_edo import (
    PDF,
    b64,
    build_message,
    build_power_of_attorney,
    error_of,
    get_events,
    post_message,
    send_contract,
    skip_events,
    statuses_of,
)


def get_signature(message: Any) -> Any:
    """The first signature among the entities of a message."""
    return next(entity for entity in message["Entities"] if entity["EntityType"] == "Signature")


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
def test_a_power_of_attorney_must_be_sent_in_exactly_one_way(
    sandbox: Sandbox, power: Any, expected: str
) -> None:
    assert error_of(post_message(sandbox, build_message(sandbox, PowerOfAttorney=power))) == (
        400,
        expected,
    )


def test_a_power_of_attorney_is_delivered_and_checked(sandbox: Sandbox) -> None:
    power = build_power_of_attorney(sandbox)
    message = send_contract(sandbox, PowerOfAttorney=power)
    skip_events(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    entity = get_signature(sandbox.get("/edo/V6/GetMessage", **params).json())
    assert entity["PowerOfAttorneyAttachmentStatus"]["StatusName"] == "PowerOfAttorneyAttached"
    assert entity["PowerOfAttorney"]["Status"]["StatusNamedId"] == "IsValid"
    assert entity["PowerOfAttorney"]["FullId"]["IssuerInn"] == "7707049388"
    params["entityId"] = entity["PowerOfAttorney"]["Entity"]["EntityId"]
    [pair] = sandbox.get("/edo/V2/GetPowerOfAttorneyContent", **params).json()["Contents"]
    assert pair["Content"] == power["Contents"][0]["Content"]["Content"]


def test_another_persons_power_of_attorney_is_not_valid(sandbox: Sandbox) -> None:
    message = send_contract(
        sandbox, PowerOfAttorney=build_power_of_attorney(sandbox, "signer-petrov")
    )
    skip_events(sandbox)
    params = {"boxId": message["FromBoxId"], "messageId": message["MessageId"]}
    entity = get_signature(sandbox.get("/edo/V6/GetMessage", **params).json())
    assert entity["PowerOfAttorney"]["Status"]["StatusNamedId"] == "IsNotValid"


def test_a_missing_power_of_attorney_is_reported_as_required(sandbox: Sandbox) -> None:
    entity = get_signature(send_contract(sandbox))
    assert entity["PowerOfAttorneyAttachmentStatus"]["StatusName"] == "PowerOfAttorneyRequired"


@pytest.mark.parametrize("key_ref", ["signer-egorov", "signer-volkova"])
def test_a_document_signed_with_an_invalid_certificate_is_not_delivered(
    sandbox: Sandbox, key_ref: str
) -> None:
    after = skip_events(sandbox)
    message = send_contract(sandbox, Signature=b64(sandbox.signature(key_ref, PDF)))
    [_, event] = get_events(sandbox, after)
    assert statuses_of(event) == (
        "SenderSignatureCheckedAndInvalid",
        "RecipientResponseStatusUnknown",
    )
    assert [entry["action"] for entry in sandbox.journal("edo")] == ["sent"]
    params = {"boxId": message["ToBoxId"], "messageId": message["MessageId"]}
    client = {"Authorization": f"Bearer client-{ROMASHKA}"}
    response = sandbox.http.get("/edo/V6/GetMessage", params=params, headers=client)
    assert response.status_code == 404


@pytest.mark.parametrize("signature", [b"nonsense", b"\x30\x80", b"\x30\x03\x02\x01\x01"])
def test_a_signature_that_cannot_be_parsed_is_invalid(sandbox: Sandbox, signature: bytes) -> None:
    after = skip_events(sandbox)
    send_contract(sandbox, Signature=b64(signature))
    assert statuses_of(get_events(sandbox, after)[1])[0] == "SenderSignatureCheckedAndInvalid"


def test_a_signature_over_other_bytes_is_invalid(sandbox: Sandbox) -> None:
    after = skip_events(sandbox)
    send_contract(sandbox, Signature=b64(sandbox.signature("signer-ivanova", PDF + b" ")))
    assert statuses_of(get_events(sandbox, after)[1])[0] == "SenderSignatureCheckedAndInvalid"
