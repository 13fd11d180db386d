"""The annotations of a page, form fields among them, as pdfium sees them."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

_HIDDEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN
_NOT_ON_SCREEN = _HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_TEXT_FIELDS = (
    pdfium.FPDF_FORMFIELD_TEXTFIELD,
    pdfium.FPDF_FORMFIELD_COMBOBOX,
    pdfium.FPDF_FORMFIELD_LISTBOX,
)
# Icons of notes and attachments are for the screen; nobody misses them on paper.
_ICONS = (pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_FILEATTACHMENT)
# A link shows nothing of its own, and a popup shows the text of another annotation.
_WITHOUT_CONTENT = (pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP)

_MULTIMEDIA = (
    pdfium.FPDF_ANNOT_SOUND,
    pdfium.FPDF_ANNOT_MOVIE,
    pdfium.FPDF_ANNOT_SCREEN,
    pdfium.FPDF_ANNOT_THREED,
    pdfium.FPDF_ANNOT_RICHMEDIA,
)

Box = tuple[float, float, float, float]  # left, bottom, right, top


@dataclass(frozen=True)
class FieldValue:
    """A form field's name and value."""

    name: str
    value: str


@dataclass(frozen=True)
class PageAnnotation:
    """One annotation of a page.

    ``values`` are those of a text or choice field, ``comment`` is the text of other annotations.
    ``prints_differently`` is true when it shows something on the screen and not on paper, or the
    other way round.
    """

    box: Box
    is_on_screen: bool
    prints_differently: bool
    is_multimedia: bool
    field_name: str = ""
    values: tuple[str, ...] = ()
    comment: str = ""


def read_annotations(page: pypdfium2.PdfPage) -> list[PageAnnotation]:
    """The annotations of ``page`` that can show something."""
    annotations = []
    for number in range(pdfium.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if pdfium.FPDFAnnot_GetSubtype(annotation) not in _WITHOUT_CONTENT:
            annotations.append(_read_annotation(page.formenv, annotation))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return annotations


def count_annotations(document: pypdfium2.PdfDocument, index: int) -> tuple[int, int]:
    """How many annotations page ``index`` has, and how many of them have no appearance.

    Much faster than loading the page with its form, which draws the missing appearances.
    """
    page = pdfium.FPDF_LoadPage(document, index)
    count = max(0, pdfium.FPDFPage_GetAnnotCount(page))
    without_appearance = 0
    for number in range(count):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        without_appearance += not pdfium.FPDFAnnot_HasKey(annotation, b"AP")
        pdfium.FPDFPage_CloseAnnot(annotation)
    pdfium.FPDF_ClosePage(page)
    return count, without_appearance


def remove_invisible(page: pypdfium2.PdfPage) -> None:
    """Removes the annotations that a reader does not show on a screen, in memory."""
    for number in reversed(range(pdfium.FPDFPage_GetAnnotCount(page))):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        flags = pdfium.FPDFAnnot_GetFlags(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if flags & _NOT_ON_SCREEN:
            pdfium.FPDFPage_RemoveAnnot(page, number)


def _read_annotation(form: object, annotation: object) -> PageAnnotation:
    flags = pdfium.FPDFAnnot_GetFlags(annotation)
    is_on_screen = not flags & _NOT_ON_SCREEN
    is_printed = bool(flags & pdfium.FPDF_ANNOT_FLAG_PRINT) and not flags & _HIDDEN
    field_name = comment = ""
    values: tuple[str, ...] = ()
    subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
    if subtype == pdfium.FPDF_ANNOT_WIDGET:
        field_name, values = _read_field(form, annotation)
        state = _read_string(pdfium.FPDFAnnot_GetStringValue, annotation, b"AS")
        shows_something = bool(values) or state not in ("", "Off")
    else:
        comment = _read_string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents").strip()
        has_appearance = bool(pdfium.FPDFAnnot_HasKey(annotation, b"AP"))
        shows_something = has_appearance and subtype not in _ICONS
    return PageAnnotation(
        box=_read_box(annotation),
        is_on_screen=is_on_screen,
        prints_differently=shows_something and is_on_screen != is_printed,
        is_multimedia=subtype in _MULTIMEDIA,
        field_name=field_name,
        values=values,
        comment=comment,
    )


def _read_field(form: object, annotation: object) -> tuple[str, tuple[str, ...]]:
    """The name of the widget's field, and its values if it has text or choices."""
    if not form:
        return "", ()
    name = _read_string(pdfium.FPDFAnnot_GetFormFieldName, form, annotation)
    if pdfium.FPDFAnnot_GetFormFieldType(form, annotation) not in _TEXT_FIELDS:
        return name, ()
    return name, tuple(_iter_values(form, annotation))


def _iter_values(form: object, annotation: object) -> Iterator[str]:
    """The field's value, or for a choice the labels of what was chosen; none if it is empty."""
    labels = [
        _read_string(pdfium.FPDFAnnot_GetOptionLabel, form, annotation, number)
        for number in range(max(0, pdfium.FPDFAnnot_GetOptionCount(form, annotation)))
        if pdfium.FPDFAnnot_IsOptionSelected(form, annotation, number)
    ]
    for value in labels or [_read_string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)]:
        if value.strip():
            yield value


def _read_string(function: object, *arguments: object) -> str:
    """The result of a pdfium function that fills a buffer with UTF-16."""
    size = function(*arguments, None, 0)  # type: ignore[operator]
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    function(*arguments, buffer, size)  # type: ignore[operator]
    return bytes(buffer)[: max(0, size - 2)].decode("utf-16-le", "replace")


def _read_box(annotation: object) -> Box:
    box = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, box)
    left, right = sorted((box.left, box.right))
    bottom, top = sorted((box.bottom, box.top))
    return left, bottom, right, top
