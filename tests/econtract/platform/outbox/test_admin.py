"""Parked jobs in the Django admin: what failed, and the action that repeats them."""

import pytest
from django.test import Client

from econtract.platform.common.errors import Refused
from econtract.platform.outbox import worker
from econtract.platform.outbox.models import OutboxJob
from tests.econtract.platform.outbox.conftest import FakeKind, enqueue
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/outbox/outboxjob/"


@pytest.fixture
def web() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=["administrator"]))
    return client


@pytest.fixture
def job(fake_kind: FakeKind) -> OutboxJob:
    fake_kind.errors = [Refused("edo", "KEY_BLOCKED", "The key is blocked")]
    job = enqueue()
    worker.run_job(job.pk)
    return job


def test_the_list_and_the_page_of_a_job_show_its_last_error(web: Client, job: OutboxJob) -> None:
    for url in (LIST, f"{LIST}{job.pk}/change/"):
        page = web.get(url).content.decode()
        assert "Последняя ошибка" in page
        assert "Refused: edo: KEY_BLOCKED The key is blocked" in page
        assert "Проба" in page


def test_the_list_can_be_filtered_by_kind_and_sorted_by_error(web: Client, job: OutboxJob) -> None:
    assert "Проба" in web.get(f"{LIST}?kind=fake").content.decode()
    assert "KEY_BLOCKED" not in web.get(f"{LIST}?kind=send_document").content.decode()
    assert "KEY_BLOCKED" in web.get(f"{LIST}?o=6").content.decode()


def test_an_administrator_repeats_parked_jobs(web: Client, job: OutboxJob) -> None:
    response = web.post(LIST, {"action": "retry", "_selected_action": [job.pk]}, follow=True)
    assert "Повторено вызовов: 1" in response.content.decode()
    job.refresh_from_db()
    assert job.state == OutboxJob.State.OPEN
