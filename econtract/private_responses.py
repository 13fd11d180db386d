"""Nothing that the product shows stays in a cache (docs/rights.md#caches)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PRIVATE = "private, no-store"


class PrivateResponsesMiddleware:
    """Forbids storing every response whose view has not decided otherwise.

    Pages and exports contain personal data, and several people use one computer. Static files do
    not come here: WhiteNoise answers before.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = PRIVATE
        return response
