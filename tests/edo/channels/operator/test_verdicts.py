"""The client's signature: both verdicts, and what is open is neither taken nor refused."""

from collections.abc import Callable
from typing import Any

import pytest

from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.following import follow
from edo.channels.operator.revocation import revoke
from edo.channels.operator.verdicts import RecipientVerdict, decide_state, parse_recipient_verdict
from edo.channels.protocol import AlreadySigned, SessionState
from edo.channels.summaries import SignatureStatus
from edo.models import Exchange
from edo.signing import cms
from edo.signing.report import SignatureReport
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import name_unknown_algorithm

State = Exchange.State
Verdict = Exchange.OperatorVerdict

VALID = RecipientVerdict()
BROKEN = RecipientVerdict((Refusal("signature_invalid", "Подпись повреждена."),))
FOREIGN = RecipientVerdict((Refusal("foreign_certificate", "Чужой сертификат."),))
OPEN = RecipientVerdict((), (Refusal("algorithm_unsupported", "Алгоритм."),))


@pytest.mark.parametrize(
    ("ours", "operator", "state"),
    [
        (VALID, Verdict.VALID, State.SIGNED),
        (VALID, Verdict.UNKNOWN, State.SIGNED),
        (VALID, Verdict.INVALID, State.UNVERIFIED),
        (BROKEN, Verdict.INVALID, State.FAILED),
        (BROKEN, Verdict.UNKNOWN, State.FAILED),
        (BROKEN, Verdict.VALID, State.UNVERIFIED),
        (FOREIGN, Verdict.VALID, State.FAILED),
        (OPEN, Verdict.VALID, State.UNVERIFIED),
        (OPEN, Verdict.INVALID, State.UNVERIFIED),
        (OPEN, Verdict.UNKNOWN, State.UNVERIFIED),
    ],
)
def test_what_only_one_side_refutes_is_open(
    ours: RecipientVerdict, operator: str, state: State
) -> None:
    assert decide_state(ours, operator) == state


def test_our_verdict_survives_its_row() -> None:
    for verdict in (VALID, BROKEN, OPEN):
        assert parse_recipient_verdict(verdict.to_json()) == verdict
    assert parse_recipient_verdict({}) == VALID


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool | None], None]:
    """Sets the operator's verdict."""

    def set_verdict(is_valid: bool | None) -> None:
        monkeypatch.setattr(DiadocGateway, "fetch_signature_verdict", lambda *_: is_valid)

    return set_verdict


@pytest.fixture
def unverified_exchange(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, operator: Callable[[bool | None], None]
) -> Exchange:
    """An exchange whose client has signed with an algorithm that we do not know."""
    exchange = world.send()
    world.sign_as_client(exchange)
    operator(True)
    verify_digest = cms.verify_digest
    monkeypatch.setattr(
        cms,
        "verify_digest",
        lambda signature, *rest, **options: verify_digest(
            name_unknown_algorithm(signature), *rest, **options
        ),
    )
    assert follow(exchange=exchange) == State.UNVERIFIED
    return exchange


@pytest.mark.django_db
def test_an_open_signature_is_neither_taken_nor_revoked(
    world: OperatorWorld, unverified_exchange: Exchange
) -> None:
    exchange = unverified_exchange
    assert "не удалось проверить" in exchange.reason
    assert not exchange.is_live
    with pytest.raises(AlreadySigned):
        revoke(exchange=exchange)
    assert world.journal(exchange, "revoked") == []
    recipient = world.channel(exchange=exchange).summarize().signatures[1]
    assert recipient.status == SignatureStatus.UNCHECKED
    assert [problem.code for problem in recipient.problems] == ["algorithm_unsupported"]
    assert recipient.outside_verdict == "Оператор ЭДО считает подпись действительной."
    assert follow(exchange=exchange) == State.UNVERIFIED


