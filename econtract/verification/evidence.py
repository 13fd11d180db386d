"""The folder evidence/ of a package: certificates, revocation lists and time-stamps. No database.

Nothing here is trusted because it is in the package. Certificates count only under a trusted root,
lists and responses only with the signature of their authority, stamps only from a trusted service.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from asn1crypto import pem
from cryptography import x509

from archive.package import anchors, timestamps
from archive.package.manifest import FileRole, Manifest
from econtract.verification.package_files import FileDigests, PackageFiles, UnreadablePackage
from econtract.verification.results import TimeProof, TimeSource
from edo.crypto import digests
from edo.signing.cms_parsing import parse_signature, to_der
from edo.signing.proofs import collect_proofs
from edo.signing.report import StampReport
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore

MAX_EVIDENCE_SIZE = 20 * 1024 * 1024  # revocation lists of large authorities
MAX_EVIDENCE_FILES, MAX_CERTIFICATES = 60, 100
OTHER_SIGNATURE = "Подпись со штампом времени – не та же подпись."


class PackageEvidence:
    """The readable evidence of one package. ``readable`` are the names of its intact files."""

    def __init__(self, files: PackageFiles, manifest: Manifest, readable: Sequence[str]) -> None:
        self._files = files
        self._manifest = manifest
        self._readable = set(readable)

    def extend_trust(self, trust: TrustStore) -> TrustStore:
        """``trust`` with the certificates, lists and responses of the package; the same roots."""
        certificates = self._read_all({FileRole.CERTIFICATES}, "pem")
        lists = self._read_all({FileRole.REVOCATION_LIST}, "crl")
        responses = self._read_all({FileRole.OCSP_RESPONSE}, "ors")
        return replace(
            trust,
            authorities=(*trust.authorities, *_load_certificates(certificates)),
            crls=(*trust.crls, *_load_lists(lists)),
            ocsp_responses=(*responses, *trust.ocsp_responses),
        )

    def find_time_proofs(
        self, side: str, signature: bytes, trust: TrustStore
    ) -> tuple[list[TimeProof], list[str]]:
        """When third parties have seen the signature of ``side``, and what is wrong with stamps."""
        proofs, problems = [], []
        for role, content in self._read_of_side(side):
            if role == FileRole.TIMESTAMP:
                report = verify_stamp(
                    to_der(content), lambda name: digests.digest(name, signature), trust=trust
                )
                source = TimeSource.SERVICE
            else:
                report, problem = _verify_stamped_signature(content, signature, trust)
                problems += [problem] if problem else []
                source = TimeSource.SIGNATURE
            problems += [reason.text for reason in report.problems]
            if report.is_valid and report.stamped_at:
                proofs.append(TimeProof(report.stamped_at, source))
        return proofs, problems

    def read_missing(self) -> tuple[str, ...]:
        """What the summary says could not be had when the package was built."""
        for entry in self._manifest.files:
            if entry.role == FileRole.EVIDENCE_SUMMARY and entry.name in self._readable:
                try:
                    missing = json.loads(self._files.read(entry.name))["missing"]
                    return tuple(text for text in missing if isinstance(text, str))
                except (UnreadablePackage, ValueError, KeyError, TypeError, RecursionError):
                    return ()
        return ()

    def _read_all(self, roles: set[FileRole], extension: str) -> list[bytes]:
        """The files with those roles, and those of stamps and of the anchor with that extension."""
        names = [entry.name for entry in self._manifest.files if entry.role in roles]
        names += [
            name
            for name in self._files.names
            if (timestamps.parse_path(name) or name == anchors.CERTIFICATES_NAME)
            and name.endswith(f".{extension}")
        ]
        contents = (self._read(name) for name in names[:MAX_EVIDENCE_FILES])
        return [content for content in contents if content]

    def _read_of_side(self, side: str) -> list[tuple[FileRole, bytes]]:
        roles = {FileRole.TIMESTAMP, FileRole.STAMPED_SIGNATURE}
        return [
            (entry.role, content)
            for entry in self._manifest.files
            if entry.role in roles and entry.side == side and (content := self._read(entry.name))
        ]

    def _read(self, name: str) -> bytes:
        """Empty when it cannot be read."""
        if name not in self._readable:
            return b""
        try:
            return self._files.read(name, limit=MAX_EVIDENCE_SIZE)
        except UnreadablePackage:
            return b""


def has_later_revocation(signature: bytes, trust: TrustStore, at: datetime) -> bool:
    """Whether a list or response about the signer's certificate was issued at ``at`` or later."""
    proofs = collect_proofs(to_der(signature), trust=trust, at=at)
    return any(proof.issued_at >= at for proof in proofs.revocation)


def find_protocol_problem(signature: bytes, protocol: FileDigests) -> str:
    """Whether the operator's signature is over another protocol than that of the package."""
    try:
        parsed = parse_signature(to_der(signature))
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return "Подпись оператора не читается."
    expected = protocol.values.get(parsed.digest_algorithm)
    if parsed.message_digest and expected and parsed.message_digest != expected:
        return "Подпись оператора – не над протоколом из пакета."
    return ""


def _verify_stamped_signature(
    content: bytes, signature: bytes, trust: TrustStore
) -> tuple[StampReport, str]:
    """The report of the stamp inside, and why it is not a stamp of ``signature``."""
    try:
        stamped, original = parse_signature(to_der(content)), parse_signature(to_der(signature))
    except Exception:  # noqa: BLE001 - the parsers raise anything on hostile bytes
        return StampReport(), OTHER_SIGNATURE
    if stamped.value != original.value:
        return StampReport(), OTHER_SIGNATURE
    if not stamped.stamps:
        return StampReport(), ""
    report = verify_stamp(
        stamped.stamps[0],
        lambda name: digests.digest(name, original.value),
        trust=trust,
        candidates=stamped.other_certificates,
    )
    return report, ""


def _load_certificates(contents: Sequence[bytes]) -> list[x509.Certificate]:
    certificates: dict[x509.Certificate, None] = {}
    for content in contents:
        try:
            blocks = list(pem.unarmor(content, multiple=True))
        except ValueError:
            continue
        for label, _, der in blocks[:MAX_CERTIFICATES]:
            if label == "CERTIFICATE" and (certificate := _load_certificate(der)):
                certificates[certificate] = None
    return list(certificates)[:MAX_CERTIFICATES]


def _load_certificate(der: bytes) -> x509.Certificate | None:
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        return None


def _load_lists(contents: Sequence[bytes]) -> list[x509.CertificateRevocationList]:
    lists = []
    for content in contents:
        try:
            lists.append(x509.load_der_x509_crl(content))
        except ValueError:
            continue
    return lists
