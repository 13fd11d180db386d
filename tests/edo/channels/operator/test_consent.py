"""Clients who accept documents from partners only are invited, and the document waits."""

from datetime import timedelta
from typing import Any

import pytest

from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from edo.channels.operator.diadoc.client import DiadocGateway
from edo.channels.operator.refusals import SendRefusalCode
from edo.channels.operator.revocation import revoke
from edo.channels.operator.sending import send
from edo.channels.operator.values import Partnership, PartnershipStatus
from edo.channels.protocol import SessionState, SigningRefused
from edo.models import Exchange
from tests.support.sandbox import PARTNERS_ONLY, ROMASHKA
from tests.support.signing.operator_world import OperatorWorld
from tests.support.signing.pki import PDF

State = Exchange.State
pytestmark = pytest.mark.django_db


def invitations(world: OperatorWorld) -> int:
    return len(world.sandbox.journal("edo", action="invited"))


def test_an_open_client_needs_no_invitation(world: OperatorWorld) -> None:
    assert world.send(ROMASHKA).state == State.SENT
    assert invitations(world) == 0


def test_a_document_waits_until_the_client_accepts(world: OperatorWorld) -> None:
    exchange = world.open(PARTNERS_ONLY)
    for _ in range(3):
        send(exchange=exchange, pdf=PDF)
        session = world.channel(PARTNERS_ONLY, exchange=exchange).session
        assert session is not None
        assert (session.state, session.is_sent) == (SessionState.AWAITING_CONSENT, False)
        assert session.is_live
        assert "Попросите клиента принять его" in session.reason
    assert invitations(world) == 1
    assert world.journal(exchange) == []
    world.sandbox.edo_invitation(PARTNERS_ONLY, "accept")
    send(exchange=exchange, pdf=PDF)
    assert (exchange.state, exchange.reason) == (State.SENT, "")
    # A partner is not asked again.
    assert world.send(PARTNERS_ONLY).state == State.SENT
    assert invitations(world) == 1


def test_a_client_who_declines_is_a_refusal_with_its_own_code(world: OperatorWorld) -> None:
    exchange = world.open(PARTNERS_ONLY)
    send(exchange=exchange, pdf=PDF)
    world.sandbox.edo_invitation(PARTNERS_ONLY, "decline")
    for _ in range(2):
        with pytest.raises(SigningRefused) as caught:
            send(exchange=exchange, pdf=PDF)
        assert caught.value.code == SendRefusalCode.CONSENT_DECLINED
        assert "отклонил приглашение" in caught.value.message
    assert exchange.state == State.FAILED


def test_an_older_refusal_does_not_count(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sending again invites again: the client has changed their mind."""
    long_ago = Partnership(PartnershipStatus.REJECTED_BY_CLIENT, clock.now() - timedelta(days=100))
    monkeypatch.setattr(DiadocGateway, "get_partnership", lambda *_: long_ago)
    exchange = world.open(PARTNERS_ONLY)
    send(exchange=exchange, pdf=PDF)
    send(exchange=exchange, pdf=PDF)
    assert exchange.state == State.AWAITING_CONSENT


def test_an_invitation_of_the_client_is_accepted(world: OperatorWorld) -> None:
    world.sandbox.edo_invitation(PARTNERS_ONLY, "invite")
    assert world.send(PARTNERS_ONLY).state == State.SENT


def test_a_client_whom_we_have_blocked_is_not_invited(
    world: OperatorWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = Partnership(PartnershipStatus.REJECTED_BY_US)
    monkeypatch.setattr(DiadocGateway, "get_partnership", lambda *_: blocked)
    with pytest.raises(SigningRefused) as caught:
        world.send(PARTNERS_ONLY)
    assert caught.value.code == SendRefusalCode.CLIENT_BLOCKED_BY_US
    assert invitations(world) == 0


def test_a_waiting_document_is_revoked_without_a_call(world: OperatorWorld, settings: Any) -> None:
    exchange = world.open(PARTNERS_ONLY)
    send(exchange=exchange, pdf=PDF)
    settings.OUTSIDE = {"edo": {"url": "", "token": ""}}
    revoke(exchange=exchange)
    assert exchange.state == State.REVOKED
    with pytest.raises(SigningRefused) as caught:
        send(exchange=exchange, pdf=PDF)
    assert caught.value.code == SendRefusalCode.WITHDRAWN


@pytest.mark.parametrize("path", ["AcquireCounteragent", "GetCounteragent"])
def test_after_a_fault_the_client_is_invited_once(world: OperatorWorld, path: str) -> None:
    exchange = world.open(PARTNERS_ONLY)
    world.sandbox.fault("edo", "lost_answer", path_contains=path, times=3)
    with pytest.raises(Unavailable):
        send(exchange=exchange, pdf=PDF)
    world.sandbox.clear_faults()
    send(exchange=exchange, pdf=PDF)
    assert exchange.state == State.AWAITING_CONSENT
    assert invitations(world) == 1


def test_a_client_who_closes_their_box_to_strangers_meanwhile_is_invited(
    world: OperatorWorld,
) -> None:
    """PostMessage refuses what GetOrganizationsByInnKpp had promised."""
    exchange = world.open(PARTNERS_ONLY)
    send(exchange=exchange, pdf=PDF)
    # As if the box had been open when it was chosen, and the attempt made.
    Exchange.objects.filter(pk=exchange.pk).update(state=State.SENDING, invited_at=None)
    send(exchange=exchange, pdf=PDF)
    assert (exchange.state, exchange.attempted_at) == (State.AWAITING_CONSENT, None)
    world.sandbox.edo_invitation(PARTNERS_ONLY, "accept")
    send(exchange=exchange, pdf=PDF)
    assert world.journal(exchange, "sent") == ["sent"]
