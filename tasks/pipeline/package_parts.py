"""Collecting the parts of a task's package from stored data: no outside call, no current time."""

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from archive.files import storage
from archive.models import EvidenceFile
from archive.package import builder
from archive.package.manifest import FileRole
from archive.package.parts import (
    ContractParty,
    DocumentIdentifiers,
    DocumentSignature,
    EmbeddedStamp,
    EvidencePart,
    PackageParts,
    PartySide,
    PowerOfAttorneyFile,
    SignatureDetails,
    SignatureKind,
    SigningEvent,
)
from archive.package.simple import (
    AcceptedTextFile,
    DeviceLine,
    MessageLine,
    RecordLine,
    SimpleSignaturePart,
)
from econtract.platform.common.moscow_time import MOSCOW
from edo.channels.evidence import (
    PowerOfAttorneyEvidence,
    SenderEvidence,
    SignatureEvidence,
    SigningEvidence,
    SimpleSignatureEvidence,
)
from tasks.channels import channel_for, record_copy
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status


def collect_parts(task: SigningTask, folder: Path) -> PackageParts:
    """Everything for `archive.package.builder`; files are written to ``folder``.

    For a simple signature the copy is made here, because the records that go into the package
    name it. Raises ValueError when the task's document is not signed by both sides.
    """
    parts = _collect(task, folder)
    if parts.simple is None:
        return parts
    copy = folder / "copy.pdf"
    record_copy(task, builder.write_copy(parts, copy))
    simple = channel_for(task).collect_evidence().simple
    return replace(parts, simple=_build_simple(simple) if simple else None, copy=copy)


def _collect(task: SigningTask, folder: Path) -> PackageParts:
    version = task.document_version
    if version is None or version.pdf is None:
        raise ValueError(f"Task {task.number} has no document.")
    evidence = channel_for(task).collect_evidence()
    rows = list(version.evidence_files.select_related("file"))
    pdf = folder / "document.pdf"
    with storage.open_file(version.pdf) as source, pdf.open("wb") as target:
        shutil.copyfileobj(source, target)
    return PackageParts(
        pdf=pdf,
        document_sha256=evidence.document_sha256,
        file_name=version.file_name,
        signatures=list(map(_build_signature, evidence.signatures)),
        powers=list(map(_build_power_of_attorney, evidence.powers_of_attorney)),
        parties=_build_parties(task, evidence.sender),
        events=_build_events(task),
        identifiers=_build_identifiers(task, evidence, version.archive_code),
        verification_page=f"{settings.PUBLIC_URL}/verify",
        trust_roots=evidence.trust_roots,
        seal_roots=_read_seal_roots(),
        evidence=[_build_evidence(row) for row in rows],
        simple=_build_simple(evidence.simple) if evidence.simple else None,
        missing_evidence=[text for row in rows for text in row.details.get("missing", [])],
    )


def _build_evidence(row: EvidenceFile) -> EvidencePart:
    details = row.details
    return EvidencePart(
        role=FileRole(row.role),
        content=storage.read_file(row.file),
        side=PartySide(row.side) if row.side else None,
        at=datetime.fromisoformat(details["at"]) if "at" in details else None,
        covers=details.get("covers", ()),
        embedded_stamp=EmbeddedStamp(**details["stamp"]) if "stamp" in details else None,
    )


def _read_seal_roots() -> bytes:
    return Path(settings.SEAL_TRUST_ROOTS).read_bytes() if settings.SEAL_TRUST_ROOTS else b""


def _build_signature(evidence: SignatureEvidence) -> DocumentSignature:
    certificate = evidence.certificate
    if certificate is None:
        raise ValueError("A signature without a readable certificate has no package.")
    details = SignatureDetails(
        owner=evidence.owner,
        organisation=evidence.organisation,
        inn=evidence.inn,
        serial=certificate.serial,
        issuer=certificate.issuer,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        signed_at=evidence.signed_at,
        power_of_attorney=evidence.power_of_attorney,
    )
    return DocumentSignature(
        side=PartySide(evidence.side),
        der=evidence.content,
        details=details,
        kind=SignatureKind.QUALIFIED if certificate.is_accredited else SignatureKind.ENHANCED,
        is_test=certificate.is_test,
    )


def _build_simple(evidence: SimpleSignatureEvidence) -> SimpleSignaturePart:
    return SimpleSignaturePart(
        signing_id=evidence.signing_id,
        chain=evidence.chain,
        owner=evidence.owner,
        masked_phone=evidence.masked_phone,
        inn=evidence.inn,
        signed_at=evidence.signed_at,
        time_zone=evidence.time_zone,
        record_number=evidence.record_number,
        head=evidence.head,
        identification=evidence.identification,
        texts=[
            AcceptedTextFile(title=text.title, version=text.version, content=text.content)
            for text in evidence.texts
        ],
        records=[
            RecordLine(number=item.number, at=item.at, text=item.text, details=item.details)
            for item in evidence.records
        ],
        messages=[
            MessageLine(channel=item.channel, text=item.text, states=item.states)
            for item in evidence.messages
        ],
        devices=[DeviceLine(values=item.values, records=item.records) for item in evidence.devices],
        warnings=evidence.warnings,
    )


def _build_power_of_attorney(evidence: PowerOfAttorneyEvidence) -> PowerOfAttorneyFile:
    return PowerOfAttorneyFile(
        side=PartySide(evidence.side),
        file_name=evidence.file_name,
        number=evidence.number,
        xml=evidence.xml,
        signature=evidence.signature,
        principal=evidence.principal,
        representative=evidence.representative,
        valid_from=evidence.valid_from,
        valid_until=evidence.valid_until,
        signed_at=evidence.signed_at,
    )


def _build_parties(task: SigningTask, sender: SenderEvidence) -> list[ContractParty]:
    client = task.client
    return [
        ContractParty(
            side=PartySide.SENDER,
            name=sender.name,
            inn=sender.inn,
            kpp=sender.kpp,
            ogrn=sender.ogrn,
        ),
        ContractParty(
            side=PartySide.RECIPIENT,
            name=client.short_name,
            inn=client.inn,
            kpp=client.kpp,
            ogrn=client.ogrn,
        ),
    ]


def _build_events(task: SigningTask) -> list[SigningEvent]:
    """Every change of status up to the client's signature: later ones would change the package."""
    entries = task.history.filter(kind=HistoryEntry.Kind.TRANSITION).select_related("actor")
    events = []
    for entry in entries.order_by("pk"):
        actor = str(entry.actor) if entry.actor else entry.get_acted_as_display()
        notes = [entry.get_resolution_display(), entry.comment]
        events.append(
            SigningEvent(
                at=entry.at.astimezone(MOSCOW),
                text=Status(entry.new_status).label,
                actor=actor,
                note=". ".join(filter(None, notes)),
            )
        )
        if entry.new_status == Status.DOCUMENT_SIGNED:
            break
    return events


def _build_identifiers(
    task: SigningTask, evidence: SigningEvidence, archive_code: str
) -> DocumentIdentifiers:
    return DocumentIdentifiers(
        task_number=str(task.number),
        document_number=task.document_number,
        document_kind=task.document_kind.name,
        account_number=task.account_number,
        operator=evidence.operator,
        message_id=evidence.message_id,
        document_id=evidence.document_id,
        archive_name=task.region.get_archive_display(),
        archive_code=archive_code,
    )
