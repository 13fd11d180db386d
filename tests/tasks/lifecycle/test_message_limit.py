"""How often employees may make the system write to one client."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.outbox.models import OutboxJob
from tasks.actions import reminders
from tasks.actions.contact import replace_contact
from tasks.actions.perform_action import perform_action
from tasks.lifecycle import effects, guards, message_limit
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Status
from tasks.transitions import Actor
from tests.support.cards import text_of
from tests.support.factories import HistoryEntryFactory, SigningTaskFactory, fresh
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db
LIMIT = 3
Send = Callable[[SigningTask, User], object]


def restart(task: SigningTask, user: User) -> object:
    return perform_action(task=task, name="restart_identification", actor=user)


def decline(task: SigningTask, user: User) -> object:
    return perform_action(task=task, name="decline_authority", actor=user, comment="нет печати")


def send_again(task: SigningTask, user: User) -> object:
    return perform(task.number, "send_document", actor=user)


def remind(task: SigningTask, user: User) -> object:
    return reminders.remind(task=task, actor=user)


def replace(task: SigningTask, user: User) -> object:
    return replace_contact(task=task, contact=ContactFactory(), actor=user)


WAYS: dict[str, tuple[Status, Send]] = {
    "restart": (Status.IDENTIFICATION_PENDING, restart),
    "decline": (Status.AUTHORITY_REVIEW, decline),
    "send again": (Status.SIGNING_FAILED, send_again),
    "remind": (Status.DOCUMENT_SIGNING, remind),
    "replace": (Status.IDENTIFICATION_PENDING, replace),
}


@pytest.fixture(autouse=True)
def low_limit(settings: Settings) -> None:
    settings.CLIENT_MESSAGES_PER_DAY = LIMIT


@pytest.fixture
def repeat(owner: User) -> Callable[..., None]:
    """Writes to the client again as the history records it, in another task of the client."""

    def repeat(task: SigningTask, times: int, name: str = "restart_identification") -> None:
        other = SigningTaskFactory(client=task.client, manager=owner)
        for _ in range(times):
            HistoryEntryFactory(task=other, name=name, actor=owner, acted_as=Actor.MANAGER)

    return repeat


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_write_to_a_client_again_has_one_limit(
    owner: User, repeat: Callable[..., None], monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    # Whether the document can be sent is another question than whether the client is written to.
    monkeypatch.setitem(guards.GUARDS, "send_document", lambda task, fresh: [])
    status, send = WAYS[way]
    task = SigningTaskFactory(manager=owner, status=status)
    repeat(task, LIMIT)
    with pytest.raises(ActionRefused) as refused:
        send(task, owner)
    [refusal] = refused.value.refusals
    assert refusal.code == "client_message_limit"
    assert "Следующее сообщение можно отправить" in refusal.fix
    assert fresh(task).contact_version == task.contact_version
    assert not OutboxJob.objects.exists()
    with time_machine.travel(clock.now() + timedelta(hours=24, seconds=1), tick=False):
        send(task, owner)
    assert OutboxJob.objects.exists()


def test_the_limit_is_of_one_client(owner: User, repeat: Callable[..., None]) -> None:
    task = SigningTaskFactory(manager=owner, status=Status.IDENTIFICATION_PENDING)
    repeat(SigningTaskFactory(manager=owner, client=ClientFactory()), LIMIT)
    restart(task, owner)
    assert fresh(task).status == Status.IDENTIFICATION_REQUESTED


def test_what_the_process_sends_itself_does_not_count(
    owner: User, repeat: Callable[..., None]
) -> None:
    task = SigningTaskFactory(manager=owner, status=Status.IDENTIFICATION_PENDING)
    for name in ("identification_started", "document_delivered", "send_document"):
        repeat(task, LIMIT, name)
    restart(task, owner)
    assert fresh(task).status == Status.IDENTIFICATION_REQUESTED


def test_the_card_says_when_it_is_possible_again(owner: User, repeat: Callable[..., None]) -> None:
    task = SigningTaskFactory(manager=owner, status=Status.IDENTIFICATION_PENDING)
    repeat(task, LIMIT)
    page = text_of(browser_of(owner).get(f"/tasks/{task.number}/"))
    assert "«Напомнить» пока нельзя: Клиенту за сутки уже писали" in page
    response = browser_of(owner).post(
        f"/tasks/{task.number}/do/restart_identification/", follow=True
    )
    assert "Следующее сообщение можно отправить" in text_of(response)


def test_no_transition_of_an_employee_that_writes_to_clients_is_forgotten() -> None:
    """A transition with an effect that sends messages is the system's, or it is limited."""
    messages = {name for name, effect in effects.EFFECTS.items() if _sends_messages(effect)}
    assert messages >= {"identification_started", "decline_authority", "document_delivered"}
    by_employees = {
        name
        for status in Status
        for name, rule in guards.transitions_from(SigningTask(status=status)).items()
        if rule.actors & guards.HUMAN_ACTORS
    }
    assert messages & by_employees <= message_limit.REPEATING_TRANSITIONS


def _sends_messages(effect: Callable[..., None]) -> bool:
    return "enqueue_messages" in effect.__code__.co_names
