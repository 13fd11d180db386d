"""Diadoc's answers as they might come: codes, odd shapes, times."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import Answer, OutsideHttp
from edo.channels.operator import diadoc, diadoc_wire
from edo.channels.operator.diadoc import Diadoc
from edo.channels.operator.gateway import (
    OperatorRefusal,
    OutgoingDocument,
    Recipient,
    RecipientAnswer,
    SenderVerdict,
    SentDocument,
)

SENT = SentDocument("message", "document")
RECIPIENT = Recipient("org", "box", accepts_strangers=False)
DOCUMENT = OutgoingDocument(
    from_box_id="ours",
    to_box_id="theirs",
    custom_id=uuid.UUID("4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11"),
    shelf_name="x.pdf",
    signature=b"s",
    power_of_attorney=b"<p/>",
    power_of_attorney_signature=b"ps",
    file_name="850.pdf",
    number="850",
    dated=date(2026, 11, 21),
    kind="contract",
)

CALLS: list[Callable[[Diadoc], Any]] = [
    lambda it: it.find_recipient("7701001100", ""),
    lambda it: it.accepts("ours", RECIPIENT),
    lambda it: it.become_partners("ours", RECIPIENT),
    lambda it: it.put_on_shelf("x.pdf", b"content"),
    lambda it: it.send(DOCUMENT, uuid.uuid4()),
    lambda it: it.truth("ours", SENT),
    lambda it: it.events("ours", "", 100),
    lambda it: it.package("ours", SENT),
    lambda it: it.protocol("ours", SENT),
]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the operator answers to every call: `status` and `body`, or an `error`."""
    plan: dict[str, Any] = {"status": 200, "body": {}, "error": None, "calls": []}

    def request(self: OutsideHttp, method: str, path: str, **call: Any) -> Answer:
        plan["calls"].append((method, path, call))
        if plan["error"]:
            raise plan["error"]
        body = json.dumps(plan["body"]).encode()
        return Answer("edo", plan["status"], {"Retry-After": "3"}, body)

    monkeypatch.setattr(OutsideHttp, "request", request)
    diadoc._organisations.clear()
    return plan


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "body",
    [None, [], {}, 5, "text", {"Organizations": [{}]}, {"Events": [{}]}, {"Entities": None}],
)
def test_an_answer_of_an_unknown_shape_is_the_operators_fault(
    answers: dict[str, Any], call: Callable[[Diadoc], Any], body: Any
) -> None:
    answers["body"] = body
    try:
        call(Diadoc())
    except Unavailable:
        return
    # The shelf says nothing but which parts are missing: an empty answer is a good one.
    assert answers["calls"][0][1] == "/V2/ShelfUpload"
    assert not body


@pytest.mark.parametrize(
    "call", [lambda it: it.send(DOCUMENT, uuid.uuid4()), lambda it: it.package("ours", SENT)]
)
def test_an_operation_still_at_work_is_asked_about_later(
    answers: dict[str, Any], call: Callable[[Diadoc], Any]
) -> None:
    answers["status"] = 204
    with pytest.raises(Unavailable) as caught:
        call(Diadoc())
    assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("Sociability.StrangersForbidden", OperatorRefusal.STRANGER_FORBIDDEN),
        ("Counteragent.StrangersForbidden", OperatorRefusal.STRANGER_FORBIDDEN),
        ("Organization.NotFound", OperatorRefusal.NO_BOX),
        ("PowerOfAttorney.ExactlyOne", OperatorRefusal.POWER_OF_ATTORNEY_INVALID),
        ("PowerOfAttorney.Whatever", OperatorRefusal.POWER_OF_ATTORNEY_INVALID),
        ("Document.AlreadySigned", OperatorRefusal.ALREADY_SIGNED),
        ("Content.TooLarge", OperatorRefusal.TOO_LARGE),
        ("http_402", OperatorRefusal.REJECTED),
        ("Something.New", OperatorRefusal.REJECTED),
    ],
)
def test_the_operators_codes_become_ours(answers: dict[str, Any], theirs: str, ours: str) -> None:
    answers["error"] = Refused("edo", theirs, "text")
    with pytest.raises(Refused) as caught:
        Diadoc().send(DOCUMENT, uuid.uuid4())
    assert caught.value.code == ours
    assert theirs in str(caught.value.__cause__)


def test_the_document_goes_out_as_the_protocol_says(answers: dict[str, Any]) -> None:
    operation = uuid.uuid4()
    answers["body"] = {
        "MessageId": "m",
        "Entities": [
            {"EntityId": "other", "DocumentInfo": {"CustomDocumentId": None}},
            {"EntityId": "d", "DocumentInfo": {"CustomDocumentId": str(DOCUMENT.custom_id)}},
        ],
    }
    assert Diadoc().send(DOCUMENT, operation) == SentDocument("m", "d")
    method, path, call = answers["calls"][-1]
    assert (method, path) == ("POST", "/V3/PostMessage")
    assert call["params"] == {"operationId": str(operation)}
    attachment = call["json"]["DocumentAttachments"][0]
    assert attachment["TypeNamedId"] == "Contract"
    assert attachment["NeedRecipientSignature"] is True
    assert {"Key": "DocumentDate", "Value": "21.11.2026"} in attachment["Metadata"]
    power = attachment["SignedContent"]["PowerOfAttorney"]
    assert power["Contents"] == [
        {"Content": {"Content": "PHAvPg=="}, "Signature": {"Content": "cHM="}}
    ]
    assert "FullId" not in power
    assert "UseDefault" not in power


