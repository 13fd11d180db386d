"""What every operator must keep to, asked of the simulator and of the operator's test environment.

The test environment takes part when EDO_CONTRACT_URL names it; docs/signing.md says what else it
needs. Nothing here can play the client, so nothing here waits for his answer.
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
from edo.channels.operator.diadoc import SHELF_PART, Diadoc
from edo.channels.operator.gateway import (
    Operator,
    OperatorRefusal,
    OutgoingDocument,
    Recipient,
    SenderVerdict,
    SentDocument,
)
from edo.signing.service import get_signing_service
from tests.edo.conftest import World
from tests.support.sandbox import ROMASHKA
from tests.support.world import pdf_file

PATIENCE_SECONDS = 60
LIVE = "EDO_CONTRACT_URL"
NOBODY = "7701999905"
pytestmark = pytest.mark.django_db


@dataclass
class Side:
    """Our side of one operator: a box, a client to write to, a key and its power of attorney."""

    operator: Operator
    box_id: str
    client: tuple[str, str]
    sign: Callable[[bytes], bytes]
    power: tuple[bytes, bytes]

    def recipient(self) -> Recipient:
        found = self.operator.find_recipient(*self.client)
        assert found is not None
        return found

    def document(self, content: bytes) -> OutgoingDocument:
        number = uuid.uuid4()
        self.operator.put_on_shelf(f"{number.hex}.pdf", content)
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

    def sent(self) -> tuple[OutgoingDocument, SentDocument]:
        document = self.document(pdf_file())
        return document, patiently(lambda: self.operator.send(document, document.custom_id))


def patiently(call: Callable[[], Any]) -> Any:
    """An operator may ask to be asked again."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call()
        except Unavailable:
            if time.monotonic() > end:
                raise
            time.sleep(1)


@pytest.fixture(params=["simulator", *(["live"] if LIVE in os.environ else [])])
def side(request: pytest.FixtureRequest) -> Side:
    return request.getfixturevalue(request.param)


@pytest.fixture
def simulator(world: World) -> Side:
    power = world.signatory.powers.get()
    return Side(
        operator=Diadoc(),
        box_id=world.box.operator_box_id,
        client=(ROMASHKA, "770101001"),
        sign=lambda content: get_signing_service().sign(
            world.signatory.key_ref, content, uuid.uuid4()
        ),
        power=(bytes(power.xml), bytes(power.signature)),
    )


@pytest.fixture
def live(settings: Any) -> Side:
    settings.OUTSIDE = settings.OUTSIDE | {
        "edo": {"url": os.environ[LIVE], "token": os.environ["EDO_CONTRACT_TOKEN"]}
    }
    settings.SIGNING_PROVIDER = "local"
    settings.SIGNING_KEYS_DIR = Path(os.environ["EDO_CONTRACT_KEYS"])
    power = Path(os.environ["EDO_CONTRACT_POWER"])
    inn, _, kpp = os.environ["EDO_CONTRACT_CLIENT"].partition("/")
    key = os.environ["EDO_CONTRACT_KEY"]
    return Side(
        operator=Diadoc(),
        box_id=os.environ["EDO_CONTRACT_BOX"],
        client=(inn, kpp),
        sign=lambda content: get_signing_service().sign(key, content, uuid.uuid4()),
        power=(power.read_bytes(), power.with_suffix(".sig").read_bytes()),
    )


def test_a_client_is_found_by_his_number_and_nobody_by_another(side: Side) -> None:
    assert side.recipient().box_id
    assert side.operator.find_recipient(NOBODY, "") is None


def test_partners_are_made_once(side: Side) -> None:
    side.operator.become_partners(side.box_id, side.recipient())
    side.operator.become_partners(side.box_id, side.recipient())
    assert side.operator.accepts(side.box_id, side.recipient())


def test_one_operation_makes_one_document(side: Side) -> None:
    document, sent = side.sent()
    assert patiently(lambda: side.operator.send(document, document.custom_id)) == sent


def test_what_was_sent_is_there_byte_for_byte(side: Side) -> None:
    large = pdf_file() + b"\n%" + b"x" * SHELF_PART  # more than one part of the shelf
    document = side.document(large)
    sent = patiently(lambda: side.operator.send(document, document.custom_id))
    assert side.operator.content(side.box_id, sent.message_id, sent.document_id) == large


def test_the_operator_judges_our_signature_and_power(side: Side) -> None:
    _, sent = side.sent()
    end = time.monotonic() + PATIENCE_SECONDS
    while (truth := side.operator.truth(side.box_id, sent)).sender_verdict == SenderVerdict.PENDING:
        assert time.monotonic() < end
        time.sleep(1)
    assert truth.sender_verdict == SenderVerdict.VALID
    assert (truth.power_attached, truth.power_valid, truth.revoked) == (True, True, False)


def test_events_name_our_document_and_the_cursor_leads_past_them(side: Side) -> None:
    document, sent = side.sent()
    seen, cursor, fresh = [], "", True
    while fresh:
        events, after = side.operator.events(side.box_id, cursor, 100)
        seen += [(event.message_id, event.custom_id) for event in events]
        fresh, cursor = after != cursor, after
    assert (sent.message_id, str(document.custom_id)) in seen
    assert list(side.operator.events(side.box_id, cursor, 100)[0]) == []


def test_a_document_is_taken_back_once(side: Side) -> None:
    _, sent = side.sent()
    request = side.operator.revocation_request(side.box_id, sent, "Ошибка в реквизитах")

    def revoke() -> None:
        side.operator.revoke(
            side.box_id,
            sent,
            request=request,
            signature=side.sign(request),
            operation_id=uuid.uuid4(),
        )

    patiently(revoke)
    assert side.operator.truth(side.box_id, sent).revoked
    with pytest.raises(Refused) as refused:
        patiently(revoke)
    assert refused.value.code == OperatorRefusal.ALREADY_REVOKED


def test_the_operators_own_papers_can_be_fetched(side: Side) -> None:
    _, sent = side.sent()
    package = patiently(lambda: side.operator.package(side.box_id, sent))
    assert zipfile.ZipFile(io.BytesIO(package)).testzip() is None
    assert patiently(lambda: side.operator.print_form(side.box_id, sent))[:5] == b"%PDF-"
    protocol, signature = patiently(lambda: side.operator.protocol(side.box_id, sent))
    assert protocol[:5] == b"%PDF-"
    assert signature


def test_a_box_that_is_not_there_is_named(side: Side) -> None:
    with pytest.raises(Refused):
        side.operator.events(str(uuid.uuid4()), "", 10)
