"""Causing notifications in tests, and reading them."""

from typing import Any

from accounts.models import User
from econtract.platform.notifications import inbox
from econtract.platform.notifications.models import (
    MailFrequency,
    NotificationPreference,
)
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.factories import (
    ExchangeFactory,
    SigningTaskFactory,
)
from tests.support.people import People


def make_task(users: People, status: Status, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=users["owner"], status=status, **more)
    return task


def notifications_of(user: User) -> list[tuple[str, str]]:
    """Kind and text of the notifications that the user sees, oldest first."""
    reloaded = User.objects.get(pk=user.pk)
    return list(inbox.notifications_for(reloaded).order_by("pk").values_list("kind", "text"))


def set_preference(user: User, kind: str, *, bell: bool, how: MailFrequency) -> None:
    User.objects.filter(pk=user.pk).update(email=f"{user.username}@op.example")
    NotificationPreference.objects.create(user=user, kind=kind, bell=bell, mail=how)


def sign_task(users: People) -> SigningTask:
    task = make_task(users, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    return perform(task.number, "client_signed", actor=Actor.CLIENT)


def run_jobs(kind: str) -> list[int]:
    """Runs the jobs of one kind; returns their keys."""
    keys = list(OutboxJob.objects.filter(kind=kind).values_list("pk", flat=True))
    for key in keys:
        worker.run_job(key)
    return keys
