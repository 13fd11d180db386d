"""`scripts/bench package`: memory needed to build and to verify the package of a 30 MB PDF.

Each step runs in a process of its own with the product's settings. Its memory is the peak of the
whole process tree, confined processes (`archive.isolation`) included; shared pages count once.
"""

import os
import pickle
import sys
import tempfile
from pathlib import Path

from bench.gates import Gate, at_most
from bench.processes import peak_megabytes

MEGABYTE = 1024 * 1024
DOCUMENT_MEGABYTES = 30
BAR_MEGABYTES = 200


def run() -> list[Gate]:
    """The peak memory of both steps, in megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        _run_step("prepare", folder)
        peaks = {step: _run_step(step, folder) for step in ("build", "verify")}
    return [
        at_most(
            f"package of a {DOCUMENT_MEGABYTES} MB PDF, {step}: memory, MB",
            peak,
            BAR_MEGABYTES,
            digits=1,
        )
        for step, peak in peaks.items()
    ]


def _run_step(step: str, folder: str) -> float:
    """Run a step in a process of its own; returns its peak memory in megabytes."""
    return peak_megabytes([sys.executable, "-m", "bench.package", step, folder])


# --- Steps -----------------------------------------------------------------------------------


def prepare(work: Path) -> None:
    """Write the parts of a package: a signed contract of 31 pages, 30 of them with a 1 MB image."""
    from io import BytesIO

    import pikepdf
    from django.core.management import call_command

    from tests.support.documents.packages import build_parts, contract_pdf, seal_signer
    from tests.support.signing.pki import authority, write_key, write_trust

    call_command("migrate", verbosity=0)  # the seal is checked with what the database trusts
    document = work / "document.pdf"
    with pikepdf.open(BytesIO(contract_pdf(lines=5, pages=DOCUMENT_MEGABYTES + 1))) as pdf:
        for page in list(pdf.pages)[:DOCUMENT_MEGABYTES]:
            image = pdf.make_stream(
                os.urandom(MEGABYTE),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=1024,
                Height=1024,
                ColorSpace=pikepdf.Name.DeviceGray,
                BitsPerComponent=8,
            )
            name = page.add_resource(image, pikepdf.Name.XObject)
            page.contents_add(f"q 400 0 0 400 50 50 cm {name} Do Q".encode())
        pdf.save(document)
    write_trust(work, authority())
    write_key(work / "keys", seal_signer(), "seal")
    (work / "parts").write_bytes(pickle.dumps(build_parts(work, content=document.read_bytes())))


def build(work: Path) -> None:
    """Build the package from those parts, sealed with a local key."""
    from django.conf import settings

    from archive.package import builder
    from edo.seal import seal

    settings.SEAL_PROVIDER, settings.SIGNING_KEYS_DIR = "local", work / "keys"
    settings.SEAL_TRUST_ROOTS, settings.EDO_CRLS = str(work / "roots.pem"), []
    parts = pickle.loads((work / "parts").read_bytes())  # noqa: S301 - written by `prepare`
    builder.build_package(parts=parts, target=work / "package.zip", seal=seal)


def verify(work: Path) -> None:
    """Check the package with the verification command."""
    from econtract.verify import main

    if main([str(work / "package.zip"), "--roots", str(work / "roots.pem")]):
        raise SystemExit("The package is not valid")


if __name__ == "__main__":
    import django

    django.setup()
    {"prepare": prepare, "build": build, "verify": verify}[sys.argv[1]](Path(sys.argv[2]))
