"""Typed access to environment variables.

A missing or malformed variable raises ImproperlyConfigured with a sentence that says what to set:
the product does not start with it.
"""

import os
from collections.abc import Collection
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_VALUES = {"1", "true", "yes", "on"}
FALSE_VALUES = {"0", "false", "no", "off", ""}


def text(name: str, default: str | None = None) -> str:
    """The variable as text; required if there is no default."""
    value = os.environ.get(name)
    if default is None and not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return default or "" if value is None else value


def flag(name: str, *, default: bool) -> bool:
    """The variable as a boolean: 1/0, true/false, yes/no or on/off."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE_VALUES:
        return True
    if value.lower() in FALSE_VALUES:
        return False
    raise ImproperlyConfigured(f"Set {name} to yes or no, not to {value!r}.")


def number(name: str, default: int, *, at_least: int = 0, at_most: int = 10**9) -> int:
    """The variable as a whole number within the limits, which the default need not keep."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"Set {name} to a whole number, not to {value!r}.") from None
    if result < at_least:
        raise ImproperlyConfigured(f"Set {name} to {at_least} or more, not to {value}.")
    if result > at_most:
        raise ImproperlyConfigured(f"Set {name} to {at_most} or less, not to {value}.")
    return result


def seconds(name: str, default: float) -> float:
    """The variable as a positive number of seconds, perhaps with a fraction."""
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        result = float(value)
    except ValueError:
        result = 0.0
    if not 0 < result < 10**9:
        raise ImproperlyConfigured(f"Set {name} to a number of seconds, not to {value!r}.")
    return result


def numbers(name: str, default: str) -> list[int]:
    """The variable as a comma-separated list of whole numbers."""
    items = comma_separated(name, default)
    if not all(item.isdecimal() for item in items):
        value = ",".join(items)
        raise ImproperlyConfigured(f"Set {name} to numbers like {default}, not to {value!r}.")
    return [int(item) for item in items]


def choice(name: str, default: str, choices: Collection[str]) -> str:
    """The variable as one of the choices."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"Set {name} to one of {', '.join(choices)}, not to {value!r}.")
    return value


def address(name: str, default: str, schemes: Collection[str]) -> str:
    """The variable as a URL with one of the schemes. Errors do not show its password."""
    value = text(name, default)
    if value.partition(":")[0] not in schemes:
        raise ImproperlyConfigured(
            f"Set {name} to an address that begins with {', '.join(schemes)}."
        )
    return value


def comma_separated(name: str, default: str = "") -> list[str]:
    """The variable as a comma-separated list, without empty items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def folder(name: str, default: Path) -> Path:
    """The variable as an absolute path of a folder, which need not exist."""
    return Path(text(name, str(default))).expanduser().resolve()
