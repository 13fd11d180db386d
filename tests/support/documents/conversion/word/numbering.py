"""Numbered and bulleted lists."""

from collections.abc import Callable

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from tests.support.documents.conversion.samples import Sample, WordBuilder, clause

CONTRACT_LEVELS = [("decimal", "%1."), ("decimal", "%1.%2."), ("decimal", "%1.%2.%3.")]


def numbered_contract() -> Sample:
    word = WordBuilder("clauses numbered 1.2.1")
    list_id = word.numbering(CONTRACT_LEVELS)
    for first in range(1, 5):
        word.item(list_id, 0, f"{first}.", f"Раздел договора {first}")
        for second in range(1, 4):
            word.item(list_id, 1, f"{first}.{second}.", clause(first * 10 + second))
            for third in range(1, 3):
                label = f"{first}.{second}.{third}."
                word.item(list_id, 2, label, clause(first * 100 + second * 10 + third))
    return word.build()


def numbering_restarted() -> Sample:
    word = WordBuilder("a list that restarts")
    list_id = word.numbering([("decimal", "%1)")])
    for number in range(1, 4):
        word.item(list_id, 0, f"{number})", f"Первый перечень {number}")
    root = word.document.part.numbering_part.element
    abstract = root[0].get(qn("w:abstractNumId"))
    start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    restarted = word.instance(int(abstract), start)
    for number in range(1, 4):
        word.item(restarted, 0, f"{number})", f"Второй перечень {number}")
    word.item(list_id, 0, "4)", "Третий перечень")
    return word.build()


def numbering_interrupted() -> Sample:
    word = WordBuilder("a list with text between its clauses")
    list_id = word.numbering(CONTRACT_LEVELS)
    word.item(list_id, 0, "1.", "Предмет договора")
    word.item(list_id, 1, "1.1.", clause(1))
    word.paragraph("Текст без номера между пунктами")
    word.item(list_id, 1, "1.2.", clause(2))
    word.item(list_id, 0, "2.", "Порядок расчетов")
    word.item(list_id, 1, "2.1.", clause(3))
    return word.build()


def numbering_formats() -> Sample:
    word = WordBuilder("letters and Roman numbers")
    forms = {
        "lowerLetter": ["a)", "b)", "c)"],
        "upperRoman": ["I)", "II)", "III)"],
        "russianLower": ["а)", "б)", "в)"],
        "decimalZero": ["01)", "02)", "03)"],
        "upperLetter": ["A)", "B)", "C)"],
    }
    for form, labels in forms.items():
        list_id = word.numbering([(form, "%1)")])
        for index, label in enumerate(labels):
            word.item(list_id, 0, label, f"Пункт {form} {index}")
    return word.build()


def numbering_by_style() -> Sample:
    word = WordBuilder("clauses numbered by their style")
    list_id = word.numbering(CONTRACT_LEVELS)
    for level, name in enumerate(("Heading 1", "Heading 2")):
        properties = word.document.styles[name].element.get_or_add_pPr()
        properties.append(
            parse_xml(
                f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/>'
                f'<w:numId w:val="{list_id}"/></w:numPr>'
            )
        )
    for first in range(1, 4):
        word.heading(f"Глава номер {first}", 1)
        word.sample.labels.append((f"{first}.", f"Глава номер {first}"))
        for second in range(1, 3):
            text = f"Статья {first} {second}"
            word.heading(text, 2)
            word.sample.labels.append((f"{first}.{second}.", text))
    return word.build()


def bullets() -> Sample:
    word = WordBuilder("bullets")
    for number in range(5):
        word.paragraph(clause(number), "List Bullet")
        word.sample.labels.append(("•", clause(number)))
    return word.build()


def long_contract() -> Sample:
    word = WordBuilder("a contract of many pages")
    list_id = word.numbering(CONTRACT_LEVELS)
    for first in range(1, 16):
        word.item(list_id, 0, f"{first}.", f"Раздел {first}")
        for second in range(1, 13):
            word.item(
                list_id, 1, f"{first}.{second}.", " ".join(clause(second + n) for n in range(2))
            )
    return word.build()


NUMBERING: list[Callable[[], Sample]] = [
    numbered_contract,
    numbering_restarted,
    numbering_interrupted,
    numbering_formats,
    numbering_by_style,
    bullets,
    long_contract,
]
