"""Batches and rows for tests of pages and rights, made without files."""

import uuid

import factory
from factory.django import DjangoModelFactory

from accounts.roles import TaskType
from tasks.models import Batch, BatchRow, Channel
from tests.support.factories import (
    BoxFactory,
    DocumentVersionFactory,
    SignatoryFactory,
    TemplateVersionFactory,
    UserFactory,
)
from tests.support.factories_clients import RegionFactory


class BatchFactory(DjangoModelFactory):
    class Meta:
        model = Batch

    manager = factory.SubFactory(UserFactory)
    state = Batch.State.CHECKED
    submission_key = factory.LazyFunction(uuid.uuid4)
    file_name = "акты.xlsx"
    sha256 = factory.Sequence(lambda n: f"{n:064x}")
    headings = ["ИНН", "Лицевой счет"]
    template_version = factory.SubFactory(TemplateVersionFactory)
    task_type = TaskType.CONTRACTOR
    channel = Channel.SMS
    region = factory.SubFactory(RegionFactory)
    box = factory.SubFactory(BoxFactory)
    signatory = factory.SubFactory(SignatoryFactory)
    document_kind_id = "acceptance"


class BatchRowFactory(DjangoModelFactory):
    """A row that has passed the check."""

    class Meta:
        model = BatchRow

    batch = factory.SubFactory(BatchFactory)
    number = factory.Sequence(lambda n: n + 2)
    state = BatchRow.State.READY
    document_version = factory.SubFactory(DocumentVersionFactory)
