"""Typed access to environment variables.

Every helper stops the start-up with one sentence that says what to set, so that a wrong
environment is found before the first request and not in the middle of one.
"""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable as text.

    Raises ImproperlyConfigured when it is absent and there is no default.
    """
    value = os.environ.get(name)
    if value is not None:
        return value
    if default is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return default


def flag(name: str, *, default: bool) -> bool:
    """The variable as a yes or no (1/0, true/false, yes/no, on/off).

    Raises ImproperlyConfigured on any other word.
    """
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE_WORDS:
        return True
    if value.lower() in FALSE_WORDS:
        return False
    raise ImproperlyConfigured(f"Set {name} to yes or no, not to {value!r}.")


def number(name: str, default: int) -> int:
    """The variable as a whole number. Raises ImproperlyConfigured when it is not one."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        raise ImproperlyConfigured(f"Set {name} to a whole number, not to {value!r}.") from None


def words(name: str, default: str = "") -> list[str]:
    """The variable as a comma-separated list, without empty members."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def folder(name: str, default: Path) -> Path:
    """The variable as an absolute folder path. The folder need not exist."""
    return Path(text(name, str(default))).expanduser().resolve()
