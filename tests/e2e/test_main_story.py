"""The main job: from the log-in page to a signed package that openssl accepts, in a browser.

Nothing is done behind the scenes: the manager uses the product's pages, the client the sandbox's.
"""

import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.e2e import steps
from tests.support import world
from tests.support.chromium.keyboard import Keyboard
from tests.support.chromium.windows import Windows
from tests.support.sandbox import Sandbox
from tests.support.signing.openssl import openssl_environment
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]

ACCOUNT = "850770100110"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
CONTACT = {
    "Фамилия": "Петров",
    "Имя": "Петр",
    "Отчество": "Петрович",
    "Мобильный телефон": "8 912 345-67-89",
    "Электронная почта": "p@romashka.example",
    "Должность": "Генеральный директор",
    "Основание подписания": "Устав",
}


def test_from_the_form_to_a_verified_package(
    stack: Stack,
    staff: dict[str, User],
    sandbox: Sandbox,
    windows: Windows,
    client: Page,
    tmp_path: Path,
) -> None:
    page = windows.open(stack.url)
    log_in(page)
    task = create_by_the_form(page)

    steps.shows(page, Status.IDENTIFICATION_PENDING)
    steps.answer(client, task)
    steps.shows(page, Status.DOCUMENT_SIGNING)
    sign(client, task)
    steps.shows(page, Status.COMPLETED)
    assert page.evaluate("window.opened") == task.number, "the page was loaded anew"

    package = download(page, tmp_path)
    assert signatures_that_hold(package, sandbox.trust_roots) == 2
    once_each(task, sandbox)


def log_in(page: Page) -> None:
    """By keyboard alone, like `sign`."""
    page.goto("/")
    keys = Keyboard(page)
    expect(page.get_by_label("Логин")).to_be_focused()
    keys.type("manager")
    keys.tab_to_element(page.get_by_label("Пароль", exact=True))
    keys.type("demo")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Задания", level=1)).to_be_visible()


def create_by_the_form(page: Page) -> SigningTask:
    """A seamless company task with a Word document; its card is open afterwards."""
    page.get_by_role("link", name="Новое задание").click()
    page.get_by_role("link", name="ЮЛ/ИП").click()
    page.get_by_role("combobox", name="Наименование клиента").press_sequentially("ромашка")
    page.get_by_role("listbox").get_by_role("option").first.click()
    expect(page.locator("#client-data")).to_contain_text("7701001100")

    page.get_by_role("button", name="Добавить").click()
    person = page.locator("#new-contact")
    for label, value in CONTACT.items():
        person.get_by_label(label).fill(value)

    steps.choose_region(page, world.SEAMLESS)
    page.get_by_label("ЛК ЭДО").select_option(label="ПАО «Ростелеком», макрорегион «Центр»")
    page.get_by_label("Подписант").select_option(label="Иванова Елена Викторовна")
    contract = {"name": "Договор.docx", "mimeType": DOCX, "buffer": world.word_file()}
    page.locator("#id_document").set_input_files(contract)
    expect(page.get_by_role("button", name="Открепить")).to_be_visible()
    page.get_by_label("Интернет для бизнеса").check()
    page.get_by_label("Лицевой счет").fill(ACCOUNT)
    page.get_by_role("button", name="Проверка ЛС").click()
    expect(page.locator("#account-status")).to_contain_text("ЛС проверен")
    page.get_by_label("Вид документа").select_option(label="Договор")

    expect(page.get_by_role("heading", name="Все готово")).to_be_visible()
    page.get_by_role("button", name="Создать задание").click()
    page.wait_for_url(re.compile(r"/tasks/\d+/$"))
    number = int(page.url.rstrip("/").rpartition("/")[2])
    page.evaluate(f"window.opened = {number}")
    return SigningTask.objects.get(pk=number)


def sign(client: Page, task: SigningTask) -> None:
    """What the client does in his box."""
    client.goto("/edo/")
    keys = Keyboard(client)
    keys.tab_to_element(client.get_by_role("link", name=f"{task.document_number}.pdf").first)
    with client.expect_navigation():
        keys.press("Enter")
    keys.tab_to_element(client.get_by_role("button", name="Подписать", exact=True))
    keys.press("Enter")
    expect(client.get_by_text("Подпись верна")).to_have_count(2)


def download(page: Page, folder: Path) -> Path:
    """The signed package from the card, unpacked."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать подписанный пакет").click()
    download.value.save_as(folder / "package.zip")
    unpacked = folder / "package"
    with zipfile.ZipFile(folder / "package.zip") as archive:
        archive.extractall(unpacked)
    return unpacked


def signatures_that_hold(package: Path, roots: Path) -> int:
    """How many detached signatures over the package's document openssl accepts."""
    # The signing protocol is a PDF too, made by us.
    (document,) = {*package.glob("*.pdf")} - {package / "Протокол подписания.pdf"}
    signatures = list(package.glob("*.p7s"))
    for signature in signatures:
        command = ["openssl", "cms", "-verify", "-binary", "-purpose", "any", "-inform", "DER"]
        command += ["-in", str(signature), "-content", str(document), "-CAfile", str(roots)]
        env = openssl_environment()
        done = subprocess.run(command, env=env, capture_output=True, check=False)
        assert done.returncode == 0, f"{signature.name}: {done.stderr.decode()}"
        assert done.stdout == document.read_bytes()
    return len(signatures)


def once_each(task: SigningTask, sandbox: Sandbox) -> None:
    """What was really done outside, and that our task knows the archive's codes."""
    fresh = steps.fresh(task)
    assert fresh.exchange is not None
    assert fresh.document_version is not None
    assert fresh.package is not None
    reference = str(task.number)

    def done(system: str, **filters: str) -> list[str]:
        return [entry["action"] for entry in sandbox.journal(system, **filters)]

    assert done("identity", reference=reference) == ["requested", "answered"]
    assert done("cabinet", reference=reference) == ["created"]
    sent = [e["action"] for e in sandbox.journal("edo") if e["ref"] == fresh.exchange.message_id]
    assert sent == ["sent", "delivered", "signed"]
    assert [entry["ref"] for entry in sandbox.journal("apd", reference=reference)] == [
        fresh.document_version.archive_code,
        fresh.package.archive_code,
    ]
