"""Nothing with personal data stays in a cache, and a refused request is one line of the log."""

import io
import logging
from collections.abc import Iterator

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import HttpResponseBase
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.support.factories import UserFactory
from tests.support.people import ALL_TYPES, People, browser_of
from tests.support.rights.owned_objects import OwnedObjects
from tests.support.routes import walk_urls

# What a browser may keep, but must ask for each time, or for ten minutes: pictures of pages.
KEPT = ("private, no-cache", "no-cache, private", "max-age=600, private", "private, max-age=600")


@pytest.fixture
def log_output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the handler of the installation writes."""
    handlers = logging.getLogger().handlers
    [console] = [h for h in handlers if type(h) is logging.StreamHandler]
    output = io.StringIO()
    before = console.setStream(output)
    yield output
    console.setStream(before or io.StringIO())


def close(response: HttpResponseBase) -> None:
    """Closes the file of a download, and not the connection to the test's database."""
    request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)


def test_every_page_and_export_says_that_nobody_may_store_it(people: People) -> None:
    owner = people["owner"]
    assert owner is not None
    objects = OwnedObjects(owner)
    owner.roles.create(role=Role.ADMINISTRATOR)
    browser = browser_of(User.objects.get(pk=owner.pk))
    urls = [route for _, route, _ in walk_urls() if "<" not in route and "logout" not in route]
    headers = {}
    for url in (*urls, *objects.urls()):
        response = browser.get(url)
        headers[url] = response.get("Cache-Control", "")
        close(response)
    assert len(headers) > 150
    bad = {url for url, value in headers.items() if "no-store" not in value and value not in KEPT}
    assert bad == set()


def test_pages_for_strangers_are_not_stored_either(people: People) -> None:
    for url in ("/login/", "/tasks/my/", "/verify/", "/no/such/page/"):
        assert "no-store" in Client().get(url)["Cache-Control"], url


def test_a_forbidden_page_is_one_line_of_the_log(log_output: io.StringIO, db: None) -> None:
    manager = UserFactory(roles=[Role.HEAD], types=ALL_TYPES)
    assert browser_of(manager).get("/tasks/new/").status_code == 403
    [line] = log_output.getvalue().splitlines()
    assert "Forbidden" in line


def test_a_malformed_request_is_one_line_of_the_log(log_output: io.StringIO, db: None) -> None:
    assert Client().get("/login/", headers={"host": "other.example"}).status_code == 400
    text = log_output.getvalue()
    assert "other.example" in text
    assert "Traceback" not in text


def test_an_error_of_ours_keeps_its_traceback(log_output: io.StringIO) -> None:
    try:
        raise LookupError("ours")
    except LookupError:
        logging.getLogger("django.request").exception("failed", extra={"status_code": 500})
    assert "Traceback" in log_output.getvalue()
