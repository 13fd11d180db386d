"""Signing outside the ordinary: consent, several boxes, a signature nobody can judge.

Each in a browser against running processes; a signatory's phone is in `test_stories.py`.
"""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.support import world
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]

# Organisations of the sandbox (docs/protocols.md, section 10).
WAITS_FOR_INVITATION, TWO_BOXES = "7701003605", "7701003806"
Create = Callable[..., SigningTask]
_numbers = count(1)


@pytest.fixture
def create(staff: dict[str, User]) -> Create:
    """Makes a task of `manager` with a contact person and a document number of its own."""

    def create_(**more: Any) -> SigningTask:
        number = next(_numbers)
        values = {"phone": f"+7912777{number:04d}", "document_number": f"П-{number}"}
        return world.create_task(staff["manager"], **{**values, **more})

    return create_


def test_a_client_accepts_our_invitation_before_the_document_comes(
    create: Create, log_in: Open, client: Page, stack: Stack
) -> None:
    task, page = create(inn=WAITS_FOR_INVITATION), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.CONSENT_PENDING, stack)
    expect(steps.banner(page)).to_contain_text("Ход клиента")
    expect(steps.banner(page)).to_contain_text("приглашение")
    expect(steps.banner(page).get_by_role("button", name="Напомнить")).to_be_visible()
    client.goto("/edo/")
    client.get_by_role("button", name="Принять приглашение").first.click()
    page.get_by_role("button", name="Проверить согласие клиента").click()
    steps.comes_to(page, task, Status.DOCUMENT_SIGNING, stack)


def test_a_manager_chooses_between_two_boxes(
    create: Create, log_in: Open, client: Page, stack: Stack
) -> None:
    task, page = create(inn=TWO_BOXES), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    page.get_by_role("button", name="Проверить ящик клиента").click()
    expect(page.get_by_role("heading", name="Ящик клиента")).to_be_visible()
    branch = page.get_by_role("radio", name="784201001")
    branch.check()
    page.get_by_role("button", name="Выбрать ящик").click()
    expect(page.get_by_text("Документ уйдет в ящик")).to_be_visible()
    assert steps.fresh(task).recipient_address
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)
    exchange = steps.fresh(task).exchange
    assert exchange is not None
    assert exchange.recipient_box_id == steps.fresh(task).recipient_address


def test_an_administrator_judges_a_signature_that_the_system_could_not(
    create: Create, log_in: Open, client: Page, stack: Stack, sandbox: Sandbox
) -> None:
    task, page = create(), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)
    steps.open_document(client, task)
    client.get_by_text("Подписать неправильно").click()
    client.get_by_role("button", name="Личный сертификат без МЧД").click()
    steps.comes_to(page, task, Status.SIGNATURE_REVIEW, stack)
    expect(steps.banner(page)).to_contain_text("МЧД клиента к подписи не приложена")
    expect(steps.banner(page).get_by_role("button", name="Напомнить")).to_have_count(0)
    expect(page.get_by_role("link", name="Отменить задание")).to_have_count(0)

    administrator = log_in("admin")
    steps.find(administrator, task, Status.SIGNATURE_REVIEW, stack)
    accept = steps.banner(administrator).get_by_role("link", name="Принять подпись")
    dialog = steps.in_dialog(administrator, accept)
    expect(dialog).to_contain_text("МЧД клиента к подписи не приложена")
    dialog.get_by_label("Почему подпись можно принять").fill("МЧД получена на бумаге")
    dialog.get_by_role("button", name="Принять подпись").click()
    steps.comes_to(page, task, Status.COMPLETED, stack)
    page.goto(f"{task.get_absolute_url()}history/")
    expect(page.get_by_text("МЧД получена на бумаге")).to_be_visible()
