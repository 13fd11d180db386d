"""Both converters show everything that the sample documents contain."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pytest

from archive import isolation
from archive.conversion import font_config
from archive.conversion.convert import convert_to_pdf
from archive.isolation.client import minimal_environment
from tests.support.documents.conversion import sheets
from tests.support.documents.conversion.layout import (
    LAYOUT_SAMPLES,
    LayoutSample,
    score_layout,
)
from tests.support.documents.conversion.samples import Sample
from tests.support.documents.conversion.score import score
from tests.support.documents.conversion.sheets import SHEET_SAMPLES
from tests.support.documents.conversion.word import WORD_SAMPLES, inserts, numbering, pages, tables

# Converted by both converters in a process of their own. The benchmark converts all samples.
BOTH_CONVERTERS = [
    numbering.numbered_contract,
    tables.merged_table,
    pages.headers_and_footers,
    inserts.fields,
    pages.landscape,
    sheets.number_formats,
    sheets.formulas,
    sheets.hidden_cells,
    sheets.wrapped_text,
]
BUILTIN_ONLY = [
    make_sample
    for make_sample in [*WORD_SAMPLES, *SHEET_SAMPLES]
    if make_sample not in BOTH_CONVERTERS
]


# `python -m archive.conversion.builtin` in a loop: starting it takes longer than a conversion.
LOOP_PROGRAM = """
import sys
from pathlib import Path
from archive.conversion.builtin.__main__ import main
for line in sys.stdin:
    source, target, file_format = line.split()
    main(Path(source), Path(target), file_format)
    print(target, flush=True)
"""
LIMITS = isolation.Limits(
    seconds=600,
    cpu_seconds=600,
    memory=1536 * isolation.MEBIBYTE,
    file_size=200 * isolation.MEBIBYTE,
)


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    font_config.install_font_config(home)
    return home


@pytest.fixture(scope="module")
def shared_converter(shared_home: Path) -> Iterator[subprocess.Popen[str]]:
    """The built-in converter, confined as usual, in one process for all documents."""
    launch = [sys.executable, "-m", "archive.isolation.launch"]
    with subprocess.Popen(
        [*launch, json.dumps(asdict(LIMITS)), str(shared_home), sys.executable, "-c", LOOP_PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**minimal_environment(), "HOME": str(shared_home), "TMPDIR": str(shared_home)},
        text=True,
    ) as program:
        yield program
    assert program.returncode == 0


@pytest.fixture
def use_shared_converter(
    shared_home: Path, shared_converter: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Has `convert_to_pdf` use the shared converter, which can write to its home only."""

    def run_program(command: Sequence[str], **_: object) -> subprocess.CompletedProcess[str]:
        stdin, stdout = shared_converter.stdin, shared_converter.stdout
        assert stdin is not None
        assert stdout is not None
        stdin.write(" ".join(command[-3:]) + "\n")
        stdin.flush()
        is_converted = stdout.readline() == f"{command[-2]}\n"
        return subprocess.CompletedProcess(list(command), 0 if is_converted else 1, "")

    monkeypatch.setattr(isolation, "run_program", run_program)
    monkeypatch.setattr(tempfile, "tempdir", str(shared_home))


@pytest.mark.parametrize(
    "make_sample", BOTH_CONVERTERS, ids=lambda make_sample: make_sample.__name__
)
def test_the_builtin_converter_shows_everything(
    make_sample: Callable[[], Sample], tmp_path: Path
) -> None:
    assert_shows_everything(make_sample(), "builtin", tmp_path)


@pytest.mark.usefixtures("use_shared_converter")
@pytest.mark.sampled(8)
@pytest.mark.parametrize("make_sample", BUILTIN_ONLY, ids=lambda make_sample: make_sample.__name__)
def test_the_builtin_converter_shows_every_feature(
    make_sample: Callable[[], Sample], tmp_path: Path
) -> None:
    assert_shows_everything(make_sample(), "builtin", tmp_path)


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    "make_sample", BOTH_CONVERTERS, ids=lambda make_sample: make_sample.__name__
)
def test_libreoffice_shows_everything(make_sample: Callable[[], Sample], tmp_path: Path) -> None:
    assert_shows_everything(make_sample(), "libreoffice", tmp_path)


def assert_shows_everything(sample: Sample, converter: str, folder: Path) -> None:
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(sample.data)
    result = convert_to_pdf(source, pdf, file_format=sample.file_format, converter=converter)
    result_score = score(sample, pdf)
    assert result_score.missing == []
    assert result_score.leaked == []
    assert result_score.images[0] == result_score.images[1]
    assert sample.pages in (None, result_score.pages)
    assert (result.converter, result.pages) == (converter, result_score.pages)
    assert result.text_recall == 1.0
    assert result.findings == ()


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "make_sample", LAYOUT_SAMPLES, ids=lambda make_sample: make_sample.__name__
)
@pytest.mark.usefixtures("use_shared_converter")
def test_the_builtin_converter_keeps_the_layout(
    make_sample: Callable[[], LayoutSample], tmp_path: Path
) -> None:
    sample, source, pdf = make_sample(), tmp_path / "source", tmp_path / "result.pdf"
    source.write_bytes(sample.data)
    convert_to_pdf(source, pdf, file_format=sample.file_format, converter="builtin")
    layout = score_layout(sample, pdf)
    assert layout.misplaced == []
    assert layout.lines[0] == layout.lines[1]
    assert layout.pages == (1, 1)
