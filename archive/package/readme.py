"""ПРОЧТИ.txt: instructions for verifying the package without our software."""

from collections.abc import Sequence
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.template.loader import render_to_string

from archive.package.manifest import FileRole, ManifestEntry
from archive.package.parts import PackageParts
from econtract.platform.common.moscow_time import format_timestamp

NAME = "ПРОЧТИ.txt"


def render_readme(parts: PackageParts, entries: Sequence[ManifestEntry]) -> bytes:
    """The text for a package with ``entries``, in UTF-8 with BOM and CRLF for Windows Notepad.

    The openssl commands are complete: they can be run as they are in the unpacked folder.
    """
    by_role = {role: [entry for entry in entries if entry.role == role] for role in FileRole}
    roots = by_role[FileRole.TRUST_ROOTS]
    context = {
        "parts": parts,
        "finished_at": format_timestamp(parts.finished_at),
        "entries": entries,
        "roots": next(iter(roots), None),
        "seal_roots": next(iter(by_role[FileRole.SEAL_ROOTS] or roots), None),
        "sealed_after": int(parts.finished_at.timestamp()),
        "fingerprints": _fingerprints(parts.trust_roots + parts.seal_roots),
        "signatures": _with_timestamps(
            by_role[FileRole.SIGNATURE], [item.details.signed_at for item in parts.signatures]
        ),
        "powers": by_role[FileRole.POWER_OF_ATTORNEY],
        "power_signatures": _with_timestamps(
            by_role[FileRole.POWER_OF_ATTORNEY_SIGNATURE], [item.signed_at for item in parts.powers]
        ),
    }
    text = render_to_string("archive/package_readme.txt", context)
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _with_timestamps(
    entries: Sequence[ManifestEntry], moments: Sequence[datetime]
) -> list[tuple[ManifestEntry, int]]:
    """Each signature with its Unix time, which openssl needs."""
    return [
        (entry, int(moment.timestamp())) for entry, moment in zip(entries, moments, strict=True)
    ]


def _fingerprints(pem: bytes) -> list[tuple[str, str]]:
    """The (subject, SHA-256 with colons) of each certificate."""
    certificates = x509.load_pem_x509_certificates(pem) if pem else []
    return [
        (
            certificate.subject.rfc4514_string(),
            certificate.fingerprint(hashes.SHA256()).hex(":").upper(),
        )
        for certificate in certificates
    ]
