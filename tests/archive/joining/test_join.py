"""The one PDF that several files make."""

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from pytest_django.fixtures import Settings

from archive.conversion.results import ConversionFailed
from archive.joining import confined_join
from archive.joining import join as joining
from archive.joining.composition import join_versions
from archive.joining.join import JoinedPdf, join_parts
from archive.models import DocumentPart, DocumentVersion
from tests.support.documents import office, pdf_forms, pdf_layers, pdfs
from tests.support.documents.uploads import upload_bytes
from tests.support.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def make_parts(*files: bytes, names: tuple[str, ...] = ()) -> list[DocumentPart]:
    """The parts of a document made of these PDFs: «1.pdf», «2.pdf»… unless named."""
    user = UserFactory()
    titles = names or tuple(f"{number}.pdf" for number in range(1, len(files) + 1))
    versions = [
        upload_bytes(file, name, user=user) for file, name in zip(files, titles, strict=True)
    ]
    joined = join_versions(versions, user=user)
    return list(joined.parts.select_related("version__pdf"))


def join(*files: bytes, names: tuple[str, ...] = (), has_contents: bool = False) -> JoinedPdf:
    return join_parts(make_parts(*files, names=names), has_contents=has_contents)


def read_texts(content: bytes) -> list[str]:
    """The text of each page."""
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_bounded().strip() for page in document]


def page_with(text: str) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].Contents = pdf.make_stream(f"BT /F1 14 Tf 72 760 Td ({text}) Tj ET".encode())

    return office.pdf_bytes(change=change)


def test_the_pages_come_in_the_order_of_the_parts() -> None:
    joined = join(page_with("First"), office.pdf_bytes(2), page_with("Last"))
    assert read_texts(joined.content) == ["First", "Contract page 1", "Contract page 2", "Last"]
    assert (joined.pages, joined.findings) == (4, ())


def test_each_part_is_a_bookmark() -> None:
    joined = join(office.pdf_bytes(2), office.pdf_bytes(), names=("Договор.pdf", "Смета.pdf"))
    with pikepdf.open(io.BytesIO(joined.content)) as pdf, pdf.open_outline() as outline:
        assert [item.title for item in outline.root] == ["Договор", "Смета"]


def test_the_same_parts_give_the_same_bytes() -> None:
    files = (office.pdf_bytes(2), pdf_forms.form_pdf("Value", appearance="Value"))
    results = {join(*files, has_contents=True).content for _ in range(2)}
    assert len(results) == 1


def test_another_order_gives_other_bytes() -> None:
    files = (page_with("One"), page_with("Two"))
    assert join(*files).content != join(*reversed(files)).content


class TestContents:
    def test_it_names_the_parts_with_their_pages_and_leads_to_them(self) -> None:
        files = (office.pdf_bytes(3), office.pdf_bytes(2))
        joined = join(*files, names=("Договор.pdf", "Смета & «план».pdf"), has_contents=True)
        assert joined.pages == 6
        text = read_texts(joined.content)[0]
        assert text.splitlines()[0] == "Содержание"
        assert "Договор" in text
        assert "Смета & «план»" in text
        assert follow_links(joined.content) == {1: "2", 4: "5"}

    def test_long_titles_take_another_page_and_move_the_parts(self) -> None:
        names = tuple(f"{number} {'Приложение к договору ' * 8}.pdf" for number in range(20))
        joined = join(*[office.pdf_bytes()] * 20, names=names, has_contents=True)
        own_pages = joined.pages - 20
        assert own_pages > 1
        expected = {own_pages + number: str(own_pages + number + 1) for number in range(20)}
        assert follow_links(joined.content) == expected


def follow_links(content: bytes) -> dict[int, str]:
    """The page (from 0) that each link of the contents leads to, and the number that it shows."""
    links = {}
    with pikepdf.open(io.BytesIO(content)) as pdf, pypdfium2.PdfDocument(content) as document:
        pages = {page.obj.objgen: index for index, page in enumerate(pdf.pages)}
        for page, shown in zip(pdf.pages, document, strict=True):
            for annotation in page.obj.get("/Annots", []):
                assert "/A" not in annotation
                text = shown.get_textpage().get_text_bounded(*map(float, annotation.Rect)).strip()
                links[pages[annotation.Dest[0].objgen]] = text
    return links


