"""Sign-in: three messages, a limit of guesses, and no more said than a stranger may know."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.roles import Role
from tests.support.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counters(settings: Settings) -> Iterator[None]:
    # The product's cache is shared by processes, and other tests run beside this one.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.LOGIN_ATTEMPTS = 3
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def manager() -> None:
    UserFactory(username="manager", password=PASSWORD, roles=[Role.MANAGER])


def attempt(client: Client, login: str, password: str, **headers: str) -> tuple[int, str]:
    response = client.post("/login/", {"username": login, "password": password}, **headers)
    return response.status_code, response.content.decode()


def test_a_manager_logs_in_and_lands_on_his_own_tasks(client: Client, manager: None) -> None:
    response = client.post("/login/", {"username": "manager", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/tasks/my/"


def test_logging_out_is_a_post_and_leads_to_sign_in(client: Client, manager: None) -> None:
    client.login(username="manager", password=PASSWORD)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/tasks/my/").status_code == 302


@pytest.mark.parametrize("login", ["manager", "nobody-of-that-name"])
def test_a_wrong_login_and_a_wrong_password_look_the_same(
    client: Client, manager: None, login: str
) -> None:
    status, page = attempt(client, login, "wrong")
    assert status == 422
    assert "Неверный логин или пароль" in page
    assert "<title>Ошибка: Вход" in page


def test_a_blocked_person_is_told_so_only_with_the_right_password(client: Client) -> None:
    UserFactory(username="left", password=PASSWORD, is_active=False)
    assert "Учетная запись заблокирована" not in attempt(client, "left", "wrong")[1]
    status, page = attempt(client, "left", PASSWORD)
    assert status == 422
    assert "Учетная запись заблокирована. Обратитесь к администратору" in page


def test_guesses_are_limited_for_a_name_and_the_right_password_waits_too(
    client: Client, manager: None
) -> None:
    for _ in range(3):
        attempt(client, "Manager", "wrong")
    status, page = attempt(client, "manager", PASSWORD)
    assert status == 429
    assert "Слишком много попыток. Повторите через 15 минут" in page


def test_one_persons_guesses_do_not_lock_another_out(client: Client, manager: None) -> None:
    for _ in range(3):
        attempt(client, "other", "wrong")
    assert attempt(client, "manager", PASSWORD)[0] == 302


def test_guesses_from_one_address_are_limited_whatever_the_name(
    client: Client, manager: None
) -> None:
    for number in range(30):
        attempt(client, f"name{number}", "wrong")
    assert attempt(client, "manager", PASSWORD)[0] == 429
    assert attempt(client, "manager", PASSWORD, REMOTE_ADDR="10.0.0.9")[0] == 302


def test_a_right_password_clears_the_count(client: Client, manager: None) -> None:
    for _ in range(2):
        attempt(client, "manager", "wrong")
    assert attempt(client, "manager", PASSWORD)[0] == 302
    client.post("/logout/")
    for _ in range(2):
        attempt(client, "manager", "wrong")
    assert attempt(client, "manager", PASSWORD)[0] == 302


def test_an_address_elsewhere_is_not_followed_after_sign_in(client: Client, manager: None) -> None:
    response = client.post(
        "/login/?next=https://evil.example/", {"username": "manager", "password": PASSWORD}
    )
    assert response.headers["Location"] == "/tasks/my/"


def test_an_empty_form_asks_for_both(client: Client) -> None:
    status, page = attempt(client, "", "")
    assert status == 422
    assert "Введите логин" in page
    assert "Введите пароль" in page
