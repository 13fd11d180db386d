"""System checks: settings that would otherwise fail only when a document is being signed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from edo.signing.service import PROVIDERS


@register()
def check_signing(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """The providers must have known names, and MCHD_XSD, when set, must be an existing file."""
    errors: list[CheckMessage] = []
    known = ", ".join(PROVIDERS)
    if settings.SIGNING_PROVIDER not in PROVIDERS:
        errors.append(Error(f"Set SIGNING_PROVIDER to one of: {known}.", id="edo.E001"))
    if settings.SEAL_PROVIDER and settings.SEAL_PROVIDER not in PROVIDERS:
        errors.append(Error(f"Set SEAL_PROVIDER to one of: {known}.", id="edo.E003"))
    if settings.MCHD_XSD and not Path(settings.MCHD_XSD).is_file():
        hint = "Unset it to accept powers of attorney without checking the schema."
        errors.append(Error("Set MCHD_XSD to the file of the schema.", hint=hint, id="edo.E002"))
    return errors
