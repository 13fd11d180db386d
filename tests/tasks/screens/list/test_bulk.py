"""Actions on many tasks at once: each has its own result; invisible tasks stay invisible."""

import html
import io
import re
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from accounts.models import AccessGroup, User
from accounts.roles import TaskType
from archive.files.storage import store_bytes
from econtract.platform.common import clock
from tasks.actions import bulk, handover
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.factories import (
    DocumentVersionFactory,
    PackageFactory,
    SigningTaskFactory,
    fresh,
    join,
)
from tests.support.people import People, browser_of

NOWHERE = 987_654_321


@pytest.fixture
def mate(people: People) -> User:
    user = people["mate"]
    assert user is not None
    return user


@pytest.fixture
def web(mate: User) -> Client:
    """The mate sees the owner's tasks and may take them."""
    return browser_of(mate)


def act(web: Client, action: str, *tasks: SigningTask | int, **fields: Any) -> Any:
    numbers = [task if isinstance(task, int) else task.number for task in tasks]
    values = {"task": numbers, "back": "/tasks/all/?group=none", **fields}
    return web.post(f"/tasks/bulk/{action}", values, follow=True)


def report(response: Any) -> dict[int, str]:
    return {result.number: result.reason for result in response.context["refusals"]}


def test_taking_all_leads_back_to_the_list_with_their_count(owner: User, web: Client) -> None:
    tasks = [SigningTaskFactory(manager=owner) for _ in range(2)]
    response = act(web, "take/", *tasks)
    assert response.redirect_chain[-1][0] == "/tasks/all/?group=none"
    assert "Принято в работу: 2 задания" in response.content.decode()
    assert {fresh(task).manager.username for task in tasks} == {"mate"}


def test_a_refused_task_is_reported_and_does_not_stop_the_others(
    people: People, owner: User, mate: User, web: Client
) -> None:
    free, mine = SigningTaskFactory(manager=owner), SigningTaskFactory(manager=mate)
    done = SigningTaskFactory(manager=owner, status=Status.COMPLETED)
    foreign = SigningTaskFactory(manager=people["neighbour"], client__short_name="ООО «Тайна»")
    response = act(web, "take/", mine, foreign, free, done, NOWHERE)
    assert report(response) == {
        mine.number: "Задание уже у вас в работе.",
        done.number: "Задание завершено: принимать в работу нечего.",
        foreign.number: "Задание не найдено.",
        NOWHERE: "Задание не найдено.",
    }
    assert "Тайна" not in response.content.decode()
    assert fresh(free).manager == mate
    assert fresh(foreign).manager == people["neighbour"]


def test_a_task_taken_since_the_list_was_shown_stays_with_the_faster_user(
    people: People, owner: User, web: Client
) -> None:
    task = SigningTaskFactory(manager=owner)
    rendered_at = clock.now() - timedelta(seconds=1)
    faster = people["colleague"]
    assert faster is not None
    group = AccessGroup.objects.get(members__user=people["mate"])
    join(group, faster, AccessGroup.MEMBER_MANAGER)
    handover.take_over(task=task, actor=faster)
    response = act(web, "take/", task, rendered_at=rendered_at.isoformat())
    assert report(response) == {task.number: f"Задание уже принял в работу сотрудник {faster}."}
    assert fresh(task).manager == faster


def test_a_task_of_a_type_that_is_not_open_is_not_taken(
    owner: User, mate: User, web: Client
) -> None:
    closed = SigningTaskFactory(manager=owner, task_type=TaskType.CONTRACTOR)
    task = SigningTaskFactory(manager=owner)
    mate.type_accesses.filter(task_type=TaskType.CONTRACTOR).delete()
    [(number, reason)] = report(act(web, "take/", task, closed)).items()
    assert number == closed.number
    assert "Вам не открыт тип заданий «ДГПХ»" in reason
    assert (fresh(task).manager, fresh(closed).manager) == (mate, owner)


