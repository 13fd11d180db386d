"""One of our boxes with a signatory who may sign, and the sandbox as the EDO operator."""

import hashlib
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from econtract.platform.common import clock
from edo.channels.operator import exchanges, sending
from edo.channels.operator.channel import OperatorChannel
from edo.channels.protocol import DocumentToSign, SigningRecipient
from edo.models import Box, Exchange, Signatory
from edo.powers.mchd import MchdCompany, MchdPower
from edo.powers.registration import issue_power_of_attorney
from edo.signatories import import_signatories
from tests.support.sandbox import ROMASHKA, Sandbox
from tests.support.signing.pki import PDF

OURS = MchdCompany("ПАО «Ростелеком»", "7707049388", "784001001", "1027700198767")
POWER = MchdPower("ECONTRACT_SIGN_DOCUMENTS", "Подписание договоров с клиентами")
DOCUMENT = DocumentToSign(
    sha256=hashlib.sha256(PDF).hexdigest(),
    number="850770100110",
    kind="contract",
    file_name="850770100110.pdf",
)
KPP = "770101001"


def document_for(pdf: bytes) -> DocumentToSign:
    """The usual document with other content."""
    return replace(DOCUMENT, sha256=hashlib.sha256(pdf).hexdigest())


@dataclass
class OperatorWorld:
    """Exchanges of ``box`` and ``signatory`` with clients of the sandbox."""

    sandbox: Sandbox
    box: Box
    signatory: Signatory

    def channel(
        self, inn: str = ROMASHKA, kpp: str = KPP, exchange: Exchange | None = None
    ) -> OperatorChannel:
        recipient = SigningRecipient(inn, kpp)
        return OperatorChannel(
            box=self.box, signatory=self.signatory, recipient=recipient, exchange=exchange
        )

    def open(self, inn: str = ROMASHKA, kpp: str = KPP, **changes: Any) -> Exchange:
        """An exchange that has not been sent yet."""
        values = {
            "box": self.box,
            "signatory": self.signatory,
            "recipient": SigningRecipient(inn, kpp),
            "document": DOCUMENT,
            "operation_id": uuid.uuid4(),
        }
        return exchanges.open_exchange(**{**values, **changes})

    def send(self, inn: str = ROMASHKA, kpp: str = KPP) -> Exchange:
        """An exchange that the operator has just received."""
        exchange = self.open(inn, kpp)
        sending.send(exchange=exchange, pdf=PDF)
        return exchange

    def sign_as_client(self, exchange: Exchange, how: str = "valid") -> None:
        self._trigger_delivery()
        self.sandbox.edo_sign(exchange.message_id, how)

    def refuse_as_client(self, exchange: Exchange, reason: str) -> None:
        self._trigger_delivery()
        self.sandbox.edo_refuse(exchange.message_id, reason)

    def _trigger_delivery(self) -> None:
        """The simulated operator delivers when it is asked for anything."""
        self.sandbox.get("/edo/V8/GetNewEvents", boxId=self.box.operator_box_id)

    def journal(self, exchange: Exchange, action: str = "") -> list[str]:
        """What the operator has really done with the document of ``exchange``, in order."""
        entries = self.sandbox.journal("edo", reference=str(exchange.pk))
        return [entry["action"] for entry in entries if action in ("", entry["action"])]

    def add_signatory(self, key_ref: str) -> Signatory:
        """Another signatory of the box, with their own power of attorney."""
        signatory = Signatory.objects.get(key_ref=key_ref)
        signatory.boxes.add(self.box)
        issue_power(signatory)
        return signatory


def create_operator_world(sandbox: Sandbox) -> OperatorWorld:
    """Create the box and the signatory; the sandbox must be connected."""
    body = sandbox.get("/edo/GetMyOrganizations").json()
    head_office = body["Organizations"][0]
    box = Box.objects.create(
        name="Центр",
        operator_box_id=head_office["Boxes"][0]["BoxIdGuid"],
        inn=head_office["Inn"],
        kpp=head_office["Kpp"],
    )
    import_signatories()
    world = OperatorWorld(sandbox, box, Signatory.objects.get(key_ref="signer-ivanova"))
    world.add_signatory("signer-ivanova")
    return world


def issue_power(signatory: Signatory) -> None:
    """A power of attorney that is valid now."""
    today = clock.now().date()
    issue_power_of_attorney(
        signatory=signatory,
        principal=OURS,
        head_key_ref="head",
        valid_from=today - timedelta(days=30),
        valid_until=today + timedelta(days=300),
        powers=(POWER,),
    )
