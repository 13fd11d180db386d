"""The versions of a template: upload, binding of the fields, publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from archive import documents
from archive.document_templates import refusals
from archive.document_templates.filling import find_fields
from archive.document_templates.refusals import FillingFailed
from archive.files import storage
from archive.intake.formats import FileFormat
from archive.models import DocumentTemplate, StoredFile, TemplateField, TemplateVersion
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal

ALREADY_PUBLISHED = Refusal(
    "template_version_published",
    "Эта версия уже введена в действие и не меняется.",
    "Загрузите новую версию.",
)
SAMPLE_NOT_SHOWN = Refusal(
    "template_sample_not_shown",
    "Образец еще не готов, поэтому просмотреть его нельзя.",
    "Дождитесь страниц образца. Если образец не получился, исправьте файл и загрузите снова.",
)


@dataclass(frozen=True)
class Binding:
    """Where a field's value comes from; ``question`` is what a form asks."""

    source: str
    question: str = ""


def upload_version(*, template: DocumentTemplate, upload: Any, user: Any) -> TemplateVersion:
    """The next version of ``template``. Fields that the last one had keep their binding.

    Raises IntakeRefused as for a document, and FillingFailed when the file is no template.
    """
    stored = documents.store_upload(upload, user=user)
    if stored.inspected.file_format is not FileFormat.DOCX:
        raise FillingFailed(refusals.NOT_DOCX)
    if stored.scan != StoredFile.Scan.CLEAN:
        raise FillingFailed(refusals.NOT_SCANNED)
    stored.file.seek(0)
    fields = find_fields(stored.file.read())
    with transaction.atomic():
        DocumentTemplate.objects.select_for_update().get(pk=template.pk)
        previous = template.versions.first()
        newest = template.versions.aggregate(number=Max("number"))["number"]
        version = TemplateVersion.objects.create(
            template=template,
            number=(newest or 0) + 1,
            file_name=stored.inspected.file_name,
            source=storage.store_file(
                stored.file,
                sha256=stored.inspected.sha256,
                content_type=stored.inspected.content_type,
                scan=stored.scan,
            ),
            uploaded_by=user,
        )
        known = {field.name: field for field in previous.fields.all()} if previous else {}
        TemplateField.objects.bulk_create(
            TemplateField(
                version=version,
                position=position,
                name=field.name,
                kind=field.kind,
                source=known[field.name].source if field.name in known else "",
                question=known[field.name].question if field.name in known else "",
            )
            for position, field in enumerate(fields)
        )
    return version


@transaction.atomic
def bind_fields(version: TemplateVersion, bindings: Mapping[str, Binding]) -> None:
    """Saves the bindings by field name. Raises ActionRefused for a published version.

    The sample is one of the former bindings and goes: nobody publishes what it does not show.
    """
    fresh = _lock_unpublished(version)
    fresh.sample = None
    fresh.save(update_fields=["sample"])
    for field in version.fields.all():
        if binding := bindings.get(field.name):
            field.source, field.question = binding.source, binding.question
            field.save(update_fields=["source", "question"])


@transaction.atomic
def publish(version: TemplateVersion, *, user: Any) -> None:
    """New documents are made of ``version`` from now on: ``user`` has seen its sample.

    Raises ActionRefused while a field is not bound or the sample has no pages.
    """
    fresh = _lock_unpublished(version)
    unbound = [field.name for field in fresh.fields.all() if not field.is_bound]
    if unbound:
        raise ActionRefused(_build_unbound_refusal(unbound))
    sample = fresh.sample.versions.first() if fresh.sample else None
    if sample is None or not sample.is_ready:
        raise ActionRefused(SAMPLE_NOT_SHOWN)
    documents.record_review(sample.pk, user=user)
    fresh.published_by, fresh.published_at = user, clock.now()
    fresh.save(update_fields=["published_by", "published_at"])


def _build_unbound_refusal(names: list[str]) -> Refusal:
    return Refusal(
        "template_fields_unbound",
        f"Не указано, откуда брать значения полей: {', '.join(names)}.",
        "Выберите источник каждого поля и сохраните.",
    )


def _lock_unpublished(version: TemplateVersion) -> TemplateVersion:
    fresh = TemplateVersion.objects.select_for_update().get(pk=version.pk)
    if fresh.is_published:
        raise ActionRefused(ALREADY_PUBLISHED)
    return fresh
