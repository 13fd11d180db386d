"""Reading WordprocessingML: names, switches and measures (ECMA-376, part 1, 17)."""

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
    """The first child by a prefixed name such as «w:pPr»."""
    return None if node is None else node.find(qn(name))


def path(node: Node | None, *names: str) -> Node | None:
    """A child's child and so on."""
    for name in names:
        node = child(node, name)
    return node


def value(node: Node | None, name: str | None = None, attribute: str = "w:val") -> str | None:
    """An attribute of ``node``, or of its child ``name``; None when there is none."""
    target = node if name is None else child(node, name)
    return None if target is None else target.get(qn(attribute))


def switch(node: Node | None, name: str) -> bool | None:
    """A switch such as w:b: True, False, or None when it is not mentioned."""
    found = child(node, name)
    if found is None:
        return None
    return (found.get(qn("w:val")) or "1").lower() not in _OFF


def number(text: str | None, default: float = 0.0) -> float:
    """A number as Word writes it, ``default`` for anything else."""
    try:
        return float(text) if text else default
    except ValueError:
        return default


def twips(text: str | None, default: float = 0.0) -> float:
    """Twentieths of a point (or «12pt», «1.5cm») as points."""
    if not text:
        return default
    for unit, size in (("pt", 1.0), ("cm", 72 / 2.54), ("mm", 72 / 25.4), ("in", 72.0)):
        if text.endswith(unit):
            return number(text.removesuffix(unit)) * size
    return number(text, default * 20) / 20


def local(node: Any) -> str:
    """The element's name without its namespace; empty for comments and instructions."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


# Wrappers whose content is read as if it stood in their place.
_TRANSPARENT = {"ins", "moveTo", "smartTag", "customXml", "sdt", "sdtContent", "dir", "bdo"}


def unwrapped(node: Node) -> Iterator[Node]:
    """The children of ``node`` with inserted text, content controls and the like opened up."""
    for item in node:
        name = local(item)
        if name in _TRANSPARENT:
            yield from unwrapped(item)
        elif item.tag == f"{MC}AlternateContent":
            yield from _alternative(item)
        elif name:
            yield item


def _alternative(node: Node) -> Iterator[Node]:
    """Of two ways to say it, the newer one, if it is one that we read."""
    choice, fallback = node.find(f"{MC}Choice"), node.find(f"{MC}Fallback")
    readable = choice is not None and (
        fallback is None or next(choice.iter(qn("pic:pic"), f"{WPS}wsp"), None) is not None
    )
    chosen = choice if readable else fallback
    if chosen is not None:
        yield from unwrapped(chosen)
