"""The rows of signatures that their owners confirm (`confirmed` says how they are used)."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from econtract.platform.common import clock
from econtract.platform.outbox.leases import fenced_transaction
from edo.models import SigningBatch, SigningOperation
from edo.signing.providers.confirmation_client import ConfirmationRequest, DocumentToConfirm
from edo.signing.providers.protocol import CONFIRMATION_FAILED

State = SigningBatch.State
MAX_BATCH_DOCUMENTS = 50
MAX_BATCH_BYTES = 30 * 1024 * 1024


def find_operation(key: UUID) -> SigningOperation | None:
    """The operation with that idempotency key, with its batch."""
    return SigningOperation.objects.select_related("batch").filter(pk=key).first()


def add_operation(
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
                "content_sha256": compute_digest(document.content),
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
        row = SigningBatch.objects.select_for_update().get(pk=batch.pk)
        if row.state != State.COLLECTING:
            continue
        if is_new or (now <= row.next_call_at and _has_room(row, size)):
            return row
        # Whoever asks for one of its signatures starts it.
        row.update_if({"state": State.STARTING})


def _has_room(batch: SigningBatch, size: int) -> bool:
    sizes = list(batch.operations.values_list("content_size", flat=True))
    return len(sizes) < MAX_BATCH_DOCUMENTS and sum(sizes) + size <= MAX_BATCH_BYTES


@transaction.atomic
def record_prepared(batch: SigningBatch, prepared: object) -> None:
    """Store that the service has the documents. They are no longer needed here."""
    if batch.update_if({"prepared": prepared}, state=State.STARTING, prepared__isnull=True):
        batch.operations.update(content=None)


def record_request(batch: SigningBatch, request: ConfirmationRequest) -> None:
    """Store that the owner was asked, and the time limit of the service if it is sooner."""
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
def record_signatures(batch: SigningBatch, signatures: Sequence[bytes | None]) -> None:
    """Store the signatures of all documents; with another number of them, all have failed."""
    if not batch.update_if({"state": State.CLOSED, "closed_at": clock.now()}, closed_at=None):
        return
    operations = list(batch.operations.all())
    if len(operations) != len(signatures):
        signatures = [None] * len(operations)
    for operation, signature in zip(operations, signatures, strict=True):
        operation.signature = signature
        operation.failure = "" if signature else CONFIRMATION_FAILED
    SigningOperation.objects.bulk_update(operations, ["signature", "failure"])


@transaction.atomic
def close_batch(batch: SigningBatch, failure: str) -> None:
    """Refuse what has no signature yet."""
    if batch.update_if({"state": State.CLOSED, "closed_at": clock.now()}, closed_at=None):
        batch.operations.filter(signature=None).update(failure=failure, content=None)


def compute_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
