"""What comes of a conversion."""

from dataclasses import dataclass

# Below this share of the source's words found in the PDF, a person has to look at the pages.
WARN_BELOW = 0.995
SHOWN_WORDS = 5


@dataclass(frozen=True)
class ConversionResult:
    """A PDF was made, of ``pages`` pages.

    ``text_recall`` is the share (0 to 1) of the source's words that are in the PDF, ``lost`` a
    sample of the others. ``converter`` is "libreoffice", "builtin", or "none" for a PDF.
    """

    converter: str
    pages: int
    text_recall: float | None = None
    lost: tuple[str, ...] = ()

    @property
    def warning(self) -> str:
        """A sentence for the user when text may be missing, else empty."""
        if self.text_recall is None or self.text_recall >= WARN_BELOW:
            return ""
        words = ", ".join(f"«{word[:40]}»" for word in self.lost[:SHOWN_WORDS])
        return f"Часть текста могла не попасть в PDF: {words}. Просмотрите страницы"


class ConversionFailed(Exception):
    """No PDF could be made; ``message_ru`` says why in one sentence for the user."""

    def __init__(self, message_ru: str) -> None:
        super().__init__(message_ru)
        self.message_ru = message_ru
