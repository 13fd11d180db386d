"""Every address of the product declares who may open it, and nothing else is declared."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from econtract.permissions import RULES, RULES_OF_NAMESPACES, Everyone, rule_of


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
    assert not set(RULES_OF_NAMESPACES) - {name.partition(":")[0] for name in NAMES}


def test_only_the_addresses_declared_public_are_open_to_those_who_are_not_logged_in() -> None:
    # The Django admin's own sign-in page is replaced by ours, but its pattern stays.
    open_to_all = {
        name
        for name, _, pattern in ADDRESSES
        if not getattr(pattern.callback, "login_required", True)
    }
    public = {name for name, rule in RULES.items() if rule is Everyone.PUBLIC}
    assert open_to_all - {"admin:login", "admin:jsi18n"} == public
