"""Diadoc's methods: what is asked, and responses as they may come."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator.diadoc.client import SHELF_PART_BYTES, DiadocGateway
from edo.channels.operator.values import (
    OperatorRefusalCode,
    Partnership,
    PartnershipStatus,
    SentDocument,
)
from tests.support.signing.planned_http import DOCUMENT, PlannedHttp

SENT = SentDocument("message", "document")
OWN = {
    "Organizations": [
        {"OrgId": "o", "IsTest": True, "Boxes": [{"BoxId": "ours", "BoxIdGuid": "ours"}]}
    ]
}

CALLS: list[Callable[[DiadocGateway], Any]] = [
    lambda gateway: gateway.find_recipients("ours", "7701001100"),
    lambda gateway: gateway.get_partnership("ours", "theirs"),
    lambda gateway: gateway.invite("ours", "theirs", "text"),
    lambda gateway: gateway.send(DOCUMENT, uuid.uuid4()),
    lambda gateway: gateway.get_status("ours", SENT),
    lambda gateway: gateway.fetch_stamped_signature("ours", SENT),
    lambda gateway: gateway.fetch_recipient_power("ours", SENT, "power"),
    lambda gateway: gateway.fetch_events("ours", "", 100),
    lambda gateway: gateway.fetch_package("ours", SENT),
    lambda gateway: gateway.fetch_protocol("ours", SENT),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "body",
    [None, [], {}, 5, "text", {"Organizations": [{}]}, {"Events": [{}]}, {"Entities": None}],
)
def test_a_malformed_response_means_unavailable(
    fake_http: PlannedHttp, call: Callable[[DiadocGateway], Any], body: Any
) -> None:
    fake_http.body = json.dumps(body).encode()
    with pytest.raises(Unavailable):
        call(DiadocGateway())


@pytest.mark.parametrize(
    "call",
    [
        lambda gateway: gateway.send(DOCUMENT, uuid.uuid4()),
        lambda gateway: gateway.fetch_package("ours", SENT),
    ],
)
def test_an_operation_still_running_is_retried_later(
    fake_http: PlannedHttp, call: Callable[[DiadocGateway], Any]
) -> None:
    fake_http.status = 204
    with pytest.raises(Unavailable) as caught:
        call(DiadocGateway())
    assert caught.value.retry_after == 3


# --- Errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "code", "text", "ours"),
    [
        (
            409,
            "DiadocApi.Conflict",
            "Recipient allows to receive messages only from counteragents",
            OperatorRefusalCode.STRANGER_FORBIDDEN,
        ),
        (
            409,
            "DiadocApi.Conflict",
            "Recipient forbids to receive messages from blocked senders",
            OperatorRefusalCode.SENDER_BLOCKED,
        ),
        (
            409,
            "DocumentService.DocumentIsRevokedOrRevocationIsInProgress",
            "",
            OperatorRefusalCode.ALREADY_REVOKED,
        ),
        (
            409,
            "Invitations.RecipientInvitationRequiresResponse",
            "",
            OperatorRefusalCode.INVITATION_UNANSWERED,
        ),
        (
            409,
            "http_409",
            "Текущее состояние документа не позволяет создать запрос на аннулирование",
            OperatorRefusalCode.STATE_CONFLICT,
        ),
        (403, "http_403", "Организация ликвидирована", OperatorRefusalCode.RECIPIENT_LIQUIDATED),
        (
            400,
            "Http.BadRequest",
            "SignedContent.PowerOfAttorney: Either UseDefault should be true",
            OperatorRefusalCode.POWER_OF_ATTORNEY_INVALID,
        ),
        (413, "http_413", "", OperatorRefusalCode.TOO_LARGE),
    ],
)
def test_what_is_known_to_be_final_is_a_refusal(
    fake_http: PlannedHttp, status: int, code: str, text: str, ours: str
) -> None:
    fake_http.error = Refused("edo", code, text, status=status)
    with pytest.raises(Refused) as caught:
        DiadocGateway().send(DOCUMENT, uuid.uuid4())
    assert caught.value.code == ours


@pytest.mark.parametrize(
    ("status", "code", "text", "ours"),
    [
        (409, "DiadocApi.Conflict", "Request processing is in progress. Please, retry later", ""),
        (409, "Something.New", "", "Something.New"),
        (400, "Http.BadRequest", "Unexpected field", "Http.BadRequest"),
        (404, "DiadocApi.NotFound", "Message not found", "DiadocApi.NotFound"),
        (403, "http_403", "Access denied", "box_forbidden"),
    ],
)
def test_in_doubt_a_refusal_is_temporary(
    fake_http: PlannedHttp, status: int, code: str, text: str, ours: str
) -> None:
    """A contract that may have been sent must not be called failed."""
    fake_http.error = Refused("edo", code, text, status=status)
    with pytest.raises(Unavailable) as caught:
        DiadocGateway().send(DOCUMENT, uuid.uuid4())
    assert caught.value.code == (ours or code)


def test_what_we_refuse_ourselves_stays_a_refusal(fake_http: PlannedHttp) -> None:
    fake_http.error = Refused("edo", "too_large", "the request is over the size limit")
    with pytest.raises(Refused) as caught:
        DiadocGateway().send(DOCUMENT, uuid.uuid4())
    assert caught.value.code == OperatorRefusalCode.TOO_LARGE


# --- Organisations and partners ------------------------------------------------------------------


def test_nobody_and_no_relation_are_answers(fake_http: PlannedHttp) -> None:
    fake_http.by_path = {"/GetMyOrganizations": OWN}
    gateway = DiadocGateway()
    fake_http.error = Refused("edo", "http_404", "Trust relationship not found", status=404)
    assert gateway.get_partnership("ours", "theirs") == Partnership(PartnershipStatus.NONE)
    fake_http.error = None
    fake_http.by_path["/GetOrganizationsByInnKpp"] = {"Organizations": []}
    assert gateway.find_recipients("ours", "7701999905") == []


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("IsMyCounteragent", PartnershipStatus.PARTNERS),
        ("IsInvitedByMe", PartnershipStatus.INVITED),
        ("InvitesMe", PartnershipStatus.INVITES_US),
        ("RejectsMe", PartnershipStatus.REJECTED_BY_CLIENT),
        ("IsRejectedByMe", PartnershipStatus.REJECTED_BY_US),
        ("UnknownCounteragentStatus", PartnershipStatus.NONE),
    ],
)
def test_a_partnership_is_asked_for_by_boxes(
    fake_http: PlannedHttp, name: str, status: PartnershipStatus
) -> None:
    fake_http.by_path = {"/V3/GetCounteragent": {"CurrentStatus": name}}
    assert DiadocGateway().get_partnership("ours", "theirs").status == status
    params = fake_http.call("/V3/GetCounteragent")["params"]
    assert params == {"myBoxId": "ours", "counteragentBoxId": "theirs"}


def test_an_invitation_that_is_still_sent_is_no_error(fake_http: PlannedHttp) -> None:
    fake_http.status, fake_http.by_path = 204, {"/V3/AcquireCounteragent": {"TaskId": "t"}}
    DiadocGateway().invite("ours", "theirs", "Приглашаем")
    call = fake_http.call("/V3/AcquireCounteragent")
    assert call["params"] == {"myBoxId": "ours"}
    assert call["json"] == {"BoxId": "theirs", "MessageToCounteragent": "Приглашаем"}


# --- Shelf ---------------------------------------------------------------------------------------


def test_a_small_file_is_uploaded_whole(fake_http: PlannedHttp) -> None:
    fake_http.body = b'"dd-api-1"'
    assert DiadocGateway().upload_to_shelf(b"x" * SHELF_PART_BYTES) == "dd-api-1"
    [(method, path, call)] = fake_http.calls
    assert (method, path, call["params"]) == ("POST", "/V2/ShelfUpload", {"fileExtension": ".pdf"})


def test_a_large_file_is_uploaded_in_parts(fake_http: PlannedHttp) -> None:
    fake_http.body = b"dd-api-2"
    content = b"x" * (2 * SHELF_PART_BYTES + 1)
    assert DiadocGateway().upload_to_shelf(content) == "dd-api-2"
    assert [(path, call["params"]) for _, path, call in fake_http.calls] == [
        ("/ShelfUploadPartInit", {"fileExtension": ".pdf"}),
        ("/ShelfUploadPart", {"fileName": "dd-api-2", "partIndex": 1, "isLastPart": "false"}),
        ("/ShelfUploadPart", {"fileName": "dd-api-2", "partIndex": 2, "isLastPart": "true"}),
    ]
    assert b"".join(call["content"] for _, _, call in fake_http.calls) == content


@pytest.mark.parametrize("body", [b"", b'""', b"x" * 300, b"\xff"])
def test_a_shelf_without_a_name_is_an_outage(fake_http: PlannedHttp, body: bytes) -> None:
    fake_http.body = body
    with pytest.raises(Unavailable):
        DiadocGateway().upload_to_shelf(b"x")
