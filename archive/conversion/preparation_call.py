"""Our side of `archive.conversion.preparation`, which runs in a confined process."""

from pathlib import Path

from archive import isolation
from archive.conversion.results import ConversionFailed
from archive.findings import Finding
from archive.intake.formats import FileFormat

_LIMITS = isolation.Limits(
    seconds=30, cpu_seconds=25, memory=1536 * isolation.MEBIBYTE, file_size=0
)


def prepare(
    source: Path, file_format: FileFormat, target: Path, *, is_office: bool = False
) -> tuple[Finding, ...]:
    """Writes a copy of ``source`` that a converter shows as its author's program did.

    Returns what a person must check. Raises ConversionFailed.
    """
    with source.open("rb") as file:
        try:
            result, copy = isolation.run_function(
                "prepare",
                [file.fileno()],
                limits=_LIMITS,
                file_format=file_format,
                is_office=is_office,
            )
        except isolation.LimitExceeded:
            raise ConversionFailed("Документ слишком сложный: упростите файл") from None
        except isolation.FunctionFailed:
            raise ConversionFailed(
                "Документ не удалось прочитать: откройте его, сохраните и загрузите снова"
            ) from None
    target.write_bytes(copy)
    return tuple(Finding.from_json(item) for item in result["findings"])
