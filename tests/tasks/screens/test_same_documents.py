"""The form and the card warn of a document that is already being signed."""

import pytest

from accounts.models import User
from clients.models import Client
from tasks.actions.same_documents import find_same_documents
from tasks.models import SigningTask
from tasks.statuses import Status
from tests.support.cards import text_of
from tests.support.factories import SigningTaskFactory
from tests.support.people import People, browser_of

WARNING = "уже подписывается"


@pytest.fixture
def other(task: SigningTask) -> SigningTask:
    """Another manager's task with the document of `task`."""
    made: SigningTask = SigningTaskFactory(
        manager=User.objects.get(username="mate"),
        client=task.client,
        document_number=task.document_number,
        document_version=task.document_version,
    )
    return made


def card_text(user: User | None, task: SigningTask) -> str:
    return text_of(browser_of(user).get(f"/tasks/{task.number}/"))


def test_the_card_links_to_the_other_task(
    people: People, task: SigningTask, other: SigningTask
) -> None:
    page = browser_of(people["owner"]).get(f"/tasks/{task.number}/")
    assert f"уже подписывается: задание {other.number}" in text_of(page)
    assert f'href="/tasks/{other.number}/"' in page.content.decode()


def test_the_card_does_not_show_a_task_that_the_user_cannot_see(
    people: People, task: SigningTask, other: SigningTask
) -> None:
    assert WARNING in card_text(people["owner"], task)
    assert WARNING not in card_text(people["lead"], task)


@pytest.mark.parametrize("difference", ["number", "client", "content", "finished"])
def test_another_document_is_no_reason_to_warn(
    people: People, task: SigningTask, other: SigningTask, difference: str
) -> None:
    changes = SigningTask.objects.filter(pk=other.pk)
    match difference:
        case "number":
            changes.update(document_number="another")
        case "client":
            Client.objects.filter(pk=task.client_id).update(kpp="784201001")
            twin = Client.objects.create(kind="legal", short_name="x", inn=task.client.inn)
            changes.update(client=twin)
        case "content":
            changes.update(document_version=SigningTaskFactory().document_version)
        case _:
            changes.update(status=Status.CANCELLED, completed_at=task.created_at)
    assert WARNING not in card_text(people["owner"], task)


def test_a_task_without_a_document_has_no_twin(people: People, task: SigningTask) -> None:
    owner = people["owner"]
    assert owner is not None
    assert find_same_documents(owner, None, inn="1", kpp="", document_number="1") == ()
