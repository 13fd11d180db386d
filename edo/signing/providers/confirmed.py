"""Signing with a cloud service whose users confirm every signature, usually on their phone.

Documents of one key that come within SIGNING_BATCH_SECONDS are handed over together, so that
their owner confirms once. The service is called only while somebody asks for a signature: there
is no job of its own. What it answers is stored before the next call, so another worker continues
after a crash at any point. Those writes are not fenced: the service has acted already, and the
state of the batch guards them.
"""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.outbox.leases import fenced_transaction
from edo.models import SigningBatch, SigningOperation
from edo.signing.providers.protocol import (
    CONFIRMATION_EXPIRED,
    CONFIRMATION_FAILED,
    DEFAULT_FILE_NAME,
    REFUSAL_CODES,
    SYSTEM,
    ConfirmationPending,
    SigningKey,
)

log = logging.getLogger(__name__)

State = SigningBatch.State
POLL_PAUSE = timedelta(seconds=2)
# Longer than all calls of one step together.
CALL_LEASE = timedelta(seconds=120)
MAX_BATCH_DOCUMENTS = 50
MAX_BATCH_BYTES = 30 * 1024 * 1024


@dataclass(frozen=True)
class DocumentToConfirm:
    """A document that is to be signed."""

    file_name: str
    content: bytes


@dataclass(frozen=True)
class ConfirmationRequest:
    """A question that the service has put to the owner of a key.

    ``place`` says in Russian where they answer it. ``seconds`` is how long the service waits, None
    if it does not say.
    """

    id: str
    place: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class ConfirmationAnswer:
    """What the service knows about a question; without any value, the owner has not answered.

    ``signatures`` has an entry for every document, None for one that could not be signed.
    ``failure`` is the code of the refusal of all documents. With ``ask_again_after`` (seconds) the
    owner was not asked, and the question has to be put again.
    """

    signatures: tuple[bytes | None, ...] = ()
    failure: str = ""
    ask_again_after: float | None = None
    place: str = ""


class ConfirmationClient(Protocol):
    """The client of a cloud service. Every method raises Unavailable or Refused."""

    provider: str
    # Where the owners confirm, until the service says it more exactly.
    usual_place: str
    # Whether a repeated `ask` leads to the same question, not to another one for the owner.
    can_repeat_question: bool

    def list_keys(self) -> list[SigningKey]:
        """The keys whose owners the service has."""

    def prepare(self, key_ref: str, documents: Sequence[DocumentToConfirm]) -> object:
        """Hand the documents over, before anybody is asked; may be repeated.

        Returns JSON for `ask`. Raises Refused with `unknown_key` or `key_blocked`.
        """

    def ask(self, key_ref: str, prepared: object, documents: Sequence[str]) -> ConfirmationRequest:
        """Ask the owner to confirm the signatures of the documents with these file names."""

    def get_answer(
        self, key_ref: str, prepared: object, confirmation_id: str
    ) -> ConfirmationAnswer:
        """What has become of the question."""


class ConfirmedSigningService:
    """A `SigningService` on top of the client of a cloud service."""

    def __init__(self, client: ConfirmationClient) -> None:
        self._client = client

    def list_keys(self) -> list[SigningKey]:
        return self._client.list_keys()

    def sign(
        self,
        key_ref: str,
        content: bytes,
        idempotency_key: UUID,
        *,
        file_name: str = DEFAULT_FILE_NAME,
    ) -> bytes:
        document = DocumentToConfirm(file_name, content)
        operation = _find_operation(idempotency_key) or _add_operation(
            self._client.provider, key_ref, document, idempotency_key
        )
        if operation.content_sha256 != _hash(content):
            raise ValueError("The idempotency key belongs to other content.")
        self._advance(operation.batch)
        operation.refresh_from_db()
        if operation.signature is not None:
            return bytes(operation.signature)
        if operation.failure:
            raise Refused(SYSTEM, operation.failure)
        batch = operation.batch
        raise ConfirmationPending(batch.expires_at, batch.place or self._client.usual_place)

    def _advance(self, batch: SigningBatch) -> None:
        """Do the next step of the batch, unless it is too early or another worker is at it."""
        now = clock.now()
        is_mine = batch.update_if(
            {"next_call_at": now + CALL_LEASE}, closed_at=None, next_call_at__lte=now
        )
        if not is_mine:
            return
        pause = POLL_PAUSE
        try:
            pause = self._step(batch)
        except Refused as refusal:
            log.warning("signing refused provider=%s code=%s", batch.provider, refusal.code)
            _close(batch, refusal.code if refusal.code in REFUSAL_CODES else CONFIRMATION_FAILED)
        finally:
            # A worker that died is not here: the lease ends by itself.
            batch.update_if({"next_call_at": clock.now() + pause}, closed_at=None)

    def _step(self, batch: SigningBatch) -> timedelta:
        """Call the service; the pause until the next call."""
        if batch.state == State.WAITING:
            return self._poll(batch)
        if clock.now() >= batch.expires_at:
            _close(batch, CONFIRMATION_EXPIRED)
            return POLL_PAUSE
        batch.update_if({"state": State.STARTING}, state=State.COLLECTING)
        self._start(batch)
        return POLL_PAUSE

    def _start(self, batch: SigningBatch) -> None:
        if batch.asked_at is not None and not self._client.can_repeat_question:
            # Nobody knows whether the owner was asked. They must not be asked again.
            _close(batch, CONFIRMATION_FAILED)
            return
        operations = list(batch.operations.all())
        if batch.prepared is None:
            documents = [
                DocumentToConfirm(operation.file_name, bytes(operation.content or b""))
                for operation in operations
            ]
            _record_prepared(batch, self._client.prepare(batch.key_ref, documents))
        asked_at = batch.asked_at or clock.now()
        if not batch.update_if({"asked_at": asked_at}, state=State.STARTING):
            return
        file_names = [operation.file_name for operation in operations]
        try:
            request = self._client.ask(batch.key_ref, batch.prepared, file_names)
        except Unavailable as error:
            if _has_not_acted(error):
                batch.update_if({"asked_at": None}, state=State.STARTING)
            raise
        _record_request(batch, request)

    def _poll(self, batch: SigningBatch) -> timedelta:
        answer = self._client.get_answer(batch.key_ref, batch.prepared, batch.confirmation_id)
        if answer.place:
            batch.update_if({"place": answer.place}, state=State.WAITING)
        if answer.signatures:
            _record_signatures(batch, answer.signatures)
        elif answer.failure:
            _close(batch, answer.failure)
        elif clock.now() >= batch.expires_at:
            _close(batch, CONFIRMATION_EXPIRED)
        elif answer.ask_again_after is not None:
            changes = {"state": State.STARTING, "asked_at": None, "confirmation_id": ""}
            batch.update_if(changes, state=State.WAITING)
            return timedelta(seconds=answer.ask_again_after)
        return POLL_PAUSE


