"""Log-in: messages, the limit of attempts, and no hints for attackers."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from accounts.login.client_address import client_address
from accounts.models import JournalEntry, User
from accounts.roles import Role
from tests.support.factories import PASSWORD, UserFactory
from tests.support.people import browser_of

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


def fail(client: Client, login: str, times: int, **headers: str) -> None:
    for _ in range(times):
        log_in(client, login, "wrong", **headers)


def test_attempts_per_login_are_delayed_even_with_the_right_password(
    client: Client, manager: None
) -> None:
    fail(client, "Manager", 3)
    status, page = log_in(client, "manager", PASSWORD)
    assert status == 429
    assert "Слишком много попыток. Повторите через 30 секунд" in page


def test_the_delay_doubles_with_each_failure_and_ends(client: Client, manager: None) -> None:
    fail(client, "manager", 3)
    now, delays = timezone.now(), []
    for _ in range(7):
        with time_machine.travel(now, tick=False):
            response = client.post("/login/", {"username": "manager", "password": PASSWORD})
            delays.append(int(response.headers["Retry-After"]))
            now += timedelta(seconds=delays[-1] + 1)
        with time_machine.travel(now, tick=False):
            fail(client, "manager", 1)
    assert delays == [30, 60, 120, 240, 480, 900, 900]
    with time_machine.travel(now + timedelta(seconds=901), tick=False):
        assert log_in(client, "manager", PASSWORD)[0] == 302


def test_nobody_can_lock_a_colleague_out_from_another_address(
    client: Client, manager: None
) -> None:
    fail(client, "manager", 20, REMOTE_ADDR="10.0.0.66")
    assert log_in(client, "manager", PASSWORD)[0] == 302


def test_a_known_device_is_let_through_while_others_fail_at_its_address(manager: None) -> None:
    device, stranger = Client(), Client()
    assert log_in(device, "manager", PASSWORD)[0] == 302
    device.post("/logout/")
    fail(stranger, "manager", 20)
    assert log_in(stranger, "manager", PASSWORD)[0] == 429
    assert log_in(device, "manager", PASSWORD)[0] == 302


def test_a_known_device_has_a_limit_of_its_own(manager: None) -> None:
    device = Client()
    log_in(device, "manager", PASSWORD)
    device.post("/logout/")
    fail(device, "manager", 3)
    assert log_in(device, "manager", PASSWORD)[0] == 429


def test_a_device_is_known_for_the_logins_of_its_own_users_only(manager: None) -> None:
    UserFactory(username="other", password=PASSWORD, roles=[Role.MANAGER])
    device = Client()
    log_in(device, "other", PASSWORD)
    device.post("/logout/")
    fail(Client(), "manager", 3)
    assert log_in(device, "manager", PASSWORD)[0] == 429
    device.cookies["known_device"] = "forged" + device.cookies["known_device"].value
    assert log_in(device, "other", PASSWORD)[0] == 302


def test_an_administrator_lifts_the_limit(client: Client, manager: None) -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    user = User.objects.get(username="manager")
    page = f"/admin/accounts/user/{user.pk}/"
    fail(client, "manager", 3)
    fail(client, "someone", 30)  # the address has run into its limit, too
    admin = browser_of(administrator)
    assert "не на знакомых устройствах" in admin.get(f"{page}change/").content.decode()
    assert log_in(client, "manager", PASSWORD)[0] == 429
    assert admin.post(f"{page}lift/").status_code == 302
    assert log_in(client, "manager", PASSWORD)[0] == 302
    entry = JournalEntry.objects.get(subject=user)
    assert (entry.actor, entry.change) == (administrator, "Снято ограничение входа")


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


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (2, "1.2.3.4, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (1, "", "192.0.2.1"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:198.51.100.7", "198.51.100.7"),
        (1, "nonsense", "nonsense"),
    ],
)
def test_the_address_is_the_clients_and_not_the_proxys(
    proxies: int, forwarded: str, address: str, settings: Settings
) -> None:
    settings.PROXY_COUNT = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)
    assert client_address(request) == address


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
