"""The card: what it says of every status, what it offers, what changes without a reload."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable
from econtract.platform.outbox.failures import error_columns
from econtract.platform.outbox.models import OutboxJob
from edo.models import Exchange
from tasks.actions.perform_action import perform_action
from tasks.models import Comment, HistoryEntry, SigningTask
from tasks.statuses import Resolution, Status, resolutions_of
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
    HistoryEntryFactory,
    SigningTaskFactory,
)
from tests.support.factories_clients import ContactFactory, ServiceFactory
from tests.support.people import People, browser_of

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def make(owner: User, status: Status = Status.IDENTIFICATION_PENDING, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **more)
    return task


def text_of(response: Any) -> str:
    """The words of a page, without markup and with single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def card(web: Client, task: SigningTask) -> str:
    response = web.get(f"/tasks/{task.number}/")
    assert response.status_code == 200
    return text_of(response)


ALL = [
    (status, resolution)
    for status in Status
    for resolution in ["", *sorted(resolutions_of(status))]
]


@pytest.mark.parametrize(("status", "resolution"), ALL)
@pytest.mark.parametrize("who", ["owner", "head", "administrator"])
def test_every_status_and_resolution_has_a_card_with_words(
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
def test_the_banner_says_what_happened_whose_turn_it_is_and_since_when(
    owner: User, web: Client
) -> None:
    task = make(
        owner, Status.DOCUMENT_SIGNING, status_changed_at=clock.now() - timedelta(minutes=14)
    )
    page = card(web, task)
    assert "Документ на подписании. Ход клиента, 14 мин" in page
    assert "Клиент подписывает документ в своем ЛК ЭДО" in page


def test_the_banner_repeats_the_words_of_whoever_moved_the_task(owner: User, web: Client) -> None:
    task = make(owner, Status.SIGNING_FAILED, resolution=Resolution.CLIENT_REFUSED)
    HistoryEntryFactory(
        task=task, new_status=Status.SIGNING_FAILED, comment="Цена выше, чем договорились"
    )
    assert "Клиент отказался от подписания: Цена выше, чем договорились" in card(web, task)


def test_it_is_your_turn_to_the_owner_and_the_managers_to_others(
    people: People, owner: User, web: Client
) -> None:
    task = make(owner, Status.IDENTIFIED)
    assert "Ваш ход" in card(web, task)
    assert "Ход менеджера" in card(browser_of(people["lead"]), task)


def test_an_action_that_a_guard_forbids_is_explained_and_not_offered(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.SIGNING_FAILED, account_verified_at=None)
    response = web.get(f"/tasks/{task.number}/")
    assert "«Отправить снова» пока нельзя" in text_of(response)
    assert "Лицевой счет не прошел проверку" in text_of(response)
    assert "do/send_document/" not in response.content.decode()


def test_a_task_of_another_offers_to_take_it_and_nothing_that_its_manager_does(
    people: People, owner: User
) -> None:
    task = make(owner, Status.IDENTIFIED)
    page = browser_of(people["mate"]).get(f"/tasks/{task.number}/").content.decode()
    assert "Принять в работу" in page
    assert "/do/" not in page


def test_a_call_that_is_being_repeated_is_said_with_its_time(owner: User, web: Client) -> None:
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


def test_what_was_given_up_is_said_until_the_task_moves_on(owner: User, web: Client) -> None:
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


def test_where_support_is_the_way_on_the_request_is_ready_to_be_copied(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.ARCHIVE_FAILED, resolution=Resolution.ARCHIVE_REJECTED)
    page = card(web, task)
    assert "Услуга: E-Contract: Техническая поддержка" in page
    assert f"Задание: {task.number}" in page
    assert "Статус: Ошибка передачи в архив, с" in page
    assert "Резолюция: Документ не принят архивом" in page
    assert settings.HELPME_URL in web.get(f"/tasks/{task.number}/").content.decode()
    assert task.contact_version.phone not in page


def test_an_account_number_that_cannot_be_changed_now_says_what_to_do_first(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    page = card(web, task)
    assert "Чтобы изменить лицевой счет, открепите документ." in page
    assert f"/tasks/{task.number}/account/" not in web.get(task.get_absolute_url()).content.decode()


# --- Stepper ------------------------------------------------------------------------------------


def test_the_stepper_shows_the_way_the_place_and_the_time_spent(owner: User, web: Client) -> None:
    start = clock.now() - timedelta(minutes=10)
    task = make(owner, Status.DOCUMENT_SIGNING)
    for minutes, old, new in [
        (0, "", Status.IDENTIFICATION_REQUESTED),
        (3, Status.IDENTIFICATION_PENDING, Status.CABINET_REQUESTED),
        (4, Status.CABINET_CREATED, Status.DOCUMENT_SENT),
        (5, Status.DOCUMENT_SENT, Status.DOCUMENT_SIGNING),
    ]:
        HistoryEntryFactory(
            task=task, at=start + timedelta(minutes=minutes), old_status=old, new_status=new
        )
    steps = web.get(f"/tasks/{task.number}/").context["card"].present.steps
    assert [(step.state, step.time) for step in steps] == [
        ("done", "3 мин"),
        ("done", "1 мин"),
        ("current", "6 мин"),
        ("todo", ""),
        ("todo", ""),
    ]


def test_approval_is_a_step_of_those_tasks_alone_that_need_it(owner: User, web: Client) -> None:
    plain, watched = make(owner), make(owner, Status.ON_APPROVAL, approval_needed=True)
    assert "Согласование" not in card(web, plain)
    steps = web.get(f"/tasks/{watched.number}/").context["card"].present.steps
    assert (steps[0].label, steps[0].state) == ("Согласование", "current")


def test_a_cancelled_task_shows_where_it_stopped(owner: User, web: Client) -> None:
    task = make(owner, Status.CANCELLED)
    HistoryEntryFactory(
        task=task,
        name="cancel",
        old_status=Status.CABINET_FAILED,
        new_status=Status.CANCELLED,
        comment="Клиент передумал",
    )
    page = web.get(f"/tasks/{task.number}/")
    steps = page.context["card"].present.steps
    assert [step.state for step in steps] == ["done", "error", "todo", "todo", "todo"]
    assert "Клиент передумал" in text_of(page)


# --- Blocks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "editable"),
    [(Status.IDENTIFICATION_FAILED, True), (Status.DOCUMENT_SIGNING, False)],
)
def test_the_contact_may_be_changed_where_the_table_allows_it(
    owner: User, web: Client, status: Status, editable: bool
) -> None:
    page = web.get(f"/tasks/{make(owner, status).number}/").content.decode()
    assert ("contact/edit/" in page) is editable
    assert ("данные клиента изменить нельзя" in page) is not editable


def test_a_newer_version_of_the_card_is_offered(owner: User, web: Client) -> None:
    contact = ContactFactory()
    task = make(owner, Status.IDENTIFICATION_FAILED, contact_version=contact.current)
    assert "Обновить версию" not in card(web, task)
    newer = contact.versions.get()
    newer.pk, newer.number, newer.email = None, 2, "new@company.example"
    newer.save()
    contact.current = newer
    contact.save()
    assert "Обновить версию" in card(web, task)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"state": "converting", "pdf": None, "pages": None}, "Преобразуем в PDF"),
        ({"state": "checking", "pdf": None, "pages": None}, "Ждет антивирусной проверки"),
        (
            {"state": "failed", "pdf": None, "pages": None, "problem": "Файл поврежден"},
            "Открепите и загрузите снова",
        ),
        ({}, "Передается в электронный архив"),
        ({"archive_system": "RIO", "archive_code": "RIO-7", "archived_at": NOW}, "ИД документа"),
    ],
)
def test_the_document_says_what_is_being_done_with_it(
    owner: User, web: Client, changes: dict[str, Any], words: str
) -> None:
    task = make(owner, document_version=DocumentVersionFactory(**changes))
    assert words in card(web, task)


