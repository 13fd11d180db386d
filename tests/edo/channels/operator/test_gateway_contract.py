"""What every gateway promises, checked with the simulator and an operator's test environment.

EDO_CONTRACT_URL names the test environment; docs/signing.md lists the other variables. No test
can act as the client, so none waits for a client's answer.
"""

import io
import os
import time
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator.diadoc import SHELF_PART_BYTES, DiadocGateway
from edo.channels.operator.gateway import (
    OperatorGateway,
    OperatorRefusalCode,
    OutgoingDocument,
    RecipientBox,
    SenderSignatureStatus,
    SentDocument,
)
from edo.signing.providers.registry import get_signing_service
from tests.support.sandbox import ROMASHKA
from tests.support.signing.operator_world import OperatorWorld
from tests.support.world import pdf_file

RETRY_SECONDS = 60
LIVE = "EDO_CONTRACT_URL"
NOBODY = "7701999905"
pytestmark = pytest.mark.django_db


@dataclass
class OurSide:
    """Our box at one operator, a client to send to, a key and its power of attorney."""

    gateway: OperatorGateway
    box_id: str
    client: tuple[str, str]
    sign: Callable[[bytes], bytes]
    power: tuple[bytes, bytes]

    def recipient(self) -> RecipientBox:
        box = self.gateway.find_recipient(*self.client)
        assert box is not None
        return box

    def upload(self, content: bytes) -> OutgoingDocument:
        number = uuid.uuid4()
        self.gateway.upload_to_shelf(f"{number.hex}.pdf", content)
        return OutgoingDocument(
            from_box_id=self.box_id,
            to_box_id=self.recipient().box_id,
            custom_id=number,
            shelf_name=f"{number.hex}.pdf",
            signature=self.sign(content),
            power_of_attorney=self.power[0],
            power_of_attorney_signature=self.power[1],
            file_name="850770100110.pdf",
            number="850770100110",
            dated=clock.now().date(),
            kind="contract",
        )

    def send(self) -> tuple[OutgoingDocument, SentDocument]:
        document = self.upload(pdf_file())
        return document, retry_unavailable(lambda: self.gateway.send(document, document.custom_id))


def retry_unavailable(call: Callable[[], Any]) -> Any:
    """Repeat ``call`` while the operator is still processing it."""
    end = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return call()
        except Unavailable:
            if time.monotonic() > end:
                raise
            time.sleep(1)


@pytest.fixture(params=["simulator", *(["live"] if LIVE in os.environ else [])])
def side(request: pytest.FixtureRequest) -> OurSide:
    return request.getfixturevalue(request.param)


@pytest.fixture
def simulator(world: OperatorWorld) -> OurSide:
    power = world.signatory.powers.get()
    return OurSide(
        gateway=DiadocGateway(),
        box_id=world.box.operator_box_id,
        client=(ROMASHKA, "770101001"),
        sign=lambda content: get_signing_service().sign(
            world.signatory.key_ref, content, uuid.uuid4()
        ),
        power=(bytes(power.xml), bytes(power.signature)),
    )


@pytest.fixture
def live(settings: Any) -> OurSide:
    settings.OUTSIDE = settings.OUTSIDE | {
        "edo": {"url": os.environ[LIVE], "token": os.environ["EDO_CONTRACT_TOKEN"]}
    }
    settings.SIGNING_PROVIDER = "local"
    settings.SIGNING_KEYS_DIR = Path(os.environ["EDO_CONTRACT_KEYS"])
    power = Path(os.environ["EDO_CONTRACT_POWER"])
    inn, _, kpp = os.environ["EDO_CONTRACT_CLIENT"].partition("/")
    key = os.environ["EDO_CONTRACT_KEY"]
    return OurSide(
        gateway=DiadocGateway(),
        box_id=os.environ["EDO_CONTRACT_BOX"],
        client=(inn, kpp),
        sign=lambda content: get_signing_service().sign(key, content, uuid.uuid4()),
        power=(power.read_bytes(), power.with_suffix(".sig").read_bytes()),
    )


def test_a_client_is_found_by_their_inn(side: OurSide) -> None:
    assert side.recipient().box_id
    assert side.gateway.find_recipient(NOBODY, "") is None


def test_a_partnership_is_made_once(side: OurSide) -> None:
    side.gateway.ensure_partnership(side.box_id, side.recipient())
    side.gateway.ensure_partnership(side.box_id, side.recipient())
    assert side.gateway.accepts_documents(side.box_id, side.recipient())


def test_one_operation_creates_one_document(side: OurSide) -> None:
    document, sent = side.send()
    assert retry_unavailable(lambda: side.gateway.send(document, document.custom_id)) == sent


def test_a_sent_document_is_stored_byte_for_byte(side: OurSide) -> None:
    large = pdf_file() + b"\n%" + b"x" * SHELF_PART_BYTES  # more than one part of the shelf
    document = side.upload(large)
    sent = retry_unavailable(lambda: side.gateway.send(document, document.custom_id))
    assert side.gateway.fetch_content(side.box_id, sent.message_id, sent.document_id) == large


def test_the_operator_checks_our_signature_and_power(side: OurSide) -> None:
    _, sent = side.send()
    end = time.monotonic() + RETRY_SECONDS
    status = side.gateway.get_status(side.box_id, sent)
    while status.sender_signature == SenderSignatureStatus.PENDING:
        assert time.monotonic() < end
        time.sleep(1)
        status = side.gateway.get_status(side.box_id, sent)
    assert status.sender_signature == SenderSignatureStatus.VALID
    assert status.is_power_attached
    assert status.is_power_valid
    assert not status.is_revoked


def test_events_have_our_id_and_the_cursor_moves_past_them(side: OurSide) -> None:
    document, sent = side.send()
    seen, cursor, fresh = [], "", True
    while fresh:
        events, after = side.gateway.fetch_events(side.box_id, cursor, 100)
        seen += [(event.message_id, event.custom_id) for event in events]
        fresh, cursor = after != cursor, after
    assert (sent.message_id, str(document.custom_id)) in seen
    assert list(side.gateway.fetch_events(side.box_id, cursor, 100)[0]) == []


def test_a_document_is_revoked_once(side: OurSide) -> None:
    _, sent = side.send()
    request = side.gateway.build_revocation_request(side.box_id, sent, "Ошибка в реквизитах")

    def revoke() -> None:
        side.gateway.revoke(
            side.box_id,
            sent,
            request=request,
            signature=side.sign(request),
            operation_id=uuid.uuid4(),
        )

    retry_unavailable(revoke)
    assert side.gateway.get_status(side.box_id, sent).is_revoked
    with pytest.raises(Refused) as refused:
        retry_unavailable(revoke)
    assert refused.value.code == OperatorRefusalCode.ALREADY_REVOKED


def test_the_operators_own_files_can_be_fetched(side: OurSide) -> None:
    _, sent = side.send()
    package = retry_unavailable(lambda: side.gateway.fetch_package(side.box_id, sent))
    assert zipfile.ZipFile(io.BytesIO(package)).testzip() is None
    print_form = retry_unavailable(lambda: side.gateway.fetch_print_form(side.box_id, sent))
    assert print_form[:5] == b"%PDF-"
    protocol, signature = retry_unavailable(lambda: side.gateway.fetch_protocol(side.box_id, sent))
    assert protocol[:5] == b"%PDF-"
    assert signature


def test_an_unknown_box_is_refused(side: OurSide) -> None:
    with pytest.raises(Refused):
        side.gateway.fetch_events(str(uuid.uuid4()), "", 10)
