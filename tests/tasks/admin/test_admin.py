"""«Администрирование»: access to the Django admin, and the changes of users and groups there."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.utils import flatten, label_for_field
from django.contrib.auth.models import Permission
from django.db.models import Model
from django.test import Client, RequestFactory

from accounts.models import AccessGroup, JournalEntry, User
from accounts.roles import Role, TaskType
from tasks.models import SigningTask
from tasks.transitions import Actor
from tests.support.factories import (
    AccessGroupFactory,
    HistoryEntryFactory,
    SigningTaskFactory,
    join,
)
from tests.support.people import People, browser_of


@pytest.fixture
def administrator(people: People) -> User:
    user = people["administrator"]
    assert user is not None
    return user


@pytest.fixture
def web(administrator: User) -> Client:
    return browser_of(administrator)


def test_only_an_administrator_has_access(people: People) -> None:
    statuses = {who: browser_of(user).get("/admin/").status_code for who, user in people.items()}
    without_session = {"roleless", "blocked", "nobody"}
    assert statuses == {
        who: 302 if who in without_session else 200 if who == "administrator" else 403
        for who in people
    }


def test_the_admin_has_no_sign_in_page_of_its_own(people: People) -> None:
    response = browser_of(None).get("/admin/login/?next=/admin/accounts/user/")
    assert response.headers["Location"] == "/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_every_list_opens(web: Client, model: Any) -> None:
    HistoryEntryFactory()
    meta = model._meta
    assert web.get(f"/admin/{meta.app_label}/{meta.model_name}/").status_code == 200


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_columns_and_fields_are_named_in_russian(
    administrator: User, rf: RequestFactory, model: type[Model]
) -> None:
    request, page = rf.get("/"), admin.site._registry[model]
    request.user = administrator
    names = [*page.get_list_display(request), *flatten(page.get_fields(request, model()))]
    labels = {label_for_field(name, model, page) for name in names} - {"action_checkbox"}
    not_russian = {label for label in labels if not re.search("[а-яё]", str(label), re.IGNORECASE)}
    assert not_russian <= {"ID", "SHA-256"}


def user_form(user: User, roles: list[str] | None = None, **changes: str) -> dict[str, str]:
    """The data of the change form of ``user`` that leaves them exactly ``roles``."""
    grants = {grant.role: grant.pk for grant in user.roles.all()}
    rows = list(grants) if roles is None else sorted({*grants, *roles})
    form = {
        "username": user.username,
        "last_name": user.last_name,
        "first_name": user.first_name,
        "patronymic": user.patronymic,
        "time_zone": user.time_zone,
        "roles-TOTAL_FORMS": str(len(rows)),
        "roles-INITIAL_FORMS": str(len(grants)),
    }
    roles_in_order = [role for role in rows if role in grants] + [
        role for role in rows if role not in grants
    ]
    for index, role in enumerate(roles_in_order):
        form[f"roles-{index}-role"] = role
        form[f"roles-{index}-user"] = str(user.pk)
        form[f"roles-{index}-id"] = str(grants.get(role, ""))
        if roles is not None and role not in roles:
            form[f"roles-{index}-DELETE"] = "on"
    for prefix in ("type_accesses", "User_regions", "Region_managers"):
        form |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    return form | changes


def test_a_role_given_in_the_admin_is_journalled(
    people: People, administrator: User, web: Client
) -> None:
    roleless = people["roleless"]
    assert roleless is not None
    roleless.type_accesses.all().delete()
    response = web.post(
        f"/admin/accounts/user/{roleless.pk}/change/", user_form(roleless, [Role.MANAGER])
    )
    assert response.status_code == 302
    assert User.objects.get(pk=roleless.pk).role_codes == {Role.MANAGER}
    entry = JournalEntry.objects.get()
    assert (entry.actor, entry.subject, entry.change) == (
        administrator,
        roleless,
        "Выдано: роль «Менеджер»",
    )


def test_the_last_administrator_keeps_the_role_and_sees_the_reason(
    administrator: User, web: Client
) -> None:
    administrator.type_accesses.all().delete()
    response = web.post(
        f"/admin/accounts/user/{administrator.pk}/change/", user_form(administrator, [])
    )
    assert response.status_code == 200
    assert "последний администратор" in response.content.decode()
    assert User.objects.get(pk=administrator.pk).is_administrator


def test_blocking_asks_for_a_reason_and_ends_the_session(people: People, web: Client) -> None:
    owner = people["owner"]
    assert owner is not None
    session = browser_of(owner)
    url = f"/admin/accounts/user/{owner.pk}/block/"
    assert web.get(url).status_code == 200
    assert web.post(url, {"reason": " "}).status_code == 422
    assert session.get("/tasks/my/").status_code == 200
    assert web.post(url, {"reason": "Уволен"}).status_code == 302
    assert session.get("/tasks/my/").status_code == 302
    assert JournalEntry.objects.get().change == "Заблокирован: Уволен"
    web.post(f"/admin/accounts/user/{owner.pk}/unblock/")
    assert User.objects.get(pk=owner.pk).is_active


def test_tasks_of_a_blocked_user_go_to_a_successor_and_the_rest_is_listed(
    people: People, administrator: User, web: Client
) -> None:
    owner, mate = people["owner"], people["mate"]
    assert owner is not None
    assert mate is not None
    mate.type_accesses.filter(task_type=TaskType.CONTRACTOR).delete()
    open_task, completed_task = (
        SigningTaskFactory(manager=owner, status=s) for s in ("identified", "completed")
    )
    other_task = SigningTaskFactory(manager=owner, task_type=TaskType.CONTRACTOR)
    url = f"/admin/accounts/user/{owner.pk}/block/"
    assert "Открытых заданий у него: 2" in web.get(url).content.decode()
    values = {"reason": "Уволен", "successor": str(administrator.pk)}
    assert web.post(url, values).status_code == 422
    response = web.post(url, {**values, "successor": str(mate.pk)}, follow=True)
    assert f"Не переданы задания {other_task.number}. Сотруднику {mate} не открыт тип" in (
        response.content.decode()
    )
    assert set(SigningTask.objects.filter(manager=mate)) == {open_task}
    assert set(SigningTask.objects.filter(manager=owner)) == {completed_task, other_task}
    assert {
        entry.change for entry in JournalEntry.objects.filter(subject=owner, actor=administrator)
    } == {
        "Заблокирован: Уволен",
        f"Открытые задания переданы сотруднику {mate}: 1; не переданы: {other_task.number}",
    }
    assert open_task.history.get().acted_as == Actor.SUPPORT


def test_the_last_administrator_cannot_block_themselves(administrator: User, web: Client) -> None:
    response = web.post(f"/admin/accounts/user/{administrator.pk}/block/", {"reason": "Отпуск"})
    assert response.status_code == 422
    assert "последний администратор" in response.content.decode()


def test_users_are_never_deleted(people: People, web: Client) -> None:
    roleless = people["roleless"]
    assert roleless is not None
    assert web.get(f"/admin/accounts/user/{roleless.pk}/delete/").status_code == 403


def test_a_group_offers_three_capacities_and_journals_its_members(
    people: People, web: Client
) -> None:
    group = AccessGroupFactory(name="Юг")
    lead, head = people["lead"], people["head"]
    assert lead is not None
    assert head is not None
    join(group, head, AccessGroup.MEMBER_HEAD)
    url = f"/admin/accounts/accessgroup/{group.pk}/change/"
    page = web.get(url).content.decode()
    member = group.members.get()
    permissions = {p.codename: str(p.pk) for p in Permission.objects.filter(codename__contains="_")}
    options = re.findall(r"members-0-permission.*?</select>", page, re.DOTALL)[0]
    assert re.findall(r">([^<>]+)</option>", options) == [
        "---------",
        "Менеджер",
        "Тимлидер",
        "Руководитель",
    ]
    prefix = "members"
    response = web.post(
        url,
        {
            "name": "Юг",
            f"{prefix}-TOTAL_FORMS": "2",
            f"{prefix}-INITIAL_FORMS": "1",
            f"{prefix}-0-id": str(member.pk),
            f"{prefix}-0-content_object": str(group.pk),
            f"{prefix}-0-user": str(head.pk),
            f"{prefix}-0-permission": permissions["member_head"],
            f"{prefix}-0-DELETE": "on",
            f"{prefix}-1-content_object": str(group.pk),
            f"{prefix}-1-user": str(lead.pk),
            f"{prefix}-1-permission": permissions["member_team_lead"],
        },
    )
    assert response.status_code == 302
    assert {entry.change for entry in JournalEntry.objects.all()} == {
        "Снято: группа «Юг», Руководитель",
        "Выдано: группа «Юг», Тимлидер",
    }


def test_the_groups_switch_is_journalled_for_its_managers(people: People, web: Client) -> None:
    group, lead, mate = AccessGroupFactory(name="Юг"), people["lead"], people["mate"]
    assert lead is not None
    assert mate is not None
    join(group, lead, AccessGroup.MEMBER_TEAM_LEAD)
    join(group, mate, AccessGroup.MEMBER_MANAGER)
    form = {
        "name": "Юг",
        "managers_see_each_other": "on",
        "members-TOTAL_FORMS": "0",
        "members-INITIAL_FORMS": "0",
    }
    url = f"/admin/accounts/accessgroup/{group.pk}/change/"
    assert web.post(url, form).status_code == 302
    assert [(entry.subject, entry.change) for entry in JournalEntry.objects.order_by("pk")] == [
        (mate, "Снято: группа «Юг», Менеджер"),
        (mate, "Выдано: группа «Юг», Менеджер (менеджеры видят задания друг друга)"),
    ]
    journal = web.get(f"/admin/accounts/journalentry/?subject__id__exact={mate.pk}")
    assert "менеджеры видят задания друг друга" in journal.content.decode()
    lead_journal = web.get(f"/admin/accounts/journalentry/?subject__id__exact={lead.pk}")
    assert "менеджеры видят" not in lead_journal.content.decode()


def test_a_member_has_one_of_the_three_capacities_and_no_other_permission(
    people: People, web: Client
) -> None:
    group, lead = AccessGroupFactory(), people["lead"]
    assert lead is not None
    other = Permission.objects.exclude(codename__startswith="member_").first()
    assert other is not None
    response = web.post(
        f"/admin/accounts/accessgroup/{group.pk}/change/",
        {
            "name": group.name,
            "members-TOTAL_FORMS": "1",
            "members-INITIAL_FORMS": "0",
            "members-0-content_object": str(group.pk),
            "members-0-user": str(lead.pk),
            "members-0-permission": str(other.pk),
        },
    )
    assert response.status_code == 200
    assert not group.members.exists()


def test_deleting_a_group_is_journalled_for_its_members(people: People, web: Client) -> None:
    group, lead = AccessGroupFactory(name="Юг"), people["lead"]
    assert lead is not None
    join(group, lead, AccessGroup.MEMBER_TEAM_LEAD)
    web.post(f"/admin/accounts/accessgroup/{group.pk}/delete/", {"post": "yes"})
    assert not AccessGroup.objects.filter(pk=group.pk).exists()
    assert JournalEntry.objects.get().change == "Снято: группа «Юг», Тимлидер"


@pytest.mark.parametrize(
    "model", ["tasks/signingtask", "accounts/journalentry", "outbox/outboxjob"]
)
def test_rows_that_only_the_product_writes_cannot_be_added(web: Client, model: str) -> None:
    assert web.get(f"/admin/{model}/add/").status_code == 403


def test_a_task_is_shown_with_its_history_and_cannot_be_changed(web: Client) -> None:
    entry = HistoryEntryFactory()
    url = f"/admin/tasks/signingtask/{entry.task_id}/change/"
    page = web.get(url).content.decode()
    assert "Ожидание идентификации" in page
    assert 'name="_save"' not in page
    assert web.post(url, {"manager": "1"}).status_code == 403
