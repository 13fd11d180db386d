"""Takes in the list of accredited authorities: `import_trust_list TSLExt.1.0.xml` or `--url`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from econtract.platform.common.errors import Unavailable
from edo.models import TrustList
from edo.trust.fetching import FetchFailed, fetch
from edo.trust.importing import TrustListRefused, accept_trust_list, import_trust_list
from edo.trust.snapshots import CHANGE_LABELS
from edo.trust.trust_list import MAX_LIST_BYTES


class Command(BaseCommand):
    help = "Takes in the list of accredited certification authorities (ТСЛ)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the XML file")
        source.add_argument("--url", action="store_true", help="fetch it from TRUST_LIST_URL")
        parser.add_argument(
            "--accept", action="store_true", help="accept it although it needs a confirmation"
        )

    def handle(
        self, *args: Any, file: Path | None, url: bool, accept: bool, **options: Any
    ) -> None:
        """Raises CommandError with a message for the operator; then nothing is stored."""
        content, source = _read(file) if file else _fetch()
        try:
            result = import_trust_list(content, source=source)
        except TrustListRefused as refused:
            raise CommandError(str(refused)) from None
        except Unavailable:
            raise CommandError("Корневые сертификаты не читаются: EDO_TRUST_ROOTS.") from None
        trust_list = result.trust_list
        if accept and trust_list.state == TrustList.State.PENDING:
            trust_list = accept_trust_list(trust_list.pk)
        self.stdout.write(f"{trust_list}: {trust_list.get_state_display().lower()}.")
        for reason in trust_list.reasons:
            self.stdout.write(f"  {reason}")
        for kind, lines in trust_list.changes.items():
            self.stdout.write(f"  {CHANGE_LABELS[kind]}: {len(lines)}")


def _read(file: Path) -> tuple[bytes, str]:
    try:
        if file.stat().st_size > MAX_LIST_BYTES:
            raise CommandError(f"Файл {file} больше {MAX_LIST_BYTES // 1024 // 1024} МБ.")
        return file.read_bytes(), f"файл {file.name}"
    except OSError as error:
        raise CommandError(f"Файл {file} не читается: {error.strerror}.") from None


def _fetch() -> tuple[bytes, str]:
    url = settings.TRUST_LIST_URL
    if not url:
        raise CommandError("Адрес списка не задан: TRUST_LIST_URL.")
    try:
        return fetch(url, max_bytes=MAX_LIST_BYTES).content, url
    except FetchFailed as error:
        raise CommandError(f"Список не загружен. {error}") from None
