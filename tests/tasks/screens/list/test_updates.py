"""The poll of a list: what has changed since the page was shown."""

import pytest
from django.test import Client

from accounts.models import User
from tasks.actions.perform_action import perform_action
from tasks.statuses import Resolution, Status
from tests.support.factories import SigningTaskFactory
from tests.support.lists import make_task
from tests.support.people import People


def test_a_poll_is_empty_until_something_changes(owner: User, web: Client) -> None:
    task = make_task(owner, Status.IDENTIFICATION_FAILED, resolution=Resolution.DATA_REFUSED)
    address = web.get("/tasks/my/?group=none").context["updates_url"]
    assert web.get(address).status_code == 204
    perform_action(task=task, name="restart_identification", actor=owner, comment="")
    response = web.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 задание обновлено" in page
    assert 'data-hx-swap-oob="morph"' in page
    # The response has a new poll URL with what it has shown, so the next poll is empty again.
    assert web.get(response.context["updates_url"]).status_code == 204


def test_a_poll_counts_a_task_that_has_left_the_list(owner: User, web: Client) -> None:
    task = make_task(owner, Status.IDENTIFICATION_FAILED, resolution=Resolution.DATA_REFUSED)
    address = web.get("/tasks/my/?group=none").context["updates_url"]
    perform_action(task=task, name="cancel", actor=owner, reason="Передумали")
    assert "1 задание обновлено" in web.get(address).content.decode()


def test_a_poll_updates_the_counters_of_other_tabs(
    people: People, owner: User, web: Client
) -> None:
    address = web.get("/tasks/my/?group=none").context["updates_url"]
    SigningTaskFactory(manager=people["mate"])
    response = web.get(address)
    assert [tab["count"] for tab in response.context["nav"].tabs][:2] == [0, 1]
    assert not response.context["updates"]


@pytest.mark.parametrize("seen", ["", "x", "2026-13-01"])
def test_a_poll_without_a_valid_time_is_refused(web: Client, seen: str) -> None:
    assert web.get(f"/tasks/my/news/?seen={seen}").status_code == 404