def undo_in(response: Any) -> str:
    """The address of the button «Отменить» in a message of the page."""
    [address] = re.findall(r'<form method="post" action="([^"]*undo[^"]*)">', page_of(response))
    return html.unescape(address)


def page_of(response: Any) -> str:
    text: str = response.content.decode()
    return text


def test_taken_tasks_can_be_given_back_to_their_managers(
    people: People, owner: User, web: Client
) -> None:
    other = people["colleague"]
    assert other is not None
    group = AccessGroup.objects.get(members__user=people["mate"])
    join(group, other, AccessGroup.MEMBER_MANAGER)
    tasks = [SigningTaskFactory(manager=manager) for manager in (owner, other, owner)]
    undo = undo_in(act(web, "take/", *tasks))
    assert {fresh(task).manager.username for task in tasks} == {"mate"}
    response = web.post(undo, follow=True)
    assert response.redirect_chain[-1][0] == "/tasks/all/?group=none"
    assert "Возвращено: 3 задания" in page_of(response)
    assert [fresh(task).manager for task in tasks] == [owner, other, owner]


def test_an_undo_gives_back_only_what_was_taken(owner: User, mate: User, web: Client) -> None:
    """The user's own task was not taken, so it is not given back."""
    free, mine = SigningTaskFactory(manager=owner), SigningTaskFactory(manager=mate)
    response = act(web, "take/", mine, free)
    assert "Принято в работу: 1 задание" in page_of(response)
    back = web.post(undo_in(response))
    assert back.headers["Location"] == "/tasks/all/?group=none", "nothing was refused"
    assert (fresh(free).manager, fresh(mine).manager) == (owner, mate)
    assert "undo" not in page_of(act(web, "take/", mine))


def test_an_undo_that_is_too_late_is_refused_for_each_task(
    owner: User, mate: User, web: Client
) -> None:
    tasks = [SigningTaskFactory(manager=owner) for _ in range(2)]
    with time_machine.travel(clock.now(), tick=False) as watch:
        undo = undo_in(act(web, "take/", *tasks))
        watch.shift(handover.UNDO + timedelta(seconds=1))
        response = web.post(undo, follow=True)
    assert report(response) == {task.number: handover.TOO_LATE.message for task in tasks}
    assert {fresh(task).manager for task in tasks} == {mate}


def test_an_undo_does_not_reach_tasks_of_others(people: People, owner: User) -> None:
    task = SigningTaskFactory(manager=owner)
    act(browser_of(people["mate"]), "take/", task)
    address = f"/tasks/bulk/take/undo/?task={task.number}&task={NOWHERE}"
    for who, reason in {"neighbour": bulk.NOT_FOUND, "owner": "Вернуть нельзя"}.items():
        reasons = report(browser_of(people[who]).post(address))
        assert reasons.keys() == {task.number, NOWHERE}
        assert reasons[task.number].startswith(reason)
    assert fresh(task).manager == people["mate"]


@pytest.mark.parametrize("numbers", [[], ["x", "²", "-1"], [*range(1, bulk.LIMIT + 2)]])
def test_no_selection_and_too_many_tasks_are_refused_on_the_list(
    web: Client, numbers: list[Any]
) -> None:
    response = web.post("/tasks/bulk/take/", {"task": numbers}, follow=True)
    assert f"от одного до {bulk.LIMIT}" in response.content.decode()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "javascript:x", ""])
def test_the_return_url_stays_on_the_site(owner: User, web: Client, back: str) -> None:
    response = web.post(
        "/tasks/bulk/take/", {"task": [SigningTaskFactory(manager=owner).number], "back": back}
    )
    assert response.headers["Location"] == "/"


