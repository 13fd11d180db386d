"""Generated documents, each with the content that its PDF must show."""

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
    """A document and its expected content."""

    name: str
    file_format: str
    data: bytes = b""
    text: list[str] = field(default_factory=list)  # in reading order
    unordered_text: list[str] = field(default_factory=list)  # headers, notes: anywhere on a page
    cells: list[str] = field(default_factory=list)
    labels: list[tuple[str, str]] = field(default_factory=list)  # «1.1», and the text after it
    hidden_text: list[str] = field(default_factory=list)  # must not be shown
    pages: int | None = None  # None where the number is not fixed
    images: int = 0


class WordBuilder:
    """Builds a DOCX and records its expected content."""

    def __init__(self, name: str) -> None:
        self.document: Document = docx.Document()
        self.sample = Sample(name, "docx")

    def paragraph(self, text: str, style: str | None = None) -> Paragraph:
        self.sample.text.append(text)
        return self.document.add_paragraph(text, style)

    def heading(self, text: str, level: int = 1) -> Paragraph:
        self.sample.text.append(text)
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
        """Records the text of a cell."""
        self.sample.cells.append(text)
        self.sample.text.append(text)

    def xml(self, body: str) -> Any:
        """Appends WordprocessingML; the usual namespace prefixes («w:», «r:») are declared."""
        element = parse_xml(body.replace(">", f" {nsdecls('w', 'r', 'wp', 'a', 'pic')}>", 1))
        self.document.element.body.insert(len(self.document.element.body) - 1, element)
        return element

    def numbering(self, levels: list[tuple[str, str]], *, overrides: str = "") -> int:
        """Adds a multilevel list of (format, text); returns the id of its instance (numId)."""
        root = self.document.part.numbering_part.element
        identifier = 100 + len(root)
        level_xml = "".join(
            f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
            f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
            f'<w:pPr><w:ind w:left="{360 * (index + 2)}" w:hanging="{360 + 180 * index}"/></w:pPr>'
            "</w:lvl>"
            for index, (form, text) in enumerate(levels)
        )
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{identifier}">'
            f'<w:multiLevelType w:val="multilevel"/>{level_xml}</w:abstractNum>'
        )
        root.insert(0, abstract)
        return self.instance(identifier, overrides)

    def instance(self, abstract: int, overrides: str = "") -> int:
        """Adds another instance of a list, with its own overrides; returns its id (numId)."""
        root = self.document.part.numbering_part.element
        number = 100 + len(root)
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}">'
                f'<w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'
            )
        )
        return number

    def item(self, number: int, level: int, label: str, text: str) -> Paragraph:
        """Adds a list paragraph, which must be shown with ``label``."""
        paragraph = self.paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        numbering = OxmlElement("w:numPr")
        for name, value in (("w:ilvl", level), ("w:numId", number)):
            node = OxmlElement(name)
            node.set(qn("w:val"), str(value))
            numbering.append(node)
        properties.append(numbering)
        self.sample.labels.append((label, text))
        return paragraph

    def build(self) -> Sample:
        file = io.BytesIO()
        self.document.save(file)
        self.sample.data = file.getvalue()
        return self.sample


def add_field(paragraph: Paragraph, instruction: str, result: str) -> None:
    """Adds a complex field with a stored result."""
    for field_char in ("begin", None, "separate", result, "end"):
        run = paragraph.add_run()
        if field_char is None:
            node = OxmlElement("w:instrText")
            node.text = f" {instruction} "
            run._r.append(node)
        elif field_char == result:
            run.text = result
        else:
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), field_char)
            run._r.append(node)


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
    """A clause of a contract; each number gives another text."""
    return f"{CLAUSES[number % len(CLAUSES)]}, приложение № {number}."
