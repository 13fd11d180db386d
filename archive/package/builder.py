"""Builds the ZIP of a package, reproducibly: the same parts and seal give the same bytes."""

import hashlib
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archive.package import evidence, manifest, protocol, readme, simple
from archive.package.manifest import FileRole, ManifestEntry, ManifestParty
from archive.package.names import UniqueNames, safe_name, safe_stem
from archive.package.parts import EvidencePart, PackageParts, PartySide
from econtract.platform.common.moscow_time import MOSCOW

CHUNK_SIZE = 256 * 1024

# Makes the detached signature (DER) of our organisation's seal over the bytes.
Seal = Callable[[bytes], bytes]


@dataclass(frozen=True, kw_only=True)
class BuiltPackage:
    """A package on disk. ``file_name`` is the name for its download."""

    path: Path
    sha256: str
    size: int
    code: str


class DocumentChanged(ValueError):
    """The document on disk does not have the hash of the signed document."""


def write_copy(parts: PackageParts, target: Path) -> str:
    """Writes the copy with the marks of all signatures to ``target``; returns its SHA-256.

    It does not depend on the records that came after a simple signature: they have its hash.
    Raises pikepdf.PdfError when ``parts.pdf`` is not a valid PDF.
    """
    # Imported late: it costs 7 MB of memory, and only a worker needs it.
    from archive.stamp.stamping import write_stamped_copy
    from archive.stamp.stamps import build_simple_stamp, build_stamp

    number = parts.copy_number
    stamps = [build_stamp(signature, document_id=number) for signature in parts.signatures]
    if parts.simple:
        stamps.append(build_simple_stamp(parts.simple, parts.document_sha256))
    write_stamped_copy(source=parts.pdf, target=target, stamps=stamps, document_id=number)
    with target.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build_package(*, parts: PackageParts, target: Path, seal: Seal) -> BuiltPackage:
    """Writes the package to ``target``; ``seal`` signs its manifest and thereby every file.

    Two builds of the same parts differ in the seal alone, because a seal states its time. So the
    caller must store the first package and submit no other.

    Memory use does not grow with the document. Nothing is compressed: PDFs already are, and so
    the bytes do not depend on a library's version. Raises DocumentChanged when ``parts.pdf`` does
    not have the hash stated in the parts, pikepdf.PdfError when it is not a valid PDF, and what
    ``seal`` raises.
    """
    with zipfile.ZipFile(target, "w") as archive, tempfile.TemporaryDirectory() as work:
        _PackageWriter(archive, parts).write_all(Path(work), seal)
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return BuiltPackage(
        path=target,
        sha256=digest,
        size=target.stat().st_size,
        code=parts.code,
    )


