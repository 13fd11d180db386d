"""Directories from files: `load_reference` and «Загрузить из файла» in the admin."""

import io
import zipfile

import pytest
from django.core.management import call_command
from django.test import Client as Browser

from accounts.models import RoleGrant, User
from accounts.roles import Role
from clients.directories.changes import Kind, apply, plan
from clients.directories.registry import BILLING_PREFIXES, DIRECTORIES, REGIONS, SERVICES
from clients.directories.tables import BadTable, read_table
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
