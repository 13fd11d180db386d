"""Creates demo data: users, groups, and some sixty tasks in every status, by real actions."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import OutsideError
from econtract.platform.notifications.models import Notification
from econtract.platform.outbox import queue
from edo.models import TrustListFetch
from edo.trust.refresh import fetch_trust_list, refresh_trust
from tasks.demo import operator, people, sms
from tasks.demo.player import ScenarioPlayer
from tasks.demo.sandbox import SandboxControl, SandboxUnavailable
from tasks.demo.scenarios import SCENARIOS

SUSPENDED_AUTHORITY = "УЦ «Третий» (песочница)"


class Command(BaseCommand):
    help = "Fills an empty database with demo data. Requires a running sandbox."

    def handle(self, *args: Any, **options: Any) -> None:
        """Does nothing if there are users already. Raises CommandError without a sandbox."""
        if User.objects.exists():
            self.stdout.write("There are users already: nothing to seed.")
            return
        try:
            with SandboxControl() as sandbox:
                self._seed(sandbox)
        except (SandboxUnavailable, OutsideError) as error:
            raise CommandError(f"Demo data requires the sandbox: {error}") from error

    def _seed(self, sandbox: SandboxControl) -> None:
        sandbox.set_autopilot(on=False)
        operator.create_operator()
        refresh_trust()
        sms.put_texts_in_force()
        player = ScenarioPlayer(people.create_people(), sandbox)
        with queue.publishing_disabled():
            for scenario in SCENARIOS:
                task = player.play(scenario)
                self.stdout.write(f"{scenario.age} {task.number} {task.status} {task.resolution}")
        old_notifications = Notification.objects.filter(
            created_at__lt=clock.now() - timedelta(days=1)
        )
        old_notifications.update(read_at=F("created_at"))
        sandbox.reset_clock()
        self._show_waiting_list(sandbox)
        sandbox.set_autopilot(on=True)
        self.stdout.write(f"{len(SCENARIOS)} tasks are there.")

    def _show_waiting_list(self, sandbox: SandboxControl) -> None:
        """A list that ends the accreditation of an authority waits for an administrator."""
        sandbox.publish_trust_list(suspended=[SUSPENDED_AUTHORITY])
        TrustListFetch.objects.update(due_at=clock.now())
        fetch_trust_list()
