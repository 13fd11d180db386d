"""Verifying the anchor of the day over the records of a simple signature. No database."""

from collections.abc import Mapping
from datetime import date

from archive.package import anchors
from econtract.verification.package_files import FileDigests, PackageFiles, UnreadablePackage
from econtract.verification.results import AnchorResult
from econtract.verification.seals import verify_seal
from edo.crypto import digests
from edo.evidence_chain.anchors import ProofUnreadable, parse_proof, read_anchor
from edo.evidence_chain.chains import ExportedChain
from edo.signing.timestamps import verify_stamp
from edo.signing.trust import TrustStore

MAX_SIZE = 20 * 1024 * 1024
PREFIX = "Заверение записей:"
INCOMPLETE = "в папке evidence/anchor нет файла с заверением, печатью или доказательством."


def verify_anchor(
    files: PackageFiles,
    readable: Mapping[str, FileDigests],
    chain: ExportedChain,
    *,
    sender_inn: str,
    seal_trust: TrustStore,
    trust: TrustStore,
) -> AnchorResult | None:
    """Whether a sealed anchor covers ``chain``, whose records are not changed; None without one.

    The seal must be that of the organisation with ``sender_inn``.
    """
    names = anchors.NAMES & set(files.names)
    if not names:
        return None
    if not {anchors.CONTENT_NAME, anchors.SEAL_NAME, anchors.PROOF_NAME} <= names & readable.keys():
        return AnchorResult(problems=(f"{PREFIX} {INCOMPLETE}",))
    try:
        content = files.read(anchors.CONTENT_NAME, limit=MAX_SIZE)
        seal = files.read(anchors.SEAL_NAME, limit=MAX_SIZE)
        day = date.fromisoformat(read_anchor(content).day)
        proof = parse_proof(files.read(anchors.PROOF_NAME, limit=MAX_SIZE))
        problem = proof.find_problem(content, chain)
    except (UnreadablePackage, ProofUnreadable) as error:
        return AnchorResult(problems=(f"{PREFIX} {error}",))
    except ValueError:
        return AnchorResult(problems=(f"{PREFIX} день заверения не читается.",))
    sealed = verify_seal(content, seal, trust=seal_trust, sender_inn=sender_inn)
    problems = [*([problem] if problem else []), *sealed.problems]
    stamped_at = None
    if anchors.STAMP_NAME in names & readable.keys():
        token = files.read(anchors.STAMP_NAME, limit=MAX_SIZE)
        stamp = verify_stamp(token, lambda name: digests.digest(name, seal), trust=trust)
        problems += [reason.text for reason in stamp.problems]
        # A stamp of an unknown service refutes nothing: it is not counted.
        stamped_at = stamp.stamped_at if stamp.is_valid else None
    return AnchorResult(
        day=day,
        stamped_at=stamped_at,
        problems=tuple(f"{PREFIX} {text}" for text in problems),
        doubts=tuple(f"{PREFIX} {text}" for text in sealed.doubts),
    )
