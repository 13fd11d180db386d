"""DOCX templates («Бланки») for tests, and the text of filled ones."""

import io

import docx
from docx.document import Document

from tests.support.documents.office import read_zip_entry, repack_zip, save_to_bytes

OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def template_bytes(*paragraphs: str) -> bytes:
    """A template with these paragraphs."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return save_to_bytes(document.save)


def template_everywhere(field: str) -> bytes:
    """A template with ``field`` in the body, a table, the header and the footer."""
    document = docx.Document()
    document.add_paragraph(field)
    document.add_table(1, 1).cell(0, 0).paragraphs[0].text = field
    section = document.sections[0]
    section.header.paragraphs[0].text = field
    section.footer.paragraphs[0].text = field
    return save_to_bytes(document.save)


def open_docx(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def text_of(content: bytes) -> str:
    """The paragraphs of the body of a DOCX file."""
    return "\n".join(paragraph.text for paragraph in open_docx(content).paragraphs)


def texts_everywhere(content: bytes) -> list[str]:
    """The texts at the places of `template_everywhere`."""
    document = open_docx(content)
    section = document.sections[0]
    return [
        document.paragraphs[0].text,
        document.tables[0].cell(0, 0).paragraphs[0].text,
        section.header.paragraphs[0].text,
        section.footer.paragraphs[0].text,
    ]


def template_with_note(kind: str, text: str) -> bytes:
    """A template with ``text`` in a note; ``kind`` is «footnotes» or «endnotes»."""
    content = template_bytes("Договор")
    types, relations = "[Content_Types].xml", "word/_rels/document.xml.rels"
    override = f'<Override PartName="/word/{kind}.xml" ContentType="{OFFICE}.{kind}+xml"/></Types>'
    relation = f'<Relationship Id="n1" Type="{RELATION}/{kind}" Target="{kind}.xml"/>'
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    note = f'<w:{kind[:-1]} w:id="1"><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind[:-1]}>'
    part = f'<w:{kind} xmlns:w="{namespace}">{note}</w:{kind}>'
    end = "</Relationships>"
    return repack_zip(
        content,
        {
            types: read_zip_entry(content, types).replace(b"</Types>", override.encode()),
            relations: read_zip_entry(content, relations).replace(
                end.encode(), (relation + end).encode()
            ),
            f"word/{kind}.xml": part.encode(),
        },
    )