class _PackageWriter:
    """Writes the files of one package into a ZIP, and collects their manifest entries."""

    def __init__(self, archive: zipfile.ZipFile, parts: PackageParts) -> None:
        self.archive = archive
        self.parts = parts
        self.stem = safe_stem(parts.file_name, default="Документ")
        self.names = UniqueNames()
        self.entries: list[ManifestEntry] = []
        self.evidence: list[tuple[EvidencePart, ManifestEntry]] = []

    def write_all(self, work: Path, seal: Seal) -> None:
        document = self._add_document()
        self._add_signatures(document)
        self._add_simple_signature(document)
        self._add_powers_of_attorney()
        self._add_copy(work / "copy.pdf")
        self._add_protocol()
        self._add_trust_roots()
        self._add_evidence(document)
        content = readme.render_readme(self.parts, self.entries, self.evidence)
        self._add_bytes(readme.NAME, content, FileRole.README)
        self._write_manifest(seal)

    def _add_document(self) -> str:
        with self.parts.pdf.open("rb") as file:
            entry = self._add_file(f"{self.stem}.pdf", file, FileRole.DOCUMENT)
        if entry.sha256 != self.parts.document_sha256:
            raise DocumentChanged("The document on disk is not the one that was signed.")
        return entry.name

    def _add_signatures(self, document: str) -> None:
        for signature in self.parts.signatures:
            name = f"{self.stem} (подпись {signature.side.genitive}).p7s"
            self._add_bytes(
                name,
                signature.der,
                FileRole.SIGNATURE,
                signature.side,
                signature.kind,
                document,
            )

    def _add_simple_signature(self, document: str) -> None:
        if part := self.parts.simple:
            self._add_bytes(
                simple.CHAIN_NAME,
                part.chain,
                FileRole.SIMPLE_SIGNATURE,
                PartySide.RECIPIENT,
                simple.KIND,
                document,
            )
            for text in part.texts:
                name = safe_name(f"{text.title}, версия {text.version}.txt", default="Текст.txt")
                self._add_bytes(f"{simple.FOLDER}/{name}", text.content, FileRole.ACCEPTED_TEXT)

    def _add_powers_of_attorney(self) -> None:
        for power in self.parts.powers:
            name = safe_name(power.file_name, default="МЧД.xml")
            entry = self._add_bytes(name, power.xml, FileRole.POWER_OF_ATTORNEY, power.side)
            role = FileRole.POWER_OF_ATTORNEY_SIGNATURE
            self._add_bytes(
                f"{entry.name}.sig", power.signature, role, power.side, signs=entry.name
            )

    def _add_copy(self, target: Path) -> None:
        if self.parts.copy is None:
            write_copy(self.parts, target)
        with (self.parts.copy or target).open("rb") as file:
            self._add_file(f"PDF/{self.stem} (с отметками).pdf", file, FileRole.STAMPED_COPY)

    def _add_protocol(self) -> None:
        content = protocol.render_protocol(parts=self.parts, files=tuple(self.entries))
        self._add_bytes("Протокол подписания.pdf", content, FileRole.PROTOCOL)

    def _add_trust_roots(self) -> None:
        if self.parts.trust_roots:
            name = "Корневые сертификаты.pem"
            self._add_bytes(name, self.parts.trust_roots, FileRole.TRUST_ROOTS)
        if self.parts.seal_roots:
            name = "Корневые сертификаты печати.pem"
            self._add_bytes(name, self.parts.seal_roots, FileRole.SEAL_ROOTS)

    def _add_evidence(self, document: str) -> None:
        for part in self.parts.evidence:
            entry = self._add_bytes(
                evidence.build_name(part, self.stem),
                part.content,
                part.role,
                part.side,
                signs=evidence.find_signed_file(part, document, self.entries),
            )
            self.evidence.append((part, entry))
        if evidence.uses_gost(self.parts):
            name, content = evidence.OPENSSL_CONFIG_NAME, evidence.OPENSSL_CONFIG
            self._add_bytes(name, content, FileRole.OPENSSL_CONFIG)

    def _write_manifest(self, seal: Seal) -> None:
        content = manifest.build_manifest(
            code=self.parts.code,
            verification_url=self.parts.verification_url,
            identifiers=asdict(self.parts.identifiers),
            parties=[
                ManifestParty(side=party.side, name=party.name, inn=party.inn)
                for party in self.parts.parties
            ],
            files=self.entries,
        )
        self._write_entry(manifest.NAME, [content])
        self._write_entry(manifest.SEAL_NAME, [seal(content)])

    def _add_bytes(
        self,
        name: str,
        content: bytes,
        role: FileRole,
        side: PartySide | None = None,
        kind: str | None = None,
        signs: str | None = None,
    ) -> ManifestEntry:
        return self._add_file(name, BytesIO(content), role, side, kind, signs)

    def _add_file(
        self,
        name: str,
        file: BinaryIO,
        role: FileRole,
        side: PartySide | None = None,
        kind: str | None = None,
        signs: str | None = None,
    ) -> ManifestEntry:
        """Adds the file under a unique name; returns its manifest entry."""
        unique_name = self.names.reserve(name)
        sha256, size = self._write_entry(unique_name, iter(lambda: file.read(CHUNK_SIZE), b""))
        entry = ManifestEntry(
            name=unique_name,
            role=role,
            sha256=sha256,
            size=size,
            side=side,
            kind=kind,
            signs=signs,
        )
        self.entries.append(entry)
        return entry

    def _write_entry(self, name: str, chunks: Iterable[bytes]) -> tuple[str, int]:
        """Writes a file into the ZIP; returns its SHA-256 and size."""
        digest, size = hashlib.sha256(), 0
        with self.archive.open(self._zip_info(name), "w") as entry:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        return digest.hexdigest(), size

    def _zip_info(self, name: str) -> zipfile.ZipInfo:
        moscow_time = self.parts.finished_at.astimezone(MOSCOW)
        info = zipfile.ZipInfo(name, moscow_time.timetuple()[:6])
        info.external_attr = 0o100644 << 16
        info.create_system = 3  # Unix, on whatever system the package is built
        return info
