"""Worksheets: one page wide, with stored results in place of formulas."""

import re
from collections.abc import Mapping

from lxml import etree

from archive.conversion.preparation.cell_fitting import CellFitting
from archive.conversion.preparation.cell_styles import CellStyles, read_shared_strings
from archive.conversion.preparation.xml import Node, local_name, parse, serialise
from archive.findings import Finding
from archive.intake import office_findings

_A4 = "9"
# The children of a worksheet that follow its pageSetup (ECMA-376, 18.3.1.99).
_AFTER_PAGE_SETUP = frozenset(
    """headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags
    drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems
    tableParts extLst""".split()  # noqa: SIM905  (easier to read)
)
# In a header: the day, the time, the file's name and its folder. «&&» is an ampersand.
_DATE_1904 = re.compile(rb"""date1904=["'](?:1|true)""")
_VOLATILE_CODE = re.compile(r"(&&)|&[DTFZ]")


class WorkbookPreparation:
    """Prepares the worksheets of one workbook, and then the styles that they share."""

    def __init__(self, parts: Mapping[str, bytes]) -> None:
        self._styles = CellStyles(parts)
        self._strings = read_shared_strings(parts)
        self._is_mac = _DATE_1904.search(parts.get("xl/workbook.xml", b"")) is not None

    def prepare_sheet(self, data: bytes) -> tuple[bytes, set[Finding]]:
        """The worksheet ``data``, and what a person must check in it.

        The sheet is fitted to the width of A4 pages, unless its author has fitted it to pages.
        """
        root = parse(data)
        CellFitting(root, self._styles, self._strings, is_mac=self._is_mac).fit()
        return prepare(root)

    def prepare_styles(self, data: bytes) -> bytes:
        """The styles, with those that the worksheets need."""
        return self._styles.serialise() if self._styles.is_changed else data


def prepare(root: Node) -> tuple[bytes, set[Finding]]:
    """The worksheet with stored results and fitted to pages, and what a person must check."""
    findings: set[Finding] = set()
    if _freeze_formulas(root):
        findings.add(office_findings.FORMULAS_WITHOUT_VALUES)
    if _freeze_headers(root):
        findings.add(office_findings.FIELDS_WITHOUT_VALUES)
    _fit_to_width(root)
    return serialise(root), findings


def _freeze_formulas(root: Node) -> bool:
    """Removes formulas that have a stored result: the result is what the author saw.

    Returns whether there are others.
    """
    has_others = False
    for cell in root.iter("{*}c"):
        formula, result = cell.find("{*}f"), cell.find("{*}v")
        if formula is None:
            continue
        if result is not None and (result.text or cell.get("t") == "str"):
            cell.remove(formula)
        else:
            has_others = True
    return has_others


def _freeze_headers(root: Node) -> bool:
    """Removes the codes that would show when and where the file is converted."""
    has_codes = False
    for node in root.iterfind("{*}headerFooter/{*}*"):
        text = _VOLATILE_CODE.sub(lambda match: match[1] or "", node.text or "")
        has_codes |= text != (node.text or "")
        node.text = text
    return has_codes


def _fit_to_width(root: Node) -> None:
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


def _page_setup_index(root: Node) -> int:
    for child in root.iterchildren("{*}*"):
        if local_name(child) in _AFTER_PAGE_SETUP:
            return root.index(child)
    return len(root)
