"""What every page's frame needs to know."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The side menu for the person at hand."""
    return {}
