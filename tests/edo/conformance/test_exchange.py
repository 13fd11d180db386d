"""A recorded exchange of product, operator and client, parsed strictly in both directions."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from edo.channels.operator.events import read_events
from edo.channels.operator.following import follow
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.revocation import revoke
from edo.channels.operator.sending import send
from edo.channels.operator.values import SentDocument
from edo.channels.protocol import DocumentToSign
from edo.models import Exchange
from tests.support.diadoc.calls import MESSAGES, find_call_problems
from tests.support.diadoc.client_box import ClientBox
from tests.support.diadoc.recording_proxy import RecordingProxy, recording
from tests.support.sandbox import (
    DECIDES_REVOCATION,
    DELIVERY_FAILS,
    LOTOS,
    PARTNERS_ONLY,
    REJECTS_BY_MESSAGE,
    ROMASHKA,
    VECTOR,
)
from tests.support.signing.operator_world import DOCUMENT, OperatorWorld
from tests.support.signing.pki import PDF

State = Exchange.State
pytestmark = pytest.mark.django_db
MEGABYTE = 1024 * 1024


@pytest.fixture
def proxy(world: OperatorWorld, settings: Any) -> Iterator[RecordingProxy]:
    """Everything that product and clients say to the operator goes through the proxy."""
    with recording(f"{world.sandbox.url}/edo") as running:
        settings.OUTSIDE = {
            **settings.OUTSIDE,
            "edo": {**settings.OUTSIDE["edo"], "url": running.url},
        }
        yield running


def sent_document(exchange: Exchange) -> SentDocument:
    """The operator's ids of the exchange's document."""
    return SentDocument(exchange.message_id, exchange.document_id)


def send_to(world: OperatorWorld, inn: str, **changes: Any) -> Exchange:
    """An exchange that the client has received, unless the operator cannot deliver it."""
    exchange = world.open(inn, **changes)
    send(exchange=exchange, pdf=PDF)
    read_events("", box=world.box)
    return exchange


def sign_with_power_of_attorney(world: OperatorWorld, proxy: RecordingProxy) -> None:
    """The client signs, and the product fetches everything that proves it."""
    client = ClientBox(world.sandbox, proxy.url, ROMASHKA)
    exchange = send_to(world, ROMASHKA)
    assert client.read_events()[-1]["Message"]["MessageId"] == exchange.message_id
    client.get("/V6/GetMessage", boxId=client.box_id, messageId=exchange.message_id)
    ids = (exchange.message_id, exchange.document_id)
    client.sign(*ids, IsApprovementSignature=True)
    client.sign(*ids, PowerOfAttorney=client.build_power())
    follow(exchange=exchange)
    assert exchange.recipient_signature
    gateway, box_id = get_gateway(world.box), world.box.operator_box_id
    assert gateway.fetch_package(box_id, sent_document(exchange))[:2] == b"PK"
    gateway.fetch_protocol(box_id, sent_document(exchange))
    client.ask_for_revocation(*ids, "Ошибка")
    follow(exchange=exchange)


def wait_for_consent(world: OperatorWorld, proxy: RecordingProxy) -> None:
    """A client who takes documents from partners only accepts, and refuses the document."""
    exchange = world.open(PARTNERS_ONLY)
    send(exchange=exchange, pdf=PDF)
    client = ClientBox(world.sandbox, proxy.url, PARTNERS_ONLY)
    client.get("/V3/GetCounteragents", myBoxId=client.box_id)
    world.sandbox.edo_invitation(PARTNERS_ONLY, "accept")
    send(exchange=exchange, pdf=PDF)
    read_events("", box=world.box)
    client.refuse(exchange.message_id, exchange.document_id, "Нет")
    assert follow(exchange=exchange) == State.REFUSED
    assert exchange.reason == "Нет"


def revoke_documents(world: OperatorWorld, proxy: RecordingProxy) -> None:
    """At once, and with the client's consent or refusal."""
    exchange = send_to(world, LOTOS)
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    client = ClientBox(world.sandbox, proxy.url, DECIDES_REVOCATION)
    for answer, revocation in (
        (client.sign, "RevocationAccepted"),
        (client.refuse, "RevocationRejected"),
    ):
        exchange = send_to(world, DECIDES_REVOCATION)
        revoke(exchange=exchange)
        params = {"boxId": client.box_id, "messageId": exchange.message_id}
        entities = client.get("/V6/GetMessage", **params)["Entities"]
        [request] = [row for row in entities if row.get("AttachmentType") == "RevocationRequest"]
        reason = [] if answer == client.sign else ["Договор действует"]
        answer(exchange.message_id, request["EntityId"], *reason)
        document = client.get("/V6/GetMessage", **params)["Entities"][0]
        assert document["DocumentInfo"]["RevocationStatus"] == revocation
        follow(exchange=exchange)


def meet_trouble(world: OperatorWorld) -> None:
    """Documents that are not delivered, are refused, or whose power of attorney is in doubt."""
    sandbox = world.sandbox
    assert follow(exchange=send_to(world, DELIVERY_FAILS)) == State.FAILED
    exchange = send_to(world, REJECTS_BY_MESSAGE)
    sandbox.edo_act(exchange.message_id, "refuse-by-message", reason="Нет")
    assert follow(exchange=exchange) == State.REFUSED
    for kind in ("power_of_attorney_late", "power_of_attorney_invalid", "power_of_attorney_lost"):
        sandbox.fault("edo", kind)
        follow(exchange=send_to(world, VECTOR))
    sandbox.fault("edo", "sender_signature_invalid")
    assert follow(exchange=send_to(world, VECTOR)) == State.FAILED


def send_a_large_supplement(world: OperatorWorld) -> None:
    """More than one part on the shelf, and a document type with metadata of its own."""
    get_gateway(world.box).upload_to_shelf(b"%PDF" + b"0" * (4 * MEGABYTE))
    supplement = DocumentToSign(
        sha256=DOCUMENT.sha256,
        number="1",
        kind="supplement",
        file_name="1.pdf",
        contract_number="850770100110",
        contract_date=date(2026, 11, 1),
    )
    exchange = send_to(world, VECTOR, document=supplement)
    message = world.sandbox.get(
        "/edo/V6/GetMessage", boxId=world.box.operator_box_id, messageId=exchange.message_id
    ).json()
    assert message["Entities"][0]["AttachmentType"] == "SupplementaryAgreement"


def test_every_body_of_a_recorded_exchange_parses_strictly(
    world: OperatorWorld, proxy: RecordingProxy
) -> None:
    world.channel().find_recipient_options()
    sign_with_power_of_attorney(world, proxy)
    wait_for_consent(world, proxy)
    revoke_documents(world, proxy)
    meet_trouble(world)
    send_a_large_supplement(world)
    problems = [problem for call in proxy.calls for problem in find_call_problems(call)]
    assert problems == []
    called = {call.path for call in proxy.calls}
    # No document of this test is a real PDF, so there is no print form.
    cloud_signature = {"/V2/DssSign", "/DssSignResult"}
    assert MESSAGES.keys() - called == {"/GeneratePrintForm", *cloud_signature}
    assert len(proxy.calls) > 100
