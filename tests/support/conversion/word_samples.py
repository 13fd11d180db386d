"""Word documents of every feature that contracts have."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from tests.support.conversion.samples import Sample, Word, clause
from tests.support.office import png_bytes

LEGAL = [("decimal", "%1."), ("decimal", "%1.%2."), ("decimal", "%1.%2.%3.")]


def plain() -> Sample:
    word = Word("plain paragraphs")
    for number in range(12):
        word.paragraph(clause(number))
    return word.done()


def headings() -> Sample:
    word = Word("headings")
    for number in range(1, 5):
        word.heading(f"Раздел {number}", number)
        word.paragraph(clause(number))
    return word.done()


def numbered_contract() -> Sample:
    word = Word("clauses numbered 1.2.1")
    number = word.numbering(LEGAL)
    for first in range(1, 5):
        word.item(number, 0, f"{first}.", f"Раздел договора {first}")
        for second in range(1, 4):
            word.item(number, 1, f"{first}.{second}.", clause(first * 10 + second))
            for third in range(1, 3):
                label = f"{first}.{second}.{third}."
                word.item(number, 2, label, clause(first * 100 + second * 10 + third))
    return word.done()


def numbering_restarted() -> Sample:
    word = Word("a list that begins anew")
    number = word.numbering([("decimal", "%1)")])
    for place in range(1, 4):
        word.item(number, 0, f"{place})", f"Первый перечень {place}")
    root = word.document.part.numbering_part.element
    abstract = root[0].get(qn("w:abstractNumId"))
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    again = word.instance(int(abstract), start)
    for place in range(1, 4):
        word.item(again, 0, f"{place})", f"Второй перечень {place}")
    word.item(number, 0, "4)", "Третий перечень")
    return word.done()


def numbering_interrupted() -> Sample:
    word = Word("a list with text between its clauses")
    number = word.numbering(LEGAL)
    word.item(number, 0, "1.", "Предмет договора")
    word.item(number, 1, "1.1.", clause(1))
    word.paragraph("Текст без номера между пунктами")
    word.item(number, 1, "1.2.", clause(2))
    word.item(number, 0, "2.", "Порядок расчетов")
    word.item(number, 1, "2.1.", clause(3))
    return word.done()


def numbering_formats() -> Sample:
    word = Word("letters and Roman numbers")
    forms = {
        "lowerLetter": ["a)", "b)", "c)"],
        "upperRoman": ["I)", "II)", "III)"],
        "russianLower": ["а)", "б)", "в)"],
        "decimalZero": ["01)", "02)", "03)"],
        "upperLetter": ["A)", "B)", "C)"],
    }
    for form, labels in forms.items():
        number = word.numbering([(form, "%1)")])
        for place, label in enumerate(labels):
            word.item(number, 0, label, f"Пункт {form} {place}")
    return word.done()


def numbering_by_style() -> Sample:
    word = Word("clauses numbered by their style")
    number = word.numbering(LEGAL)
    for level, name in enumerate(("Heading 1", "Heading 2")):
        properties = word.document.styles[name].element.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/>'
                f'<w:numId w:val="{number}"/></w:numPr>'
            )
        )
    for first in range(1, 4):
        word.heading(f"Глава номер {first}", 1)
        word.sample.labels.append((f"{first}.", f"Глава номер {first}"))
        for second in range(1, 3):
            text = f"Статья {first} {second}"
            word.heading(text, 2)
            word.sample.labels.append((f"{first}.{second}.", text))
    return word.done()


def bullets() -> Sample:
    word = Word("bullets")
    for number in range(5):
        word.paragraph(clause(number), "List Bullet")
        word.sample.labels.append(("•", clause(number)))
    return word.done()


def simple_table() -> Sample:
    word = Word("a table of prices")
    rows = [["Услуга", "Кол-во", "Цена, руб.", "Сумма, руб."]]
    rows += [
        [f"Канал связи {n}", f"{n}", f"{n * 1000},50", f"{n * n * 1000},00"] for n in range(1, 9)
    ]
    word.table(rows)
    return word.done()


def merged_table() -> Sample:
    word = Word("a table with merged cells")
    table = word.table([[""] * 4 for _ in range(5)])
    for (top, left, bottom, right), text in {
        (0, 0, 1, 0): "Наименование",
        (0, 1, 0, 3): "Показатели",
        (1, 1, 1, 1): "2024",
        (1, 2, 1, 2): "2025",
        (1, 3, 1, 3): "2026",
        (2, 0, 2, 0): "Доходы",
        (2, 1, 3, 2): "по согласованию",
        (2, 3, 2, 3): "17",
        (3, 0, 3, 0): "Расходы",
        (3, 3, 3, 3): "19",
        (4, 0, 4, 3): "Итого по всем показателям",
    }.items():
        cell = table.cell(top, left)
        if (top, left) != (bottom, right):
            cell = cell.merge(table.cell(bottom, right))
        cell.text = text
        word.cell(text)
    return word.done()


def nested_table() -> Sample:
    word = Word("a table in a table")
    outer = word.table([["Сведения", ""], ["Реквизиты", "нет"]])
    inner = outer.cell(0, 1).add_table(2, 2)
    for row, texts in enumerate([["ИНН", "7707083893"], ["КПП", "773601001"]]):
        for column, text in enumerate(texts):
            inner.cell(row, column).text = text
            word.sample.cells.append(text)
            word.sample.anywhere.append(text)
    return word.done()


def table_without_borders() -> Sample:
    word = Word("signatures in a table without borders")
    word.paragraph("Подписи сторон")
    word.table(
        [
            ["Исполнитель", "Заказчик"],
            ["ПАО «Связь»", "ООО «Ромашка»"],
            ["____________ Петров П. П.", "____________ Иванов И. И."],
        ],
        style="Normal Table",
    )
    return word.done()


def long_table() -> Sample:
    word = Word("a table over several pages")
    rows = [["№", "Адрес", "Скорость"]]
    rows += [[str(n), f"г. Тула, ул. Мира, д. {n}", f"{n * 10} Мбит/с"] for n in range(1, 121)]
    table = word.table(rows)
    header = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(header)
    return word.done()


def table_looks() -> Sample:
    word = Word("table styles, shading and alignment")
    table = word.table([["Параметр", "Значение"], ["Скорость", "100"]], "Light Grid Accent 1")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.columns[0].width = Cm(9)
    table.cell(1, 1).paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="FFE699"/>')
    table.cell(1, 0)._tc.get_or_add_tcPr().append(shade)
    return word.done()


def headers_and_footers() -> Sample:
    word = Word("headers, footers, page numbers")
    section = word.document.sections[0]
    section.header.paragraphs[0].text = "Договор № 77-АБ-2025"
    footer = section.footer.paragraphs[0]
    footer.add_run("Страница ")
    _field(footer, "PAGE", "7")
    footer.add_run(" из ")
    _field(footer, "NUMPAGES", "9")
    for page in range(3):
        word.paragraph(clause(page))
        if page < 2:
            word.document.paragraphs[-1].add_run().add_break(WD_BREAK.PAGE)
    word.sample.anywhere += ["Договор № 77-АБ-2025", "Страница 1 из 3", "Страница 3 из 3"]
    word.sample.pages = 3
    return word.done()


def first_and_even_headers() -> Sample:
    word = Word("headers of the first and of even pages")
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
    word.sample.anywhere += ["Титульный колонтитул", "Нечетный колонтитул", "Четный колонтитул"]
    word.sample.pages = 3
    return word.done()


def _field(paragraph: Any, instruction: str, cached: str) -> None:
    for kind in ("begin", None, "separate", cached, "end"):
        run = paragraph.add_run()
        if kind is None:
            node = OxmlElement("w:instrText")
            node.text = f" {instruction} "
            run._r.append(node)
        elif kind == cached:
            run.text = cached
        else:
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), kind)
            run._r.append(node)


def images() -> Sample:
    word = Word("pictures")
    for number, colour in enumerate(("red", "green", "blue")):
        word.paragraph(f"Рисунок {number}")
        word.document.add_picture(BytesIO(png_bytes(300, 100, colour)), width=Cm(5))
    word.sample.images = 3
    return word.done()


def image_in_table_and_header() -> Sample:
    word = Word("pictures in a table and in a header")
    table = word.table([["Печать", ""]])
    run = table.cell(0, 1).paragraphs[0].add_run()
    run.add_picture(BytesIO(png_bytes(100, 100, "navy")), width=Cm(2))
    header = word.document.sections[0].header.paragraphs[0].add_run()
    header.add_picture(BytesIO(png_bytes(80, 40, "gold")), width=Cm(2))
    word.sample.images = 2
    return word.done()


def alignment() -> Sample:
    word = Word("alignment, indents, spacing")
    for number, side in enumerate(WD_ALIGN_PARAGRAPH):
        if number < 4:
            paragraph = word.paragraph(clause(number))
            paragraph.alignment = side
            paragraph.paragraph_format.first_line_indent = Cm(1.25)
            paragraph.paragraph_format.left_indent = Cm(number)
            paragraph.paragraph_format.space_after = Pt(12)
            paragraph.paragraph_format.line_spacing = 1.5
    return word.done()


def letters() -> Sample:
    word = Word("bold, italic, underline, strike, colour, size")
    paragraph = word.paragraph("")
    for text, name in {
        "полужирный ": "bold",
        "курсив ": "italic",
        "подчеркнутый ": "underline",
    }.items():
        setattr(paragraph.add_run(text), name, True)
        word.sample.flow.append(text)
    for text, name in {
        "зачеркнутый ": "strike",
        "верхний ": "superscript",
        "нижний ": "subscript",
        "мелкие ": "small_caps",
        "ПРОПИСНЫЕ ": "all_caps",
    }.items():
        setattr(paragraph.add_run(text).font, name, True)
        word.sample.flow.append(text)
    run = paragraph.add_run("крупный красный")
    run.font.size, run.font.color.rgb = Pt(28), RGBColor(200, 0, 0)
    word.sample.flow.append("крупный красный")
    return word.done()


def fonts() -> Sample:
    word = Word("fonts")
    for name in ("Times New Roman", "Arial", "Calibri", "Courier New", "Неизвестный шрифт"):
        paragraph = word.paragraph(f"Шрифт {name}: съешь еще этих мягких булок")
        paragraph.runs[0].font.name = name
    return word.done()


def tabs() -> Sample:
    word = Word("tabs and leaders")
    paragraph = word.paragraph("г. Москва\t01 февраля 2025 г.")
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT)
    for number in range(1, 6):
        paragraph = word.paragraph(f"Раздел {number}\t{number * 3}")
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    paragraph = word.paragraph("ИНН\t7707083893\tКПП\t773601001")
    for place in (3, 8, 11):
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(place))
    paragraph = word.paragraph("Подпись\t\tИванов")
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(3))
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(9), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
    return word.done()


def landscape() -> Sample:
    word = Word("a landscape section among portrait ones")
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
    return word.done()


def page_size() -> Sample:
    word = Word("A5 with narrow margins")
    section = word.document.sections[0]
    section.page_width, section.page_height = Cm(14.8), Cm(21)
    section.left_margin = section.right_margin = Cm(1)
    for number in range(5):
        word.paragraph(clause(number))
    word.sample.pages = 1
    return word.done()


def page_breaks() -> Sample:
    word = Word("page breaks of three kinds")
    word.paragraph("Первая страница").add_run().add_break(WD_BREAK.PAGE)
    word.paragraph("Вторая страница")
    word.document.add_page_break()
    word.paragraph("Третья страница")
    word.paragraph("Четвертая страница").paragraph_format.page_break_before = True
    word.sample.pages = 4
    return word.done()


def columns() -> Sample:
    word = Word("two columns")
    for number in range(10):
        word.paragraph(clause(number))
    properties = word.document.sections[0]._sectPr
    columns = properties.find(qn("w:cols"))
    columns.set(qn("w:num"), "2")
    return word.done()


def footnotes() -> Sample:
    return _notes("footnotes", "footnote")


def endnotes() -> Sample:
    return _notes("endnotes", "endnote")


def _notes(name: str, kind: str) -> Sample:
    word = Word(name)
    notes = "".join(
        f'<w:{kind} w:id="{n}"><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t xml:space="preserve">'
        f" Примечание номер {n}</w:t></w:r></w:p></w:{kind}>"
        for n in range(1, 4)
    )
    separators = "".join(
        f'<w:{kind} w:type="{word_}" w:id="{n}"><w:p><w:r><w:{word_}/></w:r></w:p></w:{kind}>'
        for n, word_ in ((-1, "separator"), (0, "continuationSeparator"))
    )
    xml = f"<w:{kind}s {nsdecls('w')}>{separators}{notes}</w:{kind}s>"
    content_type = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
    part = Part(
        PackURI(f"/word/{kind}s.xml"), content_type, xml.encode(), word.document.part.package
    )
    types = {"footnote": RELATIONSHIP_TYPE.FOOTNOTES, "endnote": RELATIONSHIP_TYPE.ENDNOTES}
    word.document.part.relate_to(part, types[kind])
    for number in range(1, 4):
        paragraph = word.paragraph(f"Условие {number} со сноской")
        reference = OxmlElement(f"w:{kind}Reference")
        reference.set(qn("w:id"), str(number))
        paragraph.add_run()._r.append(reference)
        word.sample.anywhere.append(f"Примечание номер {number}")
    return word.done()


def hyperlinks() -> Sample:
    word = Word("hyperlinks")
    relation = word.document.part.relate_to(
        "https://example.com/oferta", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    word.xml(
        f'<w:p><w:r><w:t xml:space="preserve">Оферта </w:t></w:r><w:hyperlink r:id="{relation}">'
        "<w:r><w:t>по ссылке</w:t></w:r></w:hyperlink></w:p>"
    )
    word.sample.flow.append("Оферта по ссылке")
    return word.done()


def fields() -> Sample:
    word = Word("fields with cached results")
    paragraph = word.paragraph("")
    for instruction, cached in {
        "REF _Ref1 \\h": "пункту 5.1",
        'DATE \\@ "dd.MM.yyyy"': "07.03.2025",
        "DOCPROPERTY Number": "АБ-17",
        "MERGEFIELD Client": "«Ромашка»",
    }.items():
        _field(paragraph, instruction, cached)
        paragraph.add_run("; ")
        word.sample.flow.append(cached)
    return word.done()


def text_boxes() -> Sample:
    word = Word("a text box")
    word.paragraph("Перед рамкой")
    word.xml(
        '<w:p><w:r><w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml" '
        'style="width:200pt;height:40pt"><v:textbox><w:txbxContent><w:p><w:r>'
        "<w:t>Текст внутри рамки</w:t></w:r></w:p></w:txbxContent></v:textbox></v:rect>"
        "</w:pict></w:r></w:p>"
    )
    word.sample.anywhere.append("Текст внутри рамки")
    return word.done()


def content_controls() -> Sample:
    word = Word("content controls")
    word.xml(
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Блочный элемент</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )
    word.xml(
        '<w:p><w:r><w:t xml:space="preserve">Номер: </w:t></w:r><w:sdt><w:sdtContent><w:r>'
        "<w:t>12345</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    word.sample.flow += ["Блочный элемент", "Номер: 12345"]
    return word.done()


def hidden_text() -> Sample:
    word = Word("hidden text")
    paragraph = word.paragraph("Видимый текст ")
    paragraph.add_run("потаенный").font.hidden = True
    word.sample.absent.append("потаенный")
    return word.done()


def signs() -> Sample:
    word = Word("unusual characters")
    word.paragraph("§ 5 № 7 «ёлочки» „лапки“ – тире — длинное … 10 °C ± 5 % × 3 ½ € ₽ © ®")
    word.paragraph("Неразрывный\u00a0пробел и мягкий пере\u00adнос")
    word.xml(
        '<w:p><w:r><w:t>Знак</w:t></w:r><w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r></w:p>'
    )
    word.sample.flow.append("Знак")
    return word.done()


def long_contract() -> Sample:
    word = Word("a contract of many pages")
    number = word.numbering(LEGAL)
    for first in range(1, 16):
        word.item(number, 0, f"{first}.", f"Раздел {first}")
        for second in range(1, 13):
            word.item(
                number, 1, f"{first}.{second}.", " ".join(clause(second + n) for n in range(2))
            )
    return word.done()


def letterhead() -> Sample:
    word = Word("a header taller than its margin")
    header = word.document.sections[0].header
    header.paragraphs[0].text = "Публичное акционерное общество"
    for number in range(7):
        header.add_paragraph(f"Строка реквизитов {number}")
        word.sample.anywhere.append(f"Строка реквизитов {number}")
    for number in range(6):
        word.paragraph(clause(number))
    return word.done()


def empty_lines() -> Sample:
    word = Word("empty lines and line breaks")
    word.paragraph("Первый")
    for _ in range(5):
        word.document.add_paragraph()
    paragraph = word.paragraph("Второй")
    for number in range(3):
        paragraph.add_run().add_break()
        paragraph.add_run(f"строка {number}")
        word.sample.flow.append(f"строка {number}")
    return word.done()


ALL: list[Callable[[], Sample]] = [
    plain,
    headings,
    numbered_contract,
    numbering_restarted,
    numbering_interrupted,
    numbering_formats,
    numbering_by_style,
    bullets,
    simple_table,
    merged_table,
    nested_table,
    table_without_borders,
    long_table,
    table_looks,
    headers_and_footers,
    first_and_even_headers,
    images,
    image_in_table_and_header,
    alignment,
    letters,
    fonts,
    tabs,
    landscape,
    page_size,
    page_breaks,
    columns,
    footnotes,
    endnotes,
    hyperlinks,
    fields,
    text_boxes,
    content_controls,
    hidden_text,
    signs,
    long_contract,
    letterhead,
    empty_lines,
]
