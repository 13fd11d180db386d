"""What a person must look at before a document may be sent: nothing is signed unseen.

Confined processes use this module: no Django, no database.
"""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class EmbeddedFile:
    """A file inside of the document: its display name and its size in bytes."""

    name: str
    size: int


@dataclass(frozen=True)
class Finding:
    """One thing about a file that its pages alone do not tell.

    ``code`` is stable, ``text`` a Russian sentence for the user that says what to check.
    ``files`` are those that the sentence is about; each can be opened by its index.
    """

    code: str
    text: str
    files: tuple[EmbeddedFile, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The form that is stored, and that a confined process sends."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Finding":
        """The reverse of `to_json`."""
        files = tuple(EmbeddedFile(**file) for file in data["files"])
        return cls(data["code"], data["text"], files)
