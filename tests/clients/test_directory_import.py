"""Directories from files: `load_reference` and «Загрузить из файла» in the admin."""

import io
import zipfile

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from accounts.models import RoleGrant, User
from accounts.roles import Role
from clients.directories.import_plan import ChangeType, apply_plan, build_plan
from clients.directories.registry import BILLING_PREFIXES, DIRECTORIES, REGIONS, SERVICES
from clients.directories.tables import TableError, read_table
from clients.models import BillingPrefix, Region, Service
from tests.support.directory_files import MOSCOW, as_csv, as_xlsx
from tests.support.factories_clients import BillingPrefixFactory, RegionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client: Browser) -> Browser:
    user = User.objects.create(username="admin")
    RoleGrant.objects.create(user=user, role=Role.ADMINISTRATOR)
    client.force_login(user)
    return client


# --- load_reference ---------------------------------------------------------------------------


def test_load_reference_loads_every_row(capsys: pytest.CaptureFixture) -> None:
    call_command("load_reference")
    for directory in DIRECTORIES:
        rows = read_table("x.csv", directory.initial_file.read_bytes())
        assert directory.model._default_manager.count() == len(rows)
        assert build_plan(directory, rows).changes == []
    moscow = Region.objects.get(name="Москва и Московская область")
    assert (moscow.account_prefix, moscow.archive, moscow.seamless) == ("850", "APD", True)
    mobile = Service.objects.get(code="mobile")
    assert (mobile.billing_system, mobile.fraud_risk) == ("BIS Урал", True)
    assert list(Service.objects.values_list("code", flat=True))[:2] == ["internet", "telephony"]
    assert "regions: 83 added, 0 changed" in capsys.readouterr().out


def test_loading_again_keeps_changes_of_administrators(capsys: pytest.CaptureFixture) -> None:
    call_command("load_reference")
    Region.objects.filter(name=MOSCOW["region"]).update(account_prefix="777")
    call_command("load_reference")
    assert Region.objects.get(name=MOSCOW["region"]).account_prefix == "777"
    call_command("load_reference", "--update")
    assert Region.objects.get(name=MOSCOW["region"]).account_prefix == "850"
    assert "regions: 0 added, 1 changed" in capsys.readouterr().out


def test_update_option_removes_nothing() -> None:
    call_command("load_reference")
    own = RegionFactory.create(name="Свой регион")
    call_command("load_reference", "--update")
    own.refresh_from_db()
    assert own.active


# --- plans --------------------------------------------------------------------------------------


def test_building_a_plan_does_not_write() -> None:
    RegionFactory.create(account_prefix="851")
    RegionFactory.create(name="Лишний регион")
    plan = build_plan(REGIONS, [MOSCOW, {**MOSCOW, "region": "Тверская область"}])
    assert [change.title for change in plan.of_type(ChangeType.ADD)] == ["Тверская область"]
    [update] = plan.of_type(ChangeType.UPDATE)
    assert [(field.label, field.old, field.new) for field in update.fields] == [
        ("Начало ЛС", "851", "850")
    ]
    assert [change.title for change in plan.of_type(ChangeType.REMOVE)] == ["Лишний регион"]
    assert Region.objects.get(name=MOSCOW["region"]).account_prefix == "851"


def test_a_region_missing_from_the_file_is_switched_off_until_it_returns() -> None:
    region = RegionFactory.create(name="Лишний регион")
    apply_plan(build_plan(REGIONS, [MOSCOW]))
    region.refresh_from_db()
    assert not region.active
    assert build_plan(REGIONS, [MOSCOW]).changes == []
    apply_plan(build_plan(REGIONS, [MOSCOW, {**MOSCOW, "region": "Лишний регион"}]))
    region.refresh_from_db()
    assert region.active


