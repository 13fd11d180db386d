"""Documents made here, each with what its PDF has to show."""

import io
from dataclasses import dataclass, field
from typing import Any

import docx
from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph


@dataclass
class Sample:
    """A document and the facts of it. ``flow`` is its text in the order of reading."""

    name: str
    kind: str
    data: bytes = b""
    flow: list[str] = field(default_factory=list)
    anywhere: list[str] = field(default_factory=list)  # headers, notes: place is not fixed
    cells: list[str] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)  # «1.1», and the text behind it
    absent: list[str] = field(default_factory=list)  # words that must not be shown
    pages: int | None = None  # where breaks fix the number
    images: int = 0


class Word:
    """Builds a DOCX and writes down what was put into it."""

    def __init__(self, name: str) -> None:
        self.document: Document = docx.Document()
        self.sample = Sample(name, "docx")

    def paragraph(self, text: str, style: str | None = None) -> Paragraph:
        self.sample.flow.append(text)
        return self.document.add_paragraph(text, style)

    def heading(self, text: str, level: int = 1) -> Paragraph:
        self.sample.flow.append(text)
        return self.document.add_heading(text, level)

    def table(self, rows: list[list[str]], style: str = "Table Grid") -> Any:
        table = self.document.add_table(len(rows), len(rows[0]), style)
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
                if text:
                    self.cell(text)
        return table

    def cell(self, text: str) -> None:
        """Notes a cell's text; cells are read in their order, too."""
        self.sample.cells.append(text)
        self.sample.flow.append(text)

    def xml(self, body: str) -> Any:
        """Appends WordprocessingML («w:» and the like are declared)."""
        element = parse_xml(body.replace(">", f" {nsdecls('w', 'r', 'wp', 'a', 'pic')}>", 1))
        self.document.element.body.insert(len(self.document.element.body) - 1, element)
        return element

    def numbering(self, levels: list[tuple[str, str]], *, more: str = "") -> int:
        """Adds a multilevel list of (format, text); returns the number of its instance."""
        root = self.document.part.numbering_part.element
        identifier = 100 + len(root)
        written = "".join(
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{360 * (place + 2)}" w:hanging="{360 + 180 * place}"/></w:pPr>'
            "</w:lvl>"
            for place, (form, text) in enumerate(levels)
        )
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identifier}">'
            f'<w:multiLevelType w:val="multilevel"/>{written}</w:abstractNum>'
        )
        root.insert(0, abstract)
        return self.instance(identifier, more)

    def instance(self, abstract: int, more: str = "") -> int:
        """Another instance of a list, perhaps with overrides of its own."""
        root = self.document.part.numbering_part.element
        number = 100 + len(root)
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}">'
                f'<w:abstractNumId w:val="{abstract}"/>{more}</w:num>'
            )
        )
        return number

    def item(self, number: int, level: int, label: str, text: str) -> Paragraph:
        """A paragraph of a list, which Word would show with ``label``."""
        paragraph = self.paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        numbered = OxmlElement("w:numPr")
        for name, value in (("w:ilvl", level), ("w:numId", number)):
            node = OxmlElement(name)
            node.set(qn("w:val"), str(value))
            numbered.append(node)
        properties.append(numbered)
        self.sample.labels.append((label, text))
        return paragraph

    def done(self) -> Sample:
        file = io.BytesIO()
        self.document.save(file)
        self.sample.data = file.getvalue()
        return self.sample


CLAUSES = (
    "Исполнитель обязуется оказать услуги связи, а Заказчик обязуется их оплатить",
    "Стоимость услуг составляет 1 296,29 руб. (одна тысяча двести девяносто шесть руб. 29 коп.)",
    "Срок действия договора - с 01.02.2025 по 31.12.2026 включительно",
    "Стороны освобождаются от ответственности при обстоятельствах непреодолимой силы",
    "Споры рассматриваются в Арбитражном суде города Москвы по законодательству РФ",
    "Уведомления направляются по адресу info@example.com либо заказным письмом",
    "Договор составлен в двух экземплярах, имеющих равную юридическую силу",
)


def clause(number: int) -> str:
    """A clause of a contract, different for every number."""
    return f"{CLAUSES[number % len(CLAUSES)]}, приложение № {number}."
