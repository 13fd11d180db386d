"""`manage.py describe_users`: whose log-ins an installation has, for scripts/run."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from tasks.demo import people


class Command(BaseCommand):
    help = "Prints demo (the people of the demo data can log in), own (others can) or none."
    requires_system_checks: list[str] = []  # its caller has just run them

    def handle(self, *args: Any, **options: Any) -> None:
        manager = User.objects.filter(username=people.PEOPLE[0].login).first()
        if manager is not None and manager.check_password(people.PASSWORD):
            self.stdout.write("demo")
        else:
            self.stdout.write("own" if User.objects.exists() else "none")
