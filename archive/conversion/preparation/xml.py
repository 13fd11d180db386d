"""Parsing and writing the XML parts of a document."""

from typing import Any

from lxml import etree

Node = etree._Element


def parse(data: bytes) -> Node:
    """The root of ``data``. No entity is resolved and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def serialise(root: Node) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local_name(node: Any) -> str:
    """The element's name without its namespace; empty for a comment or instruction."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def attribute(node: Node, name: str) -> str | None:
    """The attribute with this name in whatever namespace."""
    for key, value in node.attrib.items():
        if etree.QName(key).localname == name:
            return str(value)
    return None


def parent_of(node: Node) -> Node:
    parent = node.getparent()
    if parent is None:
        raise ValueError("The root of a part has no parent.")
    return parent


def unwrap(node: Node) -> None:
    """Replaces the node with its children."""
    parent = parent_of(node)
    index = parent.index(node)
    for child in reversed(node):
        parent.insert(index, child)
    parent.remove(node)
