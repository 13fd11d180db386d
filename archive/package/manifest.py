"""manifest.json of a package: every file with its role, SHA-256 and size.

The writer and the reader of one format; neither needs Django.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

NAME = "manifest.json"
FORMAT = "e-contract-package/1"


class FileRole(StrEnum):
    """What a file of the package is for."""

    DOCUMENT = "document"
    SIGNATURE = "signature"
    POWER_OF_ATTORNEY = "power_of_attorney"
    POWER_OF_ATTORNEY_SIGNATURE = "power_of_attorney_signature"
    STAMPED_COPY = "stamped_copy"
    PROTOCOL = "protocol"
    TRUST_ROOTS = "trust_roots"
    README = "readme"

    @property
    def label(self) -> str:
        """The role in Russian, for people."""
        return _ROLE_LABELS[self]


_ROLE_LABELS = {
    FileRole.DOCUMENT: "подписанный документ",
    FileRole.SIGNATURE: "подпись документа",
    FileRole.POWER_OF_ATTORNEY: "машиночитаемая доверенность",
    FileRole.POWER_OF_ATTORNEY_SIGNATURE: "подпись доверенности",
    FileRole.STAMPED_COPY: "копия с отметками",
    FileRole.PROTOCOL: "протокол подписания",
    FileRole.TRUST_ROOTS: "корневые сертификаты",
    FileRole.README: "пояснение",
}


@dataclass(frozen=True, kw_only=True)
class ManifestEntry:
    """One file. ``signs`` names the file that a signature is over; ``side`` whose it is."""

    name: str
    role: FileRole
    sha256: str
    size: int
    side: str | None = None
    kind: str | None = None
    signs: str | None = None


@dataclass(frozen=True, kw_only=True)
class ManifestParty:
    """One side of the contract as the manifest states it."""

    side: str
    name: str
    inn: str


class ManifestError(ValueError):
    """The manifest is not one of ours, or was changed. The text says what is wrong, in Russian."""


def build_manifest(
    *,
    code: str,
    verification_url: str,
    identifiers: dict[str, str],
    parties: Sequence[ManifestParty],
    files: Sequence[ManifestEntry],
) -> bytes:
    """The manifest's bytes; the same for the same arguments."""
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
    """What a manifest states."""

    code: str
    verification_url: str
    identifiers: dict[str, str]
    parties: tuple[ManifestParty, ...]
    files: tuple[ManifestEntry, ...]


def parse_manifest(data: bytes) -> Manifest:
    """The manifest as written by `write`.

    Raises ManifestError when it is malformed, of another format, or its checksum does not fit.
    The checksum tells of a change by hand; only signatures prove anything against a forger.
    """
    try:
        body = json.loads(data)
        stated = body.pop("checksum")
        if body["format"] != FORMAT:
            raise ManifestError("Опись пакета другого формата.")
        manifest = Manifest(
            code=_text(body["code"]),
            verification_url=_text(body["verification_url"]),
            identifiers={_text(key): _text(text) for key, text in body["identifiers"].items()},
            parties=tuple(_party(party) for party in body["parties"]),
            files=tuple(_entry(entry) for entry in body["files"]),
        )
        expected = _checksum(body)
    except ManifestError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ManifestError("Опись пакета (manifest.json) не читается.") from error
    if stated != expected:
        raise ManifestError("Опись пакета (manifest.json) изменена: контрольная сумма не сходится.")
    names = [entry.name for entry in manifest.files]
    if len(set(names)) < len(names) or NAME in names:
        raise ManifestError("Опись пакета (manifest.json) называет один файл дважды или саму себя.")
    return manifest


def _party(body: dict[str, Any]) -> ManifestParty:
    return ManifestParty(side=_text(body["side"]), name=_text(body["name"]), inn=_text(body["inn"]))


def _entry(body: dict[str, Any]) -> ManifestEntry:
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
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _checksum(body: dict[str, Any]) -> str:
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
