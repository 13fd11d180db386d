"""PDF files with form fields and annotations."""

from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from tests.support.documents import office

FIELD_BOX = (72, 40, 500, 70)  # left, bottom, right, top in points, on a page of 595 × 842
PRINT = 4  # flag of an annotation


def form_pdf(
    value: str,
    *,
    appearance: str = "",
    is_drawn_anew: bool = False,
    kind: str = "Tx",
    **keys: Any,
) -> bytes:
    """A PDF with a form field at FIELD_BOX.

    Without ``appearance`` (ASCII), or with ``is_drawn_anew``, readers have to draw the value
    themselves; ``keys`` are further keys of the field.
    """

    def change(pdf: pikepdf.Pdf) -> None:
        field = _widget(T=String("client"), FT=Name(f"/{kind}"), V=String(value))
        field.DA = String("/Helv 14 Tf 0 g")
        if appearance:
            field.AP = Dictionary(N=_draw_text(pdf, appearance))
        _add_field(pdf, field, keys)
        pdf.Root.AcroForm.NeedAppearances = is_drawn_anew or not appearance

    return office.pdf_bytes(change=change)


def many_fields_pdf(*, pages: int, fields: int) -> bytes:
    """A PDF with ``fields`` Russian values on each page, which readers have to draw."""

    def change(pdf: pikepdf.Pdf) -> None:
        everything = []
        for page_number, page in enumerate(pdf.pages):
            widgets = [
                pdf.make_indirect(
                    _widget(
                        Rect=Array([72, 40 + 40 * number, 500, 70 + 40 * number]),
                        T=String(f"field {page_number} {number}"),
                        FT=Name.Tx,
                        V=String("ООО «Ромашка»"),
                        DA=String("/Helv 14 Tf 0 g"),
                    )
                )
                for number in range(fields)
            ]
            page.Annots = Array(widgets)
            everything += widgets
        fonts = Dictionary(Helv=pdf.pages[0].Resources.Font.F1)
        pdf.Root.AcroForm = Dictionary(Fields=Array(everything), DR=Dictionary(Font=fonts))

    return office.pdf_bytes(pages, change=change)


def check_box_pdf(*, value: str, state: str) -> bytes:
    """A PDF with a check box whose ``value`` is drawn in ``state``, "Yes" or "Off"."""

    def change(pdf: pikepdf.Pdf) -> None:
        box = _widget(T=String("agree"), FT=Name.Btn, V=Name(f"/{value}"), AS=Name(f"/{state}"))
        box.AP = Dictionary(N=Dictionary(Yes=_draw_text(pdf, "X"), Off=_draw_text(pdf, " ")))
        _add_field(pdf, box, {})

    return office.pdf_bytes(change=change)


def annotation_pdf(subtype: str, *, appearance: str = "", **keys: Any) -> bytes:
    """A PDF with an annotation at FIELD_BOX."""

    def change(pdf: pikepdf.Pdf) -> None:
        annotation = _widget(Subtype=Name(f"/{subtype}"), DA=String("/Helv 14 Tf 0 g"))
        if appearance:
            annotation.AP = Dictionary(N=_draw_text(pdf, appearance))
        for key, value in keys.items():
            annotation[f"/{key}"] = value
        pdf.pages[0].Annots = Array([annotation])

    return office.pdf_bytes(change=change)


def value_without_field_pdf(value: str) -> bytes:
    """A PDF with a form field that no page has."""

    def change(pdf: pikepdf.Pdf) -> None:
        field = Dictionary(T=String("price"), FT=Name.Tx, V=String(value))
        pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))

    return office.pdf_bytes(change=change)


def signed_pdf(cms: bytes = b"", *, drawn: str = "Signed by hand", **keys: Any) -> bytes:
    """A PDF with a signature field at FIELD_BOX. ``keys`` are further keys of the signature."""

    def change(pdf: pikepdf.Pdf) -> None:
        signature = Dictionary(
            Type=Name.Sig,
            Filter=Name("/Adobe.PPKLite"),
            SubFilter=Name("/adbe.pkcs7.detached"),
            ByteRange=Array([0, 10, 20, 10]),
            Contents=String(cms + bytes(100)),
            M=String("D:20260201120000+03'00'"),
        )
        for key, value in keys.items():
            signature[f"/{key}"] = value
        field = _widget(T=String("Signature1"), FT=Name.Sig, V=pdf.make_indirect(signature))
        if drawn:
            field.AP = Dictionary(N=_draw_text(pdf, drawn))
        _add_field(pdf, field, {})
        pdf.Root.AcroForm.SigFlags = 3
        pdf.Root.Perms = Dictionary(DocMDP=signature)

    return office.pdf_bytes(change=change)


def _widget(**keys: Any) -> Dictionary:
    return Dictionary(
        {"/Type": Name.Annot, "/Subtype": Name.Widget, "/Rect": Array(FIELD_BOX), "/F": PRINT}
        | {f"/{key}": value for key, value in keys.items()}
    )


def _add_field(pdf: pikepdf.Pdf, field: Dictionary, keys: dict[str, Any]) -> None:
    for key, value in keys.items():
        field[f"/{key}"] = value
    indirect = pdf.make_indirect(field)
    page = pdf.pages[0]
    page.Annots = Array([indirect])
    pdf.Root.AcroForm = Dictionary(
        Fields=Array([indirect]), DR=Dictionary(Font=Dictionary(Helv=page.Resources.Font.F1))
    )


def _draw_text(pdf: pikepdf.Pdf, text: str) -> pikepdf.Stream:
    """An appearance with ``text``."""
    stream = pdf.make_stream(f"BT /F1 14 Tf 2 8 Td ({text}) Tj ET".encode())
    stream.Type, stream.Subtype = Name.XObject, Name.Form
    stream.BBox = Array([0, 0, FIELD_BOX[2] - FIELD_BOX[0], FIELD_BOX[3] - FIELD_BOX[1]])
    stream.Resources = pdf.pages[0].Resources
    return stream
