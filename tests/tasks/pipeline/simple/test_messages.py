"""The messages of a signing by SMS: how long a link lives, and what becomes of undelivered ones."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from clients.messages.reasons import LIMIT, REASONS, WHERE_EMAIL_HELPS, explain_reason
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.errors import ActionRefused
from edo import records
from edo.evidence_chain.kinds import RecordKind
from edo.models import SigningLink
from tasks.actions.reminders import remind
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import build_ticks, next_morning, signing_of
from tests.tasks.pipeline.test_simple_signing import links_in, sign


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


def test_the_link_lives_as_long_as_the_wait_of_the_task(
    task: SigningTask, set_up: Sandbox, settings: Settings
) -> None:
    """The document was ready in the evening; the link left in the morning."""
    settings.MESSAGES_FROM_HOUR, settings.MESSAGES_TO_HOUR = 9, 21
    with time_machine.travel(clock.now().replace(hour=20), tick=True):
        identify(task, set_up)
        assert reload(task).status == Status.DOCUMENT_SENT
    with time_machine.travel(clock.now() + timedelta(days=1), tick=True):
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


def test_a_link_whose_report_is_lost_can_be_sent_again(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    set_up.fault("messages", "report_lost", path_contains="sms")
    identify(task, set_up)
    assert reload(task).status == Status.DOCUMENT_SIGNING
    remind(task=task, actor=manager)
    run_everything()
    assert len(links_in(set_up)) == 2


WAYS_ON = (
    "Отправить ссылку еще раз",
    "Отправить ссылку по почте",
    "Другой номер",
    "Подписать через оператора ЭДО",
)


@pytest.mark.parametrize("reason", [*sorted(set(REASONS) - {LIMIT}), "something new"])
def test_whatever_keeps_a_link_back_the_card_has_a_way_on(
    task: SigningTask, set_up: Sandbox, manager: User, reason: str
) -> None:
    set_up.fault("messages", "undelivered", code=reason, path_contains="sms")
    identify(task, set_up)
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
    page = browser_of(manager).get(f"/tasks/{task.number}/").content.decode()
    for words in (explain_reason(reason).text, *WAYS_ON):
        assert words in page
    notice = manager.notifications.latest("pk").text
    assert explain_reason(reason).text in notice
    emails = set_up.messages(to=task.contact_version.email)
    links = [message for message in emails if "/s/" in message["text"]]
    # Where the number is wrong no code would arrive either.
    assert len(links) == (reason in WHERE_EMAIL_HELPS)
    assert ("по электронной почте" in notice) == bool(links)


def test_a_link_that_was_not_delivered_is_sent_again_at_once(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    set_up.fault("messages", "undelivered", code="number_unknown", times=2, path_contains="sms")
    identify(task, set_up)
    for _ in range(2):
        remind(task=task, actor=manager)
        run_everything()
    assert len(links_in(set_up)) == 1
    with pytest.raises(ActionRefused, match="меньше часа назад"):
        remind(task=task, actor=manager)


def test_the_manager_sends_the_link_by_email_and_the_code_goes_to_the_phone(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    identify(task, set_up)
    [by_sms] = links_in(set_up)
    page = browser_of(manager).post(f"/tasks/{task.number}/remind/email/", follow=True)
    assert "отправлена ссылка по электронной почте" in page.content.decode()
    run_everything()
    assert Browser().get(by_sms).status_code == 404
    email = set_up.messages(to=task.contact_version.email)[-1]
    assert email["subject"] == "Документ на подпись"
    for words in (task.document_number, "+7 ••• •••-67-89"):
        assert words in email["text"]
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task)[0] == Status.COMPLETED
    code = SentMessage.objects.get(template="signing_code")
    assert code.channel == SentMessage.Channel.SMS
    chain = records.export_chain(signing_of(reload(task)), with_values=True)
    sent = chain.find(RecordKind.LINK_SENT)
    assert [record.facts["channel"] for record in sent] == ["sms", "email"]
    assert "По электронной почте." in browser_of(manager).get(f"/tasks/{task.number}/").text


def test_a_link_whose_sms_the_provider_refuses_goes_by_email(
    task: SigningTask, set_up: Sandbox
) -> None:
    refusal = {"status": 422, "code": "template_not_approved", "path_contains": "sms"}
    set_up.fault("messages", "error", **refusal)
    identify(task, set_up)
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
    [message] = SentMessage.objects.filter(template="signing_link").exclude(state="failed")
    assert message.channel == SentMessage.Channel.EMAIL


def test_a_link_to_a_number_that_does_not_exist_fails_the_sending(
    task: SigningTask, set_up: Sandbox
) -> None:
    set_up.fault("messages", "error", status=422, code="number_unknown", path_contains="sms")
    identify(task, set_up)
    assert state_of(task) == (Status.SIGNING_FAILED, "send_failed")
    assert "исправьте контактное лицо" in task.history.latest("pk").comment
    assert links_in(set_up) == []
