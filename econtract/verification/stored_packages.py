"""What E-Contract itself keeps: a package by its code, and whether another is the same."""

from dataclasses import replace

from archive.files import storage
from archive.models import Package
from archive.package import manifest as manifests
from archive.package.manifest import Manifest, ManifestError
from econtract.verification.package_files import PackageFiles, UnreadablePackage
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import VerificationResult

DAMAGED = "Пакет в хранилище E-Contract поврежден."


def find_package(code: str) -> Package | None:
    """The package of that code, None when E-Contract has none."""
    return Package.objects.select_related("file").filter(code=code).first()


def verify_stored(package: Package, *, rules: VerificationPolicy) -> VerificationResult:
    """The check of a package as E-Contract keeps it."""
    try:
        with storage.open_file(package.file) as file:
            return verify_package(file, rules=rules)
    except (storage.StoredFileDamaged, storage.StoredFileWithheld):
        return VerificationResult(problems=(DAMAGED,))


def compare_with_stored(verdict: VerificationResult) -> tuple[VerificationResult, Package | None]:
    """The verdict on a package from outside, with what differs from the one of its code here.

    Signatures do not cover the stamped copy and the protocol; the package that we keep does.
    """
    package = find_package(verdict.manifest.code) if verdict.manifest else None
    kept = _manifest(package) if package else None
    if verdict.manifest is None or kept is None:
        return verdict, package
    ours = {entry.name: entry.sha256 for entry in kept.files}
    theirs = {entry.name: entry.sha256 for entry in verdict.manifest.files}
    differing = sorted(
        name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)
    )
    problems = [f"Файл «{name}» не тот, что хранит E-Contract." for name in differing]
    return replace(verdict, problems=(*verdict.problems, *problems)), package


def _manifest(package: Package) -> Manifest | None:
    try:
        with storage.open_file(package.file) as file:
            return manifests.parse_manifest(PackageFiles(file).read(manifests.NAME))
    except (
        storage.StoredFileDamaged,
        storage.StoredFileWithheld,
        UnreadablePackage,
        ManifestError,
        KeyError,
    ):
        return None
