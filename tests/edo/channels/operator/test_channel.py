"""The operator as a signing channel: from opening to evidence, and the summary of the card."""

import subprocess
import uuid
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine
from django.utils import timezone

from econtract.platform.common import clock
from edo.channels.evidence import SigningSide
from edo.channels.operator.channel import OperatorChannel
from edo.channels.operator.registry import get_gateway
from edo.channels.operator.sending import send
from edo.channels.operator.values import SentDocument
from edo.channels.protocol import AlreadySigned, SessionState, SigningChannel
from edo.channels.summaries import SignatureStatus
from edo.models import Exchange
from tests.support.sandbox import LOTOS, ROMASHKA
from tests.support.signing.openssl import openssl_environment
from tests.support.signing.operator_world import DOCUMENT, OperatorWorld, document_for
from tests.support.signing.pki import PDF

pytestmark = pytest.mark.django_db


def openssl_accepts(folder: Path, signature: bytes, roots: Path) -> bool:
    (folder / "sig").write_bytes(signature)
    (folder / "pdf").write_bytes(PDF)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "sig"]
    command += ["-content", "pdf", "-CAfile", str(roots), "-purpose", "any", "-out", "out"]
    env = openssl_environment()
    return subprocess.run(command, cwd=folder, env=env, capture_output=True).returncode == 0


def exchange_of(channel: SigningChannel) -> Exchange:
    assert channel.session is not None
    return Exchange.objects.get(pk=channel.session.id)


def test_a_document_goes_from_opening_to_evidence(world: OperatorWorld, tmp_path: Path) -> None:
    channel: SigningChannel = world.channel()
    session = channel.open(DOCUMENT, operation_id=uuid.uuid4())
    assert (session.state, session.is_sent, session.is_live) == (SessionState.SENDING, False, True)
    channel.send(PDF)
    assert channel.session is not None
    assert channel.session.is_sent
    assert channel.follow().state == SessionState.DELIVERED
    with pytest.raises(ValueError, match="signed exchange"):
        channel.collect_evidence()
    world.sign_as_client(exchange_of(channel))
    session = channel.follow()
    assert (session.state, session.is_live) == (SessionState.SIGNED, False)

    evidence = channel.collect_evidence()
    assert evidence.document_sha256 == DOCUMENT.sha256
    assert [signature.side for signature in evidence.signatures] == list(SigningSide)
    sender, recipient = evidence.signatures
    assert recipient.inn == ROMASHKA
    assert recipient.power_of_attorney is None
    [power] = evidence.powers_of_attorney
    assert sender.power_of_attorney == power.number
    assert power.file_name.startswith("ON_EMCHD_")
    assert (evidence.sender.inn, evidence.operator) == (world.box.inn, "Контур.Диадок")
    for signature in evidence.signatures:
        assert openssl_accepts(tmp_path, signature.content, world.sandbox.trust_roots)
    with pytest.raises(AlreadySigned):
        channel.revoke()


def test_a_refused_document_has_no_evidence(world: OperatorWorld) -> None:
    exchange = world.send()
    channel = world.channel(exchange=exchange)
    world.refuse_as_client(exchange, "Дорого")
    session = channel.follow()
    assert (session.state, session.reason) == (SessionState.REFUSED, "Дорого")
    with pytest.raises(ValueError, match="signed exchange"):
        channel.collect_evidence()


def test_a_failed_document_has_a_code_and_a_reason(world: OperatorWorld) -> None:
    world.sandbox.fault("edo", "sender_signature_invalid")
    session = world.channel(exchange=world.send()).follow()
    assert session.state == SessionState.FAILED
    assert session.failure_code == "sender_signature_invalid"
    assert "не принял нашу подпись" in session.reason


def test_without_a_session_there_is_nothing_to_revoke_or_send(world: OperatorWorld) -> None:
    channel = world.channel()
    channel.revoke()
    with pytest.raises(ValueError, match="Open a session"):
        channel.send(PDF)


def test_a_session_is_for_one_document_sender_and_client(world: OperatorWorld) -> None:
    exchange = world.open()
    assert world.channel(exchange=exchange).is_session_for(DOCUMENT)
    assert not world.channel(exchange=exchange).is_session_for(document_for(b"other"))
    assert not world.channel(LOTOS, exchange=exchange).is_session_for(DOCUMENT)
    assert not world.channel().is_session_for(DOCUMENT)
    other = world.add_signatory("signer-petrov")
    channel = OperatorChannel(
        box=world.box,
        signatory=other,
        recipient=world.channel().recipient,
        exchange=exchange,
    )
    assert not channel.is_session_for(DOCUMENT)


