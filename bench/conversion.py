"""`scripts/bench conversion`: how faithful the two converters are, and how fast bad files go.

Converts every document of `tests.archive.conversion` (over fifty, each with its content known) with
either converter and counts what is in the PDFs; then has every bad file of
`tests.archive.intake` refused. A converter's run and the refusals are each a process of their
own, so that the memory is that of one kind of work.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.processes import peak_megabytes

# Share of what the documents have that has to be in the PDFs.
BARS = {
    "builtin": {"words": 0.995, "numbers": 0.995, "cells": 0.99, "labels": 0.99},
    "libreoffice": {"words": 0.999, "numbers": 0.999, "cells": 0.99, "labels": 0.99},
}
ORDER_BAR, PAGES_BAR, IMAGES_BAR = 0.97, 1.0, 1.0
REFUSAL_SECONDS, REFUSAL_MEGABYTES = 2.0, 300


def run() -> list[dict[str, Any]]:
    """The gates of both converters and of intake."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            *(gate for name in BARS for gate in _converter_gates(name, Path(folder))),
            *_refusal_gates(Path(folder)),
        ]


def _converter_gates(name: str, folder: Path) -> Iterator[dict[str, Any]]:
    found, peak = _measured(name, folder)
    for what, bar in BARS[name].items():
        yield _at_least(f"{name}: recall of {what}", found[what], bar)
    yield _at_least(f"{name}: order of words", found["order"], ORDER_BAR)
    yield _at_least(f"{name}: number of pages where breaks fix it", found["pages"], PAGES_BAR)
    yield _at_least(f"{name}: images", found["images"], IMAGES_BAR)
    yield _told(f"{name}: documents converted", found["documents"])
    yield _told(f"{name}: processor seconds a document", round(found["cpu"], 2))
    yield _told(f"{name}: memory, MB", round(peak))


def _refusal_gates(folder: Path) -> Iterator[dict[str, Any]]:
    _measured("corpus", folder)
    found, peak = _measured("intake", folder)
    yield _at_least("intake: bad files refused for their own reason", found["refused"], 1.0)
    slowest = f"intake: slowest refusal, s ({found['slowest']})"
    yield _at_most(slowest, found["seconds"], REFUSAL_SECONDS)
    yield _at_most("intake: memory, MB", round(peak), REFUSAL_MEGABYTES)


def _measured(step: str, folder: Path) -> tuple[dict[str, Any], float]:
    """What a step found, and its peak memory in megabytes."""
    target = folder / f"{step}.json"
    peak = peak_megabytes([sys.executable, "-m", "bench.conversion", step, str(target)])
    return json.loads(target.read_text()), peak


def _at_least(gate: str, value: float, bar: float) -> dict[str, Any]:
    return {"gate": gate, "value": round(value, 5), "bar": bar, "ok": value >= bar}


def _at_most(gate: str, value: float, bar: float) -> dict[str, Any]:
    return {"gate": gate, "value": round(value, 2), "bar": bar, "ok": value <= bar}


def _told(gate: str, value: float) -> dict[str, Any]:
    """A figure that depends on the machine: shown, and no bar."""
    return {"gate": gate, "value": value, "bar": None, "ok": True}


# --- Steps, each in a process of its own -------------------------------------------------------


def convert_all(name: str) -> dict[str, Any]:
    """Converts every document with the converter ``name``; the shares of what was found."""
    import resource

    from archive.conversion.convert import convert_to_pdf
    from tests.support.conversion import sheet_samples, word_samples
    from tests.support.conversion.score import score

    scores, pages = [], []
    with tempfile.TemporaryDirectory() as folder:
        source, pdf = Path(folder, "source"), Path(folder, "result.pdf")
        for make in [*word_samples.ALL, *sheet_samples.ALL]:
            sample = make()
            source.write_bytes(sample.data)
            convert_to_pdf(source, pdf, kind=sample.kind, converter=name)
            scores.append(score(sample, pdf))
            pages += [scores[-1].pages == sample.pages] if sample.pages else []
            _tell(name, sample.name, scores[-1].lost + scores[-1].leaked)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    shares = {
        what: _share([getattr(one, what) for one in scores])
        for what in ("words", "numbers", "cells", "labels", "images")
    }
    return shares | {
        "order": sum(one.order for one in scores) / len(scores),
        "pages": sum(pages) / len(pages),
        "documents": len(scores),
        "cpu": (used.ru_utime + used.ru_stime) / len(scores),
    }


def _share(counts: list[tuple[int, int]]) -> float:
    return sum(found for found, _ in counts) / max(1, sum(wanted for _, wanted in counts))


def _tell(name: str, sample: str, lost: list[str]) -> None:
    if lost:
        sys.stderr.write(f"{name}, {sample}: {', '.join(lost[:10])}\n")


def write_bad_files(folder: Path) -> dict[str, Any]:
    """Writes the bad files: in a process of its own, for some are large before they are packed."""
    from tests.support.bad_files import BAD

    codes = {}
    for number, (what, (refusal, make)) in enumerate(BAD.items()):
        (folder / f"bad-{number}").write_bytes(make())
        codes[f"bad-{number}"] = (what, refusal.code)
    return codes


def refuse_all(folder: Path) -> dict[str, Any]:
    """Has every bad file refused; the share of right reasons, and the slowest."""
    from archive.intake.inspection import inspect_file
    from archive.intake.refusals import IntakeRefused

    codes = json.loads((folder / "corpus.json").read_text())
    right, slowest = 0, ("", 0.0)
    for name, (what, code) in codes.items():
        with (folder / name).open("rb") as file:
            started = time.monotonic()
            try:
                inspect_file(file, name=what)
            except IntakeRefused as refused:
                right += refused.refusal.code == code
            slowest = max(slowest, (what, time.monotonic() - started), key=lambda one: one[1])
    return {"refused": right / len(codes), "slowest": slowest[0], "seconds": slowest[1]}


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
