"""Plays the demonstration's scenarios in the past: real actions, real steps, the real sandbox."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from archive import documents
from clients.models import Region, Service
from clients.rules.account_prefix import find_allowed_prefixes
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.failures import error_columns
from econtract.platform.outbox.models import OutboxJob
from edo.models import Box, Signatory
from tasks.actions.create import NewTaskData, create_task
from tasks.actions.document import remove_document
from tasks.actions.perform_action import perform_action
from tasks.channels import OperatorSender
from tasks.demo.parties import PartyMaker
from tasks.demo.sandbox import SandboxControl
from tasks.demo.scenarios import Scenario
from tasks.lifecycle.perform import perform
from tasks.lifecycle.steps import get_starting_job
from tasks.models import Comment, SigningTask
from tasks.pipeline import feeds
from tasks.pipeline.step import TaskJobKind
from tasks.statuses import Status
from tasks.transitions import Actor

MAX_ROUNDS = 30
# Systems that a scenario may break before the client has the document, and after.
BEFORE_DELIVERY = frozenset({"identity", "cabinet", "signing"})
AFTER_DELIVERY = frozenset({"apd", "rio"})


class ScenarioPlayer:
    """Plays one scenario after another; ``people`` are the users by login."""

    def __init__(self, people: dict[str, User], sandbox: SandboxControl) -> None:
        self.people = people
        self.sandbox = sandbox
        self.random = random.Random(20240601)  # noqa: S311  (the same demonstration every time)
        self.parties = PartyMaker(self.random)

    def play(self, scenario: Scenario) -> SigningTask:
        """Makes the scenario's task and brings it to where the scenario ends."""
        start = clock.now() - scenario.age
        with self.at(start):
            task = self._create(scenario)
            for login, text in scenario.comments:
                Comment.objects.create(task=task, author=self.people[login], text=text)
        if scenario.approval:
            task = self._approve(task, scenario, start)
        if task.status in {Status.ON_APPROVAL, Status.APPROVAL_REJECTED}:
            return task
        task = self._identify(task, scenario, task.status_changed_at)
        task = self._sign(task, scenario, task.status_changed_at)
        if scenario.then == "cancel":
            with self.at(start + timedelta(hours=5)):
                perform_action(
                    task=task, name="cancel", actor=task.manager, reason="Клиент передумал"
                )
                self.settle(task)
        self._remind(task)
        return _reload(task)

    @contextmanager
    def at(self, moment: datetime) -> Iterator[None]:
        """Both clocks, ours and the sandbox's, at ``moment``; never in the future."""
        moment = min(moment, clock.now())
        self.sandbox.set_clock(moment)
        with clock.travel_to(moment):
            yield

    # --- The stages of a task ------------------------------------------------------------

    def _create(self, scenario: Scenario) -> SigningTask:
        manager = self.people[scenario.manager]
        region = Region.objects.get(name=scenario.region)
        organisation = self.parties.organisation(scenario)
        client, contact = self.parties.client(organisation, manager)
        tail = organisation.inn[:9] if scenario.account == "right" else "999999999"
        services = list(Service.objects.filter(code__in=scenario.services))
        account = _prefix(region, services) + tail
        file = self.parties.document(scenario, client, contact, account, services)
        upload = SimpleUploadedFile(file.name, file.content)
        version = documents.upload_version(upload=upload, user=manager)
        verified = scenario.account == "right"
        return create_task(
            data=NewTaskData(
                task_type=scenario.task_type,
                client=client,
                contact=contact,
                region=region,
                sender=OperatorSender(
                    box=Box.objects.filter(regions=region).order_by("pk")[0],
                    signatory=Signatory.objects.get(key_ref=scenario.signatory),
                ),
                services=services,
                account_number=account,
                account_verified_at=clock.now() if verified else None,
                document_version=version,
                document_number=account,
                document_kind=scenario.kind,
                fraud_check_confirmed=scenario.fraud_check,
            ),
            actor=manager,
            submission_key=uuid.uuid4(),
        )

    def _approve(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        head = self.people["head"]
        with self.at(start + timedelta(minutes=4)):
            self.settle(task)
            if scenario.approval == "approve":
                perform(task.number, "approve", actor=head, comment="Клиент проверен")
            elif scenario.approval == "reject":
                comment = "Проведите проверку по чек-листу и приложите результат"
                perform(task.number, "reject_approval", actor=head, comment=comment)
        return _reload(task)

    def _identify(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        with self.at(start + timedelta(seconds=4)), self._outage(task, scenario, BEFORE_DELIVERY):
            self.settle(task, stop=scenario.stop)
        task = _reload(task)
        if task.status != Status.IDENTIFICATION_PENDING:
            return task
        with self.at(start + timedelta(seconds=self.random.randint(80, 150))):
            if scenario.answer != "expire":
                self.sandbox.answer_identification(task.identification_ref, scenario.answer)
            with self._outage(task, scenario, BEFORE_DELIVERY):
                self.settle(task, stop=scenario.stop)
            if scenario.authority == "decline":
                comment = "Нужна доверенность с правом подписи договоров"
                perform(task.number, "decline_authority", actor=task.manager, comment=comment)
                self.settle(task)
        if scenario.answer == "expire":
            self._expire(task, start, settings.IDENTIFICATION_DAYS)
        task = _reload(task)
        if task.status == Status.IDENTIFIED and scenario.proceed:
            with self.at(start + timedelta(seconds=200)):
                perform(task.number, "proceed", actor=task.manager)
                self.settle(task, stop=scenario.stop)
        return _reload(task)

    def _sign(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        if task.status != Status.DOCUMENT_SIGNING or task.exchange is None:
            return task
        message = task.exchange.message_id
        signed_after = timedelta(seconds=self.random.randint(140, 420))
        with self.at(start + signed_after), self._outage(task, scenario, AFTER_DELIVERY):
            match scenario.fate:
                case "signed":
                    self.sandbox.sign(message)
                case "broken":
                    self.sandbox.sign(message, "broken")
                case "refused":
                    self.sandbox.refuse(message, "Не согласны со стоимостью услуг")
                case "withdrawn":
                    remove_document(task=task, actor=task.manager)
                case "change_services" | "blacklisted":
                    self.sandbox.refuse(message, "Просим изменить состав услуг")
                    self._refuse_as(task, scenario.fate)
                case _:
                    self.sandbox.keep_silent(message)
            self.settle(task, stop=scenario.stop)
        if scenario.fate == "expire":
            self._expire(task, start, settings.SIGNING_DAYS)
        return _reload(task)

    def _refuse_as(self, task: SigningTask, resolution: str) -> None:
        """The security service, or the client's own words, give the refusal another resolution."""
        perform(task.number, "signing_failed", actor=Actor.SYSTEM, resolution=resolution)

    def _expire(self, task: SigningTask, start: datetime, days: int) -> None:
        self._remind(task)
        with self.at(start + timedelta(days=days, minutes=10)):
            self.settle(task)

    def _remind(self, task: SigningTask) -> None:
        """Runs the reminders that were due meanwhile, each on its day."""
        now = clock.now()
        for job in (
            OutboxJob.objects.open()
            .filter(subject=task.number, kind="remind", due_at__lt=now)
            .order_by("due_at")
        ):
            with self.at(job.due_at + timedelta(seconds=1)):
                self.settle(task)

    @contextmanager
    def _outage(
        self, task: SigningTask, scenario: Scenario, when: frozenset[str]
    ) -> Iterator[None]:
        """Within the block the scenario's system is down, and all attempts fail."""
        if scenario.down not in when:
            yield
            return
        self.sandbox.break_down(scenario.down)
        try:
            yield
            for _ in range(settings.OUTBOX_ATTEMPTS):
                pending = OutboxJob.objects.open().in_queue(task.queue_key).exclude(error_kind="")
                pending.update(due_at=clock.now(), attempts=settings.OUTBOX_ATTEMPTS - 1)
                self.settle(task)
        finally:
            self.sandbox.repair()

    # --- Work that workers do --------------------------------------------------------------

    def settle(self, task: SigningTask, stop: str = "") -> None:
        """Runs the task's jobs until none is due; in the status ``stop`` the task gets stuck."""
        for _ in range(MAX_ROUNDS):
            event_count = sum(inbound.poll(feed) for feed in feeds.get_task_feeds(task))
            due = list(
                OutboxJob.objects.claimable()
                .filter(kind__in=_job_kinds_except(stop))
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            if not due and not event_count:
                break
            for job_id in due:
                worker.run_job(job_id)
        if stop and _reload(task).status == stop:
            self._postpone(task, stop)

    def _postpone(self, task: SigningTask, status: str) -> None:
        """The system that the status waits for does not answer; the next attempt is tomorrow."""
        job_kind = registry.job_kind(get_starting_job(Status(status)) or "")
        assert isinstance(job_kind, TaskJobKind)  # noqa: S101  (a status starts jobs about tasks)
        error = Unavailable(job_kind.system_for(task), "no answer in time")
        OutboxJob.objects.open().filter(subject=task.number, kind=job_kind.kind).update(
            due_at=clock.now() + timedelta(days=1),
            attempts=3,
            dispatched_until=None,
            **error_columns(error),
        )


def _reload(task: SigningTask) -> SigningTask:
    return SigningTask.objects.select_related("exchange", "manager", "box").get(pk=task.pk)


def _prefix(region: Region, services: list[Service]) -> str:
    """A prefix that the services allow."""
    return min(find_allowed_prefixes(region, services))


def _job_kinds_except(stop: str) -> list[str]:
    """Every kind of job except the one that the status ``stop`` waits for."""
    stopped = get_starting_job(Status(stop)) if stop else None
    return [kind.kind for kind in registry.job_kinds() if kind.kind != stopped]
