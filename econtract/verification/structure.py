"""Whether a manifest describes a whole package. No database."""

from collections.abc import Collection

from archive.package.manifest import SEAL_NAME, FileRole, Manifest, ManifestEntry, derive_code

SIDES_GENITIVE = {"sender": "отправителя", "recipient": "получателя"}


def find_structure_problems(manifest: Manifest, names: Collection[str]) -> list[str]:
    """There must be one document, one signature of it by each side, and the promised seal.

    ``names`` are those of the files in the archive.
    """
    problems = []
    if manifest.must_be_sealed and SEAL_NAME not in names:
        problems.append(f"Печати (файл {SEAL_NAME}) в пакете нет, а опись сделана с печатью.")
    documents = _find_entries(manifest, FileRole.DOCUMENT)
    signatures = _find_entries(manifest, FileRole.SIGNATURE, FileRole.SIMPLE_SIGNATURE)
    if not _has_right_code(manifest, documents, signatures):
        problems.append("Код проверки в описи принадлежит другому документу или подписям.")
    if len(documents) != 1:
        problems.append("В пакете должен быть ровно один подписанный документ.")
    if {entry.signs for entry in signatures} - {entry.name for entry in documents}:
        problems.append("В пакете есть подпись не над подписанным документом.")
    inns = {party.side: party.inn for party in manifest.parties}
    for side, genitive in SIDES_GENITIVE.items():
        if [entry.side for entry in signatures].count(side) != 1:
            problems.append(f"В пакете должна быть ровно одна подпись {genitive}.")
        if not inns.get(side):
            problems.append(f"В описи не назван ИНН {genitive}.")
    return problems


def _has_right_code(
    manifest: Manifest, documents: list[ManifestEntry], signatures: list[ManifestEntry]
) -> bool:
    hashes = [entry.sha256 for entry in signatures]
    try:
        return bool(documents) and manifest.code == derive_code(documents[0].sha256, hashes)
    except ValueError:
        return False


def _find_entries(manifest: Manifest, *roles: FileRole) -> list[ManifestEntry]:
    """The entries with these roles, in the order of the roles."""
    return [entry for role in roles for entry in manifest.files if entry.role == role]
