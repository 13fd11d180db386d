"""Access to pages and actions by role and relation to the task (docs/rules.md#roles)."""

import pytest
from pytest_django.fixtures import Settings

from accounts.models import RoleGrant, User
from accounts.roles import Role
from archive.files.storage import store_bytes
from tasks.models import AgentList, AuthorityDocument, BatchRow, SigningTask
from tasks.statuses import Status
from tests.support.batches.factories import BatchRowFactory
from tests.support.factories import (
    DocumentVersionFactory,
    PackageFactory,
    SigningTaskFactory,
    fresh,
)
from tests.support.people import People, browser_of

SEE = {
    "owner": 200,
    "colleague": 404,
    "mate": 200,
    "neighbour": 404,
    "lead": 200,
    "head": 200,
    "lead_manager": 200,
    "head_manager": 200,
    "foreign_lead": 404,
    "foreign_head": 404,
    "administrator": 200,
    "roleless": 302,
    "blocked": 302,
    "nobody": 302,
}
# Pages that also require the role «Менеджер»: 403 for users who only see the task.
WORK = SEE | {
    "lead": 403,
    "head": 403,
    "foreign_lead": 403,
    "foreign_head": 403,
    "administrator": 403,
}
LISTS = {name: 302 if name in {"roleless", "blocked", "nobody"} else 200 for name in SEE}
LISTS_ALL = LISTS | {"colleague": 302, "neighbour": 302}
LISTS_MY = LISTS | dict.fromkeys(
    ["lead", "head", "foreign_lead", "foreign_head", "administrator"], 302
)
# Pages for «Менеджер» that are not about a task.
MANAGERS = LISTS | dict.fromkeys(
    ["lead", "head", "foreign_lead", "foreign_head", "administrator"], 403
)
EDITORS = MANAGERS | {"administrator": 200}
ADMINISTRATORS = {name: 403 if code == 200 else code for name, code in LISTS.items()} | {
    "administrator": 200
}
PAGES = {
    "/tasks/new/": MANAGERS,
    "/tasks/colleagues/": MANAGERS,
    "/tasks/{task}/hand/": WORK,
    "/tasks/{task}/people/": SEE,
    "/tasks/{task}/files.zip": SEE,
    "/manage/companies/": LISTS,
    "/manage/companies/add/": EDITORS,
    "/templates/": ADMINISTRATORS,
    "/templates/add/": ADMINISTRATORS,
    "/notifications/": LISTS,
    "/admin/": ADMINISTRATORS,
    "/admin/accounts/user/": ADMINISTRATORS,
    "/admin/tasks/signingtask/why/": ADMINISTRATORS,
    "/admin/tasks/callscript/": ADMINISTRATORS,
    "/admin/edo/agreementtext/": ADMINISTRATORS,
    "/admin/clients/region/access/": ADMINISTRATORS,
    "/tasks/{task}/": SEE,
    "/tasks/{task}/live/": SEE,
    "/tasks/{task}/history/": SEE,
    "/tasks/{task}/do/cancel/": SEE,
    "/tasks/{task}/contact/edit/": WORK,
    "/tasks/{task}/contact/replace/": WORK,
    "/tasks/{task}/contact/refresh/": WORK,
    "/tasks/{task}/account/": WORK,
    "/tasks/{task}/document/remove/": WORK,
    "/tasks/{task}/document/attach/": WORK,
    "/tasks/{task}/document/files/": WORK,
    "/tasks/my/": LISTS_MY,
    "/tasks/all/": LISTS_ALL,
    "/tasks/archive/": LISTS,
    "/tasks/archive/filters/": LISTS,
    "/tasks/archive/export.xlsx": LISTS,
    "/tasks/owners/": LISTS,
    "/search/?q=ромашка": LISTS,
    "/acts/": LISTS,
    "/acts/new/": MANAGERS,
    "/acts/{list}/": SEE,
    "/acts/{list}/prepare/": {name: 403 if code == 200 else code for name, code in LISTS.items()},
    "/acts/table.xlsx": LISTS,
    "/batches/": LISTS,
    "/batches/new/": {name: 403 if code == 200 else code for name, code in LISTS.items()},
    "/batches/{batch}/": SEE,
    "/batches/{batch}/live/": SEE,
    "/batches/{batch}/report.xlsx": SEE,
    "/batches/{batch}/rows/2/": SEE,
    "/reports/": LISTS,
    "/reports/tasks.xlsx": LISTS,
    "/help/statuses/": LISTS,
    "/help/guide/": LISTS,
    "/help/memo/": LISTS,
    "/help/scripts/": LISTS,
    "/help/prefixes/": LISTS,
    "/help/keys/": LISTS,
    "/palette/": LISTS,
    "/notifications/settings/": LISTS,
    "/access/": dict.fromkeys(SEE, 200) | {"blocked": 302, "nobody": 302},
    "/password/": dict.fromkeys(SEE, 200) | {"blocked": 302, "nobody": 302},
}


