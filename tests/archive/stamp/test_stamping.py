"""Stamps are judged by what a reader sees: pages are rendered before and after."""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageDraw

from archive.package.parts import DocumentSignature, PartySide
from archive.stamp.stamping import stamp_of, write_stamped_copy
from tests.support.packages import MCHD_NUMBER, client, contract, our_signer, signature

TITLE = "ДОКУМЕНТ ПОДПИСАН ЭЛЕКТРОННОЙ ПОДПИСЬЮ"
DOCUMENT_ID = "5e0a7b0e-0b1c-4f0e-8f53-000000000002"
INHERITING = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]/Rotate 90
/Resources<</Font<</F1 5 0 R>>>>>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/Contents 4 0 R>> endobj
4 0 obj <</Length 42>> stream
BT /F1 24 Tf 100 700 Td (Inherited) Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj
trailer <</Root 1 0 R>>
"""
Change = Callable[[pikepdf.Pdf], None]


def signatures() -> list[DocumentSignature]:
    content = contract()
    return [
        signature(our_signer(), PartySide.SENDER, content, MCHD_NUMBER),
        signature(client(), PartySide.RECIPIENT, content),
    ]


def stamp(folder: Path, pdf: bytes, signed: list[DocumentSignature] | None = None) -> bytes:
    source, target = folder / "source.pdf", folder / "target.pdf"
    source.write_bytes(pdf)
    marks = [stamp_of(item, document_id=DOCUMENT_ID) for item in signed or signatures()]
    write_stamped_copy(source=source, target=target, marks=marks)
    assert source.read_bytes() == pdf
    return target.read_bytes()


def changed(pdf: bytes, change: Change) -> bytes:
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        change(document)
        document.save(saved)
    return saved.getvalue()


def seen(pdf: bytes) -> list[Image.Image]:
    """Every page as the reader sees it, at 72 dpi."""
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(grayscale=True).to_pil() for page in document]
    document.close()
    return pictures


def shades(picture: Image.Image) -> tuple[int, int]:
    """The darkest and the lightest level of grey."""
    levels = [level for level, number in enumerate(picture.histogram()) if number]
    return levels[0], levels[-1]


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in document]
    document.close()
    return found


def assert_stamped_without_harm(before: bytes, after: bytes) -> Image.Image:
    """Two stamps on the last page, none of their ink where there was any, all text still there."""
    assert len(seen(before)) == len(seen(after))
    assert texts(after)[-1].count(TITLE) == 2
    assert all(line in texts(after)[-1] for line in texts(before)[-1].splitlines())
    old, new = seen(before)[-1], seen(after)[-1]
    place = ImageChops.difference(old, new).getbbox()
    assert place is not None
    assert shades(old.crop(place))[0] >= 250, "the stamp is over something"
    return new.crop(place)


def assert_upright(picture: Image.Image) -> None:
    """Two frames side by side are wider than tall; one above the other, taller than wide."""
    sides = picture.width / picture.height
    assert sides > 4 or 0.9 < sides < 1.6


@pytest.mark.parametrize(
    ("size", "lines"),
    [("A4", 1), ("A4", 12), ("A4 landscape", 8), ("A3", 20), ("A5", 2), ("A2 landscape", 9)],
)
def test_stamps_go_to_free_space_of_the_last_page(tmp_path: Path, size: str, lines: int) -> None:
    before = contract(size=size, lines=lines)
    assert_upright(assert_stamped_without_harm(before, stamp(tmp_path, before)))


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_on_a_rotated_page_stamps_stand_upright(tmp_path: Path, rotation: int) -> None:
    def rotate(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Rotate = rotation

    before = changed(contract(lines=4), rotate)
    place = assert_stamped_without_harm(before, stamp(tmp_path, before))
    assert_upright(place)
    straight = assert_stamped_without_harm(
        contract(lines=4, size="A4 landscape"),
        stamp(tmp_path, contract(lines=4, size="A4 landscape")),
    )
    if rotation != 180:  # the same drawing, seen the same way
        assert place.size == pytest.approx(straight.size, abs=2)


def test_a_page_with_a_shifted_crop_box_shows_whole_stamps(tmp_path: Path) -> None:
    def crop(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.MediaBox = [-100, -50, 695, 900]
        page.CropBox = [-20, -30, 590, 842]

    before = changed(contract(lines=4), crop)
    assert_upright(assert_stamped_without_harm(before, stamp(tmp_path, before)))


@pytest.mark.parametrize(
    "tail",
    [
        b"0.2 0 0 0.2 300 300 cm",
        b"q q 3 0 0 3 0 0 cm",
        b"Q Q 2 0 0 2 50 50 cm",
        b"0 g 9 0 0 9 0 0 cm Q",
    ],
)
def test_what_a_page_leaves_behind_does_not_move_the_stamps(tmp_path: Path, tail: bytes) -> None:
    def leave(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].contents_add(b"\n" + tail + b"\n")

    before = changed(contract(lines=4), leave)
    assert_upright(assert_stamped_without_harm(before, stamp(tmp_path, before)))


def test_what_a_page_inherits_is_kept(tmp_path: Path) -> None:
    after = stamp(tmp_path, INHERITING)
    assert_upright(assert_stamped_without_harm(INHERITING, after))
    assert "Inherited" in texts(after)[0]
    assert seen(after)[0].size == (842, 595)


@pytest.mark.parametrize("lines", [16, 17])
def test_a_full_page_gets_a_page_after_it(tmp_path: Path, lines: int) -> None:
    before = contract(lines=lines)
    after = stamp(tmp_path, before)
    assert texts(after)[:-1] == texts(before)
    assert texts(after)[-1].count(TITLE) == 2
    assert seen(after)[-1].size == seen(before)[-1].size


@pytest.mark.parametrize("size", ["60mm 300mm", "50mm 20mm", "120mm 70mm"])
def test_a_page_too_small_or_too_full_gets_a_page_that_shows_whole_stamps(
    tmp_path: Path, size: str
) -> None:
    before = contract(size=size, lines=10)
    after = stamp(tmp_path, before)
    assert len(texts(after)) == len(texts(before)) + 1
    assert texts(after)[-1].count(TITLE) == 2
    picture = seen(after)[-1]
    drawn = ImageChops.invert(picture).getbbox()
    assert drawn
    left, top, right, bottom = drawn
    assert min(left, top, picture.width - right, picture.height - bottom) >= 10


def test_text_that_the_eye_does_not_see_is_not_written_over(tmp_path: Path) -> None:
    """The recognised text of a scan lies invisible over the whole page."""

    def recognise(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        font = next(iter(page.resources.Font.keys()))
        rows = "".join(f"1 0 0 1 20 {y} Tm <{f'{y:04X}' * 30}> Tj " for y in range(20, 420, 25))
        page.contents_add(f"q BT {font} 20 Tf 3 Tr {rows} ET Q\n".encode(), prepend=True)

    before = changed(contract(lines=12), recognise)
    after = stamp(tmp_path, before)
    assert len(texts(after)) == len(texts(before)) + 1


@pytest.mark.parametrize("shade", ["white", "ivory", "black"])
def test_a_scan_is_stamped_where_its_paper_is_empty(tmp_path: Path, shade: str) -> None:
    paper = Image.new("RGB", (1240, 1754), shade)
    ImageDraw.Draw(paper).rectangle((100, 100, 1100, 900), fill="grey")
    scan = BytesIO()
    paper.save(scan, "PDF", resolution=150)
    after = stamp(tmp_path, scan.getvalue())
    assert len(texts(after)) == 1
    old, new = seen(scan.getvalue())[0], seen(after)[0]
    place = ImageChops.difference(old, new).getbbox()
    assert place is not None
    assert place[1] > 900 * 72 / 150
    darkest, lightest = shades(old.crop(place))
    assert lightest - darkest < 4


def test_a_noisy_scan_gets_a_page_after_it(tmp_path: Path) -> None:
    scan = BytesIO()
    Image.effect_noise((620, 877), 120).save(scan, "PDF", resolution=75)
    assert len(texts(stamp(tmp_path, scan.getvalue()))) == 2


def test_of_500_pages_only_the_last_is_touched(tmp_path: Path) -> None:
    def multiply(pdf: pikepdf.Pdf) -> None:
        pdf.pages.extend([pdf.pages[0]] * 499)

    before = changed(contract(lines=3), multiply)
    after = stamp(tmp_path, before)
    assert len(texts(after)) == 500
    assert texts(after)[:-1] == texts(before)[:-1]
    assert texts(after)[-1].count(TITLE) == 2


def test_a_stamp_says_what_the_standard_asks(tmp_path: Path) -> None:
    details = signatures()[0].details
    text = texts(stamp(tmp_path, contract()))[0]
    for expected in [
        f"Сертификат {details.serial}",
        f"Владелец {details.owner}",
        "Действителен с 21.11.2025 по 21.11.2027",
        "Подписано 21.11.2026 15:00:00 (GMT+03:00)",
        f"МЧД {MCHD_NUMBER}",
        f"Документ {DOCUMENT_ID}",
        "Подпись соответствует файлу документа",
    ]:
        assert "".join(expected.split()) in "".join(text.split())


def test_long_names_are_written_whole(tmp_path: Path) -> None:
    organisation = "Общество с ограниченной ответственностью «" + "Дальневосточная " * 9 + "связь»"
    signed = signatures()
    signed[1] = replace(
        signed[1], details=replace(signed[1].details, organisation=organisation, serial="F" * 200)
    )
    text = "".join(texts(stamp(tmp_path, contract(), signed))[0].split())
    assert "".join(organisation.split()) in text
    assert "F" * 200 in text


def test_markup_in_a_name_stays_text(tmp_path: Path) -> None:
    signed = signatures()
    details = replace(signed[0].details, owner='<img src="file:///etc/passwd"> & <b>Иванов</b>')
    text = texts(stamp(tmp_path, contract(), [replace(signed[0], details=details), signed[1]]))[0]
    assert "<b>Иванов</b>" in text
    assert "&" in text


def test_a_stamped_copy_can_be_stamped_again(tmp_path: Path) -> None:
    twice = stamp(tmp_path, stamp(tmp_path, contract(lines=2)))
    assert texts(twice)[0].count(TITLE) == 4