class TestWhatWouldGetLost:
    def test_form_fields_keep_their_values(self) -> None:
        form = pdf_forms.form_pdf("Romashka", appearance="Romashka")
        joined = join(form, form)
        with pikepdf.open(io.BytesIO(joined.content)) as pdf:
            assert [str(field.V) for field in pdf.Root.AcroForm.Fields] == ["Romashka"] * 2
        assert joined.findings == ()

    def test_a_value_that_readers_draw_is_still_drawn(self) -> None:
        joined = join(pdf_forms.form_pdf("Romashka"), office.pdf_bytes())
        with pikepdf.open(io.BytesIO(joined.content)) as pdf:
            assert pdf.Root.AcroForm.NeedAppearances

    def test_a_signature_becomes_a_picture_and_a_finding_of_its_part(self) -> None:
        joined = join(office.pdf_bytes(), pdf_forms.signed_pdf())
        by_code = {finding.code: finding.text for finding in joined.findings}
        assert set(by_code) == {"pdf_signed", "joined_signatures"}
        assert all(text.startswith("Файл 2 «2.pdf»: ") for text in by_code.values())
        assert b"/ByteRange" not in joined.content

    def test_hidden_layers_are_left_out_and_a_finding(self) -> None:
        hidden = pdf_layers.layer_pdf(pdf_layers.add_marked_content)
        joined = join(hidden, office.pdf_bytes())
        assert {finding.code for finding in joined.findings} == {"pdf_layers", "joined_layers"}
        assert "Hidden words" not in read_texts(joined.content)[0]
        assert "After it" in read_texts(joined.content)[0]

    def test_attached_files_are_refused_with_the_name_of_the_part(self) -> None:
        with pytest.raises(
            ConversionFailed, match=r"Файл 2 «2\.pdf»: внутри PDF есть вложенные файлы"
        ):
            join(office.pdf_bytes(), pdfs.attach({"price.txt": b"1"}))

    def test_links_inside_of_a_part_still_lead_to_its_pages(self) -> None:
        def change(pdf: pikepdf.Pdf) -> None:
            link = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9]
            )
            link.Dest = pikepdf.Array([pdf.pages[1].obj, pikepdf.Name.Fit])
            pdf.pages[0].Annots = pikepdf.Array([link])

        joined = join(office.pdf_bytes(), office.pdf_bytes(2, change=change))
        with pikepdf.open(io.BytesIO(joined.content)) as pdf:
            link = pdf.pages[1].obj.Annots[0]
            assert link.Dest[0].objgen == pdf.pages[2].obj.objgen

    def test_findings_of_every_part_name_it(self) -> None:
        parts = make_parts(office.pdf_bytes(), office.pdf_bytes())
        finding = {"code": "comments", "text": "Есть примечания", "files": []}
        for part in parts:
            part.version.findings = [finding]
        texts = [finding.text for finding in join_parts(parts, has_contents=False).findings]
        assert texts == ["Файл 1 «1.pdf»: Есть примечания", "Файл 2 «2.pdf»: Есть примечания"]


class TestLimits:
    def test_too_many_pages_name_the_longest_part(self, settings: Settings) -> None:
        settings.DOCUMENT_MAX_PAGES = 4
        assert join(office.pdf_bytes(), office.pdf_bytes(3)).pages == 4
        expected = (
            "Вместе 5 страниц, а можно не больше 4. Файл 2 «2.pdf» самый длинный, 3 страницы:"
            " сократите или замените его"
        )
        with pytest.raises(ConversionFailed) as failure:
            join(office.pdf_bytes(2), office.pdf_bytes(3))
        assert failure.value.message_ru == expected

    def test_the_page_of_contents_counts(self, settings: Settings) -> None:
        settings.DOCUMENT_MAX_PAGES = 2
        with pytest.raises(ConversionFailed, match="Вместе 3 страницы"):
            join(office.pdf_bytes(), office.pdf_bytes(), has_contents=True)

    def test_too_many_bytes_name_the_largest_part(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(joining, "PDF_LIMIT", 1500)
        expected = r"Общий документ больше 30 МБ\. Файл 2 «2\.pdf» самый большой, .*: уменьшите"
        with pytest.raises(ConversionFailed, match=expected):
            join(office.pdf_bytes(), office.pdf_bytes(9))

    def test_files_that_take_too_long_name_the_largest(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = joining.isolation.Limits(seconds=0.001, cpu_seconds=1, memory=1 << 30, file_size=0)
        monkeypatch.setattr(joining, "LIMITS", limits)
        with pytest.raises(ConversionFailed, match=r"слишком сложны.* Файл 2 «2\.pdf»"):
            join(office.pdf_bytes(), office.pdf_bytes(9))

    def test_the_result_is_inspected_like_an_upload(self, monkeypatch: pytest.MonkeyPatch) -> None:
        script = office.pdf_with_action(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        monkeypatch.setattr(joining.isolation, "run_function", _return_instead_of_join(script))
        with pytest.raises(ConversionFailed, match="В PDF есть сценарий JavaScript"):
            join(office.pdf_bytes(), office.pdf_bytes())


def _return_instead_of_join(content: bytes) -> Callable:
    run_function = joining.isolation.run_function

    def replacement(name: str, files: list[int], **arguments: object) -> object:
        if name == "join":
            return {"pages": 1, "losses": [[], []]}, content
        return run_function(name, files, **arguments)

    return replacement


def test_what_is_written_is_limited() -> None:
    buffer = confined_join._LimitedBuffer(3)
    buffer.write(b"abc")
    with pytest.raises(confined_join._TooLarge):
        buffer.write(b"d")


def test_a_joined_version_has_no_source() -> None:
    parts = make_parts(office.pdf_bytes(), office.pdf_bytes())
    joined = DocumentVersion.objects.get(pk=parts[0].joined_id)
    assert joined.is_joined
    with pytest.raises(ValueError, match="several files"):
        _ = joined.uploaded_file
