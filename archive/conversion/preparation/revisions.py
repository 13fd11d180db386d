"""Tracked changes and comments of WordprocessingML (ECMA-376, part 1, 17.13).

The PDF shows the final text: insertions accepted, deletions and comments gone.
"""

from archive.conversion.preparation.xml import Node, local_name, parent_of, unwrap
from archive.findings import Finding
from archive.intake import office_findings

_W = "{*}"
_REMOVED = ("del", "moveFrom", "cellIns", "cellMerge", "numberingChange")
_INSERTED = ("ins", "moveTo")
_RANGES = (
    *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
    *("customXmlInsRangeStart", "customXmlInsRangeEnd"),
    *("customXmlDelRangeStart", "customXmlDelRangeEnd"),
    *("customXmlMoveFromRangeStart", "customXmlMoveFromRangeEnd"),
    *("customXmlMoveToRangeStart", "customXmlMoveToRangeEnd"),
)
_COMMENT_MARKS = ("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef")
_PROPERTIES = ("rPr", "trPr")


def accept(root: Node) -> set[Finding]:
    """Accepts all tracked changes and removes all comment marks of a part."""
    findings: set[Finding] = set()
    if _accept_changes(root):
        findings.add(office_findings.TRACKED_CHANGES)
    comments = list(root.iter(*_wildcards(_COMMENT_MARKS)))
    for mark in comments:
        parent_of(mark).remove(mark)
    if comments:
        findings.add(office_findings.COMMENTS)
    return findings


def _accept_changes(root: Node) -> bool:
    """Returns whether the text, not only its formatting, has changes."""
    changes = list(root.iter(*_wildcards((*_REMOVED, *_INSERTED, "cellDel"))))
    deleted_marks, deleted_rows = [], []
    for node in changes:
        name, parent = local_name(node), node.getparent()
        if parent is None:
            continue
        parent_name = local_name(parent)
        if parent_name == "rPr" and name in ("del", "moveFrom"):
            deleted_marks.append(parent)
        if parent_name == "trPr" and name == "del":
            deleted_rows.append(parent_of(parent))
        if name == "cellDel":
            for paragraph in parent_of(parent).iter(f"{_W}r"):
                paragraph.clear()
        if name in _INSERTED and parent_name not in _PROPERTIES:
            unwrap(node)
        else:
            parent.remove(node)
    for row in deleted_rows:
        parent_of(row).remove(row)
    for properties in deleted_marks:
        _join_with_next(properties)
    for node in list(root.iter(*_wildcards(_RANGES))):
        parent_of(node).remove(node)
    for node in [node for node in root.iter() if local_name(node).endswith("PrChange")]:
        parent_of(node).remove(node)
    return bool(changes)


def _join_with_next(mark_properties: Node) -> None:
    """Moves the paragraph's content to the next one: its paragraph mark was deleted."""
    paragraph_properties = mark_properties.getparent()
    paragraph = None if paragraph_properties is None else paragraph_properties.getparent()
    if paragraph_properties is None or paragraph is None or paragraph.getparent() is None:
        return
    following = paragraph.getnext()
    if following is None or local_name(following) != "p":
        return
    if paragraph_properties.find(f"{_W}sectPr") is not None:
        return
    content = [node for node in paragraph if node is not paragraph_properties]
    start = 1 if len(following) and local_name(following[0]) == "pPr" else 0
    for node in reversed(content):
        following.insert(start, node)
    parent_of(paragraph).remove(paragraph)


def _wildcards(names: tuple[str, ...]) -> list[str]:
    return [f"{_W}{name}" for name in names]
