"""The screens in use: keyboard, no JavaScript, live changes, dialogs."""

import re

import pytest
from playwright.sync_api import Route, expect

from accounts.models import User
from tasks.actions.comments import add_comment
from tasks.actions.perform_action import perform_action
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.chromium.page_audit import run_axe
from tests.support.chromium.screens import Screens, assert_accessible
from tests.support.factories import SigningTaskFactory, fresh
from tests.support.paths import CONTRACT
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_search_filters_while_the_user_types_and_keeps_the_focus(
    owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    page = screens.open("/tasks/my/?group=none", owner)
    expect(page.locator("[data-row]")).to_have_count(4)
    box = page.get_by_label("Поиск в списке")
    box.type("сияние")
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(box).to_be_focused()
    page.wait_for_url(re.compile("q=%D1"))
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_status_changes_on_the_card_without_a_reload(
    owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["review"]
    page = screens.open(f"/tasks/{task.number}/", owner)
    expect(page.locator("#banner-title")).to_contain_text("Ваш ход")
    page.get_by_label("Новый комментарий").fill("Недописанный комм")
    perform_action(task=task, name="confirm_authority", actor=owner, comment="")
    expect(page.locator("#banner-title")).to_contain_text("Создание ЛК Лида", timeout=15_000)
    # The text that the user was typing is still there.
    expect(page.get_by_label("Новый комментарий")).to_have_value("Недописанный комм")
    assert screens.errors == []


def test_a_list_offers_changes_and_updates_its_counters(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    page = screens.open("/tasks/my/?group=none", owner)
    tab = page.locator("#tabs a").first
    expect(tab).to_contain_text("4")
    perform_action(task=full_tasks["review"], name="cancel", actor=owner, reason="Передумали")
    expect(tab).to_contain_text("3", timeout=15_000)
    expect(page.locator("[data-row]")).to_have_count(4)
    page.get_by_role("link", name="Показать").click()
    expect(page.locator("[data-row]")).to_have_count(3)


def test_a_dialog_requires_the_reason_of_a_cancellation(
    owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["failed"]
    page = screens.open(f"/tasks/{task.number}/", owner)
    page.get_by_text("Еще действия").locator("..").click()
    page.get_by_role("link", name="Отменить задание").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Отменить задание").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Заполните поле «Причина отмены»")
    dialog.get_by_label("Причина отмены").fill("Клиент передумал")
    dialog.get_by_role("button", name="Отменить задание").click()
    expect(page.locator("#banner-title")).to_contain_text("Задание отменено")
    assert fresh(task).status == Status.CANCELLED


def test_the_screens_work_without_javascript(
    owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["failed"]
    page = screens.open("/tasks/my/?group=none", owner, java_script_enabled=False)
    page.get_by_label("Поиск в списке").fill("сияние")
    page.get_by_role("button", name="Найти").click()
    page.get_by_role("link", name=str(task.number), exact=True).click()
    page.get_by_label("Новый комментарий").fill("Без сценария")
    page.get_by_role("button", name="Добавить комментарий").click()
    expect(page.locator("#comments")).to_contain_text("Без сценария")
    page.goto(f"/tasks/{task.number}/do/restart_identification/")
    page.get_by_role("button", name="Запросить идентификацию заново").click()
    expect(page.locator("#banner-title")).to_contain_text("Запрос на идентификацию отправлен")
    page.goto("/tasks/my/filters/?group=none")
    page.get_by_label("Статус").select_option(label="Документ на подписании")
    page.get_by_role("button", name="Показать").click()
    expect(page.locator("[data-row]")).to_have_count(1)


def test_a_task_is_taken_over_with_the_keyboard_only(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    page = screens.open("/tasks/all/?group=none", live_people["mate"])
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Задание")
    page.keyboard.press("a")
    expect(page.locator("#toasts")).to_contain_text("принято в работу")
    assert SigningTask.objects.filter(manager=live_people["mate"]).exists()


def test_selected_rows_are_downloaded_and_taken_over_with_a_report(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    page = screens.open("/tasks/all/?group=none", live_people["mate"])
    bar = page.locator("#bulk")
    expect(bar).to_be_hidden()
    for key in "jxjx":
        page.keyboard.press(key)
    expect(bar).to_contain_text("Выбрано 2")
    # After a download the page stays and its buttons work again.
    for label, file in (("Выгрузить", "xlsx"), ("Скачать документы", "zip")):
        with page.expect_download() as download:
            bar.get_by_role("button", name=label).click()
        assert download.value.suggested_filename.endswith(file)
    SigningTask.objects.filter(pk=full_tasks["failed"].pk).update(manager=live_people["neighbour"])
    all_rows = page.get_by_label("Выбрать все задания на странице")
    all_rows.check()
    bar.get_by_role("button", name="Принять в работу").click()
    expect(page.get_by_role("cell", name="Задание не найдено.")).to_be_visible()
    page.locator("#toasts").get_by_role("button", name="Отменить").click()
    expect(page.locator("#toasts")).to_contain_text("Возвращено")
    assert not SigningTask.objects.filter(manager=live_people["mate"]).exists()
    SigningTask.objects.filter(pk=full_tasks["failed"].pk).update(manager=owner)
    page.reload()
    SigningTask.objects.filter(pk=full_tasks["failed"].pk).update(manager=live_people["neighbour"])
    all_rows.check()
    bar.get_by_role("button", name="Принять в работу").click()
    expect(page.get_by_role("cell", name="Задание не найдено.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name="Вернуться к списку").click()
    expect(page).to_have_url(re.compile(r"/tasks/all/\?group=none$"))


def test_a_team_leader_picks_a_manager_in_the_dialog_of_filters(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    other = SigningTaskFactory(manager=live_people["colleague"])
    page = screens.open("/tasks/all/?group=none", live_people["lead"])
    expect(page.locator("[data-row]")).to_have_count(5)
    page.get_by_role("link", name="Фильтры").click()
    dialog = page.get_by_role("dialog")
    box = dialog.get_by_role("combobox", name="Ответственный")
    box.type(str(live_people["colleague"])[:9])
    dialog.get_by_role("option", name=str(live_people["colleague"])).click()
    dialog.get_by_role("button", name="Показать").click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.get_by_role("link", name=str(other.number), exact=True)).to_be_visible()
    expect(page.get_by_role("list", name="Выбранные фильтры")).to_have_css(
        "list-style-type", "none"
    )
    page.get_by_role("link", name=f"Ответственный: {live_people['colleague']}").click()
    expect(page.locator("[data-row]")).to_have_count(5)


def test_a_document_is_replaced_on_the_card(
    owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["review"]
    page = screens.open(f"/tasks/{task.number}/", owner)
    page.get_by_role("link", name="Открепить").click()
    page.get_by_role("dialog").get_by_role("button", name="Открепить").click()
    page.locator("input[type=file]").set_input_files(
        {"name": "договор.zip", "mimeType": "application/zip", "buffer": b"PK"}
    )
    page.get_by_role("button", name="Вложить документ").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator("input[type=file]").set_input_files(str(CONTRACT))
    page.get_by_role("button", name="Вложить документ").click()
    expect(page.locator("#card-document")).to_contain_text("contract.pdf")
    page.get_by_text("Все версии: 2").click()
    expect(page.locator("#card-document")).to_contain_text("Версия 1: Договор.docx")
    assert fresh(task).document_version is not None


def test_ctrl_k_works_in_the_russian_layout_and_a_pasted_number_is_found(
    owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["failed"]
    page = screens.open("/tasks/my/?group=none", owner)
    page.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', "
        "{code: 'KeyK', key: 'л', ctrlKey: true, bubbles: true, cancelable: true}))"
    )
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("#palette-q")).to_be_focused()
    page.keyboard.type("сияние")
    expect(dialog.get_by_role("link", name=re.compile(rf"^{task.number}\b"))).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"Задание {task.number}")
    page.evaluate(
        """text => {
          const data = new DataTransfer();
          data.setData("text", text);
          const paste = new ClipboardEvent("paste", {clipboardData: data, bubbles: true});
          document.body.dispatchEvent(paste);
        }""",
        f"{task.client.inn[:4]} {task.client.inn[4:]}",
    )
    page.wait_for_url(f"**/search/?q={task.client.inn}")
    expect(page.get_by_role("link", name="Создать задание с этим клиентом")).to_be_visible()
    assert screens.errors == []


def test_a_mentioned_colleague_is_notified(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["review"]
    page = screens.open(f"/tasks/{task.number}/", owner)
    box = page.get_by_label("Новый комментарий")
    box.press_sequentially("Посмотрите, @ma")
    expect(page.get_by_role("option")).to_contain_text("@mate")
    box.press("ArrowDown")
    box.press("Enter")
    expect(box).to_have_value("Посмотрите, @mate ")
    assert run_axe(page) == []
    box.press("Control+Enter")
    expect(page.locator("#comments")).to_contain_text("Посмотрите, @mate")
    other = screens.open("/notifications/", live_people["mate"])
    expect(other.locator(".notification-unread")).to_contain_text("Вас упомянули в комментарии")


# --- Narrow phones, and pictures that fail ------------------------------------------------------


def test_long_numbers_and_names_do_not_widen_a_card_at_320_px(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    task = full_tasks["signing"]
    SigningTask.objects.filter(pk=task.pk).update(document_number="7" * 100)
    task.client.short_name, task.client.full_name = "ООО«" + "Ж" * 200 + "»", "Ж" * 500
    task.client.save()
    contact = task.contact_version
    type(contact).objects.filter(pk=contact.pk).update(
        surname="Ж" * 100, email="a" * 200 + "@company.example", position="П" * 200
    )
    add_comment(task=task, actor=owner, text="8" * 500)
    page = screens.open(f"/tasks/{task.number}/", owner, viewport={"width": 320, "height": 800})
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") <= 0


def test_a_picture_of_a_page_that_failed_is_loaded_again(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    calls: list[str] = []

    def fail_once(route: Route) -> None:
        calls.append(route.request.url)
        if len(calls) == 1:
            route.abort()
        else:
            route.continue_()

    page = screens.open("/help/keys/", owner)
    page.route("**/document/*/page/**", fail_once)
    page.goto(f"/tasks/{full_tasks['signing'].number}/")
    with page.expect_response(re.compile(r"attempt=1")) as again:
        page.locator(".page-previews img").first.scroll_into_view_if_needed()
    assert again.value.ok
    assert len(calls) == 2
    screens.errors.clear()
