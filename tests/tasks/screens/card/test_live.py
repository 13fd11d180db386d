"""The card's poll, and how many queries a card takes."""

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from tasks.actions.perform_action import perform_action
from tasks.models import Comment, SigningTask
from tasks.statuses import Status
from tests.support.cards import NOW, make, text_of
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
    HistoryEntryFactory,
)
from tests.support.people import People, browser_of


def live_url(web: Client, task: SigningTask) -> str:
    address: str = web.get(f"/tasks/{task.number}/").context["live_url"]
    return address


@time_machine.travel(NOW, tick=False)
def test_a_poll_of_the_card_is_empty_until_something_changes(owner: User, web: Client) -> None:
    task = make(owner)
    address = live_url(web, task)
    assert web.get(address).status_code == 204
    Comment.objects.create(task=task, author=owner, text="Перезвонил")
    response = web.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="card-discussion" data-hx-swap-oob="morph"' in page
    # Unchanged regions stay as they are: the user may be working in them.
    assert "card-document" not in page
    assert web.get(response.context["live_url"]).status_code == 204


def test_a_poll_returns_the_new_status_and_announces_it(owner: User, web: Client) -> None:
    task = make(owner, Status.IDENTIFIED, seamless=False)
    address = live_url(web, task)
    perform_action(task=task, name="proceed", actor=owner)
    response = web.get(address)
    assert "Создание ЛК Лида. Ход системы" in text_of(response)
    assert "announce" in response.headers["HX-Trigger"]
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("seen", ["", "x", "head:zz,current_step"])
def test_a_poll_with_unknown_hashes_gets_every_region(owner: User, web: Client, seen: str) -> None:
    task = make(owner)
    page = web.get(f"/tasks/{task.number}/live/?seen={seen}").content.decode()
    assert "card-head" in page
    assert "card-signing" in page


# --- Cost ---------------------------------------------------------------------------------------


MAX_QUERIES = 12
STAGES = [
    Status.ON_APPROVAL,
    Status.IDENTIFICATION_PENDING,
    Status.CABINET_FAILED,
    Status.SIGNING_FAILED,
    Status.DOCUMENT_SIGNING,
    Status.ARCHIVE_FAILED,
    Status.COMPLETED,
]


def make_full_task(status: Status, owner: User) -> SigningTask:
    """A task with a history, comments and versions; signed by both where it can be."""
    sent = status in {*STAGES[3:]}
    task = make(owner, status, **({"exchange": ExchangeFactory()} if sent else {}))
    for number in range(2, 7):
        HistoryEntryFactory(task=task, actor=owner)
        Comment.objects.create(task=task, author=owner, text="x")
        DocumentVersionFactory(document=task.document, number=number)
    return task


@pytest.mark.parametrize("status", STAGES)
def test_the_card_makes_at_most_a_dozen_queries_in_every_stage(
    owner: User,
    web: Client,
    status: Status,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    task = make_full_task(status, owner)
    tab = "archive" if task.is_finished else "all"
    assert web.get(f"/tasks/{tab}/?group=none").status_code == 200
    # The first request records the viewing and marks notifications as read.
    web.get(f"/tasks/{task.number}/")
    with django_assert_max_num_queries(MAX_QUERIES):
        page = web.get(f"/tasks/{task.number}/")
    assert "neighbours" in page.context
    assert len(page.context["card"].discussion.comments) == 5


@pytest.mark.parametrize("number", [0, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_no_task_has_is_not_found(web: Client, number: int) -> None:
    assert web.get(f"/tasks/{number}/").status_code == 404
    assert web.get(f"/tasks/{number}/live/").status_code == 404


@pytest.mark.parametrize("who", ["lead", "head", "administrator"])
def test_users_who_see_others_tasks_need_no_more_queries(
    people: People,
    owner: User,
    who: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    task, web = make_full_task(Status.DOCUMENT_SIGNING, owner), browser_of(people[who])
    web.get(f"/tasks/{task.number}/")
    with django_assert_max_num_queries(MAX_QUERIES):
        assert web.get(f"/tasks/{task.number}/").status_code == 200
