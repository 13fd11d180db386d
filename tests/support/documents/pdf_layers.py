"""PDF files with layers (optional content groups)."""

from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.support.documents import office

LAYER = "Черновик"
DRAW = b"BT /F1 14 Tf 72 50 Td (Hidden words) Tj ET"

AddContent = Callable[[pikepdf.Pdf, Dictionary], None]


def add_marked_content(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Adds text to the first page, in the layer."""
    page = pdf.pages[0]
    page.Resources.Properties = Dictionary(MC0=layer)
    page.contents_add(b"/OC /MC0 BDC " + DRAW + b" EMC BT /F1 14 Tf 72 90 Td (After it) Tj ET")


def add_form(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Adds a form XObject whose layer it is."""
    form = _make_form(pdf, DRAW)
    form.OC = layer
    pdf.pages[0].Resources.XObject = Dictionary(X=form)
    pdf.pages[0].contents_add(b"/X Do")


def add_nested_content(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Adds text in the layer, inside of a form XObject."""
    form = _make_form(pdf, b"/OC /MC0 BDC " + DRAW + b" EMC")
    form.Resources = Dictionary(Font=pdf.pages[0].Resources.Font, Properties=Dictionary(MC0=layer))
    pdf.pages[0].Resources.XObject = Dictionary(X=form)
    pdf.pages[0].contents_add(b"/X Do")


def add_annotation(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Adds a stamp whose layer it is."""
    stamp = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Stamp,
        Rect=[0, 0, 595, 842],
        F=4,
        AP=Dictionary(N=_make_form(pdf, DRAW)),
        OC=layer,
    )
    pdf.pages[0].Annots = Array([stamp])


def add_membership(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Adds text that is shown while the layer is not hidden, by a membership dictionary."""
    add_marked_content(pdf, Dictionary(Type=Name.OCMD, OCGs=Array([layer]), P=Name.AllOn))


def add_expression(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Adds text that is shown while the layer is not hidden, by a visibility expression."""
    twice = Array([Name.Not, Array([Name.Not, layer])])
    add_marked_content(pdf, Dictionary(Type=Name.OCMD, VE=twice))


def add_nothing(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
    """Opens and ends the layer, with nothing in it."""
    pdf.pages[0].Resources.Properties = Dictionary(MC0=layer)
    pdf.pages[0].contents_add(b"/OC /MC0 BDC q Q EMC")


def layer_pdf(
    add: AddContent,
    *,
    is_off: bool = True,
    base_state: str = "ON",
    usage: Dictionary | None = None,
) -> bytes:
    """A PDF with one layer, to which ``add`` adds content."""

    def change(pdf: pikepdf.Pdf) -> None:
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String(LAYER)))
        if usage is not None:
            layer.Usage = usage
        settings = Dictionary(BaseState=Name(f"/{base_state}"))
        if base_state == "ON" and is_off:
            settings.OFF = Array([layer])
        if base_state == "OFF" and not is_off:
            settings.ON = Array([layer])
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=settings)
        add(pdf, layer)

    return office.pdf_bytes(change=change)


def _make_form(pdf: pikepdf.Pdf, content: bytes) -> pikepdf.Stream:
    form = pdf.make_stream(content)
    form.Type, form.Subtype = Name.XObject, Name.Form
    form.BBox = Array([0, 0, 595, 842])
    form.Resources = pdf.pages[0].Resources
    return form
