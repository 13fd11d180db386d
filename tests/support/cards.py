"""Cards of tasks, as the tests of the card's page read them."""

import re
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    SigningTaskFactory,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def make(owner: User, status: Status = Status.IDENTIFICATION_PENDING, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **more)
    return task


def text_of(response: Any) -> str:
    """The words of a page, without markup and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def card(web: Client, task: SigningTask) -> str:
    response = web.get(f"/tasks/{task.number}/")
    assert response.status_code == 200
    return text_of(response)


def contact_form(task: SigningTask, **changes: str) -> dict[str, str]:
    """The form of the task's contact as it was opened, with ``changes``."""
    version = task.contact_version
    fields = {
        "surname": version.surname,
        "given_name": version.given_name,
        "patronymic": version.patronymic,
        "phone": version.phone,
        "email": version.email,
        "position": version.position,
        "authority": version.authority,
        "based_on": str(version.number),
    }
    return fields | changes
