"""PDF files: what is accepted as it is, and what the user is told about it."""

import io

import pikepdf
import pytest
from PIL import Image

from archive.findings import EmbeddedFile
from archive.intake.inspection import inspect_file
from edo.signing.certificates import read_certificate
from tests.support.documents import office
from tests.support.documents.packages import recipient_signer
from tests.support.documents.pdf_forms import (
    annotation_pdf,
    check_box_pdf,
    form_pdf,
    many_fields_pdf,
    signed_pdf,
    value_without_field_pdf,
)
from tests.support.documents.pdfs import FORGIVABLE_DEFECTS, attach, file_specification


def inspect_bytes(data: bytes):
    return inspect_file(io.BytesIO(data), name="договор.pdf")


@pytest.mark.parametrize("defect", FORGIVABLE_DEFECTS)
def test_a_defect_that_every_reader_forgives_is_accepted(defect: str) -> None:
    sound = office.pdf_bytes(2)
    data = FORGIVABLE_DEFECTS[defect](sound)
    assert data != sound
    assert inspect_bytes(data).pages == 2


def test_a_pdf_that_only_its_owner_may_change_is_accepted() -> None:
    with office.new_pdf() as pdf:
        protection = pikepdf.Encryption(owner="owner", user="")
        data = office.save_to_bytes(lambda file: pdf.save(file, encryption=protection))
    assert inspect_bytes(data).pages == 1


def test_attachments_are_reported_by_name_and_size() -> None:
    data = attach({"Смета.xml": b"<a/>" * 5, "Договор.docx": office.docx_bytes()})
    (finding,) = inspect_bytes(data).findings
    assert finding.code == "pdf_attachments"
    assert set(finding.files) == {
        EmbeddedFile("Смета.xml", 20),
        EmbeddedFile("Договор.docx", len(office.docx_bytes())),
    }


def test_a_stored_zip_at_the_end_of_the_file_is_an_attachment_like_any_other() -> None:
    with office.new_pdf() as pdf:
        pdf.attachments["a.docx"] = file_specification(pdf, "a.docx", office.docx_bytes())
        data = office.save_to_bytes(lambda file: pdf.save(file, compress_streams=False))
    assert b"PK\x05\x06" in data
    assert [file.name for file in inspect_bytes(data).findings[0].files] == ["a.docx"]


def test_a_name_that_the_pdf_gives_is_made_safe() -> None:
    data = attach({"../dir/\u202egepj.Смета\n.xml": b"text"})
    assert [file.name for file in inspect_bytes(data).findings[0].files] == ["gepj.Смета .xml"]


def test_a_file_of_an_annotation_is_an_attachment() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        specification = file_specification(pdf, "note.txt", b"text")
        annotation = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.FileAttachment,
            Rect=[0, 0, 10, 10],
            FS=specification.obj,
        )
        pdf.pages[0].Annots = pikepdf.Array([annotation])

    findings = inspect_bytes(office.pdf_bytes(change=change)).findings
    assert findings[0].files == (EmbeddedFile("note.txt", 4),)


def test_a_long_document_passes_within_the_limits() -> None:
    assert inspect_bytes(office.pdf_bytes(300)).pages == 300


def test_a_long_form_passes_within_the_limits_and_the_user_looks_at_the_rest() -> None:
    inspected = inspect_bytes(many_fields_pdf(pages=100, fields=10))
    assert inspected.pages == 100
    assert [finding.code for finding in inspected.findings] == ["pdf_partly_checked"]


def test_a_form_of_ordinary_length_is_checked_completely() -> None:
    assert inspect_bytes(many_fields_pdf(pages=3, fields=15)).findings == ()


def test_a_page_with_nothing_but_its_form_shows_something() -> None:
    with pikepdf.open(io.BytesIO(form_pdf("OOO Romashka"))) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"")
        assert inspect_bytes(office.save_to_bytes(pdf.save)).pages == 1


def test_a_large_scan_passes_within_the_limits() -> None:
    scan = io.BytesIO()
    Image.effect_noise((4960, 7016), 60).convert("RGB").save(scan, "PDF", resolution=600)
    assert inspect_bytes(scan.getvalue()).pages == 1


def test_a_scan_after_blank_pages_counts() -> None:
    def change(pdf: pikepdf.Pdf) -> None:
        for page in list(pdf.pages)[:-1]:
            page.Contents = pdf.make_stream(b"")

    assert inspect_bytes(office.pdf_bytes(40, change=change)).pages == 40


FINDINGS = {
    "a comment": (annotation_pdf("Text", Contents="Скидка 50 %"), "pdf_comments", "Скидка 50 %"),
    "a hidden value": (form_pdf("x1", F=2), "pdf_form_values", "client: x1"),
    "a value without a field": (value_without_field_pdf("100"), "pdf_form_values", "price: 100"),
    "a check box that looks empty": (
        check_box_pdf(value="Yes", state="Off"),
        "pdf_form_values",
        "agree: Yes",
    ),
    "a check box that only looks checked": (
        check_box_pdf(value="Off", state="Yes"),
        "pdf_form_values",
        "agree: Off",
    ),
    "a video": (annotation_pdf("Screen"), "pdf_multimedia", "видео"),
    "a stamp that is not printed": (
        annotation_pdf("Stamp", appearance="APPROVED", F=0),
        "pdf_prints_differently",
        "не печатается",
    ),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_what_the_pages_do_not_show_is_reported(name: str) -> None:
    data, code, quote = FINDINGS[name]
    (finding,) = inspect_bytes(data).findings
    assert finding.code == code
    assert quote in finding.text


@pytest.mark.parametrize(
    "data",
    [
        form_pdf("OOO Romashka"),
        form_pdf("", F=2),
        check_box_pdf(value="Yes", state="Yes"),
        check_box_pdf(value="Off", state="Off"),
        annotation_pdf("FreeText", Contents="Paid in full"),
        annotation_pdf("Link", Contents="our site", F=0),
    ],
)
def test_what_every_reader_shows_needs_no_finding(data: bytes) -> None:
    assert inspect_bytes(data).findings == ()


def test_a_signature_inside_of_the_pdf_is_reported_with_its_signer_and_date() -> None:
    signer = recipient_signer()
    (finding,) = inspect_bytes(signed_pdf(signer.sign(b"content"))).findings
    assert finding.code == "pdf_signed"
    assert (
        f"PDF уже подписан: {read_certificate(signer.certificate).owner}, 01.02.2026."
        in finding.text
    )


@pytest.mark.parametrize(
    ("keys", "signer"),
    [
        ({"Name": "Петров П. П."}, "Петров П. П., 01.02.2026"),
        ({"M": "yesterday"}, "имя не указано."),
        ({"Type": pikepdf.Name.DocTimeStamp}, "штамп времени, 01.02.2026"),
    ],
)
def test_a_signature_that_cannot_be_read_is_reported(keys: dict[str, object], signer: str) -> None:
    (finding,) = inspect_bytes(signed_pdf(b"no signature", **keys)).findings
    assert f"PDF уже подписан: {signer}" in finding.text


def test_an_empty_signature_field_is_no_signature() -> None:
    assert inspect_bytes(form_pdf("", kind="Sig")).findings == ()
