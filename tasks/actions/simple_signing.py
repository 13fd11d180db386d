"""What a task does when its client has done something on the signing page."""

from uuid import UUID

from tasks.lifecycle import effects
from tasks.models import SigningTask


def hear_from_client(signing_id: UUID) -> None:
    """Enqueue the step that follows the signing, in the transaction of what the client did."""
    task = SigningTask.objects.filter(simple_signing_id=signing_id).first()
    if task:
        effects.enqueue_poll(task, is_reported=True)
