"""Access tokens of the users of КриптоПро DSS.

We are an OAuth client of the identity service, which trusts us to name a user without a password:
whatever is signed in their name they confirm themselves. The tokens are kept in memory only.
"""

import base64
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings

from econtract.platform.common import clock
from econtract.platform.common.errors import Refused, Unavailable
from econtract.platform.common.http import OutsideHttp
from econtract.platform.common.http_responses import UNAUTHORIZED
from edo.signing.providers.protocol import KEY_UNKNOWN

SYSTEM = "dss"
FORM = "application/x-www-form-urlencoded"
# A token is renewed a little before it expires.
EXPIRY_MARGIN = timedelta(seconds=30)

# By address and login, in each process.
_tokens: dict[tuple[str, str], tuple[str, datetime]] = {}


class UserTokens:
    """A `TokenSource` for one user."""

    def __init__(self, login: str) -> None:
        self._login = login

    def get(self) -> str:
        token, expires_at = _tokens.get(self._key, ("", clock.now()))
        if token and clock.now() < expires_at:
            return token
        return self._fetch()

    def renew(self, rejected: str) -> str:
        token, _ = _tokens.pop(self._key, ("", clock.now()))
        return token if token and token != rejected else self._fetch()

    @property
    def _key(self) -> tuple[str, str]:
        return settings.OUTSIDE[SYSTEM]["url"], self._login

    def _fetch(self) -> str:
        """A new token. Raises Refused with `unknown_key` when the service knows no such user."""
        fields = {
            "grant_type": "password",
            "username": self._login,
            "password": "",
            "resource": settings.DSS_RESOURCE,
        }
        http = OutsideHttp(SYSTEM, tokens=ClientCredentials(), scheme="Basic")
        try:
            body = http.request(
                "POST",
                f"{settings.DSS_IDENTITY_PATH}/oauth/token",
                content=urlencode(fields).encode(),
                content_type=FORM,
            ).json()
            token, seconds = str(body["access_token"]), float(body["expires_in"])
        except Refused as refusal:
            if refusal.code == "invalid_grant":
                raise Refused(SYSTEM, KEY_UNKNOWN) from refusal
            raise Unavailable(SYSTEM, "no token", code=UNAUTHORIZED) from refusal
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable(SYSTEM, "the token is malformed") from error
        _tokens[self._key] = (token, clock.now() + timedelta(seconds=seconds) - EXPIRY_MARGIN)
        return token


class ClientCredentials:
    """A `TokenSource` for the scheme Basic: DSS_CLIENT_ID and DSS_CLIENT_SECRET."""

    def get(self) -> str:
        if not settings.DSS_CLIENT_ID:
            raise Unavailable(SYSTEM, "set DSS_CLIENT_ID", code=UNAUTHORIZED)
        credentials = f"{settings.DSS_CLIENT_ID}:{settings.DSS_CLIENT_SECRET}"
        return base64.b64encode(credentials.encode()).decode()

    def renew(self, rejected: str) -> str:
        raise Unavailable(SYSTEM, "the credentials were rejected", code=UNAUTHORIZED)
