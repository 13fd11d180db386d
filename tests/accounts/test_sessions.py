"""Expiry of sessions, and foreign session keys."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.utils import timezone

from accounts import jobs
from accounts.roles import Role
from econtract.platform.common.sessions import SessionStore
from tests.support.factories import UserFactory
from tests.support.people import browser_of

LIST = "/tasks/my/?group=none"


@pytest.fixture
def browser(db: None) -> Browser:
    browser = browser_of(UserFactory(roles=[Role.MANAGER]))
    assert browser.get(LIST).status_code == 200
    return browser


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (-1, 302)])
def test_a_session_ends_when_it_expires(browser: Browser, seconds: int, status: int) -> None:
    Session.objects.update(expire_date=timezone.now() + timedelta(seconds=seconds))
    assert browser.get(LIST).status_code == status


def test_ended_sessions_are_deleted(browser: Browser) -> None:
    jobs.delete_ended_sessions()
    assert Session.objects.count() == 1
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    jobs.delete_ended_sessions()
    assert not Session.objects.exists()


@pytest.mark.django_db
def test_a_session_key_from_outside_is_replaced() -> None:
    foreign_key = "a" * 32
    session = SessionStore(foreign_key)
    session["quick_filter"] = "errors"
    session.save()
    assert session.session_key != foreign_key
    assert SessionStore(session.session_key)["quick_filter"] == "errors"
