"""What users read when an outside system has refused, and the way on."""

from datetime import timedelta

import pytest
import time_machine
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from tasks.lifecycle.perform import perform
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import (
    operator_actions,
    reload,
    run_everything,
    run_until,
    state_of,
)
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("set_up")


def card_of(task: SigningTask, user: User) -> str:
    return browser_of(user).get(f"/tasks/{task.number}/").content.decode()


def test_a_document_that_the_archive_refuses_says_so_and_can_be_submitted_again(
    manager: User, set_up: Sandbox
) -> None:
    set_up.fault("apd", "error", times=None, status=422, code="archive_rejected")
    task = run_until(world.create_task(manager), Status.SIGNING_FAILED, set_up)
    assert state_of(task) == (Status.SIGNING_FAILED, "document_rejected")
    page = card_of(task, manager)
    banner = page[page.index('id="banner-title"') :].partition("</section>")[0]
    assert "Электронный архив не принимает этот файл" in banner
    assert "не отвечал" not in banner
    assert "archive_rejected" not in banner
    assert "Код внешней системы: archive_apd: archive_rejected" in page
    assert "Передать в архив снова" in page
    set_up.clear_faults()
    browser_of(manager).post(f"/tasks/{task.number}/document/resubmit/")
    run_everything()
    assert "Передать в архив снова" not in card_of(task, manager)
    perform(task.number, "send_document", actor=manager)
    run_until(task, Status.COMPLETED, set_up)
    assert operator_actions(set_up) == ["sent", "delivered", "signed"]


def test_an_archive_that_stays_down_can_be_called_again_by_the_manager(
    manager: User, set_up: Sandbox, settings: Settings
) -> None:
    settings.OUTBOX_ATTEMPTS = 2
    set_up.fault("apd", "down", times=None)
    task = world.create_task(manager)
    with time_machine.travel(clock.now(), tick=True) as time:
        for _ in range(6):
            run_everything()
            if reload(task).status == Status.IDENTIFICATION_PENDING:
                set_up.identity_answer(reload(task).identification_ref, "passed")
            time.shift(timedelta(minutes=2))
        assert state_of(task) == (Status.SIGNING_FAILED, "service_unavailable")
        assert "Передать в архив снова" in card_of(task, manager)
        set_up.clear_faults()
        browser_of(manager).post(f"/tasks/{task.number}/document/resubmit/")
        run_everything()
    version = reload(task).document_version
    assert version is not None
    assert version.archive_code


@pytest.mark.parametrize(
    ("system", "code", "status", "sentence"),
    [
        ("cabinet", "cabinet_exists", "cabinet_failed", "по нему открыт ЛК другого клиента"),
        ("cabinet", "cabinet_bad_data", "cabinet_failed", "проверьте ИНН, ФИО, телефон"),
        ("cabinet", "quota_exceeded", "cabinet_failed", "Сервис личных кабинетов: запрос отклонен"),
        ("identity", "blacklisted", "identification_failed", "клиент в черных списках"),
        ("identity", "bad_phone", "identification_failed", "идентификации: запрос отклонен"),
    ],
)
def test_no_code_of_an_outside_system_stands_in_the_banner(
    manager: User, set_up: Sandbox, system: str, code: str, status: str, sentence: str
) -> None:
    set_up.fault(system, "error", times=None, status=422, code=code)
    task = run_until(world.create_task(manager), Status(status), set_up)
    page = card_of(task, manager)
    banner = page[page.index('id="banner-title"') :].partition("</section>")[0]
    assert sentence in banner
    assert code not in banner
    assert task.history.get(name=status).details["outside_code"] == f"{system}: {code}"


def test_the_archive_gets_a_pdf_by_name_too(manager: User, set_up: Sandbox) -> None:
    upload = world.upload_file(manager, world.word_file(), "Договор 12.docx")
    task = run_until(
        world.create_task(manager, document_version=upload), Status.DOCUMENT_SIGNING, set_up
    )
    version = reload(task).document_version
    assert version is not None
    response = set_up.get(f"/archive/apd/v1/documents/{version.archive_code}")
    assert response.json()["file_name"] == "Договор 12.pdf"
