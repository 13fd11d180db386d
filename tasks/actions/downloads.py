"""«Скачать все»: every file of a task under a readable name."""

from archive.models import DocumentVersion, StoredFile
from archive.package.names import UniqueNames, safe_name, safe_stem
from tasks.models import SigningTask
from tasks.statuses import Status

Named = tuple[str, StoredFile]


def files_of(task: SigningTask) -> list[Named]:
    """The signed package, each version of the document, and what the client sent of himself."""
    names, found = UniqueNames(), [*_package(task), *_versions(task), *_authority(task)]
    return [(names.reserve(name), stored) for name, stored in found]


def _package(task: SigningTask) -> list[Named]:
    if task.status != Status.COMPLETED or task.package is None:
        return []
    return [(safe_name(task.package.file_name, default="Пакет.zip"), task.package.file)]


def _versions(task: SigningTask) -> list[Named]:
    """The PDF, and the file that it was made from when that is another."""
    versions = DocumentVersion.objects.filter(document=task.document_id).select_related(
        "source", "pdf"
    )
    found: list[Named] = []
    for version in versions.order_by("number") if task.document_id else []:
        folder = f"Документ, версия {version.number}"
        if version.pdf is not None:
            stem = safe_stem(version.file_name, default="Документ")
            found.append((f"{folder}/{stem}.pdf", version.pdf))
        if version.pdf is None or version.pdf_id != version.source_id:
            name = safe_name(version.file_name, default="Документ")
            found.append((f"{folder}/Исходный файл/{name}", version.source))
    return found


def _authority(task: SigningTask) -> list[Named]:
    return [
        (f"Документы о полномочиях/{safe_name(one.file_name, default='Документ')}", one.file)
        for one in task.authority_documents.select_related("file")
    ]
