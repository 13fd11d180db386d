"""«Проверка документа» in tests: its address, its verdicts, and what it is given."""

from django.core.files.uploadedfile import SimpleUploadedFile

from archive.files.storage import store_file
from archive.models import Package
from tests.support.documents.packages import SamplePackage

PAGE = "/verify/"
VALID = "Все подписи действительны, файлы не изменены."
INVALID = "Проверка не пройдена."


def store_package(sample: SamplePackage) -> Package:
    """Stores the package like that of a finished task."""
    built = sample.built
    with built.path.open("rb") as file:
        stored = store_file(file, sha256=built.sha256, content_type="application/zip")
    return Package.objects.create(file=stored, file_name="Договор (подписан).zip", code=built.code)


def upload(content: bytes, name: str = "package.zip") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
