"""The course of a document, against the simulated operator."""

import hashlib
import subprocess
import uuid
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.channels.operator import exchanges
from edo.channels.operator.exchanges import SendRefusal, SendRefused
from edo.channels.operator.gateway import SentDocument
from edo.channels.operator.registry import operator_for
from edo.models import Exchange
from edo.powers import mchd_checks
from tests.edo.conftest import World
from tests.support import sandbox as known
from tests.support.pki import PDF

State = Exchange.State
pytestmark = pytest.mark.django_db


def openssl_verifies(folder: Path, signature: bytes, roots: Path) -> bool:
    (folder / "sig").write_bytes(signature)
    (folder / "pdf").write_bytes(PDF)
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", "sig"]
    command += ["-content", "pdf", "-CAfile", str(roots), "-purpose", "any", "-out", "out"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def test_the_whole_way_ends_with_two_verifiable_signatures(world: World, tmp_path: Path) -> None:
    exchange = world.sent()
    assert exchange.state == State.SENT
    assert exchanges.follow(exchange=exchange) == State.DELIVERED
    assert exchange.delivered_at is not None
    world.client_signs(exchange)
    assert exchanges.follow(exchange=exchange) == State.SIGNED

    found = exchanges.artefacts(exchange=exchange)
    assert found.sender.is_valid
    assert found.recipient.is_valid
    assert found.recipient.certificate is not None
    assert found.recipient.certificate.organisation_inn == known.ROMASHKA
    assert found.power_of_attorney_file_name.startswith("ON_EMCHD_")
    assert found.sent_at <= found.delivered_at
    for signature in (found.sender_signature, found.recipient_signature):
        assert openssl_verifies(tmp_path, signature, world.sandbox.trust_roots)
    assert world.journal(exchange) == ["sent", "delivered", "signed"]


def test_a_document_may_be_signed_before_we_look(world: World) -> None:
    exchange = world.sent()
    world.client_signs(exchange)
    assert exchanges.follow(exchange=exchange) == State.SIGNED
    assert exchange.delivered_at is not None


def test_a_closed_exchange_is_not_asked_about_again(world: World, settings: Any) -> None:
    exchange = world.sent()
    world.client_signs(exchange)
    exchanges.follow(exchange=exchange)
    settings.OUTSIDE = {"edo": {"url": "", "token": ""}}
    assert exchanges.follow(exchange=exchange) == State.SIGNED


@pytest.mark.parametrize("size", [600_000, 9 * 1024 * 1024])
def test_a_large_document_goes_out_whole(world: World, size: int) -> None:
    pdf = PDF + b"0" * size
    exchange = world.open(document_sha256=hashlib.sha256(pdf).hexdigest())
    exchanges.send(exchange=exchange, pdf=pdf)
    operator = operator_for(world.box)
    there = operator.content(world.box.operator_box_id, exchange.message_id, exchange.document_id)
    assert there == pdf


def test_other_bytes_than_agreed_are_not_sent(world: World) -> None:
    exchange = world.open()
    with pytest.raises(ValueError, match="not the exchange's document"):
        exchanges.send(exchange=exchange, pdf=PDF + b"!")
    assert world.journal(exchange) == []


def test_sending_again_makes_no_second_document(world: World) -> None:
    exchange = world.sent()
    exchanges.send(exchange=exchange, pdf=PDF)
    # A worker that died before it stored the answer:
    Exchange.objects.filter(pk=exchange.pk).update(state=State.SENDING, message_id="")
    exchanges.send(exchange=exchange, pdf=PDF)
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]


def test_the_same_order_opens_the_same_exchange(world: World) -> None:
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
def test_a_fault_while_sending_leaves_one_document_after_the_repeat(
    world: World, settings: Any, system: str, kind: str, more: dict[str, Any]
) -> None:
    settings.OUTSIDE_ANSWER_SECONDS = 1
    exchange = world.open()
    world.sandbox.fault(system, kind, **more)
    with pytest.raises(Unavailable):
        exchanges.send(exchange=exchange, pdf=PDF)
    assert exchange.is_live
    world.sandbox.clear_faults()
    settings.OUTSIDE_ANSWER_SECONDS = 20
    for _ in range(50):
        try:
            exchanges.send(exchange=exchange, pdf=PDF)
            break
        except Unavailable:  # the slow first call still runs at the operator
            world.sandbox.state()
    assert exchange.state == State.SENT
    assert world.journal(exchange, "sent") == ["sent"]
    assert exchanges.follow(exchange=exchange) == State.DELIVERED


