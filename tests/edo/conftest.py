"""The exchange room with a running sandbox at the other end."""

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from econtract.platform.common import clock, http
from edo.channels.operator import diadoc, exchanges
from edo.models import Box, Exchange, Signatory
from edo.powers.mchd import MchdCompany, MchdPower
from edo.powers.registration import issue_power_of_attorney
from edo.signatories import import_signatories
from tests.support.pki import PDF
from tests.support.sandbox import ROMASHKA, Sandbox
from tests.support.world import connect

OURS = MchdCompany("ПАО «Ростелеком»", "7707049388", "784001001", "1027700198767")
POWER = MchdPower("ECONTRACT_SIGN_DOCUMENTS", "Подписание договоров с клиентами")


@dataclass
class World:
    """Our box with a signatory who may sign, and the sandbox as the operator."""

    sandbox: Sandbox
    box: Box
    signatory: Signatory

    def open(self, inn: str = ROMASHKA, kpp: str = "770101001", **more: Any) -> Exchange:
        values = {
            "box": self.box,
            "signatory": self.signatory,
            "recipient_inn": inn,
            "recipient_kpp": kpp,
            "document_sha256": hashlib.sha256(PDF).hexdigest(),
            "document_number": "850770100110",
            "document_kind": "contract",
            "file_name": "850770100110.pdf",
            "operation_id": uuid.uuid4(),
        }
        return exchanges.open_exchange(**{**values, **more})

    def sent(self, inn: str = ROMASHKA, kpp: str = "770101001") -> Exchange:
        exchange = self.open(inn, kpp)
        exchanges.send(exchange=exchange, pdf=PDF)
        return exchange

    def client_signs(self, exchange: Exchange, how: str = "valid") -> None:
        self._let_it_be_delivered()
        self.sandbox.edo_sign(exchange.message_id, how)

    def client_refuses(self, exchange: Exchange, reason: str) -> None:
        self._let_it_be_delivered()
        self.sandbox.edo_refuse(exchange.message_id, reason)

    def _let_it_be_delivered(self) -> None:
        """The operator's world moves when the operator is asked something."""
        self.sandbox.get("/edo/V8/GetNewEvents", boxId=self.box.operator_box_id)

    def journal(self, exchange: Exchange, action: str = "") -> list[str]:
        """What the operator really did with the exchange's document."""
        entries = self.sandbox.journal("edo", reference=str(exchange.pk))
        return [entry["action"] for entry in entries if action in ("", entry["action"])]

    def signatory_of(self, key_ref: str) -> Signatory:
        """Another signatory of the same box, with a power of attorney of his own."""
        signatory = Signatory.objects.get(key_ref=key_ref)
        signatory.boxes.add(self.box)
        make_power(signatory)
        return signatory


def make_power(signatory: Signatory) -> None:
    today = clock.now().date()
    issue_power_of_attorney(
        signatory=signatory,
        principal=OURS,
        head_key_ref="head",
        valid_from=today - timedelta(days=30),
        valid_until=today + timedelta(days=300),
        powers=(POWER,),
    )


@pytest.fixture
def outside(settings: Any, sandbox: Sandbox) -> Iterator[Sandbox]:
    """Every outside system is the sandbox, its test authority is trusted."""
    connect(settings, sandbox)
    settings.SIGNING_PROVIDER = "http"
    yield sandbox
    for client in http._clients.values():
        client.close()
    http._clients.clear()
    diadoc._organisations.clear()


@pytest.fixture
def world(db: None, outside: Sandbox) -> World:
    answer = outside.get("/edo/GetMyOrganizations").json()
    head_office = answer["Organizations"][0]
    box = Box.objects.create(
        name="Центр",
        operator_box_id=head_office["Boxes"][0]["BoxId"],
        inn=head_office["Inn"],
        kpp=head_office["Kpp"],
    )
    import_signatories()
    signatory = Signatory.objects.get(key_ref="signer-ivanova")
    signatory.boxes.add(box)
    make_power(signatory)
    return World(outside, box, signatory)
