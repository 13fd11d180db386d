"""`manage.py convert IN OUT.pdf`: inspection and conversion of a file, without a database."""

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from archive.conversion.convert import CONVERTERS, convert_to_pdf
from archive.conversion.results import ConversionFailed
from archive.intake.inspection import inspect_file
from archive.intake.refusals import IntakeRefused

CONVERTED, FAILED, REFUSED = 0, 1, 2
USAGE = "Вызов: manage.py convert IN OUT.pdf [--converter libreoffice|builtin]"


class Command(BaseCommand):
    """Exit codes: 0, the PDF is written; 1, the conversion failed; 2, the file is refused.

    With 1 and 2, no PDF is written and one Russian sentence is on standard error.
    """

    help = "Проверяет файл так же, как при загрузке, и преобразует его в PDF."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Overridden because argparse exits with 2 on wrong arguments: here 2 is a refused file."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.error = _exit_with_usage  # type: ignore[method-assign,assignment]
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path, metavar="IN")
        parser.add_argument("target", type=Path, metavar="OUT.pdf")
        parser.add_argument("--converter", choices=list(CONVERTERS))

    def handle(self, *_: Any, **options: Any) -> None:
        """Converts the file and exits the process."""
        logging.disable()  # standard error is for the one sentence only
        code, message = _convert(options["source"], options["target"], options["converter"])
        if message:
            self.stderr.write(message)
        sys.exit(code)


def _exit_with_usage(_: str) -> NoReturn:
    sys.stderr.write(f"{USAGE}\n")
    sys.exit(FAILED)


def _convert(source: Path, target: Path, converter: str | None) -> tuple[int, str]:
    try:
        with source.open("rb") as file:
            inspected = inspect_file(file, name=source.name)
        result = convert_to_pdf(
            source, target, file_format=inspected.file_format, converter=converter
        )
    except IntakeRefused as refused:
        return REFUSED, refused.refusal.message
    except ConversionFailed as failure:
        return FAILED, failure.message_ru
    except OSError as error:
        return FAILED, f"Прочитать или записать файл не удалось: {error.strerror or error}"
    except Exception:  # noqa: BLE001  (the user gets a sentence, never a traceback)
        return FAILED, "Преобразовать документ не удалось: внутренняя ошибка"
    findings = dict.fromkeys([*inspected.findings, *result.findings])
    return CONVERTED, " ".join(finding.text for finding in findings)
