"""«Почему видно / не видно»: the report agrees with visibility and actions."""

import pytest
from django.test import Client

from accounts.models import AccessGroup, User
from accounts.roles import Role
from tasks.admin.visibility_report import build_visibility_report
from tasks.models import SigningTask
from tests.support.factories import join
from tests.support.people import People, browser_of

URL = "/admin/tasks/signingtask/why/"
NO_GROUP = "нет общей группы доступа"
# For each user: whether they see the owner's task, and the reason on the page.
REASONS = {
    "owner": (True, "Это его собственное задание."),
    "mate": (True, "Менеджер группы, где менеджеры видят задания друг друга"),
    "lead": (True, "Тимлидер группы"),
    "lead_manager": (True, "Тимлидер группы"),
    "head": (True, "Руководитель группы"),
    "head_manager": (True, "Руководитель группы"),
    "administrator": (True, "Администратор видит все задания."),
    "colleague": (False, "менеджеры этой группы не видят задания друг друга"),
    "neighbour": (False, NO_GROUP),
    "foreign_lead": (False, NO_GROUP),
    "foreign_head": (False, NO_GROUP),
    "roleless": (False, "нет ни одной роли"),
    "blocked": (False, "заблокированный не видит ничего"),
}


@pytest.fixture
def admin_client(people: People) -> Client:
    return browser_of(people["administrator"])


def get_page(admin_client: Client, user: User | None, number: int) -> str:
    assert user is not None
    response = admin_client.get(URL, {"user": user.pk, "task": number})
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


@pytest.mark.parametrize(
    ("who", "visible", "reason"), [(who, *expected) for who, expected in REASONS.items()]
)
def test_the_page_says_why_a_task_is_visible_or_not(
    people: People, admin_client: Client, task: SigningTask, who: str, visible: bool, reason: str
) -> None:
    page = get_page(admin_client, people[who], task.number)
    assert f"{people[who]} {'видит' if visible else 'не видит'} <a" in page
    assert reason in page


def test_the_page_reports_a_member_without_the_role(
    people: People, admin_client: Client, task: SigningTask
) -> None:
    lead = people["lead"]
    assert lead is not None
    lead.roles.all().delete()
    lead.roles.create(role=Role.HEAD)
    page = get_page(admin_client, lead, task.number)
    assert "участвует как «Тимлидер», но роли «Тимлидер» у него нет" in page


def test_the_task_of_a_team_leader_is_visible_through_their_group(
    people: People, admin_client: Client, task: SigningTask
) -> None:
    SigningTask.objects.update(manager=people["lead_manager"])
    assert "Руководитель группы: «" in get_page(admin_client, people["head"], task.number)
    assert "Тимлидер группы: «" in get_page(admin_client, people["lead"], task.number)
    colleague = get_page(admin_client, people["colleague"], task.number)
    assert "менеджеры этой группы не видят задания друг друга" in colleague
    assert NO_GROUP in get_page(admin_client, people["mate"], task.number)


def test_every_reason_is_listed(people: People, task: SigningTask) -> None:
    mate = people["mate"]
    assert mate is not None
    AccessGroup.objects.update(managers_see_each_other=True)
    shared = AccessGroup.objects.filter(members__user=people["owner"])
    for group in shared.exclude(members__user=mate):
        join(group, mate, AccessGroup.MEMBER_MANAGER)
    assert len(build_visibility_report(mate, task).reasons) == 2


@pytest.mark.parametrize("who", [who for who, (visible, _) in REASONS.items() if visible])
def test_actions_work_as_the_report_says(people: People, task: SigningTask, who: str) -> None:
    user = people[who]
    assert user is not None
    allowed = {
        check.label: not check.refusals for check in build_visibility_report(user, task).checks
    }
    browser = browser_of(user)
    browser.post(f"/tasks/{task.number}/comment/", {"text": "x"})
    assert task.comments.exists() is allowed["Написать комментарий"]
    browser.post(f"/tasks/{task.number}/do/cancel/", {"comment": "x"})
    task = SigningTask.objects.get(pk=task.pk)
    assert task.is_finished is allowed["Отменить задание"]
    if not task.is_finished:
        browser.post(f"/tasks/{task.number}/take/")
        is_taken = SigningTask.objects.get(pk=task.pk).manager == user
        assert is_taken is allowed["Принять в работу"]


def test_one_parameter_fills_the_form_and_bad_ones_are_refused(
    people: People, admin_client: Client, task: SigningTask
) -> None:
    owner = people["owner"]
    assert str(owner) in admin_client.get(URL, {"user": owner.pk}).content.decode()
    form = admin_client.get(URL, {"task": task.number}).content.decode()
    assert f'value="{task.number}"' in form
    assert "Задание не найдено" in get_page(admin_client, owner, 987_654_321)
    page = admin_client.get(URL, {"user": "x", "task": "1"}).content.decode()
    assert "Выберите сотрудника" in page


def test_only_administrators_open_the_page(people: People, task: SigningTask) -> None:
    statuses = {
        who: browser_of(user).get(URL).status_code
        for who, user in people.items()
        if who not in {"roleless", "blocked", "nobody"}
    }
    assert {who for who, status in statuses.items() if status == 200} == {"administrator"}


def test_the_card_the_task_and_the_user_link_to_the_page(
    people: People, admin_client: Client, task: SigningTask
) -> None:
    owner = people["owner"]
    assert owner is not None
    for url, query in {
        f"/tasks/{task.number}/": f"?task={task.number}",
        f"/admin/tasks/signingtask/{task.number}/change/": f"?task={task.number}",
        f"/admin/accounts/user/{owner.pk}/change/": f"?user={owner.pk}",
    }.items():
        assert f'href="{URL}{query}"' in admin_client.get(url).content.decode()
    assert URL not in browser_of(owner).get(f"/tasks/{task.number}/").content.decode()
