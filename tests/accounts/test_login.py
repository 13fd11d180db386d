"""Log-in: messages, the limit of attempts, and no hints for attackers."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.roles import Role
from tests.support.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clean_cache(settings: Settings) -> Iterator[None]:
    # Tests run in parallel, and the default cache is shared by all processes.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.LOGIN_ATTEMPTS = 3
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def manager() -> None:
    UserFactory(username="manager", password=PASSWORD, roles=[Role.MANAGER])


def log_in(client: Client, login: str, password: str, **headers: str) -> tuple[int, str]:
    response = client.post("/login/", {"username": login, "password": password}, **headers)
    return response.status_code, response.content.decode()


def test_log_in_redirects_to_my_tasks(client: Client, manager: None) -> None:
    response = client.post("/login/", {"username": "manager", "password": PASSWORD}, follow=True)
    assert response.redirect_chain[-1][0] == "/tasks/my/"


def test_logging_out_needs_post_and_redirects_to_log_in(client: Client, manager: None) -> None:
    client.login(username="manager", password=PASSWORD)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/tasks/my/").status_code == 302


@pytest.mark.parametrize("login", ["manager", "unknown-login"])
def test_a_wrong_login_and_a_wrong_password_look_the_same(
    client: Client, manager: None, login: str
) -> None:
    status, page = log_in(client, login, "wrong")
    assert status == 422
    assert "Неверный логин или пароль" in page
    assert "<title>Ошибка: Вход" in page


def test_only_the_right_password_reveals_that_a_user_is_blocked(client: Client) -> None:
    UserFactory(username="left", password=PASSWORD, is_active=False)
    assert "Учетная запись заблокирована" not in log_in(client, "left", "wrong")[1]
    status, page = log_in(client, "left", PASSWORD)
    assert status == 422
    assert "Учетная запись заблокирована. Обратитесь к администратору" in page


def test_attempts_per_login_are_limited_even_with_the_right_password(
    client: Client, manager: None
) -> None:
    for _ in range(3):
        log_in(client, "Manager", "wrong")
    status, page = log_in(client, "manager", PASSWORD)
    assert status == 429
    assert "Слишком много попыток. Повторите через 15 минут" in page


def test_failures_of_one_login_do_not_block_another(client: Client, manager: None) -> None:
    for _ in range(3):
        log_in(client, "other", "wrong")
    assert log_in(client, "manager", PASSWORD)[0] == 302


def test_attempts_per_address_are_limited_for_all_logins_together(
    client: Client, manager: None
) -> None:
    for number in range(30):
        log_in(client, f"name{number}", "wrong")
    assert log_in(client, "manager", PASSWORD)[0] == 429
    assert log_in(client, "manager", PASSWORD, REMOTE_ADDR="10.0.0.9")[0] == 302


def test_the_right_password_resets_the_count(client: Client, manager: None) -> None:
    for _ in range(2):
        log_in(client, "manager", "wrong")
    assert log_in(client, "manager", PASSWORD)[0] == 302
    client.post("/logout/")
    for _ in range(2):
        log_in(client, "manager", "wrong")
    assert log_in(client, "manager", PASSWORD)[0] == 302


def test_log_in_does_not_redirect_to_another_site(client: Client, manager: None) -> None:
    response = client.post(
        "/login/?next=https://evil.example/", {"username": "manager", "password": PASSWORD}
    )
    assert response.headers["Location"] == "/tasks/my/"


def test_an_empty_form_asks_for_login_and_password(client: Client) -> None:
    status, page = log_in(client, "", "")
    assert status == 422
    assert "Введите логин" in page
    assert "Введите пароль" in page
