"""Another way of signing: from every status where it is offered, in both directions."""

import pytest
import time_machine
from django.test import Client as Browser

from accounts.models import User
from econtract.platform.outbox.models import OutboxJob
from edo.channels.operator.channel import OperatorChannel
from edo.models import Exchange, SimpleSigning
from tasks.actions.perform_action import perform_action
from tasks.models import Channel, SigningTask
from tasks.statuses import Resolution, Status
from tests.support import world
from tests.support.cards import text_of
from tests.support.driver import (
    message_id_of,
    reload,
    run_everything,
    run_until,
    state_of,
)
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import next_morning, signing_of
from tests.tasks.pipeline.test_simple_signing import links_in, sign

pytestmark = pytest.mark.usefixtures("set_up", "by_day")

TO_SMS, TO_EDO = "Подписать по СМС", "Подписать через оператора ЭДО"
# A client whose box accepts documents of partners only.
WANTS_INVITATION = "7701003605"


@pytest.fixture
def by_day() -> None:
    """It is day where the client is."""
    with time_machine.travel(next_morning(), tick=True):
        yield


def start(manager: User, channel: Channel, **more: str) -> SigningTask:
    task = world.create_task(manager, **more)
    SigningTask.objects.filter(pk=task.pk).update(channel=channel)
    return task


def change_channel(task: SigningTask, manager: User, channel: Channel) -> str:
    """Presses the button of the card, which must be there; returns the words of the next page."""
    employee, card = browser_of(manager), f"/tasks/{task.number}/"
    label = TO_SMS if channel == Channel.SMS else TO_EDO
    assert label in text_of(employee.get(card))
    return text_of(employee.post(f"{card}channel/", {"channel": channel}, follow=True))


def test_before_the_sending_the_channel_simply_changes(manager: User, set_up: Sandbox) -> None:
    task = start(manager, Channel.EDO)
    run_until(task, Status.IDENTIFICATION_PENDING, set_up)
    assert "Клиент получит ссылку и код в СМС" in change_channel(task, manager, Channel.SMS)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    assert len(links_in(set_up)) == 1
    assert set_up.journal("edo") == []


def test_a_client_who_was_invited_signs_by_sms_instead(manager: User, set_up: Sandbox) -> None:
    task = start(manager, Channel.EDO, inn=WANTS_INVITATION)
    run_until(task, Status.CONSENT_PENDING, set_up)
    page = change_channel(task, manager, Channel.SMS)
    assert "Отправленный документ отзывается" in page
    assert TO_SMS not in page
    run_everything()
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
    assert reload(task).exchange.state == Exchange.State.REVOKED
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task) == (Status.COMPLETED, "")


def test_a_document_at_the_operator_is_revoked_before_it_goes_by_sms(
    manager: User, set_up: Sandbox
) -> None:
    task = start(manager, Channel.EDO)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    assert "Отправленный документ будет отозван" in text_of(
        browser_of(manager).get(f"/tasks/{task.number}/")
    )
    change_channel(task, manager, Channel.SMS)
    run_everything()
    assert reload(task).exchange.state == Exchange.State.REVOKED
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task) == (Status.COMPLETED, "")


def test_a_live_link_dies_before_the_document_goes_to_the_operator(
    manager: User, set_up: Sandbox
) -> None:
    task = start(manager, Channel.SMS)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    [path] = links_in(set_up)
    change_channel(task, manager, Channel.EDO)
    run_everything()
    assert Browser().get(path).status_code == 404
    assert signing_of(reload(task)).state == SimpleSigning.State.REVOKED
    run_until(task, Status.COMPLETED, set_up)
    assert len(links_in(set_up)) == 1


@pytest.mark.parametrize("channel", [Channel.EDO, Channel.SMS])
def test_after_a_failure_the_document_goes_the_other_way(
    manager: User, set_up: Sandbox, channel: Channel
) -> None:
    task = start(manager, channel)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    if channel == Channel.SMS:
        Browser().post(f"{links_in(set_up)[-1]}refuse/", {"choice": "other", "comment": "Дорого"})
    else:
        set_up.edo_refuse(message_id_of(task), "Дорого")
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.CLIENT_REFUSED)
    other = Channel.EDO if channel == Channel.SMS else Channel.SMS
    change_channel(task, manager, other)
    perform_action(task=reload(task), name="send_document", actor=manager)
    run_everything()
    if other == Channel.SMS:
        sign(set_up, links_in(set_up)[-1])
        run_everything()
    run_until(task, Status.COMPLETED, set_up)


def test_a_client_who_was_faster_has_signed(manager: User, set_up: Sandbox) -> None:
    task = start(manager, Channel.EDO)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    set_up.edo_sign(message_id_of(task))
    change_channel(task, manager, Channel.SMS)
    run_everything()
    assert state_of(task) == (Status.COMPLETED, "")
    assert reload(task).channel == Channel.EDO
    assert links_in(set_up) == []


def test_what_prevents_the_sending_is_said_and_the_task_is_kept(
    manager: User, set_up: Sandbox
) -> None:
    task = start(manager, Channel.EDO)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    SigningTask.objects.filter(pk=task.pk).update(identified_at=None)
    change_channel(task, manager, Channel.SMS)
    run_everything()
    assert state_of(task) == (Status.SIGNING_FAILED, Resolution.WITHDRAWN)
    assert reload(task).channel == Channel.SMS
    page = text_of(browser_of(manager).get(f"/tasks/{task.number}/"))
    assert "прошел идентификацию" in page
    assert TO_EDO in page
    assert links_in(set_up) == []


def test_without_an_answer_of_the_operator_the_channel_stays(
    manager: User, set_up: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = start(manager, Channel.EDO)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    change_channel(task, manager, Channel.SMS)

    def revoke(channel: OperatorChannel) -> None:
        raise RuntimeError("lost")

    monkeypatch.setattr(OperatorChannel, "revoke", revoke)
    OutboxJob.objects.filter(kind="revoke_exchange").update(attempts=100)
    run_everything()
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
    assert reload(task).channel == Channel.EDO
    assert reload(task).withdrawal is None
    assert TO_SMS in text_of(browser_of(manager).get(f"/tasks/{task.number}/"))
