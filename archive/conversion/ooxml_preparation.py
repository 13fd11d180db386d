"""Prepares a copy of a DOCX or XLSX for LibreOffice: no external links, no computed values, and
sheets one page wide. Runs in a confined process: no Django, no database.
"""

import io
import os
import zipfile
from typing import Any

from lxml import etree

from archive.conversion import word_fields

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_A4 = "9"
# The children of a worksheet that follow its pageSetup (ECMA-376, 18.3.1.99).
_AFTER_PAGE_SETUP = frozenset(
    """headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags
    drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems
    tableParts extLst""".split()  # noqa: SIM905  (easier to read)
)


def prepare_in_child(descriptor: int, *, fit_sheets: bool) -> tuple[dict[str, Any], bytes]:
    """The function "prepare": the copy is the body of the result."""
    copy = io.BytesIO()
    with (
        os.fdopen(descriptor, "rb") as file,
        zipfile.ZipFile(file) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for entry in source.infolist():
            name = entry.filename
            if entry.is_dir():
                continue
            target.writestr(name, _prepare_part(name, source.read(entry), fit_sheets=fit_sheets))
    return {}, copy.getvalue()


def _prepare_part(name: str, data: bytes, *, fit_sheets: bool) -> bytes:
    if name.endswith(".rels"):
        return _remove_external_targets(data)
    if name.startswith("word/") and name.endswith(".xml") and b"fld" in data:
        root = _parse(data)
        word_fields.freeze_fields(root)
        return _serialise(root)
    if fit_sheets and name.startswith("xl/worksheets/") and name.count("/") == 2:
        return _prepare_sheet(data)
    return data


def _serialise(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def _remove_external_targets(data: bytes) -> bytes:
    """Points linked pictures, templates and the like at «about:blank»; hyperlinks stay."""
    root = _parse(data)
    for relationship in root.iter(_RELATIONSHIP):
        is_external = relationship.get("TargetMode") == "External"
        if is_external and not relationship.get("Type", "").endswith("/hyperlink"):
            relationship.set("Target", "about:blank")
    return _serialise(root)


def _prepare_sheet(data: bytes) -> bytes:
    """Replaces formulas with their values. Fits the sheet to the width of A4 pages, unless its
    author has fitted it to pages."""
    root = _parse(data)
    _freeze_formulas(root)
    namespace = f"{{{etree.QName(root).namespace}}}"
    properties = root.find(f"{namespace}sheetPr")
    if properties is None:
        properties = etree.Element(f"{namespace}sheetPr")
        root.insert(0, properties)
    setup_properties = properties.find(f"{namespace}pageSetUpPr")
    if setup_properties is None:
        setup_properties = etree.SubElement(properties, f"{namespace}pageSetUpPr")
    setup = root.find(f"{namespace}pageSetup")
    if setup is None:
        setup = etree.Element(f"{namespace}pageSetup")
        root.insert(_page_setup_index(root), setup)
    if setup_properties.get("fitToPage") not in ("1", "true"):
        setup_properties.set("fitToPage", "1")
        setup.attrib.pop("scale", "")
        setup.set("fitToWidth", "1")
        setup.set("fitToHeight", "0")
    setup.set("paperSize", setup.get("paperSize", _A4))
    return _serialise(root)


def _freeze_formulas(root: etree._Element) -> None:
    """Removes formulas that have a stored result: the result is what the author saw."""
    for cell in root.iter("{*}c"):
        formula, result = cell.find("{*}f"), cell.find("{*}v")
        if formula is not None and result is not None and result.text:
            cell.remove(formula)


def _page_setup_index(root: etree._Element) -> int:
    for child in root.iterchildren("{*}*"):
        if etree.QName(child).localname in _AFTER_PAGE_SETUP:
            return root.index(child)
    return len(root)
