"""Saving a task that an action has changed."""

from econtract.platform.common import clock
from tasks.models import SigningTask


def save_task(task: SigningTask, *fields: str) -> None:
    task.updated_at = clock.now()
    task.save(update_fields=[*fields, "updated_at"])
