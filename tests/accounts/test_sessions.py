"""Who is still logged in."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.utils import timezone

from accounts.roles import Role
from econtract.platform.common.sessions import SessionStore
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


@pytest.mark.django_db
def test_a_key_that_we_did_not_give_out_is_not_taken_over() -> None:
    chosen = "a" * 32
    session = SessionStore(chosen)
    session["quick_filter"] = "errors"
    session.save()
    assert session.session_key != chosen
    assert SessionStore(session.session_key)["quick_filter"] == "errors"
