"""Batches for tests: a template in force, tables of rows, and the batch made of them."""

import io
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import RoleGrant, User
from accounts.roles import Role, TaskType
from archive.files.storage import store_bytes
from archive.intake.formats import FileFormat
from archive.models import DocumentTemplate, TemplateField, TemplateVersion
from clients.models import Region, Service
from econtract.platform.common import clock
from edo.models import Box, Signatory
from tasks.batches import uploads
from tasks.batches.uploads import NewBatchData
from tasks.channels import TaskSender
from tasks.models import Batch, Channel, DocumentKind
from tests.support import world
from tests.support.documents.templates import template_bytes
from tests.support.factories_clients import person_inn

HEADINGS = (
    *("ИНН", "Фамилия", "Имя", "Телефон", "Электронная почта"),
    *("Лицевой счет", "Номер документа", "Сумма"),
)
PREFIX = world.PREFIXES[world.SEAMLESS]


def make_runner(**more: Any) -> User:
    """A manager who may run batches."""
    manager = world.make_manager(**more)
    RoleGrant.objects.create(user=manager, role=Role.BATCH_RUNNER)
    return manager


def make_template(*paragraphs: str, asked: Sequence[str] = ("сумма",)) -> TemplateVersion:
    """The version in force of a new template, which asks for the fields ``asked``."""
    content = template_bytes(*(paragraphs or ("Акт", *(f"{{{{ {name} }}}}" for name in asked))))
    template = DocumentTemplate.objects.create(name=f"Акт {uuid.uuid4()}")
    version = TemplateVersion.objects.create(
        template=template,
        number=1,
        file_name="акт.docx",
        source=store_bytes(content, FileFormat.DOCX.content_type),
        published_at=clock.now(),
    )
    for position, name in enumerate(asked):
        TemplateField.objects.create(
            version=version, position=position, name=name, source=TemplateField.ASK
        )
    return version


def person_row(number: int, **changes: Any) -> list[Any]:
    """The row of a new contractor, a different one for every ``number``."""
    inn = person_inn(number)
    values: dict[str, Any] = {
        "ИНН": inn,
        "Фамилия": "Иванов" + "абвгдежзик"[number // 10 % 10] + "абвгдежзик"[number % 10],
        "Имя": "Иван",
        "Телефон": f"+7911{number:07d}",
        "Электронная почта": f"agent{number}@client.example",
        "Лицевой счет": PREFIX + inn[:9],
        "Номер документа": f"А-{number}",
        "Сумма": "1000",
    }
    return [{**values, **changes}[heading] for heading in HEADINGS]


def workbook_bytes(rows: Iterable[Sequence[Any]], headings: Sequence[str] = HEADINGS) -> bytes:
    """An xlsx file; a text that begins with «=» is a formula."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, row in enumerate([headings, *rows]):
        for column, value in enumerate(row):
            if isinstance(value, str) and not value.startswith("="):
                sheet.write_string(line, column, value)
            else:
                sheet.write(line, column, value)
    book.close()
    return file.getvalue()


def upload_of(content: bytes, name: str = "акты.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def batch_data(version: TemplateVersion, **changes: Any) -> NewBatchData:
    """The choices of the form: contractors of the seamless region, signing by SMS."""
    region = Region.objects.get(name=world.SEAMLESS)
    box = Box.objects.filter(regions=region).order_by("pk")[0]
    values: dict[str, Any] = {
        "task_type": TaskType.CONTRACTOR,
        "template_version": version,
        "region": region,
        "sender": TaskSender(box, Signatory.objects.get(key_ref="signer-ivanova"), Channel.SMS),
        "services": list(Service.objects.filter(code="internet")),
        "document_kind": DocumentKind.objects.get(pk=DocumentKind.ACCEPTANCE),
    }
    return NewBatchData(**{**values, **changes})


def make_batch(
    manager: User, rows: Iterable[Sequence[Any]], *, version: TemplateVersion | None = None
) -> Batch:
    """A batch of ``rows`` whose check is enqueued."""
    return uploads.create_batch(
        data=batch_data(version or make_template()),
        upload=upload_of(workbook_bytes(rows)),
        submission_key=uuid.uuid4(),
        actor=manager,
    )
