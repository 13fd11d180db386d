"""Every URL has an access rule; a URL without one is closed."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django.fixtures import Settings

from econtract.permissions import ADMIN_NAMESPACE, RULES, Everyone, access_rule
from tests.support.people import People, browser_of
from tests.support.routes import walk_urls

URLS = list(walk_urls())
NAMES = {url.name for url in URLS}
NAMESPACES = sorted({name.partition(":")[0] for name in NAMES if ":" in name} - {ADMIN_NAMESPACE})


def names_without_rule(urlconf: object = None) -> set[str]:
    return {url.name for url in walk_urls(urlconf) if access_rule(url.name) is None}


def test_every_url_declares_its_rule() -> None:
    names = names_without_rule()
    assert not names, f"Declare the rules of {sorted(names)} in econtract/permissions.py."


def test_every_rule_has_a_url() -> None:
    assert not set(RULES) - NAMES


def test_only_urls_declared_public_are_open_without_logging_in() -> None:
    # The admin's own log-in URL redirects to ours.
    open_to_all = {
        url.name for url in URLS if not getattr(url.pattern.callback, "login_required", True)
    }
    public = {name for name, rule in RULES.items() if rule is Everyone.PUBLIC}
    assert open_to_all - {"admin:login", "admin:jsi18n"} == public


# --- A new URL without a rule ------------------------------------------------------------------


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


class UrlconfWithoutRules:
    """The product's URLs, and one new URL without a rule in every namespace."""

    handler403 = "econtract.views.permission_denied"
    # The product's URLs are first, so that `reverse` finds them.
    urlpatterns = [
        path("", include("econtract.urls")),
        path("new/", view, name="without_rule"),
        *(
            path(
                f"new/{name}/",
                include(([path("", view, name="without_rule")], name), namespace=name),
            )
            for name in NAMESPACES
        ),
    ]


WITHOUT_RULE = {"without_rule": "/new/"} | {
    f"{name}:without_rule": f"/new/{name}/" for name in NAMESPACES
}


def test_every_url_without_a_rule_is_found() -> None:
    assert names_without_rule(UrlconfWithoutRules) == set(WITHOUT_RULE)


@pytest.mark.parametrize(("name", "url"), WITHOUT_RULE.items())
def test_a_url_without_a_rule_is_closed(
    name: str, url: str, people: People, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = UrlconfWithoutRules
    for username in ("owner", "head", "administrator"):
        assert browser_of(people[username]).get(url).status_code == 403
    assert f"name={name}" in caplog.text
    assert Client().get(url).status_code in {302, 403}
