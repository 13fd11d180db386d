"""Demo data: people, groups, and some sixty tasks in every status, made as people make them."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import OutsideError
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox import queue
from tasks.demo import operator, people
from tasks.demo.player import ScenarioPlayer
from tasks.demo.sandbox import SandboxControl, SandboxMissing
from tasks.demo.scenarios import SCENARIOS


class Command(BaseCommand):
    help = "Fills an empty database with demo data; a running sandbox is needed."

    def handle(self, *args: Any, **options: Any) -> None:
        """Does nothing where there are people already. Raises CommandError without a sandbox."""
        if User.objects.exists():
            self.stdout.write("There are people already: nothing to seed.")
            return
        try:
            with SandboxControl() as sandbox:
                self._seed(sandbox)
        except (SandboxMissing, OutsideError) as error:
            raise CommandError(f"The demo data need the sandbox: {error}") from error

    def _seed(self, sandbox: SandboxControl) -> None:
        sandbox.autopilot(on=False)
        operator.install()
        player = ScenarioPlayer(people.install(), sandbox)
        with queue.publishing_disabled():
            for scenario in SCENARIOS:
                task = player.play(scenario)
                self.stdout.write(f"{scenario.age} {task.number} {task.status} {task.resolution}")
        yesterday = Notification.objects.filter(created_at__lt=clock.now() - timedelta(days=1))
        yesterday.update(read_at=F("created_at"))
        sandbox.present()
        sandbox.autopilot(on=True)
        self.stdout.write(f"{len(SCENARIOS)} tasks are there.")
