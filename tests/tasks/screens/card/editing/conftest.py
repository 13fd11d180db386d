"""A task whose contact, account and document may be changed."""

import pytest

from accounts.models import User
from tasks.models import SigningTask
from tasks.statuses import Resolution, Status
from tests.support.factories import SigningTaskFactory
from tests.support.factories_clients import ContactFactory


@pytest.fixture
def task(owner: User) -> SigningTask:
    task: SigningTask = SigningTaskFactory(
        manager=owner,
        status=Status.IDENTIFICATION_FAILED,
        resolution=Resolution.DATA_MISMATCH,
        contact_version=ContactFactory(phone="+79120000001").current,
    )
    return task
