"""Pages for errors that Django answers with an empty response or not at all."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from econtract import views
from econtract.platform.common.htmx import is_fragment

# Below the limits of the servers in front of us, whose own error pages are English.
MAX_URL_LENGTH = 8000
PAGES: dict[int, Callable[[HttpRequest], HttpResponse]] = {
    405: views.method_not_allowed,
    416: views.range_not_satisfiable,
}
# The others are those of the empty response: Allow, cookies, the content security policy.
OWN_HEADERS = {"content-type", "content-length"}


class ErrorPagesMiddleware:
    """Answers in Russian where Django would not. The first one: others answer themselves, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        page = PAGES.get(response.status_code)
        if page is None or is_fragment(request):
            return response
        error_page = page(request)
        for name, value in response.headers.items():
            if name.lower() not in OWN_HEADERS:
                error_page[name] = value
        error_page.cookies.update(response.cookies)
        return error_page

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        is_too_long = len(request.get_full_path()) > MAX_URL_LENGTH
        return views.uri_too_long(request) if is_too_long else None
