"""Who is in «Мои документы»: a signed cookie names the log-in, the database says what it allows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing as signed_values
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from clients.models import Contact
from tasks.actions import client_access
from tasks.models import ClientAccess
from tasks.screens.common import client_limits

COOKIE = "my"
COOKIE_PATH = "/my/"
SALT = "tasks.screens.client_documents.access"

View = Callable[..., HttpResponseBase]


def public_page(view: View) -> View:
    """A page before the log-in: limited by address, neither stored nor indexed."""

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if request.method == "POST" and client_limits.is_limit_exceeded(request, "my"):
            response: HttpResponseBase = client_limits.refuse_request(request)
        else:
            response = view(request, **arguments)
        response["Cache-Control"] = "private, no-store"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return wrapper


def client_page(view: View) -> View:
    """A page for the person of the log-in, whom the view gets; others go to the entry."""

    @public_page
    @wraps(view)
    def wrapper(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        contact = find_contact(request)
        if contact is None:
            return redirect("client_documents:entry")
        return view(request, contact, **arguments)

    return wrapper


def remember_access(request: HttpRequest, response: HttpResponseBase, access: ClientAccess) -> None:
    response.set_cookie(
        COOKIE,
        signed_values.dumps(access.pk, salt=SALT),
        path=COOKIE_PATH,
        secure=request.is_secure(),
        httponly=True,
        samesite="Strict",
    )


def find_access(request: HttpRequest) -> ClientAccess | None:
    """The log-in that this browser has started."""
    pk = _read_cookie(request)
    return ClientAccess.objects.filter(pk=pk).first() if pk else None


def find_contact(request: HttpRequest) -> Contact | None:
    """The person who has entered the code in this browser, for half an hour."""
    pk = _read_cookie(request)
    return client_access.find_contact(pk) if pk else None


def _read_cookie(request: HttpRequest) -> int:
    lifetime = client_access.CODE_LIFETIME + client_access.SESSION_LIFETIME
    try:
        value = signed_values.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=lifetime)
    except signed_values.BadSignature:
        return 0
    return int(value)