def test_handing_over_asks_for_the_receiver_and_reports_what_was_refused(
    people: People, owner: User, mate: User
) -> None:
    web = browser_of(owner)
    open_to_mate = SigningTaskFactory(manager=owner)
    closed = SigningTaskFactory(manager=owner, task_type=TaskType.CONTRACTOR)
    foreign = SigningTaskFactory(manager=people["neighbour"])
    mate.type_accesses.filter(task_type=TaskType.CONTRACTOR).delete()
    selection = [open_to_mate, closed, foreign]
    page = act(web, "hand/", *selection).content.decode()
    assert f'name="task" value="{open_to_mate.number}" checked' in page
    assert fresh(open_to_mate).manager == owner
    assert act(web, "hand/", *selection, to="").status_code == 422
    response = act(web, "hand/", *selection, to=mate.pk, comment="Отпуск")
    assert report(response) == {
        closed.number: f"Сотруднику {mate} не открыт тип заданий «ДГПХ».",
        foreign.number: "Задание не найдено.",
    }
    assert fresh(open_to_mate).manager == mate
    assert open_to_mate.history.get().comment == "Отпуск"


def pdf(text: bytes) -> Any:
    stored = store_bytes(b"%PDF-1.7 " + text, "application/pdf")
    return DocumentVersionFactory(source=stored, pdf=stored, file_name="../Договор:1.docx")


def test_documents_are_one_archive_with_a_note_about_missing_ones(
    people: People, owner: User, web: Client
) -> None:
    draft = SigningTaskFactory(manager=owner, document_version=pdf(b"draft"))
    package = PackageFactory(file=store_bytes(b"signed", "application/zip"))
    done = SigningTaskFactory(manager=owner, status=Status.COMPLETED, package=package)
    bare = SigningTaskFactory(manager=owner, document_version=None)
    lost = SigningTaskFactory(manager=owner)  # a row whose bytes are gone
    foreign = SigningTaskFactory(manager=people["neighbour"], document_version=pdf(b"secret"))
    response = act(web, "documents.zip", draft, done, bare, lost, foreign)
    assert response.headers["Content-Type"] == "application/zip"
    content = b"".join(response.streaming_content)
    assert b"secret" not in content
    archive = ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    *files, notes = archive.namelist()
    assert files == [f"{draft.number}_Договор 1.pdf", f"{done.number}_{package.file_name}"]
    assert [archive.read(name) for name in files] == [b"%PDF-1.7 draft", b"signed"]
    assert notes == "Не вошло.txt"
    assert archive.read(notes).decode("utf-8-sig").splitlines() == [
        f"{bare.number}: Документ не вложен или еще преобразуется.",
        f"{foreign.number}: Задание не найдено.",
        f"{lost.number}_Договор.pdf: файл поврежден или еще проверяется на вирусы",
    ]


def test_tasks_without_documents_give_a_page_instead_of_an_archive(
    owner: User, web: Client
) -> None:
    bare = SigningTaskFactory(manager=owner, document_version=None)
    assert list(report(act(web, "documents.zip", bare, NOWHERE))) == [bare.number, NOWHERE]


def test_the_export_holds_the_selected_visible_tasks(
    people: People, owner: User, web: Client
) -> None:
    task, other = SigningTaskFactory(manager=owner), SigningTaskFactory(manager=owner)
    foreign = SigningTaskFactory(manager=people["neighbour"])
    response = act(web, "export.xlsx", task, foreign)
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [task.number]
    assert other.number != task.number
    assert f"не найдены: {foreign.number}" in web.get("/tasks/all/?group=none").content.decode()
    assert list(report(act(web, "export.xlsx", foreign))) == [foreign.number]


@pytest.mark.parametrize("who", ["lead", "head", "administrator"])
def test_users_with_read_access_can_download_and_not_take(
    people: People, owner: User, who: str
) -> None:
    task, web = (
        SigningTaskFactory(manager=owner, document_version=pdf(b"x")),
        browser_of(people[who]),
    )
    assert act(web, "take/", task).status_code == 403
    assert act(web, "hand/", task).status_code == 403
    for action in ("documents.zip", "export.xlsx"):
        response = act(web, action, task)
        assert response.status_code == 200
        b"".join(response.streaming_content)
