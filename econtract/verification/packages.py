"""Verifying a whole package (ZIP). Needs no database and no settings."""

from typing import BinaryIO

from archive.package import anchors
from archive.package.manifest import (
    NAME,
    SEAL_NAME,
    FileRole,
    Manifest,
    ManifestEntry,
    ManifestError,
    parse_manifest,
)
from econtract.verification.anchors import verify_anchor
from econtract.verification.evidence import PackageEvidence, find_protocol_problem
from econtract.verification.judging import JudgedSignature, judge_signature
from econtract.verification.package_files import (
    DamagedFile,
    FileDigests,
    PackageFiles,
    UnreadablePackage,
)
from econtract.verification.package_timestamps import verify_timestamps
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import (
    AnchorResult,
    FileResult,
    PowerOfAttorneyResult,
    SealResult,
    SignatureResult,
    VerificationResult,
)
from econtract.verification.seals import verify_seal
from econtract.verification.simple import verify_simple
from econtract.verification.stamped_copies import find_copy_difference
from econtract.verification.structure import find_structure_problems
from edo.crypto.digests import DOCUMENT_DIGESTS
from edo.evidence_chain.chains import ExportedChain
from edo.powers import mchd_checks
from edo.powers.mchd_checks import PowerRequirements
from edo.signing.cms_parsing import to_der
from edo.signing.report import SignatureReport


def verify_package(file: BinaryIO, *, policy: VerificationPolicy) -> VerificationResult:
    """Verifies the seal, every file against the manifest, every signature and power of attorney.

    Never raises on hostile input: what cannot be verified is a problem of the result.
    """
    try:
        files = PackageFiles(file)
        if NAME not in files.names:
            raise UnreadablePackage("В архиве нет описи manifest.json: это не пакет E-Contract.")
        manifest = parse_manifest(files.read(NAME))
        return _PackageVerification(files, manifest, policy).run()
    except (UnreadablePackage, ManifestError) as error:
        return VerificationResult(problems=(str(error),))


