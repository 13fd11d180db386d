"""The EDO operator as a signing channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from edo.channels.evidence import EvidenceAttempt, EvidenceContent, SigningEvidence
from edo.channels.operator import (
    evidence,
    evidence_files,
    exchanges,
    following,
    preflight,
    revocation,
    sending,
    summary,
)
from edo.channels.protocol import (
    DocumentToSign,
    PreflightCheck,
    RecipientOption,
    SessionState,
    SigningRecipient,
    SigningSession,
)
from edo.channels.summaries import SigningSummary
from edo.models import Box, Exchange, Signatory


class OperatorChannel:
    """A `SigningChannel` through an EDO operator. Its session is an `Exchange`.

    ``exchange`` is the current one, None when nothing has been sent yet.
    """

    def __init__(
        self,
        *,
        box: Box,
        signatory: Signatory,
        recipient: SigningRecipient,
        exchange: Exchange | None = None,
    ) -> None:
        self.box = box
        self.signatory = signatory
        self.recipient = recipient
        self._exchange = exchange

    @property
    def session(self) -> SigningSession | None:
        return build_session(self._exchange) if self._exchange else None

    def preflight(self, *, at: datetime, fresh: bool = False) -> tuple[PreflightCheck, ...]:
        return preflight.check_sender(box=self.box, signatory=self.signatory, at=at, fresh=fresh)

    @property
    def can_check_recipient(self) -> bool:
        return True

    def get_recipient_check(self) -> PreflightCheck:
        return preflight.get_recipient_check(self.box, self.recipient)

    def check_recipient(self) -> PreflightCheck:
        return preflight.check_recipient(self.box, self.recipient)

    def find_recipient_options(self) -> tuple[RecipientOption, ...]:
        return preflight.find_recipient_options(self.box, self.recipient)

    def is_session_for(self, document: DocumentToSign) -> bool:
        exchange = self._exchange
        return (
            exchange is not None
            and exchange.document_sha256 == document.sha256
            and exchange.box_id == self.box.pk
            and exchange.signatory_id == self.signatory.pk
            and exchange.recipient_inn == self.recipient.inn
            and exchange.recipient_address_id == self.recipient.address_id
        )

    def open(self, document: DocumentToSign, *, operation_id: UUID) -> SigningSession:
        self._exchange = exchanges.open_exchange(
            box=self.box,
            signatory=self.signatory,
            recipient=self.recipient,
            document=document,
            operation_id=operation_id,
        )
        return build_session(self._exchange)

    def send(self, pdf: bytes) -> None:
        sending.send(exchange=self._require_exchange(), pdf=pdf)

    def follow(self) -> SigningSession:
        exchange = self._require_exchange()
        following.follow(exchange=exchange)
        return build_session(exchange)

    def accept_signature(self) -> SigningSession:
        exchange = self._require_exchange()
        following.accept_signature(exchange=exchange)
        return build_session(exchange)

    def refuse_signature(self, reason: str) -> SigningSession:
        exchange = self._require_exchange()
        following.refuse_signature(exchange=exchange, reason=reason)
        return build_session(exchange)

    def revoke(self) -> None:
        if self._exchange is not None:
            revocation.revoke(exchange=self._exchange)

    def collect_evidence(self) -> SigningEvidence:
        return evidence.collect_evidence(self._require_exchange())

    def fetch_evidence(self, known: Sequence[EvidenceContent] = ()) -> EvidenceAttempt:
        return evidence_files.fetch_evidence(self._require_exchange(), known)

    def summarize(self) -> SigningSummary:
        return summary.summarize(self.box, self.signatory, self._exchange)

    def _require_exchange(self) -> Exchange:
        if self._exchange is None:
            raise ValueError("Open a session first.")
        return self._exchange


def build_session(exchange: Exchange) -> SigningSession:
    """``exchange`` in terms that every channel shares."""
    is_signed = exchange.state == Exchange.State.SIGNED
    return SigningSession(
        id=exchange.pk,
        state=SessionState(exchange.state),
        is_sent=bool(exchange.message_id),
        failure_code=exchange.failure,
        reason=exchange.reason,
        waits_until=exchange.waits_until if exchange.is_unsent else None,
        signed_at=exchange.recipient_signed_at or exchange.finished_at if is_signed else None,
    )
