"""Reading XML parts of an office document: streamed, without entities, bounded."""

import zipfile
from collections.abc import Callable
from xml.parsers import expat

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused

CHUNK = 256 * 1024
Start = Callable[[str, dict[str, str]], None]


class DoctypeFound(ValueError):
    """A DOCTYPE, which no office format has: the way in of entity bombs and outside entities."""


def parse(
    archive: zipfile.ZipFile,
    name: str,
    *,
    start: Start | None = None,
    seeker: "ContentSeeker | None" = None,
) -> None:
    """Parses a part through, which also checks its size and sum.

    ``start`` hears of all elements (local name, attributes), ``seeker`` of elements and text until
    it has found something. Raises IntakeRefused when the part is absent or is not well-formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    listener = seeker.start if seeker else start
    if listener:
        parser.StartElementHandler = lambda tag, attributes: listener(local(tag), attributes)
    if seeker:
        parser.CharacterDataHandler = seeker.text
    try:
        with archive.open(name) as part:
            while chunk := part.read(CHUNK):
                parser.Parse(chunk, False)
                if seeker and seeker.found:
                    parser.StartElementHandler = parser.CharacterDataHandler = None
            parser.Parse(b"", True)
    except (expat.ExpatError, DoctypeFound, KeyError):
        raise IntakeRefused(refusals.CORRUPT) from None


def local(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition(" ")[2]


def is_xml(name: str) -> bool:
    """Whether a part is XML by its name; every such part gets parsed."""
    return name.lower().endswith((".xml", ".rels"))


def _refuse_doctype(*_: object) -> None:
    raise DoctypeFound


class ContentSeeker:
    """Notices whether a part shows anything: text other than spaces, or a picture."""

    def __init__(self, text_elements: frozenset[str], pictures: frozenset[str]) -> None:
        self.found = False
        self._text_elements = text_elements
        self._pictures = pictures
        self._inside_text = False

    def start(self, tag: str, _: dict[str, str]) -> None:
        self._inside_text = tag in self._text_elements
        self.found = self.found or tag in self._pictures

    def text(self, text: str) -> None:
        self.found = self.found or (self._inside_text and not text.isspace())
