"""`manage.py check`: settings of this app that cannot work."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from archive.conversion import libreoffice
from archive.conversion.convert import CONVERTERS, default_converter


@register()
def converter_is_known(**_: Any) -> Sequence[CheckMessage]:
    """CONVERTER names a converter, and that one is at hand."""
    if settings.CONVERTER not in {"auto", *CONVERTERS}:
        names = ", ".join(["auto", *CONVERTERS])
        return [Error(f"Set CONVERTER to one of: {names}.", id="archive.E001")]
    if default_converter() == libreoffice.LibreOffice.name and not libreoffice.is_installed():
        return [Error(f"LibreOffice ({settings.SOFFICE}) is not here.", id="archive.E002")]
    return []


@register()
def scanner_has_address(**_: Any) -> Sequence[CheckMessage]:
    """CLAMD_ADDRESS is a socket's path or host:port."""
    host, _colon, port = settings.CLAMD_ADDRESS.rpartition(":")
    if not settings.CLAMD_ADDRESS or settings.CLAMD_ADDRESS.startswith("/"):
        return []
    if host and port.isdigit():
        return []
    return [Error("Set CLAMD_ADDRESS to /path/of/socket or host:port.", id="archive.E003")]


@register(deploy=True)
def scanner_is_set(**_: Any) -> Sequence[CheckMessage]:
    """A production without a virus scan should be a decision."""
    if settings.CLAMD_ADDRESS:
        return []
    return [Warning("CLAMD_ADDRESS is empty: files are not scanned.", id="archive.W001")]
