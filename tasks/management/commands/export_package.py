"""Writes the package of a completed task to a file: `export_package 10482 contract.zip`."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from archive.files import storage
from archive.models import Package
from tasks.models import SigningTask
from tasks.statuses import Status


class Command(BaseCommand):
    help = "Writes the signed package (ZIP) of a completed task to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", type=int, metavar="NUMBER", help="the task's number")
        parser.add_argument("target", type=Path, metavar="OUT.zip", help="the file to write")
        parser.add_argument("--force", action="store_true", help="replace an existing file")

    def handle(
        self, *args: Any, number: int, target: Path, force: bool = False, **options: Any
    ) -> None:
        """Raises CommandError with a message for the operator; then nothing is written."""
        package = _get_package(number)
        try:
            with (
                storage.open_file(package.download_file) as source,
                target.open("wb" if force else "xb") as output,
            ):
                shutil.copyfileobj(source, output)
        except FileExistsError:
            raise CommandError(
                f"Файл {target} уже есть. Чтобы заменить его, добавьте --force."
            ) from None
        except (storage.StoredFileDamaged, storage.StoredFileWithheld):
            raise CommandError(
                f"Пакет задания {number} в хранилище поврежден или не прошел проверку."
            ) from None
        except OSError as error:
            raise CommandError(f"Файл {target} не записан: {error.strerror}.") from None
        self.stdout.write(f"{target}: {package.file_name}, SHA-256 {package.download_file.sha256}")


def _get_package(number: int) -> Package:
    """The package that the task's card offers. Raises CommandError if there is none."""
    task = (
        SigningTask.objects.select_related("package__file", "package__stamped_file")
        .filter(pk=number)
        .first()
    )
    if task is None:
        raise CommandError(f"Задания {number} нет.")
    if task.package is None or task.status != Status.COMPLETED:
        label = Status(task.status).label
        raise CommandError(
            f"Задание {number} не завершено подписанием (статус «{label}»): пакета нет."
        )
    return task.package
