"""«Файлы документа» of a task in Chromium, on a phone, with and without a script."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from archive.joining.composition import join_versions, list_parts
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.chromium.page_audit import audit
from tests.support.chromium.screens import Screens
from tests.support.documents import office
from tests.support.documents.uploads import upload_bytes
from tests.support.factories import SigningTaskFactory, fresh
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NARROW, WIDE = {"width": 360, "height": 780}, {"width": 1280, "height": 900}
NAMES = ["Договор.pdf", "Приложение.pdf", "Спецификация.pdf"]


@pytest.fixture
def task(live_people: People, owner: User) -> SigningTask:
    parts = [upload_bytes(office.pdf_bytes(n), NAMES[n - 1], user=owner) for n in (1, 2, 3)]
    version = join_versions(parts, user=owner)
    status = Status.IDENTIFICATION_FAILED
    result: SigningTask = SigningTaskFactory(manager=owner, status=status, document_version=version)
    return result


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_files_are_put_in_another_order(
    task: SigningTask, owner: User, screens: Screens, has_script: bool, viewport: dict[str, int]
) -> None:
    page = screens.open(
        task.get_absolute_url(), owner, viewport=viewport, java_script_enabled=has_script
    )
    page.get_by_role("link", name="Файлы и порядок").click()
    page.get_by_role("button", name=f"Выше: {NAMES[2]}").click()
    rows = page.get_by_role("list", name="Файлы по порядку").get_by_role("listitem")
    expect(rows.nth(1)).to_contain_text(NAMES[2])
    page.get_by_label("Страница с оглавлением").check()
    if has_script:
        assert audit(page) == []
        screens.errors.clear()  # the CSP reports axe
    page.get_by_role("button", name="Сохранить").click()
    files = page.get_by_role("list", name="Файлы документа").first
    expect(files.get_by_role("listitem").nth(1)).to_contain_text(NAMES[2])
    version = fresh(task).document_version
    assert [part.file_name for part in list_parts(version)] == [NAMES[0], NAMES[2], NAMES[1]]
    assert version.has_contents_page
