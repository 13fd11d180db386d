"""Text files that other programs name .doc or .xls: web pages, and the XML formats of Office 2003.

Office programs open them, so their users take them for documents. They are refused by name, with
the way to save them: their layout depends on the program that opens them.
"""

import re

from archive.intake import refusals
from econtract.platform.common.refusals import Refusal

_UTF_16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_TABLE_1C = b"MOXCEL"
_MHT = re.compile(r"\A\s*(?:[\w-]+:.*\r?\n(?:[ \t].*\r?\n)*)*?mime-version:", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_SPREADSHEET = re.compile(
    r'urn:schemas-microsoft-com:office:spreadsheet|progid="excel\.sheet"', re.IGNORECASE
)
_WORD = re.compile(
    r'schemas\.microsoft\.com/office/(?:word/2003/wordml|2006/xmlpackage)|progid="word\.document"',
    re.IGNORECASE,
)


def find_refusal(head: bytes) -> Refusal | None:
    """The refusal of a file that begins with ``head``; None when it is none of these formats."""
    if head.startswith(_TABLE_1C):
        return refusals.TABLE_1C
    text = head.decode(_UTF_16_MARKS.get(head[:2], "latin-1"), errors="replace")
    text = text.lstrip("\ufeff\xef\xbb\xbf \t\r\n")
    if _MHT.match(text):
        return refusals.WEB_ARCHIVE
    if not text.startswith("<"):
        return None
    if _SPREADSHEET.search(text) and not _HTML.search(text):
        return refusals.SPREADSHEET_XML
    if _WORD.search(text) and not _HTML.search(text):
        return refusals.WORD_XML
    if _HTML.search(text):
        return refusals.WEB_PAGE
    return refusals.XML_DATA if text.startswith("<?xml") else None
