"""The end of a session in Chromium: five forms whose values are back after the log-in."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from tasks.models import SigningTask
from tests.support.chromium.screens import Screens
from tests.support.factories import PASSWORD, SigningTaskFactory, fresh
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DIALOG = {"name": "Сеанс завершен"}


@pytest.fixture(autouse=True)
def _passwords(settings: Settings, live_people: People) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    for user in live_people.values():
        if user is not None:
            user.set_password(PASSWORD)
            user.save()


@pytest.fixture
def task(owner: User) -> SigningTask:
    made: SigningTask = SigningTaskFactory(manager=owner)
    return made


def end_session() -> None:
    Session.objects.all().delete()


def log_in(page: Page, user: User) -> None:
    page.get_by_label("Логин").fill(user.username)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()


def test_a_comment_comes_back(owner: User, task: SigningTask, screens: Screens) -> None:
    page = screens.open(f"/tasks/{task.number}/", owner)
    page.get_by_label("Новый комментарий").fill("Перезвонить\nв пять")
    end_session()
    page.get_by_role("button", name="Добавить комментарий").click()
    log_in(page, owner)
    expect(page).to_have_url(re.compile(rf"/tasks/{task.number}/$"))
    expect(page.get_by_label("Новый комментарий")).to_have_value("Перезвонить\nв пять")
    expect(page.locator("#toasts")).to_contain_text("Введенное вернулось в форму")
    page.get_by_role("button", name="Добавить комментарий").click()
    expect(page.locator("#comments")).to_contain_text("Перезвонить")


def test_a_comment_that_was_not_sent_comes_back_from_the_dialog(
    owner: User, task: SigningTask, screens: Screens
) -> None:
    page = screens.open(f"/tasks/{task.number}/", owner)
    page.get_by_label("Новый комментарий").fill("Недописанный комм")
    end_session()
    dialog = page.get_by_role("dialog", **DIALOG)
    expect(dialog).to_be_visible(timeout=15_000)  # the next poll
    dialog.get_by_role("link", name="Войти").click()
    log_in(page, owner)
    expect(page.get_by_label("Новый комментарий")).to_have_value("Недописанный комм")


def test_handing_over_comes_back_with_the_receiver(
    live_people: People, owner: User, task: SigningTask, screens: Screens
) -> None:
    colleague = live_people["colleague"]
    page = screens.open(f"/tasks/{task.number}/", owner)
    page.get_by_text("Еще действия").locator("..").click()
    page.get_by_role("link", name="Передать").click()
    dialog = page.get_by_role("dialog", name="Передать")
    dialog.get_by_role("combobox").press_sequentially(str(colleague)[:9])
    dialog.get_by_role("option", name=str(colleague)).click()
    dialog.get_by_label("Комментарий").fill("Я в отпуске")
    end_session()
    dialog.get_by_role("button", name="Передать").click()
    page.get_by_role("dialog", **DIALOG).get_by_role("link", name="Войти").click()
    log_in(page, owner)
    expect(page).to_have_url(re.compile(rf"/tasks/{task.number}/hand/$"))
    expect(page.get_by_label("Комментарий")).to_have_value("Я в отпуске")
    page.get_by_role("button", name="Передать").click()
    expect(page.locator("#toasts")).to_contain_text("передано")
    assert fresh(task).manager == colleague


def test_ticked_rows_come_back(
    live_people: People, owner: User, task: SigningTask, screens: Screens
) -> None:
    mate = live_people["mate"]
    page = screens.open("/tasks/all/?group=none", mate, java_script_enabled=False)
    page.get_by_label(f"Выбрать задание {task.number}").check()
    end_session()
    page.get_by_role("button", name="Принять в работу").click()
    log_in(page, mate)
    expect(page).to_have_url(re.compile(r"/tasks/all/\?group=none$"))
    expect(page.get_by_label(f"Выбрать задание {task.number}")).to_be_checked()
    page.get_by_role("button", name="Принять в работу").click()
    assert fresh(task).manager == mate


def test_settings_come_back(owner: User, screens: Screens) -> None:
    page = screens.open("/notifications/settings/", owner)
    boxes = page.locator("main form").get_by_role("checkbox")
    was_checked = boxes.first.is_checked()
    boxes.first.set_checked(not was_checked)
    end_session()
    page.get_by_role("button", name="Сохранить").click()
    log_in(page, owner)
    expect(page).to_have_url(re.compile(r"/notifications/settings/$"))
    expect(boxes.first).to_be_checked(checked=not was_checked)


def type_after_the_end(page: Page) -> None:
    end_session()
    page.get_by_label("Лицевой счет").fill("2123")


def type_after_a_login_elsewhere(page: Page) -> None:
    other = page.context.new_page()
    other.goto("/")
    other.locator("details.user summary").click()
    other.get_by_role("button", name="Выйти").click()
    other.get_by_label("Логин").fill("owner")
    other.get_by_label("Пароль", exact=True).fill(PASSWORD)
    other.get_by_role("button", name="Войти").click()
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    other.close()
    page.get_by_label("Лицевой счет").fill("2123")


@pytest.mark.parametrize("type_late", [type_after_the_end, type_after_a_login_elsewhere])
def test_a_new_task_comes_back_with_what_was_typed_too_late(
    type_late: Callable[[Page], None], owner: User, screens: Screens
) -> None:
    page = screens.open("/tasks/new/company/", owner)
    page.get_by_label("Номер документа").fill("17-А")
    expect(page.locator("#draft-status")).to_contain_text("Сохранено в ")
    type_late(page)
    dialog = page.locator("dialog[data-session]")
    expect(dialog).to_contain_text("введенное", timeout=15_000)
    expect(page.locator("#toasts")).not_to_contain_text("Недостаточно прав")
    dialog.locator("[data-proceed]").click()
    if type_late is type_after_the_end:
        log_in(page, owner)
    expect(page.get_by_label("Лицевой счет")).to_have_value("2123")
    expect(page.get_by_label("Номер документа")).to_have_value("17-А")
    page.get_by_label("Лицевой счет").press_sequentially("4")
    expect(page.locator("#draft-status")).to_contain_text("Сохранено в ")
