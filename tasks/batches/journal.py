"""The journal of a batch: every change of its state and who made it."""

from accounts.models import User
from tasks.models import Batch, BatchEvent


def record(batch: Batch, kind: BatchEvent.Kind, actor: User | None, detail: str = "") -> None:
    """Adds an entry, in the transaction of the change. ``detail`` holds no personal data."""
    BatchEvent.objects.create(batch=batch, kind=kind, actor=actor, detail=detail[:300])
