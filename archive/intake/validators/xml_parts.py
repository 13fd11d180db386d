"""Parsing the XML parts of an office document: streamed, without entities."""

import re
import zipfile
from collections.abc import Callable
from xml.parsers import expat

from archive.intake import refusals
from archive.intake.refusals import IntakeRefused

CHUNK_SIZE = 256 * 1024
_LONGEST_TAG = 80
ElementHandler = Callable[[str, dict[str, str]], None]


class DoctypeNotAllowed(ValueError):
    """The part has a DOCTYPE. Office formats never do; it is used for entity attacks."""


def parse(
    archive: zipfile.ZipFile,
    name: str,
    *,
    on_element: ElementHandler | None = None,
    detector: "ContentDetector | None" = None,
    on_chunk: Callable[[bytes], None] | None = None,
) -> None:
    """Parses a whole part, which also checks its size and checksum.

    ``on_element`` is called for every element with its local name and attributes. ``detector``
    gets elements and text until it has found content, ``on_chunk`` the bytes. Raises
    IntakeRefused when the part is missing or not well-formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    handler = detector.on_element if detector else on_element
    if handler:
        parser.StartElementHandler = lambda tag, attributes: handler(local_name(tag), attributes)
    if detector:
        parser.CharacterDataHandler = detector.on_text
    try:
        with archive.open(name) as part:
            while chunk := part.read(CHUNK_SIZE):
                parser.Parse(chunk, False)
                if on_chunk:
                    on_chunk(chunk)
                if detector and detector.has_content:
                    parser.StartElementHandler = parser.CharacterDataHandler = None
            parser.Parse(b"", True)
    except (expat.ExpatError, DoctypeNotAllowed, KeyError):
        raise IntakeRefused(refusals.CORRUPT) from None


def local_name(tag: str) -> str:
    """The name of an element or attribute without its namespace."""
    return tag.rpartition(" ")[2]


def is_xml(name: str) -> bool:
    """Whether a part is XML, by its name. Every such part is parsed."""
    return name.lower().endswith((".xml", ".rels"))


def _refuse_doctype(*_: object) -> None:
    raise DoctypeNotAllowed


class ContentDetector:
    """Detects whether a part has visible content: an image, or text other than spaces."""

    def __init__(self, text_elements: frozenset[str], image_elements: frozenset[str]) -> None:
        self.has_content = False
        self._text_elements = text_elements
        self._image_elements = image_elements
        self._is_in_text = False

    def on_element(self, tag: str, _: dict[str, str]) -> None:
        """Handles the start of an element."""
        self._is_in_text = tag in self._text_elements
        self.has_content = self.has_content or tag in self._image_elements

    def on_text(self, text: str) -> None:
        """Handles the text inside of the last element."""
        self.has_content = self.has_content or (self._is_in_text and not text.isspace())


class ElementSearch:
    """Searches the bytes of a part for elements by their local names: ten times as fast as
    handling every element."""

    def __init__(self, *names: str) -> None:
        self.has_match = False
        choices = "|".join(names).encode()
        self._pattern = re.compile(rb"<(?:[\w.-]+:)?(?:" + choices + rb")[\s>/]")
        self._tail = b""

    def on_chunk(self, chunk: bytes) -> None:
        """Searches the next bytes of the part."""
        if not self.has_match:
            self.has_match = self._pattern.search(self._tail + chunk) is not None
            self._tail = chunk[-_LONGEST_TAG:]
