"""System checks of this app's settings."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from archive.conversion import libreoffice, libreoffice_check
from archive.conversion.convert import CONVERTERS
from econtract.platform.installation.checks import INSTALLATION


@register("conversion", INSTALLATION)
def check_converter(**_: Any) -> Sequence[CheckMessage]:
    """CONVERTER names a known converter, and LibreOffice did not fail its last test conversion."""
    if settings.CONVERTER not in {"auto", *CONVERTERS}:
        names = ", ".join(["auto", *CONVERTERS])
        return [Error(f"Set CONVERTER to one of: {names}.", id="archive.E001")]
    is_required = libreoffice.LibreOffice.name == settings.CONVERTER
    if not libreoffice.is_installed():
        message = f"LibreOffice ({settings.SOFFICE}) is not installed."
        return [Error(message, id="archive.E002")] if is_required else []
    if settings.CONVERTER == "builtin" or libreoffice_check.last_result() is not False:
        return []
    message = (
        f"LibreOffice ({settings.SOFFICE}) fails to convert a test document:"
        " install its Writer, Calc and Math."
    )
    if is_required:
        return [Error(message, id="archive.E004")]
    hint = "The built-in converter is used: it reads neither DOC, XLS, RTF nor ODF."
    return [Warning(message, hint=hint, id="archive.W002")]


@register(INSTALLATION)
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