def test_a_prefix_missing_from_the_file_is_deleted() -> None:
    BillingPrefixFactory.create(billing_system="СТАРТ", mrf="Юг")
    row = {"billing_system": "BFN", "service": "8-800", "mrf": "Юг", "account_prefix": "884"}
    apply_plan(build_plan(BILLING_PREFIXES, [row]))
    assert [str(prefix) for prefix in BillingPrefix.objects.all()] == ["BFN Юг 884"]


def test_russian_headings_and_values_are_accepted() -> None:
    row = {
        "Макрорегион": "Урал",
        "Регион": "Пермский край",
        "Начало ЛС": "662",
        "Электронный архив": "рио картотека",
        "Бесшовный процесс": "Да",
        "Примечание": "не наш столбец",
    }
    apply_plan(build_plan(REGIONS, [row]))
    region = Region.objects.get()
    assert (region.archive, region.seamless, region.prefix_source) == ("RIO", True, "manual")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"account_prefix": "85"}, "Строка 2, «Начало ЛС»: Начало ЛС – три цифры"),
        ({"archive": "ЦОД"}, "Строка 2, «Электронный архив»: напишите одно из: АПД, РИО Картотека"),
        ({"seamless": "может"}, "Строка 2, «Бесшовный процесс»: напишите «да» или «нет»"),
        ({"region": ""}, "Строка 2, «Регион»: Это поле не может быть пустым."),
    ],
)
def test_an_error_names_line_and_column(change: dict[str, str], message: str) -> None:
    plan = build_plan(REGIONS, [MOSCOW | change])
    assert plan.errors == [message]
    with pytest.raises(ValueError):
        apply_plan(plan)
    assert not Region.objects.exists()


def test_a_repeated_row_and_a_missing_column_are_errors() -> None:
    assert build_plan(REGIONS, [MOSCOW, MOSCOW]).errors == ["Строка 3 повторяет строку 2"]
    short = {name: value for name, value in MOSCOW.items() if name != "mrf"}
    assert build_plan(REGIONS, [short]).errors == ["Нет столбца «Макрорегион»"]


def test_services_keep_the_order_of_the_file() -> None:
    rows = [
        {"code": code, "name": code, "fraud_risk": "no", "account_rule": "region"}
        for code in ("b", "a")
    ]
    apply_plan(build_plan(SERVICES, rows))
    assert list(Service.objects.values_list("code", flat=True)) == ["b", "a"]


def test_a_service_with_an_unknown_account_rule_is_refused() -> None:
    row = {"code": "a", "name": "А", "fraud_risk": "no", "account_rule": "nonsense"}
    [error] = build_plan(SERVICES, [row]).errors
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
def test_all_formats_give_the_same_rows(name: str, content: bytes) -> None:
    assert read_table(name, content) == [MOSCOW]


def zip_bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.xls", b"x", "Нужен файл xlsx или csv"),
        ("a.xlsx", b"", "Файл поврежден или это не xlsx"),
        ("a.xlsx", b"PK\x03\x04 broken", "Файл поврежден или это не xlsx"),
        ("a.xlsx", as_xlsx([MOSCOW])[:-200], "Файл поврежден или это не xlsx"),
        ("a.xlsx", zip_bomb(), "Файл слишком большой"),
        ("a.csv", b"a" * (2 * 1024 * 1024 + 1), "Файл больше 2 МБ"),
        ("a.csv", b"", "В файле нет строк: первая строка – заголовки столбцов, ниже – данные"),
        ("a.csv", b"a,b\n1,\x00", "Файл поврежден или это не csv"),
        ("a.csv", b"a,a\n1,2", "Заголовки столбцов повторяются"),
        ("a.csv", b"a\n" + b"1\n" * 5001, "В файле больше 5000 строк"),
    ],
)
def test_an_unreadable_file_is_refused_with_a_message(
    name: str, content: bytes, message: str
) -> None:
    with pytest.raises(TableError) as error:
        read_table(name, content)
    assert str(error.value) == message
