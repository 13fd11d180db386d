"""Builds the ZIP: file after file from disk to disk, the same bytes for the same parts."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from archive.package import manifest, protocol, readme
from archive.package.manifest import FileRole, ManifestEntry, ManifestParty
from archive.package.names import UniqueNames, safe_name, safe_stem
from archive.package.parts import PackageParts, PartySide
from econtract.platform.common.moscow_time import MOSCOW

CHUNK = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class BuiltPackage:
    """A package on disk: the name to offer it by, its hash and size, and its code."""

    path: Path
    file_name: str
    sha256: str
    size: int
    code: str


class DocumentChanged(ValueError):
    """The document on disk is not the one that was signed."""


def build_package(*, parts: PackageParts, target: Path) -> BuiltPackage:
    """Writes the package to ``target``.

    Memory does not grow with the document. Nothing is compressed: PDFs are already, and so the
    bytes depend on no library's version. Raises DocumentChanged when ``parts.pdf`` does not have
    the hash stated in the parts, pikepdf.PdfError when it is not a sound PDF.
    """
    with zipfile.ZipFile(target, "w") as archive, tempfile.TemporaryDirectory() as work:
        _Writer(archive, parts).write_all(Path(work))
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return BuiltPackage(
        path=target,
        file_name=f"{safe_stem(parts.file_name, default='Документ')} (подписан).zip",
        sha256=digest,
        size=target.stat().st_size,
        code=parts.code,
    )


class _Writer:
    """One package on its way into a ZIP, with what its manifest will say."""

    def __init__(self, archive: zipfile.ZipFile, parts: PackageParts) -> None:
        self.archive = archive
        self.parts = parts
        self.stem = safe_stem(parts.file_name, default="Документ")
        self.names = UniqueNames()
        self.entries: list[ManifestEntry] = []

    def write_all(self, work: Path) -> None:
        document = self._document()
        self._signatures(document)
        self._powers()
        self._stamped_copy(work / "stamped.pdf")
        self._protocol()
        self._trust_roots()
        self._bytes(readme.NAME, readme.render_readme(self.parts, self.entries), FileRole.README)
        self._manifest()

    def _document(self) -> str:
        with self.parts.pdf.open("rb") as file:
            entry = self._add(f"{self.stem}.pdf", file, FileRole.DOCUMENT)
        if entry.sha256 != self.parts.document_sha256:
            raise DocumentChanged("The document on disk is not the one that was signed.")
        return entry.name

    def _signatures(self, document: str) -> None:
        for item in self.parts.signatures:
            name = f"{self.stem} (подпись {item.side.genitive}).p7s"
            self._bytes(name, item.der, FileRole.SIGNATURE, item.side, item.kind, document)

    def _powers(self) -> None:
        for item in self.parts.powers:
            name = safe_name(item.file_name, default="МЧД.xml")
            power = self._bytes(name, item.xml, FileRole.POWER_OF_ATTORNEY, item.side)
            role = FileRole.POWER_OF_ATTORNEY_SIGNATURE
            self._bytes(f"{power.name}.sig", item.signature, role, item.side, signs=power.name)

    def _stamped_copy(self, copy: Path) -> None:
        # Seven megabytes of every process, for what only a worker does.
        from archive.stamp.stamping import stamp_of, write_stamped_copy

        document_id = self.parts.identifiers.document_id
        marks = [stamp_of(item, document_id=document_id) for item in self.parts.signatures]
        write_stamped_copy(source=self.parts.pdf, target=copy, marks=marks)
        with copy.open("rb") as file:
            self._add(f"PDF/{self.stem} (с отметками).pdf", file, FileRole.STAMPED_COPY)

    def _protocol(self) -> None:
        content = protocol.render_protocol(parts=self.parts, files=tuple(self.entries))
        self._bytes("Протокол подписания.pdf", content, FileRole.PROTOCOL)

    def _trust_roots(self) -> None:
        if self.parts.trust_roots:
            self._bytes("Корневые сертификаты.pem", self.parts.trust_roots, FileRole.TRUST_ROOTS)

    def _manifest(self) -> None:
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
        self._store(manifest.NAME, iter([content]))

    def _bytes(
        self,
        name: str,
        content: bytes,
        role: FileRole,
        side: PartySide | None = None,
        kind: str | None = None,
        signs: str | None = None,
    ) -> ManifestEntry:
        return self._add(name, BytesIO(content), role, side, kind, signs)

    def _add(
        self,
        name: str,
        file: BinaryIO,
        role: FileRole,
        side: PartySide | None = None,
        kind: str | None = None,
        signs: str | None = None,
    ) -> ManifestEntry:
        unique = self.names.take(name)
        digest, size = self._store(unique, iter(lambda: file.read(CHUNK), b""))
        entry = ManifestEntry(
            name=unique, role=role, sha256=digest, size=size, side=side, kind=kind, signs=signs
        )
        self.entries.append(entry)
        return entry

    def _store(self, name: str, chunks: Iterable[bytes]) -> tuple[str, int]:
        digest, size = hashlib.sha256(), 0
        with self.archive.open(self._info(name), "w") as entry:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                entry.write(chunk)
        return digest.hexdigest(), size

    def _info(self, name: str) -> zipfile.ZipInfo:
        local = self.parts.finished_at.astimezone(MOSCOW)
        info = zipfile.ZipInfo(name, local.timetuple()[:6])
        info.external_attr = 0o100644 << 16
        info.create_system = 3  # the same on whatever system the package is built
        return info
