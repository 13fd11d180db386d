"""Load the initial directories."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clients.directories.import_plan import ChangeType, apply_plan, build_plan
from clients.directories.registry import DIRECTORIES, Directory
from clients.directories.tables import read_table


class Command(BaseCommand):
    help = (
        "Loads regions, services and account prefixes from the files in clients/data. A directory "
        "that has rows is not changed, unless --update is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--update",
            action="store_true",
            help="add and change rows to match the files; removes nothing",
        )

    def handle(self, *args: Any, update: bool, **options: Any) -> None:
        for directory in DIRECTORIES:
            if directory.model._default_manager.exists() and not update:
                self.stdout.write(f"{directory.code}: kept")
            else:
                self._load(directory)

    def _load(self, directory: Directory) -> None:
        file = directory.initial_file
        plan = build_plan(directory, read_table(file.name, file.read_bytes()))
        if plan.errors:
            raise CommandError(f"{file.name}: " + "; ".join(plan.errors))
        apply_plan(plan, remove=False)
        additions, updates = plan.of_type(ChangeType.ADD), plan.of_type(ChangeType.UPDATE)
        self.stdout.write(f"{directory.code}: {len(additions)} added, {len(updates)} changed")
