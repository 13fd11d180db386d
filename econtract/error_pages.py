"""Pages for errors that Django answers with an empty response or not at all."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from econtract import views
from econtract.platform.common.htmx import is_fragment

# Below the limits of the servers in front of us, whose own error pages are English.
MAX_URL_LENGTH = 8000
PAGES: dict[int, Callable[[HttpRequest], HttpResponse]] = {
    405: views.method_not_allowed,
    416: views.range_not_satisfiable,
}
# What the specification of HTTP requires beside the status.
KEPT_HEADERS = {"Allow", "Content-Range"}


class ErrorPagesMiddleware:
    """Answers in Russian where Django would not. The first one: others answer themselves, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if len(request.get_full_path()) > MAX_URL_LENGTH:
            return views.uri_too_long(request)
        response = self.get_response(request)
        page = PAGES.get(response.status_code)
        if page is None or is_fragment(request):
            return response
        error_page = page(request)
        for name in KEPT_HEADERS & set(response.headers):
            error_page[name] = response[name]
        return error_page
