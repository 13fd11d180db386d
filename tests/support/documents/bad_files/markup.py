"""Web pages and XML that programs name .doc or .xls."""

from archive.intake import refusals
from tests.support.documents.bad_files.types import BadFile

_HTML = (
    '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table>Счет</table></body></html>'
)
_SPREADSHEET = (
    '<?xml version="1.0"?>\r\n<?mso-application progid="Excel.Sheet"?>\r\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)
_WORD_2003 = (
    '<?xml version="1.0"?><w:wordDocument '
    'xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml"/>'
)
_WORD_FLAT = (
    '<?xml version="1.0"?><?mso-application progid="Word.Document"?>'
    '<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"/>'
)
_MHT = (
    "From: <Saved by Word>\r\nSubject: Dogovor\r\n\tN 7\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/related; boundary="--x"\r\n\r\n----x\r\n'
)

BAD_MARKUP: dict[str, BadFile] = {
    "an HTML page": (refusals.WEB_PAGE, lambda: b"<html><body>Contract</body></html>"),
    "an HTML page for Excel": (refusals.WEB_PAGE, _HTML.encode),
    "an HTML page in UTF-16": (refusals.WEB_PAGE, lambda: _HTML.encode("utf-16")),
    "an HTML page with a BOM": (
        refusals.WEB_PAGE,
        lambda: "\ufeff<!DOCTYPE HTML><html></html>".encode(),
    ),
    "a web archive": (refusals.WEB_ARCHIVE, _MHT.encode),
    "a web archive without a sender": (
        refusals.WEB_ARCHIVE,
        lambda: b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n",
    ),
    "an XML spreadsheet": (refusals.SPREADSHEET_XML, _SPREADSHEET.encode),
    "an XML spreadsheet with a BOM": (
        refusals.SPREADSHEET_XML,
        lambda: _SPREADSHEET.encode("utf-8-sig"),
    ),
    "a Word 2003 XML document": (refusals.WORD_XML, _WORD_2003.encode),
    "a Word document in one XML file": (refusals.WORD_XML, _WORD_FLAT.encode),
    "XML data": (refusals.XML_DATA, lambda: b'<?xml version="1.0"?><File/>'),
    "a 1C table": (refusals.TABLE_1C, lambda: b"MOXCEL\0\x06" + bytes(300)),
}
