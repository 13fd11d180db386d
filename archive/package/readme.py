"""ПРОЧТИ.txt: instructions for verifying the package without our software."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.template.loader import render_to_string

from archive.package.manifest import FileRole, ManifestEntry
from archive.package.parts import EvidencePart, PackageParts, PartySide
from econtract.platform.common.moscow_time import format_timestamp

NAME = "ПРОЧТИ.txt"
EvidenceFiles = Sequence[tuple[EvidencePart, ManifestEntry]]


@dataclass(frozen=True)
class SignatureCommands:
    """What the commands for one signature need; times are Unix times.

    ``certificate`` is the file to which the first command writes the signer's certificate.
    ``time_text`` says in Russian which time ``at`` is. ``lists`` are revocation lists that cover
    the certificate, and ``lists_at`` is a time at which all of them hold.
    """

    entry: ManifestEntry
    certificate: str
    at: int
    time_text: str
    lists: Sequence[ManifestEntry]
    lists_at: int


def render_readme(
    parts: PackageParts, entries: Sequence[ManifestEntry], evidence_files: EvidenceFiles = ()
) -> bytes:
    """The text for a package with ``entries``, in UTF-8 with BOM and CRLF for Windows Notepad.

    The openssl commands are complete: they can be run as they are in the unpacked folder.
    """
    by_role = {role: [entry for entry in entries if entry.role == role] for role in FileRole}
    roots = by_role[FileRole.TRUST_ROOTS]
    context = {
        "parts": parts,
        "finished_at": format_timestamp(parts.finished_at),
        "entries": entries,
        "roots": roots[0].name if roots else "Корневые сертификаты.pem",
        "has_roots": bool(roots),
        "seal_roots": next(iter(by_role[FileRole.SEAL_ROOTS] or roots), None),
        "sealed_after": int(parts.finished_at.timestamp()),
        "fingerprints": _fingerprints(parts.trust_roots + parts.seal_roots),
        "certificates": next(iter(by_role[FileRole.CERTIFICATES]), None),
        "signatures": _build_commands(parts, by_role[FileRole.SIGNATURE], evidence_files),
        "powers": by_role[FileRole.POWER_OF_ATTORNEY],
        "power_signatures": _build_power_commands(
            parts, by_role[FileRole.POWER_OF_ATTORNEY_SIGNATURE], evidence_files
        ),
        "timestamps": _select(evidence_files, FileRole.TIMESTAMP),
        "stamped_signatures": _select(evidence_files, FileRole.STAMPED_SIGNATURE),
        "responses": _select(evidence_files, FileRole.OCSP_RESPONSE),
        "operator_signatures": by_role[FileRole.OPERATOR_PROTOCOL_SIGNATURE],
        "simple": next(iter(by_role[FileRole.SIMPLE_SIGNATURE]), None),
        "copy": next(iter(by_role[FileRole.STAMPED_COPY]), None),
        "accepted_texts": by_role[FileRole.ACCEPTED_TEXT],
        "openssl_config": next(iter(by_role[FileRole.OPENSSL_CONFIG]), None),
    }
    text = render_to_string("archive/package_readme.txt", context)
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def _build_commands(
    parts: PackageParts, entries: Sequence[ManifestEntry], evidence_files: EvidenceFiles
) -> list[SignatureCommands]:
    commands = []
    for signature, entry in zip(parts.signatures, entries, strict=True):
        stamped_at = _find_stamped_at(evidence_files, signature.side)
        commands.append(
            _build_command(
                entry,
                certificate=f"{signature.side}.pem",
                at=stamped_at or signature.details.signed_at,
                is_stamped=stamped_at is not None,
                covers=signature.side,
                evidence_files=evidence_files,
            )
        )
    return commands


def _build_power_commands(
    parts: PackageParts, entries: Sequence[ManifestEntry], evidence_files: EvidenceFiles
) -> list[SignatureCommands]:
    return [
        _build_command(
            entry,
            certificate=f"power{number}.pem",
            at=power.signed_at,
            is_stamped=False,
            covers=f"{power.side}_power",
            evidence_files=evidence_files,
        )
        for number, (power, entry) in enumerate(zip(parts.powers, entries, strict=True), start=1)
    ]


def _build_command(
    entry: ManifestEntry,
    *,
    certificate: str,
    at: datetime,
    is_stamped: bool,
    covers: str,
    evidence_files: EvidenceFiles,
) -> SignatureCommands:
    lists = [
        (part, file)
        for part, file in _select(evidence_files, FileRole.REVOCATION_LIST)
        if covers in part.covers
    ]
    # openssl refuses a list that was issued after the time of the check.
    lists_at = max([at, *(part.at for part, _ in lists if part.at)])
    source = "по штампу времени" if is_stamped else "по словам подписавшего"
    return SignatureCommands(
        entry=entry,
        certificate=certificate,
        at=int(at.timestamp()),
        time_text=f"{format_timestamp(at)}, {source}",
        lists=[file for _, file in lists],
        lists_at=int(lists_at.timestamp()) + 1,
    )


def _find_stamped_at(evidence_files: EvidenceFiles, side: PartySide) -> datetime | None:
    """The earliest time-stamp of the signature; None without one."""
    roles = {FileRole.STAMPED_SIGNATURE, FileRole.TIMESTAMP}
    times = [part.at for part, _ in evidence_files if part.role in roles and part.side == side]
    return min((time for time in times if time), default=None)


def _select(evidence_files: EvidenceFiles, role: FileRole) -> EvidenceFiles:
    return [(part, entry) for part, entry in evidence_files if part.role == role]


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
