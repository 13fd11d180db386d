"""A signing channel in memory: the pipeline without an operator, exchanges and tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from econtract.platform.common.errors import Refused
from econtract.platform.common.refusals import Refusal
from edo.channels.evidence import (
    CertificateEvidence,
    EvidenceAttempt,
    EvidenceContent,
    SenderEvidence,
    SignatureEvidence,
    SigningEvidence,
    SigningSide,
)
from edo.channels.protocol import (
    AlreadySigned,
    DocumentToSign,
    PreflightCheck,
    RecipientOption,
    SessionState,
    SigningChannel,
    SigningSession,
)
from edo.channels.summaries import SignatureStatus, SignatureSummary, SigningDetail, SigningSummary
from tasks.models import SigningTask
from tests.support.documents.packages import recipient_signer, sender_signer
from tests.support.signing.pki import NOW, Signer


@dataclass
class MemoryChannel:
    """A `SigningChannel` that keeps its only session in memory."""

    session: SigningSession | None = None
    document: DocumentToSign | None = None
    problems: tuple[Refusal, ...] = ()
    refusal: Refused | None = None
    sent: list[bytes] = field(default_factory=list)
    # What `send` waits for, one after another: values of the session. Remove what is over.
    waits: list[dict[str, Any]] = field(default_factory=list)
    can_check_recipient: bool = False
    # `revoke` leaves the session live until the client agrees; or it raises.
    client_must_agree: bool = False
    revocation_error: Refused | None = None

    def set_state(self, state: SessionState, **changes: str) -> None:
        """What the other side does."""
        assert self.session is not None
        self.session = replace(self.session, state=state, **changes)

    def preflight(self, *, at: datetime, fresh: bool = False) -> tuple[PreflightCheck, ...]:
        return (PreflightCheck("Номер телефона", self.problems),)

    def get_recipient_check(self) -> PreflightCheck:
        raise AssertionError("This channel cannot check the recipient.")

    def check_recipient(self) -> PreflightCheck:
        raise AssertionError("This channel cannot check the recipient.")

    def find_recipient_options(self) -> tuple[RecipientOption, ...]:
        return ()

    def is_session_for(self, document: DocumentToSign) -> bool:
        return self.document == document

    def open(self, document: DocumentToSign, *, operation_id: UUID) -> SigningSession:
        self.document = document
        self.session = SigningSession(operation_id, SessionState.SENDING, is_sent=False)
        return self.session

    def send(self, pdf: bytes) -> None:
        assert self.session is not None
        if self.refusal:
            raise self.refusal
        if self.waits:
            self.session = replace(self.session, **self.waits[0])
            return
        self.sent.append(pdf)
        self.session = replace(self.session, state=SessionState.SENT, is_sent=True)

    def follow(self) -> SigningSession:
        assert self.session is not None
        return self.session

    def accept_signature(self) -> SigningSession:
        self.set_state(SessionState.SIGNED)
        return self.follow()

    def refuse_signature(self, reason: str) -> SigningSession:
        self.set_state(SessionState.FAILED, reason=reason)
        return self.follow()

    def revoke(self) -> None:
        if self.session is not None and self.session.state == SessionState.SIGNED:
            raise AlreadySigned("memory")
        if self.revocation_error:
            raise self.revocation_error
        if not self.client_must_agree:
            self.set_state(SessionState.REVOKED)

    def collect_evidence(self) -> SigningEvidence:
        assert self.document is not None
        [pdf] = self.sent
        return SigningEvidence(
            document_sha256=self.document.sha256,
            sender=SenderEvidence(name="Мы", inn="7707049388", kpp="784001001", ogrn=""),
            signatures=(
                build_evidence(SigningSide.SENDER, sender_signer(), pdf),
                build_evidence(SigningSide.RECIPIENT, recipient_signer(), pdf),
            ),
        )

    def fetch_evidence(self, known: Sequence[EvidenceContent] = ()) -> EvidenceAttempt:
        return EvidenceAttempt()

    def summarize(self) -> SigningSummary:
        pending = SignatureSummary(SigningSide.RECIPIENT, SignatureStatus.PENDING)
        return SigningSummary((SigningDetail("Телефон", "+79123456789"),), (pending,))


def build_evidence(side: SigningSide, signer: Signer, pdf: bytes) -> SignatureEvidence:
    certificate = signer.certificate
    return SignatureEvidence(
        side=side,
        content=signer.sign(pdf),
        owner="Петров Петр",
        organisation="ООО «Ромашка»",
        inn="7701001100",
        signed_at=NOW,
        certificate=CertificateEvidence(
            serial=f"{certificate.serial_number:X}",
            issuer="Тестовый УЦ",
            valid_from=certificate.not_valid_before_utc,
            valid_until=certificate.not_valid_after_utc,
        ),
    )


@dataclass
class MemoryBinding:
    """A `ChannelBinding` that stores nothing on the task."""

    channel: MemoryChannel

    def build_channel(self, task: SigningTask) -> SigningChannel:
        return self.channel

    def get_session(self, task: SigningTask) -> SigningSession | None:
        return self.channel.session

    def set_session(self, task: SigningTask, session_id: UUID) -> None:
        assert self.channel.session is not None
        assert self.channel.session.id == session_id
