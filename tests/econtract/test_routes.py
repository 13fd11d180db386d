"""Every address of the product declares who may open it, and nothing else is declared."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from pytest_django.fixtures import Settings

from econtract.permissions import RULES, Everyone, rule_of
from tests.support.people import People, browser_of


class Address(NamedTuple):
    """A full name, the whole route as it is written, and the pattern itself."""

    name: str
    route: str
    pattern: URLPattern


def addresses(
    resolver: URLResolver | None = None, namespace: str = "", above: str = "/"
) -> Iterator[Address]:
    """All addresses of the product."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = f"{above}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from addresses(entry, inner, route)
        else:
            yield Address(f"{namespace}{entry.name or ''}", route, entry)


ADDRESSES = list(addresses())
NAMES = sorted({address.name for address in ADDRESSES})


@pytest.mark.parametrize("name", NAMES)
def test_every_address_declares_its_rule(name: str) -> None:
    assert rule_of(name) is not None, f"Declare the rule of {name!r} in econtract/permissions.py."


def test_no_rule_is_left_without_an_address() -> None:
    assert not set(RULES) - set(NAMES)


def test_only_the_addresses_declared_public_are_open_to_those_who_are_not_logged_in() -> None:
    # The Django admin's own sign-in page is replaced by ours, but its pattern stays.
    open_to_all = {
        name
        for name, _, pattern in ADDRESSES
        if not getattr(pattern.callback, "login_required", True)
    }
    public = {name for name, rule in RULES.items() if rule is Everyone.PUBLIC}
    assert open_to_all - {"admin:login", "admin:jsi18n"} == public


NAMESPACES = sorted({name.partition(":")[0] for name in NAMES if ":" in name} - {"admin"})


def forgotten(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


class FreshUrls:
    """A URLconf in which every namespace has one URL that declares no rule."""

    handler403 = "econtract.views.forbidden"
    # The product's own come first, so that its pages are still found by name.
    urlpatterns = [
        path("", include("econtract.urls")),
        path("fresh/", forgotten, name="forgotten"),
        *(
            path(
                f"fresh/{name}/",
                include(([path("", forgotten, name="forgotten")], name), namespace=name),
            )
            for name in NAMESPACES
        ),
    ]


@pytest.mark.parametrize("namespace", ["", *NAMESPACES])
def test_a_url_without_a_rule_is_closed_in_every_namespace(
    namespace: str, people: People, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ROOT_URLCONF = FreshUrls
    name = f"{namespace}:forgotten" if namespace else "forgotten"
    url = f"/fresh/{namespace}/" if namespace else "/fresh/"
    assert rule_of(name) is None
    for who in ("owner", "head", "administrator"):
        response = browser_of(people[who]).get(url)
        assert response.status_code == 403
    assert f"name={name}" in caplog.text
    assert Client().get(url).status_code in {302, 403}
