"""`manage.py convert`, as others call it: exit code, one sentence, no database, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import office
from tests.support.bad_files import BAD
from tests.support.paths import ROOT


def convert(*arguments: object, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Runs the command with next to nothing in its environment."""
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


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("converter", ["libreoffice", "builtin"])
def test_a_document_becomes_a_pdf(converter: str, tmp_path: Path) -> None:
    (tmp_path / "in.docx").write_bytes(office.docx_bytes())
    done = convert("in.docx", "out.pdf", "--converter", converter, tmp_path=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert office.TEXT in office.pdf_text((tmp_path / "out.pdf").read_bytes())


@pytest.mark.parametrize(
    "what", ["a zip of documents", "a text by the name of a document", "a PDF bomb", "a zip bomb"]
)
def test_a_refused_file_ends_in_2_and_its_sentence(what: str, tmp_path: Path) -> None:
    refusal, make = BAD[what]
    (tmp_path / "in.docx").write_bytes(make())
    done = convert("in.docx", "out.pdf", tmp_path=tmp_path)
    assert done.returncode == 2
    assert sentence(done) == refusal.message
    assert not (tmp_path / "out.pdf").exists()


def test_a_conversion_that_fails_ends_in_1(tmp_path: Path) -> None:
    (tmp_path / "in.rtf").write_bytes(rb"{\rtf1 Text}")
    done = convert("in.rtf", "out.pdf", "--converter", "builtin", tmp_path=tmp_path)
    assert done.returncode == 1
    assert "RTF" in sentence(done)
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    "arguments",
    [(), ("in.pdf",), ("in.pdf", "out.pdf", "--converter", "magic"), ("nowhere.pdf", "out.pdf")],
)
def test_wrong_arguments_end_in_1_and_a_sentence(arguments, tmp_path: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(office.pdf_bytes())
    done = convert(*arguments, tmp_path=tmp_path)
    assert done.returncode == 1
    assert sentence(done)


def test_a_folder_that_is_not_there_ends_in_1(tmp_path: Path) -> None:
    (tmp_path / "in.pdf").write_bytes(office.pdf_bytes())
    done = convert("in.pdf", "nowhere/out.pdf", tmp_path=tmp_path)
    assert done.returncode == 1
    assert sentence(done)
