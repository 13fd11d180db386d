"""Before a person signs by SMS they are looked up at the ЭДО operator, and nothing waits for it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from pytest_django.fixtures import Settings

from accounts.roles import TaskType
from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from edo.channels.operator import lookups, preflight
from edo.channels.protocol import RecipientOption, SigningRecipient
from edo.models import Box, RecipientLookup
from tasks.models import Channel
from tasks.screens.new_task.recipients import STRONGER
from tests.tasks.screens.new_task.conftest import IVANOVA, FormPage, get_task, get_text

Attach = Callable[[FormPage], HttpResponse]
OWN = RecipientOption("box-1", "Иванова Анна Андреевна")


class Operator:
    """What the operator answers, and about whom it was asked."""

    def __init__(self) -> None:
        self.options: list[RecipientOption] = [OWN]
        self.error: Exception | None = None
        self.questions: list[str] = []

    def find(self, box: Box, recipient: SigningRecipient) -> tuple[RecipientOption, ...]:
        self.questions.append(recipient.inn)
        if self.error:
            raise self.error
        return tuple(self.options)


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch) -> Operator:
    operator = Operator()
    monkeypatch.setattr(preflight, "find_recipient_options", operator.find)
    return operator


@pytest.fixture
def by_sms(person: FormPage, operator: Operator, settings: Settings) -> FormPage:
    """The form of a self-employed person, which begins with SMS."""
    settings.SMS_TASK_TYPES = [TaskType.SELF_EMPLOYED]
    person.values |= {"channel": "sms", "default_channel": "sms"}
    return person


def run_lookups() -> None:
    for job in OutboxJob.objects.open().filter(kind=lookups.JOB):
        worker.run_job(job.pk)


def chosen_channel(response: HttpResponse) -> str:
    return str(response.context["form"]["channel"].value())


def test_the_operator_is_offered_when_the_person_has_a_box(
    by_sms: FormPage, operator: Operator
) -> None:
    page = by_sms.save()
    assert operator.questions == []
    assert chosen_channel(page) == "sms"
    assert STRONGER not in get_text(page)
    run_lookups()
    assert operator.questions == [IVANOVA.inn]
    page = by_sms.save()
    assert chosen_channel(page) == "edo"
    assert STRONGER in get_text(page)
    # Also without a script.
    assert STRONGER in get_text(by_sms.restore())


def test_the_user_may_choose_sms_all_the_same(by_sms: FormPage, attach: Attach) -> None:
    by_sms.save()
    run_lookups()
    by_sms.values |= {"channel": "sms", "default_channel": "edo"}
    assert chosen_channel(by_sms.save()) == "sms"
    attach(by_sms)
    assert by_sms.create().status_code == 302
    task = get_task()
    assert task.channel == Channel.SMS
    page = get_text(by_sms.browser.get(f"/tasks/{task.number}/"))
    assert "У клиента есть ящик ЭДО «Иванова Анна Андреевна»" in page


def test_a_task_is_created_the_way_that_the_page_showed(by_sms: FormPage, attach: Attach) -> None:
    """The answer may come between the last look at the page and «Создать задание»."""
    by_sms.save()
    attach(by_sms)
    run_lookups()
    assert by_sms.create().status_code == 302
    assert get_task().channel == Channel.SMS


@pytest.mark.parametrize("error", [Unavailable("edo", "down"), Refused("edo", "forbidden")])
def test_an_operator_out_of_reach_changes_nothing(
    by_sms: FormPage, operator: Operator, attach: Attach, error: Exception
) -> None:
    operator.error = error
    by_sms.save()
    run_lookups()
    page = by_sms.save()
    assert (page.status_code, chosen_channel(page)) == (200, "sms")
    attach(by_sms)
    assert by_sms.create().status_code == 302
    task = get_task()
    assert by_sms.browser.get(f"/tasks/{task.number}/").status_code == 200
    operator.error = None
    OutboxJob.objects.filter(kind=lookups.JOB).update(due_at=clock.now())
    run_lookups()
    is_tried_again = isinstance(error, Unavailable)
    card = get_text(by_sms.browser.get(f"/tasks/{task.number}/"))
    assert ("У клиента есть ящик ЭДО" in card) is is_tried_again


def test_a_person_without_a_box_signs_by_sms(by_sms: FormPage, operator: Operator) -> None:
    operator.options = [RecipientOption("box-2", "Роуминг", is_usable=False)]
    by_sms.save()
    run_lookups()
    page = by_sms.save()
    assert chosen_channel(page) == "sms"
    assert STRONGER not in get_text(page)


def test_nobody_is_asked_about_twice_a_day(by_sms: FormPage, operator: Operator) -> None:
    for _ in range(3):
        by_sms.save()
        run_lookups()
    assert len(operator.questions) == 1
    RecipientLookup.objects.update(requested_at=clock.now() - timedelta(days=1, minutes=1))
    by_sms.values["default_channel"] = "edo"
    by_sms.save()
    run_lookups()
    assert len(operator.questions) == 2


def test_organisations_are_not_looked_up(company: FormPage, operator: Operator) -> None:
    company.save(channel="sms")
    assert not RecipientLookup.objects.exists()


def test_lookups_are_deleted_after_a_month(by_sms: FormPage) -> None:
    by_sms.save()
    lookups.delete_old_lookups()
    assert RecipientLookup.objects.count() == 1
    with time_machine.travel(clock.now() + timedelta(days=31)):
        lookups.delete_old_lookups()
    assert not RecipientLookup.objects.exists()
