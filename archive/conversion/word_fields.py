"""Fields of WordprocessingML (ECMA-376, part 1, 17.16): their instructions and stored results.

Runs in confined processes: no Django, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

Node = etree._Element

# A converter computes these by itself, because they depend on the pages that it makes.
PAGE_NUMBERS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
# Fields that are kept: they need no stored result, or do more than show one.
_KEPT = PAGE_NUMBERS | {"HYPERLINK", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"}


@dataclass
class ComplexField:
    """A complex field: its instruction, its markup nodes, and the text nodes of its result."""

    instruction: str = ""
    markup: list[Node] = field(default_factory=list)
    result: list[Node] = field(default_factory=list)
    has_result: bool = False

    @property
    def name(self) -> str:
        """The field's name: «PAGE», «DATE»."""
        return (self.instruction.split() or [""])[0].upper()


def iter_complex_fields(root: Node) -> Iterator[ComplexField]:
    """The complex fields of a part; a nested field comes before the one that contains it."""
    open_fields: list[ComplexField] = []
    for node in root.iter("{*}fldChar", "{*}instrText", "{*}t"):
        name = etree.QName(node).localname
        kind = _attribute(node, "fldCharType")
        if kind == "begin":
            open_fields.append(ComplexField())
        if not open_fields:
            continue
        current = open_fields[-1]
        if name == "t":
            current.result.extend([node] if current.has_result else [])
            continue
        current.markup.append(node)
        if name == "instrText":
            current.instruction += node.text or ""
        elif kind == "separate":
            current.has_result = True
        elif kind == "end":
            yield open_fields.pop()


def simple_field_name(node: Node) -> str:
    """The field name of a w:fldSimple."""
    return ((_attribute(node, "instr") or "").split() or [""])[0].upper()


def freeze_fields(root: Node) -> None:
    """Replaces every field that has a stored result with that result.

    A converter would update the fields: a date would become today's date, a reference to a
    removed bookmark an error message, and an included picture would be fetched.
    """
    for complex_field in list(iter_complex_fields(root)):
        if complex_field.has_result and complex_field.name not in _KEPT:
            for node in complex_field.markup:
                _get_parent(node).remove(node)
    for node in list(root.iter("{*}fldSimple")):
        if simple_field_name(node) not in _KEPT and len(node):
            _unwrap(node)


def _unwrap(node: Node) -> None:
    """Replaces the node with its children."""
    parent = _get_parent(node)
    index = parent.index(node)
    for child in reversed(node):
        parent.insert(index, child)
    parent.remove(node)


def _get_parent(node: Node) -> Node:
    parent = node.getparent()
    if parent is None:
        raise ValueError("A field cannot be the root of a part.")
    return parent


def _attribute(node: Node, name: str) -> str | None:
    for key, value in node.attrib.items():
        if etree.QName(key).localname == name:
            return str(value)
    return None
