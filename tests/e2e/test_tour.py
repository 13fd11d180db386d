"""«Five minutes» of the README, sentence by sentence: what it tells a newcomer to do can be done.

Names and values come from the README. A sentence that is new or changed has no step here and fails.
"""

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.e2e import steps
from tests.support import world
from tests.support.chromium.windows import Windows
from tests.support.paths import ROOT
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]

# In «…» the README quotes what is on a page, in `…` what is typed or chosen.
QUOTED = re.compile(r"`([^`]+)`|«([^»]+)»")


def tour_sentences() -> list[str]:
    """The sentences of the section, without numbers and line breaks."""
    section = (
        (ROOT / "README.md").read_text().partition("## Five minutes\n")[2].partition("\n## ")[0]
    )
    text = re.sub(r"\s+", " ", re.sub(r"(?m)^\d\. ", "", section)).strip()
    return re.split(r"(?<=\.) (?=[A-Z«`])", text)


def quoted(sentence: str) -> list[str]:
    """The quotations of a sentence in their order; in `…` there may be «…»."""
    return [typed or shown for typed, shown in QUOTED.findall(sentence)]


class Tour:
    """A newcomer with one window of the product and one of the sandbox."""

    def __init__(self, product: Page, sandbox: Page, folder: Path) -> None:
        self.product, self.sandbox, self.folder = product, sandbox, folder

    def log_in(self, login: str, password: str) -> None:
        self.product.goto("/")
        self.product.get_by_label("Логин").fill(login)
        self.product.get_by_label("Пароль", exact=True).fill(password)
        self.press(self.product, "Войти")

    def open_a_task(self, tab: str) -> None:
        self.product.get_by_role("link", name=tab).first.click()
        self.product.locator("tbody a[href^='/tasks/']").first.click()

    def read_the_banner(self) -> None:
        expect(steps.banner(self.product)).to_be_visible()

    def stop_the_autopilot(self, checkbox: str, button: str) -> None:
        self.sandbox.goto("/")
        self.sandbox.get_by_label(checkbox).uncheck()
        self.press(self.sandbox, button)
        expect(self.sandbox.get_by_role("status")).to_contain_text("Автопилот выключен")

    def start_a_task(self, button: str, kind: str) -> None:
        self.product.goto("/")
        self.product.get_by_role("link", name=button).first.click()
        self.product.get_by_role("link", name=kind).first.click()

    def choose_the_client(self, name: str, field: str) -> None:
        self.product.get_by_role("combobox", name=field).press_sequentially(name)
        self.product.get_by_role("listbox").get_by_role("option").first.click()
        expect(self.product.locator("#client-data")).to_contain_text("7701001100")

    def add_a_contact(self, button: str, *fields_and_values: str) -> None:
        self.press(self.product, button)
        person = self.product.locator("#new-contact")
        for label, value in zip(fields_and_values[::2], fields_and_values[1::2], strict=True):
            person.get_by_label(label).fill(value)

    def choose_who_signs(
        self, region: str, box_field: str, box: str, signatory_field: str, signatory: str
    ) -> None:
        steps.choose_region(self.product, region)
        self.product.get_by_label(box_field).select_option(label=box)
        self.product.get_by_label(signatory_field).select_option(label=signatory)

    def attach_a_file(self) -> None:
        word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        contract = {"name": "Договор.docx", "mimeType": word, "buffer": world.word_file()}
        self.product.locator("#id_document").set_input_files(contract)
        expect(self.product.get_by_role("button", name="Открепить")).to_be_visible()

    def type_the_account(self, service: str, field: str, account: str) -> None:
        self.product.get_by_label(service).check()
        self.product.get_by_label(field).fill(account)
        expect(self.product.locator("#account-status")).to_contain_text("ЛС проверен")

    def choose_the_kind(self, field: str, kind: str) -> None:
        self.product.get_by_label(field).select_option(label=kind)
        expect(self.product.get_by_role("heading", name="Все готово")).to_be_visible()

    def tick_another_service(self, service: str) -> None:
        saving = self.product.expect_response(lambda answer: "/draft/" in answer.url)
        with saving:
            self.product.get_by_label(service).check()
        expect(self.product.locator("#account-status")).to_contain_text("ЛС проверен")
        expect(self.product.get_by_role("heading", name="Все готово")).to_be_visible()

    def create_the_task(self, button: str) -> None:
        self.press(self.product, button)
        self.product.wait_for_url(re.compile(r"/tasks/\d+/$"))
        number = int(self.product.url.rstrip("/").rpartition("/")[2])
        self.task = SigningTask.objects.get(pk=number)
        self.product.evaluate("window.opened = true")

    def wait_for_the_link(self) -> None:
        steps.shows(self.product, Status.IDENTIFICATION_PENDING)

    def consent(self, page: str, button: str) -> None:
        self.open_in_sandbox(page)
        message = self.sandbox.get_by_role("listitem").filter(
            has_text=f"задание {self.task.number}"
        )
        message.first.get_by_role("link", name=re.compile("^http")).click()
        self.press(self.sandbox, button)

    def sign(self, status: str, page: str, button: str) -> None:
        expect(self.product.locator("#banner-title")).to_contain_text(status)
        self.open_in_sandbox(page)
        self.sandbox.get_by_role("link", name=f"{self.task.document_number}.pdf").first.click()
        self.press(self.sandbox, button)

    def download(self, status: str, button: str) -> None:
        expect(self.product.locator("#banner-title")).to_contain_text(status)
        assert self.product.evaluate("window.opened"), "the page was loaded anew"
        with self.product.expect_download() as download:
            self.product.get_by_role("link", name=button).click()
        self.package = self.folder / "package.zip"
        download.value.save_as(self.package)

    def read_how_to_verify(self, name: str) -> None:
        with zipfile.ZipFile(self.package) as archive:
            assert "openssl" in archive.read(name).decode()

    def verify(self, page: str) -> None:
        expect(self.verify_by_page(page, self.package)).to_contain_text("действительны")

    def verify_by_page(self, page: str, file: Path) -> Locator:
        self.product.context.clear_cookies()
        self.product.goto(page)
        self.product.locator("input[name=package]").set_input_files(file)
        self.product.get_by_role("button", name="Проверить", exact=True).click()
        return self.product.locator("#result-title")

    def change_a_byte(self) -> None:
        changed = self.folder / "changed.zip"
        with zipfile.ZipFile(self.package) as old, zipfile.ZipFile(changed, "w") as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, content + b"!" if name.endswith(".pdf") else content)
        result = self.verify_by_page("/verify/", changed)
        expect(result).to_be_visible()
        expect(result).not_to_contain_text("действительны, файлы не изменены")

    def break_something(self, page: str) -> None:
        self.open_in_sandbox(page)
        expect(self.sandbox.get_by_role("button", name="Включить", exact=True)).to_be_visible()

    def find_parked_jobs(self, page: str, action: str) -> None:
        self.log_in("admin", "demo")
        self.product.wait_for_url(re.compile("/tasks/|/admin/"))
        self.product.goto("/admin/")
        self.product.get_by_role("link", name=page).first.click()
        expect(self.product.locator("select[name=action]")).to_contain_text(action)

    def note(self, *_: str) -> None:
        """A sentence that tells and asks for nothing."""

    def open_in_sandbox(self, page: str) -> None:
        self.sandbox.goto("/")
        menu = self.sandbox.get_by_role("navigation", name="Разделы песочницы")
        menu.get_by_role("link", name=page, exact=True).click()

    def press(self, page: Page, button: str) -> None:
        page.get_by_role("button", name=button, exact=True).click()


