"""Who may open which form (docs/rules.md#task-types)."""

import pytest

from accounts.models import User
from accounts.roles import Role, TaskType
from tests.support.factories import UserFactory
from tests.support.people import browser_of, make_people

SLUGS = {
    "company": TaskType.LEGAL,
    "self-employed": TaskType.SELF_EMPLOYED,
    "contractor": TaskType.CONTRACTOR,
}
STATUS_BY_PERSON = {
    "owner": 200,
    "mate": 200,
    "lead": 403,
    "head": 403,
    "lead_manager": 200,
    "head_manager": 200,
    "administrator": 403,
    "roleless": 302,
    # A script is told that the session is over; a page is redirected to the log-in.
    "blocked": 401,
    "nobody": 401,
}


@pytest.mark.parametrize("path", ["", "company/", "company/clients/", "company/document/"])
@pytest.mark.parametrize(("who", "status"), STATUS_BY_PERSON.items())
@pytest.mark.django_db
def test_forms_are_for_managers(who: str, status: int, path: str) -> None:
    browser = browser_of(make_people()[who])
    response = browser.get(f"/tasks/new/{path}", headers={"HX-Request": "true"})
    assert response.status_code == status


def manager(*types: TaskType) -> User:
    user: User = UserFactory(roles=[Role.MANAGER], types=list(types))
    return user


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.django_db
def test_only_permitted_task_types_are_offered(slug: str) -> None:
    browser = browser_of(manager(SLUGS[slug]))
    page = browser.get("/tasks/new/").content.decode()
    assert [name for name in SLUGS if f"/tasks/new/{name}/" in page] == [slug]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "path", ["", "draft/", "close/", "account/", "contact/find/", "document/", "reopen/"]
)
@pytest.mark.django_db
def test_a_task_type_without_access_is_forbidden(slug: str, path: str) -> None:
    others = [task_type for task_type in TaskType if task_type != SLUGS[slug]]
    response = browser_of(manager(*others)).post(f"/tasks/new/{slug}/{path}")
    assert response.status_code == 403
    assert SLUGS[slug].label in response.content.decode()


@pytest.mark.django_db
def test_a_manager_without_task_types_sees_how_to_request_access() -> None:
    page = browser_of(manager()).get("/tasks/new/").content.decode()
    assert "Ни один тип заданий вам пока не открыт" in page
    assert "Прошу предоставить доступ" in page
