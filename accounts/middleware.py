"""The user's own time zone, and the change of a password that an administrator has set."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from accounts.login.client_address import client_address
from accounts.login.staff_addresses import remember_address
from accounts.models import User
from accounts.session_end.pages import find_page
from econtract.platform.common.htmx import redirect_browser

# What a user may open who has to change their password first.
OPEN_BEFORE_THE_CHANGE = {"accounts:password", "accounts:logout"}


class TimeZoneMiddleware:
    """Shows times, which are stored in UTC, in the user's time zone, and notes where users work."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            # Replaces Django's lazy object: a page reads the user's attributes hundreds of times.
            request.user = getattr(request, "_cached_user", request.user)
            timezone.activate(request.user.zone)
            remember_address(client_address(request))
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()


class PasswordChangeMiddleware:
    """Leads a user whose password was set by an administrator to «Сменить пароль»."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or not user.must_change_password:
            return None
        is_open = match is not None and match.view_name in OPEN_BEFORE_THE_CHANGE
        if is_open or not getattr(view, "login_required", True):
            return None
        query = urlencode({"next": find_page(request)})
        return redirect_browser(request, f"{reverse('accounts:password')}?{query}")
