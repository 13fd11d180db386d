"""Verifying a simple signature of a package: the records, their order, the texts. No database."""

from collections.abc import Callable, Collection, Mapping, Sequence

from archive.package.manifest import FileRole, Manifest, ManifestEntry
from econtract.verification.package_files import FileDigests, PackageFiles, UnreadablePackage
from econtract.verification.results import AnchorResult, SealResult, SimpleSignatureResult
from edo.evidence_chain.chains import ChainUnreadable, ExportedChain, find_problems, parse_chain
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.order import find_order_problems
from edo.evidence_chain.warnings import find_warnings

# A document of some thousand pages has a record for each.
MAX_CHAIN_SIZE = 20 * 1024 * 1024
NO_SEAL = "Печать пакета не проверена, а без нее записи о подписании ничего не доказывают."


def verify_simple(
    files: PackageFiles,
    entry: ManifestEntry,
    manifest: Manifest,
    digests: Mapping[str, FileDigests],
    seal: SealResult | None,
    check_anchor: Callable[[ExportedChain], AnchorResult | None],
) -> SimpleSignatureResult:
    """Verifies the records in the file ``entry``; ``digests`` are those of the actual files.

    Only the seal shows that the records are ours and that none was cut off at the end.
    ``check_anchor`` is called with records that are not changed.
    """
    document = digests.get(entry.signs or "")
    names = [text.name for text in manifest.files if text.role == FileRole.ACCEPTED_TEXT]
    texts_sha256 = {digests[name].sha256 for name in names if name in digests}
    try:
        chain = parse_chain(files.read(entry.name, limit=MAX_CHAIN_SIZE))
    except (ChainUnreadable, UnreadablePackage, KeyError) as error:
        text = str(error) if isinstance(error, ValueError) else "Записей о подписании нет в архиве."
        return SimpleSignatureResult(name=entry.name, side=entry.side or "", problems=(text,))
    problems = find_problems(chain)
    problems += find_order_problems(chain, document_sha256=document.sha256 if document else "")
    problems += _find_text_problems(chain, texts_sha256)
    copies = [copy.name for copy in manifest.files if copy.role == FileRole.STAMPED_COPY]
    copies_sha256 = [digests[name].sha256 for name in copies if name in digests]
    problems += _find_copy_problems(chain, copies_sha256)
    if seal is None or not seal.is_good:
        problems.append(NO_SEAL)
    signed = chain.find(RecordKind.SIGNED)
    is_whole = not find_problems(chain)
    anchor = check_anchor(chain) if is_whole else None
    problems += anchor.problems if anchor else ()
    return SimpleSignatureResult(
        name=entry.name,
        side=entry.side or "",
        problems=tuple(dict.fromkeys(problems)),
        owner=_read_value(chain, "name") if is_whole else "",
        phone=_read_masked_phone(chain) if is_whole else "",
        signed_at=signed[0].moment if signed and is_whole else None,
        record_number=signed[0].number if signed and is_whole else None,
        head=chain.head,
        warnings=tuple(item.text for item in find_warnings(chain)) if is_whole else (),
        anchor=anchor,
        doubts=anchor.doubts if anchor else (),
    )


def _find_text_problems(chain: ExportedChain, texts_sha256: Collection[str]) -> list[str]:
    accepted = chain.find(RecordKind.AGREEMENT_ACCEPTED, RecordKind.CONSENT_ACCEPTED)
    if all(record.facts.get("text_sha256") in texts_sha256 for record in accepted):
        return []
    return ["К пакету не приложен текст, который принял клиент."]


def _find_copy_problems(chain: ExportedChain, copies_sha256: Sequence[str]) -> list[str]:
    """The last record of a copy with the mark must be about the one in the package."""
    marks = [record.facts.get("copy_sha256") for record in chain.find(RecordKind.MARK_MADE)]
    if marks[-1:] == list(copies_sha256):
        return []
    return ["Копия с отметкой о подписи не та, что названа в записях."]


def _read_masked_phone(chain: ExportedChain) -> str:
    records = chain.find(RecordKind.NUMBER_BOUND)
    return str(records[-1].facts.get("phone_masked", "")) if records else ""


def _read_value(chain: ExportedChain, name: str) -> str:
    records = chain.find(RecordKind.PERSON_IDENTIFIED, RecordKind.NUMBER_BOUND)
    return next((record.value(name) for record in records if record.value(name)), "")