def message(**info: Any) -> dict[str, Any]:
    facts = {
        "SenderSignatureStatus": "SenderSignatureCheckedAndValid",
        "RecipientResponseStatus": "WaitingForRecipientSignature",
        "RevocationStatus": "RevocationStatusNone",
        "DeliveryTimestampTicks": 639_000_000_000_000_000,
    }
    document = {
        "EntityId": "document",
        "EntityType": "Attachment",
        "DocumentInfo": {**facts, **info},
    }
    return {"FromBoxId": "ours", "ToBoxId": "theirs", "Entities": [document]}


def signature(box_id: str, **more: Any) -> dict[str, Any]:
    return {
        "EntityId": f"signature of {box_id}",
        "EntityType": "Signature",
        "ParentEntityId": "document",
        "SignerBoxId": box_id,
        **more,
    }


@pytest.mark.parametrize("status", ["UnknownSenderSignatureStatus", "WaitingForSenderSignature"])
def test_a_signature_not_judged_yet_is_pending(status: str) -> None:
    found = diadoc_wire.truth(message(SenderSignatureStatus=status), "document")
    assert found.sender_verdict == SenderVerdict.PENDING


@pytest.mark.parametrize("status", ["RecipientResponseStatusUnknown", "SomethingNew"])
def test_an_unknown_answer_is_no_answer(status: str) -> None:
    found = diadoc_wire.truth(message(RecipientResponseStatus=status), "document")
    assert found.answer == RecipientAnswer.NONE


def test_the_display_status_is_never_looked_at() -> None:
    odd = message(DocflowStatus={"PrimaryStatus": {"StatusText": "Подписан контрагентом"}})
    assert diadoc_wire.truth(odd, "document").answer == RecipientAnswer.NONE


@pytest.mark.parametrize(
    ("power", "attached", "valid"),
    [
        ({}, False, True),
        ({"PowerOfAttorneyAttachmentStatus": None}, False, True),
        (
            {"PowerOfAttorneyAttachmentStatus": {"StatusName": "PowerOfAttorneyRequired"}},
            False,
            True,
        ),
        (
            {
                "PowerOfAttorneyAttachmentStatus": {"StatusName": "PowerOfAttorneyAttached"},
                "PowerOfAttorney": {"Status": {"StatusNamedId": "CanNotBeValidated"}},
            },
            True,
            True,
        ),
        (
            {
                "PowerOfAttorneyAttachmentStatus": {"StatusName": "PowerOfAttorneyAttached"},
                "PowerOfAttorney": {"Status": {"StatusNamedId": "IsNotValid"}},
            },
            True,
            False,
        ),
    ],
)
def test_the_power_of_attorney_is_that_of_our_signature(
    power: dict[str, Any], attached: bool, valid: bool
) -> None:
    body = message()
    body["Entities"] += [signature("ours", **power), signature("theirs")]
    found = diadoc_wire.truth(body, "document")
    assert (found.power_attached, found.power_valid) == (attached, valid)


def test_the_recipients_last_signature_counts() -> None:
    body = message(RecipientResponseStatus="WithRecipientSignature")
    first = {**signature("theirs"), "EntityId": "first"}
    last = {**signature("theirs"), "EntityId": "last", "RawCreationDate": 639_000_000_000_000_000}
    stranger = {**signature("theirs"), "EntityId": "of another", "ParentEntityId": "other"}
    body["Entities"] += [signature("ours"), first, last, stranger]
    found = diadoc_wire.truth(body, "document")
    assert found.recipient_signature_id == "last"
    assert found.recipient_signed_at == datetime(2025, 11, 29, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("ticks", [None, 0, -5, "639", 1.5])
def test_no_time_is_no_time(ticks: Any) -> None:
    assert diadoc_wire.moment(ticks) is None


@pytest.mark.parametrize("xml", [b"", b"<a>", b"<a/>", b"<!DOCTYPE a><a>1</a>", b"\x00"])
def test_an_unreadable_refusal_has_no_words(xml: bytes) -> None:
    assert diadoc_wire.reason(xml) == ""


def test_an_inactive_organisation_and_a_branch_are_not_chosen_first() -> None:
    def organisation(name: str, **more: Any) -> dict[str, Any]:
        return {"OrgId": name, "IsActive": True, "Boxes": [{"BoxId": f"{name} box"}], **more}

    found = diadoc_wire.recipient(
        [
            organisation("gone", IsActive=False),
            organisation("boxless", Boxes=[]),
            organisation("branch", IsBranch=True),
            organisation("head"),
        ]
    )
    assert found == Recipient("head", "head box", accepts_strangers=True)
