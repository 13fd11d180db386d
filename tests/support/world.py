"""A product that is set up against a running sandbox: directories, boxes, people, a form."""

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
from tasks.actions.create import TaskFacts
from tasks.channels import OperatorSender
from tasks.demo import operator
from tasks.models import DocumentKind, SigningTask
from tests.support.factories import UserFactory
from tests.support.paths import CONTRACT
from tests.support.sandbox import ROMASHKA, TOKEN, Sandbox

SEAMLESS = "Москва и Московская область"
STEPWISE = "Новосибирская область"
# The transitions of a task that goes from its creation to the archive by itself.
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


def connect(changed: Settings, sandbox: Sandbox) -> None:
    """Points the outside systems of the test's own process at ``sandbox``."""
    prefixes = {"archive_apd": "/archive/apd", "archive_rio": "/archive/rio"}
    changed.OUTSIDE = {
        system: {
            "url": sandbox.url + prefixes.get(system, f"/{system}"),
            "token": TOKEN,
        }
        for system in settings.OUTSIDE
    }
    changed.SANDBOX_URL = sandbox.url
    changed.EDO_TRUST_ROOTS = str(sandbox.trust_roots)
    changed.EDO_CRLS = [str(sandbox.trust_roots.parent / "crl.der")]


# What the first `install` against a sandbox has written, by that sandbox's certificates: the next
# one writes the very same rows.
_installed: dict[str, list[Model]] = {}


@transaction.atomic
def install() -> None:
    """Directories, boxes and signatories; the sandbox must be connected.

    Only the boxes of the regions above are in use: each more is a feed to ask, over and over.
    """
    known = _installed.get(settings.EDO_TRUST_ROOTS, [])
    written = {model: [*rows] for model, rows in groupby(known, type)}
    if written and not any(model._base_manager.exists() for model in written):
        for model, rows in written.items():
            model._base_manager.bulk_create(map(copy, rows))
        return
    before = set(_rows())
    call_command("load_reference", verbosity=0)
    operator.install()
    Box.objects.exclude(regions__name__in=PREFIXES).update(active=False)
    _installed[settings.EDO_TRUST_ROOTS] = [row for row in _rows() if row not in before]


def _rows() -> Iterator[Model]:
    for model in apps.get_models(include_auto_created=True):
        yield from model._base_manager.all()


def make_manager(**more: Any) -> User:
    """A manager with every type opened and every region his own."""
    manager: User = UserFactory(**{"roles": [Role.MANAGER], "types": list(TaskType), **more})
    manager.regions.set(Region.objects.all())
    return manager


def word_file(text: str = "1.1. Оператор оказывает Клиенту услуги связи.") -> bytes:
    """A small real contract in Word."""
    file, document = io.BytesIO(), docx.Document()
    document.add_heading("Договор об оказании услуг связи", 1)
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def pdf_file() -> bytes:
    """A small real PDF with Cyrillic text."""
    return CONTRACT.read_bytes()


def received(manager: User, content: bytes, name: str) -> DocumentVersion:
    """The uploaded file as the intake has taken it."""
    return documents.upload_version(upload=SimpleUploadedFile(name, content), user=manager)


def create_task(
    manager: User,
    *,
    inn: str = ROMASHKA,
    region: str = SEAMLESS,
    phone: str = "+79123456789",
    **more: Any,
) -> SigningTask:
    """A task as the form would make it: a checked account and a PDF, unless said otherwise."""
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
    place = Region.objects.get(name=region)
    box = more.pop("box", None) or Box.objects.filter(regions=place).order_by("pk")[0]
    signatory = more.pop("signatory", None) or Signatory.objects.get(key_ref="signer-ivanova")
    account = PREFIXES[region] + inn[:9]
    facts: dict[str, Any] = {
        "task_type": TaskType.LEGAL,
        "client": client,
        "contact": contact,
        "region": place,
        "sender": OperatorSender(box, signatory),
        "services": list(Service.objects.filter(code="internet")),
        "account_number": account,
        "account_verified_at": clock.now(),
        "document_number": account,
        "document_kind": DocumentKind.CONTRACT,
    }
    if "document_version" not in more:
        facts["document_version"] = received(manager, pdf_file(), "Договор.pdf")
    return create.create_task(
        facts=TaskFacts(**{**facts, **more}), actor=manager, submission_key=uuid.uuid4()
    )
