"""Every parameter of every URL has a bound: no value of it makes the server fail."""

import re
import time
from http.cookies import SimpleCookie
from typing import Any

import django.core.handlers.wsgi
import django.http.request
import pytest
from django.contrib import admin
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.support.factories import UserFactory
from tests.support.people import ALL_TYPES, People, browser_of
from tests.support.plugins.sampling import Sample
from tests.support.rights.owned_objects import OwnedObjects
from tests.support.routes import walk_urls

PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
VALUES = (
    "9" * 20,
    "9" * 5000,
    "-1",
    "²",  # a digit for `str.isdigit`, not for `int`
    "٣",
    "a\x00b",
    "я" * 100_000,
    "%' \" <script>",
    "http://[",
    "0001-01-01",
    "9999-12-31",
    "2026-12-31T23:59:60",
    "1e400",
    "nan",
    "[[[[{}",
    "field__lookup__x",
)
# The names that the admin looks for by going through the query string.
ADMIN_NAMES = ("o", "p", "q", "all", "e", "_popup", "_to_field", "_changelist_filters", "_facets")
MAX_SECONDS = 5.0
# Answers only where the trusted roots are.
NEEDS_ROOTS = "/verify/roots.pem"
HEADERS = ("Range", "If-None-Match", "If-Range", "If-Modified-Since", "Accept-Language")
HTMX_HEADERS = ("HX-Target", "HX-Current-URL", "HX-Trigger", "HX-Prompt", "X-Idle", "X-Request-Id")
SAMPLE_SIZE = 12


class HostileDict(QueryDict):
    """Parameters with the same value under every name."""

    hostile_value = ""

    def __getitem__(self, key: str) -> str:
        return self.hostile_value

    def get(self, key: str, default: Any = None) -> Any:
        return self.hostile_value

    def getlist(self, key: str, default: Any = None) -> list[str]:
        return [self.hostile_value]

    def __contains__(self, key: object) -> bool:
        return True


@pytest.fixture
def administrator(db: None) -> User:
    """Has every role and every task type."""
    user: User = UserFactory(roles=list(Role), types=ALL_TYPES)
    return user


def fill_in(route: str, objects: OwnedObjects, name: str) -> str | None:
    """The URL with objects that exist; None for a pattern that has no such form."""

    def value(match: re.Match[str]) -> str:
        known = {"form_kind:slug": "company", "section:slug": "companies", "tab:tab": "all"}
        known |= {"direction:direction": "next", "str:token": "x", "slug:code": "x"}
        whole = match[0].strip("<>")
        if whole in known:
            return known[whole]
        if match[2] in {"object_id", "contact_pk", "content_type_id", "app_label"}:
            return "1"
        try:
            return str(objects.values_of(name, match[2])[0])
        except KeyError:
            return "1"

    if "(?P" in route or "^" in route:
        return None
    return PARAMETER.sub(value, route)


def list_urls(objects: OwnedObjects) -> list[str]:
    urls = (fill_in(route, objects, name) for name, route, _ in walk_urls() if "logout" not in name)
    return sorted({url for url in urls if url})


def status_of(response: Any) -> int:
    """Closes the files of the response; `close` would end the connection of the test too."""
    for close in response._resource_closers:
        close()
    status: int = response.status_code
    return status


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value[:12]))
def test_no_value_of_a_parameter_is_an_error(
    people: People,
    administrator: User,
    monkeypatch: pytest.MonkeyPatch,
    sample: Sample,
    value: str,
) -> None:
    owner = people["owner"]
    assert owner is not None
    urls = list_urls(OwnedObjects(owner))
    assert len(urls) > 200
    monkeypatch.setattr(django.core.handlers.wsgi, "QueryDict", HostileDict)
    monkeypatch.setattr(django.http.request, "QueryDict", HostileDict)
    monkeypatch.setattr(HostileDict, "hostile_value", value)
    browser, failures = browser_of(administrator), {}
    browser.raise_request_exception = False
    urls.remove(NEEDS_ROOTS)
    for url in sample(urls, SAMPLE_SIZE):
        for response in (
            browser.get(url, dict.fromkeys(ADMIN_NAMES, value[:2000])),
            browser.post(url, "a=b", content_type="application/x-www-form-urlencoded"),
        ):
            if status_of(response) >= 500:
                error = getattr(response, "exc_info", None) or ["", response.status_code]
                failures[f"{response.request['REQUEST_METHOD']} {url}"] = repr(error[1])[:300]
            elif response.status_code == 302 and response.headers["Location"].startswith("/login/"):
                browser.force_login(administrator, backend="accounts.backends.RoleBackend")
    assert failures == {}


LOOKUPS = (
    "",
    "__exact",
    "__in",
    "__isnull",
    "__id__exact",
    "__gte",
    "__year",
    "__range",
    "__regex",
)


