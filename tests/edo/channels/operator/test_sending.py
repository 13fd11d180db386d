"""Sending a document: retries, faults and refusals, against the simulated operator."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator import sending
from edo.channels.operator.following import follow
from edo.channels.operator.refusals import SendRefusalCode
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.revocation import revoke
from edo.channels.operator.sending import send
from edo.channels.protocol import SessionState, SigningRefused
from edo.models import Exchange
from edo.signing.providers.http import HttpSigningService
from edo.signing.providers.protocol import ConfirmationPending, SigningService
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


def test_the_name_on_the_shelf_is_the_operators(world: OperatorWorld) -> None:
    """The operator names the file; after its seven days the file is uploaded again."""
    exchange = world.open()
    world.sandbox.fault("edo", "error", path_contains="PostMessage", times=2)
    for _ in range(2):
        with pytest.raises(Unavailable):
            send(exchange=exchange, pdf=PDF)
    name, shelved_at = exchange.shelf_name, exchange.shelved_at
    assert name.startswith("dd-api-")
    assert shelved_at is not None
    Exchange.objects.filter(pk=exchange.pk).update(shelved_at=shelved_at - timedelta(days=7))
    send(exchange=exchange, pdf=PDF)
    assert exchange.shelf_name != name
    assert exchange.state == State.SENT


def test_the_digests_of_the_document_are_stored(world: OperatorWorld) -> None:
    """A client's signature may be over another digest than ours."""
    exchange = world.send()
    digests = exchange.document_digests
    assert digests["sha256"] == exchange.document_sha256
    assert len(digests["streebog256"]) == 64
    assert len(digests["streebog512"]) == 128


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


# --- Faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("system", "kind", "more"),
    [
        ("edo", "error", {"path_contains": "PostMessage"}),
        ("edo", "error", {"path_contains": "ShelfUpload"}),
        ("edo", "error", {"path_contains": "GetOrganizationsByInnKpp", "status": 429}),
        ("edo", "down", {"path_contains": "PostMessage", "times": 3}),
        ("edo", "lost_answer", {"path_contains": "PostMessage"}),
        ("edo", "lost_answer", {"path_contains": "PostMessage", "drop": True, "times": 3}),
        ("edo", "lost_answer", {"path_contains": "GetMyOrganizations", "times": 3}),
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


# --- Refusals ------------------------------------------------------------------------------------


def test_a_client_without_a_box_is_refused_every_time(world: OperatorWorld) -> None:
    exchange = world.open(known.NO_BOX)
    for _ in range(2):
        with pytest.raises(SigningRefused) as caught:
            send(exchange=exchange, pdf=PDF)
        assert caught.value.code == SendRefusalCode.NO_BOX
        assert caught.value.message.startswith("У клиента")
    assert exchange.state == State.FAILED
    assert world.journal(exchange) == []


@pytest.mark.parametrize(
    ("key_ref", "code", "text"),
    [
        ("signer-egorov", SendRefusalCode.CERTIFICATE_INVALID, "истек"),
        ("signer-volkova", SendRefusalCode.CERTIFICATE_INVALID, "отозван"),
        ("signer-yakovlev", SendRefusalCode.KEY_BLOCKED, "заблокирован"),
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


@pytest.mark.parametrize(("status", "code"), [(402, "subscription_ended"), (401, "unauthorized")])
def test_an_ended_subscription_or_a_stale_token_fails_no_contract(
    world: OperatorWorld, status: int, code: str
) -> None:
    """The contract waits until an administrator has acted."""
    exchange = world.open()
    world.sandbox.fault("edo", "error", path_contains="PostMessage", status=status, times=2)
    with pytest.raises(Unavailable) as caught:
        send(exchange=exchange, pdf=PDF)
    assert caught.value.code == code
    world.sandbox.clear_faults()
    send(exchange=exchange, pdf=PDF)
    assert world.journal(exchange, "sent") == ["sent"]


class PendingService:
    """A signing service whose signatory confirms on their phone, or declines."""

    def __init__(self, service: SigningService) -> None:
        self.service, self.answer, self.keys = service, "pending", set[uuid.UUID]()

    def sign(
        self, key_ref: str, content: bytes, idempotency_key: uuid.UUID, *, file_name: str
    ) -> bytes:
        self.keys.add(idempotency_key)
        if self.answer == "pending":
            raise ConfirmationPending(clock.now() + timedelta(hours=1), "в приложении на телефоне")
        if self.answer == "declined":
            raise Refused("signing", "confirmation_declined")
        return self.service.sign(key_ref, content, idempotency_key, file_name=file_name)


@pytest.fixture
def pending(monkeypatch: pytest.MonkeyPatch, settings: Any) -> PendingService:
    service = PendingService(HttpSigningService())
    monkeypatch.setattr(sending, "get_signing_service", lambda _: service)
    return service


def test_a_signature_waits_for_its_owner(world: OperatorWorld, pending: PendingService) -> None:
    exchange = world.open()
    for _ in range(2):
        send(exchange=exchange, pdf=PDF)
        session = world.channel(exchange=exchange).session
        assert session is not None
        assert session.state == SessionState.AWAITING_CONFIRMATION
        assert "должен подтвердить подпись в приложении на телефоне" in session.reason
        assert session.waits_until is not None
    assert world.journal(exchange) == []
    pending.answer = "confirmed"
    send(exchange=exchange, pdf=PDF)
    assert (exchange.state, exchange.reason) == (State.SENT, "")
    assert len(pending.keys) == 1


def test_a_signature_that_its_owner_declines(world: OperatorWorld, pending: PendingService) -> None:
    exchange = world.open()
    send(exchange=exchange, pdf=PDF)
    pending.answer = "declined"
    with pytest.raises(SigningRefused) as caught:
        send(exchange=exchange, pdf=PDF)
    assert caught.value.code == SendRefusalCode.CONFIRMATION_DECLINED
    assert exchange.state == State.FAILED


def test_a_document_that_waits_for_its_signatory_is_revoked_without_a_call(
    world: OperatorWorld, pending: PendingService, settings: Any
) -> None:
    exchange = world.open()
    send(exchange=exchange, pdf=PDF)
    settings.OUTSIDE = {"edo": {"url": "", "token": ""}}
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED


def test_a_signatory_without_a_power_of_attorney(world: OperatorWorld) -> None:
    world.signatory.powers.all().delete()
    with pytest.raises(SigningRefused) as caught:
        world.send()
    assert caught.value.code == SendRefusalCode.POWER_OF_ATTORNEY_INVALID
