"""Shows times, which are stored in UTC, in the user's own time zone."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.models import User


class TimeZoneMiddleware:
    """Activates the user's time zone for the duration of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User):
            # Replaces Django's lazy object: a page reads the user's attributes hundreds of times.
            request.user = getattr(request, "_cached_user", request.user)
            timezone.activate(request.user.zone)
        try:
            return self.get_response(request)
        finally:
            timezone.deactivate()
