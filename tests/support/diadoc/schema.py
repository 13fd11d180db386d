"""A strict parser of Diadoc's JSON against the facts of the official .proto files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from econtract.sandbox.edo.wire.schema import MessageField, load_schema

LIMITS = {"int32": 1 << 31, "sfixed32": 1 << 31, "sfixed64": 1 << 63}


def find_problems(body: Any, message: str) -> list[str]:
    """What a strict parser would refuse, with the path of each; empty for a valid body.

    Unknown fields, missing required ones, nulls, values of another type and unknown names of
    enums are problems.
    """
    problems: list[str] = []
    _check_message(body, message, message, problems.append)
    return problems


def _check_message(body: Any, message: str, path: str, report: Callable[[str], None]) -> None:
    if not isinstance(body, dict):
        report(f"{path}: an object expected")
        return
    fields = load_schema().messages[message]
    for name in body.keys() - fields.keys():
        report(f"{path}.{name}: unknown field")
    for name, field in fields.items():
        if name in body:
            _check_field(body[name], field, f"{path}.{name}", report)
        elif field.label == "required":
            report(f"{path}.{name}: required")


def _check_field(value: Any, field: MessageField, path: str, report: Callable[[str], None]) -> None:
    if field.label != "repeated":
        _check_value(value, field.type, path, report)
    elif not isinstance(value, list):
        report(f"{path}: a list expected")
    else:
        for index, item in enumerate(value):
            _check_value(item, field.type, f"{path}[{index}]", report)


def _check_value(value: Any, kind: str, path: str, report: Callable[[str], None]) -> None:
    schema = load_schema()
    if kind in schema.messages:
        _check_message(value, kind, path, report)
    elif kind in schema.enums:
        if value not in schema.enums[kind]:
            report(f"{path}: {value!r} is no {kind}")
    elif kind in LIMITS:
        limit = LIMITS[kind]
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not (is_number and -limit <= value < limit):
            report(f"{path}: {kind} expected")
    elif kind == "bool":
        if not isinstance(value, bool):
            report(f"{path}: bool expected")
    elif not isinstance(value, str) or (kind == "bytes" and not _is_base64(value)):
        report(f"{path}: {kind} expected")


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
