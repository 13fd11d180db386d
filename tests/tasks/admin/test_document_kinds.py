"""«Виды документов»: edited by administrators, from files too, and kept for old tasks."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from accounts.roles import TaskType
from archive.models import DocumentTemplate
from clients.directories.import_plan import build_plan
from clients.directories.tables import read_table
from econtract.platform.common.errors import ActionRefused
from tasks.actions.document_kinds import DOCUMENT_KINDS, require_available_kind
from tasks.apps import create_initial_rows
from tasks.models import DocumentKind, SigningTask
from tests.support.directory_files import as_csv
from tests.support.factories import SigningTaskFactory
from tests.support.lists import read_sheet
from tests.support.people import People, browser_of

pytestmark = pytest.mark.django_db

LIST = "/admin/tasks/documentkind/"


@pytest.fixture
def administrator(people: People) -> Client:
    return browser_of(people["administrator"])


def form(**values: object) -> dict[str, object]:
    row = {"name": "Спецификация", "default_channel": "sms", "position": 3, "active": "on"}
    return {**row, "retention_years": 10, "task_types": ["legal"], "roles": ["manager"], **values}


def test_every_installation_has_the_kinds_after_migrate_and_after_flush() -> None:
    codes = ["contract", "supplement", "specification", "order_form", "acceptance"]
    assert list(DocumentKind.objects.values_list("pk", flat=True)) == codes
    DocumentKind.objects.all().delete()
    create_initial_rows(using="default")
    assert list(DocumentKind.objects.values_list("pk", flat=True)) == codes
    DocumentKind.objects.filter(pk="contract").update(name="Контракт", active=False)
    call_command("load_reference")
    create_initial_rows(using="default")
    assert DocumentKind.objects.get(pk="contract").name == "Контракт"


def test_an_administrator_edits_a_kind_and_the_history_has_it(administrator: Client) -> None:
    assert administrator.get(f"{LIST}specification/change/").status_code == 200
    response = administrator.post(f"{LIST}specification/change/", form(code="other"))
    assert response.status_code == 302
    kind = DocumentKind.objects.get(pk="specification")
    assert (kind.default_channel, kind.retention_years) == ("sms", 10)
    assert (kind.task_types, kind.roles) == (["legal"], ["manager"])
    assert LogEntry.objects.filter(object_id="specification", action_flag=2).exists()
    assert administrator.get(f"{LIST}specification/delete/").status_code == 403


def test_a_file_adds_changes_and_switches_off(administrator: Client) -> None:
    rows = read_table("x.csv", DOCUMENT_KINDS.initial_file.read_bytes())[:4]
    rows[0] |= {"default_channel": "СМС", "task_types": "ДГПХ; Самозанятый B2B"}
    template = DocumentTemplate.objects.create(name="Акт за месяц")
    rows = [{**row, "default_template": ""} for row in rows]
    rows[0]["default_template"] = "акт за месяц"
    rows.append({**rows[1], "code": "lease", "name": "Договор аренды", "retention_years": ""})
    file = SimpleUploadedFile("kinds.csv", as_csv(rows))
    preview = administrator.post(f"{LIST}import/", {"file": file}).context["preview"]
    administrator.post(f"{LIST}import-confirm/", {"preview": preview})
    contract, lease = DocumentKind.objects.in_bulk(["contract", "lease"]).values()
    assert (contract.default_channel, contract.default_template) == ("sms", template)
    exported = administrator.get(f"{LIST}export/").content
    assert build_plan(DOCUMENT_KINDS, read_table("x.xlsx", exported)).changes == []
    assert contract.task_types == ["contractor", "self_employed"]
    assert (lease.active, lease.retention_years, lease.position) == (True, None, 5)
    assert not DocumentKind.objects.get(pk="acceptance").active


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("retention_years", "навсегда", "навсегда"),
        ("default_template", "Нет такого", "«Нет такого» в справочнике «бланки» нет"),
        ("retention_years", "0", "«Срок хранения, лет»"),
        ("roles", "Менеджер, Дворник", "напишите одно из: Менеджер"),
        ("code", "договор аренды", "«Код»"),
    ],
)
def test_a_wrong_cell_is_named(
    administrator: Client, column: str, value: str, message: str
) -> None:
    rows = read_table("x.csv", DOCUMENT_KINDS.initial_file.read_bytes())
    rows = [{"default_template": "", **row} for row in rows]
    rows[1][column] = value
    file = SimpleUploadedFile("kinds.csv", as_csv(rows))
    page = administrator.post(f"{LIST}import/", {"file": file})
    assert page.status_code == 422
    assert "Строка 3, " in page.content.decode()
    assert message in page.content.decode()


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"active": False}, "больше не используется"),
        ({"task_types": ["contractor"]}, "В заданиях «ЮЛ/ИП B2B» вида документа «Договор» нет"),
        ({"roles": ["head", "team_lead"]}, "доступен только ролям: «Руководитель», «Тимлидер»"),
    ],
)
def test_a_task_cannot_be_created_with_a_kind_that_is_not_open(
    owner: User, values: dict[str, object], text: str
) -> None:
    require_available_kind("contract", task_type=TaskType.LEGAL, user=owner)
    DocumentKind.objects.filter(pk="contract").update(**values)
    with pytest.raises(ActionRefused, match=text) as caught:
        require_available_kind("contract", task_type=TaskType.LEGAL, user=owner)
    assert caught.value.refusals[0].code == "document_kind_unavailable"


def test_old_tasks_keep_a_kind_that_is_renamed_and_switched_off(web: Client, owner: User) -> None:
    task: SigningTask = SigningTaskFactory(
        manager=owner, status="completed", completed_at=datetime(2025, 6, 1, tzinfo=UTC)
    )
    DocumentKind.objects.filter(pk="contract").update(name="Контракт", active=False)
    page = web.get(task.get_absolute_url()).content.decode()
    assert "Контракт" in page
    assert "31.12.2030" in page
    heading, row = read_sheet(web.get("/tasks/archive/export.xlsx"))
    assert dict(zip(heading, row, strict=True))["Вид документа"] == "Контракт"
