"""The values of a form that no page shows, because their fields have no place or another state."""

from collections.abc import Collection, Iterator
from typing import Any

import pikepdf

from archive.pdf_content.annotations import FieldValue

_MAX_DEPTH = 20
_PUSH_BUTTON = 1 << 16
_OFF = "Off"
_INHERITED = ("/FT", "/V", "/Ff")


def find_values_without_place(
    pdf: pikepdf.Pdf, names_on_pages: Collection[str]
) -> list[FieldValue]:
    """The values of text fields that no page has, and of buttons that show another state."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return []
    values = []
    for name, field in _iter_fields(form.get("/Fields"), "", {}):
        kind, value = field.get("/FT"), field.get("/V")
        if kind in ("/Tx", "/Ch") and name not in names_on_pages:
            text = _to_text(value)
            values += [FieldValue(name, text)] if text.strip() else []
        elif kind == "/Btn" and not int(field.get("/Ff", 0)) & _PUSH_BUTTON:
            state = _to_text(value) or _OFF
            states = {_to_text(widget.get("/AS")) or _OFF for widget in field["widgets"]}
            if state not in states and (state != _OFF or states):
                values.append(FieldValue(name, state))
    return values


def _iter_fields(
    nodes: Any, prefix: str, inherited: dict[str, Any], depth: int = 0
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The full name of each field without subfields, with its attributes and widgets."""
    if not isinstance(nodes, pikepdf.Array) or depth > _MAX_DEPTH:
        return
    for node in nodes:
        if not isinstance(node, pikepdf.Dictionary):
            continue
        own = {key: node[key] for key in _INHERITED if key in node}
        field = {**inherited, **own}
        title = _to_text(node.get("/T"))
        name = ".".join(part for part in (prefix, title) if part)
        kids = node.get("/Kids")
        subfields = [
            kid for kid in kids or [] if isinstance(kid, pikepdf.Dictionary) and "/T" in kid
        ]
        if subfields:
            yield from _iter_fields(pikepdf.Array(subfields), name, field, depth + 1)
        else:
            widgets = [kid for kid in kids or [node] if isinstance(kid, pikepdf.Dictionary)]
            yield name, {**field, "widgets": widgets}


def _to_text(value: Any) -> str:
    """The text of a string, a name, a stream or an array of these."""
    if isinstance(value, pikepdf.Name):
        return str(value)[1:]
    if isinstance(value, pikepdf.String):
        return str(value)
    if isinstance(value, pikepdf.Stream):
        return value.read_bytes().decode("utf-8", "replace")
    if isinstance(value, pikepdf.Array):
        return ", ".join(_to_text(member) for member in value)
    return ""
