"""System checks: settings that would otherwise fail only when a document is being signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from econtract.platform.common import env
from econtract.platform.crypto import libgcrypt
from econtract.platform.installation.checks import INSTALLATION
from edo.models import SigningProvider
from edo.signing.local_keys import LocalKeyFolder
from edo.signing.providers.registry import CONFIRMING_PROVIDERS, PROVIDERS
from edo.signing.timestamp_service import TIMESTAMP_DIGESTS


@register(INSTALLATION)
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


@register(INSTALLATION, deploy=True)
def check_trust(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The files of trusted roots have certificates, and those of revocation lists exist."""
    errors: list[CheckMessage] = []
    roots = {"EDO_TRUST_ROOTS": settings.EDO_TRUST_ROOTS}
    if settings.SEAL_TRUST_ROOTS:
        roots["SEAL_TRUST_ROOTS"] = settings.SEAL_TRUST_ROOTS
    for name, path in roots.items():
        if not _has_certificates(Path(path)):
            message = f"Set {name} to a PEM file with certificates; {path} is none."
            errors.append(Error(message, id="edo.E009"))
    # The default are the files of the sandbox, which an installation without it does not have.
    if env.text("EDO_CRLS", ""):
        for path in settings.EDO_CRLS:
            if not Path(path).is_file():
                message = f"Set EDO_CRLS to files of revocation lists; there is no {path}."
                errors.append(Error(message, id="edo.E010"))
    return errors


@register(INSTALLATION, deploy=True)
def check_provider_addresses(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """The services that hold our keys have an address."""
    errors: list[CheckMessage] = []
    providers = {settings.SIGNING_PROVIDER, settings.SEAL_PROVIDER}
    if SigningProvider.HTTP in providers and not settings.OUTSIDE["signing"]["url"]:
        message = "Set SIGNING_URL: the signing service holds the keys."
        errors.append(Error(message, id="edo.E011"))
    if SigningProvider.DSS in providers and not settings.OUTSIDE["dss"]["url"]:
        errors.append(Error("Set DSS_URL: КриптоПро DSS holds the keys.", id="edo.E012"))
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


def _has_certificates(path: Path) -> bool:
    try:
        return bool(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        return False


def _has_local_seal() -> bool:
    keys = LocalKeyFolder(settings.SIGNING_KEYS_DIR, settings.SIGNING_KEYS_PASSWORD)
    return keys.has_key(settings.SEAL_KEY)
