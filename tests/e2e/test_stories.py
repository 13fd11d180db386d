"""What else happens to a task, each in a browser against running processes.

The tasks are made without the form to be quick; the main story, form included, is in
`test_main_story.py`.
"""

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from clients.models import Service
from edo.models import Signatory
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack, wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]

Create = Callable[..., SigningTask]
_numbers = count(1)


@pytest.fixture
def create(staff: dict[str, User]) -> Create:
    """Makes a task of `manager` with a contact person and a document number of its own."""

    def create_(**more: Any) -> SigningTask:
        number = next(_numbers)
        facts = {"phone": f"+7912555{number:04d}", "document_number": f"Д-{number}"}
        return world.create_task(staff["manager"], **{**facts, **more})

    return create_


@pytest.fixture
def faults(sandbox: Sandbox) -> Iterator[Sandbox]:
    """The sandbox for a story that breaks it; it works again afterwards."""
    yield sandbox
    sandbox.clear_faults()


def rows_of(page: Page, tab: str, chip: str) -> str:
    """What the list shows under a quick filter."""
    page.goto(f"/tasks/{tab}/")
    page.get_by_role("navigation", name="Быстрые фильтры").get_by_role("link", name=chip).click()
    expect(page.get_by_role("link", name=f"{chip} ", exact=False)).to_be_visible()
    expect(page.locator("#results")).to_be_visible()
    return page.locator("#results").inner_text()


def test_a_client_who_gives_no_data_is_to_be_called(
    create: Create, log_in: Open, client: Page, stack: Stack
) -> None:
    task, page = create(), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task, "Отказаться от предоставления данных")
    steps.comes_to(page, task, Status.IDENTIFICATION_FAILED, stack)
    expect(steps.banner(page)).to_contain_text(Resolution.DATA_REFUSED.label)
    for chip in ("Обработка ошибок", "Звонок клиенту"):
        listed = rows_of(page, "my", chip)
        assert str(task.number) in listed
        assert Resolution.DATA_REFUSED.label in listed


def test_a_client_who_refuses_to_sign_says_why(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task, page = create(), log_in()
    go_to_signing(task, page, client, stack)
    steps.refuse(client, task, "Не согласны с ценой")
    steps.comes_to(page, task, Status.SIGNING_FAILED, stack)
    expect(steps.banner(page)).to_contain_text(
        f"{Resolution.CLIENT_REFUSED.label}: Не согласны с ценой"
    )
    assert str(task.number) in rows_of(page, "my", "Звонок клиенту")
    assert at_the_operator(task, sandbox) == ["sent", "delivered", "rejected"]


def test_a_signatory_confirms_on_their_phone(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task = create(signatory=Signatory.objects.get(key_ref="signer-petrov"))
    page = log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.CONFIRMATION_PENDING, stack)
    expect(steps.banner(page)).to_contain_text("в приложении myDSS на телефоне")
    assert at_the_operator(task, sandbox) == []
    steps.confirm_on_phone(client, task)
    steps.comes_to(page, task, Status.DOCUMENT_SIGNING, stack)
    assert at_the_operator(task, sandbox) == ["sent", "delivered"]


def test_an_account_of_somebody_else_blocks_signing_until_it_is_corrected(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task = create(account_number="850999999999", account_verified_at=None)
    page = log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.SIGNING_FAILED, stack)
    expect(steps.banner(page)).to_contain_text(Resolution.ACCOUNT_UNVERIFIED.label)
    expect(page.locator("#card-account")).to_contain_text("документ не уйдет на подписание")
    assert at_the_operator(task, sandbox) == []

    change = page.locator("#card-account").get_by_role("link", name="Изменить")
    dialog = steps.in_dialog(page, change)
    dialog.get_by_label("Лицевой счет").fill(f"850{task.client.inn[:9]}")
    dialog.get_by_role("button", name="Проверка ЛС").click()
    expect(page.locator("#card-account")).not_to_contain_text("Требуется проверка")
    steps.press(page, "Отправить снова")
    steps.comes_to(page, task, Status.DOCUMENT_SIGNING, stack)


def test_a_risky_service_without_its_check_is_approved_by_the_head(
    create: Create, log_in: Open, stack: Stack
) -> None:
    task = create(services=[Service.objects.get(code="virtual_pbx")])
    page, head = log_in(), log_in("head")
    steps.find(page, task, Status.ON_APPROVAL, stack)
    expect(steps.banner(page).get_by_role("link", name="Согласовать")).to_have_count(0)
    assert str(task.number) in rows_of(head, "all", "На согласовании")

    steps.find(head, task, Status.ON_APPROVAL, stack)
    approve = steps.banner(head).get_by_role("link", name="Согласовать")
    steps.in_dialog(head, approve).get_by_role("button", name="Согласовать").click()
    steps.comes_to(head, task, Status.IDENTIFICATION_PENDING, stack)
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)


