"""The outcome of a conversion: a result or an error."""

from dataclasses import dataclass

from archive.findings import Finding

# If the PDF contains a smaller share of the source's words, the user is told to check the pages.
WARN_BELOW = 0.995
WARNING_WORDS = 5


@dataclass(frozen=True)
class ConversionResult:
    """A PDF with ``pages`` pages was made.

    ``text_recall`` is the share (0 to 1) of the source's words that are in the PDF, ``missing`` a
    sample of the other words. ``converter`` is "libreoffice", "builtin", or "none" for a PDF.
    """

    converter: str
    pages: int
    text_recall: float | None = None
    missing: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the user must check in the PDF."""
        if self.text_recall is None or self.text_recall >= WARN_BELOW:
            return ()
        words = ", ".join(f"«{word[:40]}»" for word in self.missing[:WARNING_WORDS])
        text = f"Часть текста могла не попасть в PDF: {words}. Просмотрите страницы"
        return (Finding("text_missing", text),)


class ConversionFailed(Exception):
    """No PDF could be made; ``message_ru`` is a sentence for the user that says why."""

    def __init__(self, message_ru: str) -> None:
        super().__init__(message_ru)
        self.message_ru = message_ru
