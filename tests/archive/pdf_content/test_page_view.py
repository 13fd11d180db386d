"""Pages are seen and read with their form values and annotations, as readers show them."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from archive.files import page_rendering
from archive.pdf_content.annotations import FieldValue
from archive.pdf_content.opening import open_document
from archive.pdf_content.page_view import PageView, read_page_view
from tests.support.documents.pdf_forms import FIELD_BOX, annotation_pdf, check_box_pdf, form_pdf

PAGE_WIDTH, PAGE_HEIGHT = 595, 842
MULTILINE, COMB, COMBO, PASSWORD = 1 << 12, 1 << 24, 1 << 17, 1 << 13
HIDDEN, NO_VIEW = 2, 32
LABELS = [["1", "Один"], ["2", "Два"]]


def read_view(data: bytes) -> PageView:
    with open_document(io.BytesIO(data)) as document:
        return read_page_view(document, 0)


def is_drawn(data: bytes, folder: Path) -> bool:
    """Whether the preview of the page has something dark in FIELD_BOX."""
    path = folder / "file.pdf"
    path.write_bytes(data)
    _, encoded = page_rendering.render_in_child(
        os.open(path, os.O_RDONLY), page=1, width=PAGE_WIDTH
    )
    left, bottom, right, top = FIELD_BOX
    box = (left, PAGE_HEIGHT - top, right, PAGE_HEIGHT - bottom)
    histogram = Image.open(io.BytesIO(encoded)).convert("L").crop(box).histogram()
    return any(histogram[:128])


SHOWN = {
    "a value": (form_pdf("OOO Romashka"), "OOO Romashka"),
    "a Russian value": (form_pdf("ООО «Ромашка»"), "ООО «Ромашка»"),
    "a drawn value": (form_pdf("Romashka", appearance="Romashka"), "Romashka"),
    "a value that is drawn anew": (form_pdf("999", appearance="100", is_drawn_anew=True), "999"),
    "a field of boxes": (form_pdf("12345", Ff=COMB, MaxLen=8), "1 2 3 4 5"),
    "a list": (form_pdf("Two", kind="Ch", Opt=["One", "Two"]), "Two"),
    "a choice by its label": (form_pdf("2", kind="Ch", Ff=COMBO, Opt=LABELS), "Два"),
    "free text": (annotation_pdf("FreeText", Contents="Paid in full"), "Paid in full"),
    "a stamp": (annotation_pdf("Stamp", appearance="APPROVED"), "APPROVED"),
}


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_reader_draws_is_in_the_preview_and_in_the_text(name: str, tmp_path: Path) -> None:
    data, text = SHOWN[name]
    assert is_drawn(data, tmp_path)
    assert text in read_view(data).text


UNSEEN = {
    "a hidden field": form_pdf("x1", F=HIDDEN),
    "a field for paper only": form_pdf("x1", F=NO_VIEW),
    "a field that shows something else": form_pdf("x1", appearance="100"),
    "a password": form_pdf("x1", Ff=PASSWORD),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_a_value_that_a_reader_does_not_draw_is_reported(name: str) -> None:
    view = read_view(UNSEEN[name])
    assert "x1" not in view.text
    assert view.unseen_values == (FieldValue("client", "x1"),)
    assert view.complete_text == f"{view.text}\nclient: x1"


def test_a_value_that_is_too_long_for_its_field_is_reported() -> None:
    value = "слово " * 60
    for data in (form_pdf(value), form_pdf(value, Ff=MULTILINE)):
        assert read_view(data).unseen_values == (FieldValue("client", value),)


@pytest.mark.parametrize("flags", [HIDDEN, NO_VIEW])
def test_what_is_hidden_is_not_drawn(flags: int, tmp_path: Path) -> None:
    assert not is_drawn(form_pdf("x1", F=flags), tmp_path)
    hidden_stamp = annotation_pdf("Stamp", appearance="APPROVED", F=flags)
    assert not is_drawn(hidden_stamp, tmp_path)
    assert "APPROVED" not in read_view(hidden_stamp).text


def test_a_check_box_is_drawn_in_its_state(tmp_path: Path) -> None:
    assert is_drawn(check_box_pdf(value="Yes", state="Yes"), tmp_path)
    assert not is_drawn(check_box_pdf(value="Off", state="Off"), tmp_path)


def test_a_comment_is_no_text_of_the_page() -> None:
    view = read_view(annotation_pdf("Text", Contents="Скидка 50 %"))
    assert "Скидка" not in view.text
    assert view.comments == ("Скидка 50 %",)
