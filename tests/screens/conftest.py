"""People and one task of the owner's, for the tables of who may what."""

import pytest

from accounts.models import User
from tasks.models import SigningTask
from tests.support.factories import SigningTaskFactory
from tests.support.people import make_people

People = dict[str, User | None]


@pytest.fixture
def people(db: None) -> People:
    return make_people()


@pytest.fixture
def task(people: People) -> SigningTask:
    made: SigningTask = SigningTaskFactory(manager=people["owner"])
    return made


def fresh(task: SigningTask) -> SigningTask:
    """The task as the database has it: its status cannot be refreshed in place."""
    return SigningTask.objects.get(pk=task.pk)
