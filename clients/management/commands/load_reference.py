"""The shipped directories into the database."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clients.directories.changes import Kind, apply, plan
from clients.directories.registry import DIRECTORIES, Directory
from clients.directories.tables import read_table


class Command(BaseCommand):
    help = (
        "Loads regions, services and account prefixes from the shipped files. A directory that "
        "has rows is left as the administrators keep it, unless --update is given."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--update",
            action="store_true",
            help="add and change rows as the shipped files have them; removes nothing",
        )

    def handle(self, *args: Any, update: bool, **options: Any) -> None:
        for directory in DIRECTORIES:
            if directory.model._default_manager.exists() and not update:
                self.stdout.write(f"{directory.code}: kept")
            else:
                self._load(directory)

    def _load(self, directory: Directory) -> None:
        file = directory.shipped_file
        planned = plan(directory, read_table(file.name, file.read_bytes()))
        if planned.errors:
            raise CommandError(f"{file.name}: " + "; ".join(planned.errors))
        apply(planned, remove=False)
        added, changed = len(planned.of(Kind.ADDED)), len(planned.of(Kind.CHANGED))
        self.stdout.write(f"{directory.code}: {added} added, {changed} changed")
