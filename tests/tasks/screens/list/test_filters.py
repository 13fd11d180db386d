"""Filters of a list, the page of filters, and the suggestions of managers."""

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import TaskType
from econtract.platform.common import clock
from tasks.statuses import Resolution, Status
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import RegionFactory
from tests.support.lists import make_task, numbers_on_page
from tests.support.people import People, browser_of


def test_every_filter_narrows_the_list(people: People, owner: User, web: Client) -> None:
    with clock.travel_to(clock.now() - timedelta(days=40)):
        old = make_task(
            owner,
            Status.SIGNING_FAILED,
            resolution=Resolution.CLIENT_REFUSED,
            region=RegionFactory(name="Тверская область", account_prefix="310"),
            task_type=TaskType.SELF_EMPLOYED,
        )
    new = SigningTaskFactory(manager=people["mate"])
    day = (clock.now() - timedelta(days=20)).date().isoformat()
    for parameters, task in {
        "status=signing_failed": old,
        "stage=signing": old,
        "stage=identification": new,
        "resolution=client_refused": old,
        "type=self_employed": old,
        f"region={old.region_id}": old,
        f"owner={new.manager_id}": new,
        f"from={day}": new,
        f"to={day}": old,
    }.items():
        response = web.get(f"/tasks/all/?group=none&{parameters}")
        assert numbers_on_page(response) == [task.number], parameters
        assert len(response.context["active_filters"]) == 1, parameters


@pytest.mark.parametrize(
    "query",
    [
        "status=nonsense&stage=%00&resolution='&type=1;drop&region=99999999999999999999&owner=x",
        "from=2026-02-31&to=0001-01-01&sort=password&page=-1&size=7&q=%00%00",
        "from=9999-12-31&to=9999-12-31&page=99999999999999",
        f"q={'я' * 600}",
    ],
)
def test_invalid_parameters_are_ignored(web: Client, query: str) -> None:
    assert web.get(f"/tasks/my/?group=none&{query}").status_code == 200


def test_a_status_that_no_task_of_the_tab_can_have_finds_nothing(owner: User, web: Client) -> None:
    make_task(owner, Status.COMPLETED)
    assert numbers_on_page(web.get("/tasks/archive/?status=completed")) != []
    assert numbers_on_page(web.get("/tasks/archive/?status=identified&stage=done")) == []
    assert numbers_on_page(web.get("/tasks/archive/?stage=signing")) == []


def test_suggested_managers_are_those_whose_tasks_are_visible(people: People) -> None:
    page = browser_of(people["lead"]).get("/tasks/owners/?owner_q=иванова").content.decode()
    owner, neighbour = people["owner"], people["neighbour"]
    assert owner is not None
    assert neighbour is not None
    assert str(owner) in page
    assert str(neighbour) not in page


def test_the_filters_page_keeps_the_current_query(web: Client) -> None:
    response = web.get("/tasks/my/filters/?group=call&q=ромашка&status=signing_failed")
    page = response.content.decode()
    assert '<option value="signing_failed" selected>' in page
    assert '<input type="hidden" name="group" value="call">' in page
    assert '<input type="hidden" name="q" value="ромашка">' in page