@pytest.mark.parametrize("path", PAGES)
def test_access_to_pages(people: People, task: SigningTask, path: str) -> None:
    assert {name: _get_status(people[name], path, task) for name in SEE} == PAGES[path]


def _get_status(user: User | None, path: str, task: SigningTask) -> int:
    if "{batch}" in path:
        row = BatchRow.objects.filter(batch__manager=task.manager).first()
        row = row or BatchRowFactory(batch__manager=task.manager, number=2)
        path = path.replace("{batch}", str(row.batch_id))
    agents, _ = AgentList.objects.get_or_create(manager=task.manager, name="Агенты")
    response = browser_of(user).get(path.format(task=task.number, list=agents.pk))
    if response.streaming:
        b"".join(response.streaming_content)  # reading to the end closes the file
    return response.status_code


FILES = [
    "document/{version}/pdf/",
    "document/{version}/source/",
    "authority/{file}/",
    "package/",
]


@pytest.mark.parametrize("file", FILES)
def test_access_to_files(people: People, file: str) -> None:
    stored = store_bytes(b"%PDF-1.7 contents", "application/pdf")
    version = DocumentVersionFactory(source=stored, pdf=stored)
    task = SigningTaskFactory(
        manager=people["owner"],
        status=Status.COMPLETED,
        document_version=version,
        package=PackageFactory(file=stored),
    )
    document = AuthorityDocument.objects.create(
        task=task, file=stored, file_name="Приказ.pdf", request_ref="r1"
    )
    path = "/tasks/{task}/" + file.replace("{version}", str(version.pk)).replace(
        "{file}", str(document.pk)
    )
    assert {name: _get_status(people[name], path, task) for name in SEE} == SEE


ACTIONS = [
    "take/",
    "take/undo/",
    "comment/",
    "fraud-check/",
    "account/check/",
    "document/retry/",
    "do/cancel/",
]


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_need_post(people: People, task: SigningTask, action: str) -> None:
    response = browser_of(people["owner"]).get(f"/tasks/{task.number}/{action}")
    assert response.status_code == (200 if action == "do/cancel/" else 405)


RUNNERS = {"owner": True, "mate": False, "lead_manager": False, "administrator": False}


@pytest.mark.parametrize(("name", "is_allowed"), RUNNERS.items())
def test_only_its_manager_controls_a_batch(people: People, name: str, is_allowed: bool) -> None:
    """Whoever else may run batches sees it, and no more."""
    user = people[name]
    RoleGrant.objects.create(user=user, role=Role.BATCH_RUNNER)
    row = BatchRowFactory(batch__manager=people["owner"])
    browser, path = browser_of(user), f"/batches/{row.batch_id}/"
    assert ("Запустить" in browser.get(path).content.decode()) is is_allowed
    browser.post(f"{path}do/start/")
    row.batch.refresh_from_db()
    assert row.batch.is_running is is_allowed


