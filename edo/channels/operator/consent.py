"""The client's consent to exchange documents with us: invitations and their answers."""

from datetime import timedelta

from econtract.platform.common import clock
from edo.channels.operator.gateway import OperatorGateway
from edo.channels.operator.refusals import SendRefusalCode, send_refused
from edo.channels.operator.values import Partnership, PartnershipStatus
from edo.models import Exchange

State = Exchange.State
INVITATION = "Приглашаем обмениваться электронными документами: пришлем договор на подписание."
WAIT_REASON = (
    "Клиенту отправлено приглашение к обмену документами. Попросите клиента принять его у своего "
    "оператора ЭДО, раздел «Контрагенты»: документ уйдет сам."
)
# The operator's clock and ours may differ by that much.
CLOCK_DIFFERENCE = timedelta(minutes=1)


def ensure_consent(exchange: Exchange, gateway: OperatorGateway) -> bool:
    """Whether the client accepts our documents; if not, they are invited once and it must wait.

    Only an exchange in AWAITING_CONSENT needs it. Once the client has accepted, the state is
    SENDING. Raises SigningRefused when they have declined, Unavailable or Refused.
    """
    if exchange.state != State.AWAITING_CONSENT:
        return True
    own, client = exchange.box.operator_box_id, exchange.recipient_box_id
    partnership = gateway.get_partnership(own, client)
    _check_refusals(exchange, partnership)
    if partnership.status not in {PartnershipStatus.PARTNERS, PartnershipStatus.INVITED}:
        gateway.invite(own, client, INVITATION)
        exchange.update_if({"invited_at": clock.now()}, state=State.AWAITING_CONSENT)
        partnership = gateway.get_partnership(own, client)
    if partnership.status == PartnershipStatus.PARTNERS:
        changes = {"state": State.SENDING, "reason": ""}
        exchange.update_if(changes, state=State.AWAITING_CONSENT)
        return exchange.state == State.SENDING
    exchange.update_if({"reason": WAIT_REASON}, state=State.AWAITING_CONSENT)
    return False


def _check_refusals(exchange: Exchange, partnership: Partnership) -> None:
    """Raises SigningRefused when one side has ended the relation.

    A client who declined an older invitation is invited anew: only an answer to ours counts.
    """
    if partnership.status == PartnershipStatus.REJECTED_BY_US:
        raise send_refused(SendRefusalCode.CLIENT_BLOCKED_BY_US)
    if partnership.status != PartnershipStatus.REJECTED_BY_CLIENT or exchange.invited_at is None:
        return
    declined_at = partnership.changed_at
    if declined_at is None or declined_at >= exchange.invited_at - CLOCK_DIFFERENCE:
        raise send_refused(SendRefusalCode.CONSENT_DECLINED)
