"""Sets the product up with a running sandbox: directories, boxes, users, tasks."""

import io
import uuid
from collections.abc import Iterator
from copy import copy
from itertools import groupby
from typing import Any

import docx
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import Role, TaskType
from archive import documents
from archive.models import DocumentVersion
from clients import actions as client_actions
from clients.gateways.cdi import cdi
from clients.models import ContactDetails, Region, Service
from econtract.platform.common import clock
from edo.models import Box, Signatory
from tasks.actions import create
from tasks.actions.create import NewTaskData
from tasks.channels import TaskSender
from tasks.demo import operator
from tasks.models import DocumentKind, SigningTask
from tests.support.factories import UserFactory
from tests.support.paths import CONTRACT
from tests.support.sandbox import ROMASHKA, TOKEN, Sandbox

SEAMLESS = "Москва и Московская область"
STEPWISE = "Новосибирская область"
# The transitions of a task of the seamless process, from creation to the archive.
SEAMLESS_TRANSITIONS = [
    "submit",
    "identification_started",
    "identification_passed",
    "proceed",
    "cabinet_created",
    "send_document",
    "document_delivered",
    "client_signed",
    "archived",
]
PREFIXES = {SEAMLESS: "850", STEPWISE: "717"}


def connect(test_settings: Settings, sandbox: Sandbox) -> None:
    """Points the outside systems to ``sandbox``, in the process of the test."""
    prefixes = {"archive_apd": "/archive/apd", "archive_rio": "/archive/rio"}
    test_settings.OUTSIDE = {
        system: {
            "url": sandbox.url + prefixes.get(system, f"/{system}"),
            "token": TOKEN,
        }
        for system in settings.OUTSIDE
    }
    test_settings.SANDBOX_URL = sandbox.url
    test_settings.DSS_CLIENT_ID = "sandbox"
    test_settings.EDO_TRUST_ROOTS = str(sandbox.trust_roots)
    test_settings.TRUST_LIST_URL = f"{sandbox.url}/trust/list.xml"
    test_settings.TRUST_PRIVATE_HOSTS = [sandbox.url.removeprefix("http://")]
    test_settings.EDO_CRLS = [str(path) for path in sandbox.revocation_lists]


# The rows that `install` created, by the certificates of the sandbox. Copying them is faster than
# another set-up.
_installed: dict[str, list[Model]] = {}


@transaction.atomic
def install() -> None:
    """Creates directories, boxes and signatories; call `connect` first.

    Only the boxes of the regions above are active, because every active box is polled.
    """
    cached = _installed.get(settings.EDO_TRUST_ROOTS, [])
    rows_by_model = {model: [*rows] for model, rows in groupby(cached, type)}
    if rows_by_model and not any(model._base_manager.exists() for model in rows_by_model):
        for model, rows in rows_by_model.items():
            model._base_manager.bulk_create(map(copy, rows))
        return
    before = set(_rows())
    call_command("load_reference", verbosity=0)
    operator.create_operator()
    Box.objects.exclude(regions__name__in=PREFIXES).update(active=False)
    _installed[settings.EDO_TRUST_ROOTS] = [row for row in _rows() if row not in before]


def _rows() -> Iterator[Model]:
    for model in apps.get_models(include_auto_created=True):
        yield from model._base_manager.all()


def make_manager(**more: Any) -> User:
    """A manager with access to every task type and every region."""
    manager: User = UserFactory(**{"roles": [Role.MANAGER], "types": list(TaskType), **more})
    manager.regions.set(Region.objects.all())
    return manager


def word_file(text: str = "1.1. Оператор оказывает Клиенту услуги связи.") -> bytes:
    """A small valid Word document."""
    file, document = io.BytesIO(), docx.Document()
    document.add_heading("Договор об оказании услуг связи", 1)
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def pdf_file() -> bytes:
    """A small valid PDF with Cyrillic text."""
    return CONTRACT.read_bytes()


def upload_file(manager: User, content: bytes, name: str) -> DocumentVersion:
    """The version that an upload creates."""
    return documents.upload_version(upload=SimpleUploadedFile(name, content), user=manager)


def create_task(
    manager: User,
    *,
    inn: str = ROMASHKA,
    region: str = SEAMLESS,
    phone: str = "+79123456789",
    **more: Any,
) -> SigningTask:
    """A task as the form creates it, with a verified account and a PDF unless ``more`` differs."""
    organisation = cdi().get(inn)
    assert organisation is not None, f"CDI does not know {inn}"
    client, _ = client_actions.find_or_create_client(organisation=organisation, actor=manager)
    contact = client_actions.find_by_phone(phone) or client_actions.add_contact(
        client=client,
        details=ContactDetails(
            surname="Петров",
            given_name="Петр",
            patronymic="Петрович",
            phone=phone,
            email="p@client.example",
            position="Генеральный директор",
            authority="Устав",
        ),
        actor=manager,
    )
    task_region = Region.objects.get(name=region)
    box = more.pop("box", None) or Box.objects.filter(regions=task_region).order_by("pk")[0]
    signatory = more.pop("signatory", None) or Signatory.objects.get(key_ref="signer-ivanova")
    account = PREFIXES[region] + inn[:9]
    values: dict[str, Any] = {
        "task_type": TaskType.LEGAL,
        "client": client,
        "contact": contact,
        "region": task_region,
        "sender": TaskSender(box, signatory),
        "services": list(Service.objects.filter(code="internet")),
        "account_number": account,
        "account_verified_at": clock.now(),
        "document_number": account,
        "document_kind": DocumentKind.CONTRACT,
    }
    if "document_version" not in more:
        values["document_version"] = upload_file(manager, pdf_file(), "Договор.pdf")
    return create.create_task(
        data=NewTaskData(**{**values, **more}), actor=manager, submission_key=uuid.uuid4()
    )
