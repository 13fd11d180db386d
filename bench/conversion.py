"""`scripts/bench conversion`: fidelity of the two converters, and cost of refusing bad files.

Converts every document of `tests.support.documents.conversion` (over fifty, with known content)
with each converter and compares the PDFs with the content; then inspects every bad file of
`tests.support.documents.bad_files`. Each converter and the inspection run in processes of their
own, to measure their memory separately.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.gates import Gate, at_least, at_most, figure
from bench.processes import peak_megabytes

# The share of the documents' content that the PDFs must contain.
BARS = {
    "builtin": {"words": 0.995, "numbers": 0.995, "cells": 0.99, "labels": 0.99},
    "libreoffice": {"words": 0.999, "numbers": 0.999, "cells": 0.99, "labels": 0.99},
}
# The share of blocks at their places, of pages with their number of lines, and of documents with
# their number of pages.
LAYOUT_BARS = {
    "builtin": {"places": 0.97, "lines": 0.97, "pages": 1.0},
    "libreoffice": {"places": 0.995, "lines": 0.995, "pages": 1.0},
}
ORDER_BAR, PAGES_BAR, IMAGES_BAR = 0.97, 1.0, 1.0
REFUSAL_SECONDS, REFUSAL_MEGABYTES = 2.0, 300
DIGITS = 5


def run() -> list[Gate]:
    """The gates of both converters and of the intake."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            *(gate for name in BARS for gate in _converter_gates(name, Path(folder))),
            *_refusal_gates(Path(folder)),
        ]


def _converter_gates(name: str, folder: Path) -> Iterator[Gate]:
    result, peak = _run_step(name, folder)
    for what, bar in BARS[name].items():
        yield at_least(f"{name}: recall of {what}", result[what], bar, DIGITS)
    yield at_least(f"{name}: order of words", result["order"], ORDER_BAR, DIGITS)
    pages = f"{name}: number of pages where breaks fix it"
    yield at_least(pages, result["pages"], PAGES_BAR, DIGITS)
    yield at_least(f"{name}: images", result["images"], IMAGES_BAR, DIGITS)
    for what, bar in LAYOUT_BARS[name].items():
        yield at_least(f"{name}: layout, {what}", result["layout"][what], bar, DIGITS)
    yield figure(f"{name}: documents converted", result["documents"])
    yield figure(f"{name}: processor seconds a document", result["cpu"], digits=2)
    yield figure(f"{name}: memory, MB", round(peak))


def _refusal_gates(folder: Path) -> Iterator[Gate]:
    _run_step("corpus", folder)
    result, peak = _run_step("intake", folder)
    refusals = "intake: bad files refused for their own reason"
    yield at_least(refusals, result["refused"], 1.0, DIGITS)
    slowest = f"intake: slowest refusal, s ({result['slowest']})"
    yield at_most(slowest, result["seconds"], REFUSAL_SECONDS, digits=2)
    yield at_most("intake: memory, MB", round(peak), REFUSAL_MEGABYTES)


def _run_step(step: str, folder: Path) -> tuple[dict[str, Any], float]:
    """Run a step in a process of its own; returns its result and its peak memory in megabytes."""
    target = folder / f"{step}.json"
    peak = peak_megabytes([sys.executable, "-m", "bench.conversion", step, str(target)])
    return json.loads(target.read_text()), peak


# --- Steps, each in a process of its own -------------------------------------------------------


