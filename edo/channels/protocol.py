"""What the product expects of any way of signing a document with a client.

Channel-neutral values and errors only: a channel need not have boxes, powers of attorney or
certificates. Datetimes are aware; texts are Russian and for users, codes are stable.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from econtract.platform.common.errors import Refused
from econtract.platform.common.refusals import Refusal
from econtract.platform.outbox.registry import IncomingEvent
from edo.channels.evidence import (
    EvidenceAttempt,
    EvidenceContent,
    SigningEvidence,
)
from edo.channels.summaries import SigningSummary


class SessionState(StrEnum):
    """How far the signing of one document has come."""

    SENDING = "sending"
    # Not sent yet: the client has to accept our invitation to exchange documents first.
    AWAITING_CONSENT = "awaiting_consent"
    # Not sent yet: our signatory has to confirm their signature, for example on their phone.
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    SENT = "sent"
    DELIVERED = "delivered"
    # The client has signed, but it is open whether the signature is valid.
    UNVERIFIED = "unverified"
    SIGNED = "signed"
    # The client refused to sign.
    REFUSED = "refused"
    # It cannot be signed: the sending was refused, or a signature did not pass our checks.
    FAILED = "failed"
    REVOKED = "revoked"


# Not yet sent, and waiting for a person.
WAITING_STATES = frozenset({SessionState.AWAITING_CONSENT, SessionState.AWAITING_CONFIRMATION})
LIVE_STATES = WAITING_STATES | {SessionState.SENDING, SessionState.SENT, SessionState.DELIVERED}


@dataclass(frozen=True)
class SigningRecipient:
    """The client who is to sign.

    `address_id` is the `RecipientOption.id` that the manager has chosen, "" when the channel is to
    choose.
    """

    inn: str
    kpp: str
    address_id: str = ""


@dataclass(frozen=True)
class RecipientOption:
    """One place where the client can receive documents, such as one of their boxes.

    `note` says in Russian what is special about it: why it is not usable, or what to expect.
    """

    id: str
    label: str
    is_usable: bool = True
    note: str = ""


@dataclass(frozen=True)
class DocumentToSign:
    """The document of one session. `sha256` is the hexadecimal digest of the PDF.

    `contract_number` and `contract_date` are those of the contract that a supplementary agreement
    changes; without them it is sent as a document of no particular type.
    """

    sha256: str
    number: str
    kind: str
    file_name: str
    contract_number: str = ""
    contract_date: date | None = None


@dataclass(frozen=True)
class SigningSession:
    """The signing of one document with one client, as last stored.

    `is_sent` is true once the other side has accepted the document. `failure_code` and `reason`
    say why the state is FAILED, `reason` alone why it is REFUSED or UNVERIFIED, what an AWAITING
    state waits for, or who has proposed to revoke a document that is still live. `waits_until` is
    the end of a wait, None if there is none. `signed_at` is when the client signed, None unless
    the state is SIGNED. `progress` is a code of the channel's own for how far the client has come,
    "" where it knows no more than the state.
    """

    id: UUID
    state: SessionState
    is_sent: bool
    failure_code: str = ""
    reason: str = ""
    waits_until: datetime | None = None
    signed_at: datetime | None = None
    progress: str = ""

    @property
    def is_live(self) -> bool:
        """Whether the client may still sign the document."""
        return self.state in LIVE_STATES


@dataclass(frozen=True)
class PreflightCheck:
    """One line of the list of checks before sending.

    The document cannot be sent while a check with `is_blocking` has refusals. `is_known` is False
    while nothing has been checked yet; the refusals then say when it will be.
    """

    label: str
    refusals: tuple[Refusal, ...] = ()
    is_blocking: bool = True
    is_known: bool = True

    @property
    def is_ok(self) -> bool:
        return self.is_known and not self.refusals


@dataclass(frozen=True)
class EventSource:
    """A stream of a channel's events. `name` is unique and never changes.

    `read(cursor)` returns the events after the cursor (empty: all) and the next cursor. Their
    payload has the session's id. Raises Unavailable or Refused.
    """

    name: str
    read: Callable[[str], tuple[Sequence[IncomingEvent], str]]


class SigningRefused(Refused):
    """The document cannot be sent. `code` is stable, `message` is the Russian text for users."""

    def __init__(self, system: str, code: str, text: str) -> None:
        super().__init__(system, code, text)
        self.message = text


class AlreadySigned(Refused):
    """The document cannot be revoked: the client has signed it."""

    def __init__(self, system: str, message: str = "") -> None:
        super().__init__(system, "already_signed", message)


class SigningChannel(Protocol):
    """One way of signing, for one sender and one client.

    It has at most one session at a time, `session`. No method holds a transaction open during an
    outside call, and all of them may be repeated after a crash or a lost answer.
    """

    @property
    def session(self) -> SigningSession | None:
        """The current session as of the last call of a method here; None before the first."""

    def preflight(self, *, at: datetime, fresh: bool = False) -> tuple[PreflightCheck, ...]:
        """The checks of our own side for a document that is sent at ``at``. No outside call.

        Expensive checks may be cached for up to 30 s; ``fresh`` skips the cache.
        """

    @property
    def can_check_recipient(self) -> bool:
        """Whether the two methods below mean anything for this channel."""

    def get_recipient_check(self) -> PreflightCheck:
        """Whether the client can be reached, as of the last `check_recipient`. No outside call.

        It never blocks: the client may become reachable before the sending.
        """

    def check_recipient(self) -> PreflightCheck:
        """Ask outside whether the client can be reached, and remember the answer for a while.

        Never raises: the check says so when the other side does not answer.
        """

    def find_recipient_options(self) -> tuple[RecipientOption, ...]:
        """Ask outside where the client can receive documents; the best one first.

        Empty for a client who cannot, and for a channel that knows no such choice. Raises
        Unavailable or Refused.
        """

    def is_session_for(self, document: DocumentToSign) -> bool:
        """Whether the session is for exactly this document, sender and client."""

    def open(self, document: DocumentToSign, *, operation_id: UUID) -> SigningSession:
        """Create a session; nothing is sent yet. Call it in the transaction that stores its id.

        The same ``operation_id`` returns the same session, whatever has become of it.
        """

    def send(self, pdf: bytes) -> None:
        """Sign ``pdf`` for our side and send it to the client; never twice for one session.

        The session may be in one of the WAITING_STATES afterwards: a later call goes on. Raises
        Unavailable, or SigningRefused, now and on every repeat. Raises ValueError when ``pdf`` is
        not the document of the session.
        """

    def follow(self) -> SigningSession:
        """Ask outside how the document stands, verify what came, store it and return the session.

        It may skip states. DELIVERED means that our signature was accepted, SIGNED that the
        client's signature passed our checks. UNVERIFIED is judged anew. A closed session is
        returned as it is. Raises Unavailable or Refused.
        """

    def accept_signature(self) -> SigningSession:
        """An administrator takes the client's UNVERIFIED signature as valid: SIGNED.

        In any other state the session is returned as it is. Raises ActionRefused when nobody can
        tell whose signature it is.
        """

    def refuse_signature(self, reason: str) -> SigningSession:
        """An administrator takes the client's UNVERIFIED signature as invalid: FAILED."""

    def revoke(self) -> None:
        """Take the document back, so that the client can no longer sign it.

        The session is no longer live afterwards, unless the client has to agree: then it stays as
        it is, `reason` says so, and `follow` hears of the agreement. Does nothing when there is
        nothing that they could sign. Raises AlreadySigned, Unavailable or Refused; NotReadyYet
        while our signatory has yet to confirm the revocation.
        """

    def collect_evidence(self) -> SigningEvidence:
        """What proves the signing, from stored data only: no outside call, no current time.

        Raises ValueError when the session is not SIGNED, Unavailable when the trusted roots
        cannot be read.
        """

    def fetch_evidence(self, known: Sequence[EvidenceContent] = ()) -> EvidenceAttempt:
        """Ask outside for what will prove the signatures for years. Nothing is stored.

        ``known`` are the files of earlier attempts. They are returned again, or others in their
        place: stamps and the operator's files are not asked for twice. What cannot be had now is
        `missing`. Raises ValueError when the session is not SIGNED, Unavailable when the trusted
        roots cannot be read.
        """

    def summarize(self) -> SigningSummary:
        """What the card shows of sender, session and signatures. No outside call."""
