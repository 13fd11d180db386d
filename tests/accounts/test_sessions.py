"""Who is still logged in."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.utils import timezone

from accounts.roles import Role
from tests.support.factories import UserFactory
from tests.support.people import browser_of

LIST = "/tasks/my/?group=none"


@pytest.fixture
def web(db: None) -> Browser:
    browser = browser_of(UserFactory(roles=[Role.MANAGER]))
    assert browser.get(LIST).status_code == 200
    return browser


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (-1, 302)])
def test_a_session_ends_with_its_time(web: Browser, seconds: int, status: int) -> None:
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=seconds))
    assert web.get(LIST).status_code == status


def test_a_key_that_we_did_not_give_out_is_not_taken_over(web: Browser) -> None:
    chosen = "a" * 32
    web.cookies[settings.SESSION_COOKIE_NAME] = chosen
    assert web.get(LIST).status_code == 302
    user = UserFactory(roles=[Role.MANAGER])
    user.set_password("a long password of mine")
    user.save()
    web.cookies[settings.SESSION_COOKIE_NAME] = chosen
    web.post("/login/", {"username": user.username, "password": "a long password of mine"})
    assert web.get(LIST).status_code == 200
    assert web.cookies[settings.SESSION_COOKIE_NAME].value != chosen
    assert not Session.objects.filter(session_key=chosen).exists()
