"""A copy of a DOCX or XLSX for LibreOffice: nothing to fetch or compute, sheets one page wide.

Runs in a confined process: no Django, no database.
"""

import io
import os
import zipfile
from typing import Any

from lxml import etree

from archive.conversion import word_fields

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_A4 = "9"
# The children of a worksheet that come after its pageSetup (ECMA-376, 18.3.1.99).
_AFTER_PAGE_SETUP = frozenset(
    """headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags
    drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems
    tableParts extLst""".split()  # noqa: SIM905  (easier to read)
)


def prepare_in_child(descriptor: int, *, fit_sheets: bool) -> tuple[dict[str, Any], bytes]:
    """The work "prepare" of the confined process: the copy is the body of the answer."""
    copy = io.BytesIO()
    with (
        os.fdopen(descriptor, "rb") as file,
        zipfile.ZipFile(file) as source,
        zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
    ):
        for entry in source.infolist():
            name = entry.filename
            target.writestr(name, _changed(name, source.read(entry), fit_sheets=fit_sheets))
    return {}, copy.getvalue()


def _changed(name: str, data: bytes, *, fit_sheets: bool) -> bytes:
    if name.endswith(".rels"):
        return _without_outside(data)
    if name.startswith("word/") and name.endswith(".xml") and b"fld" in data:
        root = _parsed(data)
        word_fields.freeze(root)
        return _written(root)
    if fit_sheets and name.startswith("xl/worksheets/") and name.count("/") == 2:
        return _fixed_sheet(data)
    return data


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def _without_outside(data: bytes) -> bytes:
    """Pictures, templates and the like that are elsewhere lead nowhere; hyperlinks stay."""
    root = _parsed(data)
    for relation in root.iter(_RELATION):
        outside = relation.get("TargetMode") == "External"
        if outside and not relation.get("Type", "").endswith("/hyperlink"):
            relation.set("Target", "about:blank")
    return _written(root)


def _fixed_sheet(data: bytes) -> bytes:
    """A sheet of values alone. If its author has not fitted it to pages, it is fitted to their
    width, on A4."""
    root = _parsed(data)
    _freeze_formulas(root)
    space = f"{{{etree.QName(root).namespace}}}"
    properties = root.find(f"{space}sheetPr")
    if properties is None:
        properties = etree.Element(f"{space}sheetPr")
        root.insert(0, properties)
    fitting = properties.find(f"{space}pageSetUpPr")
    if fitting is None:
        fitting = etree.SubElement(properties, f"{space}pageSetUpPr")
    setup = root.find(f"{space}pageSetup")
    if setup is None:
        setup = etree.Element(f"{space}pageSetup")
        root.insert(_place_of_setup(root), setup)
    if fitting.get("fitToPage") not in ("1", "true"):
        fitting.set("fitToPage", "1")
        setup.attrib.pop("scale", "")
        setup.set("fitToWidth", "1")
        setup.set("fitToHeight", "0")
    setup.set("paperSize", setup.get("paperSize", _A4))
    return _written(root)


def _freeze_formulas(root: etree._Element) -> None:
    """Of a formula with a stored result nothing but that is left: it is what the author saw."""
    for cell in root.iter("{*}c"):
        formula, result = cell.find("{*}f"), cell.find("{*}v")
        if formula is not None and result is not None and result.text:
            cell.remove(formula)


def _place_of_setup(root: etree._Element) -> int:
    for child in root.iterchildren("{*}*"):
        if etree.QName(child).localname in _AFTER_PAGE_SETUP:
            return root.index(child)
    return len(root)
