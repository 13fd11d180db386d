"""The packages that E-Contract stores: finding, verifying and comparing them."""

from dataclasses import replace

from archive.files import storage
from archive.models import Package
from archive.package.manifest import NAME, Manifest, ManifestError, parse_manifest
from econtract.verification.package_files import PackageFiles, UnreadablePackage
from econtract.verification.packages import verify_package
from econtract.verification.policy import VerificationPolicy
from econtract.verification.results import VerificationResult

DAMAGED = "Пакет в хранилище E-Contract поврежден."


def find_package(code: str) -> Package | None:
    """The stored package with that code; None if there is none."""
    return Package.objects.select_related("file").filter(code=code).first()


def verify_stored(package: Package, *, policy: VerificationPolicy) -> VerificationResult:
    """Verifies the stored package itself."""
    try:
        with storage.open_file(package.download_file) as file:
            return verify_package(file, policy=policy)
    except (storage.StoredFileDamaged, storage.StoredFileWithheld):
        return VerificationResult(problems=(DAMAGED,))


def compare_with_stored(result: VerificationResult) -> tuple[VerificationResult, Package | None]:
    """Compares a verified package with the stored one of the same code.

    Returns the result with an additional problem for each file that differs, and the stored
    package. The comparison protects packages without a seal: the signatures do not cover the
    stamped copy, the protocol and the manifest.
    """
    package = find_package(result.manifest.code) if result.manifest else None
    stored_manifest = _read_manifest(package) if package else None
    if result.manifest is None or stored_manifest is None:
        return result, package
    ours = {entry.name: entry.sha256 for entry in stored_manifest.files}
    theirs = {entry.name: entry.sha256 for entry in result.manifest.files}
    different = sorted(
        name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name)
    )
    problems = [f"Файл «{name}» не тот, что хранит E-Contract." for name in different]
    if not problems and stored_manifest != result.manifest:
        problems = ["Опись пакета не та, что хранит E-Contract."]
    return replace(result, problems=(*result.problems, *problems)), package


def _read_manifest(package: Package) -> Manifest | None:
    """The stored package's manifest; None if it cannot be read."""
    try:
        with storage.open_file(package.file) as file:
            return parse_manifest(PackageFiles(file).read(NAME))
    except (
        storage.StoredFileDamaged,
        storage.StoredFileWithheld,
        UnreadablePackage,
        ManifestError,
        KeyError,
    ):
        return None
