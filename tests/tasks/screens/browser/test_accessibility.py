"""The screens pass the audit of accessibility and layout."""

import pytest
from playwright.sync_api import expect

from accounts.models import RoleGrant, User
from accounts.roles import Role
from tasks.actions.comments import add_comment
from tasks.models import Batch, BatchRow, CallScript, SigningTask
from tests.support.batches.factories import BatchFactory, BatchRowFactory
from tests.support.chromium.page_audit import audit
from tests.support.chromium.screens import Screens, assert_accessible
from tests.support.factories import HistoryEntryFactory
from tests.support.factories_clients import ContactFactory
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_screens_pass_the_audit(
    live_people: People, owner: User, full_tasks: dict[str, SigningTask], screens: Screens
) -> None:
    failed = full_tasks["failed"].number
    ContactFactory(client=full_tasks["failed"].client, phone="+79990000000")
    add_comment(
        task=full_tasks["failed"], actor=live_people["lead"], text="@owner, позвоните клиенту"
    )
    addresses = [
        "/notifications/",
        "/tasks/my/?group=none",
        "/tasks/all/?group=call&q=nobody",
        "/tasks/archive/",
        "/tasks/all/filters/?group=none&status=signing_failed",
        "/search/?q=сияние",
        "/search/?q=nobody",
        "/reports/",
        "/reports/?type=contractor",
        "/no/such/page/",
        *(f"/tasks/{task.number}/" for task in full_tasks.values()),
        f"/tasks/{failed}/history/",
        f"/tasks/{failed}/do/cancel/",
        f"/tasks/{failed}/hand/",
        f"/tasks/{failed}/contact/edit/",
        f"/tasks/{failed}/contact/replace/",
        f"/tasks/{failed}/contact/refresh/",
        f"/tasks/{failed}/account/",
        f"/tasks/{failed}/document/remove/",
        f"/tasks/{failed}/document/files/",
        f"/tasks/{full_tasks['removed'].number}/document/attach/",
        "/help/statuses/",
        "/help/guide/",
        "/help/memo/",
        "/help/scripts/",
        "/help/prefixes/",
        "/help/keys/",
        "/palette/?q=сияние",
        "/notifications/?read",
        "/notifications/settings/",
        "/access/",
        "/password/",
    ]
    page = screens.open("/tasks/my/", owner)
    for address in addresses:
        page.goto(address)
        # Before the audit: the CSP reports axe itself.
        assert [text for text in screens.errors if "status of 404" not in text] == [], address
        assert_accessible(page)
        screens.errors.clear()


def test_the_pages_of_batches_pass_the_audit(owner: User, screens: Screens) -> None:
    RoleGrant.objects.create(user=owner, role=Role.BATCH_RUNNER)
    checked = BatchRowFactory(batch__manager=owner, values={"ИНН": "500100732259"}).batch
    BatchRowFactory(batch=checked, state=BatchRow.State.INVALID, problems=["Введите фамилию"])
    running = BatchFactory(manager=owner, state=Batch.State.RUNNING, problem="Ждем ответа")
    for state in BatchRow.State:
        BatchRowFactory(batch=running, state=state, reason="Файл не открывается")
    page = screens.open("/batches/", owner)
    for address in [
        "/batches/",
        "/batches/new/",
        f"/batches/{checked.pk}/",
        f"/batches/{running.pk}/",
        f"/batches/{running.pk}/?rows=failed",
        f"/batches/{checked.pk}/rows/{checked.rows.earliest('pk').number}/",
    ]:
        page.goto(address)
        assert [text for text in screens.errors if "status of 404" not in text] == [], address
        assert_accessible(page)
        screens.errors.clear()


def test_the_admin_pages_of_users_pass_the_audit(
    live_people: People, owner: User, screens: Screens
) -> None:
    group = owner.accessgroupuserobjectpermission_set.values_list("content_object", flat=True)[0]
    task = HistoryEntryFactory(task__manager=owner).task_id
    page = screens.open("/admin/", live_people["administrator"])
    for address in [
        "/admin/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{owner.pk}/change/",
        f"/admin/accounts/user/{owner.pk}/block/",
        f"/admin/clients/region/access/?users={owner.pk}",
        f"/admin/tasks/callscript/{CallScript.objects.earliest('pk').pk}/change/",
        f"/admin/accounts/accessgroup/{group}/change/",
        "/admin/accounts/journalentry/",
        f"/admin/tasks/signingtask/{task}/change/",
        f"/admin/tasks/signingtask/why/?user={owner.pk}&task={task}",
    ]:
        page.goto(address)
        assert screens.errors == [], address
        assert audit(page) == [], address
        screens.errors.clear()


def test_the_login_page_with_errors_passes_the_audit(live_people: People, screens: Screens) -> None:
    page = screens.open("/login/")
    assert_accessible(page)
    page.fill("[name=username]", "owner")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("alert")).to_contain_text("Неверный логин или пароль")
    assert_accessible(page)
