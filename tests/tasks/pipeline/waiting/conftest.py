"""A task whose signing channel is in memory, and what a person may be waited for."""

from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from edo.channels.protocol import SessionState
from tasks import channels
from tasks.lifecycle import effects
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until
from tests.support.memory_channel import MemoryBinding, MemoryChannel
from tests.support.sandbox import Sandbox

CONSENT: dict[str, Any] = {
    "state": SessionState.AWAITING_CONSENT,
    "reason": "Клиент должен принять приглашение.",
}
CONFIRMATION: dict[str, Any] = {
    "state": SessionState.AWAITING_CONFIRMATION,
    "reason": "Иванова Е. В., приложение myDSS.",
}
DOUBT = "Алгоритм подписи не поддерживается."


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> MemoryChannel:
    channel = MemoryChannel()
    monkeypatch.setitem(channels.BINDINGS, Channel.SMS, MemoryBinding(channel))
    return channel


@pytest.fixture
def task(set_up: Sandbox, manager: User, channel: MemoryChannel) -> SigningTask:
    created = world.create_task(manager)
    SigningTask.objects.filter(pk=created.pk).update(channel=Channel.SMS)
    return reload(created)


@pytest.fixture
def administrator(set_up: Sandbox) -> User:
    user: User = world.UserFactory(roles=[Role.ADMINISTRATOR])
    return user


def poll(task: SigningTask) -> SigningTask:
    """What an event of the channel, or `poll_silent_tasks`, would cause."""
    effects.enqueue_poll(reload(task))
    run_everything()
    return reload(task)


def run_until_review(task: SigningTask, channel: MemoryChannel, sandbox: Sandbox) -> SigningTask:
    task = run_until(task, Status.DOCUMENT_SENT, sandbox)
    channel.set_state(SessionState.UNVERIFIED, reason=DOUBT)
    return poll(task)
