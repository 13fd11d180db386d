"""«Лицевой счет» on the card."""

import pytest
from django.test import Client

from accounts.models import User
from econtract.platform.common.errors import Unavailable
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    ExchangeFactory,
    SigningTaskFactory,
    fresh,
)


class FakeEip:
    """ЕИП that always gives ``answer``; None: it does not respond."""

    def __init__(self, answer: bool | None) -> None:
        self.answer = answer
        self.queries: list[tuple[str, str]] = []

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        self.queries.append((account, inn))
        if self.answer is None:
            raise Unavailable("eip", "no answer in time")
        return self.answer


@pytest.mark.parametrize(
    ("answer", "verified", "text"),
    [
        (True, True, "ЛС проверен"),
        (False, False, "ЛС не найден у клиента с этим ИНН"),
        (None, False, "ЕИП не отвечает. Подписание начнется после успешной проверки"),
    ],
)
def test_a_new_account_number_is_checked_at_once(
    task: SigningTask,
    web: Client,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool | None,
    verified: bool,
    text: str,
) -> None:
    eip = FakeEip(answer)
    monkeypatch.setattr("tasks.screens.card.views.account.eip", lambda: eip)
    response = web.post(
        f"/tasks/{task.number}/account/", {"account_number": "850 000 000 001"}, follow=True
    )
    after = fresh(task)
    assert after.account_number == "850000000001"
    assert (after.account_verified_at is not None) is verified
    assert text in response.content.decode()
    assert eip.queries == [("850000000001", task.client.inn)]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("", "Введите лицевой счет"),
        ("850123", "Лицевой счет должен состоять из 12 цифр"),
        ("999000000001", "Некорректно указан код лицевого счета"),
    ],
)
def test_an_invalid_account_number_is_refused_without_a_query(
    task: SigningTask, web: Client, number: str, text: str
) -> None:
    response = web.post(f"/tasks/{task.number}/account/", {"account_number": number})
    assert response.status_code == 422
    assert text in response.content.decode()
    assert fresh(task).account_number == "850123456789"


def test_the_check_button_checks_the_current_number(
    owner: User, web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = SigningTaskFactory(manager=owner, account_verified_at=None)
    eip = FakeEip(answer=True)
    monkeypatch.setattr("tasks.screens.card.views.account.eip", lambda: eip)
    assert "Проверка ЛС" in web.get(f"/tasks/{task.number}/").content.decode()
    web.post(f"/tasks/{task.number}/account/check/")
    assert fresh(task).account_verified_at is not None
    assert eip.queries == [("850123456789", task.client.inn)]


def test_the_account_cannot_change_while_the_operator_has_the_document(
    owner: User, web: Client
) -> None:
    task = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    response = web.post(f"/tasks/{task.number}/account/", {"account_number": "850000000001"})
    assert response.status_code == 422
    assert "открепите документ" in response.content.decode()
