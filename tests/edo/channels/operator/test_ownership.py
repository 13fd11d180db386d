"""Whose the client's certificate is, and by what power of attorney they have signed."""

from dataclasses import replace
from typing import Any

import pytest

from econtract.platform.common.refusals import Refusal
from edo.channels.evidence import SigningSide
from edo.channels.operator import verdicts
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.following import _store_powers, follow
from edo.channels.operator.ownership import check_ownership
from edo.channels.operator.values import PowerFile
from edo.models import Exchange, RecipientPower
from edo.powers import mchd
from edo.signing.certificates import CertificateDetails, read_certificate
from edo.signing.report import SignatureReport
from tests.edo.powers.test_mchd_chain import CLIENT, FIRST, HEAD, MANAGER, signer
from tests.support.sandbox import PETROV, ROMASHKA
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import NOW, Signer, authority

pytestmark = pytest.mark.django_db


def check(exchange: Exchange, by: Signer) -> tuple[list[str], list[str]]:
    """The codes of problems and doubts."""
    report = SignatureReport(certificate=read_certificate(by.certificate), signed_at=NOW)
    problems, doubts = check_ownership(exchange, report, authority().trust)
    return [item.code for item in problems], [item.code for item in doubts]


def test_a_certificate_of_the_organisation_or_of_the_proprietor_is_enough(
    world: OperatorWorld,
) -> None:
    assert check(world.open(ROMASHKA), signer(HEAD, ROMASHKA)) == ([], [])
    assert check(world.open(PETROV, ""), authority().signer(inn=PETROV, organisation_inn="")) == (
        [],
        [],
    )
    assert check_ownership(world.open(), SignatureReport(), authority().trust) == ((), ())


def test_a_certificate_of_another_organisation_is_refuted(world: OperatorWorld) -> None:
    assert check(world.open(ROMASHKA), signer(HEAD, "7701001206")) == (["foreign_certificate"], [])


def test_a_personal_certificate_without_a_power_of_attorney_is_a_doubt(
    world: OperatorWorld,
) -> None:
    """Since September 2024 an employee's certificate names no company."""
    assert check(world.open(ROMASHKA), signer(MANAGER)) == ([], ["recipient_power_missing"])


def test_the_clients_power_of_attorney_is_fetched_stored_and_checked(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CLIENT.inn == ROMASHKA
    xml = mchd.build(FIRST)
    file = PowerFile(str(FIRST.registration_number), xml, signer(HEAD, CLIENT.inn).sign(xml))
    files: list[PowerFile] = []
    monkeypatch.setattr(DiadocGateway, "fetch_recipient_power", lambda *_: files)
    exchange, gateway = world.open(ROMASHKA), DiadocGateway()
    _store_powers(exchange, gateway, "power")
    assert check(exchange, signer(MANAGER)) == ([], ["recipient_power_missing"])
    files.append(file)
    for _ in range(2):
        _store_powers(exchange, gateway, "power")
    row: Any = RecipientPower.objects.get()
    assert row.registration_number == file.registration_number
    assert check(exchange, signer(MANAGER)) == ([], [])
    assert check(exchange, authority().signer(organisation_inn="", inn="123456789012"))[0] == [
        "power_foreign_representative"
    ]


def test_the_card_shows_the_clients_power_of_attorney_to_who_must_judge_it(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = world.send(ROMASHKA)
    world.sign_as_client(exchange)
    xml = mchd.build(FIRST)
    signature = signer(HEAD, CLIENT.inn).sign(xml)
    RecipientPower.objects.create(
        exchange=exchange, position=0, registration_number="1", xml=xml, signature=signature
    )
    assert follow(exchange=exchange) == Exchange.State.SIGNED
    channel = world.channel(exchange=exchange)
    labels = [detail.label for detail in channel.summarize().signatures[1].details]
    assert "МЧД клиента" not in labels
    power = channel.collect_evidence().powers_of_attorney[1]
    assert (power.side, power.principal) == (SigningSide.RECIPIENT, CLIENT.name)
    monkeypatch.setattr(CertificateDetails, "belongs_to", lambda *_: False)
    details = {detail.label: detail.value for detail in channel.summarize().signatures[1].details}
    assert details["Полномочия"] == "Договоры; Платежи"
    assert details["Доверитель и представитель"] == "ООО «Ромашка» – Сидоров Олег"


def test_a_power_of_attorney_that_comes_late_settles_the_signature(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator may list the client's МЧД after their signature."""
    exchange = world.send(ROMASHKA)
    world.sign_as_client(exchange)
    missing = Refusal("recipient_power_missing", "МЧД не приложена.")

    def check_late(exchange: Exchange, *_: Any) -> tuple[tuple[Refusal, ...], tuple[Refusal, ...]]:
        return (), () if exchange.recipient_powers.exists() else (missing,)

    monkeypatch.setattr(verdicts, "check_ownership", check_late)
    assert follow(exchange=exchange) == Exchange.State.UNVERIFIED
    get_status = DiadocGateway.get_status
    monkeypatch.setattr(
        DiadocGateway,
        "get_status",
        lambda *args: replace(get_status(*args), recipient_power_id="power"),
    )
    files = [PowerFile("1", b"<a/>", b"s")]
    monkeypatch.setattr(DiadocGateway, "fetch_recipient_power", lambda *_: files)
    assert follow(exchange=exchange) == Exchange.State.SIGNED
    assert RecipientPower.objects.count() == 1
