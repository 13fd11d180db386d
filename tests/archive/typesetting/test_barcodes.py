"""Bar codes and QR codes, decoded from their drawings module by module."""

import re

import pytest
import segno
from barcode.charsets import code128
from lxml import etree

from archive.typesetting.barcodes import BAR_HEIGHT, QUIET_MODULES, code128_svg, qr_svg

START_C, STOP = 105, 106


def dark_rectangles(svg: str) -> list[list[int]]:
    """[x, y, width, height] of each rectangle of the path."""
    matches = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", svg)
    return [[int(number) for number in match] for match in matches]


def decode_digits(svg: str) -> str:
    """Decodes a Code 128 of digits (code set C) and verifies its check digit."""
    width = int(etree.fromstring(svg).attrib["viewBox"].split()[2])
    row = ["0"] * width
    for x, _, length, _ in dark_rectangles(svg):
        row[x : x + length] = "1" * length
    assert set(row[:QUIET_MODULES]) == {"0"} == set(row[-QUIET_MODULES:])
    modules = "".join(row).strip("0")
    values = [code128.CODES.index(modules[at : at + 11]) for at in range(0, len(modules) - 13, 11)]
    start, *data, check = values
    assert start == START_C
    assert modules.endswith(f"{code128.STOP}11")
    assert check == (start + sum(position * value for position, value in enumerate(data, 1))) % 103
    return "".join(f"{value:02}" for value in data)


def test_a_barcode_encodes_its_number() -> None:
    svg = code128_svg("460000000001")
    assert decode_digits(svg) == "460000000001"
    assert {height for *_, height in dark_rectangles(svg)} == {BAR_HEIGHT}


@pytest.mark.parametrize("text", ["", "ИД-17", "код"])
def test_text_that_code_128_cannot_encode_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="Code 128"):
        code128_svg(text)


def test_a_qr_code_has_the_expected_modules() -> None:
    address = "https://contract.example/verify/gojcueas77dyai6fv6yk6xea/"
    expected = segno.make(address, error="m", micro=False)
    drawn = {
        (x + step, y)
        for x, y, length, _ in dark_rectangles(qr_svg(address))
        for step in range(length)
    }
    rows = list(expected.matrix_iter(border=4))
    assert drawn == {(x, y) for y, row in enumerate(rows) for x, on in enumerate(row) if on}


@pytest.mark.parametrize("svg", [code128_svg('"><script>'), qr_svg('"><script>')])
def test_drawings_have_no_styles_and_scripts(svg: str) -> None:
    root = etree.fromstring(svg)
    assert not [element for element in root.iter() if element.get("style")]
    assert {etree.QName(element).localname for element in root.iter()} == {"svg", "rect", "path"}
