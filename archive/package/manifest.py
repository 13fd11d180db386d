"""manifest.json of a package, which lists every file with its role, SHA-256 and size.

The module needs no Django: the command-line verification uses it, too.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

NAME = "manifest.json"
SEAL_NAME = f"{NAME}.sig"
FORMAT = "e-contract-package/3"
# Packages made before there was the folder evidence/, and before there was a seal.
SEALED_FORMAT, UNSEALED_FORMAT = "e-contract-package/2", "e-contract-package/1"
FORMATS = {FORMAT, SEALED_FORMAT, UNSEALED_FORMAT}


class FileRole(StrEnum):
    """The purpose of a file in the package."""

    DOCUMENT = "document"
    SIGNATURE = "signature"
    # The records of a simple signature, and the texts that the client accepted for it.
    SIMPLE_SIGNATURE = "simple_signature"
    ACCEPTED_TEXT = "accepted_text"
    POWER_OF_ATTORNEY = "power_of_attorney"
    POWER_OF_ATTORNEY_SIGNATURE = "power_of_attorney_signature"
    STAMPED_COPY = "stamped_copy"
    PROTOCOL = "protocol"
    TRUST_ROOTS = "trust_roots"
    SEAL_ROOTS = "seal_roots"
    README = "readme"
    # What proves the signatures for years: the files of the folder evidence/.
    STAMPED_SIGNATURE = "stamped_signature"
    TIMESTAMP = "timestamp"
    CERTIFICATES = "certificates"
    REVOCATION_LIST = "revocation_list"
    OCSP_RESPONSE = "ocsp_response"
    OPERATOR_PROTOCOL = "operator_protocol"
    OPERATOR_PROTOCOL_SIGNATURE = "operator_protocol_signature"
    EVIDENCE_SUMMARY = "evidence_summary"
    OPENSSL_CONFIG = "openssl_config"

    @property
    def label(self) -> str:
        """The role in Russian, for people."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    FileRole.DOCUMENT: "подписанный документ",
    FileRole.SIGNATURE: "подпись документа",
    FileRole.SIMPLE_SIGNATURE: "простая электронная подпись: записи о подписании",
    FileRole.ACCEPTED_TEXT: "текст, который принял клиент",
    FileRole.POWER_OF_ATTORNEY: "машиночитаемая доверенность",
    FileRole.POWER_OF_ATTORNEY_SIGNATURE: "подпись доверенности",
    FileRole.STAMPED_COPY: "копия с отметками",
    FileRole.PROTOCOL: "протокол подписания",
    FileRole.TRUST_ROOTS: "корневые сертификаты",
    FileRole.SEAL_ROOTS: "корневые сертификаты печати",
    FileRole.README: "пояснение",
    FileRole.STAMPED_SIGNATURE: "та же подпись документа со штампом времени внутри",
    FileRole.TIMESTAMP: "штамп времени",
    FileRole.CERTIFICATES: "сертификаты подписавших, удостоверяющих центров и служб времени",
    FileRole.REVOCATION_LIST: "список отозванных сертификатов",
    FileRole.OCSP_RESPONSE: "ответ удостоверяющего центра об отзыве (OCSP)",
    FileRole.OPERATOR_PROTOCOL: "протокол оператора ЭДО",
    FileRole.OPERATOR_PROTOCOL_SIGNATURE: "подпись оператора ЭДО",
    FileRole.EVIDENCE_SUMMARY: "сведения: что собрано и чего не хватает",
    FileRole.OPENSSL_CONFIG: "настройки openssl для ГОСТ",
}


@dataclass(frozen=True, kw_only=True)
class ManifestEntry:
    """One file of the package.

    ``side`` is «sender» or «recipient». A signature has its ``kind``, and in ``signs`` the name
    of the signed file.
    """

    name: str
    role: FileRole
    sha256: str
    size: int
    side: str | None = None
    kind: str | None = None
    signs: str | None = None


@dataclass(frozen=True, kw_only=True)
class ManifestParty:
    """One side of the contract, as stated in the manifest."""

    side: str
    name: str
    inn: str


class ManifestError(ValueError):
    """The manifest is malformed or was changed. The text is for the user, in Russian."""


def derive_code(document_sha256: str, signatures_sha256: Sequence[str]) -> str:
    """The verification code of a package: 24 letters and digits.

    It is derived from the hashes (hex) of the document and its signatures. The same package always
    has the same code, and nobody can guess the code without the package.
    """
    seed = document_sha256.encode() + b"".join(map(bytes.fromhex, signatures_sha256))
    return base64.b32encode(hashlib.sha256(seed).digest())[:24].decode().lower()


def build_manifest(
    *,
    code: str,
    verification_url: str,
    identifiers: dict[str, str],
    parties: Sequence[ManifestParty],
    files: Sequence[ManifestEntry],
) -> bytes:
    """The manifest as JSON. The same arguments give the same bytes."""
    body: dict[str, Any] = {
        "format": FORMAT,
        "code": code,
        "verification_url": verification_url,
        "identifiers": identifiers,
        "parties": [asdict(party) for party in parties],
        "files": [
            {name: value for name, value in asdict(entry).items() if value is not None}
            for entry in files
        ],
    }
    body["checksum"] = _checksum(body)
    return (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The content of a manifest. ``must_be_sealed`` is false for the packages before the seal."""

    must_be_sealed: bool
    code: str
    verification_url: str
    identifiers: dict[str, str]
    parties: tuple[ManifestParty, ...]
    files: tuple[ManifestEntry, ...]


def parse_manifest(data: bytes) -> Manifest:
    """Reads a manifest that was made by `build_manifest`.

    Raises ManifestError when it is malformed, has another format, or its checksum does not match.
    The checksum detects accidental changes only; the seal protects against forgery.
    """
    try:
        body = json.loads(data)
        checksum = body.pop("checksum")
        if body["format"] not in FORMATS:
            raise ManifestError("Опись пакета другого формата.")
        manifest = Manifest(
            must_be_sealed=body["format"] != UNSEALED_FORMAT,
            code=_text(body["code"]),
            verification_url=_text(body["verification_url"]),
            identifiers={_text(key): _text(text) for key, text in body["identifiers"].items()},
            parties=tuple(_parse_party(party) for party in body["parties"]),
            files=tuple(_parse_entry(entry) for entry in body["files"]),
        )
        expected_checksum = _checksum(body)
    except ManifestError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError("Опись пакета (manifest.json) не читается.") from error
    if checksum != expected_checksum:
        raise ManifestError("Опись пакета (manifest.json) изменена: контрольная сумма не сходится.")
    names = [entry.name for entry in manifest.files]
    if len(set(names)) < len(names) or {NAME, SEAL_NAME} & set(names):
        raise ManifestError("Опись пакета (manifest.json) называет один файл дважды или саму себя.")
    return manifest


def _parse_party(body: dict[str, Any]) -> ManifestParty:
    return ManifestParty(side=_text(body["side"]), name=_text(body["name"]), inn=_text(body["inn"]))


def _parse_entry(body: dict[str, Any]) -> ManifestEntry:
    if type(body["size"]) is not int:
        raise TypeError("size")
    texts = {name: _text(body[name]) for name in ("side", "kind", "signs") if name in body}
    return ManifestEntry(
        name=_text(body["name"]),
        role=FileRole(body["role"]),
        sha256=_text(body["sha256"]),
        size=body["size"],
        **texts,
    )


def _text(value: object) -> str:
    """``value`` itself. Raises TypeError unless it is a string."""
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _checksum(body: dict[str, Any]) -> str:
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
