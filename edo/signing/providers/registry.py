"""The signing providers by name."""

from collections.abc import Callable

from django.conf import settings

from edo.models import SigningProvider
from edo.signing.providers.confirmed import ConfirmedSigningService
from edo.signing.providers.dss import DssClient
from edo.signing.providers.http import HttpSigningService
from edo.signing.providers.local import LocalSigningService
from edo.signing.providers.protocol import SigningService

PROVIDERS: dict[str, Callable[[], SigningService]] = {
    SigningProvider.HTTP: HttpSigningService,
    SigningProvider.LOCAL: LocalSigningService,
    SigningProvider.DSS: lambda: ConfirmedSigningService(DssClient()),
}

# Their keys sign only when their owner confirms it.
CONFIRMING_PROVIDERS = frozenset({SigningProvider.DSS, SigningProvider.OPERATOR_DSS})


def register_provider(name: str, build: Callable[[], SigningService]) -> None:
    """Add a provider of a room above; call it when the app starts."""
    PROVIDERS[name] = build


def get_signing_service(provider: str = "") -> SigningService:
    """The provider of that name, by default the one that SIGNING_PROVIDER names.

    Raises LookupError when there is none.
    """
    return PROVIDERS[provider or settings.SIGNING_PROVIDER]()


def get_seal_service() -> SigningService:
    """The provider that SEAL_PROVIDER names, by default SIGNING_PROVIDER: it has our seal's key."""
    return PROVIDERS[settings.SEAL_PROVIDER or settings.SIGNING_PROVIDER]()
