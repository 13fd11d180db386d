"""Page layout: headers, footers, sections, page sizes and breaks, columns."""

from collections.abc import Callable

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_BREAK
from docx.oxml.ns import qn
from docx.shared import Cm

from tests.support.documents.conversion.samples import Sample, WordBuilder, add_field, clause


def headers_and_footers() -> Sample:
    word = WordBuilder("headers, footers, page numbers")
    section = word.document.sections[0]
    section.header.paragraphs[0].text = "Договор № 77-АБ-2025"
    footer = section.footer.paragraphs[0]
    footer.add_run("Страница ")
    add_field(footer, "PAGE", "7")
    footer.add_run(" из ")
    add_field(footer, "NUMPAGES", "9")
    for page in range(3):
        word.paragraph(clause(page))
        if page < 2:
            word.document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    word.sample.unordered_text += ["Договор № 77-АБ-2025", "Страница 1 из 3", "Страница 3 из 3"]
    word.sample.pages = 3
    return word.build()


def first_and_even_headers() -> Sample:
    word = WordBuilder("headers of the first and of even pages")
    section = word.document.sections[0]
    section.different_first_page_header_footer = True
    word.document.settings.odd_and_even_pages_header_footer = True
    section.first_page_header.paragraphs[0].text = "Титульный колонтитул"
    section.header.paragraphs[0].text = "Нечетный колонтитул"
    section.even_page_header.paragraphs[0].text = "Четный колонтитул"
    for page in range(3):
        word.paragraph(clause(page))
        if page < 2:
            word.document.add_page_break()
    word.sample.unordered_text += [
        "Титульный колонтитул",
        "Нечетный колонтитул",
        "Четный колонтитул",
    ]
    word.sample.pages = 3
    return word.build()


def letterhead() -> Sample:
    word = WordBuilder("a header taller than its margin")
    header = word.document.sections[0].header
    header.paragraphs[0].text = "Публичное акционерное общество"
    for number in range(7):
        header.add_paragraph(f"Строка реквизитов {number}")
        word.sample.unordered_text.append(f"Строка реквизитов {number}")
    for number in range(6):
        word.paragraph(clause(number))
    return word.build()


def landscape() -> Sample:
    word = WordBuilder("a landscape section among portrait ones")
    word.paragraph(clause(1))
    section = word.document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    word.table([[f"Столбец {n}" for n in range(10)], [str(n * 7) for n in range(10)]])
    section = word.document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = section.page_height, section.page_width
    word.paragraph(clause(3))
    word.sample.pages = 3
    return word.build()


def page_size() -> Sample:
    word = WordBuilder("A5 with narrow margins")
    section = word.document.sections[0]
    section.page_width, section.page_height = Cm(14.8), Cm(21)
    section.left_margin = section.right_margin = Cm(1)
    for number in range(5):
        word.paragraph(clause(number))
    word.sample.pages = 1
    return word.build()


def page_breaks() -> Sample:
    word = WordBuilder("page breaks of three kinds")
    word.paragraph("Первая страница").add_run().add_break(WD_BREAK.PAGE)
    word.paragraph("Вторая страница")
    word.document.add_page_break()
    word.paragraph("Третья страница")
    word.paragraph("Четвертая страница").paragraph_format.page_break_before = True
    word.sample.pages = 4
    return word.build()


def columns() -> Sample:
    word = WordBuilder("two columns")
    for number in range(10):
        word.paragraph(clause(number))
    properties = word.document.sections[0]._sectPr
    columns = properties.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")
    return word.build()


PAGES: list[Callable[[], Sample]] = [
    headers_and_footers,
    first_and_even_headers,
    letterhead,
    landscape,
    page_size,
    page_breaks,
    columns,
]
