"""Plays the scenarios of the demo data in the past: real actions and jobs against the sandbox."""

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from accounts.models import User
from archive import documents
from clients.models import Region, Service
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.outbox import inbound, registry, worker
from econtract.platform.outbox.failures import error_columns
from econtract.platform.outbox.models import OutboxJob
from edo.models import Box, Signatory
from tasks.actions.create import NewTaskData, create_task
from tasks.actions.document import remove_document
from tasks.actions.perform_action import perform_action
from tasks.channels import TaskSender
from tasks.demo import sms
from tasks.demo.parties import PartyFactory, choose_box, contract_of, find_prefix
from tasks.demo.sandbox import SandboxControl
from tasks.demo.scenarios import Scenario
from tasks.lifecycle import effects
from tasks.lifecycle.perform import perform
from tasks.lifecycle.steps import get_starting_job
from tasks.models import Channel, Comment, SigningTask
from tasks.pipeline import feeds
from tasks.pipeline.step import TaskJobKind
from tasks.statuses import Status
from tasks.transitions import Actor

MAX_ROUNDS = 30
# Systems that can fail before the client has the document, and after it.
BEFORE_DELIVERY = frozenset({"identity", "cabinet", "signing"})
AFTER_DELIVERY = frozenset({"apd", "rio"})


