"""Strict OOXML (ISO 29500, part 1) under the names of transitional OOXML."""

import re

_STRICT = re.compile(rb"""(?<=["'])http://purl\.oclc\.org/ooxml/(\w+)/(\w+)(/\w+)?""")
_CONFORMANCE = re.compile(rb"""\sconformance=["']strict["']""")
_RENAMED = {
    b"extendedProperties": b"extended-properties",
    b"customProperties": b"custom-properties",
}


def rename(data: bytes) -> bytes:
    """The XML ``data`` with the namespaces and relationship types of transitional OOXML."""
    if b"purl.oclc.org/ooxml" not in data:
        return data
    return _CONFORMANCE.sub(b"", _STRICT.sub(_transitional_name, data))


def _transitional_name(match: re.Match[bytes]) -> bytes:
    group, name, rest = match[1], match[2], match[3] or b""
    name = _RENAMED.get(name, name)
    rest = b"/" + _RENAMED.get(rest[1:], rest[1:]) if rest else b""
    return b"http://schemas.openxmlformats.org/" + group + b"/2006/" + name + rest