# --- The card ----------------------------------------------------------------------------------


def statuses(channel: SigningChannel) -> list[SignatureStatus]:
    return [signature.status for signature in channel.summarize().signatures]


def test_the_summary_without_a_session_names_the_sender(world: OperatorWorld) -> None:
    summary = world.channel().summarize()
    labels = [detail.label for detail in summary.details]
    assert labels == ["ЛК ЭДО", "Подписант", "Сертификат"]
    assert summary.signatures == ()


def test_the_summary_follows_the_signatures(world: OperatorWorld) -> None:
    exchange = world.open()
    channel = world.channel(exchange=exchange)
    assert statuses(channel) == [SignatureStatus.PENDING, SignatureStatus.PENDING]
    channel.send(PDF)
    assert statuses(channel) == [SignatureStatus.VALID, SignatureStatus.PENDING]
    world.sign_as_client(exchange)
    channel.follow()
    summary = channel.summarize()
    assert statuses(channel) == [SignatureStatus.VALID, SignatureStatus.VALID]
    assert [detail.label for detail in summary.details][-2:] == ["Ящик клиента", "У оператора ЭДО"]
    details = {detail.label: detail.value for detail in summary.signatures[1].details}
    assert details["ИНН"] == ROMASHKA
    assert set(details) >= {"Подписал", "Сертификат", "Действует", "Время"}


def test_a_revoked_document_will_have_no_signature_of_the_client(world: OperatorWorld) -> None:
    channel = world.channel(exchange=world.send())
    channel.revoke()
    assert statuses(channel) == [SignatureStatus.VALID, SignatureStatus.ABSENT]


def test_without_trusted_roots_a_signature_is_unchecked_and_not_cached(
    world: OperatorWorld, settings: Any
) -> None:
    channel = world.channel(exchange=world.send())
    roots, settings.EDO_TRUST_ROOTS = settings.EDO_TRUST_ROOTS, "/absent/roots.pem"
    [sender, _] = channel.summarize().signatures
    assert sender.status == SignatureStatus.UNCHECKED
    assert "корневые сертификаты не читаются" in sender.problems[0].text
    settings.EDO_TRUST_ROOTS = roots
    assert statuses(channel)[0] == SignatureStatus.VALID


def test_everybody_reads_the_signing_time_in_their_own_zone(world: OperatorWorld) -> None:
    """The verified signature is cached, what it says is not."""
    channel = world.channel(exchange=world.send())

    def time_in(zone: str) -> str:
        with timezone.override(zone):
            details = channel.summarize().signatures[0].details
            return next(detail.value for detail in details if detail.label == "Время")

    assert time_in("Europe/Moscow").endswith(" МСК")
    assert time_in("Asia/Yekaterinburg").endswith(" МСК+2")


def test_an_expired_certificate_is_marked(world: OperatorWorld) -> None:
    until = world.signatory.certificate_until
    assert not world.channel().summarize().details[2].value.endswith("истек")
    with time_machine.travel(until + timedelta(days=1)):
        assert clock.now() > until
        assert world.channel().summarize().details[2].value.endswith(" – истек")


# --- Files of the operator ---------------------------------------------------------------------


def real_pdf() -> bytes:
    buffer, pdf = BytesIO(), pikepdf.new()
    pdf.add_blank_page()
    pdf.save(buffer)
    return buffer.getvalue()


def test_the_operator_has_files_of_its_own_for_a_signed_document(world: OperatorWorld) -> None:
    pdf = real_pdf()
    exchange = world.open(document=document_for(pdf))
    send(exchange=exchange, pdf=pdf)
    world.sign_as_client(exchange)
    gateway, box_id = get_gateway(world.box), world.box.operator_box_id
    sent = SentDocument(exchange.message_id, exchange.document_id)
    assert gateway.fetch_package(box_id, sent).startswith(b"PK")
    assert gateway.fetch_print_form(box_id, sent).startswith(b"%PDF-")
    protocol, signature = gateway.fetch_protocol(box_id, sent)
    assert protocol.startswith(b"%PDF-")
    assert signature