# By the sentence without its quotations.
STEPS: dict[str, Callable[..., None]] = {
    "A test follows these sentences to the letter (…).": Tour.note,
    "Log in as … with the password ….": Tour.log_in,
    "… has tasks in every status; open one.": Tour.open_a_task,
    "The banner says what happened, whose turn it is and what unblocks it.": Tour.read_the_banner,
    (
        "Play the client yourself: on the sandbox's first page untick … and press …."
    ): Tour.stop_the_autopilot,
    "Otherwise the autopilot answers within seconds.": Tour.note,
    "In the product press … and choose ….": Tour.start_a_task,
    "Type … into … and take the first company.": Tour.choose_the_client,
    "Press … and fill in … …, … …, … …, … …, … …, … … and … ….": Tour.add_a_contact,
    "Type the region … and press Tab, then choose … … and … ….": Tour.choose_who_signs,
    "Attach any PDF, Word or Excel file, or several: they become one document.": Tour.attach_a_file,
    "Tick … and type the … …, which is checked by itself.": Tour.type_the_account,
    "Choose the … ….": Tour.choose_the_kind,
    "Ticking another service, such as …, has the account checked again.": Tour.tick_another_service,
    "Press ….": Tour.create_the_task,
    "The status changes without a reload.": Tour.wait_for_the_link,
    "In the sandbox open …, follow the newest link and press ….": Tour.consent,
    "When the card says …, open the document under … and press ….": Tour.sign,
    "When the card says …, press ….": Tour.download,
    "… in the ZIP says how to verify it with openssl.": Tour.read_how_to_verify,
    "The page … does the same for anyone, without a login.": Tour.verify,
    "Change a byte and ask again.": Tour.change_a_byte,
    (
        "Break something: under … of the sandbox make a system slow, down, or lose its answers."
    ): Tour.break_something,
    (
        "Nothing is lost or done twice; what fails for good is in the admin under … with …."
    ): Tour.find_parked_jobs,
    (
        "A second task with the same contact needs no new consent: who they are is "
        "known for a year, so no link is sent."
    ): Tour.note,
}


@pytest.fixture
def tour(
    stack: Stack, staff: dict[str, User], sandbox: Sandbox, windows: Windows, tmp_path: Path
) -> Tour:
    """As after `scripts/run`: there is a task, and the autopilot is on."""
    world.create_task(staff["manager"], phone="+79127770001", document_number="Т-1")
    sandbox.autopilot(on=True, delay=3600)
    return Tour(windows.open(stack.url), windows.open(sandbox.url), tmp_path)


def test_the_tour_can_be_followed(tour: Tour) -> None:
    sentences = tour_sentences()
    assert [QUOTED.sub("…", sentence) for sentence in sentences] == list(STEPS)
    for sentence, step in zip(sentences, STEPS.values(), strict=True):
        step(tour, *quoted(sentence))