def convert_all(name: str) -> dict[str, Any]:
    """Convert every document with this converter; returns the shares of content in the PDFs."""
    import resource

    from archive.conversion.convert import CONVERTERS, convert_to_pdf
    from archive.intake.formats import FileFormat
    from tests.support.documents.conversion.parts import PART_SAMPLES
    from tests.support.documents.conversion.score import score
    from tests.support.documents.conversion.sheets import SHEET_SAMPLES
    from tests.support.documents.conversion.word import WORD_SAMPLES

    scores, pages = [], []
    with tempfile.TemporaryDirectory() as folder:
        source, pdf = Path(folder, "source"), Path(folder, "result.pdf")
        for make in [*WORD_SAMPLES, *SHEET_SAMPLES, *PART_SAMPLES]:
            sample = make()
            if not CONVERTERS[name].accepts(FileFormat(sample.file_format)):
                continue
            source.write_bytes(sample.data)
            convert_to_pdf(source, pdf, file_format=sample.file_format, converter=name)
            scores.append(score(sample, pdf))
            pages += [scores[-1].pages == sample.pages] if sample.pages else []
            _report_losses(name, sample.name, scores[-1].missing + scores[-1].leaked)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    shares = {
        what: _share([getattr(result, what) for result in scores])
        for what in ("words", "numbers", "cells", "labels", "images")
    }
    return shares | {
        "order": sum(result.order for result in scores) / len(scores),
        "pages": sum(pages) / len(pages),
        "documents": len(scores),
        "layout": _measure_layout(name),
        "cpu": (usage.ru_utime + usage.ru_stime) / len(scores),
    }


def _measure_layout(name: str) -> dict[str, float]:
    """The shares of places, lines and pages that are as each file says."""
    from archive.conversion.convert import convert_to_pdf
    from tests.support.documents.conversion.layout import LAYOUT_SAMPLES, score_layout

    scores = []
    with tempfile.TemporaryDirectory() as folder:
        source, pdf = Path(folder, "source"), Path(folder, "result.pdf")
        for make in LAYOUT_SAMPLES:
            sample = make()
            source.write_bytes(sample.data)
            convert_to_pdf(source, pdf, file_format=sample.file_format, converter=name)
            scores.append(score_layout(sample, pdf))
            _report_losses(name, f"layout of {sample.name}", scores[-1].misplaced)
    return {
        what: _share([getattr(score, what) for score in scores])
        for what in ("places", "lines", "pages")
    }


def _share(counts: list[tuple[int, int]]) -> float:
    """Of (converted, expected) pairs, how much of the expected total was converted."""
    return sum(converted for converted, _ in counts) / max(1, sum(total for _, total in counts))


def _report_losses(name: str, sample: str, losses: list[str]) -> None:
    if losses:
        sys.stderr.write(f"{name}, {sample}: {', '.join(losses[:10])}\n")


def write_bad_files(folder: Path) -> dict[str, Any]:
    """Write the bad files. In a process of its own: some are large before they are compressed."""
    from tests.support.documents.bad_files import BAD_FILES

    codes = {}
    for number, (what, (refusal, make)) in enumerate(BAD_FILES.items()):
        (folder / f"bad-{number}").write_bytes(make())
        codes[f"bad-{number}"] = (what, refusal.code)
    return codes


def refuse_all(folder: Path) -> dict[str, Any]:
    """Inspect every bad file; returns the share refused for the right reason, and the slowest."""
    from archive.intake.inspection import inspect_file
    from archive.intake.refusals import IntakeRefused

    codes = json.loads((folder / "corpus.json").read_text())
    correct, slowest, max_seconds = 0, "", 0.0
    for name, (what, code) in codes.items():
        with (folder / name).open("rb") as file:
            start = time.monotonic()
            try:
                inspect_file(file, name=what)
            except IntakeRefused as error:
                correct += error.refusal.code == code
            seconds = time.monotonic() - start
        if seconds > max_seconds:
            slowest, max_seconds = what, seconds
    return {"refused": correct / len(codes), "slowest": slowest, "seconds": max_seconds}


if __name__ == "__main__":
    from bench.__main__ import set_up

    set_up()
    name, target = sys.argv[1], Path(sys.argv[2])
    if name == "corpus":
        result = write_bad_files(target.parent)
    elif name == "intake":
        result = refuse_all(target.parent)
    else:
        result = convert_all(name)
    target.write_text(json.dumps(result))
