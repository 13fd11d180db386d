"""OpenID Connect tokens of an EDO operator, renewed by whichever process needs one first."""

import logging
import time
from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q

from econtract.platform.common import clock
from econtract.platform.common.errors import OutsideError, Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import UNAUTHORIZED
from econtract.platform.common.http_tokens import StaticToken, TokenSource
from edo.models import OperatorToken
from edo.models.tokens import encrypt_token

log = logging.getLogger(__name__)

LOGIN_SYSTEM = "edo_login"
FORM = "application/x-www-form-urlencoded"
# A token is renewed a little before it expires.
EXPIRY_MARGIN = timedelta(seconds=60)
DEFAULT_LIFETIME_SECONDS = 3600
# After this time the process that was renewing the token counts as dead.
RENEWAL_LEASE = timedelta(seconds=30)
WAIT_SECONDS = 10.0
POLL_SECONDS = 0.1


def get_token_source(system: str) -> TokenSource:
    """The tokens of ``system``: renewed ones when EDO_LOGIN_URL is set, else EDO_TOKEN."""
    return OidcToken(system) if settings.EDO_LOGIN_URL else StaticToken(system)


class OidcToken:
    """A `TokenSource` that keeps access and refresh token in the database.

    Only one process asks for a new token at a time; the others wait for its result. No
    transaction is open during the outside call.
    """

    def __init__(self, system: str) -> None:
        self._system = system

    def get(self) -> str:
        row = OperatorToken.objects.filter(pk=self._system).first()
        if row is not None and row.access and not _is_expired(row):
            return row.access
        return self.renew("" if row is None else row.access)

    def renew(self, rejected: str) -> str:
        """A token other than ``rejected``."""
        OperatorToken.objects.get_or_create(system=self._system)
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline:
            row = OperatorToken.objects.get(pk=self._system)
            if _is_usable(row, rejected):
                return row.access
            if self._claim():
                # Another process may have renewed it between our reading and the claim.
                return self._fetch(OperatorToken.objects.get(pk=self._system), rejected)
            time.sleep(POLL_SECONDS)
        raise Unavailable(self._system, "the token is being renewed", retry_after=2)

    def _claim(self) -> bool:
        """Whether this process may ask for the new token."""
        now = clock.now()
        free = Q(renewing_until=None) | Q(renewing_until__lt=now)
        rows = OperatorToken.objects.filter(free, pk=self._system)
        return bool(rows.update(renewing_until=now + RENEWAL_LEASE))

    def _fetch(self, row: OperatorToken, rejected: str) -> str:
        """Ask for a new token, unless there is one, and store it; the claim ends in any case."""
        changes: dict[str, object] = {}
        try:
            if _is_usable(row, rejected):
                return row.access
            access, refresh, seconds = self._request_token(row)
            changes = {
                "encrypted_access": encrypt_token(access),
                "encrypted_refresh": encrypt_token(refresh),
                "expires_at": clock.now() + timedelta(seconds=seconds),
            }
            return access
        finally:
            OperatorToken.objects.filter(pk=row.pk).update(renewing_until=None, **changes)

    def _request_token(self, row: OperatorToken) -> tuple[str, str, int]:
        """Access token, refresh token and lifetime. Tries the stored refresh token, then ours."""
        candidates = dict.fromkeys(filter(None, [row.refresh, settings.EDO_REFRESH_TOKEN]))
        for refresh in candidates:
            try:
                return self._post_refresh_token(refresh)
            except Refused:
                # It has expired, or an administrator has entered a newer one.
                continue
            except OutsideError as error:
                raise Unavailable(self._system, f"no new token: {error.text}") from error
        log.error("outside system=%s blocked code=%s", self._system, UNAUTHORIZED)
        text = "the refresh token was rejected: renew EDO_REFRESH_TOKEN"
        raise Unavailable(self._system, text, code=UNAUTHORIZED)

    def _post_refresh_token(self, refresh: str) -> tuple[str, str, int]:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": refresh,
            "client_id": settings.EDO_CLIENT_ID,
            "client_secret": settings.EDO_CLIENT_SECRET,
        }
        body = OutsideHttp(LOGIN_SYSTEM).request(
            "POST", "", content=urlencode(form).encode(), content_type=FORM
        )
        answer = body.json()
        try:
            access, seconds = answer["access_token"], answer.get("expires_in")
            if not (isinstance(access, str) and access):
                raise ValueError("no access token")
            return (
                access,
                # Without a new one the old one stays valid.
                str(answer.get("refresh_token") or refresh),
                int(seconds) if seconds else DEFAULT_LIFETIME_SECONDS,
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Unavailable(LOGIN_SYSTEM, "the response contains no token") from error


def _is_usable(row: OperatorToken, rejected: str) -> bool:
    return bool(row.access) and row.access != rejected and not _is_expired(row)


def _is_expired(row: OperatorToken) -> bool:
    return row.expires_at is None or row.expires_at - EXPIRY_MARGIN < clock.now()
