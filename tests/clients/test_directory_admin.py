"""The import of directories in the admin."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client as Browser
from openpyxl import load_workbook

from accounts.models import RoleGrant, User
from accounts.roles import Role
from clients.directories.import_plan import build_plan
from clients.directories.registry import BILLING_PREFIXES, DIRECTORIES, SERVICES
from clients.directories.tables import read_table
from clients.models import BillingPrefix, Region, Service
from tests.support.directory_files import MOSCOW, as_csv
from tests.support.factories_clients import BillingPrefixFactory, RegionFactory, ServiceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Browser) -> Browser:
    user = User.objects.create(username="admin")
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    client.force_login(user)
    return client


def upload(browser: Browser, rows: list[dict[str, str]]) -> Any:
    file = SimpleUploadedFile("regions.csv", as_csv(rows))
    return browser.post("/admin/clients/region/import/", {"file": file})


def test_an_import_is_previewed_before_it_is_applied(administrator: Browser) -> None:
    RegionFactory.create(account_prefix="851")
    page = upload(administrator, [MOSCOW])
    assert page.status_code == 200
    assert "Изменится: 1" in page.content.decode()
    assert Region.objects.get().account_prefix == "851"
    response = administrator.post(
        "/admin/clients/region/import-confirm/", {"preview": page.context["preview"]}, follow=True
    )
    assert "Загружено строк: 1, отключено: 0" in response.content.decode()
    assert Region.objects.get().account_prefix == "850"


def test_the_preview_is_repeated_when_the_directory_has_changed(
    administrator: Browser,
) -> None:
    RegionFactory.create(account_prefix="851")
    preview = upload(administrator, [MOSCOW]).context["preview"]
    Region.objects.update(account_prefix="852")
    page = administrator.post("/admin/clients/region/import-confirm/", {"preview": preview})
    assert "Справочник изменился. Проверьте изменения еще раз" in page.content.decode()
    assert Region.objects.get().account_prefix == "852"


def test_a_forged_confirmation_changes_nothing(administrator: Browser) -> None:
    response = administrator.post("/admin/clients/region/import-confirm/", {"preview": "x"})
    assert response.status_code == 302
    assert not Region.objects.exists()


def test_a_confirmation_is_valid_for_one_directory_only(administrator: Browser) -> None:
    preview = upload(administrator, [MOSCOW]).context["preview"]
    administrator.post("/admin/clients/service/import-confirm/", {"preview": preview})
    assert not Service.objects.exists()
    assert not Region.objects.exists()


def test_the_page_shows_errors_of_the_file_and_of_its_rows(administrator: Browser) -> None:
    file = SimpleUploadedFile("a.pdf", b"%PDF")
    page = administrator.post("/admin/clients/region/import/", {"file": file})
    assert page.status_code == 422
    assert "Нужен файл xlsx или csv" in page.content.decode()
    page = upload(administrator, [{**MOSCOW, "account_prefix": "x"}])
    assert page.status_code == 422
    assert "Начало ЛС – три цифры" in page.content.decode()


def test_importing_an_export_changes_nothing(administrator: Browser) -> None:
    call_command("load_reference")
    for directory in DIRECTORIES:
        meta = directory.model._meta
        address = f"/admin/{meta.app_label}/{meta.model_name}/export/"
        content = administrator.get(address).content
        assert load_workbook(io.BytesIO(content)).worksheets[0].freeze_panes == "A2"
        assert build_plan(directory, read_table("a.xlsx", content)).changes == []


@pytest.mark.parametrize("view", ["", "import/", "export/", "import-confirm/"])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.TEAM_LEAD, Role.HEAD])
def test_only_administrators_manage_directories(client: Browser, view: str, role: Role) -> None:
    user = User.objects.create(username="someone")
    RoleGrant.objects.create(user=user, role=role)
    client.force_login(user)
    assert client.get(f"/admin/clients/region/{view}").status_code == 403


@pytest.mark.parametrize("model", ["region", "service", "billingprefix", "client", "contact"])
def test_admin_pages_of_the_directories_respond(administrator: Browser, model: str) -> None:
    RegionFactory.create()
    ServiceFactory.create()
    BillingPrefixFactory.create()
    page = administrator.get(f"/admin/clients/{model}/?q=а")
    assert page.status_code == 200


def test_templates_have_no_inline_style_or_script() -> None:
    for template in Path("templates/clients").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "style=" not in text
        assert "<script" not in text
        assert " on" + "click" not in text


# --- Names that would switch an account rule off --------------------------------------------------


def save_page(browser: Browser, model: str, key: str, **values: Any) -> str:
    text: str = browser.post(f"/admin/clients/{model}/{key}", values).content.decode()
    return text


def test_a_rule_names_a_billing_system_that_has_prefixes(administrator: Browser) -> None:
    BillingPrefixFactory.create(billing_system="BIS Урал")
    service = ServiceFactory.create()
    values = {"code": "internet", "name": "Интернет", "position": "0", "active": "on"}
    page = save_page(
        administrator, "service", f"{service.pk}/change/", **values, account_rule="billing:БИС"
    )
    assert "Выберите корректный вариант" in page
    save_page(
        administrator, "service", f"{service.pk}/change/", **values, account_rule="billing:BIS Урал"
    )
    assert Service.objects.get().billing_system == "BIS Урал"
    [error] = build_plan(
        SERVICES,
        [{"code": "a", "name": "А", "fraud_risk": "no", "account_rule": "billing:bis урал"}],
    ).errors
    assert "Кодов биллинга «bis урал» в справочнике нет. Есть: BIS Урал" in error


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"mrf": "Сибир"}, "Выберите корректный вариант"),
        ({"billing_system": "bis урал"}, "Биллинг уже записан как «BIS Урал»"),
        ({"billing_system": "BISУрал"}, "Биллинг уже записан как «BIS Урал»"),
    ],
)
def test_a_prefix_is_saved_under_names_that_the_rules_know(
    administrator: Browser, values: dict[str, str], message: str
) -> None:
    RegionFactory.create(mrf="Сибирь")
    BillingPrefixFactory.create(billing_system="BIS Урал")
    prefix = {"billing_system": "BIS Урал", "service": "x", "mrf": "Сибирь", "prefix_source": "x"}
    page = save_page(
        administrator, "billingprefix", "add/", **(prefix | {"account_prefix": "596"} | values)
    )
    assert message in page
    assert BillingPrefix.objects.count() == 1
    save_page(administrator, "billingprefix", "add/", **prefix, account_prefix="596")
    assert BillingPrefix.objects.count() == 2


def test_the_last_prefix_of_a_system_in_use_stays(administrator: Browser) -> None:
    prefix = BillingPrefixFactory.create(billing_system="BIS Урал")
    ServiceFactory.create(account_rule="billing:BIS Урал")
    page = save_page(
        administrator,
        "billingprefix",
        f"{prefix.pk}/change/",
        billing_system="BFN",
        service="x",
        mrf="",
        account_prefix="596",
        prefix_source="x",
    )
    assert "проверяют ЛС услуги" in page
    delete = administrator.post(
        f"/admin/clients/billingprefix/{prefix.pk}/delete/", {"post": "yes"}
    )
    assert delete.status_code == 403
    row = {"billing_system": "BFN", "service": "x", "mrf": "", "account_prefix": "596"}
    [error] = build_plan(BILLING_PREFIXES, [row]).errors
    assert "услуга «Интернет для бизнеса» проверяет по ним ЛС" in error
    assert BillingPrefix.objects.get().billing_system == "BIS Урал"
