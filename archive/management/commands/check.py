"""`manage.py check`: Django's command, after a test conversion by LibreOffice."""

from typing import Any

from django.core.management.commands import check

from archive.conversion import libreoffice_check


class Command(check.Command):
    """The system checks of other commands report the last test conversion, but make none."""

    def handle(self, *app_labels: Any, **options: Any) -> None:
        libreoffice_check.is_usable()
        super().handle(*app_labels, **options)
