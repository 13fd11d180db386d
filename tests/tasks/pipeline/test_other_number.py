"""«Другой номер»: the client of a task that is signed by SMS gets the link at another phone."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.test import Client as Browser

from accounts.models import User
from econtract.platform.common.errors import ActionRefused
from edo.models import SimpleSigning
from tasks import channels
from tasks.actions.contact import edit_contact
from tasks.actions.reminders import remind
from tasks.jobs import poll_silent_tasks
from tasks.models import Channel, SigningTask
from tasks.statuses import Status
from tests.support import world
from tests.support.cards import contact_form, text_of
from tests.support.driver import reload, run_everything, run_until, state_of
from tests.support.people import browser_of
from tests.support.sandbox import Sandbox
from tests.support.signing.simple_signings import next_morning, signing_of
from tests.tasks.pipeline.test_simple_signing import links_in, sign

OTHER = "+79990001122"


@pytest.fixture
def task(manager: User, set_up: Sandbox) -> SigningTask:
    """A task whose client has a link."""
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        yield run_until(task, Status.DOCUMENT_SIGNING, set_up)


def test_another_number_is_identified_before_it_gets_a_link(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    [path] = links_in(set_up)
    web, form = browser_of(manager), f"/tasks/{task.number}/contact/edit/"
    assert "Другой номер" in text_of(web.get(f"/tasks/{task.number}/"))
    assert "пройдет идентификацию снова" in text_of(web.get(form))
    page = web.post(form, contact_form(task, phone=OTHER), follow=True)
    assert "Клиент получит ссылку, чтобы пройти идентификацию снова" in text_of(page)
    assert Browser().get(path).status_code == 404
    assert signing_of(reload(task)).state == SimpleSigning.State.REVOKED
    assert reload(task).status == Status.IDENTIFICATION_REQUESTED
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    assert len(links_in(set_up)) == 2
    assert set_up.messages(to=OTHER)
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task) == (Status.COMPLETED, "")


@pytest.mark.parametrize("is_reported", [True, False])
def test_a_first_link_that_did_not_arrive_can_be_sent_again(
    manager: User, set_up: Sandbox, is_reported: bool
) -> None:
    """Whether the provider says so, or nothing: the task does not stay in «Документ отправлен»."""
    task = world.create_task(manager)
    SigningTask.objects.filter(pk=task.pk).update(channel=Channel.SMS)
    with time_machine.travel(next_morning(), tick=True):
        run_until(task, Status.IDENTIFICATION_PENDING, set_up)
        set_up.fault("messages", "undelivered", code="absent", path_contains="sms")
        if not is_reported:
            set_up.fault("messages", "report_lost", times=None)
        set_up.identity_answer(reload(task).identification_ref, "passed")
        run_everything()
    with time_machine.travel(next_morning() + timedelta(minutes=11), tick=True):
        poll_silent_tasks()
        run_everything()
        set_up.clear_faults()
        assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
        page = text_of(browser_of(manager).get(f"/tasks/{task.number}/"))
        assert ("Не доставлена" in page) is is_reported
        for button in ("Отправить ссылку еще раз", "Другой номер", "Подписать через оператора ЭДО"):
            assert button in page
        remind(task=reload(task), actor=manager)
        run_everything()
        sign(set_up, links_in(set_up)[-1])
        run_everything()
    assert state_of(task) == (Status.COMPLETED, "")


def test_a_mail_address_changes_without_another_identification(
    task: SigningTask, set_up: Sandbox, manager: User
) -> None:
    form = f"/tasks/{task.number}/contact/edit/"
    page = browser_of(manager).post(
        form, contact_form(task, email="new@client.example"), follow=True
    )
    assert "идентификацию снова" not in text_of(page).partition("Данные сохранены")[2][:80]
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")
    sign(set_up, links_in(set_up)[-1])
    run_everything()
    assert state_of(task) == (Status.COMPLETED, "")


def test_a_client_who_has_signed_meanwhile_keeps_their_number(
    task: SigningTask, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_link = channels.end_link

    def sign_first(task: SigningTask) -> None:
        SimpleSigning.objects.update(state=SimpleSigning.State.SIGNED)
        end_link(task)

    monkeypatch.setattr(channels, "end_link", sign_first)
    details = replace(task.contact_version.details, phone=OTHER)
    with pytest.raises(ActionRefused, match="Клиент уже подписал документ"):
        edit_contact(task=task, details=details, actor=manager)
    assert reload(task).contact_version.phone != OTHER
    assert state_of(task) == (Status.DOCUMENT_SIGNING, "")


def test_other_tasks_offer_no_other_number(manager: User, set_up: Sandbox) -> None:
    task = world.create_task(manager)
    run_until(task, Status.DOCUMENT_SIGNING, set_up)
    web = browser_of(manager)
    assert "Другой номер" not in text_of(web.get(f"/tasks/{task.number}/"))
    page = web.post(f"/tasks/{task.number}/contact/edit/", contact_form(reload(task), phone=OTHER))
    assert page.status_code == 422
    assert "данные клиента изменить нельзя" in text_of(page)
