"""Templates («Бланки»): samples, and documents that are filled from them."""

from contextlib import suppress
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from archive import documents
from archive.document_templates import versions
from archive.document_templates.filling import fill
from archive.document_templates.refusals import FillingFailed
from archive.document_templates.versions import Binding
from archive.documents import StoredUpload
from archive.files import storage
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
    with suppress(FillingFailed, IntakeRefused):
        fill_sample(version, user=user)
    return version


def bind_fields(version: TemplateVersion, bindings: dict[str, Binding], *, user: User) -> None:
    """Saves the bindings and fills the sample with values like theirs.

    Raises ActionRefused for a published version, FillingFailed when such values do not fit.
    """
    versions.bind_fields(version, bindings)
    fill_sample(version, user=user)


def fill_sample(version: TemplateVersion, *, user: User) -> None:
    """Makes a sample with example values; a worker converts it. Raises FillingFailed.

    Until there is a new one, the version has none: nobody publishes what the old one shows.
    """
    previous, version.sample = version.sample, None
    version.save(update_fields=["sample"])
    sample = documents.add_generated_version(
        content=fill(storage.read_file(version.source), example_values(version)),
        file_name=f"Образец. {version.file_name}",
        user=user,
        document=previous,
        template_version=version,
    )
    version.sample = sample.document
    version.save(update_fields=["sample"])


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
        content=fill(storage.read_file(version.source), gathered.values),
        file_name=file_name,
        user=user,
        template_version=version,
    )
