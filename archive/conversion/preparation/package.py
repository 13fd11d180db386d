"""The preparation of a DOCX or XLSX: its relationships, and its parts one by one."""

import io
import posixpath
import re
import zipfile
from collections.abc import Callable

from archive.conversion.preparation import (
    cell_styles,
    chunks,
    relationships,
    revisions,
    sheets,
    transitional,
    word_fields,
)
from archive.conversion.preparation.xml import Node, attribute, parent_of, parse, serialise
from archive.findings import Finding
from archive.intake import office_findings

_OBJECT_FOLDERS = ("word/embeddings/", "xl/embeddings/")
# Charts, diagrams and metafiles, which only an office program draws.
_DRAWINGS = re.compile(r"/(?:charts/chart|diagrams/data)[^/]*\.xml\Z|/media/.*\.[ew]mf\Z")
_WORD_PARTS = ("document", "header", "footer", "footnotes", "endnotes")


def prepare_package(
    data: bytes, file_format: str, *, is_office: bool
) -> tuple[bytes, set[Finding]]:
    """The prepared copy of a DOCX or XLSX, and what a person must check in it.

    ``is_office``: the converter is an office program, which itself shows an included DOCX, charts
    and diagrams.
    """
    copy = io.BytesIO()
    preparation = _Preparation(data, file_format, is_office=is_office)
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        # Worksheets come before the styles, to which they add.
        names = sorted(preparation.parts, key=lambda name: name == cell_styles.NAME)
        prepared = {name: preparation.prepare_part(name) for name in names}
        for name in preparation.parts:
            target.writestr(name, prepared[name])
    return copy.getvalue(), preparation.findings


class _Preparation:
    """The parts of one file, and what a person must know about them."""

    def __init__(self, data: bytes, file_format: str, *, is_office: bool) -> None:
        self.findings: set[Finding] = set()
        self._is_office = is_office
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.parts = {
                entry.filename: archive.read(entry)
                for entry in archive.infolist()
                if not entry.is_dir()
            }
        for name in self.parts:
            if name.endswith((".xml", ".rels")):
                self.parts[name] = transitional.rename(self.parts[name])
            if name.startswith(_OBJECT_FOLDERS):
                self._add_embedded(name)
            if not is_office and _DRAWINGS.search(name):
                self.findings.add(office_findings.DRAWINGS_OMITTED)
        self._workbook = sheets.WorkbookPreparation(self.parts if file_format == "xlsx" else {})
        self._rewrite: Callable[[str, bytes], bytes] = (
            self._prepare_word if file_format == "docx" else self._prepare_sheet
        )

    def _add_embedded(self, name: str) -> None:
        """An embedded file, unless it is the data of a chart, which the chart shows."""
        users = [part for part in self.parts if part.endswith(".rels") and "/charts/" in part]
        file_name = posixpath.basename(name).encode()
        if not any(file_name in self.parts[part] for part in users):
            self.findings.add(office_findings.EMBEDDED_OBJECTS)

    def prepare_part(self, name: str) -> bytes:
        data = self.parts[name]
        if name.endswith(".rels"):
            source = self.parts.get(relationships.source_name(name), b"")
            data, findings = relationships.repair(name, data, source, self.parts)
            self.findings |= findings
            return data
        return self._rewrite(name, data)

    # --- Word ---

    def _prepare_word(self, name: str, data: bytes) -> bytes:
        folder, _, file = name.rpartition("/")
        if folder != "word" or not file.startswith(_WORD_PARTS) or not file.endswith(".xml"):
            return data
        root = parse(data)
        self.findings |= revisions.accept(root)
        if word_fields.freeze_fields(root):
            self.findings.add(office_findings.FIELDS_WITHOUT_VALUES)
        for chunk in list(root.iter("{*}altChunk")):
            self._include(name, chunk)
        return serialise(root)

    def _include(self, name: str, chunk: Node) -> None:
        """Replaces the element with the content of the document that it includes."""
        included = self._chunk_data(name, chunk)
        if included is not None:
            self.findings.add(office_findings.INCLUDED_DOCUMENT)
            if self._is_office and included.startswith(b"PK"):
                return
            try:
                content = chunks.to_word(chunks.read_blocks(included), chunk)
            except ValueError:
                self.findings.add(office_findings.LINKED_CONTENT)
                content = []
            for node in content:
                chunk.addprevious(node)
        parent_of(chunk).remove(chunk)

    def _chunk_data(self, name: str, chunk: Node) -> bytes | None:
        folder, _, file = name.rpartition("/")
        rels = f"{folder}/_rels/{file}.rels"
        for relationship in parse(self.parts[rels]) if rels in self.parts else ():
            if relationship.get("Id") == attribute(chunk, "id"):
                target = relationships.resolve(rels, relationship.get("Target", ""))
                return self.parts.get(target)
        return None

    # --- Excel ---

    def _prepare_sheet(self, name: str, data: bytes) -> bytes:
        if name.startswith("xl/comments") or "/threadedComments/" in name:
            self.findings.add(office_findings.COMMENTS)
        if name.startswith("xl/worksheets/") and name.count("/") == 2 and name.endswith(".xml"):
            data, findings = self._workbook.prepare_sheet(data)
            self.findings |= findings
        elif name == cell_styles.NAME:
            data = self._workbook.prepare_styles(data)
        return data
