"""Who may open which form (domain, section 2)."""

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
WHO = {
    "owner": 200,
    "mate": 200,
    "lead": 403,
    "head": 403,
    "lead_manager": 200,
    "head_manager": 200,
    "administrator": 403,
    "roleless": 302,
    "blocked": 302,
    "nobody": 302,
}


@pytest.mark.parametrize("path", ["", "company/", "company/clients/", "company/document/"])
@pytest.mark.parametrize(("who", "status"), WHO.items())
@pytest.mark.django_db
def test_forms_are_for_managers(who: str, status: int, path: str) -> None:
    browser = browser_of(make_people()[who])
    answer = browser.get(f"/tasks/new/{path}", headers={"HX-Request": "true"})
    assert answer.status_code == status


def manager(*types: TaskType) -> User:
    made: User = UserFactory(roles=[Role.MANAGER], types=list(types))
    return made


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.django_db
def test_only_the_opened_types_are_offered(slug: str) -> None:
    browser = browser_of(manager(SLUGS[slug]))
    page = browser.get("/tasks/new/").content.decode()
    offered = [each for each in SLUGS if f"/tasks/new/{each}/" in page]
    assert offered == [slug]


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "path", ["", "draft/", "close/", "account/", "contact/find/", "document/", "reopen/"]
)
@pytest.mark.django_db
def test_a_type_that_is_not_opened_is_refused(slug: str, path: str) -> None:
    others = [task_type for task_type in TaskType if task_type != SLUGS[slug]]
    answer = browser_of(manager(*others)).post(f"/tasks/new/{slug}/{path}")
    assert answer.status_code == 403
    assert SLUGS[slug].label in answer.content.decode()


@pytest.mark.django_db
def test_one_to_whom_no_type_is_opened_sees_how_to_ask() -> None:
    page = browser_of(manager()).get("/tasks/new/").content.decode()
    assert "Ни один тип заданий вам пока не открыт" in page
    assert "Прошу предоставить доступ" in page
