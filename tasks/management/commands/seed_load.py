"""Creates many tasks for benchmarks: `seed_load --tasks 200000 --users 2500`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tasks.demo.bulk_load import BulkLoader


class Command(BaseCommand):
    help = "Adds many users, clients and tasks as bare rows. Never use it in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tasks", type=int, default=200_000)
        parser.add_argument(
            "--users",
            type=int,
            default=2_500,
            help="how many to create; 0 uses those of an earlier load",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            BulkLoader().load(tasks=options["tasks"], users=options["users"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['tasks']} tasks of {options['users']} users added.")
