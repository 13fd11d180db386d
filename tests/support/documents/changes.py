"""Documents with tracked changes and comments, in every format that can have them."""

from tests.support.documents import office

OLD, NEW = "100 000", "250 000"
_TRACKED = (
    '<w:p><w:r><w:t xml:space="preserve">Цена </w:t></w:r>'
    f'<w:del w:id="1" w:author="A"><w:r><w:delText>{OLD}</w:delText></w:r></w:del>'
    f'<w:ins w:id="2" w:author="A"><w:r><w:t>{NEW}</w:t></w:r></w:ins></w:p>'
    '<w:p><w:pPr><w:rPr><w:del w:id="3" w:author="A"/></w:rPr></w:pPr>'
    '<w:r><w:t xml:space="preserve">первая часть </w:t></w:r></w:p>'
    "<w:p><w:r><w:t>вторая часть</w:t></w:r></w:p>"
)
_COMMENTS = (
    '<w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:comment w:id="0" w:author="A"><w:p><w:r><w:t>Согласовать с юристом</w:t></w:r></w:p>'
    "</w:comment></w:comments>"
)
COMMENT_TEXT = "юристом"


def insert_into_body(data: bytes, xml: str) -> bytes:
    """The DOCX ``data`` with more WordprocessingML at the start of its body."""
    document = office.read_zip_entry(data, "word/document.xml").decode()
    at = document.index("<w:body>") + len("<w:body>")
    changed = document[:at] + xml + document[at:]
    return office.repack_zip(data, {"word/document.xml": changed.encode()})


def add_part(data: bytes, name: str, content: bytes, *, kind: str, content_type: str) -> bytes:
    """The DOCX ``data`` with another part, to which its main part has the relationship «rIdNew»."""
    types = office.read_zip_entry(data, "[Content_Types].xml").decode()
    rels = office.read_zip_entry(data, "word/_rels/document.xml.rels").decode()
    override = f'<Override PartName="/word/{name}" ContentType="{content_type}"/></Types>'
    relation = (
        f'<Relationship Id="rIdNew" Type="{office.RELATIONS}/{kind}" Target="{name}"/>'
        "</Relationships>"
    )
    return office.repack_zip(
        data,
        {
            f"word/{name}": content,
            "[Content_Types].xml": types.replace("</Types>", override).encode(),
            "word/_rels/document.xml.rels": rels.replace("</Relationships>", relation).encode(),
        },
    )


def tracked_docx() -> bytes:
    return insert_into_body(office.docx_bytes(), _TRACKED)


def commented_docx() -> bytes:
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    data = insert_into_body(
        office.docx_bytes(),
        '<w:p><w:r><w:t>Срок</w:t></w:r><w:r><w:commentReference w:id="0"/></w:r></w:p>',
    )
    return add_part(
        data,
        "comments.xml",
        _COMMENTS.encode(),
        kind="comments",
        content_type=f"{word}.comments+xml",
    )


TRACKED_RTF = (
    rb"{\rtf1\ansi\ansicpg1251 Cena {\deleted\revauthdel1 100 000}{\revised\revauth1 250 000} rub."
    rb"\par Srok{\*\atnid A}{\*\annotation \pard Sprosit yurista} 1 god}"
)
