"""People and one task of the owner's, for the tables of who may what."""

import pytest
from django.test import Client

from accounts.models import User
from tasks.models import SigningTask
from tests.support.factories import SigningTaskFactory
from tests.support.people import browser_of, make_people

People = dict[str, User | None]


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def owner(people: People) -> User:
    """The manager whose tasks they are."""
    user = people["owner"]
    assert user is not None
    return user


@pytest.fixture
def web(owner: User) -> Client:
    """His browser, logged in."""
    return browser_of(owner)


@pytest.fixture
def task(people: People) -> SigningTask:
    made: SigningTask = SigningTaskFactory(manager=people["owner"])
    return made


def fresh(task: SigningTask) -> SigningTask:
    """The task as the database has it: its status cannot be refreshed in place."""
    return SigningTask.objects.get(pk=task.pk)
