"""A document signed by SMS against running processes: from the phone's message to the archive.

What the signing page looks like, and how fast it is, is tested with the page itself.
"""

import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from edo.models import Box, Signatory
from tasks.channels import TaskSender
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.e2e import steps
from tests.e2e.conftest import Open
from tests.support import world
from tests.support.chromium.windows import Windows
from tests.support.paths import ROOT
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack

pytestmark = [
    pytest.mark.browser,
    pytest.mark.processes,
    pytest.mark.story,
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("e2e"),
]
PHONE = {"width": 360, "height": 740}
_numbers = count(1)


def create(manager: User) -> SigningTask:
    """A task of `manager` whose client signs by SMS, with a phone of their own."""
    number = next(_numbers)
    box = Box.objects.filter(regions__name=world.SEAMLESS).order_by("pk")[0]
    sender = TaskSender(box, Signatory.objects.get(key_ref="signer-ivanova"), Channel.SMS)
    return world.create_task(
        manager, sender=sender, phone=f"+7912888{number:04d}", document_number=f"СМС-{number}"
    )


@pytest.mark.parametrize("has_script", [True, False])
def test_a_client_signs_on_a_phone_and_the_package_is_archived(
    has_script: bool,
    staff: dict[str, User],
    log_in: Open,
    client: Page,
    windows: Windows,
    stack: Stack,
    sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    task, page = create(staff["manager"]), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)
    phone = windows.open(sandbox.url, viewport=PHONE, java_script_enabled=has_script)
    steps.sign_by_sms(phone, task)
    steps.comes_to(page, task, Status.COMPLETED, stack)
    with page.expect_download() as download:
        page.get_by_role("link", name="Скачать подписанный пакет").click()
    package = tmp_path / "package.zip"
    download.value.save_as(package)
    assert judge(package, sandbox.trust_roots) == ""
    task = steps.fresh(task)
    assert task.document_version is not None
    assert task.package is not None
    archived = [entry["ref"] for entry in sandbox.journal("apd", reference=str(task.number))]
    assert archived == [task.document_version.archive_code, task.package.archive_code]


def test_a_client_refuses_on_the_page_and_the_card_says_why(
    staff: dict[str, User],
    log_in: Open,
    client: Page,
    windows: Windows,
    stack: Stack,
    sandbox: Sandbox,
) -> None:
    task, page = create(staff["manager"]), log_in()
    steps.find(page, task, Status.IDENTIFICATION_PENDING, stack)
    steps.answer(client, task)
    steps.find(page, task, Status.DOCUMENT_SIGNING, stack)
    phone = windows.open(sandbox.url, viewport=PHONE)
    steps.open_signing_page(phone, task)
    phone.get_by_role("link", name="Отказаться").click()
    phone.get_by_role("radio").first.check()
    phone.get_by_label("Что нужно исправить").fill("В договоре не та сумма")
    phone.get_by_role("button", name="Отказаться от подписания").click()
    steps.comes_to(page, task, Status.SIGNING_FAILED, stack)
    expect(steps.banner(page)).to_contain_text("В договоре не та сумма")


def judge(package: Path, roots: Path) -> str:
    """What `python -m econtract.verify` says against a package; "" when it is valid."""
    command = [sys.executable, "-m", "econtract.verify", "--roots", str(roots), str(package)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr
