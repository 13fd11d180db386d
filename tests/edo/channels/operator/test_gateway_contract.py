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
from econtract.platform.common.errors import Unavailable
from edo.channels.operator.diadoc.client import SHELF_PART_BYTES, DiadocGateway
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.values import (
    DocumentRevocation,
    OutgoingDocument,
    OutgoingPower,
    PartnershipStatus,
    PowerStatus,
    RecipientBox,
    RevocationSigner,
    SenderSignatureStatus,
    SentDocument,
)
from edo.powers import mchd
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
    power: OutgoingPower

    def recipient(self) -> RecipientBox:
        inn, kpp = self.client
        boxes = self.gateway.find_recipients(self.box_id, inn)
        return next(box for box in boxes if not kpp or box.kpp == kpp)

    def upload(self, content: bytes) -> OutgoingDocument:
        number = uuid.uuid4()
        return OutgoingDocument(
            from_box_id=self.box_id,
            to_box_id=self.recipient().box_id,
            custom_id=number,
            shelf_name=self.gateway.upload_to_shelf(content),
            signature=self.sign(content),
            power=self.power,
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
        power=OutgoingPower(
            bytes(power.xml),
            bytes(power.signature),
            power.registration_number,
            power.principal_inn,
            world.signatory.inn,
        ),
    )


@pytest.fixture
def live(settings: Any) -> OurSide:
    settings.OUTSIDE = settings.OUTSIDE | {
        "edo": {"url": os.environ[LIVE], "token": os.environ["EDO_CONTRACT_TOKEN"]}
    }
    settings.SIGNING_PROVIDER = "local"
    settings.SIGNING_KEYS_DIR = Path(os.environ["EDO_CONTRACT_KEYS"])
    inn, _, kpp = os.environ["EDO_CONTRACT_CLIENT"].partition("/")
    key = os.environ["EDO_CONTRACT_KEY"]
    return OurSide(
        gateway=DiadocGateway(),
        box_id=os.environ["EDO_CONTRACT_BOX"],
        client=(inn, kpp),
        sign=lambda content: get_signing_service().sign(key, content, uuid.uuid4()),
        power=_read_power(Path(os.environ["EDO_CONTRACT_POWER"])),
    )


def _read_power(path: Path) -> OutgoingPower:
    xml = path.read_bytes()
    data = mchd.parse(xml)
    return OutgoingPower(
        xml,
        path.with_suffix(".sig").read_bytes(),
        data.registration_number,
        data.principal.inn,
        data.representative.inn,
    )


def test_a_client_is_found_by_their_inn(side: OurSide) -> None:
    assert side.recipient().box_id
    assert side.gateway.find_recipients(side.box_id, NOBODY) == []


def test_an_invitation_is_sent_once(side: OurSide) -> None:
    box_id = side.recipient().box_id
    side.gateway.invite(side.box_id, box_id, "Приглашаем обмениваться документами")
    side.gateway.invite(side.box_id, box_id, "Приглашаем обмениваться документами")
    partnership = side.gateway.get_partnership(side.box_id, box_id)
    assert partnership.status in {PartnershipStatus.INVITED, PartnershipStatus.PARTNERS}


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
    assert status.power not in {PowerStatus.NOT_ATTACHED, PowerStatus.INVALID}
    assert status.revocation == DocumentRevocation.NONE


def test_events_have_our_id_and_the_cursor_moves_past_them(side: OurSide) -> None:
    document, sent = side.send()
    seen, cursor, fresh = set[str](), "", True
    while fresh:
        events, after = side.gateway.fetch_events(side.box_id, cursor, 100)
        seen |= {event.custom_id for event in events if event.message_id == sent.message_id}
        fresh, cursor = after != cursor, after
    assert str(document.custom_id) in seen
    assert list(side.gateway.fetch_events(side.box_id, cursor, 100)[0]) == []


def test_a_document_is_revoked_once(side: OurSide) -> None:
    _, sent = side.send()
    signer = RevocationSigner("Иванова", "Анна", "Петровна", "Менеджер", side.power.principal_inn)
    request = side.gateway.build_revocation_request(
        side.box_id, sent, "Ошибка в реквизитах", signer
    ).content
    retry_unavailable(
        lambda: side.gateway.revoke(
            side.box_id,
            sent,
            request=request,
            signature=side.sign(request),
            operation_id=uuid.uuid4(),
        )
    )
    status = side.gateway.get_status(side.box_id, sent)
    assert status.revocation in {DocumentRevocation.REVOKED, DocumentRevocation.REQUESTED_BY_US}


def test_the_operators_own_files_can_be_fetched(side: OurSide) -> None:
    _, sent = side.send()
    package = retry_unavailable(lambda: side.gateway.fetch_package(side.box_id, sent))
    assert zipfile.ZipFile(io.BytesIO(package)).testzip() is None
    print_form = retry_unavailable(lambda: side.gateway.fetch_print_form(side.box_id, sent))
    assert print_form[:5] == b"%PDF-"
    protocol, signature = retry_unavailable(lambda: side.gateway.fetch_protocol(side.box_id, sent))
    assert protocol[:5] == b"%PDF-"
    assert signature


def test_an_unknown_box_fails_nothing_for_good(side: OurSide) -> None:
    with pytest.raises(Unavailable):
        side.gateway.fetch_events(str(uuid.uuid4()), "", 10)
