"""Signing with a cloud service whose users confirm every signature, usually on their phone.

Documents of one key that come within SIGNING_BATCH_SECONDS are handed over together, so that
their owner confirms once. The service is called only while somebody asks for a signature: there
is no job of its own. What it answers is stored before the next call, so another worker continues
after a crash at any point. Those writes are not fenced: the service has acted already, and the
state of the batch guards them.
"""

import logging
from datetime import timedelta
from uuid import UUID

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from edo.models import SigningBatch
from edo.signing.providers.batches import (
    add_operation,
    close_batch,
    compute_digest,
    find_operation,
    record_prepared,
    record_request,
    record_signatures,
)
from edo.signing.providers.confirmation_client import ConfirmationClient, DocumentToConfirm
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
        operation = find_operation(idempotency_key) or add_operation(
            self._client.provider, key_ref, document, idempotency_key
        )
        if operation.content_sha256 != compute_digest(content):
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
        lease_until = now + CALL_LEASE
        has_lease = batch.update_if(
            {"next_call_at": lease_until}, closed_at=None, next_call_at__lte=now
        )
        if not has_lease:
            return
        pause = POLL_PAUSE
        try:
            pause = self._step(batch)
        except Refused as refusal:
            log.warning("signing refused provider=%s code=%s", batch.provider, refusal.code)
            close_batch(
                batch, refusal.code if refusal.code in REFUSAL_CODES else CONFIRMATION_FAILED
            )
        finally:
            # The lease of a worker that died ends by itself, and a slow one may have lost it.
            changes = {"next_call_at": clock.now() + pause}
            batch.update_if(changes, closed_at=None, next_call_at=lease_until)

    def _step(self, batch: SigningBatch) -> timedelta:
        """Call the service; the pause until the next call."""
        if batch.state == State.WAITING:
            return self._poll(batch)
        if clock.now() >= batch.expires_at:
            close_batch(batch, CONFIRMATION_EXPIRED)
            return POLL_PAUSE
        batch.update_if({"state": State.STARTING}, state=State.COLLECTING)
        self._start(batch)
        return POLL_PAUSE

    def _start(self, batch: SigningBatch) -> None:
        if batch.asked_at is not None and not self._client.can_repeat_question:
            # Nobody knows whether the owner was asked. They must not be asked again.
            close_batch(batch, CONFIRMATION_FAILED)
            return
        operations = list(batch.operations.all())
        if batch.prepared is None:
            documents = [
                DocumentToConfirm(operation.file_name, bytes(operation.content or b""))
                for operation in operations
            ]
            record_prepared(batch, self._client.prepare(batch.key_ref, documents))
        is_first = batch.update_if({"asked_at": clock.now()}, state=State.STARTING, asked_at=None)
        is_allowed = is_first or self._client.can_repeat_question
        if batch.state != State.STARTING or not is_allowed:
            # Another worker has been faster.
            return
        file_names = [operation.file_name for operation in operations]
        try:
            request = self._client.ask(batch.key_ref, batch.prepared, file_names)
        except Unavailable as error:
            if _has_not_acted(error):
                batch.update_if({"asked_at": None}, state=State.STARTING)
            raise
        record_request(batch, request)

    def _poll(self, batch: SigningBatch) -> timedelta:
        answer = self._client.get_answer(batch.key_ref, batch.prepared, batch.confirmation_id)
        if answer.place:
            batch.update_if({"place": answer.place}, state=State.WAITING)
        if answer.signatures:
            record_signatures(batch, answer.signatures)
        elif answer.failure:
            close_batch(batch, answer.failure)
        elif clock.now() >= batch.expires_at:
            close_batch(batch, CONFIRMATION_EXPIRED)
        elif answer.ask_again_after is not None:
            changes = {"state": State.STARTING, "asked_at": None, "confirmation_id": ""}
            batch.update_if(changes, state=State.WAITING)
            return timedelta(seconds=answer.ask_again_after)
        return POLL_PAUSE


def _has_not_acted(error: Unavailable) -> bool:
    """Whether the service certainly did nothing: it asks to wait, or accepts no calls of ours."""
    return error.retry_after is not None or bool(error.code)
