"""What both converters make of documents whose content is known."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive import isolation
from archive.conversion import MEASURE_LIMITS, convert, fonts
from tests.conversion import sheet_samples, word_samples
from tests.conversion.samples import Sample
from tests.conversion.score import score

# One document a feature; the bench converts all of them and counts.
EVERYWHERE = [
    word_samples.numbered_contract,
    word_samples.merged_table,
    word_samples.headers_and_footers,
    word_samples.fields,
    word_samples.landscape,
    sheet_samples.number_formats,
    sheet_samples.formulas,
    sheet_samples.hidden,
    sheet_samples.wrapped,
]
BUILTIN_ONLY = [make for make in [*word_samples.ALL, *sheet_samples.ALL] if make not in EVERYWHERE]
# `python -m archive.conversion.builtin` again and again: to start takes longer than to convert.
PROGRAM = """
import sys
from pathlib import Path
from archive.conversion.builtin.__main__ import main
for line in sys.stdin:
    source, target, kind = line.split()
    main(Path(source), Path(target), kind)
    print(target, flush=True)
"""

Making = Callable[[Path, Path, str], None]


@pytest.fixture(scope="module")
def builtin_program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Making]:
    """The built-in converter's own program, in one process for all documents."""
    home = tmp_path_factory.mktemp("home")
    fonts.settle(home)
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "HOME": str(home)},
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    orders, answers = program.stdin, program.stdout

    def make(source: Path, target: Path, kind: str) -> None:
        orders.write(f"{source} {target} {kind}\n")
        orders.flush()
        assert answers.readline() == f"{target}\n"

    yield make
    program.communicate()
    assert program.returncode == 0


@pytest.mark.parametrize("converter", ["builtin", "libreoffice"])
@pytest.mark.parametrize("make", EVERYWHERE, ids=lambda make: make.__name__)
def test_both_converters_show_everything(
    make: Callable[[], Sample], converter: str, tmp_path: Path
) -> None:
    sample, source, pdf = make(), tmp_path / "source", tmp_path / "result.pdf"
    source.write_bytes(sample.data)
    result = convert(source, pdf, kind=sample.kind, converter=converter)
    check(sample, pdf)
    assert (result.converter, result.pages) == (converter, score(sample, pdf).pages)
    assert result.text_recall == 1.0
    assert result.warning == ""


@pytest.mark.parametrize("make", BUILTIN_ONLY, ids=lambda make: make.__name__)
def test_the_builtin_converter_shows_everything(
    make: Callable[[], Sample], builtin_program: Making, tmp_path: Path
) -> None:
    sample, source, pdf = make(), tmp_path / "source", tmp_path / "result.pdf"
    source.write_bytes(sample.data)
    builtin_program(source, pdf, sample.kind)
    check(sample, pdf)
    with source.open("rb") as before, pdf.open("rb") as after:
        files = [before.fileno(), after.fileno()]
        measured, _ = isolation.call("measure", files, limits=MEASURE_LIMITS, kind=sample.kind)
    assert (measured["recall"], measured["lost"]) == (1.0, [])


def check(sample: Sample, pdf: Path) -> None:
    found = score(sample, pdf)
    assert found.lost == []
    assert found.leaked == []
    assert found.images[0] == found.images[1]
    assert sample.pages in (None, found.pages)
