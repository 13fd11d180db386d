"""`manage.py convert`: its exit codes and its one-line messages, without a database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.documents import office
from tests.support.documents.bad_files import BAD_FILES
from tests.support.paths import ROOT


def convert(*arguments: object, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command with a minimal environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "ECONTRACT_DATA_DIR": str(tmp_path / "data"),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    }
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "convert", *map(str, arguments)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


def error_line(result: subprocess.CompletedProcess[str]) -> str:
    """The only line of the error output."""
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    (line,) = result.stderr.splitlines()
    return line


@pytest.mark.parametrize("converter", ["libreoffice", "builtin"])
def test_a_document_becomes_a_pdf(converter: str, tmp_path: Path) -> None:
    (tmp_path / "in.docx").write_bytes(office.docx_bytes())
    result = convert("in.docx", "out.pdf", "--converter", converter, tmp_path=tmp_path)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert office.TEXT in office.extract_pdf_text((tmp_path / "out.pdf").read_bytes())


@pytest.mark.parametrize(
    "name",
    ["a zip archive of documents", "a text file named like a document", "a PDF bomb", "a zip bomb"],
)
def test_a_refused_file_exits_with_2_and_the_refusal(name: str, tmp_path: Path) -> None:
    refusal, make_file = BAD_FILES[name]
    (tmp_path / "in.docx").write_bytes(make_file())
    result = convert("in.docx", "out.pdf", tmp_path=tmp_path)
    assert result.returncode == 2
    assert error_line(result) == refusal.message
    assert not (tmp_path / "out.pdf").exists()


def test_a_failed_conversion_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "in.rtf").write_bytes(rb"{\rtf1 Text}")
    result = convert("in.rtf", "out.pdf", "--converter", "builtin", tmp_path=tmp_path)
    assert result.returncode == 1
    assert "RTF" in error_line(result)
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("in.pdf",), ("in.pdf", "out.pdf", "--converter", "magic"), ("nowhere.pdf", "out.pdf")],
)
def test_wrong_arguments_exit_with_1_and_a_message(arguments, tmp_path: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(office.pdf_bytes())
    result = convert(*arguments, tmp_path=tmp_path)
    assert result.returncode == 1
    assert error_line(result)


def test_a_missing_target_folder_exits_with_1(tmp_path: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(office.pdf_bytes())
    result = convert("in.pdf", "nowhere/out.pdf", tmp_path=tmp_path)
    assert result.returncode == 1
    assert error_line(result)
