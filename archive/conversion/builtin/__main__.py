"""`python -m archive.conversion.builtin IN OUT KIND`: exit code 0 and the PDF, else no PDF."""

import sys
from pathlib import Path

from archive.conversion.builtin.pdf import write_pdf
from archive.conversion.builtin.sheet import workbook_to_html
from archive.conversion.builtin.word import document_to_html


def main(source: Path, target: Path, kind: str) -> None:
    """Any error ends the process with a trace of it, which the caller reads for its type."""
    to_html = {"docx": document_to_html, "xlsx": workbook_to_html}[kind]
    with source.open("rb") as file:
        html, style = to_html(file)
    write_pdf(html, style, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
