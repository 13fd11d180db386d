"""What proves that a document was signed by SMS, for the package."""

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from clients.models.formats import mask_phone
from econtract.platform.outbox.leases import fenced_transaction
from edo import anchors, records
from edo.archive_timestamps import collect_certificates
from edo.channels.cms_evidence import build_power_evidence, build_signature_evidence
from edo.channels.evidence import (
    AcceptedTextEvidence,
    AnchorEvidence,
    EvidenceAttempt,
    EvidenceContent,
    SenderEvidence,
    SignatureEvidence,
    SigningEvidence,
    SigningSide,
    SimpleSignatureEvidence,
)
from edo.channels.simple import links
from edo.channels.simple.course import (
    describe_method,
    describe_records,
    find_devices,
    find_messages,
)
from edo.evidence_chain.chains import ExportedChain, find_problems
from edo.evidence_chain.kinds import RecordKind
from edo.evidence_chain.order import find_order_problems
from edo.evidence_chain.warnings import find_warnings
from edo.models import AgreementText, SimpleSigning
from edo.powers import mchd
from edo.signing import cms
from edo.signing.trust import TrustStore
from edo.trust.store import load_trust_store

# Packages are handed on and cannot be erased: the whole number is opened to courts alone.
WITHHELD_VALUE = "phone"


def collect_evidence(signing: SimpleSigning) -> SigningEvidence:
    """The evidence of a SIGNED signing, from stored data only.

    Raises ValueError for a signing in another state, and for records that do not pass our own
    check: no package is made of them. Raises Unavailable when the trusted roots cannot be read.
    """
    power = signing.power_of_attorney
    if signing.state != SimpleSigning.State.SIGNED or power is None:
        raise ValueError("Only a signed signing has evidence.")
    trust = load_trust_store()
    data = mchd.parse(bytes(power.xml))
    principal = data.principal
    return SigningEvidence(
        document_sha256=signing.document_sha256,
        sender=SenderEvidence(
            name=principal.name, inn=principal.inn, kpp=principal.kpp, ogrn=principal.ogrn
        ),
        signatures=(_build_signature(signing, str(data.registration_number), trust),),
        powers_of_attorney=(
            build_power_evidence(
                SigningSide.SENDER, data, bytes(power.xml), bytes(power.signature), trust
            ),
        ),
        trust_roots=Path(settings.EDO_TRUST_ROOTS).read_bytes(),
        simple=_build_simple(signing),
    )


def record_copy(signing: SimpleSigning, sha256: str) -> None:
    """Record the copy with the mark, and keep for the card what is remarkable about the signing.

    A copy with another hash, as another version of a library makes it after a crash, gets a record
    of its own: the last one counts.
    """
    with fenced_transaction():
        links.lock_signing(signing)
        chain = records.export_chain(signing, with_values=False)
        known = [record.facts.get("copy_sha256") for record in chain.find(RecordKind.MARK_MADE)]
        if known[-1:] != [sha256]:
            records.append(signing, RecordKind.MARK_MADE, facts={"copy_sha256": sha256})
        warnings = [warning.text for warning in find_warnings(chain)]
        SimpleSigning.objects.filter(pk=signing.pk).update(warnings=warnings)


def find_anchor(signing: SimpleSigning) -> AnchorEvidence | None:
    """The first anchor over the signature, with its proof; None while there is none."""
    found = anchors.find_proof(signing)
    if found is None:
        return None
    anchor, proof = found
    stamp = bytes(anchor.timestamp or b"")
    return AnchorEvidence(
        content=anchors.build_content(anchor),
        seal=bytes(anchor.signature),
        proof=proof.to_json(),
        made_at=anchor.created_at,
        stamp=stamp,
        certificates=collect_certificates(stamp, anchor.created_at) if stamp else b"",
    )


def fetch_evidence(signing: SimpleSigning, known: Sequence[EvidenceContent]) -> EvidenceAttempt:
    """Nothing outside knows more of a simple signature than its own records.

    Raises ValueError for a signing that is not SIGNED.
    """
    if signing.state != SimpleSigning.State.SIGNED:
        raise ValueError("Only a signed signing has evidence.")
    return EvidenceAttempt(files=tuple(known))


def _build_simple(signing: SimpleSigning) -> SimpleSignatureEvidence:
    chain = records.export_chain(signing, with_values=True)
    problems = find_problems(chain)
    problems += find_order_problems(chain, document_sha256=signing.document_sha256)
    if problems:
        raise ValueError(f"The records of a signing do not pass: {len(problems)} problems.")
    signed = chain.find(RecordKind.SIGNED)[0]
    zones = [record.value("time_zone") for record in chain.records if record.value("time_zone")]
    return SimpleSignatureEvidence(
        signing_id=chain.id,
        chain=chain.without_value(WITHHELD_VALUE).to_json(),
        owner=signing.signer.full_name,
        masked_phone=mask_phone(signing.signer.phone),
        inn=signing.client_inn,
        signed_at=signed.moment,
        time_zone=zones[-1] if zones else "",
        record_number=signed.number,
        head=chain.head,
        identification=describe_method(chain.find(RecordKind.PERSON_IDENTIFIED)[-1]),
        texts=_find_texts(chain),
        records=describe_records(chain),
        messages=find_messages(chain),
        devices=find_devices(chain),
        warnings=tuple(item.text for item in find_warnings(chain)),
    )


def _find_texts(chain: ExportedChain) -> tuple[AcceptedTextEvidence, ...]:
    accepted = chain.find(RecordKind.AGREEMENT_ACCEPTED, RecordKind.CONSENT_ACCEPTED)
    hashes = {record.facts.get("text_sha256") for record in accepted}
    return tuple(
        AcceptedTextEvidence(
            title=text.get_kind_display(), version=text.version, content=text.text.encode()
        )
        for text in AgreementText.objects.filter(sha256__in=hashes).order_by("kind", "version")
    )


def _build_signature(
    signing: SimpleSigning, power_number: str, trust: TrustStore
) -> SignatureEvidence:
    content = bytes(signing.sender_signature or b"")
    digests = {"sha256": bytes.fromhex(signing.document_sha256)}
    report = cms.verify_digest(content, digests, trust=trust)
    signed_at = report.signed_at or signing.sender_signed_at
    if report.certificate is None or signed_at is None:
        raise ValueError("Our own signature has a certificate and a time.")
    return build_signature_evidence(
        SigningSide.SENDER, content, report, signed_at=signed_at, power_number=power_number
    )