def test_a_dropped_answer_is_repeated_at_once(world: World) -> None:
    world.sandbox.fault("edo", "lost_answer", path_contains="PostMessage", drop=True, times=1)
    assert world.journal(world.sent(), "sent") == ["sent"]


def test_the_operator_out_of_reach_changes_nothing_while_following(world: World) -> None:
    exchange = world.sent()
    world.sandbox.fault("edo", "error", path_contains="GetMessage")
    with pytest.raises(Unavailable):
        exchanges.follow(exchange=exchange)
    exchange.refresh_from_db()
    assert exchange.state == State.SENT


def test_our_signature_found_bad_later_fails_the_exchange(world: World) -> None:
    world.sandbox.fault("edo", "sender_signature_invalid")
    exchange = world.sent()
    assert exchanges.follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "sender_signature_invalid"
    assert "не принял нашу подпись" in exchange.reason
    assert "delivered" not in world.journal(exchange)


def test_a_power_of_attorney_lost_on_the_way_takes_the_document_back(world: World) -> None:
    world.sandbox.fault("edo", "power_of_attorney_lost")
    exchange = world.sent()
    assert exchanges.follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "power_of_attorney_invalid"
    assert "МЧД не приложена" in exchange.reason
    assert "revoked" in world.journal(exchange)


# --- Refusals before sending -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inn", "code"),
    [
        (known.NO_BOX, SendRefusal.NO_BOX),
        (known.REFUSES_STRANGERS, SendRefusal.STRANGER_FORBIDDEN),
    ],
)
def test_a_client_who_cannot_be_reached(world: World, inn: str, code: str) -> None:
    exchange = world.open(inn)
    for _ in range(2):
        with pytest.raises(SendRefused) as caught:
            exchanges.send(exchange=exchange, pdf=PDF)
        assert caught.value.code == code
        assert caught.value.message.startswith(("У клиента", "Клиент"))
    assert exchange.state == State.FAILED
    assert world.journal(exchange) == []


def test_a_client_of_partners_only_is_invited_first(world: World) -> None:
    exchange = world.sent(known.PARTNERS_ONLY)
    assert exchange.state == State.SENT
    assert len(world.sandbox.journal("edo", action="invited")) == 1


@pytest.mark.parametrize(
    ("key_ref", "code", "words"),
    [
        ("signer-egorov", SendRefusal.CERTIFICATE_INVALID, "истек"),
        ("signer-volkova", SendRefusal.CERTIFICATE_INVALID, "отозван"),
        ("signer-zaitsev", SendRefusal.KEY_BLOCKED, "заблокирован"),
    ],
)
def test_a_signatory_who_cannot_sign(world: World, key_ref: str, code: str, words: str) -> None:
    exchange = world.open(signatory=world.signatory_of(key_ref))
    with pytest.raises(SendRefused) as caught:
        exchanges.send(exchange=exchange, pdf=PDF)
    assert caught.value.code == code
    assert words in caught.value.message
    assert world.journal(exchange) == []


def test_a_signatory_without_a_power_of_attorney(world: World) -> None:
    world.signatory.powers.all().delete()
    with pytest.raises(SendRefused) as caught:
        world.sent()
    assert caught.value.code == SendRefusal.POWER_OF_ATTORNEY_INVALID


# --- The client --------------------------------------------------------------------------------


def test_a_refusal_brings_the_clients_words(world: World) -> None:
    exchange = world.sent()
    world.client_refuses(exchange, "Не согласны с ценой <10%> & сроком")
    assert exchanges.follow(exchange=exchange) == State.REFUSED
    assert exchange.reason == "Не согласны с ценой <10%> & сроком"


