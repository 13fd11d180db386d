"""Settings of signing that would fail only in the middle of work, told at start-up."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from edo.signing.service import PROVIDERS


@register()
def check_signing(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """SIGNING_PROVIDER must be known, MCHD_XSD a file where it is set."""
    found: list[CheckMessage] = []
    if settings.SIGNING_PROVIDER not in PROVIDERS:
        known = ", ".join(PROVIDERS)
        found.append(Error(f"Set SIGNING_PROVIDER to one of: {known}.", id="edo.E001"))
    if settings.MCHD_XSD and not Path(settings.MCHD_XSD).is_file():
        hint = "Unset it to take powers of attorney in without the schema."
        found.append(Error("Set MCHD_XSD to the schema's file.", hint=hint, id="edo.E002"))
    return found
