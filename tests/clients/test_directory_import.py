"""Directories from files: `load_reference` and «Загрузить из файла» in the admin."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client as Browser
from openpyxl import Workbook, load_workbook

from accounts.models import RoleGrant, User
from accounts.roles import Role
from clients.directories.changes import Kind, apply, plan
from clients.directories.registry import BILLING_PREFIXES, DIRECTORIES, REGIONS, SERVICES
from clients.directories.tables import BadTable, read_table
from clients.models import BillingPrefix, Region, Service
from tests.support.factories_clients import BillingPrefixFactory, RegionFactory, ServiceFactory

pytestmark = pytest.mark.django_db

MOSCOW = {
    "mrf": "Центр",
    "region": "Москва и Московская область",
    "account_prefix": "850",
    "prefix_source": "manual",
    "archive": "APD",
    "seamless": "yes",
}


def as_csv(rows: list[dict[str, str]], delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0], delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(rows: Sequence[Mapping[str, object]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(list(rows[0]))
    for row in rows:
        sheet.append(list(row.values()))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.fixture
def administrator(client: Browser) -> Browser:
    user = User.objects.create(username="admin")
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    client.force_login(user)
    return client


# --- load_reference ---------------------------------------------------------------------------


def test_the_shipped_directories_are_loaded_row_by_row(capsys: pytest.CaptureFixture) -> None:
    call_command("load_reference")
    for directory in DIRECTORIES:
        shipped = read_table("x.csv", directory.shipped_file.read_bytes())
        assert directory.model._default_manager.count() == len(shipped)
        assert plan(directory, shipped).changes == []
    moscow = Region.objects.get(name="Москва и Московская область")
    assert (moscow.account_prefix, moscow.archive, moscow.seamless) == ("850", "APD", True)
    mobile = Service.objects.get(code="mobile")
    assert (mobile.billing_system, mobile.fraud_risk) == ("BIS Урал", True)
    assert list(Service.objects.values_list("code", flat=True))[:2] == ["internet", "telephony"]
    assert "regions: 83 added, 0 changed" in capsys.readouterr().out


def test_loading_again_leaves_what_administrators_changed(capsys: pytest.CaptureFixture) -> None:
    call_command("load_reference")
    Region.objects.filter(name=MOSCOW["region"]).update(account_prefix="777")
    call_command("load_reference")
    assert Region.objects.get(name=MOSCOW["region"]).account_prefix == "777"
    call_command("load_reference", "--update")
    assert Region.objects.get(name=MOSCOW["region"]).account_prefix == "850"
    assert "regions: 0 added, 1 changed" in capsys.readouterr().out


def test_an_update_removes_nothing() -> None:
    call_command("load_reference")
    own = RegionFactory.create(name="Свой регион")
    call_command("load_reference", "--update")
    own.refresh_from_db()
    assert own.active


# --- what a file would change -------------------------------------------------------------------


def test_a_file_is_compared_without_writing() -> None:
    RegionFactory.create(account_prefix="851")
    RegionFactory.create(name="Лишний регион")
    planned = plan(REGIONS, [MOSCOW, {**MOSCOW, "region": "Тверская область"}])
    assert [change.title for change in planned.of(Kind.ADDED)] == ["Тверская область"]
    [changed] = planned.of(Kind.CHANGED)
    assert [(d.label, d.old, d.new) for d in changed.differences] == [("Начало ЛС", "851", "850")]
    assert [change.title for change in planned.of(Kind.REMOVED)] == ["Лишний регион"]
    assert Region.objects.get(name=MOSCOW["region"]).account_prefix == "851"


def test_a_region_that_a_file_leaves_out_is_switched_off_and_comes_back() -> None:
    region = RegionFactory.create(name="Лишний регион")
    apply(plan(REGIONS, [MOSCOW]))
    region.refresh_from_db()
    assert not region.active
    assert plan(REGIONS, [MOSCOW]).changes == []
    apply(plan(REGIONS, [MOSCOW, {**MOSCOW, "region": "Лишний регион"}]))
    region.refresh_from_db()
    assert region.active


def test_a_prefix_that_a_file_leaves_out_is_deleted() -> None:
    BillingPrefixFactory.create(billing_system="СТАРТ", mrf="Юг")
    row = {"billing_system": "BFN", "service": "8-800", "mrf": "Юг", "account_prefix": "884"}
    apply(plan(BILLING_PREFIXES, [row]))
    assert [str(prefix) for prefix in BillingPrefix.objects.all()] == ["BFN Юг 884"]


def test_russian_headings_and_words_are_understood() -> None:
    row = {
        "Макрорегион": "Урал",
        "Регион": "Пермский край",
        "Начало ЛС": "662",
        "Электронный архив": "рио картотека",
        "Бесшовный процесс": "Да",
        "Примечание": "не наш столбец",
    }
    apply(plan(REGIONS, [row]))
    region = Region.objects.get()
    assert (region.archive, region.seamless, region.prefix_source) == ("RIO", True, "manual")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"account_prefix": "85"}, "Строка 2, «Начало ЛС»: Начало ЛС – три цифры"),
        ({"archive": "ЦОД"}, "Строка 2, «Электронный архив»: напишите одно из: АПД, РИО Картотека"),
        ({"seamless": "может"}, "Строка 2, «Бесшовный процесс»: напишите «да» или «нет»"),
        ({"region": ""}, "Строка 2, «Регион»: Это поле не может быть пустым."),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(change: dict[str, str], said: str) -> None:
    planned = plan(REGIONS, [MOSCOW | change])
    assert planned.errors == [said]
    with pytest.raises(ValueError):
        apply(planned)
    assert not Region.objects.exists()


def test_a_repeated_row_and_a_missing_column_are_errors() -> None:
    assert plan(REGIONS, [MOSCOW, MOSCOW]).errors == ["Строка 3 повторяет строку 2"]
    short = {name: value for name, value in MOSCOW.items() if name != "mrf"}
    assert plan(REGIONS, [short]).errors == ["Нет столбца «Макрорегион»"]


def test_services_keep_the_order_of_the_file() -> None:
    rows = [
        {"code": code, "name": code, "fraud_risk": "no", "account_rule": "region"}
        for code in ("b", "a")
    ]
    apply(plan(SERVICES, rows))
    assert list(Service.objects.values_list("code", flat=True)) == ["b", "a"]


def test_a_service_with_an_unknown_account_rule_is_refused() -> None:
    row = {"code": "a", "name": "А", "fraud_risk": "no", "account_rule": "nonsense"}
    [error] = plan(SERVICES, [row]).errors
    assert "region или billing" in error


# --- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", as_csv([MOSCOW])),
        ("a.CSV", as_csv([MOSCOW], delimiter=";", encoding="utf-8-sig")),
        ("a.csv", as_csv([MOSCOW], delimiter=";", encoding="cp1251")),
        ("a.csv", as_csv([MOSCOW], delimiter="\t")),
        ("a.xlsx", as_xlsx([{**MOSCOW, "account_prefix": 850}])),
        ("a.xlsx", as_xlsx([{**MOSCOW, "account_prefix": 850.0}])),
    ],
)
def test_tables_of_every_kind_give_the_same_rows(name: str, content: bytes) -> None:
    assert read_table(name, content) == [MOSCOW]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", b"x", "Нужен файл xlsx или csv"),
        ("a.xlsx", b"", "Файл поврежден или это не xlsx"),
        ("a.xlsx", b"PK\x03\x04 broken", "Файл поврежден или это не xlsx"),
        ("a.xlsx", as_xlsx([MOSCOW])[:-200], "Файл поврежден или это не xlsx"),
        ("a.xlsx", bomb(), "Файл слишком большой"),
        ("a.csv", b"a" * (2 * 1024 * 1024 + 1), "Файл больше 2 МБ"),
        ("a.csv", b"", "В файле нет строк: первая строка – заголовки столбцов, ниже – данные"),
        ("a.csv", b"a,b\n1,\x00", "Файл поврежден или это не csv"),
        ("a.csv", b"a,a\n1,2", "Заголовки столбцов повторяются"),
        ("a.csv", b"a\n" + b"1\n" * 5001, "В файле больше 5000 строк"),
    ],
)
def test_what_is_no_table_is_refused_in_words(name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadTable) as caught:
        read_table(name, content)
    assert str(caught.value) == said


# --- the admin ----------------------------------------------------------------------------------


def upload(browser: Browser, rows: list[dict[str, str]]) -> Any:
    file = SimpleUploadedFile("regions.csv", as_csv(rows))
    return browser.post("/admin/clients/region/import/", {"file": file})


def test_an_import_is_shown_before_it_is_done(administrator: Browser) -> None:
    RegionFactory.create(account_prefix="851")
    page = upload(administrator, [MOSCOW])
    assert page.status_code == 200
    assert "Изменится: 1" in page.content.decode()
    assert Region.objects.get().account_prefix == "851"
    done = administrator.post(
        "/admin/clients/region/import-confirm/", {"seen": page.context["seen"]}, follow=True
    )
    assert "Загружено строк: 1, отключено: 0" in done.content.decode()
    assert Region.objects.get().account_prefix == "850"


def test_an_import_that_would_do_something_else_by_now_is_shown_again(
    administrator: Browser,
) -> None:
    RegionFactory.create(account_prefix="851")
    seen = upload(administrator, [MOSCOW]).context["seen"]
    Region.objects.update(account_prefix="852")
    page = administrator.post("/admin/clients/region/import-confirm/", {"seen": seen})
    assert "Справочник изменился. Проверьте изменения еще раз" in page.content.decode()
    assert Region.objects.get().account_prefix == "852"


def test_a_forged_confirmation_changes_nothing(administrator: Browser) -> None:
    answer = administrator.post("/admin/clients/region/import-confirm/", {"seen": "x"})
    assert answer.status_code == 302
    assert not Region.objects.exists()


def test_a_confirmation_for_one_directory_is_none_for_another(administrator: Browser) -> None:
    seen = upload(administrator, [MOSCOW]).context["seen"]
    administrator.post("/admin/clients/service/import-confirm/", {"seen": seen})
    assert not Service.objects.exists()
    assert not Region.objects.exists()


def test_a_wrong_file_and_wrong_rows_are_said_on_the_page(administrator: Browser) -> None:
    file = SimpleUploadedFile("a.pdf", b"%PDF")
    page = administrator.post("/admin/clients/region/import/", {"file": file})
    assert page.status_code == 422
    assert "Нужен файл xlsx или csv" in page.content.decode()
    page = upload(administrator, [{**MOSCOW, "account_prefix": "x"}])
    assert page.status_code == 422
    assert "Начало ЛС – три цифры" in page.content.decode()


def test_an_exported_directory_is_taken_back_without_a_change(administrator: Browser) -> None:
    call_command("load_reference")
    for directory in DIRECTORIES:
        name = directory.model._meta.model_name
        content = administrator.get(f"/admin/clients/{name}/export/").content
        assert load_workbook(io.BytesIO(content)).worksheets[0].freeze_panes == "A2"
        assert plan(directory, read_table("a.xlsx", content)).changes == []


@pytest.mark.parametrize("view", ["", "import/", "export/", "import-confirm/"])
@pytest.mark.parametrize("role", [Role.MANAGER, Role.TEAM_LEAD, Role.HEAD])
def test_directories_are_for_administrators_alone(client: Browser, view: str, role: Role) -> None:
    user = User.objects.create(username="someone")
    RoleGrant.objects.create(user=user, role=role)
    client.force_login(user)
    assert client.get(f"/admin/clients/region/{view}").status_code == 403


@pytest.mark.parametrize("model", ["region", "service", "billingprefix", "client", "contact"])
def test_admin_pages_of_the_directories_open(administrator: Browser, model: str) -> None:
    RegionFactory.create()
    ServiceFactory.create()
    BillingPrefixFactory.create()
    page = administrator.get(f"/admin/clients/{model}/?q=а")
    assert page.status_code == 200


def test_our_admin_pages_have_no_inline_style_or_script() -> None:
    for template in Path("templates/clients").rglob("*.html"):
        text = template.read_text(encoding="utf-8")
        assert "style=" not in text
        assert "<script" not in text
        assert " on" + "click" not in text
