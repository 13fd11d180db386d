"""A manager who can log in, and their browsers."""

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from tests.support.factories import PASSWORD
from tests.support.people import People


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def owner(people: People) -> User:
    user = people["owner"]
    user.set_password(PASSWORD)
    user.save()
    return user


@pytest.fixture
def strict_browser(owner: User) -> Browser:
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(owner, backend="accounts.backends.RoleBackend")
    return browser
