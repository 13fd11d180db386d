"""What people do in the stories: managers on the product's pages, clients on the sandbox's."""

from contextlib import suppress

from django.conf import settings
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Locator, Page, expect

from econtract.platform.outbox.models import OutboxJob
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.stack import Stack, wait_for

CONSENT = "Передать данные и пройти идентификацию"


def fresh(task: SigningTask) -> SigningTask:
    """The task as the database has it now."""
    return SigningTask.objects.select_related("exchange", "document_version", "package").get(
        pk=task.pk
    )


# --- The manager --------------------------------------------------------------------------------


def choose_region(page: Page, name: str) -> None:
    """In the new-task form, by typing it."""
    page.get_by_role("combobox", name="Регион инсталляции").fill(name)
    options = page.get_by_role("listbox", name="Регион инсталляции").get_by_role("option")
    options.filter(has_text=name).first.click()


def banner(page: Page) -> Locator:
    """What a card says first: status, turn, reason, buttons."""
    return page.locator("#card-current-step .banner")


def shows(page: Page, status: Status) -> None:
    """The open card comes to say ``status``, by itself."""
    expect(page.locator("#banner-title")).to_contain_text(status.label)


def comes_to(page: Page, task: SigningTask, status: Status, stack: Stack) -> None:
    """The same, sooner: a card asks for news at once when its tab is looked at again."""
    arrives(task, status, stack)
    with suppress(PlaywrightError):  # a page that is just being loaded needs no such hint
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    shows(page, status)


def find(page: Page, task: SigningTask, status: Status, stack: Stack) -> None:
    """Opens the card once the task is in ``status``."""
    arrives(task, status, stack)
    page.goto(task.get_absolute_url())
    shows(page, status)


def arrives(task: SigningTask, status: Status, stack: Stack) -> None:
    """Raises AssertionError with the task's jobs, when it does not get there."""
    try:
        wait_for(lambda: fresh(task).status == status, f"«{status.label}»", stack)
    except AssertionError as error:
        stuck = fresh(task)
        error.add_note(f"It stays in «{stuck.get_status_display()}» ({stuck.resolution}).")
        for job in OutboxJob.objects.order_by("pk"):
            error.add_note(f"{job.kind} {job.state} {job.attempts} {job.last_error}")
        raise


def press(page: Page, name: str) -> None:
    """A button of the banner that needs no words."""
    banner(page).get_by_role("button", name=name).click()


def in_dialog(page: Page, opener: Locator) -> Locator:
    """The dialog that ``opener`` opens over the card."""
    opener.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


# --- The client ---------------------------------------------------------------------------------


def open_request(client: Page, task: SigningTask) -> None:
    """Госуслуги: the newest request of the task, found in the list by its number."""
    client.goto("/identity/")
    row = client.get_by_role("row").filter(
        has=client.get_by_role("cell", name=str(task.number), exact=True)
    )
    row.first.get_by_role("link").click()


def answer(client: Page, task: SigningTask, words: str = CONSENT) -> None:
    """The client answers the request of the task."""
    open_request(client, task)
    client.get_by_label(words, exact=True).check()
    client.get_by_role("button", name="Ответить", exact=True).click()
    expect(client.get_by_role("heading", name="Ответ получен")).to_be_visible()


def open_document(client: Page, task: SigningTask) -> None:
    """The client's box at the operator: the task's document."""
    client.goto("/edo/")
    client.get_by_role("link", name=f"{task.document_number}.pdf").first.click()


def refuse(client: Page, task: SigningTask, reason: str) -> None:
    open_document(client, task)
    client.get_by_text("Отклонить", exact=True).first.click()
    client.get_by_label("Причина отказа").fill(reason)
    client.get_by_role("button", name="Отклонить").click()


def open_signing_page(phone: Page, task: SigningTask) -> None:
    """The newest link that the sandbox's phone of the task's contact has got."""
    open_messages(phone, task)
    link = phone.locator(".message a[href*='/s/']").first
    phone.goto(str(link.get_attribute("href")))
    expect(phone.get_by_role("heading", level=1)).to_contain_text(task.document_number)


def sign_by_sms(phone: Page, task: SigningTask) -> None:
    """The client opens the link, accepts the texts that are new to them, and enters the code."""
    open_signing_page(phone, task)
    for box in phone.get_by_role("checkbox").all():
        box.check()
    phone.get_by_role("button", name="Получить код").click()
    expect(phone.get_by_label("Код из СМС")).to_be_visible()
    phone.get_by_label("Код из СМС").fill(read_code(phone, task))
    phone.get_by_role("button", name="Подписать", exact=True).click()
    expect(phone.get_by_text("Документ подписан")).to_be_visible()


def read_code(phone: Page, task: SigningTask) -> str:
    """The newest code, read in another tab of the same phone."""
    messages = phone.context.new_page()
    open_messages(messages, task)
    code = messages.locator(".message code").first.inner_text()
    messages.close()
    return code


def open_messages(phone: Page, task: SigningTask) -> None:
    number = task.contact_version.phone.removeprefix("+")
    phone.goto(f"{settings.SANDBOX_URL}/sms/?to={number}")


# --- Our signatory ------------------------------------------------------------------------------


def confirm_on_phone(phone: Page, task: SigningTask) -> None:
    """The signatory confirms the task's document; the page shows it by itself."""
    phone.goto("/phone/")
    row = phone.get_by_role("row").filter(has_text=f"{task.document_number}.pdf")
    row.get_by_role("button", name="Подтвердить").click(timeout=30_000)
    expect(phone.get_by_text("Подписание подтверждено")).to_be_visible()