@pytest.mark.parametrize(
    ("how", "words"), [("broken", "Подпись"), ("foreign", "Сертификат принадлежит другому лицу")]
)
def test_a_bad_signature_of_the_client_is_not_a_signature(
    world: World, how: str, words: str
) -> None:
    exchange = world.sent()
    world.client_signs(exchange, how)
    assert exchanges.follow(exchange=exchange) == State.FAILED
    assert exchange.failure == "recipient_signature_invalid"
    assert words in exchange.reason
    with pytest.raises(ValueError, match="signed exchange"):
        exchanges.artefacts(exchange=exchange)


def test_a_sole_proprietor_signs_with_a_personal_certificate(world: World) -> None:
    exchange = world.sent(known.PETROV, "")
    world.client_signs(exchange)
    assert exchanges.follow(exchange=exchange) == State.SIGNED


# --- Taking back -------------------------------------------------------------------------------


def test_a_sent_document_is_taken_back_once(world: World) -> None:
    exchange = world.sent()
    exchanges.revoke(exchange=exchange)
    exchanges.revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    assert world.journal(exchange, "revoked") == ["revoked"]


def test_a_document_never_sent_needs_no_call(world: World, settings: Any) -> None:
    exchange = world.open()
    settings.OUTSIDE = {"edo": {"url": "", "token": ""}}
    exchanges.revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    with pytest.raises(SendRefused) as caught:
        exchanges.send(exchange=exchange, pdf=PDF)
    assert caught.value.code == SendRefusal.WITHDRAWN


@pytest.mark.parametrize("kind", ["error", "lost_answer"])
def test_a_sending_of_unknown_outcome_is_learnt_before_it_is_taken_back(
    world: World, kind: str
) -> None:
    exchange = world.open()
    world.sandbox.fault("edo", kind, path_contains="PostMessage")
    with pytest.raises(Unavailable):
        exchanges.send(exchange=exchange, pdf=PDF)
    exchanges.revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    assert world.journal(exchange, "sent") == ["sent"]
    assert world.journal(exchange, "revoked") == ["revoked"]


@pytest.mark.parametrize("kind", ["error", "lost_answer"])
def test_a_fault_while_taking_back_is_repeated(world: World, kind: str) -> None:
    exchange = world.sent()
    world.sandbox.fault("edo", kind, path_contains="PostMessagePatch")
    with pytest.raises(Unavailable):
        exchanges.revoke(exchange=exchange)
    exchanges.revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    assert world.journal(exchange, "revoked") == ["revoked"]


def test_the_client_was_faster(world: World) -> None:
    exchange = world.sent()
    world.client_signs(exchange)
    for _ in range(2):
        with pytest.raises(Refused) as caught:
            exchanges.revoke(exchange=exchange)
        assert caught.value.code == exchanges.ALREADY_SIGNED
        assert exchanges.follow(exchange=exchange) == State.SIGNED


def test_a_document_revoked_elsewhere_is_seen_as_revoked(world: World) -> None:
    exchange = world.sent()
    exchanges.revoke(exchange=exchange)
    Exchange.objects.filter(pk=exchange.pk).update(state=State.DELIVERED)
    assert exchanges.follow(exchange=exchange) == State.REVOKED


# --- The feed ----------------------------------------------------------------------------------


def test_events_wake_the_exchange_they_are_about(world: World) -> None:
    exchange = world.sent()
    events, cursor = exchanges.poll_events("", box=world.box)
    assert {event.payload["exchange_id"] for event in events} == {str(exchange.pk)}
    assert {event.payload["message_id"] for event in events} == {exchange.message_id}
    assert exchanges.is_known(exchange_id=events[0].payload["exchange_id"])
    assert exchanges.poll_events(cursor, box=world.box) == ([], cursor)
    world.client_signs(exchange)
    assert exchanges.poll_events(cursor, box=world.box)[0]


@pytest.mark.parametrize("kind", ["answer_twice", "reordered"])
def test_no_event_is_missed_when_the_feed_misbehaves(world: World, kind: str) -> None:
    sent = {world.sent().pk for _ in range(3)}
    world.sandbox.fault("edo", kind, path_contains="GetNewEvents", times=2)
    seen, cursor = set(), ""
    for _ in range(30):
        events, cursor = exchanges.poll_events(cursor, box=world.box, limit=4)
        seen |= {event.payload["exchange_id"] for event in events}
    assert seen >= {str(pk) for pk in sent}


