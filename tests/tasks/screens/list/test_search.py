"""The search in a list and in the header."""

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from clients.models import ContactVersion
from tasks.models import SigningTask, queries
from tasks.statuses import Status
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.support.lists import make_task, numbers_on_page
from tests.support.people import People, browser_of


def test_a_search_matches_every_identifier_of_a_task(owner: User, web: Client) -> None:
    client = ClientFactory(short_name="ООО «Ёлка и Ко»", inn="7707083893", ogrn="1027700132195")
    contact = ContactFactory(client=client, phone="+79035550102")
    task = make_task(
        owner,
        client=client,
        contact_version=contact.current,
        document_number="Д-17/А",
        account_number="850777666555",
    )
    make_task(owner)
    code = task.document_version.archive_code if task.document_version else ""
    for text in [
        str(task.number),
        "елка",
        "ЁЛКА и",
        "7707083893",
        "1027700132195",
        "Д-17/А",
        "850777666555",
        "8 (903) 555-01-02",
        code,
    ]:
        response = web.get("/tasks/my/", {"group": "none", "q": text})
        assert numbers_on_page(response) == [task.number], text


# What people type and paste, besides the identifiers themselves.
TEXTS = [
    "Самойлова",
    "самойлова инна",
    "Buhgalter@Vector.example",
    "buhgalter@",
    "vector.example",
    "почта: buhgalter@vector.example",
    "17/А-20",
    "17/а-20",
    "Договор Д-17/А-2026",
    "7707049388/784201001",
    "7707049388 784201001",
    "7707049388-784201001",
    "7707049388784201001",
    "ИНН/КПП 7707049388/784201001",
    "ИНН 7707049388 КПП 784201001",
    "Задание {number}",
    "задание № {number}",
    "№{number}",
    "тел. +7 (903) 555-01-02",
    "Телефон: 8 903 555 01 02",
    "ЛС 850777666555",
    "dtrnjh",  # «вектор», «самойлова», «buhgalter» in the other layout
    "DTRNJH",
    "cfvjqkjdf",
    "игрпфдеук",
]


@pytest.mark.parametrize("text", TEXTS)
def test_one_search_finds_what_people_type_and_paste(
    people: People, owner: User, web: Client, text: str
) -> None:
    client = ClientFactory(short_name="ООО «Вектор»", inn="7707049388", kpp="784201001")
    contact = ContactFactory(
        client=client,
        phone="+79035550102",
        version__surname="Самойлова",
        version__given_name="Инна",
        version__email="buhgalter@vector.example",
    )
    task = make_task(
        owner,
        client=client,
        contact_version=contact.current,
        document_number="Д-17/А-2026",
        account_number="850777666555",
    )
    make_task(owner, document_number="Д-18/Б-2027")
    branch = ClientFactory(short_name="Филиал", inn="7707049388", kpp="503201001")
    other = make_task(owner, client=branch)
    text = text.format(number=task.number)
    response = web.get("/tasks/my/", {"group": "none", "q": text})
    assert set(numbers_on_page(response)) - {other.number} == {task.number}
    assert numbers_on_page(response) == [task.number] or "КПП" not in text
    header = web.get("/search/", {"q": text})
    page = header.headers.get("Location", "") or header.content.decode()
    assert f"/tasks/{task.number}/" in page
    stranger = browser_of(people["neighbour"]).get("/search/", {"q": text})
    assert numbers_on_page(stranger) == []


def test_a_name_that_begins_like_a_label_is_found(owner: User, web: Client) -> None:
    task = make_task(owner, client=ClientFactory(short_name="ООО «Договор Сервис»"))
    make_task(owner, client=ClientFactory(short_name="ООО «Сервис»"))
    response = web.get("/tasks/my/", {"group": "none", "q": "договор сервис"})
    assert numbers_on_page(response) == [task.number]


