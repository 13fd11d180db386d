"""What surrounds a card: the list one came from, colleagues, reminders, files, calls outside."""

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
from tests.support.factories import SigningTaskFactory
from tests.support.people import People, browser_of
from tests.tasks.screens.card.test_card import text_of


def make(owner: User, status: Status = Status.IDENTIFICATION_PENDING, **more: Any) -> SigningTask:
    task: SigningTask = SigningTaskFactory(manager=owner, status=status, **more)
    return task


def card(web: Client, task: SigningTask) -> Any:
    response = web.get(f"/tasks/{task.number}/")
    assert response.status_code == 200
    return response


def beside(response: Any) -> tuple[str, str]:
    """Where the arrows of a card lead."""
    neighbours = response.context["neighbours"]
    return neighbours.previous_url, neighbours.next_url


# --- The list one came from ----------------------------------------------------------------------


def test_arrows_walk_the_list_as_it_was_drawn(owner: User, web: Client) -> None:
    tasks = [make(owner) for _ in range(3)]
    web.get("/tasks/my/?group=none&sort=number")
    # What has been worked on stays in its place, whatever the order is by now.
    SigningTask.objects.filter(pk=tasks[1].pk).update(status=Status.DOCUMENT_SIGNING)
    response = card(web, tasks[1])
    assert beside(response) == (f"/tasks/{tasks[0].number}/", f"/tasks/{tasks[2].number}/")
    assert "2 из 3" in text_of(response)
    assert 'href="/tasks/my/?group=none&amp;sort=number"' in response.content.decode()


def test_arrows_go_on_at_the_end_of_a_page(owner: User, web: Client) -> None:
    tasks = [make(owner) for _ in range(27)]
    web.get("/tasks/my/?group=none&sort=number")
    response = card(web, tasks[24])
    assert "25 из 27" in text_of(response)
    assert beside(response)[1] == "/tasks/step/next/"
    assert web.get("/tasks/step/next/").url == f"/tasks/{tasks[25].number}/"
    response = card(web, tasks[25])
    assert "26 из 27" in text_of(response)
    assert beside(response) == ("/tasks/step/previous/", f"/tasks/{tasks[26].number}/")
    assert web.get("/tasks/step/previous/").url == f"/tasks/{tasks[24].number}/"


def test_a_task_that_may_no_longer_be_seen_is_stepped_over(
    people: People, owner: User, web: Client
) -> None:
    tasks = [make(owner) for _ in range(3)]
    web.get("/tasks/my/?group=none&sort=number")
    SigningTask.objects.filter(pk=tasks[1].pk).update(manager=people["neighbour"])
    assert beside(card(web, tasks[0])) == ("", f"/tasks/{tasks[2].number}/")


def test_a_task_that_was_on_no_list_has_no_arrows(owner: User, web: Client) -> None:
    assert "neighbours" not in card(web, make(owner)).context
    assert web.get("/tasks/step/next/").url == "/"


# --- Colleagues ----------------------------------------------------------------------------------


def test_a_colleague_who_looks_is_named_until_he_has_left(
    people: People, owner: User, web: Client
) -> None:
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


def test_the_client_is_reminded_once_an_hour(people: People, owner: User, web: Client) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING)
    page = card(web, task).content.decode()
    assert f'href="tel:{task.contact_version.phone}"' in page
    assert f'action="/tasks/{task.number}/remind/"' in page
    for _ in range(2):
        web.post(f"/tasks/{task.number}/remind/")
    sent = OutboxJob.objects.filter(kind="send_message", subject=task.number)
    assert [job.payload["template"] for job in sent] == ["signing_reminder"] * 2  # SMS, mail
    page = text_of(card(web, task))
    assert "«Напомнить» пока нельзя: Клиенту уже напомнили меньше часа назад." in page
    assert "Клиенту отправлено напоминание" in page
    with time_machine.travel(clock.now() + timedelta(hours=2)):
        web.post(f"/tasks/{task.number}/remind/")
    assert sent.all().count() == 4
    browser_of(people["mate"]).post(f"/tasks/{task.number}/remind/")
    assert sent.all().count() == 4


# --- Files and history ---------------------------------------------------------------------------


def test_everything_is_downloaded_as_one_zip(people: People, owner: User, web: Client) -> None:
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
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as book:
        assert {name: book.read(name) for name in book.namelist()} == {
            "Документ, версия 1/Договор.pdf": b"%PDF-1.7",
            "Документ, версия 1/Исходный файл/Договор.docx": b"PK",
            "Документы о полномочиях/Приказ.pdf": b"%PDF-1.7 paper",
        }
    assert browser_of(people["neighbour"]).get(address).status_code == 404


def test_the_history_tells_calls_outside_with_their_results(owner: User, web: Client) -> None:
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
    people_only = text_of(web.get(f"/tasks/{task.number}/history/?show=people"))
    assert "Отправка документа" not in people_only
