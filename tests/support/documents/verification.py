"""Verifying packages in tests."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from archive.package.builder import build_package
from archive.package.parts import PackageParts
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    PowerOfAttorneyResult,
    SignatureResult,
    VerificationResult,
)
from tests.support.documents.packages import (
    build_parts,
)
from tests.support.signing.pki import authority

SENDER_SIGNATURE = "Договор (подпись отправителя).p7s"
RECIPIENT_SIGNATURE = "Договор (подпись получателя).p7s"
Files = dict[str, bytes]
POLICY = VerificationPolicy(trust=authority().trust)


def read_files(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verify_files(files: Files, policy: VerificationPolicy = POLICY) -> VerificationResult:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return verify_package(packed, policy=policy)


def flip_bit(content: bytes, index: int) -> bytes:
    changed = bytearray(content)
    changed[index] ^= 1
    return bytes(changed)


def problems_by_file(result: VerificationResult) -> dict[str, str]:
    """All problems by file name; those of no single file have an empty key."""
    problems = {file.name: file.problem for file in result.files if file.problem}
    signed: list[SignatureResult | PowerOfAttorneyResult] = [*result.signatures, *result.powers]
    for item in signed:
        if item.problems:
            text = f"{problems.get(item.name, '')} {' '.join(item.problems)}"
            problems[item.name] = text.strip()
    return problems | ({"": " ".join(result.problems)} if result.problems else {})


def rebuild_and_verify(
    folder: Path, change: Callable[[PackageParts], PackageParts]
) -> VerificationResult:
    """Builds a package of changed parts, so that its manifest matches, and verifies it."""
    built = build_package(parts=change(build_parts(folder)), target=folder / "package.zip")
    with built.path.open("rb") as file:
        return verify_package(file, policy=POLICY)
