"""How much a manager does for an ordinary company task, and what the page says meanwhile."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from clients.models import Region
from edo.models import Box, Signatory
from tasks.models import SigningTask
from tests.support.factories import BoxFactory, SignatoryFactory, SigningTaskFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, RegionFactory
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    ROMASHKA,
    FakeOutsideSystems,
)
from tests.tasks.screens.new_task.e2e.conftest import Forms
from tests.tasks.screens.new_task.e2e.steps import CARD, PDF, wait_until_saved

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("new-task")]
MAX_INTERACTIONS = 9
OFFER = "Как в прошлом задании"


class Hands:
    """Does what a manager does; a field filled in, a choice and a click count one each."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def type(self, text: str) -> None:
        """Into the field that has the cursor already."""
        self.count += 1
        self.page.keyboard.type(text)

    def fill(self, field: Locator, text: str) -> None:
        self.count += 1
        field.fill(text)

    def click(self, target: Locator) -> None:
        self.count += 1
        target.click()

    def attach(self, target: Locator) -> None:
        self.count += 1
        target.set_input_files(PDF)


@pytest.fixture
def many_options(manager: User, region: Region, box: Box, signatory: Signatory) -> None:
    """A manager of ten regions with two boxes and two signatories each."""
    regions = [region, *(RegionFactory(name=f"Область {number}") for number in range(8))]
    regions.append(RegionFactory(name="Республика Татарстан"))
    manager.regions.set(regions)
    box.regions.set(regions)
    other = BoxFactory(regions=regions)
    signatory.boxes.set([box, other])
    SignatoryFactory(boxes=[box, other])


def test_an_ordinary_task_takes_nine_interactions_at_most(
    open_form: Forms,
    many_options: None,
    manager: User,
    region: Region,
    box: Box,
    signatory: Signatory,
) -> None:
    card = ClientFactory(inn=ROMASHKA.inn, kpp=ROMASHKA.kpp)
    contact = [ContactFactory(client=card) for _ in range(9)][3]
    SigningTaskFactory(
        manager=manager, created_by=manager, region=region, box=box, signatory=signatory
    )
    page = open_form()
    hands = Hands(page)
    for label in ("Регион инсталляции", "ЛК ЭДО", "Подписант", "Вид документа"):
        field = page.locator(".field", has=page.get_by_label(label, exact=True))
        expect(field).to_contain_text(OFFER)
    hands.type(ROMASHKA.inn)  # the only client with the ИНН is chosen by itself
    contacts = page.get_by_role("combobox", name="Контактное лицо клиента")
    hands.fill(contacts, contact.phone[-4:])
    hands.attach(page.locator("#id_document"))
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    hands.fill(page.get_by_label("Лицевой счет"), ACCOUNT)
    hands.click(page.get_by_label("Интернет для бизнеса"))
    expect(page.locator("#account-status")).to_contain_text("ЛС проверен")
    expect(page.get_by_role("heading", name="Все готово")).to_be_visible()
    hands.click(page.get_by_role("button", name="Создать задание"))
    page.wait_for_url(CARD)
    assert hands.count <= MAX_INTERACTIONS
    task = SigningTask.objects.latest("number")
    assert task.contact_version == contact.current
    assert (task.region, task.account_verified_at is None) == (region, False)


def test_a_region_is_chosen_by_typing_a_part_of_its_name(
    open_form: Forms, many_options: None
) -> None:
    page = open_form()
    field = page.get_by_role("combobox", name="Регион инсталляции")
    field.press_sequentially("тата")
    options = page.get_by_role("listbox", name="Регион инсталляции").get_by_role("option")
    expect(options).to_have_text(["Республика Татарстан"])
    page.keyboard.press("Tab")
    page.get_by_label("Номер документа").fill("Д-1")
    wait_until_saved(page)
    expect(field).to_have_value("Республика Татарстан")
    expect(page.locator("#missing")).not_to_contain_text("Выберите регион")
    field.fill("нет такого")
    expect(page.get_by_text("Ничего не найдено").first).to_be_visible()
    field.blur()
    expect(field).to_have_value("Республика Татарстан")


def answer_slowly(search: Callable[..., object]) -> Callable[..., object]:
    def slow(*args: object, **kwargs: object) -> object:
        time.sleep(2)
        return search(*args, **kwargs)

    return slow


def test_the_page_says_that_it_waits_for_cdi(
    open_form: Forms, outside: FakeOutsideSystems, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_form()
    page.evaluate(
        """() => {
          const region = document.getElementById('announce');
          const options = { childList: true, characterData: true, subtree: true };
          const note = () => sessionStorage.spoken += region.textContent;
          new MutationObserver(note).observe(region, options);
        }"""
    )
    for name in ("search", "get"):
        monkeypatch.setattr(outside, name, answer_slowly(getattr(outside, name)))
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    expect(page.locator(".combobox-note", has_text="Ищем…")).to_be_visible()
    page.locator(".option", has_text=ROMASHKA.short_name).click()
    progress = page.get_by_text("Запрашиваем данные клиента в CDI…").first
    expect(progress).to_be_visible()
    expect(page.locator("#client-data")).to_contain_text("ИНН")
    expect(progress).to_be_hidden()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    spoken = page.evaluate("sessionStorage.spoken")
    for text in ("Ищем…", "Запрашиваем данные клиента в CDI…", "Создаем задание: сверяем данные"):
        assert text in spoken
