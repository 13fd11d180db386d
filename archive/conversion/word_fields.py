"""Fields of WordprocessingML (ECMA-376, part 1, 17.16): what they say, and what they showed.

Runs in confined processes: no Django, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

Node = etree._Element

# What a converter may work out by itself, for it depends on the pages that it makes.
PAGE_NUMBERS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
# Fields that show something without a stored result, or do more than show it.
_LIVE = PAGE_NUMBERS | {"HYPERLINK", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"}


@dataclass
class Field:
    """A complex field: its instruction, the marks it consists of, the runs of its result."""

    instruction: str = ""
    marks: list[Node] = field(default_factory=list)
    result: list[Node] = field(default_factory=list)
    has_result: bool = False

    @property
    def word(self) -> str:
        """What kind of field it is, «PAGE»."""
        return (self.instruction.split() or [""])[0].upper()


def complex_fields(root: Node) -> Iterator[Field]:
    """The complex fields of a part, inner ones before the ones that they are in."""
    open_fields: list[Field] = []
    for node in root.iter("{*}fldChar", "{*}instrText", "{*}t"):
        name = etree.QName(node).localname
        kind = _attribute(node, "fldCharType")
        if kind == "begin":
            open_fields.append(Field())
        if not open_fields:
            continue
        current = open_fields[-1]
        if name == "t":
            current.result.extend([node] if current.has_result else [])
            continue
        current.marks.append(node)
        if name == "instrText":
            current.instruction += node.text or ""
        elif kind == "separate":
            current.has_result = True
        elif kind == "end":
            yield open_fields.pop()


def simple_word(node: Node) -> str:
    """What kind of field a w:fldSimple is."""
    return ((_attribute(node, "instr") or "").split() or [""])[0].upper()


def freeze(root: Node) -> None:
    """Leaves of every field that has a stored result nothing but that.

    A converter would compute it anew: a date would become today's, a reference to a bookmark
    that is gone an error, an included picture an address to fetch.
    """
    for found in list(complex_fields(root)):
        if found.has_result and found.word not in _LIVE:
            for mark in found.marks:
                _parent(mark).remove(mark)
    for node in list(root.iter("{*}fldSimple")):
        if simple_word(node) not in _LIVE and len(node):
            _unwrap(node)


def _unwrap(node: Node) -> None:
    parent = _parent(node)
    place = parent.index(node)
    for child in reversed(node):
        parent.insert(place, child)
    parent.remove(node)


def _parent(node: Node) -> Node:
    parent = node.getparent()
    if parent is None:
        raise ValueError("A field cannot be a whole part.")
    return parent


def _attribute(node: Node, name: str) -> str | None:
    for key, value in node.attrib.items():
        if etree.QName(key).localname == name:
            return str(value)
    return None
