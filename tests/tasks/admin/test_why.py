"""«Почему видно / не видно»: the administrator reads the product's own answer."""

import pytest
from django.test import Client

from accounts.models import AccessGroup, User
from accounts.roles import Role
from tasks.admin.why import answer
from tasks.models import SigningTask
from tests.support.factories import join
from tests.support.people import People, browser_of

NO_GROUP = "нет общей группы доступа"
BECAUSE = {
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
def web(people: People) -> Client:
    return browser_of(people["administrator"])


def ask(web: Client, user: User | None, number: int) -> str:
    assert user is not None
    response = web.get("/admin/tasks/signingtask/why/", {"user": user.pk, "task": number})
    assert response.status_code == 200
    text: str = response.content.decode()
    return text


@pytest.mark.parametrize(("who", "seen", "why"), [(who, *why) for who, why in BECAUSE.items()])
def test_the_rule_that_lets_or_what_is_lacking_is_named(
    people: People, web: Client, task: SigningTask, who: str, seen: bool, why: str
) -> None:
    page = ask(web, people[who], task.number)
    assert f"{people[who]} {'видит' if seen else 'не видит'} <a" in page
    assert why in page


def test_a_membership_without_its_role_is_what_is_lacking(
    people: People, web: Client, task: SigningTask
) -> None:
    lead = people["lead"]
    assert lead is not None
    lead.roles.all().delete()
    lead.roles.create(role=Role.HEAD)
    page = ask(web, lead, task.number)
    assert "участвует как «Тимлидер», но роли «Тимлидер» у него нет" in page


def test_every_rule_that_lets_is_named(people: People, task: SigningTask) -> None:
    mate = people["mate"]
    assert mate is not None
    AccessGroup.objects.update(managers_see_each_other=True)
    shared = AccessGroup.objects.filter(members__user=people["owner"])
    for group in shared.exclude(members__user=mate):
        join(group, mate, AccessGroup.MEMBER_MANAGER)
    assert len(answer(mate, task).because) == 2


@pytest.mark.parametrize("who", [who for who, (seen, _) in BECAUSE.items() if seen])
def test_what_is_said_of_actions_is_what_the_product_does(
    people: People, task: SigningTask, who: str
) -> None:
    user = people[who]
    assert user is not None
    said = {one.label: not one.refusals for one in answer(user, task).verdicts}
    browser = browser_of(user)
    browser.post(f"/tasks/{task.number}/comment/", {"text": "x"})
    assert task.comments.exists() is said["Написать комментарий"]
    browser.post(f"/tasks/{task.number}/do/cancel/", {"words": "x"})
    after = SigningTask.objects.get(pk=task.pk)
    assert after.is_finished is said["Отменить задание"]
    if not after.is_finished:
        browser.post(f"/tasks/{task.number}/take/")
        taken = SigningTask.objects.get(pk=task.pk).manager == user
        assert taken is said["Принять в работу"]


def test_half_a_question_is_filled_in_and_nonsense_is_told(
    people: People, web: Client, task: SigningTask
) -> None:
    address = "/admin/tasks/signingtask/why/"
    owner = people["owner"]
    assert str(owner) in web.get(address, {"user": owner.pk}).content.decode()
    assert f'value="{task.number}"' in web.get(address, {"task": task.number}).content.decode()
    assert "Задание не найдено" in ask(web, owner, 987_654_321)
    assert "Выберите сотрудника" in web.get(address, {"user": "x", "task": "1"}).content.decode()


def test_only_an_administrator_asks(people: People, task: SigningTask) -> None:
    answers = {
        who: browser_of(user).get("/admin/tasks/signingtask/why/").status_code
        for who, user in people.items()
        if who not in {"roleless", "blocked", "nobody"}
    }
    assert {who for who, code in answers.items() if code == 200} == {"administrator"}


def test_the_way_to_it_is_on_the_card_on_the_task_and_on_the_person(
    people: People, web: Client, task: SigningTask
) -> None:
    address, owner = "/admin/tasks/signingtask/why/", people["owner"]
    assert owner is not None
    for page, asked in {
        f"/tasks/{task.number}/": f"?task={task.number}",
        f"/admin/tasks/signingtask/{task.number}/change/": f"?task={task.number}",
        f"/admin/accounts/user/{owner.pk}/change/": f"?user={owner.pk}",
    }.items():
        assert f'href="{address}{asked}"' in web.get(page).content.decode()
    assert address not in browser_of(owner).get(f"/tasks/{task.number}/").content.decode()
