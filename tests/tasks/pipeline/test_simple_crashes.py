"""Signing by SMS when worker or web is killed: one message, one signature, one unbroken chain.

A process is killed at every SQL statement and every outside call, the moment before it and the
moment after it, each time in a world of its own; then workers and client go on. The suite draws
some of the points, `--long` takes all.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import FeedCursor, OutboxJob
from edo import records
from edo.channels.simple.delivery import CODE_TEMPLATE
from edo.evidence_chain.chains import ExportedChain, find_problems
from edo.evidence_chain.order import find_order_problems
from edo.models import SigningLink, SimpleSigning
from tasks.actions.reminders import remind
from tasks.models import Channel, HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import (
    read_feeds,
    reload,
    run_everything,
    run_until,
    run_until_job,
    state_of,
)
from tests.support.plugins.sampling import Sample
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import (
    build_ticks,
    next_morning,
    signing_of,
)
from tests.tasks.pipeline.crashes import list_crash_points, run_and_kill

pytestmark = [pytest.mark.usefixtures("set_up"), pytest.mark.timeout(1200)]
# How many crash points of each kind of work the suite tries.
COUNT = 10


@dataclass
class SmsTask:
    """A task that is signed by SMS, in one of many worlds that are rolled back."""

    task: SigningTask
    sandbox: Sandbox
    travel: Any
    monkeypatch: pytest.MonkeyPatch
    sample: Sample
    messages_before: int = 0

    def kill_everywhere(
        self,
        work: Callable[[], object],
        check: Callable[[], None],
        *,
        at_least: int,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        """Kill ``work`` at each of its points, then ``check`` that all ends right.

        ``prepare`` does in every world what has to be new to the provider in each.
        """
        with self.world():
            prepare()
            points = list_crash_points(work, self.monkeypatch)
        assert len(points) >= at_least, points
        for number in self.sample(range(len(points)), COUNT):
            with self.world():
                prepare()
                run_and_kill(work, number, self.monkeypatch)
                self.expire_leases()
                try:
                    check()
                except BaseException as error:
                    error.add_note(f"Killed at point {number}, {points[number]}.")
                    raise

    @contextmanager
    def world(self) -> Iterator[None]:
        """What happens in the block is forgotten, but not by the provider."""
        cache.clear()  # Requests are counted by address.
        self.messages_before = len(self.sandbox.messages())
        moment = clock.now()
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
        self.travel.move_to(moment)

    def expire_leases(self) -> None:
        """Nobody waits any longer for the process that is dead."""
        self.travel.shift(timedelta(seconds=61))
        OutboxJob.objects.open().exclude(lease_until=None).update(lease_until=None)
        FeedCursor.objects.update(polling_until=None)
        SentMessage.objects.update(attempt_until=None)

    def run_job(self, kind: str) -> None:
        """What a worker does with the job of that kind."""
        worker.run_job(OutboxJob.objects.claimable().get(kind=kind).pk)

    def get_texts(self) -> list[str]:
        """The texts that the client has got in this world."""
        return [message["text"] for message in self.sandbox.messages()[self.messages_before :]]

    @property
    def links(self) -> list[str]:
        """The paths of the signing page that the client has got in this world."""
        return [path for text in self.get_texts() for path in re.findall(r"/s/[\w-]{22}/", text)]

    @property
    def codes(self) -> list[str]:
        return [code for text in self.get_texts() for code in re.findall(r"\b\d{6}\b", text)]

    def read_chain(self) -> ExportedChain:
        """The only chain, unbroken."""
        signing = SimpleSigning.objects.get()
        chain = records.export_chain(signing, with_values=True)
        assert find_problems(chain) == []
        return chain

    def check_signed(self) -> None:
        """One code, checked once, and one signature, which the verification accepts."""
        chain, signing = self.read_chain(), signing_of(reload(self.task))
        assert signing.state == SimpleSigning.State.SIGNED
        assert find_order_problems(chain, document_sha256=signing.document_sha256) == []
        self.check_kinds(code_checked=1, signed=1, link_ended=1)

    def check_kinds(self, **counts: int) -> None:
        """How many records of each of these kinds the chain has."""
        kinds = Counter(record.kind for record in self.read_chain().records)
        assert {kind: kinds[kind] for kind in counts} == counts


@pytest.fixture
def sms_task(
    manager: User,
    set_up: Sandbox,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    sample: Sample,
) -> Iterator[SmsTask]:
    """A task whose client has just been identified."""
    settings.SIGNING_PER_MINUTE = 1000
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    run_until(task, Status.IDENTIFICATION_PENDING, set_up)
    with time_machine.travel(next_morning(), tick=True) as travel:
        yield SmsTask(task, set_up, travel, monkeypatch, sample)


@pytest.fixture
def sent_task(sms_task: SmsTask) -> SmsTask:
    """Its client has a link."""
    run_until(sms_task.task, Status.DOCUMENT_SIGNING, sms_task.sandbox)
    return sms_task


def test_the_link_is_sent_once(sms_task: SmsTask) -> None:
    task, sandbox = sms_task.task, sms_task.sandbox
    sandbox.identity_answer(reload(task).identification_ref, "passed")
    run_until_job("send_document")

    def check() -> None:
        run_everything()
        assert state_of(task)[0] == Status.DOCUMENT_SIGNING
        assert signing_of(reload(task)).state == SimpleSigning.State.DELIVERED
        [link] = sms_task.links
        assert "Получить код" in Browser().get(link).text
        sms_task.check_kinds(
            person_identified=1,
            number_bound=1,
            document_sent_to_sign=1,
            link_created=1,
            link_sent=1,
            link_delivered=1,
            link_ended=0,
        )

    sms_task.kill_everywhere(lambda: sms_task.run_job("send_document"), check, at_least=60)


def test_the_delivery_is_recorded_once(sms_task: SmsTask) -> None:
    task, sandbox = sms_task.task, sms_task.sandbox
    sandbox.identity_answer(reload(task).identification_ref, "passed")
    run_until_job("send_document")

    def check() -> None:
        read_feeds()
        run_everything()
        assert state_of(task)[0] == Status.DOCUMENT_SIGNING
        sms_task.check_kinds(link_created=1, link_sent=1, link_delivered=1)

    sms_task.kill_everywhere(
        read_feeds, check, at_least=60, prepare=lambda: sms_task.run_job("send_document")
    )


def test_a_reminder_is_sent_once(sent_task: SmsTask, manager: User) -> None:
    task = sent_task.task
    first = SigningLink.objects.get()

    def check() -> None:
        run_everything()
        [link] = sent_task.links
        assert "Получить код" in Browser().get(link).text
        first.refresh_from_db()
        assert first.end == SigningLink.End.REPLACED
        sent_task.check_kinds(link_created=2, link_sent=2, link_delivered=2, link_ended=1)

    sent_task.kill_everywhere(
        lambda: sent_task.run_job("send_signing_link"),
        check,
        at_least=60,
        prepare=lambda: remind(task=reload(task), actor=manager),
    )


def test_a_code_is_sent_once(sent_task: SmsTask) -> None:
    """A client whose request died asks again, unless it had sent the code for certain."""
    [link] = sent_task.links
    browser, ticks = Browser(), build_ticks()

    def ask() -> None:
        browser.post(f"{link}code/", ticks)

    def check() -> None:
        known = SentMessage.objects.filter(template=CODE_TEMPLATE)
        if not known.exclude(state=SentMessage.State.QUEUED):
            ask()
        [code] = sent_task.codes
        assert browser.post(f"{link}sign/", {"code": code}).status_code == 302
        read_feeds()
        sent_task.check_signed()
        sent_task.check_kinds(
            link_opened=1,
            page_shown=1,
            agreement_accepted=1,
            consent_accepted=1,
            code_created=1,
            code_sent=1,
            code_delivered=1,
        )

    sent_task.kill_everywhere(ask, check, at_least=100)


def test_a_document_is_signed_once(sent_task: SmsTask) -> None:
    """A client who has got no answer sends the form again."""
    [link] = sent_task.links
    browser = Browser()
    browser.post(f"{link}code/", build_ticks())
    [code] = sent_task.codes

    def sign() -> Any:
        return browser.post(f"{link}sign/", {"code": code})

    def check() -> None:
        assert sign().status_code in {302, 409}
        assert "Документ подписан" in browser.get(link).text
        sent_task.check_signed()
        assert OutboxJob.objects.claimable().filter(kind="follow_exchange").count() == 1
        sent_task.run_job("follow_exchange")
        assert state_of(sent_task.task)[0] == Status.DOCUMENT_SIGNED

    sent_task.kill_everywhere(sign, check, at_least=60)


def test_a_signed_task_goes_on_once(sent_task: SmsTask) -> None:
    [link] = sent_task.links
    browser = Browser()
    browser.post(f"{link}code/", build_ticks())
    browser.post(f"{link}sign/", {"code": sent_task.codes[0]})

    def check() -> None:
        run_until_job("submit_package_to_archive")
        sent_task.check_signed()
        names = sent_task.task.history.filter(kind=HistoryEntry.Kind.TRANSITION)
        counts = Counter(names.values_list("name", flat=True))
        assert set(counts.values()) == {1}, counts

    sent_task.kill_everywhere(lambda: sent_task.run_job("follow_exchange"), check, at_least=30)