class ScenarioPlayer:
    """Plays one scenario after another; ``people`` are the users by login."""

    def __init__(self, people: dict[str, User], sandbox: SandboxControl) -> None:
        self.people = people
        self.sandbox = sandbox
        self.random = random.Random(20240601)  # noqa: S311  (the same demo data every time)
        self.parties = PartyFactory(self.random)

    def play(self, scenario: Scenario) -> SigningTask:
        """Creates the scenario's task and takes it to the end of the scenario."""
        start = clock.now() - scenario.age
        if scenario.channel == Channel.SMS:
            start = sms.find_day_time(start)
        with self.travel_to(start):
            task = self._create(scenario)
            for login, text in scenario.comments:
                Comment.objects.create(task=task, author=self.people[login], text=text)
        if scenario.approval_decision:
            task = self._approve(task, scenario, start)
        if task.status in {Status.ON_APPROVAL, Status.APPROVAL_REJECTED}:
            return task
        task = self._identify(task, scenario, task.status_changed_at)
        task = self._sign(task, scenario, task.status_changed_at)
        if scenario.final_action == "cancel":
            with self.travel_to(start + timedelta(hours=5)):
                perform_action(
                    task=task, name="cancel", actor=task.manager, reason="Клиент передумал"
                )
                self.run_jobs(task)
        self._remind(task)
        return _reload(task)

    @contextmanager
    def travel_to(self, moment: datetime) -> Iterator[None]:
        """Sets both clocks, ours and the sandbox's, to ``moment``, but never to the future."""
        moment = min(moment, clock.now())
        self.sandbox.set_clock(moment)
        with clock.travel_to(moment):
            yield

    # --- The stages of a task ------------------------------------------------------------

    def _create(self, scenario: Scenario) -> SigningTask:
        manager = self.people[scenario.manager]
        region = Region.objects.get(name=scenario.region)
        organisation = self.parties.pick_organisation(scenario)
        client, contact = self.parties.find_or_create_client(organisation, manager)
        account_digits = organisation.inn[:9] if scenario.has_own_account else "999999999"
        services = list(Service.objects.filter(code__in=scenario.services))
        account = find_prefix(region, services) + account_digits
        file = self.parties.build_document(scenario, client, contact, account, services)
        upload = SimpleUploadedFile(file.name, file.content)
        box = Box.objects.filter(regions=region).order_by("pk")[0]
        signatory = Signatory.objects.get(key_ref=scenario.signatory)
        sender = TaskSender(box, signatory, scenario.channel)
        by_sms = scenario.channel == Channel.SMS
        version = documents.upload_version(upload=upload, user=manager)
        return create_task(
            data=NewTaskData(
                task_type=scenario.task_type,
                client=client,
                contact=contact,
                region=region,
                sender=sender,
                recipient=None if by_sms else choose_box(sender, client),
                services=services,
                account_number=account,
                account_verified_at=clock.now() if scenario.has_own_account else None,
                document_version=version,
                document_number=account,
                document_kind=scenario.document_kind,
                **contract_of(scenario),
                fraud_check_confirmed=scenario.has_fraud_check,
            ),
            actor=manager,
            submission_key=uuid.uuid4(),
        )

    def _approve(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        head = self.people["head"]
        with self.travel_to(start + timedelta(minutes=4)):
            self.run_jobs(task)
            if scenario.approval_decision == "approve":
                perform(task.number, "approve", actor=head, comment="Клиент проверен")
            elif scenario.approval_decision == "reject":
                comment = "Проведите проверку по чек-листу и приложите результат"
                perform(task.number, "reject_approval", actor=head, comment=comment)
        return _reload(task)

    def _identify(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        with (
            self.travel_to(start + timedelta(seconds=4)),
            self._outage(task, scenario, BEFORE_DELIVERY),
        ):
            self.run_jobs(task, stuck_in=scenario.stuck_in)
        task = _reload(task)
        if task.status != Status.IDENTIFICATION_PENDING:
            return task
        delay = timedelta(seconds=self.random.randint(80, 150))
        is_lost = scenario.signing_result == "undelivered"
        delivery = self.sandbox.undelivered_sms("number_unknown") if is_lost else nullcontext()
        with self.travel_to(start + delay), delivery:
            if scenario.identification_result != "expire":
                self.sandbox.answer_identification(
                    task.identification_ref, scenario.identification_result
                )
            with self._outage(task, scenario, BEFORE_DELIVERY):
                self.run_jobs(task, stuck_in=scenario.stuck_in)
            if scenario.authority_decision == "decline":
                comment = "Нужна доверенность с правом подписи договоров"
                perform(task.number, "decline_authority", actor=task.manager, comment=comment)
                self.run_jobs(task)
        if scenario.identification_result == "expire":
            self._expire(task, start, settings.IDENTIFICATION_DAYS)
        task = _reload(task)
        if task.status == Status.IDENTIFIED and scenario.proceeds:
            with self.travel_to(start + timedelta(seconds=200)):
                perform(task.number, "proceed", actor=task.manager)
                self.run_jobs(task, stuck_in=scenario.stuck_in)
        return _reload(task)

    def _sign(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        if task.status == Status.CONSENT_PENDING and scenario.accepts_invitation:
            with self.travel_to(start + timedelta(minutes=3)):
                self.sandbox.accept_invitations(task.client.inn)
                with transaction.atomic():
                    effects.enqueue_poll(task)
                self.run_jobs(task, stuck_in=scenario.stuck_in)
            task = _reload(task)
            start = task.status_changed_at
        if scenario.channel == Channel.SMS:
            return self._sign_by_sms(task, scenario, start)
        if task.status != Status.DOCUMENT_SIGNING or task.exchange is None:
            return task
        message_id = task.exchange.message_id
        delay = timedelta(seconds=self.random.randint(140, 420))
        with self.travel_to(start + delay), self._outage(task, scenario, AFTER_DELIVERY):
            match scenario.signing_result:
                case "signed":
                    self.sandbox.sign(message_id)
                case "foreign" | "personal":
                    self.sandbox.sign(message_id, scenario.signing_result)
                case "refused":
                    self.sandbox.refuse(message_id, "Не согласны со стоимостью услуг")
                case "withdrawn":
                    remove_document(task=task, actor=task.manager)
                case "change_services" | "blacklisted":
                    self.sandbox.refuse(message_id, "Просим изменить состав услуг")
                    self._refuse_as(task, scenario.signing_result)
                case _:
                    self.sandbox.leave_unanswered(message_id)
            self.run_jobs(task, stuck_in=scenario.stuck_in)
        if scenario.signing_result == "expire":
            self._expire(task, start, settings.SIGNING_DAYS)
        return _reload(task)

    def _sign_by_sms(self, task: SigningTask, scenario: Scenario, start: datetime) -> SigningTask:
        with self.travel_to(start + timedelta(seconds=self.random.randint(4, 9))):
            sms.read_reports()
            self.run_jobs(task)
        with self.travel_to(start + timedelta(seconds=self.random.randint(140, 420))):
            if scenario.signing_result == "signed":
                sms.sign(task, self.sandbox)
            elif scenario.signing_result == "silent":
                sms.read_document(task)
            self.run_jobs(task)
        return _reload(task)

    def _refuse_as(self, task: SigningTask, resolution: str) -> None:
        """Fails the signing with another resolution than «Клиент отказался»."""
        perform(task.number, "signing_failed", actor=Actor.SYSTEM, resolution=resolution)

    def _expire(self, task: SigningTask, start: datetime, days: int) -> None:
        self._remind(task)
        with self.travel_to(start + timedelta(days=days, minutes=10)):
            self.run_jobs(task)

    def _remind(self, task: SigningTask) -> None:
        """Runs the reminders that have become due, each on its day."""
        now = clock.now()
        for job in (
            OutboxJob.objects.open()
            .filter(subject=task.number, kind="remind", due_at__lt=now)
            .order_by("due_at")
        ):
            with self.travel_to(job.due_at + timedelta(seconds=1)):
                self.run_jobs(task)

    @contextmanager
    def _outage(
        self, task: SigningTask, scenario: Scenario, systems: frozenset[str]
    ) -> Iterator[None]:
        """Within the block the scenario's system is down, if it is one of ``systems``."""
        if scenario.failing_system not in systems:
            yield
            return
        self.sandbox.break_system(scenario.failing_system)
        try:
            yield
            for _ in range(settings.OUTBOX_ATTEMPTS):
                jobs = OutboxJob.objects.open().in_queue(task.queue_key).exclude(error_kind="")
                jobs.update(due_at=clock.now(), attempts=settings.OUTBOX_ATTEMPTS - 1)
                self.run_jobs(task)
        finally:
            self.sandbox.clear_faults()

    # --- The worker ------------------------------------------------------------------------

    def run_jobs(self, task: SigningTask, stuck_in: str = "") -> None:
        """Runs the task's jobs until none is due, or the task is stuck in that status."""
        for _ in range(MAX_ROUNDS):
            event_count = sum(inbound.poll(feed) for feed in feeds.get_task_feeds(task))
            job_ids = list(
                OutboxJob.objects.claimable()
                .filter(kind__in=_job_kinds_except(stuck_in))
                .order_by("pk")
                .values_list("pk", flat=True)
            )
            if not job_ids and not event_count:
                break
            for job_id in job_ids:
                worker.run_job(job_id)
        if stuck_in and _reload(task).status == stuck_in:
            self._postpone(task, stuck_in)

    def _postpone(self, task: SigningTask, status: str) -> None:
        """Fails the job that the status waits for; its next attempt is tomorrow."""
        job_kind = registry.job_kind(get_starting_job(Status(status)) or "")
        assert isinstance(job_kind, TaskJobKind)  # noqa: S101  (steps are about tasks)
        error = Unavailable(job_kind.system_for(task), "no answer in time")
        OutboxJob.objects.open().filter(subject=task.number, kind=job_kind.kind).update(
            due_at=clock.now() + timedelta(days=1),
            attempts=3,
            dispatched_until=None,
            **error_columns(error),
        )


def _reload(task: SigningTask) -> SigningTask:
    return SigningTask.objects.select_related(
        "exchange", "manager", "box", "simple_signing", "document_version"
    ).get(pk=task.pk)


def _job_kinds_except(status: str) -> list[str]:
    """Every kind of job except the one that ``status`` starts; all of them for ""."""
    starting_job = get_starting_job(Status(status)) if status else None
    return [kind.kind for kind in registry.job_kinds() if kind.kind != starting_job]
