"""The simple signature by SMS as a signing channel."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clients.models import SentMessage
from econtract.platform.common import clock
from edo import records
from edo.channels.evidence import EvidenceAttempt, EvidenceContent, SigningEvidence
from edo.channels.operator import preflight
from edo.channels.protocol import (
    AlreadySigned,
    DocumentToSign,
    PreflightCheck,
    RecipientOption,
    SessionState,
    SigningSession,
)
from edo.channels.simple import evidence, links, sending, summary
from edo.channels.simple.signer import Signer, find_signer_problems
from edo.channels.summaries import SigningSummary
from edo.evidence_chain.kinds import RecordKind
from edo.models import Box, Signatory, SigningLink, SimpleSigning

SYSTEM = "messages"
SIGNER_LABEL = "Кто подписывает"


class SimpleChannel:
    """A `SigningChannel` by SMS. Its session is a `SimpleSigning`.

    Our side signs as with an EDO operator, with a certificate and a power of attorney; the client
    signs with a code (63-ФЗ, article 9).
    """

    def __init__(
        self,
        *,
        box: Box,
        signatory: Signatory,
        signer: Signer,
        signing: SimpleSigning | None = None,
    ) -> None:
        self.box = box
        self.signatory = signatory
        self.signer = signer
        self._signing = signing

    @property
    def session(self) -> SigningSession | None:
        return build_session(self._signing) if self._signing else None

    def preflight(self, *, at: datetime, fresh: bool = False) -> tuple[PreflightCheck, ...]:
        return (
            *preflight.check_sender(box=self.box, signatory=self.signatory, at=at, fresh=fresh),
            PreflightCheck(SIGNER_LABEL, tuple(find_signer_problems(self.signer))),
        )

    @property
    def can_check_recipient(self) -> bool:
        return False

    def get_recipient_check(self) -> PreflightCheck:
        return PreflightCheck("Телефон клиента", is_blocking=False)

    def check_recipient(self) -> PreflightCheck:
        return self.get_recipient_check()

    def find_recipient_options(self) -> tuple[RecipientOption, ...]:
        return ()

    def is_session_for(self, document: DocumentToSign) -> bool:
        signing = self._signing
        return (
            signing is not None
            and signing.document_sha256 == document.sha256
            and signing.box_id == self.box.pk
            and signing.signatory_id == self.signatory.pk
            and signing.signer_id == self.signer.version.pk
        )

    def open(self, document: DocumentToSign, *, operation_id: UUID) -> SigningSession:
        self._signing = sending.open_signing(
            box=self.box,
            signatory=self.signatory,
            signer=self.signer,
            document=document,
            operation_id=operation_id,
        )
        return build_session(self._signing)

    def send(self, pdf: bytes) -> None:
        sending.send(self._require_signing(), pdf, self.signer)

    def send_again(self, message_key: UUID, channel: SentMessage.Channel) -> None:
        """Send the client a new link to the same document by ``channel``; the earlier one dies.

        Once for each ``message_key``. Does nothing when the client can sign no more. Raises as
        `clients.messages.sending`.
        """
        signing = self._require_signing()
        signing.refresh_from_db()
        if signing.is_live and signing.state not in SimpleSigning.UNSENT_STATES:
            sending.send_link(signing, self.signer, message_key, channel=channel)

    def follow(self) -> SigningSession:
        """Everything happens here, on our own pages: nobody has to be asked."""
        signing = self._require_signing()
        signing.refresh_from_db()
        return build_session(signing)

    def accept_signature(self) -> SigningSession:
        return self.follow()

    def refuse_signature(self, reason: str) -> SigningSession:
        return self.follow()

    def revoke(self) -> None:
        signing = self._signing
        if signing is None:
            return
        with transaction.atomic():
            row = links.lock_signing(signing)
            if row.state == SimpleSigning.State.SIGNED:
                raise AlreadySigned(SYSTEM)
            if row.is_live:
                _revoke(row)
        signing.refresh_from_db()

    def collect_evidence(self) -> SigningEvidence:
        return evidence.collect_evidence(self._require_signing())

    def record_copy(self, sha256: str) -> None:
        """Record the copy of the SIGNED document with the mark of the signature, once."""
        evidence.record_copy(self._require_signing(), sha256)

    def fetch_evidence(self, known: Sequence[EvidenceContent] = ()) -> EvidenceAttempt:
        return evidence.fetch_evidence(self._require_signing(), known)

    def summarize(self) -> SigningSummary:
        return summary.summarize(self.box, self.signatory, self.signer, self._signing)

    def _require_signing(self) -> SimpleSigning:
        if self._signing is None:
            raise ValueError("Open a session first.")
        return self._signing


def build_session(signing: SimpleSigning) -> SigningSession:
    """``signing`` in terms that every channel shares.

    Once its link has left the client may sign; whether it has arrived is in `progress`.
    """
    state = SessionState(signing.state)
    return SigningSession(
        id=signing.pk,
        state=SessionState.DELIVERED if state is SessionState.SENT else state,
        is_sent=signing.sent_at is not None,
        failure_code=signing.failure,
        reason=signing.reason,
        signed_at=signing.finished_at if signing.state == SimpleSigning.State.SIGNED else None,
        progress=signing.progress,
    )


def _revoke(signing: SimpleSigning) -> None:
    now = clock.now()
    has_expired = signing.expires_at <= now
    end = SigningLink.End.EXPIRED if has_expired else SigningLink.End.REVOKED
    links.end_link(signing, end)
    records.append(signing, RecordKind.REVOKED, facts={"end": end.value})
    progress = SimpleSigning.Progress
    signing.state = SimpleSigning.State.REVOKED
    signing.progress = progress.EXPIRED if has_expired else progress.REVOKED
    signing.progress_at = signing.finished_at = now
    signing.save(update_fields=["state", "progress", "progress_at", "finished_at"])