def test_no_filter_of_the_admin_is_an_error(
    people: People, administrator: User, sample: Sample
) -> None:
    browser, failures = browser_of(administrator), {}
    browser.raise_request_exception = False
    cases = [
        (model, f"{name}{lookup}", value)
        for model, model_admin in admin.site._registry.items()
        for name in {"id", *filter_names(model_admin)}
        for lookup in LOOKUPS
        for value in VALUES
    ]
    for model, parameter, value in sample(cases, 200):
        url = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        response = browser.get(url, {parameter: value[:2000], "q": value})
        if status_of(response) >= 500:
            failures[f"{url}?{parameter}={value[:20]}"] = repr(response.exc_info[1])[:200]
    assert failures == {}


def test_a_row_found_by_a_long_number_can_be_opened(administrator: User) -> None:
    browser = browser_of(administrator)
    filters = {"_changelist_filters": f"q={'9' * 20}"}
    assert browser.get("/admin/accounts/user/", {"q": "9" * 20}).status_code == 200
    url = f"/admin/accounts/user/{administrator.pk}/change/"
    assert browser.get(url, filters).status_code == 200
    assert browser.get(url, {"id": "9" * 20}).status_code == 400


def filter_names(model_admin: Any) -> set[str]:
    """The fields by which the admin page can be filtered."""
    filters = {name for name in model_admin.list_filter if isinstance(name, str)}
    return filters | ({model_admin.date_hierarchy} - {None})


KEYS = ("9" * 18, "9" * 20, "9" * 5000, "-1", "²", "x")


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:5] + str(len(key)))
def test_no_key_in_a_form_of_the_admin_is_an_error(
    people: People, administrator: User, key: str
) -> None:
    owner = people["owner"]
    assert owner is not None
    browser = browser_of(administrator)
    pages = ["why/", "expiring/"]
    codes = {
        url: status_of(browser.get(f"/admin/tasks/signingtask/{url}", {"user": key, "task": key}))
        for url in pages
    }
    members = {
        "name": "Группа",
        "members-TOTAL_FORMS": "1",
        "members-INITIAL_FORMS": "0",
        "members-0-user": key,
        "members-0-permission": key,
    }
    for url, values in {
        f"/admin/accounts/user/{owner.pk}/block/": {"reason": "", "successor": key},
        "/admin/accounts/accessgroup/add/": members,
        "/admin/accounts/accessgroup/": {"action": "delete_selected", "_selected_action": key},
        "/admin/clients/region/add/": {"name": "", "managers": key},
    }.items():
        codes[url] = status_of(browser.post(url, values))
    assert {url: code for url, code in codes.items() if code >= 500} == {}


NUMBERS = ("0", "9" * 18, "9" * 20, "9" * 5000)


def test_no_number_in_a_path_is_an_error(people: People, administrator: User) -> None:
    browser = browser_of(administrator)
    browser.raise_request_exception = False
    codes = {}
    for name, route, _ in walk_urls():
        if "<" not in route or "(?P" in route:
            continue
        for number in NUMBERS:
            url = fill_in_slugs(route).replace("~", number)
            started = time.monotonic()
            codes[name, number[:20], len(number)] = status_of(browser.get(url))
            assert time.monotonic() - started < MAX_SECONDS, url
    assert len(codes) > 300
    assert {key: code for key, code in codes.items() if code >= 500} == {}


def fill_in_slugs(route: str) -> str:
    """The route with «~» for every number."""
    known = {"form_kind:slug": "company", "section:slug": "companies", "tab:tab": "all"}
    known |= {"direction:direction": "next", "slug:name": "cancel", "str:token": "x"}
    return PARAMETER.sub(lambda match: known.get(match[0].strip("<>"), "~"), route)


PAGES = ("/tasks/all/?group=none", "/manage/companies/", "/admin/accounts/user/", "/login/")


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value[:12]))
def test_no_header_or_cookie_is_an_error(people: People, administrator: User, value: str) -> None:
    owner = people["owner"]
    assert owner is not None
    objects = OwnedObjects(owner)
    text = value[:8000].encode().decode("latin-1")
    files = f"/tasks/{objects.open.number}/document/{objects.version.pk}/pdf/"
    for url in (*PAGES, files):
        browser = browser_of(administrator)
        headers = dict.fromkeys((*HEADERS, *HTMX_HEADERS), f"bytes={text}-{text}")
        assert status_of(browser.get(url, headers=headers)) < 500
        headers = dict.fromkeys((*HEADERS, *HTMX_HEADERS), text) | {"HX-Request": "true"}
        assert status_of(browser.get(url, headers=headers)) < 500
        for name in ("sessionid", "csrftoken", "messages"):
            stranger = Client()
            stranger.cookies = SimpleCookie({name: text})
            assert status_of(stranger.get(url)) < 500
            assert stranger.post("/login/", {"username": value[:200]}).status_code < 500
