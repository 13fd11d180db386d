"""Around a card: neighbours in the list, viewers, reminders, downloads, calls of systems."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import time_machine
from django.test import Client

from accounts.models import User
from archive.files.storage import store_bytes
from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.outbox.failures import error_columns
from econtract.platform.outbox.models import OutboxJob
from tasks.models import AuthorityDocument, SigningTask
from tasks.statuses import Status
from tests.support.cards import text_of
from tests.support.factories import SigningTaskFactory
from tests.support.people import People, browser_of


def make(owner: User, status: Status = Status.IDENTIFICATION_PENDING, **values: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **values)
    return task


def card(web: Client, task: SigningTask) -> Any:
    response = web.get(f"/tasks/{task.number}/")
    assert response.status_code == 200
    return response


def neighbour_urls(response: Any) -> tuple[str, str]:
    """The URLs of the arrows on a card."""
    neighbours = response.context["neighbours"]
    return neighbours.previous_url, neighbours.next_url


# --- Neighbours in the list -----------------------------------------------------------------------


def test_arrows_follow_the_list_as_the_user_saw_it(owner: User, web: Client) -> None:
    tasks = [make(owner) for _ in range(3)]
    web.get("/tasks/my/?group=none&sort=number")
    # A task that has changed since then keeps its position.
    SigningTask.objects.filter(pk=tasks[1].pk).update(status=Status.DOCUMENT_SIGNING)
    response = card(web, tasks[1])
    assert neighbour_urls(response) == (f"/tasks/{tasks[0].number}/", f"/tasks/{tasks[2].number}/")
    assert "2 из 3" in text_of(response)
    assert 'href="/tasks/my/?group=none&amp;sort=number"' in response.content.decode()


def test_arrows_lead_beyond_the_end_of_a_page(owner: User, web: Client) -> None:
    tasks = [make(owner) for _ in range(27)]
    web.get("/tasks/my/?group=none&sort=number")
    response = card(web, tasks[24])
    assert "25 из 27" in text_of(response)
    assert neighbour_urls(response)[1] == "/tasks/step/next/"
    assert web.get("/tasks/step/next/").url == f"/tasks/{tasks[25].number}/"
    response = card(web, tasks[25])
    assert "26 из 27" in text_of(response)
    assert neighbour_urls(response) == ("/tasks/step/previous/", f"/tasks/{tasks[26].number}/")
    assert web.get("/tasks/step/previous/").url == f"/tasks/{tasks[24].number}/"


def test_arrows_skip_tasks_that_are_not_visible_any_more(
    people: People, owner: User, web: Client
) -> None:
    tasks = [make(owner) for _ in range(3)]
    web.get("/tasks/my/?group=none&sort=number")
    SigningTask.objects.filter(pk=tasks[1].pk).update(manager=people["neighbour"])
    assert neighbour_urls(card(web, tasks[0])) == ("", f"/tasks/{tasks[2].number}/")


def test_a_task_outside_the_list_has_no_arrows(owner: User, web: Client) -> None:
    assert "neighbours" not in card(web, make(owner)).context
    assert web.get("/tasks/step/next/").url == "/"


# --- Colleagues ----------------------------------------------------------------------------------


def test_a_viewer_is_named_until_they_leave(people: People, owner: User, web: Client) -> None:
    task, mate = make(owner), browser_of(people["mate"])
    name = f"Смотрит: {people['mate']}".replace("\N{NO-BREAK SPACE}", " ")
    start = clock.now()
    with time_machine.travel(start, tick=False) as now:
        card(mate, task)
        page = card(web, task)
        assert name in text_of(page)
        assert str(owner) not in text_of(page).partition("Смотрит")[2][:40]
        now.shift(timedelta(seconds=30))
        mate.get(f"/tasks/{task.number}/live/")
        now.shift(timedelta(seconds=45))
        assert name in text_of(card(web, task))
        now.shift(timedelta(seconds=10))
        assert name not in text_of(card(web, task))
        mate.get(f"/tasks/{task.number}/live/", headers={"X-Idle": "1"})
        assert name not in text_of(card(web, task))


# --- The client ----------------------------------------------------------------------------------


def test_the_client_can_be_reminded_once_an_hour(people: People, owner: User, web: Client) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    page = card(web, task).content.decode()
    assert f'href="tel:{task.contact_version.phone}"' in page
    assert f'action="/tasks/{task.number}/remind/"' in page
    for _ in range(2):
        web.post(f"/tasks/{task.number}/remind/")
    jobs = OutboxJob.objects.filter(kind="send_message", subject=task.number)
    assert [job.payload["template"] for job in jobs] == ["signing_reminder"] * 2  # SMS, mail
    page = text_of(card(web, task))
    assert "«Напомнить» пока нельзя: Клиенту уже напомнили меньше часа назад." in page
    assert "Клиенту отправлено напоминание" in page
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        web.post(f"/tasks/{task.number}/remind/")
    assert jobs.all().count() == 4
    browser_of(people["mate"]).post(f"/tasks/{task.number}/remind/")
    assert jobs.all().count() == 4


# --- Files and history ---------------------------------------------------------------------------


def test_all_files_are_downloaded_as_one_zip(people: People, owner: User, web: Client) -> None:
    pdf, word = store_bytes(b"%PDF-1.7", "application/pdf"), store_bytes(b"PK", "application/zip")
    task = make(owner, document_version__source=word, document_version__pdf=pdf)
    AuthorityDocument.objects.create(
        task=task,
        file=store_bytes(b"%PDF-1.7 paper", "application/pdf"),
        file_name="../Приказ.pdf",
        request_ref="r1",
    )
    address = f"/tasks/{task.number}/files.zip"
    response = web.get(address)
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "Документ, версия 1/Договор.pdf": b"%PDF-1.7",
            "Документ, версия 1/Исходный файл/Договор.docx": b"PK",
            "Документы о полномочиях/Приказ.pdf": b"%PDF-1.7 paper",
        }
    assert browser_of(people["neighbour"]).get(address).status_code == 404


def test_the_history_shows_calls_of_systems_with_their_results(owner: User, web: Client) -> None:
    task = make(owner)
    refusal = Refused("messages", "bad_number", "Петров +7912")
    unavailable = Unavailable("archive_apd", "answered 503")
    for kind, state, attempts, error in [
        ("send_document", OutboxJob.State.DONE, 3, None),
        ("send_message", OutboxJob.State.PARKED, 1, refusal),
        ("submit_document_to_archive", OutboxJob.State.OPEN, 2, unavailable),
        ("expire", OutboxJob.State.DONE, 1, None),
    ]:
        OutboxJob.objects.create(
            kind=kind,
            subject=task.number,
            queue_key=task.queue_key,
            state=state,
            attempts=attempts,
            **(error_columns(error) if error else {}),
            closed_at=clock.now(),
        )
    page = text_of(web.get(f"/tasks/{task.number}/history/?show=system"))
    assert "Отправка документа: выполнено, 3 попытки" in page
    assert "Сообщение клиенту: не удалось, 1 попытка, отказ: bad_number" in page
    assert "Передача документа в архив: выполняется, 2 попытки, система не отвечает" in page
    assert "Петров" not in page
    user_events = text_of(web.get(f"/tasks/{task.number}/history/?show=people"))
    assert "Отправка документа" not in user_events
