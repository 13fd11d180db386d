"""People, groups, boxes, signatories, documents and tasks for tests, made without outside systems.

Clients, contacts and directories are in `factories_clients`.
"""

import uuid
from datetime import timedelta
from typing import Any

import factory
from django.contrib.auth.models import Permission as DjangoPermission
from factory.django import DjangoModelFactory

from accounts.models import (
    AccessGroup,
    AccessGroupUserObjectPermission,
    RoleGrant,
    TypeAccess,
    User,
)
from accounts.roles import Role, TaskType
from archive.models import (
    Document,
    DocumentTemplate,
    DocumentVersion,
    Package,
    StoredFile,
    TemplateVersion,
)
from econtract.platform.common import clock
from edo.models import Box, Exchange, Signatory, SimpleSigning
from tasks.models import DocumentKind, HistoryEntry, SigningTask
from tasks.statuses import FINISHED, Status
from tasks.transitions import Actor
from tests.support.factories_clients import (
    ClientFactory,
    ContactFactory,
    RegionFactory,
    ServiceFactory,
    person_inn,
)

PASSWORD = "demo"


class UserFactory(DjangoModelFactory):
    """An employee; ``roles`` and ``types`` are granted, a group is joined by `join`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    last_name = factory.Sequence(lambda n: f"Иванова{n}")
    first_name = "Анна"
    patronymic = "Петровна"

    @factory.post_generation
    def roles(self, create: bool, extracted: list[Role] | None, **_: object) -> None:
        for role in extracted or []:
            RoleGrant.objects.create(user=self, role=role)

    @factory.post_generation
    def types(self, create: bool, extracted: list[TaskType] | None, **_: object) -> None:
        for task_type in extracted or []:
            TypeAccess.objects.create(user=self, task_type=task_type)

    @factory.post_generation
    def password(self, create: bool, extracted: str | None, **_: object) -> None:
        if extracted:
            self.set_password(extracted)
            self.save(update_fields=["password"])


class AccessGroupFactory(DjangoModelFactory):
    class Meta:
        model = AccessGroup

    name = factory.Sequence(lambda n: f"Группа {n}")


def join(group: AccessGroup, user: User, membership: str) -> None:
    """Makes ``user`` a member; ``membership`` is one of `AccessGroup.MEMBER_…`."""
    AccessGroupUserObjectPermission.objects.create(
        content_object=group,
        user=user,
        permission=DjangoPermission.objects.get(codename=membership),
    )


def add_head(user: User) -> User:
    """A head who may approve the tasks of ``user``, in a new group of both."""
    group, head = AccessGroupFactory(), UserFactory(roles=[Role.HEAD])
    join(group, user, AccessGroup.MEMBER_MANAGER)
    join(group, head, AccessGroup.MEMBER_HEAD)
    return head


class BoxFactory(DjangoModelFactory):
    class Meta:
        model = Box
        django_get_or_create = ("operator_box_id",)
        skip_postgeneration_save = True

    name = "ПАО «Ростелеком», Центр"
    operator_box_id = "box-centre@diadoc.example"
    inn = "7707049388"
    kpp = "784201001"

    @factory.post_generation
    def regions(self, create: bool, extracted: list[Any] | None, **_: object) -> None:
        self.regions.add(*(extracted or []))


class SignatoryFactory(DjangoModelFactory):
    class Meta:
        model = Signatory
        django_get_or_create = ("key_ref",)
        skip_postgeneration_save = True

    surname = "Сидоров"
    given_name = "Иван"
    patronymic = "Ильич"
    position = "Директор по продажам"
    inn = factory.LazyFunction(lambda: person_inn(7))
    snils = "11223344595"
    key_ref = "key-sidorov"
    certificate_pem = ""
    certificate_serial = "01AB"
    certificate_from = factory.LazyFunction(lambda: clock.now() - timedelta(days=100))
    certificate_until = factory.LazyFunction(lambda: clock.now() + timedelta(days=265))

    @factory.post_generation
    def boxes(self, create: bool, extracted: list[Any] | None, **_: object) -> None:
        self.boxes.add(*(extracted or []))


class StoredFileFactory(DjangoModelFactory):
    """A row without bytes: for pages that name a file and do not open it."""

    class Meta:
        model = StoredFile

    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    size = 1_234_567
    content_type = "application/pdf"


class DocumentTemplateFactory(DjangoModelFactory):
    class Meta:
        model = DocumentTemplate

    name = factory.Sequence(lambda n: f"Договор {n}")


class TemplateVersionFactory(DjangoModelFactory):
    """A version without fields; ``source`` has no bytes unless it is given."""

    class Meta:
        model = TemplateVersion

    template = factory.SubFactory(DocumentTemplateFactory)
    number = 1
    file_name = "договор.docx"
    source = factory.SubFactory(StoredFileFactory)
    uploaded_by = factory.SubFactory(UserFactory)


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document


class DocumentVersionFactory(DjangoModelFactory):
    """A converted document; ``archived=True`` gives it a code of the electronic archive."""

    class Meta:
        model = DocumentVersion

    class Params:
        archived = factory.Trait(
            archive_system="APD",
            archive_code=factory.Sequence(lambda n: f"20{n:011d}"),
            archived_at=factory.LazyFunction(clock.now),
        )

    document = factory.SubFactory(DocumentFactory)
    number = 1
    file_name = "Договор.docx"
    source = factory.SubFactory(StoredFileFactory)
    pdf = factory.SubFactory(StoredFileFactory)
    state = DocumentVersion.State.READY
    pages = 3


class ExchangeFactory(DjangoModelFactory):
    class Meta:
        model = Exchange

    operation_id = factory.LazyFunction(uuid.uuid4)
    box = factory.SubFactory(BoxFactory)
    signatory = factory.SubFactory(SignatoryFactory)
    recipient_inn = "7707083893"
    document_sha256 = "0" * 64
    document_number = "850123456789"
    document_kind = DocumentKind.CONTRACT
    file_name = "850123456789.pdf"
    state = Exchange.State.DELIVERED


class SimpleSigningFactory(DjangoModelFactory):
    class Meta:
        model = SimpleSigning

    operation_id = factory.LazyFunction(uuid.uuid4)
    box = factory.SubFactory(BoxFactory)
    signatory = factory.SubFactory(SignatoryFactory)
    signer = factory.LazyFunction(lambda: ContactFactory().current)
    client_inn = "770708389300"
    document_sha256 = "0" * 64
    document_number = "850123456789"
    document_kind = DocumentKind.CONTRACT
    file_name = "850123456789.pdf"
    state = SimpleSigning.State.DELIVERED
    expires_at = factory.LazyFunction(lambda: clock.now() + timedelta(days=14))


class PackageFactory(DjangoModelFactory):
    class Meta:
        model = Package

    file = factory.SubFactory(StoredFileFactory, content_type="application/zip")
    file_name = "Договор_850123456789.zip"
    code = factory.Sequence(lambda n: f"{n:032x}")
    archive_system = "APD"
    archive_code = factory.Sequence(lambda n: f"46{n:011d}")
    archived_at = factory.LazyFunction(clock.now)


class SigningTaskFactory(DjangoModelFactory):
    """A task in any status: what the status demands (end time, package) is made with it."""

    class Meta:
        model = SigningTask
        skip_postgeneration_save = True

    status = Status.IDENTIFICATION_PENDING
    task_type = TaskType.LEGAL
    seamless = factory.SelfAttribute("region.seamless")
    manager = factory.SubFactory(UserFactory, roles=[Role.MANAGER])
    created_by = factory.SelfAttribute("manager")
    client = factory.SubFactory(ClientFactory)
    contact_version = factory.LazyAttribute(lambda task: ContactFactory(client=task.client).current)
    region = factory.SubFactory(RegionFactory)
    box = factory.SubFactory(BoxFactory)
    signatory = factory.SubFactory(SignatoryFactory)
    account_number = "850123456789"
    account_verified_at = factory.LazyFunction(clock.now)
    document_number = "850123456789"
    document_kind_id = DocumentKind.CONTRACT
    document_version = factory.SubFactory(DocumentVersionFactory, archived=True)
    document = factory.LazyAttribute(
        lambda task: task.document_version.document if task.document_version else None
    )
    completed_at = factory.LazyAttribute(
        lambda task: clock.now() if task.status in FINISHED else None
    )
    package = factory.LazyAttribute(
        lambda task: PackageFactory() if task.status == Status.COMPLETED else None
    )

    @factory.post_generation
    def services(self, create: bool, extracted: list[Any] | None, **_: object) -> None:
        self.services.set([ServiceFactory()] if extracted is None else extracted)


class HistoryEntryFactory(DjangoModelFactory):
    class Meta:
        model = HistoryEntry

    task = factory.SubFactory(SigningTaskFactory)
    acted_as = Actor.SYSTEM
    kind = HistoryEntry.Kind.TRANSITION
    name = "identification_started"
    old_status = Status.IDENTIFICATION_REQUESTED
    new_status = Status.IDENTIFICATION_PENDING


def fresh(task: SigningTask) -> SigningTask:
    """The task as the database has it: its status cannot be refreshed in place."""
    return SigningTask.objects.get(pk=task.pk)
