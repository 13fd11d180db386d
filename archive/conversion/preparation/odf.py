"""ODT and ODS: stored results in place of fields and formulas, the final text of changes."""

from archive.conversion.preparation.xml import Node, local_name, parent_of
from archive.findings import Finding
from archive.intake import office_findings

PARTS = ("content.xml", "styles.xml")
# Fields that LibreOffice would compute anew (ODF 1.3, part 3, section 7).
_FIELDS = frozenset(
    """author-initials author-name chapter conditional-text creation-date creation-time creator
    database-display database-name date description editing-cycles editing-duration expression
    file-name initial-creator keywords modification-date modification-time print-date print-time
    printed-by sender-city sender-company sender-country sender-email sender-fax sender-firstname
    sender-initials sender-lastname sender-phone-private sender-phone-work sender-position
    sender-postal-code sender-state-or-province sender-street sender-title sheet-name subject
    template-name time title user-defined user-field-get variable-get variable-set
    word-count""".split()  # noqa: SIM905  (easier to read)
)
_CHANGES = frozenset({"change", "change-start", "change-end"})
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_HREF = "{http://www.w3.org/1999/xlink}href"


def prepare(root: Node) -> set[Finding]:
    """Rewrites the root of one of `PARTS` in place; returns what a person must check."""
    findings: set[Finding] = set()
    changes = list(root.iter(f"{_TEXT}tracked-changes", f"{_TABLE}tracked-changes"))
    if any(len(node) for node in changes):
        findings.add(office_findings.TRACKED_CHANGES)
    for node in [*changes, *(node for node in root.iter(f"{_TEXT}*") if _is_change(node))]:
        _remove(node)
    annotations = list(root.iter(f"{_OFFICE}annotation", f"{_OFFICE}annotation-end"))
    for node in annotations:
        _remove(node)
    if annotations:
        findings.add(office_findings.COMMENTS)
    for node in [node for node in root.iter(f"{_TEXT}*") if local_name(node) in _FIELDS]:
        _replace_by_text(node)
    for cell in root.iter(f"{_TABLE}table-cell"):
        if cell.get(f"{_OFFICE}value-type"):
            cell.attrib.pop(f"{_TABLE}formula", "")
        elif cell.get(f"{_TABLE}formula"):
            findings.add(office_findings.FORMULAS_WITHOUT_VALUES)
    findings |= _linked_content(root)
    return findings


def _is_change(node: Node) -> bool:
    return local_name(node) in _CHANGES


def _linked_content(root: Node) -> set[Finding]:
    findings: set[Finding] = set()
    for image in root.iter(f"{_DRAW}image"):
        if "://" in (image.get(_HREF) or ""):
            findings.add(office_findings.LINKED_PICTURES)
    if next(root.iter(f"{_DRAW}object", f"{_DRAW}object-ole"), None) is not None:
        findings.add(office_findings.EMBEDDED_OBJECTS)
    return findings


def _replace_by_text(node: Node) -> None:
    text = "".join(map(str, node.itertext()))
    node.text, tail = None, node.tail or ""
    for child in list(node):
        node.remove(child)
    node.tail = text + tail
    _remove(node)


def _remove(node: Node) -> None:
    """Removes the node; the text after it stays."""
    parent, previous, tail = parent_of(node), node.getprevious(), node.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    node.tail = None
    parent.remove(node)
