"""What both converters make of documents whose content is known."""

from collections.abc import Callable
from pathlib import Path

import pytest

from archive.conversion import convert
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


@pytest.mark.parametrize("make", [*EVERYWHERE, *BUILTIN_ONLY], ids=lambda make: make.__name__)
def test_the_builtin_converter_shows_everything(make: Callable[[], Sample], tmp_path: Path) -> None:
    check(make(), "builtin", tmp_path)


@pytest.mark.parametrize("make", EVERYWHERE, ids=lambda make: make.__name__)
def test_libreoffice_shows_everything(make: Callable[[], Sample], tmp_path: Path) -> None:
    check(make(), "libreoffice", tmp_path)


def check(sample: Sample, converter: str, folder: Path) -> None:
    source, pdf = folder / "source", folder / "result.pdf"
    source.write_bytes(sample.data)
    result = convert(source, pdf, kind=sample.kind, converter=converter)
    found = score(sample, pdf)
    assert found.lost == []
    assert found.leaked == []
    assert found.images[0] == found.images[1]
    assert sample.pages in (None, found.pages)
    assert (result.converter, result.pages) == (converter, found.pages)
    assert result.text_recall == 1.0
    assert result.warning == ""
