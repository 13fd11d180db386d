"""`scripts/bench package`: what it takes to build and to verify the package of a 30 MB PDF.

Each step runs in a process of its own with the product's settings; its memory is the largest sum
over its whole family of processes, the confined ones included, shared pages counted once.
"""

import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
DOCUMENT_MEGABYTES = 30
BAR_MEGABYTES = 200
LOOK_SECONDS = 0.02


def run() -> list[dict[str, Any]]:
    """The gates, each `{gate, value, bar, ok}`; values in megabytes."""
    with tempfile.TemporaryDirectory() as work:
        _step("prepare", work)
        peaks = {step: _step(step, work) for step in ("build", "verify")}
    return [
        {
            "gate": f"package of a {DOCUMENT_MEGABYTES} MB PDF, {step}: memory, MB",
            "value": round(peak, 1),
            "bar": BAR_MEGABYTES,
            "ok": peak <= BAR_MEGABYTES,
        }
        for step, peak in peaks.items()
    ]


def _step(step: str, work: str) -> float:
    """Runs a step and returns the peak memory of its processes, MB."""
    command = [sys.executable, "-m", "bench.package", step, work]
    # Our own interpreter and module; what the command says is no figure.
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(map(_megabytes, _family(process.pid))))
        time.sleep(LOOK_SECONDS)
    if process.returncode:
        raise RuntimeError(f"the step {step} ended with {process.returncode}")
    return peak


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _megabytes(pid: int) -> float:
    """Memory of one process, its share of what it shares (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


# --- Steps -----------------------------------------------------------------------------------


def prepare(work: Path) -> None:
    """A contract of 31 pages with a picture of 1 MB on each but the last, signed."""
    from io import BytesIO

    import pikepdf

    from tests.support.packages import contract, parts
    from tests.support.pki import authority, write_trust

    document = work / "document.pdf"
    with pikepdf.open(BytesIO(contract(lines=5, pages=DOCUMENT_MEGABYTES + 1))) as pdf:
        for page in list(pdf.pages)[:DOCUMENT_MEGABYTES]:
            picture = pdf.make_stream(
                os.urandom(MEGABYTE),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=1024,
                Height=1024,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            name = page.add_resource(picture, pikepdf.Name.XObject)
            page.contents_add(f"q 400 0 0 400 50 50 cm {name} Do Q".encode())
        pdf.save(document)
    write_trust(work, authority())
    (work / "parts").write_bytes(pickle.dumps(parts(work, content=document.read_bytes())))


def build(work: Path) -> None:
    """The package of those parts."""
    from archive.package import builder

    parts = pickle.loads((work / "parts").read_bytes())  # noqa: S301  (written by `prepare`)
    builder.build_package(parts=parts, target=work / "package.zip")


def verify(work: Path) -> None:
    """The command's check of that package."""
    from econtract.verify import main

    if main([str(work / "package.zip"), "--roots", str(work / "roots.pem")]):
        raise SystemExit("the package does not hold")


if __name__ == "__main__":
    import django

    django.setup()
    {"prepare": prepare, "build": build, "verify": verify}[sys.argv[1]](Path(sys.argv[2]))
