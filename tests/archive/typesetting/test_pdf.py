"""Typesetting: the same bytes on every machine."""

import subprocess
import sys
from pathlib import Path

from tests.support.documents.office import extract_pdf_text
from tests.support.paths import ROOT


def test_system_fonts_make_no_difference(tmp_path: Path) -> None:
    """A process that sees no system fonts at all makes the same bytes."""
    no_fonts = tmp_path / "fonts.conf"
    no_fonts.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    script = (
        "import sys; from datetime import datetime, UTC; "
        "from archive.typesetting.pdf import html_to_pdf;"
        "sys.stdout.buffer.write(html_to_pdf('<p>Подпись № 5 «Әлия» ✓</p>', css='', title='т',"
        " moment=datetime(2026, 1, 1, tzinfo=UTC)))"
    )
    command = [sys.executable, "-c", script]
    outputs = [
        subprocess.run(command, capture_output=True, check=True, env=environment, cwd=ROOT).stdout
        for environment in (None, {"FONTCONFIG_FILE": str(no_fonts), "PYTHONPATH": "."})
    ]
    assert outputs[0] == outputs[1]
    assert "Подпись № 5 «Әлия» ✓" in extract_pdf_text(outputs[0])
