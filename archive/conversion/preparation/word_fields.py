"""Fields of WordprocessingML (ECMA-376, part 1, 17.16): their instructions and stored results.

Runs in confined processes: no Django, no database.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from archive.conversion.preparation.xml import Node, attribute, local_name, parent_of, unwrap

# A converter computes these by itself, because they depend on the pages that it makes.
PAGE_NUMBERS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES"})
# A converter would show today's date, our name, or the path of our copy of the file.
VOLATILE = frozenset(
    """AUTHOR COMMENTS CREATEDATE DATE DOCPROPERTY EDITTIME FILENAME FILESIZE INCLUDEPICTURE
    INCLUDETEXT INFO KEYWORDS LASTSAVEDBY NUMCHARS NUMWORDS PRINTDATE REVNUM SAVEDATE SUBJECT
    TEMPLATE TIME TITLE USERADDRESS USERINITIALS USERNAME""".split()  # noqa: SIM905  (easier to read)
)
# Fields that are kept: they need no stored result, or do more than show one.
KEPT = PAGE_NUMBERS | {"HYPERLINK", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN"}


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
        name = local_name(node)
        kind = attribute(node, "fldCharType")
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
    return ((attribute(node, "instr") or "").split() or [""])[0].upper()


def freeze_fields(root: Node) -> bool:
    """Replaces every field that has a stored result with that result.

    A converter would update the fields: a date would become today's date, a reference to a
    removed bookmark an error message, and an included picture would be fetched. Returns whether
    there were fields that such an update alone could show: they are removed.
    """
    has_volatile = False
    for complex_field in list(iter_complex_fields(root)):
        is_volatile = not complex_field.has_result and complex_field.name in VOLATILE
        has_volatile |= is_volatile
        if is_volatile or (complex_field.has_result and complex_field.name not in KEPT):
            for node in complex_field.markup:
                parent_of(node).remove(node)
    for node in list(root.iter("{*}fldSimple")):
        name = simple_field_name(node)
        is_volatile = not len(node) and name in VOLATILE
        has_volatile |= is_volatile
        if is_volatile or (name not in KEPT and len(node)):
            unwrap(node)
    return has_volatile
