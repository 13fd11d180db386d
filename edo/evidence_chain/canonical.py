"""The canonical form of JSON values (RFC 8785), as far as evidence needs it: without fractions."""

import hashlib
import json
from typing import Any

# What an IEEE 754 double holds exactly: other implementations of RFC 8785 read no larger ones.
MAX_INTEGER = 2**53 - 1
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonicalize(value: Any) -> bytes:
    """The only UTF-8 form of ``value``: strings, integers, booleans, None, lists and dicts.

    Equal values have equal forms, and different values different ones. Raises ValueError for
    anything else: fractions, larger integers, keys that are no strings, lone surrogates.
    """
    return _dumps(_sort(value)).encode()


def digest(value: Any) -> str:
    """The SHA-256 (hexadecimal) of the canonical form. Raises as `canonicalize`."""
    return hashlib.sha256(canonicalize(value)).hexdigest()


def _sort(value: Any) -> Any:
    """``value`` with all keys in the order of RFC 8785: by their UTF-16 code units."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise ValueError("An integer is too large for the canonical form.")
        return value
    if isinstance(value, list | tuple):
        return [_sort(item) for item in value]
    if not isinstance(value, dict):
        raise ValueError(f"The canonical form knows no {type(value).__name__}.")
    if not all(isinstance(key, str) for key in value):
        raise ValueError("Keys are strings in the canonical form.")
    # For ASCII keys the order of code points is the same, and cheaper.
    is_ascii = all(key.isascii() for key in value)
    keys = sorted(value) if is_ascii else sorted(value, key=_utf16)
    return {key: _sort(value[key]) for key in keys}


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")
