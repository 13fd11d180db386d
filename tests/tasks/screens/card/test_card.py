"""The card of a task: its banner, its actions, its texts."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.outbox.failures import error_columns
from econtract.platform.outbox.models import OutboxJob
from tasks.statuses import Resolution, Status, resolutions_of
from tests.support.cards import NOW, card, make, text_of
from tests.support.factories import (
    ExchangeFactory,
    HistoryEntryFactory,
)
from tests.support.people import People, browser_of

ALL = [
    (status, resolution)
    for status in Status
    for resolution in ["", *sorted(resolutions_of(status))]
]


@pytest.mark.parametrize(("status", "resolution"), ALL)
@pytest.mark.parametrize("who", ["owner", "head", "administrator"])
def test_every_status_and_resolution_has_a_card(
    people: People, owner: User, status: Status, resolution: str, who: str
) -> None:
    task = make(owner, status, resolution=resolution)
    page = card(browser_of(people[who]), task)
    assert str(status.label) in page
    if resolution:
        assert str(Resolution(resolution).label) in page
    assert "None" not in page
    assert "ё" not in page.lower()


# --- Banner -------------------------------------------------------------------------------------


@time_machine.travel(NOW, tick=False)
def test_the_banner_shows_the_status_the_turn_and_the_time(owner: User, web: Client) -> None:
    task = make(
        owner, Status.DOCUMENT_SIGNING, status_changed_at=clock.now() - timedelta(minutes=14)
    )
    page = card(web, task)
    assert "Документ на подписании. Ход клиента, 14 мин" in page
    assert "Клиент подписывает документ в своем ЛК ЭДО" in page


def test_the_banner_repeats_the_comment_of_the_transition(owner: User, web: Client) -> None:
    task = make(owner, Status.SIGNING_FAILED, resolution=Resolution.CLIENT_REFUSED)
    HistoryEntryFactory(
        task=task, new_status=Status.SIGNING_FAILED, comment="Цена выше, чем договорились"
    )
    assert "Клиент отказался от подписания: Цена выше, чем договорились" in card(web, task)


def test_the_turn_is_the_viewers_or_the_managers(people: People, owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFIED)
    assert "Ваш ход" in card(web, task)
    assert "Ход менеджера" in card(browser_of(people["lead"]), task)


def test_an_action_that_a_guard_refuses_is_explained(owner: User, web: Client) -> None:
    task = make(owner, Status.SIGNING_FAILED, account_verified_at=None)
    response = web.get(f"/tasks/{task.number}/")
    assert "«Отправить снова» пока нельзя" in text_of(response)
    assert "Лицевой счет не прошел проверку" in text_of(response)
    assert "do/send_document/" not in response.content.decode()


def test_a_colleagues_task_can_be_taken_over_and_nothing_else(people: People, owner: User) -> None:
    task = make(owner, Status.IDENTIFIED)
    page = browser_of(people["mate"]).get(f"/tasks/{task.number}/").content.decode()
    assert "Принять в работу" in page
    assert "/do/" not in page


def test_the_card_shows_when_a_call_will_be_repeated(owner: User, web: Client) -> None:
    task = make(owner, Status.CABINET_CREATED)
    job = OutboxJob.objects.create(
        kind="prepare_sending",
        subject=task.number,
        queue_key=task.queue_key,
        attempts=2,
        **error_columns(Unavailable("eip", "answered 503")),
        due_at=datetime(2026, 11, 21, 11, 32, tzinfo=UTC),
    )
    with time_machine.travel(job.due_at - timedelta(minutes=5), tick=False):
        assert "ЕИП не отвечает, повторим в 14:32." in card(web, task)
    with time_machine.travel(job.due_at - timedelta(days=1), tick=False):
        assert "ЕИП не отвечает, повторим 21.11.2026 в 14:32." in card(web, task)
    OutboxJob.objects.filter(pk=job.pk).update(**error_columns(NotReadyYet("being converted")))
    assert "повторим в" not in card(web, task)


def test_the_card_shows_a_parked_job_until_the_status_changes(owner: User, web: Client) -> None:
    task = make(owner)
    job = OutboxJob.objects.create(
        kind="send_message",
        subject=task.number,
        queue_key=f"{task.queue_key}:sms",
        state=OutboxJob.State.PARKED,
        closed_at=clock.now(),
        **error_columns(Refused("messages", "bad_number")),
    )
    assert "Сообщение клиенту не отправлено" in card(web, task)
    OutboxJob.objects.filter(pk=job.pk).update(closed_at=clock.now() - timedelta(days=1))
    assert "Сообщение клиенту не отправлено" not in card(web, task)


def test_the_banner_links_to_the_blocks_where_its_advice_is_followed(
    people: People, owner: User, web: Client
) -> None:
    task = make(
        owner,
        Status.SIGNING_FAILED,
        resolution=Resolution.ACCOUNT_UNVERIFIED,
        account_verified_at=None,
        document_version=None,
    )

    def links(browser: Client) -> list[str]:
        page = browser.get(f"/tasks/{task.number}/").content.decode()
        banner = page[page.index('class="banner ') : page.index('class="card-page"')]
        anchors = re.findall(r'href="#([a-z-]+)"', banner)
        assert all(f'id="{anchor}"' in page for anchor in anchors)
        return anchors

    assert links(web)[:2] == ["card-account", "card-document"]
    assert links(browser_of(people["head"])) == []


def test_a_task_that_needs_support_has_the_text_of_the_request(
    owner: User, web: Client, settings: Settings
) -> None:
    task = make(owner, Status.ARCHIVE_FAILED, resolution=Resolution.ARCHIVE_REJECTED)
    settings.HELPME_URLS = {**settings.HELPME_URLS, "SUPPORT": "https://helpme.example/support"}
    page = card(web, task)
    assert "Услуга: E-Contract: Техническая поддержка" in page
    assert f"Задание: {task.number}" in page
    assert "Статус: Ошибка передачи в архив, с" in page
    assert "Резолюция: Документ не принят архивом" in page
    assert "https://helpme.example/support" in web.get(f"/tasks/{task.number}/").content.decode()
    assert task.contact_version.phone not in page


def test_the_card_says_why_the_account_number_cannot_change(owner: User, web: Client) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    page = card(web, task)
    assert "Чтобы изменить лицевой счет, открепите документ." in page
    assert f"/tasks/{task.number}/account/" not in web.get(task.get_absolute_url()).content.decode()
