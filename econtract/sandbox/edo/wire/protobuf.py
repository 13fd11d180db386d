"""Messages in Protocol Buffers: the operator's format unless JSON is asked for."""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterator
from typing import Any

from econtract.sandbox.edo.wire.schema import MessageField, load_schema

_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_FIXED = {"sfixed64": (_EIGHT_BYTES, "<q"), "sfixed32": (_FOUR_BYTES, "<i")}
_UINT64 = 1 << 64


def encode(body: dict[str, Any], message: str) -> bytes:
    """The bytes of a message in the JSON format; fields without a value are left out."""
    parts = []
    for name, field in load_schema().messages[message].items():
        value = body.get(name)
        if value is not None:
            values = value if field.label == "repeated" else [value]
            parts += [_encode_field(field, item) for item in values]
    return b"".join(parts)


def decode(data: bytes, message: str) -> dict[str, Any]:
    """A message in the JSON format; unknown fields are skipped. Raises ValueError."""
    fields = {
        field.number: (name, field) for name, field in load_schema().messages[message].items()
    }
    body: dict[str, Any] = {}
    for number, wire_type, raw in _split(data):
        if number not in fields:
            continue
        name, field = fields[number]
        if wire_type != _wire_type(field):
            raise ValueError(f"{message}.{name}: wrong wire type")
        value = _decode_value(field, raw)
        if field.label == "repeated":
            body.setdefault(name, []).append(value)
        else:
            body[name] = value
    missing = [
        name for name, field in fields.values() if field.label == "required" and name not in body
    ]
    if missing:
        raise ValueError(f"{message}: {', '.join(missing)} required")
    return body


def _encode_field(field: MessageField, value: Any) -> bytes:
    key = _encode_varint(field.number << 3 | _wire_type(field))
    if field.type in _FIXED:
        fixed: bytes = struct.pack(_FIXED[field.type][1], value)
        return key + fixed
    if field.type in ("int32", "bool"):
        return key + _encode_varint(int(value) % _UINT64)
    if field.type in load_schema().enums:
        return key + _encode_varint(load_schema().enums[field.type][value] % _UINT64)
    raw: bytes
    if field.type == "string":
        raw = value.encode()
    elif field.type == "bytes":
        raw = base64.b64decode(value)
    else:
        raw = encode(value, field.type)
    return key + _encode_varint(len(raw)) + raw


def _decode_value(field: MessageField, raw: int | bytes) -> Any:
    if isinstance(raw, int):
        number = raw - _UINT64 if raw >= _UINT64 >> 1 else raw
        if field.type == "bool":
            return bool(number)
        names = {value: name for name, value in load_schema().enums.get(field.type, {}).items()}
        return names.get(number, number)
    if field.type in _FIXED:
        return struct.unpack(_FIXED[field.type][1], raw)[0]
    if field.type == "string":
        return raw.decode()
    return base64.b64encode(raw).decode() if field.type == "bytes" else decode(raw, field.type)


def _wire_type(field: MessageField) -> int:
    if field.type in _FIXED:
        return _FIXED[field.type][0]
    is_varint = field.type in ("int32", "bool") or field.type in load_schema().enums
    return _VARINT if is_varint else _LENGTH


def _split(data: bytes) -> Iterator[tuple[int, int, int | bytes]]:
    """Number, wire type and raw value of each field."""
    position = 0
    while position < len(data):
        key, position = _read_varint(data, position)
        wire_type = key & 7
        if wire_type == _VARINT:
            value, position = _read_varint(data, position)
            yield key >> 3, wire_type, value
            continue
        if wire_type == _LENGTH:
            length, position = _read_varint(data, position)
        elif wire_type in (_EIGHT_BYTES, _FOUR_BYTES):
            length = 8 if wire_type == _EIGHT_BYTES else 4
        else:
            raise ValueError("unknown wire type")
        if position + length > len(data):
            raise ValueError("the data are cut off")
        yield key >> 3, wire_type, data[position : position + length]
        position += length


def _encode_varint(number: int) -> bytes:
    output = bytearray()
    while number > 0x7F:
        output.append(number & 0x7F | 0x80)
        number >>= 7
    output.append(number)
    return bytes(output)


def _read_varint(data: bytes, position: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if position >= len(data) or shift > 63:
            raise ValueError("a number is cut off")
        byte = data[position]
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return number, position
