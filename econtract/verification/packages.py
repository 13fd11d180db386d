"""The check of a whole package (ZIP). No database, no settings."""

from typing import BinaryIO

from archive.package import manifest as manifests
from archive.package.manifest import FileRole, Manifest, ManifestEntry, ManifestError
from econtract.verification.package_files import DamagedFile, PackageFiles, UnreadablePackage
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    FileResult,
    PowerOfAttorneyResult,
    SignatureResult,
    VerificationResult,
)
from edo.powers import mchd_checks
from edo.powers.mchd_checks import PowerRequirements
from edo.signing import cms
from edo.signing.cms import SignatureReport

SIDES = {"sender": "отправителя", "recipient": "получателя"}


def verify_package(file: BinaryIO, *, rules: VerificationPolicy) -> VerificationResult:
    """Checks every file against the manifest, every signature, every power of attorney.

    Never raises on hostile input: what cannot be judged does not hold, and the verdict says why.
    """
    try:
        files = PackageFiles(file)
        if manifests.NAME not in files.names:
            raise UnreadablePackage("В архиве нет описи manifest.json: это не пакет E-Contract.")
        manifest = manifests.parse_manifest(files.read(manifests.NAME))
        return _Examination(files, manifest, rules).verdict()
    except (UnreadablePackage, ManifestError) as error:
        return VerificationResult(problems=(str(error),))


class _Examination:
    """One package being checked."""

    def __init__(self, files: PackageFiles, manifest: Manifest, rules: VerificationPolicy) -> None:
        self.files = files
        self.manifest = manifest
        self.rules = rules
        self.inn = {party.side: party.inn for party in manifest.parties}
        self.hashes: dict[str, tuple[str, int]] = {}
        self.damaged: dict[str, str] = {}
        for name in files.names:
            self._hash(name)

    def verdict(self) -> VerificationResult:
        signatures = self._of(FileRole.SIGNATURE)
        reports = {entry.name: self._report(entry) for entry in signatures}
        powers = [self._power(entry, reports) for entry in self._of(FileRole.POWER_OF_ATTORNEY)]
        entrusted = {power.side for power in powers if not power.problems}
        return VerificationResult(
            files=(*map(self._file, self.manifest.files), *self._added_files()),
            signatures=tuple(
                self._signature(entry, reports[entry.name], entrusted) for entry in signatures
            ),
            powers=tuple(powers),
            problems=tuple(self._shape_problems()),
            manifest=self.manifest,
        )

    def _hash(self, name: str) -> None:
        try:
            self.hashes[name] = self.files.digest(name)
        except DamagedFile as error:
            self.damaged[name] = str(error)

    def _of(self, role: FileRole) -> list[ManifestEntry]:
        return [entry for entry in self.manifest.files if entry.role == role]

    # --- Files -------------------------------------------------------------------------------

    def _file(self, entry: ManifestEntry) -> FileResult:
        sha256, size = self.hashes.get(entry.name, ("", 0))
        problem = ""
        if not sha256:
            problem = self.damaged.get(entry.name, "Файла нет в архиве.")
        elif (sha256, size) != (entry.sha256, entry.size):
            problem = "Файл изменен: контрольная сумма не та, что в описи."
        return FileResult(
            name=entry.name,
            role=entry.role.label,
            sha256=sha256,
            expected_sha256=entry.sha256,
            problem=problem,
        )

    def _added_files(self) -> list[FileResult]:
        stated = {manifests.NAME, *(entry.name for entry in self.manifest.files)}
        return [
            FileResult(
                name=name,
                role="",
                sha256=self.hashes.get(name, ("", 0))[0],
                problem="Файла нет в описи: его добавили в архив.",
            )
            for name in self.files.names
            if name not in stated
        ]

    def _shape_problems(self) -> list[str]:
        """One document and one signature of each side over it."""
        problems = []
        documents = [entry.name for entry in self._of(FileRole.DOCUMENT)]
        signatures = self._of(FileRole.SIGNATURE)
        if len(documents) != 1:
            problems.append("В пакете должен быть ровно один подписанный документ.")
        if {entry.signs for entry in signatures} - set(documents):
            problems.append("В пакете есть подпись не над подписанным документом.")
        for side, word in SIDES.items():
            if [entry.side for entry in signatures].count(side) != 1:
                problems.append(f"В пакете должна быть ровно одна подпись {word}.")
            if not self.inn.get(side):
                problems.append(f"В описи не назван ИНН {word}.")
        return problems

    # --- Signatures --------------------------------------------------------------------------

    def _report(self, entry: ManifestEntry) -> SignatureReport | None:
        """The signature against the document as it lies in the archive."""
        if {entry.name, entry.signs} - self.hashes.keys():
            return None
        digest = bytes.fromhex(self.hashes[entry.signs or ""][0])
        return cms.verify_digest(self.files.read(entry.name), digest, trust=self.rules.trust)

    def _signature(
        self, entry: ManifestEntry, report: SignatureReport | None, entrusted: set[str]
    ) -> SignatureResult:
        side = entry.side or ""
        if report is None:
            problems = ["Подпись не с чем сверить: ее или документа нет в архиве."]
        else:
            problems = [problem.text for problem in report.problems]
            problems += self._owner_problems(report, side, entrusted)
        return SignatureResult(
            name=entry.name,
            over=entry.signs or "",
            side=side,
            report=report,
            problems=tuple(problems),
        )

    def _owner_problems(self, report: SignatureReport, side: str, entrusted: set[str]) -> list[str]:
        """The certificate is the party's own, or a power of attorney stands between the two."""
        inn = self.inn.get(side, "")
        if not report.certificate or report.certificate.belongs_to(inn) or side in entrusted:
            return []
        return [f"Сертификат не принадлежит организации с ИНН {inn}, и доверенности от нее нет."]

    # --- Powers of attorney ------------------------------------------------------------------

    def _power(
        self, entry: ManifestEntry, reports: dict[str, SignatureReport | None]
    ) -> PowerOfAttorneyResult:
        side = entry.side or ""
        own = next((one for one in self.manifest.files if one.signs == entry.name), None)
        used = [reports[one.name] for one in self._of(FileRole.SIGNATURE) if one.side == side]
        signer = used[0] if used else None
        if own is None or {entry.name, own.name} - self.hashes.keys():
            problem = "Доверенности или подписи доверителя под ней нет в архиве."
        elif signer is None or signer.certificate is None or signer.signed_at is None:
            problem = "Неизвестно, кто и когда подписал по этой доверенности."
        else:
            report = mchd_checks.verify(
                self.files.read(entry.name),
                self.files.read(own.name),
                requirements=PowerRequirements(
                    principal_inn=self.inn.get(side, ""),
                    representative=signer.certificate,
                    schema=self.rules.mchd_schema,
                ),
                trust=self.rules.trust,
                at=signer.signed_at,
            )
            found = tuple(problem.text for problem in report.problems)
            return PowerOfAttorneyResult(name=entry.name, side=side, report=report, problems=found)
        return PowerOfAttorneyResult(name=entry.name, side=side, report=None, problems=(problem,))