def _find_operation(key: UUID) -> SigningOperation | None:
    return SigningOperation.objects.select_related("batch").filter(pk=key).first()


def _add_operation(
    provider: str, key_ref: str, document: DocumentToConfirm, key: UUID
) -> SigningOperation:
    """Store the operation in the batch that is being collected for the key, or in a new one."""
    with fenced_transaction():
        batch = _lock_batch(provider, key_ref, len(document.content))
        operation, _ = SigningOperation.objects.get_or_create(
            pk=key,
            defaults={
                "batch": batch,
                "file_name": document.file_name[:255],
                "content": document.content,
                "content_sha256": _hash(document.content),
                "content_size": len(document.content),
            },
        )
    return operation


def _lock_batch(provider: str, key_ref: str, size: int) -> SigningBatch:
    """A batch that is being collected and has room. It is locked, so it cannot be started."""
    while True:
        now = clock.now()
        batch, is_new = SigningBatch.objects.get_or_create(
            provider=provider,
            key_ref=key_ref,
            state=State.COLLECTING,
            defaults={
                "created_at": now,
                "expires_at": now + timedelta(minutes=settings.SIGNING_CONFIRMATION_MINUTES),
                "next_call_at": now + timedelta(seconds=settings.SIGNING_BATCH_SECONDS),
            },
        )
        locked = SigningBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != State.COLLECTING:
            continue
        if is_new or (now <= locked.next_call_at and _has_room(locked, size)):
            return locked
        # Whoever asks for one of its signatures starts it.
        locked.update_if({"state": State.STARTING, "next_call_at": now})


def _has_room(batch: SigningBatch, size: int) -> bool:
    sizes = list(batch.operations.values_list("content_size", flat=True))
    return len(sizes) < MAX_BATCH_DOCUMENTS and sum(sizes) + size <= MAX_BATCH_BYTES


@transaction.atomic
def _record_prepared(batch: SigningBatch, prepared: object) -> None:
    if batch.update_if({"prepared": prepared}, state=State.STARTING, prepared__isnull=True):
        batch.operations.update(content=None)


def _record_request(batch: SigningBatch, request: ConfirmationRequest) -> None:
    expires_at = batch.expires_at
    if request.seconds is not None:
        expires_at = min(expires_at, clock.now() + timedelta(seconds=request.seconds))
    changes = {
        "state": State.WAITING,
        "confirmation_id": request.id,
        "place": request.place,
        "expires_at": expires_at,
    }
    batch.update_if(changes, state=State.STARTING)


@transaction.atomic
def _record_signatures(batch: SigningBatch, signatures: Sequence[bytes | None]) -> None:
    operations = list(batch.operations.all())
    if len(operations) != len(signatures):
        signatures = [None] * len(operations)
    for operation, signature in zip(operations, signatures, strict=True):
        operation.signature = signature
        operation.failure = "" if signature else CONFIRMATION_FAILED
    SigningOperation.objects.bulk_update(operations, ["signature", "failure"])
    batch.update_if({"state": State.CLOSED, "closed_at": clock.now()})


@transaction.atomic
def _close(batch: SigningBatch, failure: str) -> None:
    """Refuse what has no signature yet."""
    if batch.update_if({"state": State.CLOSED, "closed_at": clock.now()}, closed_at=None):
        batch.operations.filter(signature=None).update(failure=failure, content=None)


def _has_not_acted(error: Unavailable) -> bool:
    """Whether the service certainly did nothing: it asks to wait, or accepts no calls of ours."""
    return error.retry_after is not None or bool(error.code)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
