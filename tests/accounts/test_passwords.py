"""Passwords: one's own, those that an administrator sets, and the sessions that they end."""

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts import actions
from accounts.models import JournalEntry, User
from accounts.roles import Role
from tests.support.factories import PASSWORD, UserFactory
from tests.support.factories_clients import RegionFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db
LIST = "/tasks/my/?group=none"
NEW = "a much better password"


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def administrator() -> User:
    user: User = UserFactory(username="administrator", roles=[Role.ADMINISTRATOR])
    return user


@pytest.fixture
def manager() -> User:
    user: User = UserFactory(username="manager", password=PASSWORD, roles=[Role.MANAGER])
    return user


def journal(user: User) -> list[tuple[User | None, str]]:
    entries = JournalEntry.objects.filter(subject=user).order_by("pk")
    return [(entry.actor, entry.change) for entry in entries]


def is_logged_in(browser: Browser) -> bool:
    return browser.get(LIST).status_code == 200


def change(browser: Browser, old: str, new: str, again: str = "", query: str = "") -> int:
    data = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return browser.post(f"/password/{query}", data).status_code


def test_a_blocked_users_session_does_not_live_again(administrator: User, manager: User) -> None:
    browser = browser_of(manager)
    assert is_logged_in(browser)
    actions.block(user=manager, reason="Отпуск", actor=administrator)
    actions.unblock(user=manager, actor=administrator)
    assert not is_logged_in(browser)
    assert is_logged_in(browser_of(User.objects.get(pk=manager.pk)))


def test_everybody_changes_their_own_password_and_ends_their_other_sessions(manager: User) -> None:
    here, elsewhere = browser_of(manager), browser_of(manager)
    assert "Сменить пароль" in here.get(LIST).content.decode()
    assert change(here, PASSWORD, NEW) == 302
    assert is_logged_in(here)
    assert not is_logged_in(elsewhere)
    assert User.objects.get(pk=manager.pk).check_password(NEW)
    assert journal(manager) == [(manager, "Пароль изменен")]


@pytest.mark.parametrize(
    ("old", "new", "again", "message"),
    [
        ("wrong", NEW, NEW, "Неверный текущий пароль"),
        (PASSWORD, NEW, "another one", "Пароли не совпадают"),
        (PASSWORD, PASSWORD, PASSWORD, "Новый пароль такой же"),
        (PASSWORD, "12345678", "12345678", "слишком широко распространён"),
        ("", "", "", "Введите текущий пароль"),
    ],
)
def test_a_refused_change_says_why(
    old: str, new: str, again: str, message: str, manager: User
) -> None:
    data = {"old_password": old, "new_password1": new, "new_password2": again}
    response = browser_of(manager).post("/password/", data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert journal(manager) == []


def test_guesses_of_the_old_password_are_delayed(manager: User, settings: Settings) -> None:
    settings.LOGIN_ATTEMPTS = 3
    browser = browser_of(manager)
    for _ in range(3):
        change(browser, "wrong", NEW)
    assert change(browser, PASSWORD, NEW) == 422
    assert not User.objects.get(pk=manager.pk).check_password(NEW)


def set_password(administrator: User, user: User, **data: str) -> int:
    data = {"password1": NEW, "password2": NEW, "usable_password": "true", **data}
    page = f"/admin/accounts/user/{user.pk}/password/"
    return browser_of(administrator).post(page, data).status_code


def test_a_password_of_the_administrators_must_be_changed(
    administrator: User, manager: User
) -> None:
    old_session = browser_of(manager)
    assert set_password(administrator, manager) == 302
    assert journal(manager) == [(administrator, "Пароль задан администратором")]
    assert not is_logged_in(old_session)
    browser = Browser()
    browser.post("/login/", {"username": "manager", "password": NEW})
    response = browser.get("/reports/?type=legal")
    assert response.headers["Location"] == "/password/?next=%2Freports%2F%3Ftype%3Dlegal"
    assert "Ваш пароль задал администратор" in browser.get("/password/").content.decode()
    fragment = browser.get("/notifications/live/", headers={"HX-Request": "true"})
    assert fragment.headers["HX-Redirect"].startswith("/password/")
    assert change(browser, NEW, NEW) == 422
    assert change(browser, NEW, "my own long password", query="?next=/reports/") == 302
    assert is_logged_in(browser)


def test_an_administrators_own_new_password_is_not_asked_for_again(administrator: User) -> None:
    set_password(administrator, administrator)
    assert not User.objects.get(pk=administrator.pk).must_change_password
    assert journal(administrator) == [(administrator, "Пароль изменен")]


def test_a_forbidden_password_is_in_the_journal(administrator: User, manager: User) -> None:
    data = {"usable_password": "false", "unset-password": "1"}
    assert set_password(administrator, manager, **data) == 302
    assert journal(manager) == [(administrator, "Вход по паролю запрещен")]


def test_a_refused_password_leaves_no_trace(administrator: User, manager: User) -> None:
    assert set_password(administrator, manager, password2="different") == 200
    assert journal(manager) == []


NO_INLINES = {
    f"{prefix}-{name}_FORMS": "0"
    for prefix in ("roles", "type_accesses", "Region_managers")
    for name in ("TOTAL", "INITIAL")
}


def test_a_new_account_is_in_the_journal_and_must_change_its_password(administrator: User) -> None:
    data = {"username": "fresh", "password1": NEW, "password2": NEW, "usable_password": "true"}
    page = browser_of(administrator).post("/admin/accounts/user/add/", {**NO_INLINES, **data})
    assert page.status_code == 302, page.content.decode()
    user = User.objects.get(username="fresh")
    assert user.must_change_password
    assert journal(user) == [
        (administrator, "Создана учетная запись «fresh»"),
        (administrator, "Пароль задан администратором"),
    ]


def test_a_new_login_and_a_new_address_are_in_the_journal(
    administrator: User, manager: User
) -> None:
    data = {"username": "renamed", "email": "new@x.example", "time_zone": "Europe/Moscow"}
    data |= {"roles-TOTAL_FORMS": "1", "roles-INITIAL_FORMS": "1", "roles-0-role": "manager"}
    data |= {"roles-0-id": str(manager.roles.get().pk), "roles-0-user": str(manager.pk)}
    page = browser_of(administrator).post(
        f"/admin/accounts/user/{manager.pk}/change/", {**NO_INLINES, **data}
    )
    assert page.status_code == 302, page.content.decode()
    assert [text for _, text in journal(manager)] == [
        "Логин «manager» изменен на «renamed»",
        "Изменена электронная почта",
    ]


def test_regions_given_on_the_page_of_a_region_are_in_the_journal(
    administrator: User, manager: User
) -> None:
    region = RegionFactory(name="Тверская область")
    other = UserFactory(username="other")
    region.managers.add(other)
    fields = ("name", "mrf", "account_prefix", "prefix_source", "archive")
    data = {name: getattr(region, name) for name in fields}
    page = browser_of(administrator).post(
        f"/admin/clients/region/{region.pk}/change/",
        {**data, "active": "on", "managers": [manager.pk]},
    )
    assert page.status_code == 302, page.content.decode()
    assert journal(manager) == [(administrator, "Выдано: регион «Тверская область»")]
    assert journal(other) == [(administrator, "Снято: регион «Тверская область»")]


def test_the_first_administrator_is_in_the_journal() -> None:
    user = User.objects.create_superuser("chief", password=PASSWORD)
    assert journal(user) == [(None, "Выдано: роль «Администратор» (команда на сервере)")]