@pytest.mark.django_db
def test_an_open_signature_is_judged_anew(
    unverified_exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newer version, a new root: the same signature becomes valid without the client."""
    monkeypatch.undo()
    assert follow(exchange=unverified_exchange) == State.SIGNED
    assert unverified_exchange.reason == ""
    assert unverified_exchange.recipient_verdict["verdict"] == "valid"


@pytest.mark.django_db
def test_nobody_can_accept_a_signature_without_a_name(
    world: OperatorWorld, unverified_exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package and the stamp must say whose signature it is."""
    monkeypatch.setattr(cms, "verify_digest", lambda *_, **options: SignatureReport())
    with pytest.raises(ActionRefused, match="Сертификат в подписи клиента не читается"):
        world.channel(exchange=unverified_exchange).accept_signature()
    unverified_exchange.refresh_from_db()
    assert unverified_exchange.state == State.UNVERIFIED


@pytest.mark.django_db
def test_a_person_accepts_an_open_signature(
    world: OperatorWorld, unverified_exchange: Exchange
) -> None:
    channel = world.channel(exchange=unverified_exchange)
    session = channel.accept_signature()
    assert (session.state, session.reason) == (SessionState.SIGNED, "")
    assert channel.refuse_signature("Передумали").state == SessionState.SIGNED
    assert unverified_exchange.recipient_verdict["verdict"] == "undetermined"
    _, recipient = channel.collect_evidence().signatures
    assert recipient.content == bytes(unverified_exchange.recipient_signature or b"")


@pytest.mark.django_db
def test_a_person_refuses_an_open_signature(
    world: OperatorWorld, unverified_exchange: Exchange
) -> None:
    channel = world.channel(exchange=unverified_exchange)
    session = channel.refuse_signature("Подписал не тот человек.")
    assert session.state == SessionState.FAILED
    assert session.failure_code == "recipient_signature_invalid"
    assert session.reason == "Подписал не тот человек."
    assert world.journal(unverified_exchange, "revoked") == []
    assert channel.accept_signature().state == SessionState.FAILED


@pytest.mark.django_db
def test_a_signature_that_only_we_refute_is_open(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch, operator: Callable[[bool | None], None]
) -> None:
    exchange = world.send()
    world.sign_as_client(exchange)
    operator(True)
    other = {"sha256": b"0" * 32, "streebog256": b"0" * 32}
    monkeypatch.setattr("edo.channels.operator.verdicts.get_digests", lambda _: other)
    assert follow(exchange=exchange) == State.UNVERIFIED
    assert exchange.operator_verdict == Verdict.VALID
    assert exchange.recipient_verdict["verdict"] == "invalid"
    monkeypatch.undo()
    operator(None)
    assert follow(exchange=exchange) == State.SIGNED


@pytest.mark.django_db
def test_the_signature_is_kept_as_it_came_and_with_its_stamp(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator gives back CAdES-T beside the signature that the client made."""
    monkeypatch.setattr(DiadocGateway, "fetch_stamped_signature", lambda *_: b"stamped")
    exchange = world.send()
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED
    assert bytes(exchange.recipient_signature_stamped or b"") == b"stamped"
    assert bytes(exchange.recipient_signature or b"")[:1] == b"0"
    assert exchange.recipient_signed_at is not None


@pytest.mark.django_db
def test_an_exchange_of_an_older_version_gets_its_digests(world: OperatorWorld) -> None:
    exchange = world.send()
    Exchange.objects.filter(pk=exchange.pk).update(document_digests={})
    world.sign_as_client(exchange)
    assert follow(exchange=exchange) == State.SIGNED
    assert exchange.document_digests["sha256"] == exchange.document_sha256


@pytest.mark.django_db
def test_an_unreadable_signature_that_a_person_accepts_has_evidence(
    world: OperatorWorld, unverified_exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel: Any = world.channel(exchange=unverified_exchange)
    channel.accept_signature()
    monkeypatch.undo()
    # A SignedData that is still CMS, but that no parser of ours can read.
    content = bytes(unverified_exchange.recipient_signature or b"")
    Exchange.objects.filter(pk=unverified_exchange.pk).update(recipient_signature=content[:-1])
    unverified_exchange.refresh_from_db()
    _, recipient = channel.collect_evidence().signatures
    assert (recipient.owner, recipient.certificate) == ("", None)
