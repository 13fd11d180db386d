"""The operator's messages: names, numbers, labels and types of their fields, and its enums.

`diadoc_schema.json` states the facts of the official SDK's .proto files for the messages that
E-Contract uses. Fields whose types it does not use are left out.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PATH = Path(__file__).with_name("diadoc_schema.json")


@dataclass(frozen=True)
class MessageField:
    """A field: `label` is required, optional or repeated; `type` a scalar, an enum or a message."""

    number: int
    label: str
    type: str


@dataclass(frozen=True)
class Schema:
    """Messages by name, each with its fields by name, and enums with their numbers by name."""

    version: str
    messages: Mapping[str, Mapping[str, MessageField]]
    enums: Mapping[str, Mapping[str, int]]


@functools.cache
def load_schema() -> Schema:
    """The schema, read once for each process."""
    data = json.loads(_PATH.read_text(encoding="utf-8"))
    messages = {
        name: {field: MessageField(*values) for field, values in fields.items()}
        for name, fields in data["messages"].items()
    }
    return Schema(data["version"], messages, data["enums"])
