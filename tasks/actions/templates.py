"""Templates («Бланки»): samples, and documents that are filled from them."""

from contextlib import suppress
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from archive import documents
from archive.document_templates import refusals, versions
from archive.document_templates.filling import fill
from archive.document_templates.refusals import FillingFailed
from archive.document_templates.versions import Binding
from archive.documents import StoredUpload
from archive.files import storage
from archive.files.storage import StoredFileDamaged, StoredFileWithheld
from archive.intake.refusals import IntakeRefused
from archive.models import DocumentTemplate, TemplateVersion
from econtract.platform.common.errors import ActionRefused
from econtract.platform.common.refusals import Refusal
from tasks.template_values import TaskData, example_values, gather_values

NOT_PUBLISHED = Refusal(
    "template_not_published",
    "Эта версия бланка не введена в действие.",
    "Выберите другой бланк.",
)


def upload_version(*, template: DocumentTemplate, upload: Any, user: User) -> TemplateVersion:
    """A new version of ``template``, with a sample if the bindings that it takes over fit.

    Raises as `archive.document_templates.versions.upload_version`, and nothing is kept then.
    """
    version = versions.upload_version(template=template, upload=upload, user=user)
    record_change(template, f"Загружена версия {version.number}", user=user)
    with suppress(FillingFailed, IntakeRefused):
        fill_sample(version, user=user)
    return version


def bind_fields(version: TemplateVersion, bindings: dict[str, Binding], *, user: User) -> None:
    """Saves the bindings and fills the sample with values like theirs.

    Raises ActionRefused for a published version, FillingFailed when such values do not fit.
    """
    with transaction.atomic():
        versions.bind_fields(version, bindings)
        sources = ", ".join(f"{name} – {b.source or 'нет'}" for name, b in bindings.items())
        change = f"Версия {version.number}, источники полей: {sources}"
        record_change(version.template, change, user=user)
    fill_sample(version, user=user)


@transaction.atomic
def publish(version: TemplateVersion, *, user: User) -> None:
    """As `archive.document_templates.versions.publish`, with an entry in the journal."""
    versions.publish(version, user=user)
    record_change(version.template, f"Введена в действие версия {version.number}", user=user)


def record_change(template: DocumentTemplate, text: str, *, user: User) -> None:
    """An entry of the journal that administrators read («История» of the template)."""
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(template),
        object_id=str(template.pk),
        object_repr=str(template)[:200],
        action_flag=CHANGE,
        change_message=text,
    )


def fill_sample(version: TemplateVersion, *, user: User) -> None:
    """Makes a sample with example values; a worker converts it. Raises FillingFailed.

    Nothing is kept when somebody has changed a binding meanwhile: their own sample comes.
    """
    values = example_values(version)
    sample = documents.add_generated_version(
        content=fill(_read_source(version), values),
        file_name=f"Образец. {version.file_name}",
        user=user,
        template_version=version,
    )
    with transaction.atomic():
        fresh = TemplateVersion.objects.select_for_update().get(pk=version.pk)
        if example_values(fresh) == values and not fresh.is_published:
            fresh.sample = sample.document
            fresh.save(update_fields=["sample"])


def usable_templates() -> QuerySet[DocumentTemplate]:
    """The templates that a new document can be made of, by name."""
    templates = DocumentTemplate.objects.filter(is_active=True)
    return templates.filter(versions__published_at__isnull=False).distinct()


def fill_document(
    version: TemplateVersion, task_data: TaskData, *, file_name: str, user: User
) -> StoredUpload:
    """The document of a task, filled and stored. Call it in no transaction.

    Raises ActionRefused when the version is not published or a value is missing, FillingFailed,
    and IntakeRefused.
    """
    if not version.is_published:
        raise ActionRefused(NOT_PUBLISHED)
    gathered = gather_values(version, task_data=task_data)
    if gathered.missing:
        names = ", ".join(f"«{field.label}»" for field in gathered.missing)
        text = f"Для бланка не хватает данных: {names}."
        raise ActionRefused(Refusal("template_values_missing", text, "Заполните их в форме."))
    return documents.store_generated(
        content=fill(_read_source(version), gathered.values),
        file_name=file_name,
        user=user,
        template_version=version,
    )


def _read_source(version: TemplateVersion) -> bytes:
    try:
        return storage.read_file(version.source)
    except (StoredFileDamaged, StoredFileWithheld):
        raise FillingFailed(refusals.DAMAGED) from None
