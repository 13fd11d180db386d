"""axe finds nothing on the screens, at a desk's width and at a phone's."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tasks.actions.comments import add_comment
from tasks.models import SigningTask
from tests.support.chromium.page_audit import audit
from tests.support.chromium.screens import Screens, assert_accessible
from tests.support.factories import HistoryEntryFactory
from tests.support.factories_clients import ContactFactory
from tests.support.people import People

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_axe_finds_nothing_on_the_screens(
    crowd: People, owner: User, full: dict[str, SigningTask], screens: Screens
) -> None:
    failed = full["failed"].number
    ContactFactory(client=full["failed"].client, phone="+79990000000")
    add_comment(task=full["failed"], actor=crowd["lead"], text="@owner, позвоните клиенту")
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
        *(f"/tasks/{task.number}/" for task in full.values()),
        f"/tasks/{failed}/history/",
        f"/tasks/{failed}/do/cancel/",
        f"/tasks/{failed}/hand/",
        f"/tasks/{failed}/contact/edit/",
        f"/tasks/{failed}/contact/replace/",
        f"/tasks/{failed}/contact/refresh/",
        f"/tasks/{failed}/account/",
        f"/tasks/{failed}/document/remove/",
        f"/tasks/{full['removed'].number}/document/attach/",
        "/help/statuses/",
        "/help/guide/",
        "/help/keys/",
        "/palette/?q=сияние",
        "/notifications/?read",
        "/notifications/settings/",
        "/access/",
    ]
    page = screens.open("/tasks/my/", owner)
    for address in addresses:
        page.goto(address)
        # Axe itself is refused by the policy: the console is looked at before it.
        assert [text for text in screens.errors if "status of 404" not in text] == [], address
        assert_accessible(page)
        screens.errors.clear()


def test_axe_finds_nothing_in_the_administration_of_people(
    crowd: People, owner: User, screens: Screens
) -> None:
    group = owner.accessgroupuserobjectpermission_set.values_list("content_object", flat=True)[0]
    task = HistoryEntryFactory(task__manager=owner).task_id
    page = screens.open("/admin/", crowd["administrator"])
    for address in [
        "/admin/",
        "/admin/accounts/user/",
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{owner.pk}/change/",
        f"/admin/accounts/user/{owner.pk}/block/",
        f"/admin/accounts/accessgroup/{group}/change/",
        "/admin/accounts/journalentry/",
        f"/admin/tasks/signingtask/{task}/change/",
        f"/admin/tasks/signingtask/why/?user={owner.pk}&task={task}",
    ]:
        page.goto(address)
        assert screens.errors == [], address
        assert audit(page) == [], address
        screens.errors.clear()


def test_axe_finds_nothing_on_the_sign_in_page_with_its_errors(
    crowd: People, screens: Screens
) -> None:
    page = screens.open("/login/")
    assert_accessible(page)
    page.fill("[name=username]", "owner")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_role("alert")).to_contain_text("Неверный логин или пароль")
    assert_accessible(page)
