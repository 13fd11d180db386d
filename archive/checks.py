"""System checks of this app's settings."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from archive.conversion import libreoffice
from archive.conversion.convert import CONVERTERS, default_converter


@register()
def check_converter(**_: Any) -> Sequence[CheckMessage]:
    """CONVERTER names a known converter, and it is installed."""
    if settings.CONVERTER not in {"auto", *CONVERTERS}:
        names = ", ".join(["auto", *CONVERTERS])
        return [Error(f"Set CONVERTER to one of: {names}.", id="archive.E001")]
    if default_converter() == libreoffice.LibreOffice.name and not libreoffice.is_installed():
        return [Error(f"LibreOffice ({settings.SOFFICE}) is not installed.", id="archive.E002")]
    return []


@register()
def check_scanner_address(**_: Any) -> Sequence[CheckMessage]:
    """CLAMD_ADDRESS is the path of a socket, or host:port."""
    host, _colon, port = settings.CLAMD_ADDRESS.rpartition(":")
    if not settings.CLAMD_ADDRESS or settings.CLAMD_ADDRESS.startswith("/"):
        return []
    if host and port.isdigit():
        return []
    return [Error("Set CLAMD_ADDRESS to /path/of/socket or host:port.", id="archive.E003")]


@register(deploy=True)
def check_scanner_configured(**_: Any) -> Sequence[CheckMessage]:
    """Running production without a virus scanner should be a decision, not an oversight."""
    if settings.CLAMD_ADDRESS:
        return []
    return [Warning("CLAMD_ADDRESS is empty: files are not scanned.", id="archive.W001")]
