"""The text of a document in blocks: paragraphs, cells, labels."""

from dataclasses import dataclass, field


@dataclass
class SourceBlocks:
    """The blocks that are shown; ``by_pages`` has those that only a PDF of as many pages shows."""

    blocks: list[str] = field(default_factory=list)
    by_pages: list[tuple[int, str]] = field(default_factory=list)

    def for_pages(self, pages: int) -> list[str]:
        """The blocks that a PDF with ``pages`` pages must show."""
        return [*self.blocks, *(text for least, text in self.by_pages if pages >= least)]