def test_where_the_process_is_not_seamless_the_manager_goes_on(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task, page = create(region=world.STEPWISE), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.IDENTIFIED, stack)
    assert sandbox.journal("cabinet", reference=str(task.number)) == []
    steps.press(page, "Продолжить")
    steps.comes_to(page, task, Status.DOCUMENT_SIGNING, stack)
    assert len(sandbox.journal("cabinet", reference=str(task.number))) == 1


def test_a_replaced_contact_is_identified_anew(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task, page = create(), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    old_link = steps.fresh(task).identification_link

    replace = page.locator("#card-client").get_by_role("link", name="Заменить")
    dialog = steps.in_dialog(page, replace)
    expect(dialog).to_contain_text("прежняя ссылка перестанет действовать")
    dialog.get_by_text("Добавить новый контакт").click()
    person = dialog.locator("details")
    for label, value in NEW_CONTACT.items():
        person.get_by_label(label).fill(value)
    person.get_by_role("button", name="Добавить и заменить").click()
    expect(page.locator("#card-client")).to_contain_text("Смирнова Ольга")

    wait_for(lambda: sandbox.messages("+79990001122"), "the new person's message", stack)
    wait_for(lambda: client.goto(old_link).status == 410, "the death of the old link", stack)
    expect(client.get_by_role("heading", name="Ссылка больше не действует")).to_be_visible()
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)


NEW_CONTACT = {
    "Фамилия": "Смирнова",
    "Имя": "Ольга",
    "Мобильный телефон": "8 999 000-11-22",
    "Электронная почта": "s@client.example",
    "Должность": "Исполнительный директор",
}


def test_a_cancelled_task_has_its_document_revoked(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task, page = create(), log_in()
    go_to_signing(task, page, client, stack)
    page.locator("summary").filter(has_text="Еще действия").click()
    dialog = steps.in_dialog(page, page.get_by_role("link", name="Отменить задание"))
    dialog.get_by_label("Причина отмены").fill("Клиент передумал")
    dialog.get_by_role("button", name="Отменить задание").click()
    steps.comes_to(page, task, Status.CANCELLED, stack)
    expect(steps.banner(page)).to_contain_text("Клиент передумал")
    assert at_the_operator(task, sandbox) == ["sent", "delivered", "revoked"]
    steps.open_document(client, task)
    expect(client.get_by_role("button", name="Подписать", exact=True)).to_have_count(0)


def test_a_foreign_task_does_not_exist(create: Create, log_in: Open) -> None:
    page = log_in("manager3")
    address = create().get_absolute_url()
    for path in (address, f"{address}history/", f"{address}package/"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_contain_text("Страница не найдена")


def test_an_outside_system_that_is_out_of_reach_is_named(
    create: Create, log_in: Open, client: Page, stack: Stack, faults: Sandbox
) -> None:
    task, page = create(), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    faults.fault("edo", "down", times=None, path_contains="PostMessage")
    steps.answer(client, task)
    steps.comes_to(page, task, Status.DOCUMENT_SENT, stack)
    trouble = "Оператор ЭДО не отвечает, повторим в"
    expect(steps.banner(page)).to_contain_text(trouble)
    faults.clear_faults()
    steps.comes_to(page, task, Status.DOCUMENT_SIGNING, stack)
    expect(steps.banner(page)).not_to_contain_text(trouble)
    assert at_the_operator(task, faults) == ["sent", "delivered"]


def go_to_signing(task: SigningTask, page: Page, client: Page, stack: Stack) -> None:
    """Lets the client identify himself; the card then shows that he is to sign."""
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)


def at_the_operator(task: SigningTask, sandbox: Sandbox) -> list[str]:
    """What was really done with the task's document."""
    exchange = steps.fresh(task).exchange
    if exchange is None:
        return []
    return [e["action"] for e in sandbox.journal("edo") if e["ref"] == exchange.message_id]
