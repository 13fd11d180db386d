"""`python -m archive.conversion.builtin IN OUT FORMAT`: exit code 0 and the PDF, or an error."""

import sys
from pathlib import Path

from archive.conversion.builtin.pdf import write_pdf
from archive.conversion.builtin.sheet import workbook_to_html
from archive.conversion.builtin.word import document_to_html


def main(source: Path, target: Path, file_format: str) -> None:
    """Any error ends the process with a traceback; the caller logs the type of the error."""
    to_html = {"docx": document_to_html, "xlsx": workbook_to_html}[file_format]
    with source.open("rb") as file:
        html, css = to_html(file)
    write_pdf(html, css, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
