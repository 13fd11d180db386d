"""The admin pages of `clients` in Chromium."""

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from clients.directories.registry import REGIONS
from clients.models import Region
from tests.support.chromium.page_audit import audit
from tests.support.chromium.screens import Screens
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, RegionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_administrator_imports_a_directory_from_a_file(
    live_server: LiveServer, browser: Browser
) -> None:
    user = UserFactory.create(roles=[Role.ADMINISTRATOR])
    RegionFactory.create(account_prefix="111")
    contact = ContactFactory.create(client=ClientFactory.create())
    screens = Screens(live_server, browser)

    page = screens.open("/admin/clients/region/", user)
    page.get_by_role("link", name="Загрузить из файла").click()
    page.set_input_files("input[type=file]", str(REGIONS.initial_file))
    page.get_by_role("button", name="Проверить файл").click()
    expect(page.get_by_text("Добавится: 82, изменится: 1")).to_be_visible()
    assert Region.objects.count() == 1
    # axe loads a script that the policy blocks, so the console is checked before it runs.
    assert [text for text in screens.errors if "Content Security" in text] == []
    assert audit(page) == []
    page.get_by_role("button", name="Применить изменения").click()
    expect(page.get_by_text("Загружено строк: 83, отключено: 0")).to_be_visible()
    assert Region.objects.count() == 83

    pages = [f"contact/{contact.pk}", f"client/{contact.clients.get().pk}"]
    for path in [*pages, f"region/{Region.objects.earliest('pk').pk}"]:
        page.goto(f"/admin/clients/{path}/change/")
        assert audit(page) == []
    screens.close()
