"""A task passes the whole pipeline through a channel without boxes, exchanges and tables."""

import hashlib
from pathlib import Path

import pytest

from accounts.models import User
from archive.package.parts import PartySide
from econtract.platform.common.refusals import Refusal
from edo.channels.protocol import (
    SessionState,
    SigningRefused,
)
from edo.models import Exchange
from tasks import channels
from tasks.actions.perform_action import perform_action
from tasks.lifecycle import effects, preflight
from tasks.models import Channel, SigningTask
from tasks.pipeline.package_parts import collect_parts
from tasks.pipeline.step import load_task
from tasks.statuses import Resolution, Status
from tests.support import world
from tests.support.driver import operator_actions, reload, run_everything, run_until
from tests.support.memory_channel import MemoryBinding, MemoryChannel
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox


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


def poll(task: SigningTask) -> SigningTask:
    """What an event of the channel would cause."""
    effects.enqueue_poll(reload(task))
    run_everything()
    return reload(task)


def test_a_task_is_sent_followed_and_packed_without_any_exchange(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, tmp_path: Path
) -> None:
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    assert task.document_version is not None
    assert task.document_version.pdf is not None
    [pdf] = channel.sent
    assert hashlib.sha256(pdf).hexdigest() == task.document_version.pdf.sha256
    channel.set_state(SessionState.DELIVERED)
    assert poll(task).status == Status.DOCUMENT_SIGNING
    channel.set_state(SessionState.SIGNED)
    assert poll(task).status == Status.COMPLETED
    parts = collect_parts(load_task(task.number), tmp_path)
    assert [signature.side for signature in parts.signatures] == list(PartySide)
    assert parts.powers == []
    assert reload(task).package is not None
    assert not Exchange.objects.exists()
    assert operator_actions(set_up) == []


def test_the_checks_and_the_card_are_those_of_the_channel(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    task = run_until(task, Status.IDENTIFICATION_PENDING, set_up)
    labels = [check.label for check in preflight.run_checks(task)]
    assert labels == ["Клиент", "Документ", "Лицевой счет", "Номер телефона"]
    page = browser_of(manager).get(f"/tasks/{task.number}/").content.decode()
    block = page[page.index('id="card-signing"') :]
    assert "+79123456789" in block
    assert "Подпись ожидается" in block
    assert "ЛК ЭДО" not in block[: block.index("</section>")]
    assert "Проверить ящик клиента" not in page
    response = browser_of(manager).post(f"/tasks/{task.number}/client-box/")
    assert response.status_code == 404


def test_a_problem_that_the_channel_finds_stops_the_sending(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.problems = (Refusal("phone_missing", "Нет телефона."),)
    task = run_until(task, Status.SIGNING_FAILED, set_up)
    assert task.resolution == Resolution.SEND_FAILED
    assert channel.sent == []


def test_a_refusal_of_the_channel_fails_the_task_with_its_text(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox
) -> None:
    channel.refusal = SigningRefused("memory", "rejected", "Номер не обслуживается.")
    task = run_until(task, Status.SIGNING_FAILED, set_up)
    last = task.history.order_by("-pk")[0]
    assert (task.resolution, last.comment) == (Resolution.SEND_FAILED, "Номер не обслуживается.")


def test_a_document_is_revoked_before_its_task_is_cancelled(
    task: SigningTask, channel: MemoryChannel, set_up: Sandbox, manager: User
) -> None:
    task = run_until(task, Status.DOCUMENT_SENT, set_up)
    perform_action(task=task, name="cancel", actor=manager, reason="ошибка")
    run_everything()
    assert reload(task).status == Status.CANCELLED
    assert channel.session is not None
    assert channel.session.state == SessionState.REVOKED


@pytest.mark.django_db
@pytest.mark.parametrize("session_id", ["not-a-uuid", "", "5decc0f4-b7ea-4580-9473-fc5a0b35db06"])
def test_an_unknown_session_has_no_task(session_id: str) -> None:
    assert not channels.find_tasks(session_id).exists()


def test_every_channel_has_a_binding() -> None:
    assert set(channels.BINDINGS) == set(Channel)
