"""Load the initial directories."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clients.directories.import_plan import ChangeType, apply_plan, plan_initial_rows
from clients.directories.registry import DIRECTORIES, Directory


class Command(BaseCommand):
    help = (
        "Loads the directories (regions, services, account prefixes, kinds of documents) from the "
        "initial files. A directory that has rows is not changed, unless --update is given."
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
        plan = plan_initial_rows(directory)
        if plan.errors:
            raise CommandError(f"{directory.initial_file.name}: " + "; ".join(plan.errors))
        apply_plan(plan, remove=False)
        additions, updates = plan.of_type(ChangeType.ADD), plan.of_type(ChangeType.UPDATE)
        self.stdout.write(f"{directory.code}: {len(additions)} added, {len(updates)} changed")
