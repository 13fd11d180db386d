"""RTF: stored results in place of fields, the final text in place of tracked changes."""

from archive.conversion.preparation.rtf_groups import Group, control_word, parse
from archive.conversion.preparation.rtf_text import group_text, read_paragraphs
from archive.conversion.preparation.word_fields import KEPT, VOLATILE
from archive.findings import Finding
from archive.intake import office_findings

__all__ = ["prepare", "read_paragraphs"]

_COMMENTS = frozenset(
    """annotation atnauthor atndate atnicn atnid atnparent atnref atntime atrfend
    atrfstart""".split()  # noqa: SIM905  (easier to read)
)
# Today's date and time, for which RTF has no stored result.
_DATES = frozenset({"chdate", "chdpl", "chdpa", "chtime"})
_CHANGE_MARKS = frozenset(
    """crauth crdate deleted revauth revauthdel revdttm revdttmdel revised revisions""".split()  # noqa: SIM905
)
_TEXT_WORDS = frozenset(
    """bullet emdash endash emspace enspace ldblquote line lquote rdblquote rquote tab u
    """.split()  # noqa: SIM905  (easier to read)
)


def prepare(data: bytes) -> tuple[bytes, set[Finding]]:
    """The document ``data`` for LibreOffice, and what a person must check in it."""
    root = parse(data)
    rewriter = _Rewriter()
    rewriter.rewrite(root, is_deleted=False)
    return root.serialise(), rewriter.findings


class _Rewriter:
    """Rewrites the groups of one document in place."""

    def __init__(self) -> None:
        self.findings: set[Finding] = set()

    def rewrite(self, group: Group, *, is_deleted: bool) -> None:
        """Rewrites the group, which is ``is_deleted`` by a tracked change where it begins."""
        items: list[bytes | Group] = []
        for item in group.items:
            if isinstance(item, Group):
                kept = self._rewrite_inner(item, is_deleted=is_deleted)
                items += [] if kept is None else [kept]
                continue
            name, value = control_word(item)
            if name == "deleted" or name == "plain":
                is_deleted = name == "deleted" and value != 0
            if name in ("deleted", "revised") and value != 0:
                self.findings.add(office_findings.TRACKED_CHANGES)
            if name in _DATES:
                self.findings.add(office_findings.FIELDS_WITHOUT_VALUES)
            elif name not in _CHANGE_MARKS and not (is_deleted and _is_text(item)):
                items.append(item)
        group.items = items

    def _rewrite_inner(self, group: Group, *, is_deleted: bool) -> Group | None:
        """The group that takes the place of an inner group; None when there is none."""
        destination = group.destination
        if destination in _COMMENTS:
            self.findings.add(office_findings.COMMENTS)
            return None
        if destination == "object":
            self.findings.add(office_findings.EMBEDDED_OBJECTS)
        if destination == "field":
            frozen = self._freeze(group)
            if frozen is None:
                return None
            group = frozen
        self.rewrite(group, is_deleted=is_deleted)
        return group

    def _freeze(self, field: Group) -> Group | None:
        """A field's stored result; the field itself when it is one that is kept."""
        instruction, result = field.child("fldinst"), field.child("fldrslt")
        name = field_name(field)
        if instruction is None or name in KEPT:
            return field
        if result is not None:
            return Group([item for item in result.items if not _is_result_mark(item)])
        if name in VOLATILE:
            self.findings.add(office_findings.FIELDS_WITHOUT_VALUES)
            return None
        return field


def field_name(field: Group) -> str:
    """The name of a field: «DATE»."""
    instruction = field.child("fldinst")
    words = group_text(instruction).split() if instruction is not None else []
    return words[0].upper() if words else ""


def _is_result_mark(item: bytes | Group) -> bool:
    return not isinstance(item, Group) and (item == b"\\*" or control_word(item)[0] == "fldrslt")


def _is_text(token: bytes) -> bool:
    name, _ = control_word(token)
    if name:
        return name in _TEXT_WORDS
    return token[:1] != b"\\" or token[:2] in (b"\\'", b"\\~", b"\\_", b"\\{", b"\\}", b"\\\\")
