"""Sending a document: retries, faults and refusals, against the simulated operator."""

import uuid
from typing import Any

import pytest

from econtract.platform.common.errors import Unavailable
from edo.channels.operator.following import follow
from edo.channels.operator.refusals import SendRefusalCode
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.sending import send
from edo.channels.protocol import SigningRefused
from edo.models import Exchange
from tests.support import sandbox as known
from tests.support.signing.operator_world import OperatorWorld, document_for
from tests.support.signing.pki import PDF

State = Exchange.State
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("size", [600_000, 9 * 1024 * 1024])
def test_a_large_document_arrives_unchanged(world: OperatorWorld, size: int) -> None:
    pdf = PDF + b"0" * size
    exchange = world.open(document=document_for(pdf))
    send(exchange=exchange, pdf=pdf)
    stored = get_gateway(world.box).fetch_content(
        world.box.operator_box_id, exchange.message_id, exchange.document_id
    )
    assert stored == pdf


def test_other_bytes_than_the_document_are_not_sent(world: OperatorWorld) -> None:
    exchange = world.open()
    with pytest.raises(ValueError, match="not the document of this exchange"):
        send(exchange=exchange, pdf=PDF + b"!")
    assert world.journal(exchange) == []


def test_sending_again_creates_no_second_document(world: OperatorWorld) -> None:
    exchange = world.send()
    send(exchange=exchange, pdf=PDF)
    # As if a worker had died before it stored the answer:
    Exchange.objects.filter(pk=exchange.pk).update(state=State.SENDING, message_id="")
    send(exchange=exchange, pdf=PDF)
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]


def test_the_same_operation_opens_the_same_exchange(world: OperatorWorld) -> None:
    key = uuid.uuid4()
    assert world.open(operation_id=key) == world.open(operation_id=key)


# --- Faults ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "kind", "more"),
    [
        ("edo", "error", {"path_contains": "PostMessage"}),
        ("edo", "error", {"path_contains": "ShelfUpload"}),
        ("edo", "error", {"path_contains": "GetOrganizationsByInnKpp", "status": 429}),
        ("edo", "down", {"path_contains": "PostMessage", "times": 3}),
        ("edo", "lost_answer", {"path_contains": "PostMessage"}),
        ("edo", "lost_answer", {"path_contains": "PostMessage", "drop": True, "times": 3}),
        ("edo", "lost_answer", {"path_contains": "AcquireCounteragent", "times": 3}),
        ("edo", "still_running", {"path_contains": "PostMessage"}),
        ("edo", "slow", {"path_contains": "PostMessage", "seconds": 2}),
        ("signing", "lost_answer", {}),
        ("signing", "error", {}),
    ],
)
def test_after_a_fault_the_retry_leaves_one_document(
    world: OperatorWorld, settings: Any, system: str, kind: str, more: dict[str, Any]
) -> None:
    settings.OUTSIDE_ANSWER_SECONDS = 1
    exchange = world.open()
    world.sandbox.fault(system, kind, **more)
    with pytest.raises(Unavailable):
        send(exchange=exchange, pdf=PDF)
    assert exchange.is_live
    world.sandbox.clear_faults()
    settings.OUTSIDE_ANSWER_SECONDS = 20
    for _ in range(50):
        try:
            send(exchange=exchange, pdf=PDF)
            break
        except Unavailable:  # the slow first call is still running at the operator
            world.sandbox.state()
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]
    assert follow(exchange=exchange) == State.DELIVERED


def test_a_dropped_answer_is_retried_at_once(world: OperatorWorld) -> None:
    world.sandbox.fault("edo", "lost_answer", path_contains="PostMessage", drop=True, times=1)
    assert world.journal(world.send(), "sent") == ["sent"]


# --- Refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inn", "code"),
    [
        (known.NO_BOX, SendRefusalCode.NO_BOX),
        (known.REFUSES_STRANGERS, SendRefusalCode.STRANGER_FORBIDDEN),
    ],
)
def test_a_client_who_cannot_be_reached(world: OperatorWorld, inn: str, code: str) -> None:
    exchange = world.open(inn)
    for _ in range(2):
        with pytest.raises(SigningRefused) as caught:
            send(exchange=exchange, pdf=PDF)
        assert caught.value.code == code
        assert caught.value.message.startswith(("У клиента", "Клиент"))
    assert exchange.state == State.FAILED
    assert world.journal(exchange) == []


def test_a_client_who_accepts_only_partners_is_invited_first(world: OperatorWorld) -> None:
    exchange = world.send(known.PARTNERS_ONLY)
    assert exchange.state == State.SENT
    assert len(world.sandbox.journal("edo", action="invited")) == 1


@pytest.mark.parametrize(
    ("key_ref", "code", "text"),
    [
        ("signer-egorov", SendRefusalCode.CERTIFICATE_INVALID, "истек"),
        ("signer-volkova", SendRefusalCode.CERTIFICATE_INVALID, "отозван"),
        ("signer-zaitsev", SendRefusalCode.KEY_BLOCKED, "заблокирован"),
    ],
)
def test_a_signatory_who_cannot_sign(
    world: OperatorWorld, key_ref: str, code: str, text: str
) -> None:
    exchange = world.open(signatory=world.add_signatory(key_ref))
    with pytest.raises(SigningRefused) as caught:
        send(exchange=exchange, pdf=PDF)
    assert caught.value.code == code
    assert text in caught.value.message
    assert world.journal(exchange) == []


def test_a_signatory_without_a_power_of_attorney(world: OperatorWorld) -> None:
    world.signatory.powers.all().delete()
    with pytest.raises(SigningRefused) as caught:
        world.send()
    assert caught.value.code == SendRefusalCode.POWER_OF_ATTORNEY_INVALID
