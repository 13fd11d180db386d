"""Reading WordprocessingML: elements, on/off properties, numbers, lengths (ECMA-376-1, 17)."""

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import nsmap, qn
from lxml import etree

Node = etree._Element

_OFF = {"0", "false", "off", "none"}
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
VML = "{urn:schemas-microsoft-com:vml}"
R = f"{{{nsmap['r']}}}"


def child(node: Node | None, name: str) -> Node | None:
    """The first child with a prefixed name such as «w:pPr»."""
    return None if node is None else node.find(qn(name))


def descendant(node: Node | None, *names: str) -> Node | None:
    """The child of a child, and so on, by their names."""
    for name in names:
        node = child(node, name)
    return node


def value(node: Node | None, name: str | None = None, attribute: str = "w:val") -> str | None:
    """An attribute of ``node``, or of its child ``name``; None if it is missing."""
    target = node if name is None else child(node, name)
    return None if target is None else target.get(qn(attribute))


def on_off(node: Node | None, name: str) -> bool | None:
    """An on/off property such as w:b (ST_OnOff): True, False, or None if it is missing."""
    element = child(node, name)
    if element is None:
        return None
    return (element.get(qn("w:val")) or "1").lower() not in _OFF


def number(text: str | None, default: float = 0.0) -> float:
    """``text`` as a number; ``default`` if it is not a number."""
    try:
        return float(text) if text else default
    except ValueError:
        return default


def length(text: str | None, default: float = 0.0) -> float:
    """A length («12pt», «1.5cm», or a number of twentieths of a point) in points."""
    if not text:
        return default
    for unit, size in (("pt", 1.0), ("cm", 72 / 2.54), ("mm", 72 / 25.4), ("in", 72.0)):
        if text.endswith(unit):
            return number(text.removesuffix(unit)) * size
    return number(text, default * 20) / 20


def local_name(node: Any) -> str:
    """The element's name without its namespace; empty for a comment or instruction."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


# Wrapper elements, which are replaced by their content.
_WRAPPERS = {"ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "dir", "bdo"}


def iter_content(node: Node) -> Iterator[Node]:
    """The children of ``node``. Wrappers (insertions, content controls) are replaced by theirs."""
    for item in node:
        name = local_name(item)
        if name in _WRAPPERS:
            yield from iter_content(item)
        elif item.tag == f"{MC}AlternateContent":
            yield from _iter_alternative(item)
        elif name:
            yield item


def _iter_alternative(node: Node) -> Iterator[Node]:
    """The content of mc:Choice if we can read it, else of mc:Fallback."""
    choice, fallback = node.find(f"{MC}Choice"), node.find(f"{MC}Fallback")
    is_readable = choice is not None and (
        fallback is None or next(choice.iter(qn("pic:pic"), f"{WPS}wsp"), None) is not None
    )
    chosen = choice if is_readable else fallback
    if chosen is not None:
        yield from iter_content(chosen)
