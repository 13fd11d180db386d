"""Confirmations that our signatories have yet to give, for screens and for cleaning up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from econtract.platform.common import clock
from edo.models import SigningBatch, SigningOperation

# Callers store a signature as soon as they get it.
KEEP_CLOSED = timedelta(days=30)


@dataclass(frozen=True)
class OpenConfirmation:
    """One question to the owner of a key: confirm the signatures of these documents.

    ``since`` is when they were asked, None while the documents are being handed over. ``place``
    says in Russian where they confirm it: «в приложении myDSS на телефоне»; it may be "".
    """

    key_ref: str
    since: datetime | None
    expires_at: datetime
    place: str
    file_names: tuple[str, ...]


def find_open_confirmation(idempotency_key: UUID) -> OpenConfirmation | None:
    """The confirmation for which the signature with this key waits, if it still does."""
    operation = (
        SigningOperation.objects.select_related("batch")
        .filter(pk=idempotency_key, batch__closed_at=None, batch__expires_at__gt=clock.now())
        .first()
    )
    if operation is None:
        return None
    batch = operation.batch
    return OpenConfirmation(
        key_ref=batch.key_ref,
        since=batch.asked_at,
        expires_at=batch.expires_at,
        place=batch.place,
        file_names=tuple(batch.operations.values_list("file_name", flat=True)),
    )


def forget_refusal(idempotency_key: UUID) -> None:
    """Let the owner be asked again for a signature that they have not confirmed.

    For an action that a user repeats on purpose, with the same document and the same key.
    """
    SigningOperation.objects.filter(pk=idempotency_key).exclude(failure="").delete()


def delete_old_confirmations() -> None:
    """Delete the rows that nobody will ask for, and the documents of abandoned ones."""
    now = clock.now()
    SigningBatch.objects.filter(closed_at=None, expires_at__lt=now - KEEP_CLOSED).delete()
    SigningBatch.objects.filter(closed_at__lt=now - KEEP_CLOSED).delete()
    SigningOperation.objects.filter(
        batch__closed_at=None, batch__expires_at__lt=now, content__isnull=False
    ).update(content=None)
