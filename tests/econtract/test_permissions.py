"""Who may open what: one table a screen (domain, section 2)."""

import pytest

from accounts.models import User
from archive.files.storage import store_bytes
from tasks.models import AuthorityDocument, SigningTask
from tasks.statuses import Status
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
# Pages that also want the role «Менеджер»: 403 for those who see the task without it.
WORK = SEE | {
    "lead": 403,
    "head": 403,
    "foreign_lead": 403,
    "foreign_head": 403,
    "administrator": 403,
}
LISTS = {who: 302 if who in {"roleless", "blocked", "nobody"} else 200 for who in SEE}
LISTS_ALL = LISTS | {"colleague": 302, "neighbour": 302}
LISTS_MY = LISTS | dict.fromkeys(
    ["lead", "head", "foreign_lead", "foreign_head", "administrator"], 302
)
# What only «Менеджер» does, whosever the tasks are.
MANAGERS = LISTS | dict.fromkeys(
    ["lead", "head", "foreign_lead", "foreign_head", "administrator"], 403
)
EDITORS = MANAGERS | {"administrator": 200}
ADMINISTRATORS = {who: 403 if code == 200 else code for who, code in LISTS.items()} | {
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
    "/notifications/": LISTS,
    "/admin/": ADMINISTRATORS,
    "/admin/accounts/user/": ADMINISTRATORS,
    "/admin/tasks/signingtask/why/": ADMINISTRATORS,
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
    "/tasks/my/": LISTS_MY,
    "/tasks/all/": LISTS_ALL,
    "/tasks/archive/": LISTS,
    "/tasks/archive/filters/": LISTS,
    "/tasks/archive/export.xlsx": LISTS,
    "/tasks/owners/": LISTS,
    "/search/?q=ромашка": LISTS,
    "/reports/": LISTS,
    "/reports/tasks.xlsx": LISTS,
    "/help/statuses/": LISTS,
    "/help/guide/": LISTS,
    "/help/keys/": LISTS,
    "/palette/": LISTS,
    "/notifications/settings/": LISTS,
    "/access/": dict.fromkeys(SEE, 200) | {"blocked": 302, "nobody": 302},
}


@pytest.mark.parametrize("address", PAGES)
def test_who_opens_which_page(people: People, task: SigningTask, address: str) -> None:
    assert {who: _status(people[who], address, task) for who in SEE} == PAGES[address]


def _status(user: User | None, address: str, task: SigningTask) -> int:
    response = browser_of(user).get(address.format(task=task.number))
    if response.streaming:
        b"".join(response.streaming_content)  # the file is closed at its end
    return response.status_code


FILES = ["document/{version}/pdf/", "document/{version}/source/", "authority/{paper}/", "package/"]


@pytest.mark.parametrize("file", FILES)
def test_who_downloads_which_file(people: People, file: str) -> None:
    stored = store_bytes(b"%PDF-1.7 contents", "application/pdf")
    version = DocumentVersionFactory(source=stored, pdf=stored)
    task = SigningTaskFactory(
        manager=people["owner"],
        status=Status.COMPLETED,
        document_version=version,
        package=PackageFactory(file=stored),
    )
    paper = AuthorityDocument.objects.create(
        task=task, file=stored, file_name="Приказ.pdf", request_ref="r1"
    )
    address = "/tasks/{task}/" + file.replace("{version}", str(version.pk)).replace(
        "{paper}", str(paper.pk)
    )
    assert {who: _status(people[who], address, task) for who in SEE} == SEE


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
def test_an_action_is_no_get(people: People, task: SigningTask, action: str) -> None:
    response = browser_of(people["owner"]).get(f"/tasks/{task.number}/{action}")
    assert response.status_code == (200 if action == "do/cancel/" else 405)


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


@pytest.mark.parametrize(("who", "takes"), TAKERS.items())
def test_who_takes_a_task_over(people: People, task: SigningTask, who: str, takes: bool) -> None:
    browser_of(people[who]).post(f"/tasks/{task.number}/take/")
    assert (fresh(task).manager == people[who]) is takes


COMMENTERS = {
    "owner": True,
    "lead": True,
    "lead_manager": True,
    "administrator": True,
    "head": False,
    "head_manager": False,
    "mate": False,
}


@pytest.mark.parametrize(("who", "may"), COMMENTERS.items())
def test_who_comments(people: People, task: SigningTask, who: str, may: bool) -> None:
    browser = browser_of(people[who])
    page = browser.get(f"/tasks/{task.number}/").content.decode()
    assert ("Добавить комментарий" in page) is may
    browser.post(f"/tasks/{task.number}/comment/", {"text": "Перезвонить завтра"})
    assert task.comments.exists() is may


APPROVERS = {
    "head": True,
    "head_manager": True,
    "owner": False,
    "lead": False,
    "mate": False,
    "administrator": False,
}


@pytest.mark.parametrize(("who", "may"), APPROVERS.items())
def test_who_approves(people: People, who: str, may: bool) -> None:
    task = SigningTaskFactory(
        manager=people["owner"], status=Status.ON_APPROVAL, approval_needed=True
    )
    browser = browser_of(people[who])
    assert ("Согласовать" in browser.get(f"/tasks/{task.number}/").content.decode()) is may
    browser.post(f"/tasks/{task.number}/do/approve/", {"words": ""})
    assert (fresh(task).status == Status.IDENTIFICATION_REQUESTED) is may


def test_a_head_does_not_approve_his_own_task(people: People) -> None:
    own = SigningTaskFactory(
        manager=people["head_manager"], status=Status.ON_APPROVAL, approval_needed=True
    )
    browser_of(people["head_manager"]).post(f"/tasks/{own.number}/do/approve/", {"words": ""})
    assert fresh(own).status == Status.ON_APPROVAL


def test_a_version_of_another_task_is_not_served(people: People, task: SigningTask) -> None:
    foreign = DocumentVersionFactory()
    address = f"/tasks/{task.number}/document/{foreign.pk}/source/"
    assert browser_of(people["owner"]).get(address).status_code == 404


def test_the_refusal_names_the_role_that_is_wanted(people: People, task: SigningTask) -> None:
    response = browser_of(people["lead"]).post(f"/tasks/{task.number}/take/")
    assert response.status_code == 403
    assert "Нужна роль «Менеджер»" in response.content.decode()


def test_a_person_without_a_role_is_told_how_to_ask_for_one(people: People) -> None:
    page = browser_of(people["roleless"]).get("/", follow=True).content.decode()
    assert "<h1>Предоставление доступа</h1>" in page
    assert "Логин: roleless" in page


def test_the_session_of_a_blocked_person_ends_at_once(people: People) -> None:
    owner = people["owner"]
    browser = browser_of(owner)
    assert browser.get("/tasks/my/").status_code == 200
    assert owner is not None
    owner.is_active = False
    owner.save()
    assert browser.get("/tasks/my/").status_code == 302