def test_a_removed_document_leaves_a_place_to_drop_the_next(owner: User, web: Client) -> None:
    task = make(owner, document_version=None)
    page = web.get(f"/tasks/{task.number}/").content.decode()
    assert 'type="file"' in page
    assert "document/attach/" in page


def test_a_finished_task_offers_its_package_with_the_archive_code(owner: User, web: Client) -> None:
    task = make(owner, Status.COMPLETED)
    assert task.package is not None
    response = web.get(f"/tasks/{task.number}/")
    page = text_of(response)
    assert "Скачать подписанный пакет" in page
    assert f"Штрих код документа {task.package.archive_code}" in page
    assert f'aria-label="Штрих код {task.package.archive_code}"' in response.content.decode()
    assert f"/verify/{task.package.code}/" in page
    assert "Открепить" not in page


def test_the_signing_block_names_both_sides_before_there_is_a_signature(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    page = card(web, task)
    assert "Доставлен клиенту" in page
    assert "Ростелеком Подпись ставится" in page
    assert "Клиент Подпись ожидается" in page


def test_a_signature_that_cannot_be_checked_is_said_and_breaks_nothing(
    owner: User, web: Client
) -> None:
    exchange = ExchangeFactory(state=Exchange.State.SIGNED, sender_signature=b"not a signature")
    task = make(owner, Status.DOCUMENT_SIGNED, exchange=exchange)
    assert "Проверить подпись нельзя" in card(web, task)


def test_the_reliability_check_is_reminded_of_until_it_is_ticked(owner: User, web: Client) -> None:
    task = make(owner, services=[ServiceFactory(code="virtual_pbx", fraud_risk=True)])
    assert "Проверьте клиента на благонадежность" in card(web, task)
    web.post(f"/tasks/{task.number}/fraud-check/")
    assert "Проверка клиента на благонадежность проведена" in card(web, task)
    entry = HistoryEntry.objects.get()
    assert (entry.name, entry.actor) == ("fraud_check_confirmed", owner)


# --- Live ---------------------------------------------------------------------------------------


def live_url(web: Client, task: SigningTask) -> str:
    address: str = web.get(f"/tasks/{task.number}/").context["live_url"]
    return address


@time_machine.travel(NOW, tick=False)
def test_a_poll_of_the_card_is_silent_until_something_changes(owner: User, web: Client) -> None:
    task = make(owner)
    address = live_url(web, task)
    assert web.get(address).status_code == 204
    Comment.objects.create(task=task, author=owner, text="Перезвонил")
    response = web.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="card-discussion" data-hx-swap-oob="morph"' in page
    # Regions that say the same are left alone: somebody may be working in them.
    assert "card-document" not in page
    assert web.get(response.context["live_url"]).status_code == 204


def test_a_poll_brings_the_new_status_and_announces_it(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFIED, seamless=False)
    address = live_url(web, task)
    perform_action(task=task, name="proceed", actor=owner)
    response = web.get(address)
    assert "Создание ЛК Лида. Ход системы" in text_of(response)
    assert "announce" in response.headers["HX-Trigger"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("seen", ["", "x", "head:zz,present"])
def test_a_poll_with_unknown_marks_gets_everything(owner: User, web: Client, seen: str) -> None:
    task = make(owner)
    page = web.get(f"/tasks/{task.number}/live/?seen={seen}").content.decode()
    assert "card-head" in page
    assert "card-signing" in page


# --- Cost ---------------------------------------------------------------------------------------


MOST_QUERIES = 12
STAGES = [
    Status.ON_APPROVAL,
    Status.IDENTIFICATION_PENDING,
    Status.CABINET_FAILED,
    Status.SIGNING_FAILED,
    Status.DOCUMENT_SIGNING,
    Status.ARCHIVE_FAILED,
    Status.COMPLETED,
]


def much_of(status: Status, owner: User) -> SigningTask:
    """A task with a history, comments and versions; signed by both where it can be."""
    sent = status in {*STAGES[3:]}
    task = make(owner, status, **({"exchange": ExchangeFactory()} if sent else {}))
    for number in range(2, 7):
        HistoryEntryFactory(task=task, actor=owner)
        Comment.objects.create(task=task, author=owner, text="x")
        DocumentVersionFactory(document=task.document, number=number)
    return task


@pytest.mark.parametrize("status", STAGES)
def test_the_card_asks_the_database_a_dozen_times_in_every_stage(
    owner: User,
    web: Client,
    status: Status,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    task = much_of(status, owner)
    listed = "archive" if task.is_finished else "all"
    assert web.get(f"/tasks/{listed}/?group=none").status_code == 200
    web.get(f"/tasks/{task.number}/")  # somebody notes that he looks, and reads the news
    with django_assert_max_num_queries(MOST_QUERIES):
        page = web.get(f"/tasks/{task.number}/")
    assert "neighbours" in page.context
    assert len(page.context["card"].talk.comments) == 5


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_no_task_has_is_not_found(web: Client, number: int) -> None:
    assert web.get(f"/tasks/{number}/").status_code == 404
    assert web.get(f"/tasks/{number}/live/").status_code == 404


@pytest.mark.parametrize("who", ["lead", "head", "administrator"])
def test_the_card_asks_no_more_for_those_who_see_others_tasks(
    people: People,
    owner: User,
    who: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    task, web = much_of(Status.DOCUMENT_SIGNING, owner), browser_of(people[who])
    web.get(f"/tasks/{task.number}/")
    with django_assert_max_num_queries(MOST_QUERIES):
        assert web.get(f"/tasks/{task.number}/").status_code == 200
