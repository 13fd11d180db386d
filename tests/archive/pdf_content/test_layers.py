"""Hidden layers are neither seen nor read, and the user is told about them."""

import io

import pikepdf
import pytest
from pikepdf import Dictionary, Name
from PIL import Image

from archive.intake.inspection import inspect_file
from archive.pdf_content import layers
from archive.pdf_content.opening import open_for_page
from archive.pdf_content.page_view import read_page_view
from tests.support.documents import pdf_layers
from tests.support.documents.pdf_layers import LAYER, layer_pdf

CONTENTS = [
    pdf_layers.add_marked_content,
    pdf_layers.add_form,
    pdf_layers.add_nested_content,
    pdf_layers.add_annotation,
    pdf_layers.add_membership,
    pdf_layers.add_expression,
]
NO_SCREEN = Dictionary(View=Dictionary(ViewState=Name.OFF))
NO_PAPER = Dictionary(Print=Dictionary(PrintState=Name.OFF))


def read_text(data: bytes) -> str:
    with open_for_page(io.BytesIO(data), 0) as document:
        return read_page_view(document, 0).text


def render(data: bytes) -> Image.Image:
    with open_for_page(io.BytesIO(data), 0) as document:
        return document[0].render(grayscale=True).to_pil()


def find_codes(data: bytes) -> list[str]:
    inspected = inspect_file(io.BytesIO(data), name="договор.pdf")
    return [finding.code for finding in inspected.findings if LAYER in finding.text]


@pytest.mark.parametrize("add", CONTENTS)
def test_a_hidden_layer_is_neither_seen_nor_read_but_reported(add: pdf_layers.AddContent) -> None:
    hidden, shown = layer_pdf(add), layer_pdf(add, is_off=False)
    assert "Hidden words" in read_text(shown)
    assert "Hidden words" not in read_text(hidden)
    assert "Contract page 1" in read_text(hidden)
    below_everything_else = (0, 770, 595, 842)
    assert any(render(shown).crop(below_everything_else).histogram()[:128])
    assert not any(render(hidden).crop(below_everything_else).histogram()[:128])
    assert find_codes(hidden) == ["pdf_layers"]
    assert find_codes(shown) == []


def test_content_after_a_hidden_layer_stays() -> None:
    assert "After it" in read_text(layer_pdf(pdf_layers.add_marked_content))


@pytest.mark.parametrize("show", [b"(Hidden words) '", b'0 0 (Hidden words) "'])
def test_lines_after_a_hidden_line_stay_where_they_are(show: bytes) -> None:
    def add_lines(pdf: pikepdf.Pdf, layer: Dictionary) -> None:
        page = pdf.pages[0]
        page.Resources.Properties = Dictionary(MC0=layer)
        lines = b"BT /F1 14 Tf 20 TL 72 200 Td (First) Tj /OC /MC0 BDC %s EMC (Third) ' ET"
        page.contents_add(lines % show)

    with open_for_page(io.BytesIO(layer_pdf(add_lines)), 0) as document:
        text = document[0].get_textpage()
        assert text.get_text_bounded(0, 155, 595, 175) == "Third"


@pytest.mark.parametrize("is_off", [True, False])
def test_layers_may_be_hidden_unless_listed(is_off: bool) -> None:
    data = layer_pdf(pdf_layers.add_form, is_off=is_off, base_state="OFF")
    assert ("Hidden words" in read_text(data)) == (not is_off)


def test_an_empty_hidden_layer_is_not_reported() -> None:
    assert find_codes(layer_pdf(pdf_layers.add_nothing)) == []


@pytest.mark.parametrize("usage", [NO_SCREEN, NO_PAPER])
def test_a_layer_that_some_readers_hide_is_reported(usage: Dictionary) -> None:
    data = layer_pdf(pdf_layers.add_marked_content, is_off=False, usage=usage)
    assert find_codes(data) == ["pdf_layers"]
    assert ("Hidden words" in read_text(data)) == (usage is NO_PAPER)


def test_a_layer_is_reported_when_there_is_too_much_to_look_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(layers, "MAX_SEARCHED_BYTES", 10)
    with pikepdf.open(io.BytesIO(layer_pdf(pdf_layers.add_nothing))) as pdf:
        assert layers.find_hidden_layers(pdf, layers.LayerStates(pdf)) == [LAYER]
