"""LibreOffice counts as installed when it converts text, a formula and a spreadsheet."""

import os
import stat
from pathlib import Path

import pytest

from archive import checks
from archive.conversion import convert, libreoffice, libreoffice_check
from archive.conversion.results import ConverterFailed


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.CONVERTER = "auto"
    return settings.DATA_DIR


@pytest.fixture
def broken_soffice(settings, tmp_path: Path) -> Path:
    """A program that ends with success and makes nothing, as after half an installation."""
    program = tmp_path / "office" / "soffice"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    settings.SOFFICE = str(program)
    return program


def test_the_installed_libreoffice_is_used_and_tested_once(monkeypatch) -> None:
    assert libreoffice_check.last_result() is None
    assert libreoffice_check.is_usable()
    monkeypatch.setattr(libreoffice_check, "_convert_test_files", lambda: pytest.fail("again"))
    assert convert.default_converter() == "libreoffice"
    assert checks.check_converter() == []


def test_a_program_that_converts_nothing_is_not_used(broken_soffice, settings) -> None:
    assert convert.default_converter() == "builtin"
    assert [message.id for message in checks.check_converter()] == ["archive.W002"]
    settings.CONVERTER = "libreoffice"
    assert [message.id for message in checks.check_converter()] == ["archive.E004"]


@pytest.mark.parametrize(
    ("missing", "file_format"),
    [("Writer", "docx"), ("Calc", "xlsx")],
)
def test_every_program_is_needed(missing: str, file_format: str, monkeypatch) -> None:
    made = libreoffice.ConversionSteps.convert

    def convert_others(steps, source, source_format, target):
        if source_format == file_format:
            raise ConverterFailed(missing)
        return made(steps, source, source_format, target)

    monkeypatch.setattr(libreoffice.ConversionSteps, "convert", convert_others)
    assert not libreoffice_check.is_usable()


def test_a_formula_that_is_lost_counts_as_a_failure(monkeypatch) -> None:
    monkeypatch.setattr(libreoffice_check, "_read", lambda _: "Проверка Таблица")
    assert not libreoffice_check.is_usable()


def test_a_changed_installation_is_tested_again(broken_soffice, monkeypatch) -> None:
    assert not libreoffice_check.is_usable()
    assert libreoffice_check.last_result() is False
    monkeypatch.setattr(libreoffice_check, "_convert_test_files", lambda: True)
    assert not libreoffice_check.is_usable()
    (broken_soffice.parent / "libswlo.so").write_bytes(b"")
    assert libreoffice_check.is_usable()


def test_a_failure_is_not_final(broken_soffice, monkeypatch, data_dir: Path) -> None:
    assert not libreoffice_check.is_usable()
    monkeypatch.setattr(libreoffice_check, "_convert_test_files", lambda: True)
    monkeypatch.setattr(libreoffice_check, "_REPEAT_AFTER_SECONDS", 0)
    assert libreoffice_check.is_usable()
    assert os.listdir(data_dir)


def test_without_the_program_nothing_is_reported(settings) -> None:
    settings.SOFFICE = "no-such-program"
    assert not libreoffice_check.is_usable()
    assert checks.check_converter() == []
