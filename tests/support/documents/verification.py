"""Verifying packages in tests."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from archive.package import manifest
from archive.package.builder import build_package
from archive.package.parts import PackageParts
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    PowerOfAttorneyResult,
    SignatureResult,
    VerificationResult,
)
from tests.support.documents.packages import build_parts, seal
from tests.support.signing.pki import authority

SENDER_SIGNATURE = "Договор (подпись отправителя).p7s"
RECIPIENT_SIGNATURE = "Договор (подпись получателя).p7s"
STAMPED_COPY = "PDF/Договор (с отметками).pdf"
PROTOCOL = "Протокол подписания.pdf"
Files = dict[str, bytes]
POLICY = VerificationPolicy(trust=authority().trust)


def read_files(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verify_files(files: Files, policy: VerificationPolicy = POLICY) -> VerificationResult:
    return verify_package(io.BytesIO(pack(files)), policy=policy)


def forge(files: Files, changes: Files, *, format: str = manifest.FORMAT) -> Files:
    """The files with ``changes``, and a manifest that matches them. The seal stays as it is."""
    changed = files | changes
    old = manifest.parse_manifest(files[manifest.NAME])
    entries = [
        replace(
            entry,
            sha256=hashlib.sha256(changed[entry.name]).hexdigest(),
            size=len(changed[entry.name]),
        )
        for entry in old.files
    ]
    rewritten = manifest.build_manifest(
        code=old.code,
        verification_url=old.verification_url,
        identifiers=old.identifiers,
        parties=old.parties,
        files=entries,
    )
    body = json.loads(rewritten) | {"format": format}
    del body["checksum"]
    body["checksum"] = manifest._checksum(body)
    return changed | {manifest.NAME: json.dumps(body).encode()}


def make_old(files: Files, changes: Files | None = None) -> Files:
    """A package as it was before the seal, with ``changes`` and a manifest that matches them."""
    old = forge(files, changes or {}, format=manifest.UNSEALED_FORMAT)
    return {name: content for name, content in old.items() if name != manifest.SEAL_NAME}


def pack(files: Files) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


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
    if result.seal and result.seal.problems:
        problems[manifest.SEAL_NAME] = " ".join(result.seal.problems)
    return problems | ({"": " ".join(result.problems)} if result.problems else {})


def rebuild_and_verify(
    folder: Path, change: Callable[[PackageParts], PackageParts]
) -> VerificationResult:
    """Builds a package of changed parts, so that its manifest matches, and verifies it."""
    built = build_package(
        parts=change(build_parts(folder)), target=folder / "package.zip", seal=seal
    )
    with built.path.open("rb") as file:
        return verify_package(file, policy=POLICY)
