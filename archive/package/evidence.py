"""The folder ``evidence/`` of a package: it proves the signatures after their certificates end."""

from collections.abc import Sequence

from archive.package.manifest import FileRole, ManifestEntry
from archive.package.parts import EvidencePart, PackageParts

FOLDER = "evidence"
OPENSSL_CONFIG_NAME = f"{FOLDER}/openssl-gost.cnf"
# Makes openssl load the engine «gost», which is a package of its own in most systems.
OPENSSL_CONFIG = b"""openssl_conf = openssl_def

[openssl_def]
engines = engine_section

[engine_section]
gost = gost_section

[gost_section]
engine_id = gost
default_algorithms = ALL
"""
# 1.2.643.7.1.1, the algorithms of ГОСТ, as DER writes the beginning of an object identifier.
_GOST_ALGORITHMS = bytes.fromhex("2a850307 0101")
_NAMES = {
    FileRole.CERTIFICATES: "Сертификаты.pem",
    FileRole.REVOCATION_LIST: "Список отозванных.crl",
    FileRole.OCSP_RESPONSE: "Ответ OCSP.ors",
    FileRole.OPERATOR_PROTOCOL: "Протокол оператора.pdf",
    FileRole.OPERATOR_PROTOCOL_SIGNATURE: "Протокол оператора.pdf.sig",
    FileRole.EVIDENCE_SUMMARY: "Сведения.json",
}


def build_name(part: EvidencePart, stem: str) -> str:
    """The file's name in the package; ``stem`` is the document's name without its extension."""
    side = part.side.genitive if part.side else ""
    if part.role == FileRole.STAMPED_SIGNATURE:
        return f"{FOLDER}/{stem} (подпись {side} со штампом времени).p7s"
    if part.role == FileRole.TIMESTAMP:
        return f"{FOLDER}/{stem} (штамп времени подписи {side}).tst"
    return f"{FOLDER}/{_NAMES[part.role]}"


def find_signed_file(
    part: EvidencePart, document: str, entries: Sequence[ManifestEntry]
) -> str | None:
    """The name of the file that ``part`` signs or stamps, among those that are in the package."""
    if part.role == FileRole.STAMPED_SIGNATURE:
        return document
    signed_role = {
        FileRole.TIMESTAMP: FileRole.SIGNATURE,
        FileRole.OPERATOR_PROTOCOL_SIGNATURE: FileRole.OPERATOR_PROTOCOL,
    }.get(part.role)
    names = (
        entry.name for entry in entries if (entry.role, entry.side) == (signed_role, part.side)
    )
    return next(names, None)


def uses_gost(parts: PackageParts) -> bool:
    """Whether openssl needs the engine «gost» for a signature of the package."""
    contents = [
        *(signature.der for signature in parts.signatures),
        *(power.signature for power in parts.powers),
        *(part.content for part in parts.evidence if part.role == FileRole.TIMESTAMP),
    ]
    return any(_GOST_ALGORITHMS in content for content in contents)
