"""Documents whose text is in other parts than the body: included files, changes, formulas.

The user is asked to look at the PDFs of most of them, so each has findings.
"""

from collections.abc import Callable

from tests.support.documents import changes, office
from tests.support.documents.conversion.samples import Sample

_MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_HTML = (
    "<html><meta charset=utf-8><body><p>Приложение к договору</p><table><tr><td>Тариф</td>"
    "<td>Безлимит</td></tr><tr><td>Цена</td><td>1 500,00</td></tr></table></body></html>"
)
_RTF = r"{\rtf1\ansi\ansicpg1251 \u1062?\u1077?\u1085?\u1072? 4 700,50\par 12.05.2024}"


def _including(name: str, content: bytes, *texts: str) -> Sample:
    data = changes.add_part(
        office.docx_bytes(),
        "afchunk.dat",
        content,
        kind="aFChunk",
        content_type="application/octet-stream",
    )
    data = changes.insert_into_body(data, '<w:altChunk r:id="rIdNew"/>')
    return Sample(name, "docx", data, [*texts, office.TEXT])


def included_web_page() -> Sample:
    texts = ("Приложение к договору", "Тариф", "Безлимит", "Цена", "1 500,00")
    return _including("an included web page", _HTML.encode(), *texts)


def included_rtf() -> Sample:
    return _including("an included RTF", _RTF.encode(), "Цена 4 700,50", "12.05.2024")


def included_word_document() -> Sample:
    content = office.docx_bytes("Регламент обслуживания", "Срок 5 дней")
    return _including("an included DOCX", content, "Регламент обслуживания", "Срок 5 дней")


def tracked_changes() -> Sample:
    return Sample(
        "tracked changes",
        "docx",
        changes.tracked_docx(),
        [f"Цена {changes.NEW}", "первая часть вторая часть", office.TEXT],
        hidden_text=[changes.OLD],
    )


def comments() -> Sample:
    return Sample(
        "a comment",
        "docx",
        changes.commented_docx(),
        ["Срок", office.TEXT],
        hidden_text=[changes.COMMENT_TEXT],
    )


def formula() -> Sample:
    data = changes.insert_into_body(
        office.docx_bytes(),
        f'<w:p><m:oMath xmlns:m="{_MATH}"><m:r><m:t>СУММА=1200</m:t></m:r></m:oMath></w:p>',
    )
    return Sample("a formula", "docx", data, ["СУММА=1200", office.TEXT])


def tracked_rtf() -> Sample:
    text = ["Cena 250 000 rub.", "Srok 1 god"]
    return Sample("an RTF with changes", "rtf", changes.TRACKED_RTF, text, hidden_text=["yurista"])


PART_SAMPLES: list[Callable[[], Sample]] = [
    included_web_page,
    included_rtf,
    included_word_document,
    tracked_changes,
    comments,
    formula,
    tracked_rtf,
]
