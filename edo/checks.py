"""System checks: settings that would otherwise fail only when a document is being signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from econtract.platform.crypto import libgcrypt
from edo.models import SigningProvider
from edo.signing.local_keys import LocalKeyFolder
from edo.signing.providers.registry import CONFIRMING_PROVIDERS, PROVIDERS
from edo.signing.timestamp_service import TIMESTAMP_DIGESTS


@register()
def check_signing(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The providers must have known names, MCHD_XSD must be a file, a local seal must be there."""
    errors: list[CheckMessage] = []
    known = ", ".join(PROVIDERS)
    if settings.SIGNING_PROVIDER not in PROVIDERS:
        errors.append(Error(f"Set SIGNING_PROVIDER to one of: {known}.", id="edo.E001"))
    if settings.SEAL_PROVIDER and settings.SEAL_PROVIDER not in PROVIDERS:
        errors.append(Error(f"Set SEAL_PROVIDER to one of: {known}.", id="edo.E003"))
    seal_provider = settings.SEAL_PROVIDER or settings.SIGNING_PROVIDER
    if seal_provider in CONFIRMING_PROVIDERS:
        message = "Set SEAL_PROVIDER to a service that signs without a person."
        errors.append(Error(message, id="edo.E006"))
    if settings.SIGNING_PROVIDER == SigningProvider.DSS and not settings.DSS_CLIENT_ID:
        errors.append(Error("Set DSS_CLIENT_ID and DSS_CLIENT_SECRET.", id="edo.E007"))
    if seal_provider == SigningProvider.LOCAL and not _has_local_seal():
        hint = "docs/deploy.md says how to make it. Until then no package is made."
        message = "SIGNING_KEYS_DIR has no key of the name in SEAL_KEY."
        errors.append(Warning(message, hint=hint, id="edo.W004"))
    if settings.MCHD_XSD and not Path(settings.MCHD_XSD).is_file():
        hint = "Unset it to accept powers of attorney without checking the schema."
        errors.append(Error("Set MCHD_XSD to the file of the schema.", hint=hint, id="edo.E002"))
    if settings.TSP_DIGEST not in TIMESTAMP_DIGESTS:
        message = f"Set TSP_DIGEST to one of: {', '.join(TIMESTAMP_DIGESTS)}."
        errors.append(Error(message, id="edo.E008"))
    return errors


@register()
def check_engine(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """libgcrypt must be there: without it the signatures of most clients cannot be verified."""
    try:
        libgcrypt.load()
    except libgcrypt.EngineError as error:
        message = f"Signatures by ГОСТ cannot be verified: {error}."
        hint = "Install it: apt-get install libgcrypt20."
        return [Warning(message, hint=hint, id="edo.W005")]
    return []


def _has_local_seal() -> bool:
    keys = LocalKeyFolder(settings.SIGNING_KEYS_DIR, settings.SIGNING_KEYS_PASSWORD)
    return keys.has_key(settings.SEAL_KEY)
