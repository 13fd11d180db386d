"""Quick filters: what they hold, and how the current one is remembered."""

import pytest
from django.test import Client

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tests.support.lists import make_task, numbers_on_page


@pytest.fixture
def task_to_call(owner: User) -> SigningTask:
    """A task in the quick filters «Звонок клиенту» and «Обработка ошибок»."""
    return make_task(owner, Status.IDENTIFICATION_FAILED, resolution=Resolution.DATA_REFUSED)


def test_a_quick_filter_counts_and_filters(
    owner: User, web: Client, task_to_call: SigningTask
) -> None:
    make_task(owner)
    response = web.get("/tasks/my/?group=call")
    assert numbers_on_page(response) == [task_to_call.number]
    chips = {chip["label"]: chip["count"] for chip in response.context["chips"]}
    assert chips == {
        "Обработка ошибок": 1,
        "Звонок клиенту": 1,
        "Редактирование": 0,
        "На согласовании": 0,
    }


def test_a_quick_filter_is_remembered_for_both_tabs(web: Client) -> None:
    web.get("/tasks/my/?group=call")
    assert web.get("/tasks/my/").headers["Location"] == "/tasks/my/?group=call"
    assert web.get("/tasks/all/").headers["Location"] == "/tasks/all/?group=call"
    tabs = web.get("/tasks/my/?group=call").context["nav"].tabs
    assert [tab["url"] for tab in tabs][:3] == [
        "/tasks/my/?group=call",
        "/tasks/all/?group=call",
        "/tasks/archive/",
    ]


def test_the_redirect_to_the_remembered_quick_filter_keeps_other_filters(web: Client) -> None:
    web.get("/tasks/my/?group=call")
    assert web.get("/tasks/my/?q=7").headers["Location"] == "/tasks/my/?q=7&group=call"


def test_a_second_click_on_a_chip_turns_the_quick_filter_off(web: Client) -> None:
    on = next(c for c in web.get("/tasks/my/?group=call").context["chips"] if c["current"])
    assert on["url"].startswith("?group=none")
    assert web.get(f"/tasks/my/{on['url']}").status_code == 200
    assert web.get("/tasks/my/").status_code == 200


def test_the_archive_has_no_quick_filters_and_does_not_forget_the_current_one(
    owner: User, web: Client
) -> None:
    done = make_task(owner, Status.COMPLETED)
    web.get("/tasks/my/?group=call")
    response = web.get("/tasks/archive/")
    assert response.context["chips"] == []
    assert numbers_on_page(response) == [done.number]
    assert web.get("/tasks/my/").headers["Location"] == "/tasks/my/?group=call"


def test_an_unknown_quick_filter_changes_nothing(owner: User, web: Client) -> None:
    make_task(owner)
    web.get("/tasks/my/?group=call")
    assert len(numbers_on_page(web.get("/tasks/my/?group=nonsense"))) == 1
    assert web.get("/tasks/my/").headers["Location"] == "/tasks/my/?group=call"
