"""The messages of a signing by SMS: how long a link lives, and what becomes of undelivered ones."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client as Browser

from accounts.models import User
from clients.models import SentMessage
from econtract.platform.common import clock
from edo.models import SigningLink
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import build_ticks, next_morning
from tests.tasks.pipeline.test_simple_signing import links_in


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """A task whose client is to identify themselves. It is day where they are."""
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        run_until(task, Status.IDENTIFICATION_PENDING, set_up)
        yield reload(task)


def identify(task: SigningTask, sandbox: Sandbox) -> None:
    sandbox.identity_answer(task.identification_ref, "passed")
    run_everything()


def test_the_link_lives_as_long_as_the_wait_of_the_task(task: SigningTask, set_up: Sandbox) -> None:
    set_up.fault("messages", "report_lost", path_contains="sms")
    identify(task, set_up)
    assert reload(task).status == Status.DOCUMENT_SENT
    with time_machine.travel(clock.now() + timedelta(days=3), tick=True):
        browser = Browser()
        browser.get(links_in(set_up)[-1])
        browser.post(f"{links_in(set_up)[-1]}code/", build_ticks())
        run_everything()
    now = reload(task)
    assert now.status == Status.DOCUMENT_SIGNING
    wait_end = now.status_changed_at + timedelta(days=settings.SIGNING_DAYS)
    [link] = SigningLink.objects.filter(signing=now.simple_signing_id)
    assert abs(link.expires_at - wait_end) < timedelta(minutes=1)


def test_a_code_counts_for_the_client(task: SigningTask, set_up: Sandbox) -> None:
    identify(task, set_up)
    Browser().post(f"{links_in(set_up)[-1]}code/", build_ticks())
    assert SentMessage.objects.get(template="signing_code").client_id == task.client_id
