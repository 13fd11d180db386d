"""`manage.py set_up`: what an installation needs before a new version of it is started."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from econtract.platform.installation.checks import installation_problems


class Command(BaseCommand):
    help = "Checks the settings, migrates the database and loads the initial directories."
    requires_system_checks: list[str] = []  # handle() runs them

    def handle(self, *args: Any, **options: Any) -> None:
        """Repeating it changes nothing. Raises CommandError if a setting is absent or wrong."""
        if problems := installation_problems():
            raise CommandError("\n".join(problems))
        call_command(
            "migrate", interactive=False, skip_checks=False, verbosity=options["verbosity"]
        )
        call_command("load_reference", stdout=self.stdout)
