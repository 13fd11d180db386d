"""The outcome of a conversion: a result or an error."""

from dataclasses import dataclass
from pathlib import Path

from archive.findings import Finding
from archive.intake.formats import FileFormat

WARNING_WORDS = 5


@dataclass(frozen=True)
class MadePdf:
    """What a converter made: the PDF, and what the user must check in it.

    ``texts`` are files, with their formats, whose text the PDF must show.
    """

    pdf: Path
    texts: tuple[tuple[Path, FileFormat], ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class ConversionResult:
    """A PDF with ``pages`` pages was made.

    ``text_recall`` is the share (0 to 1) of the source's words that are in the PDF, ``missing`` a
    sample of the other words. ``converter`` is "libreoffice", "builtin", or "none" for a PDF.
    ``notes`` are the findings of the converter.
    """

    converter: str
    pages: int
    text_recall: float | None = None
    missing: tuple[str, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the user must check in the PDF. One missing word may change a contract."""
        if not self.missing:
            return self.notes
        words = ", ".join(f"«{word[:40]}»" for word in self.missing[:WARNING_WORDS])
        text = f"Часть текста могла не попасть в PDF: {words}. Просмотрите страницы"
        return (*self.notes, Finding("text_missing", text))


class ConversionFailed(Exception):
    """No PDF could be made; ``message_ru`` is a sentence for the user that says why."""

    def __init__(self, message_ru: str) -> None:
        super().__init__(message_ru)
        self.message_ru = message_ru


class ConverterFailed(ConversionFailed):
    """This converter could not read the file; another one may."""


class ConverterCrashed(ConverterFailed):
    """The converter was killed or crashed, which need not be the file's fault."""


TOO_SLOW = "Преобразование длится слишком долго: сохраните документ в PDF сами"
