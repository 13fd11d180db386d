"""What both converters make of documents whose content is known."""

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
from tests.support.conversion import sheet_samples, word_samples
from tests.support.conversion.samples import Sample
from tests.support.conversion.score import score

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
LIMITS = isolation.Limits(
    seconds=600,
    cpu_seconds=600,
    memory=1536 * isolation.MEBIBYTE,
    file_size=200 * isolation.MEBIBYTE,
)


@pytest.fixture(scope="module")
def lasting_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    font_config.install_font_config(home)
    return home


@pytest.fixture(scope="module")
def lasting_program(lasting_home: Path) -> Iterator[subprocess.Popen[str]]:
    """The built-in converter, confined as ever, in one process for all documents."""
    launch = [sys.executable, "-m", "archive.isolation.launch"]
    with subprocess.Popen(
        [*launch, json.dumps(asdict(LIMITS)), str(lasting_home), sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**minimal_environment(), "HOME": str(lasting_home), "TMPDIR": str(lasting_home)},
        text=True,
    ) as program:
        yield program
    assert program.returncode == 0


@pytest.fixture
def one_program(
    lasting_home: Path, lasting_program: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`convert` hands its documents to the lasting program, which can write to its home alone."""

    def run_program(command: Sequence[str], **_: object) -> subprocess.CompletedProcess[str]:
        orders, answers = lasting_program.stdin, lasting_program.stdout
        assert orders is not None
        assert answers is not None
        orders.write(" ".join(command[-3:]) + "\n")
        orders.flush()
        made = answers.readline() == f"{command[-2]}\n"
        return subprocess.CompletedProcess(list(command), 0 if made else 1, "")

    monkeypatch.setattr(isolation, "run_program", run_program)
    monkeypatch.setattr(tempfile, "tempdir", str(lasting_home))


@pytest.mark.parametrize("make", EVERYWHERE, ids=lambda make: make.__name__)
def test_the_builtin_converter_shows_everything(make: Callable[[], Sample], tmp_path: Path) -> None:
    check(make(), "builtin", tmp_path)


@pytest.mark.usefixtures("one_program")
@pytest.mark.parametrize("make", BUILTIN_ONLY, ids=lambda make: make.__name__)
def test_the_builtin_converter_shows_every_feature(
    make: Callable[[], Sample], tmp_path: Path
) -> None:
    check(make(), "builtin", tmp_path)


@pytest.mark.parametrize("make", EVERYWHERE, ids=lambda make: make.__name__)
def test_libreoffice_shows_everything(make: Callable[[], Sample], tmp_path: Path) -> None:
    check(make(), "libreoffice", tmp_path)


def check(sample: Sample, converter: str, folder: Path) -> None:
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(sample.data)
    result = convert_to_pdf(source, pdf, kind=sample.kind, converter=converter)
    found = score(sample, pdf)
    assert found.lost == []
    assert found.leaked == []
    assert found.images[0] == found.images[1]
    assert sample.pages in (None, found.pages)
    assert (result.converter, result.pages) == (converter, found.pages)
    assert result.text_recall == 1.0
    assert result.warning == ""
