"""What is inserted into the text: images, notes, links, fields, text boxes, content controls."""

from collections.abc import Callable
from io import BytesIO

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm

from tests.support.documents.conversion.samples import Sample, WordBuilder, add_field
from tests.support.documents.office import png_bytes


def images() -> Sample:
    word = WordBuilder("pictures")
    for number, colour in enumerate(("red", "green", "blue")):
        word.paragraph(f"Рисунок {number}")
        word.document.add_picture(BytesIO(png_bytes(300, 100, colour)), width=Cm(5))
    word.sample.images = 3
    return word.build()


def image_in_table_and_header() -> Sample:
    word = WordBuilder("pictures in a table and in a header")
    table = word.table([["Печать", ""]])
    run = table.cell(0, 1).paragraphs[0].add_run()
    run.add_picture(BytesIO(png_bytes(100, 100, "navy")), width=Cm(2))
    header = word.document.sections[0].header.paragraphs[0].add_run()
    header.add_picture(BytesIO(png_bytes(80, 40, "gold")), width=Cm(2))
    word.sample.images = 2
    return word.build()


def footnotes() -> Sample:
    return _build_notes("footnotes", "footnote")


def endnotes() -> Sample:
    return _build_notes("endnotes", "endnote")


def _build_notes(name: str, kind: str) -> Sample:
    word = WordBuilder(name)
    notes = "".join(
        f'<w:{kind} w:id="{n}"><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t xml:space="preserve">'
        f" Примечание номер {n}</w:t></w:r></w:p></w:{kind}>"
        for n in range(1, 4)
    )
    separators = "".join(
        f'<w:{kind} w:type="{note_type}" w:id="{n}">'
        f"<w:p><w:r><w:{note_type}/></w:r></w:p></w:{kind}>"
        for n, note_type in ((-1, "separator"), (0, "continuationSeparator"))
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
        word.sample.unordered_text.append(f"Примечание номер {number}")
    return word.build()


def hyperlinks() -> Sample:
    word = WordBuilder("hyperlinks")
    relation = word.document.part.relate_to(
        "https://example.com/oferta", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    word.xml(
        f'<w:p><w:r><w:t xml:space="preserve">Оферта </w:t></w:r><w:hyperlink r:id="{relation}">'
        "<w:r><w:t>по ссылке</w:t></w:r></w:hyperlink></w:p>"
    )
    word.sample.text.append("Оферта по ссылке")
    return word.build()


def fields() -> Sample:
    word = WordBuilder("fields with cached results")
    paragraph = word.paragraph("")
    for instruction, cached in {
        "REF _Ref1 \\h": "пункту 5.1",
        'DATE \\@ "dd.MM.yyyy"': "07.03.2025",
        "DOCPROPERTY Number": "АБ-17",
        "MERGEFIELD Client": "«Ромашка»",
    }.items():
        add_field(paragraph, instruction, cached)
        paragraph.add_run("; ")
        word.sample.text.append(cached)
    return word.build()


def text_boxes() -> Sample:
    word = WordBuilder("a text box")
    word.paragraph("Перед рамкой")
    word.xml(
        '<w:p><w:r><w:pict><v:rect xmlns:v="urn:schemas-microsoft-com:vml" '
        'style="width:200pt;height:40pt"><v:textbox><w:txbxContent><w:p><w:r>'
        "<w:t>Текст внутри рамки</w:t></w:r></w:p></w:txbxContent></v:textbox></v:rect>"
        "</w:pict></w:r></w:p>"
    )
    word.sample.unordered_text.append("Текст внутри рамки")
    return word.build()


def content_controls() -> Sample:
    word = WordBuilder("content controls")
    word.xml(
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>Блочный элемент</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt>"
    )
    word.xml(
        '<w:p><w:r><w:t xml:space="preserve">Номер: </w:t></w:r><w:sdt><w:sdtContent><w:r>'
        "<w:t>12345</w:t></w:r></w:sdtContent></w:sdt></w:p>"
    )
    word.sample.text += ["Блочный элемент", "Номер: 12345"]
    return word.build()


INSERTS: list[Callable[[], Sample]] = [
    images,
    image_in_table_and_header,
    footnotes,
    endnotes,
    hyperlinks,
    fields,
    text_boxes,
    content_controls,
]
