"""System checks of settings that would otherwise fail page by page or job by job."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.http.request import validate_host
from django.utils.module_loading import import_string

from econtract.platform.installation.checks import INSTALLATION

# Systems that every installation calls. The providers of signatures check their own.
REQUIRED_SYSTEMS = (
    "cdi",
    "eip",
    "identity",
    "cabinet",
    "edo",
    "archive_apd",
    "archive_rio",
    "messages",
)
OPTIONAL_ADDRESSES = (
    "SANDBOX_URL",
    "DATAPORT_URL",
    "ACCESS_TEMPLATE_URL",
    "TRUST_LIST_URL",
    "EDO_LOGIN_URL",
)


@register(INSTALLATION, deploy=True)
def check_outside_systems(**_: Any) -> list[CheckMessage]:
    """Every outside system has an address, which is one, and a token."""
    missing = [
        f"{name.upper()}_URL" for name in REQUIRED_SYSTEMS if not settings.OUTSIDE[name]["url"]
    ]
    if missing:
        message = f"Set {', '.join(missing)}: the addresses of outside systems."
        hint = "Or set SANDBOX_URL to use simulators instead."
        return [Error(message, hint=hint, id="econtract.E001")]
    errors = [
        Error(
            f"Set {name.upper()}_TOKEN: {name.upper()}_URL is a real system's.", id="econtract.E002"
        )
        for name in REQUIRED_SYSTEMS
        if _has_no_token(name)
    ]
    addresses = {f"{name.upper()}_URL": system["url"] for name, system in settings.OUTSIDE.items()}
    return [*errors, *_check_addresses(addresses)]


def _has_no_token(name: str) -> bool:
    if name == "edo" and settings.EDO_LOGIN_URL:
        return False
    system = settings.OUTSIDE[name]
    is_simulated = bool(settings.SANDBOX_URL) and system["url"].startswith(settings.SANDBOX_URL)
    return not is_simulated and not os.environ.get(f"{name.upper()}_TOKEN")


@register(INSTALLATION)
def check_addresses(**_: Any) -> list[CheckMessage]:
    """Settings that hold an address hold one."""
    addresses = {name: getattr(settings, name) for name in ("PUBLIC_URL", *OPTIONAL_ADDRESSES)}
    addresses |= {f"HELPME_{name}_URL": url for name, url in settings.HELPME_URLS.items()}
    return _check_addresses(addresses)


def _check_addresses(addresses: dict[str, str]) -> list[CheckMessage]:
    return [
        Error(f"Set {name} to an address like https://host, not to {url!r}.", id="econtract.E003")
        for name, url in addresses.items()
        if url and not _is_address(url)
    ]


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


@register(INSTALLATION, deploy=True)
def check_host_names(**_: Any) -> list[CheckMessage]:
    """The address that people type is one that the product answers."""
    host = urlsplit(settings.PUBLIC_URL).hostname if _is_address(settings.PUBLIC_URL) else None
    # As Django writes the address of an IPv6 host.
    if host is None or validate_host(f"[{host}]" if ":" in host else host, settings.ALLOWED_HOSTS):
        return []
    message = f"Add {host} to ALLOWED_HOSTS: it is the host of PUBLIC_URL."
    return [Error(message, id="econtract.E004")]


@register(INSTALLATION, deploy=True)
def check_folders(**_: Any) -> list[CheckMessage]:
    """The folders that processes write to can be written to, or created."""
    folders = {"ECONTRACT_DATA_DIR": settings.DATA_DIR}
    if not settings.FILES_S3_BUCKET:
        folders["FILES_DIR"] = settings.MEDIA_ROOT
    return [
        Error(
            f"Set {name} to a folder that this user may write to, not to {folder}.",
            id="econtract.E005",
        )
        for name, folder in folders.items()
        if not _can_write(folder)
    ]


def _can_write(folder: Path) -> bool:
    nearest = next(path for path in [folder, *folder.parents] if path.exists())
    return nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)


@register(INSTALLATION)
def check_mail(**_: Any) -> list[CheckMessage]:
    """EMAIL_BACKEND can be imported."""
    try:
        import_string(settings.EMAIL_BACKEND)
    except ImportError:
        message = f"Set EMAIL_BACKEND to a mail back end, not to {settings.EMAIL_BACKEND!r}."
        return [Error(message, id="econtract.E006")]
    return []


@register(INSTALLATION, deploy=True)
def check_operator_login(**_: Any) -> list[CheckMessage]:
    """EDO_LOGIN_URL comes with the credentials that are used there."""
    names: Iterable[str] = ("EDO_CLIENT_ID", "EDO_CLIENT_SECRET")
    missing = [name for name in names if not getattr(settings, name)]
    if not settings.EDO_LOGIN_URL or not missing:
        return []
    message = f"Set {' and '.join(missing)}: EDO_LOGIN_URL needs them."
    return [Error(message, id="econtract.E007")]


def check_static_files() -> list[str]:
    """What keeps a web server from serving the static files; only it needs them."""
    manifest = Path(settings.STATIC_ROOT, "staticfiles.json")
    if settings.WHITENOISE_USE_FINDERS or manifest.is_file():
        return []
    return [f"Run manage.py collectstatic or set STATIC_ROOT: {settings.STATIC_ROOT} has no files."]