def test_starting_a_batch_takes_both_roles(people: People) -> None:
    for name, expected in (("owner", 200), ("lead", 403)):
        RoleGrant.objects.create(user=people[name], role=Role.BATCH_RUNNER)
        assert browser_of(people[name]).get("/batches/new/").status_code == expected


TAKERS = {
    "mate": True,
    "lead_manager": True,
    "head_manager": True,
    "lead": False,
    "head": False,
    "administrator": False,
    "colleague": False,
    "neighbour": False,
}


@pytest.mark.parametrize(("name", "is_allowed"), TAKERS.items())
def test_access_to_takeover(people: People, task: SigningTask, name: str, is_allowed: bool) -> None:
    browser_of(people[name]).post(f"/tasks/{task.number}/take/")
    assert (fresh(task).manager == people[name]) is is_allowed


COMMENTERS = {
    "owner": True,
    "lead": True,
    "lead_manager": True,
    "administrator": True,
    "head": False,
    "head_manager": False,
    "mate": False,
}


@pytest.mark.parametrize(("name", "is_allowed"), COMMENTERS.items())
def test_access_to_comments(people: People, task: SigningTask, name: str, is_allowed: bool) -> None:
    browser = browser_of(people[name])
    page = browser.get(f"/tasks/{task.number}/").content.decode()
    assert ("Добавить комментарий" in page) is is_allowed
    browser.post(f"/tasks/{task.number}/comment/", {"text": "Перезвонить завтра"})
    assert task.comments.exists() is is_allowed


APPROVERS = {
    "head": True,
    "head_manager": True,
    "owner": False,
    "lead": False,
    "mate": False,
    "administrator": False,
}


@pytest.mark.parametrize(("name", "is_allowed"), APPROVERS.items())
def test_access_to_approval(people: People, name: str, is_allowed: bool) -> None:
    task = SigningTaskFactory(
        manager=people["owner"], status=Status.ON_APPROVAL, approval_needed=True
    )
    browser = browser_of(people[name])
    assert ("Согласовать" in browser.get(f"/tasks/{task.number}/").content.decode()) is is_allowed
    browser.post(f"/tasks/{task.number}/do/approve/", {"comment": ""})
    assert (fresh(task).status == Status.IDENTIFICATION_REQUESTED) is is_allowed


def test_a_head_cannot_approve_their_own_task(people: People) -> None:
    own = SigningTaskFactory(
        manager=people["head_manager"], status=Status.ON_APPROVAL, approval_needed=True
    )
    browser_of(people["head_manager"]).post(f"/tasks/{own.number}/do/approve/", {"comment": ""})
    assert fresh(own).status == Status.ON_APPROVAL


def test_a_version_of_another_task_is_not_served(people: People, task: SigningTask) -> None:
    version = DocumentVersionFactory()
    path = f"/tasks/{task.number}/document/{version.pk}/source/"
    assert browser_of(people["owner"]).get(path).status_code == 404


def test_the_403_page_names_the_required_role(people: People, task: SigningTask) -> None:
    response = browser_of(people["lead"]).post(f"/tasks/{task.number}/take/")
    assert response.status_code == 403
    assert "Нужна роль «Менеджер»" in response.content.decode()


def test_a_user_without_roles_sees_how_to_request_access(
    people: People, settings: Settings
) -> None:
    settings.ACCESS_TEMPLATE_URL = "https://cloud.example/template"
    settings.HELPME_URLS = {**settings.HELPME_URLS, "ACCESS": "https://helpme.example/access"}
    page = browser_of(people["roleless"]).get("/", follow=True).content.decode()
    assert "<h1>Предоставление доступа</h1>" in page
    assert "Логин: roleless" in page
    assert 'href="https://cloud.example/template"' in page
    assert 'href="https://helpme.example/access"' in page


def test_blocking_ends_the_session_of_a_user(people: People) -> None:
    owner = people["owner"]
    browser = browser_of(owner)
    assert browser.get("/tasks/my/").status_code == 200
    assert owner is not None
    owner.is_active = False
    owner.save()
    assert browser.get("/tasks/my/").status_code == 302
