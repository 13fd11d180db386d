"""«Скачать все»: all files of a task under readable names."""

from archive.models import DocumentVersion, StoredFile
from archive.package.names import UniqueNames, safe_name, safe_stem
from tasks.models import SigningTask
from tasks.statuses import Status

NamedFile = tuple[str, StoredFile]


def list_files(task: SigningTask) -> list[NamedFile]:
    """The signed package, each version of the document, and the client's authority documents."""
    names, files = UniqueNames(), [*_package(task), *_versions(task), *_authority(task)]
    return [(names.reserve(name), stored) for name, stored in files]


def _package(task: SigningTask) -> list[NamedFile]:
    if task.status != Status.COMPLETED or task.package is None:
        return []
    return [(safe_name(task.package.file_name, default="Пакет.zip"), task.package.download_file)]


def _versions(task: SigningTask) -> list[NamedFile]:
    """The PDF of each version, and the files that it was made from."""
    versions = DocumentVersion.objects.filter(document=task.document_id).select_related(
        "source", "pdf"
    )
    files: list[NamedFile] = []
    for version in versions.order_by("number") if task.document_id else []:
        folder = f"Документ, версия {version.number}"
        if version.pdf is not None:
            stem = safe_stem(version.file_name, default="Документ")
            files.append((f"{folder}/{stem}.pdf", version.pdf))
        if version.pdf is None or version.pdf_id != version.source_id:
            files += _sources(version, folder)
    return files


def _sources(version: DocumentVersion, folder: str) -> list[NamedFile]:
    """The uploaded file; of a joined version all files, numbered in their order."""
    if version.source is not None:
        name = safe_name(version.file_name, default="Документ")
        return [(f"{folder}/Исходный файл/{name}", version.source)]
    files = []
    for part in version.parts.select_related("version__source"):
        name = safe_name(f"{part.position}. {part.version.file_name}", default="Документ")
        files.append((f"{folder}/Исходные файлы/{name}", part.version.uploaded_file))
    return files


def _authority(task: SigningTask) -> list[NamedFile]:
    return [
        (
            f"Документы о полномочиях/{safe_name(document.file_name, default='Документ')}",
            document.file,
        )
        for document in task.authority_documents.select_related("file")
    ]
