"""Choosing the client's box on the card."""

import pytest
from django.test import Client

from accounts.models import User
from econtract.platform.common.errors import Unavailable
from edo.channels.operator.channel import OperatorChannel
from edo.channels.protocol import PreflightCheck, RecipientOption
from tasks.channels import channel_for
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support.factories import ExchangeFactory, SigningTaskFactory, UserFactory, fresh
from tests.support.people import browser_of

HEAD = RecipientOption("box-1", "Головная организация")
BRANCH = RecipientOption("box-2", "Филиал", note="Ответ может идти дольше")
CLOSED = RecipientOption("box-3", "Закрытый", is_usable=False, note="Организация ликвидирована")


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> list[RecipientOption]:
    """The client's boxes at the operator."""
    boxes = [HEAD, BRANCH, CLOSED]
    monkeypatch.setattr(OperatorChannel, "find_recipient_options", lambda self: tuple(boxes))
    monkeypatch.setattr(
        OperatorChannel,
        "check_recipient",
        lambda self: PreflightCheck("Ящик клиента", is_blocking=False),
    )
    return boxes


@pytest.fixture
def task(owner: User) -> SigningTask:
    created: SigningTask = SigningTaskFactory(manager=owner, status=Status.IDENTIFICATION_PENDING)
    return created


def choice_url(task: SigningTask) -> str:
    return f"/tasks/{task.number}/client-box/choice/"


def test_a_check_that_finds_several_boxes_asks_which(
    web: Client, task: SigningTask, boxes: list[RecipientOption]
) -> None:
    response = web.post(f"/tasks/{task.number}/client-box/")
    assert response["Location"] == choice_url(task)
    page = web.get(choice_url(task)).content.decode()
    assert all(option.label in page for option in boxes)
    assert "Организация ликвидирована" in page


def test_a_check_that_finds_one_asks_nothing(
    web: Client, task: SigningTask, boxes: list[RecipientOption]
) -> None:
    boxes[:] = [HEAD, CLOSED]
    response = web.post(f"/tasks/{task.number}/client-box/", follow=True)
    assert "документ будет принят" in response.content.decode()


def test_the_chosen_box_is_stored_and_can_be_changed(
    web: Client, task: SigningTask, boxes: list[RecipientOption]
) -> None:
    page = web.post(choice_url(task), {"box": BRANCH.id}, follow=True).content.decode()
    assert "Документ уйдет в ящик «Филиал»" in page
    assert choice_url(task) in page
    task = fresh(task)
    assert (task.recipient_address, task.recipient_label) == (BRANCH.id, BRANCH.label)
    channel = channel_for(task)
    assert isinstance(channel, OperatorChannel)
    assert channel.recipient.address_id == BRANCH.id
    entry = HistoryEntry.objects.get(task=task, name="recipient_chosen")
    assert entry.details["changed"] == {"recipient": ["", "Филиал"]}
    web.post(choice_url(task), {"box": HEAD.id})
    assert fresh(task).recipient_address == HEAD.id


@pytest.mark.parametrize("box", ["", "box-9", CLOSED.id])
def test_another_box_is_refused(
    web: Client, task: SigningTask, boxes: list[RecipientOption], box: str
) -> None:
    response = web.post(choice_url(task), {"box": box})
    assert response.status_code == 422
    assert fresh(task).recipient_address == ""


def test_a_document_at_the_client_locks_the_choice(
    web: Client, owner: User, boxes: list[RecipientOption]
) -> None:
    task = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    assert web.post(choice_url(task), {"box": HEAD.id}).status_code == 422
    assert fresh(task).recipient_address == ""


def test_a_colleague_cannot_choose(task: SigningTask, boxes: list[RecipientOption]) -> None:
    stranger = browser_of(UserFactory(roles=["manager"]))
    assert stranger.post(choice_url(task), {"box": HEAD.id}).status_code == 404


def test_an_operator_out_of_reach_is_told(
    web: Client, task: SigningTask, boxes: list[RecipientOption], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: OperatorChannel) -> tuple[RecipientOption, ...]:
        raise Unavailable("edo", "switched off")

    monkeypatch.setattr(OperatorChannel, "find_recipient_options", fail)
    page = web.get(choice_url(task), follow=True).content.decode()
    assert "Оператор ЭДО не отвечает" in page


def test_the_consent_of_a_client_can_be_asked_about(web: Client, owner: User) -> None:
    task = SigningTaskFactory(manager=owner, status=Status.CONSENT_PENDING)
    card = web.get(f"/tasks/{task.number}/").content.decode()
    assert "Проверить согласие клиента" in card
    response = web.post(f"/tasks/{task.number}/client-box/", follow=True)
    assert "принял ли клиент приглашение" in response.content.decode()
