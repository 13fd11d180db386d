"""What a task's package is made of, gathered from stored facts: no outside call, no clock."""

import shutil
from pathlib import Path

from django.conf import settings

from archive.files import storage
from archive.package.parts import (
    ContractParty,
    DocumentIdentifiers,
    DocumentSignature,
    PackageParts,
    PartySide,
    PowerOfAttorneyFile,
    SignatureDetails,
    SigningEvent,
)
from econtract.platform.common.moscow_time import MOSCOW
from edo.channels.operator import exchanges
from edo.channels.operator.exchanges import ExchangeArtefacts
from edo.models import Exchange
from edo.powers import mchd
from edo.signing import cms
from edo.signing.cms import SignatureReport
from edo.signing.trust import load_trust_store
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status


def parts_of(task: SigningTask, folder: Path) -> PackageParts:
    """Everything for `archive.package.builder`; the PDF is written to ``folder``.

    Raises ValueError when the task's document is not signed by both sides.
    """
    exchange, version = task.exchange, task.document_version
    if exchange is None or version is None or version.pdf is None:
        raise ValueError(f"Task {task.number} has nothing signed.")
    found = exchanges.artefacts(exchange=exchange)
    pdf = folder / "document.pdf"
    with storage.open_file(version.pdf) as source, pdf.open("wb") as target:
        shutil.copyfileobj(source, target)
    return PackageParts(
        pdf=pdf,
        document_sha256=exchange.document_sha256,
        file_name=version.file_name,
        signatures=_signatures(found),
        powers=[_power(found)],
        parties=_parties(task, found),
        events=_events(task),
        identifiers=_identifiers(task, exchange, version.archive_code),
        verification_page=f"{settings.PUBLIC_URL}/verify",
        trust_roots=Path(settings.EDO_TRUST_ROOTS).read_bytes(),
    )


def _signatures(found: ExchangeArtefacts) -> list[DocumentSignature]:
    sender = _details(found.sender, power=found.power_of_attorney_number)
    return [
        DocumentSignature(side=PartySide.SENDER, der=found.sender_signature, details=sender),
        DocumentSignature(
            side=PartySide.RECIPIENT,
            der=found.recipient_signature,
            details=_details(found.recipient),
        ),
    ]


def _details(report: SignatureReport, power: str | None = None) -> SignatureDetails:
    certificate = report.certificate
    if certificate is None or report.signed_at is None:
        raise ValueError("A verified signature has a certificate and a time.")
    return SignatureDetails(
        owner=certificate.owner,
        organisation=certificate.organisation,
        inn=certificate.organisation_inn or certificate.inn,
        serial=certificate.serial,
        issuer=certificate.issuer,
        valid_from=certificate.valid_from,
        valid_until=certificate.valid_until,
        signed_at=report.signed_at,
        power_of_attorney=power,
    )


def _power(found: ExchangeArtefacts) -> PowerOfAttorneyFile:
    xml, signature = found.power_of_attorney_xml, found.power_of_attorney_signature
    data = mchd.parse(xml)
    signed_at = cms.verify(signature, xml, trust=load_trust_store()).signed_at
    if signed_at is None:
        raise ValueError("The signature of the power of attorney states no time.")
    return PowerOfAttorneyFile(
        side=PartySide.SENDER,
        file_name=found.power_of_attorney_file_name,
        number=found.power_of_attorney_number,
        xml=xml,
        signature=signature,
        principal=data.principal.name,
        representative=data.representative.full_name,
        valid_from=data.issued_on,
        valid_until=data.valid_until,
        signed_at=signed_at,
    )


def _parties(task: SigningTask, found: ExchangeArtefacts) -> list[ContractParty]:
    client = task.client
    us = mchd.parse(found.power_of_attorney_xml).principal
    return [
        ContractParty(side=PartySide.SENDER, name=us.name, inn=us.inn, kpp=us.kpp, ogrn=us.ogrn),
        ContractParty(
            side=PartySide.RECIPIENT,
            name=client.short_name,
            inn=client.inn,
            kpp=client.kpp,
            ogrn=client.ogrn,
        ),
    ]


def _events(task: SigningTask) -> list[SigningEvent]:
    """Every change of status up to the client's signature: later ones would change the bytes."""
    moves = task.history.filter(kind=HistoryEntry.Kind.TRANSITION).select_related("actor")
    events = []
    for move in moves.order_by("pk"):
        actor = str(move.actor) if move.actor else move.get_acted_as_display()
        notes = [move.get_resolution_display(), move.comment]
        events.append(
            SigningEvent(
                at=move.at.astimezone(MOSCOW),
                text=Status(move.new_status).label,
                actor=actor,
                note=". ".join(filter(None, notes)),
            )
        )
        if move.new_status == Status.DOCUMENT_SIGNED:
            break
    return events


def _identifiers(task: SigningTask, exchange: Exchange, archive_code: str) -> DocumentIdentifiers:
    return DocumentIdentifiers(
        task_number=str(task.number),
        document_number=task.document_number,
        document_kind=task.get_document_kind_display(),
        account_number=task.account_number,
        operator=task.box.get_operator_display(),
        message_id=exchange.message_id,
        document_id=exchange.document_id,
        archive_name=task.region.get_archive_display(),
        archive_code=archive_code,
    )