class _PackageVerification:
    """The verification of one package."""

    def __init__(self, files: PackageFiles, manifest: Manifest, policy: VerificationPolicy) -> None:
        self.files = files
        self.manifest = manifest
        self.policy = policy
        self.simple_entries = self._entries(FileRole.SIMPLE_SIGNATURE)
        self.inns = {party.side: party.inn for party in manifest.parties}
        self.signed_names = {entry.signs for entry in manifest.files if entry.signs}
        self.digests: dict[str, FileDigests] = {}
        self.errors: dict[str, str] = {}
        self.has_unknown_copy = False
        for name in files.names:
            self._read_digest(name)
        self.evidence = PackageEvidence(files, manifest, list(self.digests))
        self.trust = self.evidence.extend_trust(policy.trust)
        self.seal_trust = self.evidence.extend_trust(policy.seal_trust or policy.trust)
        self.timestamps = verify_timestamps(files, self.digests, self.trust)
        self.seal = self._verify_seal()

    def run(self) -> VerificationResult:
        signatures = self._entries(FileRole.SIGNATURE)
        judged = {entry.name: self._verify_cms(entry) for entry in signatures}
        powers = [
            self._verify_power(entry, judged) for entry in self._entries(FileRole.POWER_OF_ATTORNEY)
        ]
        sides_with_power = {
            power.side for power in powers if not power.problems and not power.doubts
        }
        return VerificationResult(
            files=(*map(self._verify_file, self.manifest.files), *self._find_unlisted_files()),
            signatures=tuple(
                self._verify_signature(entry, judged[entry.name], sides_with_power)
                for entry in signatures
            ),
            simple_signatures=tuple(
                verify_simple(
                    self.files, entry, self.manifest, self.digests, self.seal, self._verify_anchor
                )
                for entry in self.simple_entries
            ),
            powers=tuple(powers),
            seal=self.seal,
            has_unknown_copy=self.has_unknown_copy,
            timestamps=self.timestamps.results,
            missing_evidence=self.evidence.read_missing(),
            problems=tuple(find_structure_problems(self.manifest, self.files.names)),
            manifest=self.manifest,
        )

    def _read_digest(self, name: str) -> None:
        try:
            algorithms = DOCUMENT_DIGESTS if name in self.signed_names else ("sha256",)
            self.digests[name] = self.files.digest(name, algorithms)
        except DamagedFile as error:
            self.errors[name] = str(error)

    def _entries(self, role: FileRole) -> list[ManifestEntry]:
        return [entry for entry in self.manifest.files if entry.role == role]

    def _read_signature(self, name: str) -> bytes:
        return to_der(self.files.read(name))

    # --- Files -------------------------------------------------------------------------------

    def _verify_file(self, entry: ManifestEntry) -> FileResult:
        digests = self.digests.get(entry.name)
        problem = ""
        if digests is None:
            problem = self.errors.get(entry.name, "Файла нет в архиве.")
        elif (digests.sha256, digests.size) != (entry.sha256, entry.size):
            problem = "Файл изменен: контрольная сумма не та, что в описи."
        elif entry.role == FileRole.STAMPED_COPY and not (self.seal and self.seal.is_good):
            problem = self._compare_copy(entry)
        elif entry.role == FileRole.OPERATOR_PROTOCOL_SIGNATURE and entry.signs in self.digests:
            problem = find_protocol_problem(
                self.files.read(entry.name), self.digests[entry.signs or ""]
            )
        return FileResult(
            name=entry.name,
            role=entry.role.label,
            sha256=digests.sha256 if digests else "",
            expected_sha256=entry.sha256,
            problem=problem,
        )

    def _compare_copy(self, copy: ManifestEntry) -> str:
        """The problem of a stamped copy that no seal protects: it shows another document."""
        documents = self._entries(FileRole.DOCUMENT)
        page = None
        if documents and documents[0].name in self.digests:
            page = find_copy_difference(self.files, documents[0].name, copy.name)
        self.has_unknown_copy = page is None
        return f"Копия показывает не то, что документ: страница {page}." if page else ""

    def _find_unlisted_files(self) -> list[FileResult]:
        manifest_names = {NAME, SEAL_NAME, *(entry.name for entry in self.manifest.files)}
        manifest_names |= self.timestamps.covered
        if self.simple_entries:
            manifest_names |= anchors.NAMES
        return [
            FileResult(
                name=name,
                role="",
                sha256=self.digests[name].sha256 if name in self.digests else "",
                problem="Файла нет в описи: его добавили в архив.",
            )
            for name in self.files.names
            if name not in manifest_names
        ]

    def _verify_anchor(self, chain: ExportedChain) -> AnchorResult | None:
        return verify_anchor(
            self.files,
            self.digests,
            chain,
            sender_inn=self.inns.get("sender", ""),
            seal_trust=self.seal_trust,
            trust=self.trust,
        )

    # --- Seal --------------------------------------------------------------------------------

    def _verify_seal(self) -> SealResult | None:
        """None if there is no seal."""
        if SEAL_NAME not in self.files.names:
            return None
        return verify_seal(
            self.files.read(NAME),
            self.files.read(SEAL_NAME),
            trust=self.seal_trust,
            sender_inn=self.inns.get("sender", ""),
        )

    # --- Signatures --------------------------------------------------------------------------

    def _verify_cms(self, entry: ManifestEntry) -> JudgedSignature | None:
        """Verifies the signature against the actual document; None if one of them is missing."""
        if {entry.name, entry.signs} - self.digests.keys():
            return None
        return judge_signature(
            self._read_signature(entry.name),
            self.digests[entry.signs or ""].values,
            side=entry.side or "",
            evidence=self.evidence,
            manifest_at=self.timestamps.proven_at,
            trust=self.trust,
        )

    def _verify_signature(
        self, entry: ManifestEntry, judged: JudgedSignature | None, sides_with_power: set[str]
    ) -> SignatureResult:
        side = entry.side or ""
        if judged is None:
            problems = ["Подпись не с чем сверить: ее или документа нет в архиве."]
        else:
            problems = [problem.text for problem in judged.report.problems]
            problems += judged.stamp_problems
            problems += self._find_owner_problems(judged.report, side, sides_with_power)
        return SignatureResult(
            name=entry.name,
            signed_file=entry.signs or "",
            side=side,
            report=judged.report if judged else None,
            problems=tuple(problems),
            doubts=tuple(doubt.text for doubt in judged.report.doubts) if judged else (),
            judged_at=judged.judged_at if judged else None,
            has_later_revocation=judged is not None and judged.has_later_revocation,
        )

    def _find_owner_problems(
        self, report: SignatureReport, side: str, sides_with_power: set[str]
    ) -> list[str]:
        """The certificate must be the party's own, or there must be a power of attorney for it."""
        inn = self.inns.get(side, "")
        certificate = report.certificate
        if certificate and certificate.is_seal:
            return ["Это печать организации, а не подпись человека."]
        if not certificate or certificate.belongs_to(inn) or side in sides_with_power:
            return []
        return [f"Сертификат не принадлежит организации с ИНН {inn}, и доверенности от нее нет."]

    # --- Powers of attorney ------------------------------------------------------------------

    def _verify_power(
        self, entry: ManifestEntry, signatures: dict[str, JudgedSignature | None]
    ) -> PowerOfAttorneyResult:
        side = entry.side or ""
        signature = next((file for file in self.manifest.files if file.signs == entry.name), None)
        signers = [
            judged.report
            for file in self._entries(FileRole.SIGNATURE)
            if file.side == side and (judged := signatures[file.name])
        ]
        signer = signers[0] if signers else None
        if signature is None or {entry.name, signature.name} - self.digests.keys():
            problem = "Доверенности или подписи доверителя под ней нет в архиве."
        elif signer is None or signer.certificate is None or signer.signed_at is None:
            problem = "Неизвестно, кто и когда подписал по этой доверенности."
        else:
            report = mchd_checks.verify(
                self.files.read(entry.name),
                self._read_signature(signature.name),
                requirements=PowerRequirements(
                    principal_inn=self.inns.get(side, ""),
                    representative=signer.certificate,
                    schema=self.policy.mchd_schema,
                ),
                trust=self.trust,
                at=signer.signed_at,
            )
            return PowerOfAttorneyResult(
                name=entry.name,
                side=side,
                report=report,
                problems=tuple(problem.text for problem in report.problems),
                doubts=tuple(doubt.text for doubt in report.doubts),
            )
        return PowerOfAttorneyResult(name=entry.name, side=side, report=None, problems=(problem,))