def test_postgresql_has_indexes_for_parts_of_texts(db: None) -> None:
    names = set()
    with connection.cursor() as cursor:
        for model in (SigningTask, ContactVersion):
            names |= set(connection.introspection.get_constraints(cursor, model._meta.db_table))
    indexes = {"contact_name_trigram", "contact_email_trigram", "task_document_trigram"}
    assert (indexes <= names) is (connection.vendor == "postgresql")


def test_an_exact_match_wins_over_names_that_contain_it(owner: User, web: Client) -> None:
    by_name = make_task(owner, client=ClientFactory(short_name="Завод 991812"))
    response = web.get("/tasks/my/", {"group": "none", "q": "991812"})
    assert numbers_on_page(response) == [by_name.number]
    exact = make_task(owner, document_number="991812")
    response = web.get("/tasks/my/", {"group": "none", "q": "991812"})
    assert numbers_on_page(response) == [exact.number]


@pytest.mark.parametrize("limit", ["MAX_IDS", "MAX_CLIENT_IDS"])
def test_a_word_with_many_matches_finds_them_all(
    owner: User, web: Client, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    by_name = [
        make_task(owner, client=ClientFactory(short_name=f"ООО «Вектор {n}»")) for n in "123"
    ]
    make_task(owner, Status.COMPLETED, client=by_name[0].client)
    make_task(owner)
    monkeypatch.setattr(queries, limit, 1)
    response = web.get("/tasks/my/?group=none&q=вектор")
    assert sorted(numbers_on_page(response)) == sorted(task.number for task in by_name)
    assert "Найдено 3 задания" in response.content.decode()


def test_a_search_has_pages_and_a_total(owner: User, web: Client) -> None:
    for number in range(30):
        make_task(owner, client=ClientFactory(short_name=f"ООО «Вектор {number}»"))
    make_task(owner, Status.COMPLETED, client=ClientFactory(short_name="ООО «Вектор»"))
    pages = [web.get(f"/tasks/my/?group=none&q=вектор&page={page}") for page in (1, 2, 3)]
    assert [len(numbers_on_page(page)) for page in pages] == [25, 5, 5]
    assert all("Найдено 30 заданий" in page.content.decode() for page in pages)
    tasks = SigningTask.objects.search("вектор")
    assert (len(tasks.numbers or ()), tasks.in_work().numbers) == (31, None)
    assert tasks.in_work().count() == 30
    assert numbers_on_page(web.get("/tasks/my/?group=none&q=звезда")) == []


@pytest.mark.parametrize("text", ["7707083893", "Альфа"])
def test_an_exact_match_of_many_tasks_finds_them_all(
    owner: User, web: Client, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    client = ClientFactory(inn="7707083893", short_name="ООО «Звезда Альфа»")
    shared = [make_task(owner, client=client, document_number="Альфа").number for _ in range(3)]
    make_task(owner, client=client if text == "Альфа" else ClientFactory(), document_number="16")
    monkeypatch.setattr(queries, "MAX_IDS", 1)
    assert sorted(numbers_on_page(web.get(f"/tasks/my/?group=none&q={text}"))) == sorted(shared)


def test_the_header_search_covers_finished_tasks_and_opens_a_task_number(
    owner: User, web: Client
) -> None:
    done = make_task(owner, Status.COMPLETED, client=ClientFactory(short_name="АО «Вектор»"))
    assert numbers_on_page(web.get("/search/", {"q": "вектор"})) == [done.number]
    assert web.get("/search/", {"q": str(done.number)}).headers["Location"] == (
        f"/tasks/{done.number}/"
    )
    assert web.get("/search/").status_code == 200


def test_the_header_search_shows_only_visible_tasks(people: People) -> None:
    hidden = SigningTaskFactory(manager=people["owner"])
    web = browser_of(people["neighbour"])
    for text in (str(hidden.number), hidden.client.inn):
        response = web.get("/search/", {"q": text})
        assert response.status_code == 200
        assert numbers_on_page(response) == []
