"""The ЭДО operator: Protocol Buffers, its format unless JSON is asked for."""

from typing import Any

import httpx
import pytest

from econtract.sandbox.edo.wire import protobuf
from tests.support.sandbox import TOKEN, Sandbox
from tests.support.sandbox_edo import build_message, error_of

BEARER = {"Authorization": f"Bearer {TOKEN}"}


def test_without_accept_the_answer_is_protobuf(sandbox: Sandbox) -> None:
    response = httpx.get(f"{sandbox.url}/edo/GetMyOrganizations", headers=BEARER)
    assert response.headers["Content-Type"] == "application/octet-stream"
    decoded = protobuf.decode(response.content, "OrganizationList")
    in_json = sandbox.get("/edo/GetMyOrganizations").json()
    names = [row["ShortName"] for row in in_json["Organizations"]]
    assert [row["ShortName"] for row in decoded["Organizations"]] == names


def test_a_document_can_be_sent_in_protobuf(sandbox: Sandbox) -> None:
    body = protobuf.encode(build_message(sandbox), "Events.MessageToPost")
    response = httpx.post(
        f"{sandbox.url}/edo/V3/PostMessage?operationId=1", content=body, headers=BEARER
    )
    message = protobuf.decode(response.content, "Events.Message")
    document = message["Entities"][0]["DocumentInfo"]
    assert document["SenderSignatureStatus"] == "SenderSignatureUnchecked"
    assert document["SendTimestampTicks"] > 638_000_000_000_000_000


@pytest.mark.parametrize("content", [b"{}", b"\x0a", b"\x0a\x05abc", b"\xff" * 20, b"\x0d\x00"])
def test_a_body_that_is_no_protobuf_is_refused(sandbox: Sandbox, content: bytes) -> None:
    response = httpx.post(
        f"{sandbox.url}/edo/V3/PostMessage?operationId=1", content=content, headers=BEARER
    )
    assert error_of(response) == (400, "DiadocApi.BadRequest")


@pytest.mark.parametrize(
    ("message", "body", "wire"),
    [
        ("DocumentId", {"MessageId": "m", "EntityId": "e"}, "0a016d120165"),
        ("Content", {"Size": -1, "Data": "AQI="}, "0dffffffff12020102"),
        ("AsyncMethodResult", {"TaskId": None}, ""),
        ("Events.Entity", {"EntityType": "Signature", "EntityId": "e"}, "0802120165"),
        ("Timestamp", {"Ticks": 1}, "090100000000000000"),
    ],
)
def test_the_encoding_is_that_of_protocol_buffers(message: str, body: Any, wire: str) -> None:
    assert protobuf.encode(body, message).hex() == wire
    assert protobuf.decode(bytes.fromhex(wire), message) == {k: v for k, v in body.items() if v}


def test_a_negative_enum_takes_ten_bytes() -> None:
    body = {"EntityId": "e", "AttachmentType": "UnknownAttachmentType"}
    wire = protobuf.encode(body, "Events.Entity")
    assert wire.hex() == "1201652" + "8ffffffffffffffffff01"
    assert protobuf.decode(wire, "Events.Entity") == body
