"""Signing tasks as the subject of notifications."""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.models import User
from accounts.visibility import visibility_of
from econtract.platform.notifications.delivery import Subject
from tasks.models import SigningTask
from tasks.statuses import Status

TASK = "task"


class TaskSubject:
    """A `SubjectType` of `econtract.platform.notifications.registry`."""

    code = TASK

    def visible_to(self, user: User) -> Q:
        if visibility_of(user).sees_everything:
            return Q()
        # Correlated, so that it runs for the few notifications at hand, not for all visible tasks.
        return Q(Exists(SigningTask.objects.visible_to(user).filter(pk=OuterRef("subject_id"))))

    def titles(self, ids: Collection[int], user: User) -> dict[int, str]:
        tasks = SigningTask.objects.visible_to(user).filter(pk__in=ids)
        names = tasks.order_by().values_list("pk", "client__short_name")
        return {number: f"{self.reference(number)} · {client}" for number, client in names}

    def reference(self, subject_id: int) -> str:
        return f"Задание {subject_id}"

    def status_label(self, status: str) -> str:
        return str(Status(status).label)

    def url(self, subject_id: int) -> str:
        return reverse("tasks:card", args=[subject_id])


def build_subject(task: SigningTask) -> Subject:
    return Subject(TASK, task.number, task.status)