@pytest.mark.parametrize("value", ["", "not-a-guid", "4f0c3bd2-54b0-43b8-8f2c-0f9c4f0f6a11"])
def test_a_foreign_document_is_not_ours(world: World, value: str) -> None:
    assert not exchanges.is_known(exchange_id=value)


# --- Before sending ----------------------------------------------------------------------------


def preflight(world: World, **more: Any) -> list[str]:
    values = {
        "box": world.box,
        "signatory": world.signatory,
        "recipient_inn": known.ROMASHKA,
        "recipient_kpp": "770101001",
        "at": clock.now(),
    }
    problems = exchanges.preflight(**{**values, **more})
    assert all(problem.fix for problem in problems)
    return [problem.code for problem in problems]


def test_nothing_stands_in_the_way(world: World) -> None:
    assert preflight(world, ask_operator=True) == []


def test_every_obstacle_is_named_before_sending(world: World) -> None:
    later = clock.now() + timedelta(days=20 * 365)
    assert preflight(world, at=later) == ["certificate_invalid", "power_of_attorney_invalid"]
    world.box.active = False
    world.signatory.active = False
    assert preflight(world) == ["box_inactive", "signatory_inactive"]
    world.box.active = world.signatory.active = True
    world.signatory.boxes.clear()
    world.signatory.powers.all().delete()
    assert preflight(world) == ["signatory_inactive", "power_of_attorney_invalid"]


def test_an_installation_that_cannot_judge_says_so(world: World, settings: Any) -> None:
    settings.EDO_TRUST_ROOTS = "/absent/roots.pem"
    assert preflight(world) == ["trust_unknown"]
    world.signatory.certificate_pem = "garbage"
    assert preflight(world) == ["certificate_invalid"]


def test_a_power_of_attorney_revoked_today_stops_the_sending(world: World) -> None:
    world.signatory.powers.update(revoked_at=clock.now())
    assert preflight(world, at=clock.now()) == ["power_of_attorney_invalid"]


def test_a_power_of_attorney_is_verified_once_in_a_while(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified = []
    verify = mchd_checks.verify

    def count(*args: Any, **more: Any) -> Any:
        verified.append(more["at"])
        return verify(*args, **more)

    monkeypatch.setattr(mchd_checks, "verify", count)
    now = clock.now()
    assert preflight(world, at=now) == preflight(world, at=now) == []
    assert len(verified) == 1
    assert preflight(world, at=now, fresh=True) == []
    assert len(verified) == 2
    assert preflight(world, at=now + timedelta(minutes=1)) == []
    assert len(verified) == 3
    world.signatory.powers.update(revoked_at=now)
    assert preflight(world, at=now) == ["power_of_attorney_invalid"]


@pytest.mark.parametrize(
    ("inn", "codes"),
    [
        (known.NO_BOX, ["no_box"]),
        (known.REFUSES_STRANGERS, ["stranger_forbidden"]),
        (known.ROMASHKA, []),
    ],
)
def test_the_operator_is_asked_about_the_client_on_demand(
    world: World, inn: str, codes: list[str]
) -> None:
    assert preflight(world, recipient_inn=inn, ask_operator=True) == codes


# --- Papers of the operator --------------------------------------------------------------------


def real_pdf() -> bytes:
    buffer, pdf = BytesIO(), pikepdf.new()
    pdf.add_blank_page()
    pdf.save(buffer)
    return buffer.getvalue()


def test_the_operator_gives_its_own_papers(world: World) -> None:
    pdf = real_pdf()
    exchange = world.open(document_sha256=hashlib.sha256(pdf).hexdigest())
    exchanges.send(exchange=exchange, pdf=pdf)
    world.client_signs(exchange)
    operator, box_id = operator_for(world.box), world.box.operator_box_id
    sent = SentDocument(exchange.message_id, exchange.document_id)
    assert operator.package(box_id, sent).startswith(b"PK")
    assert operator.print_form(box_id, sent).startswith(b"%PDF-")
    protocol, signature = operator.protocol(box_id, sent)
    assert protocol.startswith(b"%PDF-")
    assert signature
