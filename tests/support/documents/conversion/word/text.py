"""Plain text: headings, alignment, letters, fonts, tabs, special characters."""

from collections.abc import Callable

from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.shared import Cm, Pt, RGBColor

from tests.support.documents.conversion.samples import Sample, WordBuilder, clause


def plain() -> Sample:
    word = WordBuilder("plain paragraphs")
    for number in range(12):
        word.paragraph(clause(number))
    return word.build()


def headings() -> Sample:
    word = WordBuilder("headings")
    for number in range(1, 5):
        word.heading(f"Раздел {number}", number)
        word.paragraph(clause(number))
    return word.build()


def alignment() -> Sample:
    word = WordBuilder("alignment, indents, spacing")
    for number, side in enumerate(WD_ALIGN_PARAGRAPH):
        if number < 4:
            paragraph = word.paragraph(clause(number))
            paragraph.alignment = side
            paragraph.paragraph_format.first_line_indent = Cm(1.25)
            paragraph.paragraph_format.left_indent = Cm(number)
            paragraph.paragraph_format.space_after = Pt(12)
            paragraph.paragraph_format.line_spacing = 1.5
    return word.build()


def font_styles() -> Sample:
    word = WordBuilder("bold, italic, underline, strike, colour, size")
    paragraph = word.paragraph("")
    for text, name in {
        "полужирный ": "bold",
        "курсив ": "italic",
        "подчеркнутый ": "underline",
    }.items():
        setattr(paragraph.add_run(text), name, True)
        word.sample.text.append(text)
    for text, name in {
        "зачеркнутый ": "strike",
        "верхний ": "superscript",
        "нижний ": "subscript",
        "мелкие ": "small_caps",
        "ПРОПИСНЫЕ ": "all_caps",
    }.items():
        setattr(paragraph.add_run(text).font, name, True)
        word.sample.text.append(text)
    run = paragraph.add_run("крупный красный")
    run.font.size, run.font.color.rgb = Pt(28), RGBColor(200, 0, 0)
    word.sample.text.append("крупный красный")
    return word.build()


def fonts() -> Sample:
    word = WordBuilder("fonts")
    for name in ("Times New Roman", "Arial", "Calibri", "Courier New", "Неизвестный шрифт"):
        paragraph = word.paragraph(f"Шрифт {name}: съешь еще этих мягких булок")
        paragraph.runs[0].font.name = name
    return word.build()


def tabs() -> Sample:
    word = WordBuilder("tabs and leaders")
    paragraph = word.paragraph("г. Москва\t01 февраля 2025 г.")
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT)
    for number in range(1, 6):
        paragraph = word.paragraph(f"Раздел {number}\t{number * 3}")
        stops = paragraph.paragraph_format.tab_stops
        stops.add_tab_stop(Cm(16), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)
    paragraph = word.paragraph("ИНН\t7707083893\tКПП\t773601001")
    for position in (3, 8, 11):
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(position))
    paragraph = word.paragraph("Подпись\t\tИванов")
    paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(3))
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Cm(9), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)
    return word.build()


def hidden_text() -> Sample:
    word = WordBuilder("hidden text")
    paragraph = word.paragraph("Видимый текст ")
    paragraph.add_run("потаенный").font.hidden = True
    word.sample.hidden_text.append("потаенный")
    return word.build()


def special_characters() -> Sample:
    word = WordBuilder("unusual characters")
    word.paragraph("§ 5 № 7 «ёлочки» „лапки“ – тире — длинное … 10 °C ± 5 % × 3 ½ € ₽ © ®")
    word.paragraph("Неразрывный\u00a0пробел и мягкий пере\u00adнос")
    word.xml(
        '<w:p><w:r><w:t>Знак</w:t></w:r><w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r></w:p>'
    )
    word.sample.text.append("Знак")
    return word.build()


def empty_lines() -> Sample:
    word = WordBuilder("empty lines and line breaks")
    word.paragraph("Первый")
    for _ in range(5):
        word.document.add_paragraph()
    paragraph = word.paragraph("Второй")
    for number in range(3):
        paragraph.add_run().add_break()
        paragraph.add_run(f"строка {number}")
        word.sample.text.append(f"строка {number}")
    return word.build()


TEXT: list[Callable[[], Sample]] = [
    plain,
    headings,
    alignment,
    font_styles,
    fonts,
    tabs,
    hidden_text,
    special_characters,
    empty_lines,
]
