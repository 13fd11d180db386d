"""Access tokens: the OpenID Connect provider, V3/Authenticate, and who a request comes from."""

from __future__ import annotations

import datetime as dt
import json
import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import clock, faults
from econtract.sandbox.api.protocol import read_bearer_token, sandbox_time
from econtract.sandbox.models import EdoAccessToken, EdoRefreshToken, FaultKind

# Tokens with this prefix are valid only while the table has them.
_PREFIX = "sandbox-"
_LIFETIME = dt.timedelta(hours=1)
_PASSWORD_LIFETIME = dt.timedelta(hours=24)
_DIADOC_AUTH = re.compile(
    r"DiadocAuth\s+ddauth_api_client_id=([^,\s]+)(?:\s*,\s*ddauth_token=(\S+))?", re.IGNORECASE
)
_CLIENT_PREFIX = "client-"


@csrf_exempt
def get_token(request: HttpRequest) -> HttpResponse:
    """POST /oidc/connect/token: the grant `refresh_token`, as the OpenID provider answers it.

    The refresh token `client-<inn>` acts for that client. The same refresh token works for ever,
    unless the fault `refresh_token_replaced` gives a new one with the answer.
    """
    if request.method != "POST":
        return HttpResponse(status=405)
    form = request.POST
    if form.get("grant_type") != "refresh_token":
        return _token_error("unsupported_grant_type")
    if not (form.get("client_id") and form.get("client_secret")):
        return _token_error("invalid_client")
    refresh_token = form.get("refresh_token", "")
    if not _is_current(refresh_token):
        return _token_error("invalid_grant")
    if faults.consume_fault(request, FaultKind.REFRESH_TOKEN_REPLACED):
        refresh_token = _replace(refresh_token)
    inn = _client_inn(refresh_token.partition(".")[0])
    token = _issue(inn, sandbox_time(request), _LIFETIME)
    answer = {
        "access_token": token,
        "expires_in": int(_LIFETIME.total_seconds()),
        "token_type": "Bearer",
        "refresh_token": refresh_token,
        "scope": "openid offline_access Diadoc.PublicAPI",
    }
    return JsonResponse(answer)


@csrf_exempt
def authenticate(request: HttpRequest) -> HttpResponse:
    """POST /V3/Authenticate?type=password: a token for `DiadocAuth`, as text.

    Obsolete at the operator, but clients of others still use it. The login is that of our user,
    or `client-<inn>`; any password is right.
    """
    if request.method != "POST":
        return HttpResponse(status=405)
    if not _DIADOC_AUTH.fullmatch(request.headers.get("Authorization", "").strip()):
        return HttpResponse("ddauth_api_client_id is required", status=401)
    try:
        login = str(json.loads(request.body)["login"])
    except (ValueError, KeyError, TypeError, RecursionError):
        login = ""
    if request.GET.get("type") != "password" or not login:
        return HttpResponse("type=password and login are expected", status=400)
    token = _issue(_client_inn(login), sandbox_time(request), _PASSWORD_LIFETIME)
    return HttpResponse(token, content_type="text/plain; charset=utf-8")


def identify_caller(request: HttpRequest) -> str | None:
    """The ИНН of the client that calls, empty for our organisation; None without a valid token."""
    match = _DIADOC_AUTH.fullmatch(request.headers.get("Authorization", "").strip())
    token = (match[2] or "") if match else _read_bearer(request)
    if token.startswith(_PREFIX):
        row = EdoAccessToken.objects.filter(token=token, expires_at__gt=sandbox_time(request))
        return row.values_list("inn", flat=True).first()
    if match or not token:
        return None
    return _client_inn(token)


def expire_tokens() -> int:
    """Make every issued access token stale at once; returns how many."""
    return EdoAccessToken.objects.filter(expires_at__gt=clock.now()).update(
        expires_at=clock.now() - dt.timedelta(seconds=1)
    )


def _read_bearer(request: HttpRequest) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip().startswith(_PREFIX):
        return token.strip()
    return read_bearer_token(request)


def _client_inn(name: str) -> str:
    return name.removeprefix(_CLIENT_PREFIX) if name.startswith(_CLIENT_PREFIX) else ""


def _issue(inn: str, now: dt.datetime, lifetime: dt.timedelta) -> str:
    token = _PREFIX + secrets.token_urlsafe(24)
    EdoAccessToken.objects.create(token=token, inn=inn, expires_at=now + lifetime)
    return token


def _is_current(refresh_token: str) -> bool:
    row = EdoRefreshToken.objects.filter(token=refresh_token).first()
    if row is not None:
        return not row.is_replaced
    expected = settings.SANDBOX_TOKEN
    is_client = refresh_token.startswith(_CLIENT_PREFIX)
    return 0 < len(refresh_token) <= 200 and (
        not expected or is_client or refresh_token == expected
    )


def _replace(refresh_token: str) -> str:
    """Make a refresh token invalid and return the one that replaces it."""
    EdoRefreshToken.objects.update_or_create(token=refresh_token, defaults={"is_replaced": True})
    base = refresh_token.partition(".")[0][:150]
    return EdoRefreshToken.objects.create(token=f"{base}.{secrets.token_urlsafe(12)}").token


def _token_error(error: str) -> HttpResponse:
    return JsonResponse({"error": error}, status=400)
